// SPDX-License-Identifier: Apache-2.0
// Fields of a specification: each knows its place in it, and shows what the server says of that.
import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';

import { formatNumber, parseNumber } from '../../format';
import { t } from '../../text';
import { Select, type Option } from '../../ui/Choice';
import { Field } from '../../ui/Field';
import { NumberField } from '../../ui/NumberField';
import { TextField } from '../../ui/TextField';
import { weeksOf, type Pair } from './spec';

/** Problems by place. */
export const Problems = createContext<readonly [string, string][]>([]);

/** Of the place itself and of what lies within it. */
export function useProblem(place: string): string | undefined {
  const found = useContext(Problems)
    .filter(([at]) => at === place || at.startsWith(`${place}/`))
    .map(([, text]) => text);
  return found.length ? found.join(' ') : undefined;
}

interface Placed {
  at: string;
  label: string;
  hint?: string;
}

/** What a field of this place is found by, for the links of the summary. */
const mark = (at: string) => ({ 'data-place': at });

export function Text(
  p: Placed & { value: string | undefined; onValue: (v: string) => void; maxLength?: number },
) {
  const error = useProblem(p.at);
  return (
    <div {...mark(p.at)}>
      <TextField
        label={p.label}
        hint={p.hint}
        error={error}
        value={p.value ?? ''}
        onInput={p.onValue}
        maxLength={p.maxLength ?? 200}
      />
    </div>
  );
}

export function Numeric(
  p: Placed & {
    value: number | null | undefined;
    onValue: (v: number | undefined) => void;
    unit?: string;
    step?: number;
  },
) {
  const error = useProblem(p.at);
  return (
    <div {...mark(p.at)}>
      <NumberField
        label={p.label}
        hint={p.hint}
        error={error}
        unit={p.unit}
        step={p.step}
        value={p.value ?? null}
        onValue={(v) => p.onValue(v ?? undefined)}
      />
    </div>
  );
}

export function Pick<V extends string>(
  p: Placed & {
    value: V | undefined;
    options: readonly Option<V>[];
    onValue: (v: V) => void;
    empty?: string;
  },
) {
  const error = useProblem(p.at);
  return (
    <div {...mark(p.at)}>
      <Select
        label={p.label}
        hint={p.hint}
        error={error}
        options={p.options}
        value={p.value ?? null}
        onValue={p.onValue}
        empty={p.empty}
      />
    </div>
  );
}

/** Ascending weeks, "0, 4, 8". What was typed stays as typed. */
export function Weeks(
  p: Placed & { value: number[] | undefined; onValue: (v: number[] | undefined) => void },
) {
  const shown = (v: number[] | undefined): string => (v ?? []).join(', ');
  const [text, setText] = useState(shown(p.value));
  const theirs = useProblem(p.at);
  useEffect(() => {
    if (shown(weeksOf(text) ?? undefined) !== shown(p.value)) setText(shown(p.value));
  }, [shown(p.value)]);
  const change = (next: string): void => {
    setText(next);
    const weeks = weeksOf(next);
    if (weeks) p.onValue(weeks.length ? weeks : undefined);
  };
  const error = weeksOf(text) === null ? t('trial.weeks_wrong') : theirs;
  return (
    <div {...mark(p.at)}>
      <TextField
        label={p.label}
        hint={p.hint}
        error={error}
        value={text}
        onInput={change}
        inputMode="text"
      />
    </div>
  );
}

/** Mean and SD, both or none. */
export function MeanSd(
  p: Placed & { value: Pair | undefined; onValue: (v: Pair | undefined) => void },
) {
  const [mean, setMean] = useState(p.value ? String(p.value[0]) : '');
  const [sd, setSd] = useState(p.value ? String(p.value[1]) : '');
  const theirs = useProblem(p.at);
  useEffect(() => {
    if (p.value && (parseNumber(mean) !== p.value[0] || parseNumber(sd) !== p.value[1])) {
      setMean(String(p.value[0]));
      setSd(String(p.value[1]));
    }
  }, [p.value?.[0], p.value?.[1]]);
  const change = (m: string, s: string): void => {
    setMean(m);
    setSd(s);
    const pair: Pair = [parseNumber(m), parseNumber(s)];
    if (!m.trim() && !s.trim()) p.onValue(undefined);
    else if (!pair.some(Number.isNaN)) p.onValue(pair);
  };
  const isHalf = Boolean(mean.trim()) !== Boolean(sd.trim());
  const isWrong = [mean, sd].some((x) => x.trim() && Number.isNaN(parseNumber(x)));
  const error = isWrong ? t('ui.no_number') : isHalf ? t('trial.pair_half') : theirs;
  return (
    <fieldset class="field" {...mark(p.at)}>
      <legend>{p.label}</legend>
      {error && <span class="error">{error}</span>}
      <div class="row">
        <Field label={t('trial.mean')}>
          {(c) => (
            <input
              {...c}
              class="input short"
              inputMode="decimal"
              value={mean}
              onInput={(e) => change(e.currentTarget.value, sd)}
            />
          )}
        </Field>
        <Field label={t('trial.sd')}>
          {(c) => (
            <input
              {...c}
              class="input short"
              inputMode="decimal"
              value={sd}
              onInput={(e) => change(mean, e.currentTarget.value)}
            />
          )}
        </Field>
      </div>
    </fieldset>
  );
}

export const percent = (share: number): string => `${formatNumber(share * 100, 0)} %`;
