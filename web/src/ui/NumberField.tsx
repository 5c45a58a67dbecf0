// SPDX-License-Identifier: Apache-2.0
// A number with its unit. What was typed stays as typed, also when it is no number: nothing is
// changed behind somebody's back.
import { useEffect, useState } from 'preact/hooks';

import { parseNumber } from '../format';
import { t } from '../text';
import { Field, type FieldProps } from './Field';

interface Props extends FieldProps {
  /** null: nothing is there. */
  value: number | null;
  /** null for an empty field; not called while the text is no number in range. */
  onValue: (value: number | null) => void;
  unit?: string;
  min?: number;
  max?: number;
  /** Arrow keys change the value by it. */
  step?: number;
}

function problem(text: string, p: Props): string | undefined {
  if (text.trim() === '') return undefined;
  const value = parseNumber(text);
  if (Number.isNaN(value)) return t('ui.no_number');
  if (p.min !== undefined && value < p.min) return t('ui.too_small', { limit: String(p.min), unit: p.unit ?? '' });
  if (p.max !== undefined && value > p.max) return t('ui.too_large', { limit: String(p.max), unit: p.unit ?? '' });
  return undefined;
}

const shown = (value: number | null): string => (value === null ? '' : String(value));

export function NumberField(p: Props) {
  const [text, setText] = useState(shown(p.value));
  useEffect(() => {
    if (parseNumber(text) !== p.value && !(text.trim() === '' && p.value === null) && !problem(text, p)) setText(shown(p.value));
  }, [p.value]);
  const change = (next: string): void => {
    setText(next);
    if (next.trim() === '') p.onValue(null);
    else if (!problem(next, p)) p.onValue(parseNumber(next));
  };
  const nudge = (event: KeyboardEvent): void => {
    const sign = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
    if (!sign || !p.step) return;
    event.preventDefault();
    const next = Number(((p.value ?? 0) + sign * p.step).toFixed(6));
    if (!problem(String(next), p)) change(String(next));
  };
  return (
    <Field label={p.label} hint={p.hint} error={p.error ?? problem(text, p)} isRequired={p.isRequired}>
      {(c) => (
        <span class="with-unit">
          <input {...c} class="input short number" type="text" inputMode="decimal" autocomplete="off" value={text}
            onInput={(e) => change(e.currentTarget.value)} onKeyDown={nudge} />
          {p.unit && <span class="soft">{p.unit}</span>}
        </span>
      )}
    </Field>
  );
}
