// SPDX-License-Identifier: Apache-2.0
// One of few: radio buttons that look like a row of buttons. For many: Select.
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

import { Field, type FieldProps } from './Field';

export interface Option<V extends string = string> {
  value: V;
  label: ComponentChildren;
  isOff?: boolean;
}

interface Props<V extends string> extends FieldProps {
  options: readonly Option<V>[];
  /** null: not yet answered. That is not the same as "unknown", which is an answer. */
  value: V | null;
  onValue: (value: V) => void;
}

export function Choice<V extends string>(p: Props<V>) {
  const id = useId();
  const described = [p.hint ? `${id}-hint` : '', p.error ? `${id}-error` : ''].filter(Boolean).join(' ');
  return (
    <fieldset class="field" aria-describedby={described || undefined}>
      <legend>{p.label}</legend>
      {p.hint && <span class="hint" id={`${id}-hint`}>{p.hint}</span>}
      {p.error && <span class="error" id={`${id}-error`}>{p.error}</span>}
      <div class="choices">
        {p.options.map((o) => (
          <label class="choice" key={o.value}>
            <input type="radio" name={id} value={o.value} checked={p.value === o.value} disabled={o.isOff} onChange={() => p.onValue(o.value)} />
            <span>{o.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export function Select<V extends string>(p: Props<V> & { empty?: string }) {
  return (
    <Field label={p.label} hint={p.hint} error={p.error} isRequired={p.isRequired}>
      {(c) => (
        <select {...c} class="input" value={p.value ?? ''} onChange={(e) => e.currentTarget.value && p.onValue(e.currentTarget.value as V)}>
          {(p.value === null || p.empty) && <option value="">{p.empty ?? '–'}</option>}
          {p.options.map((o) => <option key={o.value} value={o.value} disabled={o.isOff}>{o.label}</option>)}
        </select>
      )}
    </Field>
  );
}

export function Check({ label, isChecked, onChange, hint }: { label: ComponentChildren; isChecked: boolean; onChange: (is: boolean) => void; hint?: ComponentChildren }) {
  return (
    <label class="check">
      <input type="checkbox" checked={isChecked} onChange={(e) => onChange(e.currentTarget.checked)} />
      <span>{label}{hint && <span class="soft small"> {hint}</span>}</span>
    </label>
  );
}
