// SPDX-License-Identifier: Apache-2.0
// Small things that several stages of a session share.
import { useEffect, useState } from 'preact/hooks';

import { formatNumber } from '../../format';
import { t } from '../../text';
import { Button } from '../../ui/Button';
import { Mark, Side, sideOf } from '../../ui/Status';
import { TextField } from '../../ui/TextField';
import type { Origin, SheetItem } from './sheet';
import { isAnswered, type Session } from './useSession';
import { parseVitals, type Vitals } from './vitals';

/** No clinician approved it; it was never checked against a source. */
export function Marks({ of }: { of: Origin }) {
  return (
    <>
      {of.approved === false && <Mark kind="unapproved" />}
      {of.source?.includes('memory') && <Mark kind="memory" />}
    </>
  );
}

/** The side, as large as it must not be missed: word, edge and colour. */
export function BigSide({ side }: { side: string }) {
  return (
    <span class="big-side">
      <Side side={sideOf(side)} />
    </span>
  );
}

/** "2", "1.25": as many decimals as there are. */
export const ml = (value: number): string =>
  `${formatNumber(value, Number.isInteger(value) ? 0 : Number.isInteger(value * 10) ? 1 : 2)} mL`;

/** One line of the checklist: the whole line is what is tapped. */
export function Line({ s, item }: { s: Session; item: SheetItem }) {
  const value = s.answers.get(item.id)?.value;
  const set = (to: boolean | undefined): void => s.answer({ [item.id]: { value: to } });
  return (
    <li class={`line${isAnswered(item, s.answers) ? ' done' : ''}`}>
      <label class="tick">
        <input
          type="checkbox"
          checked={value === true}
          onChange={(e) => set(e.currentTarget.checked ? true : undefined)}
        />
        <span>
          <span class="strong">{item.item}</span>{' '}
          {item.note && <span class="soft"> {item.note}</span>} <Marks of={item} />
        </span>
      </label>
      {item.required !== 'yes' && (
        <Button
          isLarge
          isPressed={value === false}
          onClick={() => set(value === false ? undefined : false)}
        >
          {t('session.not_applicable')}
        </Button>
      )}
    </li>
  );
}

export function vitalsText(v: Vitals): string {
  const one = (vital: 'heart_rate' | 'spo2' | 'temperature', decimals: number): string[] =>
    v[vital] === undefined
      ? []
      : [t(`session.value_${vital}`, { value: formatNumber(v[vital], decimals) })];
  const pressure = `${v.systolic ?? '–'}/${v.diastolic ?? '–'} mmHg`;
  return [pressure, ...one('heart_rate', 0), ...one('spo2', 0), ...one('temperature', 1)].join(
    ' · ',
  );
}

/** A pause in typing of four numbers is its end; else Enter, or going on. */
const PAUSE_MS = 700;

export function VitalsLine({
  label,
  value,
  text,
  onText,
  onVitals,
}: {
  label: string;
  value: Vitals;
  text: string;
  onText: (text: string) => void;
  onVitals: (v: Vitals) => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const parsed = parseVitals(text);
  const isFull = parsed?.temperature !== undefined;
  const record = (): void => {
    if (!parsed) return;
    onVitals(parsed);
    onText('');
    setOpen(false);
  };
  useEffect(() => {
    if (!isFull) return undefined;
    const timer = setTimeout(record, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  if (value.systolic !== undefined && !isOpen) {
    return (
      <div class="row spread panel-line">
        <span>
          <span class="strong">{label}</span> {vitalsText(value)}
        </span>
        <Button isLarge onClick={() => setOpen(true)}>
          {t('session.change')}
        </Button>
      </div>
    );
  }
  return (
    <div class="vitals-line" onFocusOut={record}>
      <TextField
        label={label}
        hint={t('session.vitals_hint')}
        value={text}
        onInput={onText}
        onEnter={record}
        error={text.trim().length > 8 && !parsed ? t('session.vitals_wrong') : undefined}
      />
    </div>
  );
}
