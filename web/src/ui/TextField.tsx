// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from 'preact/hooks';

import { Field, type FieldProps } from './Field';

interface Props extends FieldProps {
  value: string;
  onInput: (value: string) => void;
  onEnter?: () => void;
  type?: 'text' | 'password' | 'search' | 'tel' | 'email' | 'date' | 'time' | 'datetime-local';
  inputMode?: 'numeric' | 'decimal' | 'text' | 'tel';
  autocomplete?: string;
  hasFocus?: boolean;
  isShort?: boolean;
  min?: string;
  max?: string;
  maxLength?: number;
  isReadOnly?: boolean;
}

export function TextField(p: Props) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => { if (p.hasFocus) input.current?.focus(); }, []);
  return (
    <Field label={p.label} hint={p.hint} error={p.error} isRequired={p.isRequired}>
      {(c) => (
        <input {...c} ref={input} class={p.isShort ? 'input short' : 'input'} type={(p.type ?? 'text') as 'text'} value={p.value} inputMode={p.inputMode}
          autocomplete={p.autocomplete ?? 'off'} min={p.min} max={p.max} maxLength={p.maxLength ?? 1000} readOnly={p.isReadOnly}
          data-first-focus={p.hasFocus || undefined} spellcheck={false}
          onInput={(e) => p.onInput(e.currentTarget.value)}
          onKeyDown={(e) => { if (e.key === 'Enter' && p.onEnter) { e.preventDefault(); p.onEnter(); } }} />
      )}
    </Field>
  );
}

export const DateField = (p: Omit<Props, 'type'>) => <TextField {...p} type="date" />;

export function TextArea(p: FieldProps & { value: string; onInput: (value: string) => void; rows?: number; maxLength?: number }) {
  return (
    <Field label={p.label} hint={p.hint} error={p.error} isRequired={p.isRequired}>
      {(c) => <textarea {...c} class="input" rows={p.rows ?? 3} maxLength={p.maxLength ?? 4000} value={p.value} onInput={(e) => p.onInput(e.currentTarget.value)} />}
    </Field>
  );
}
