// SPDX-License-Identifier: Apache-2.0
// Large controls for a telephone: one question a page, errors on top and at their field.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

import { t } from '../../text';
import type { Clinic } from './types';
import { telOf } from './words';

export interface Option {
  value: string;
  label: ComponentChildren;
  hint?: ComponentChildren;
  /** Set apart from those above it: "none of these". */
  isApart?: boolean;
}

interface GroupProps {
  /** The page's heading is the question. */
  title: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  /** Fields of the error summary lead here. */
  anchor: string;
  options: readonly Option[];
  children?: ComponentChildren;
}

/** A set of large boxes or buttons under its question, which is the page's heading. */
function Group(
  p: GroupProps & {
    type: 'checkbox' | 'radio';
    isOn: (value: string) => boolean;
    onPick: (value: string, on: boolean) => void;
    isRow?: boolean;
    isHeading?: boolean;
  },
) {
  const id = useId();
  const described = [p.hint ? `${id}-hint` : '', p.error ? `${id}-error` : '']
    .filter(Boolean)
    .join(' ');
  return (
    <fieldset class={`d-group${p.error ? ' wrong' : ''}`} aria-describedby={described || undefined}>
      <legend>
        {p.isHeading === false ? (
          <span class="d-label">{p.title}</span>
        ) : (
          <h1 tabIndex={-1}>{p.title}</h1>
        )}
      </legend>
      {p.hint && (
        <div class="d-hint" id={`${id}-hint`}>
          {p.hint}
        </div>
      )}
      {p.error && (
        <p class="d-error" id={`${id}-error`}>
          {p.error}
        </p>
      )}
      <div class={p.isRow ? 'd-scale' : 'd-options'}>
        {p.options.map((o, i) => (
          <div class={`d-option${o.isApart ? ' apart' : ''}`} key={o.value}>
            <input
              id={i === 0 ? p.anchor : `${id}-${o.value}`}
              type={p.type}
              name={id}
              value={o.value}
              checked={p.isOn(o.value)}
              aria-describedby={o.hint ? `${id}-${o.value}-hint` : undefined}
              onChange={(e) => p.onPick(o.value, e.currentTarget.checked)}
            />
            <label for={i === 0 ? p.anchor : `${id}-${o.value}`}>{o.label}</label>
            {o.hint && (
              <span class="d-hint" id={`${id}-${o.value}-hint`}>
                {o.hint}
              </span>
            )}
          </div>
        ))}
      </div>
      {p.children}
    </fieldset>
  );
}

/** Boxes; a value of `alone` and the others exclude each other. */
export function Boxes(
  p: GroupProps & { value: readonly string[]; onValue: (value: string[]) => void; alone: string },
) {
  const pick = (value: string, on: boolean): void => {
    const rest = p.value.filter((v) => v !== value && (value === p.alone ? false : v !== p.alone));
    p.onValue(on ? [...rest, value] : rest);
  };
  return <Group {...p} type="checkbox" isOn={(v) => p.value.includes(v)} onPick={pick} />;
}

export function Radios(
  p: GroupProps & {
    value: string | undefined;
    onValue: (value: string) => void;
    isHeading?: boolean;
    isRow?: boolean;
  },
) {
  return <Group {...p} type="radio" isOn={(v) => p.value === v} onPick={(v) => p.onValue(v)} />;
}

export function TextLine({
  label,
  hint,
  error,
  anchor,
  value,
  onInput,
  isDecimal,
  rows,
  suffix,
}: {
  label: string;
  hint?: string;
  error?: string | undefined;
  anchor: string;
  value: string;
  onInput: (v: string) => void;
  isDecimal?: boolean;
  rows?: number;
  suffix?: string;
}) {
  const described =
    [hint ? `${anchor}-hint` : '', error ? `${anchor}-error` : ''].filter(Boolean).join(' ') ||
    undefined;
  const common = {
    id: anchor,
    'aria-describedby': described,
    'aria-invalid': error ? true : undefined,
    value,
  };
  return (
    <div class={`d-field${error ? ' wrong' : ''}`}>
      <label class="d-label" for={anchor}>
        {label}
      </label>
      {hint && (
        <span class="d-hint" id={`${anchor}-hint`}>
          {hint}
        </span>
      )}
      {error && (
        <span class="d-error" id={`${anchor}-error`}>
          {error}
        </span>
      )}
      {rows ? (
        <textarea
          {...common}
          class="d-input"
          rows={rows}
          maxLength={1000}
          onInput={(e) => onInput(e.currentTarget.value)}
        />
      ) : (
        <span class="with-unit">
          <input
            {...common}
            class={isDecimal ? 'd-input short' : 'd-input'}
            type="text"
            inputMode={isDecimal ? 'decimal' : 'text'}
            autocomplete="off"
            maxLength={500}
            onInput={(e) => onInput(e.currentTarget.value)}
          />
          {suffix && <span>{suffix}</span>}
        </span>
      )}
    </div>
  );
}

export interface Problem {
  anchor: string;
  text: string;
}

/** On top of a page that could not go on; each line leads to its field. */
export function Problems({ list }: { list: readonly Problem[] }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (list.length) box.current?.focus();
  }, [list]);
  if (!list.length) return null;
  const jump = (event: Event, anchor: string): void => {
    event.preventDefault(); // the fragment is the page's address
    document.getElementById(anchor)?.focus();
  };
  return (
    <div class="d-problems" role="alert" tabIndex={-1} ref={box} aria-labelledby="d-problems-title">
      <h2 id="d-problems-title">{t('diary.problem')}</h2>
      <ul class="plain">
        {list.map((p) => (
          <li key={p.anchor}>
            <a href="#" onClick={(e) => jump(e, p.anchor)}>
              {p.text}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function Back({ to }: { to: string }) {
  return (
    <a class="d-back" href={`#${to}`}>
      {t('ui.back')}
    </a>
  );
}

/** A number to press; said plainly when the clinic has not given it. */
export function CallNumber({
  number,
  label,
  isLarge,
}: {
  number: string | null;
  label: string;
  isLarge?: boolean;
}) {
  if (!number) return null;
  return (
    <a class={`d-call${isLarge ? ' large' : ''}`} href={telOf(number)}>
      <span>{label}</span> <strong>{number}</strong>
    </a>
  );
}

export function ClinicNumbers({ clinic }: { clinic: Clinic }) {
  return (
    <div class="stack tight">
      {clinic.phone ? (
        <CallNumber number={clinic.phone} label={t('diary.call_clinic')} />
      ) : (
        <p>{t('diary.no_phone')}</p>
      )}
      <CallNumber number={clinic.out_of_hours} label={t('diary.call_closed')} />
      {clinic.emergency ? (
        <CallNumber number={clinic.emergency} label={t('diary.call_emergency')} />
      ) : (
        <p>{t('diary.no_emergency')}</p>
      )}
    </div>
  );
}
