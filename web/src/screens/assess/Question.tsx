// SPDX-License-Identifier: Apache-2.0
// One question: yes, no, a value, or "unknown", which is an answer and not the same as not yet
// asked. What the record says stands in it with its day; what is too old has to be said again.
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

import { formatDate, formatNumber } from '../../format';
import { t } from '../../text';
import { Button } from '../../ui/Button';
import { DateField } from '../../ui/TextField';
import { NumberField } from '../../ui/NumberField';
import { Status } from '../../ui/Status';
import { codeWord, goOn, questionId, unitWord, type Form } from './form';
import { factKey, seenOf, shownOf, withAnswer, type Shown } from './model';
import type { Answer, Fact, FactValue, Unit } from './types';

export function valueWord(value: FactValue | null | undefined, unit?: string): string {
  if (value === null) return t('ui.unknown');
  if (value === undefined) return '–';
  if (typeof value === 'boolean') return t(value ? 'ui.yes' : 'ui.no');
  if (typeof value === 'number') return `${formatNumber(value, Number.isInteger(value) ? 0 : 1)} ${unitWord(unit)}`.trim();
  return /^\d{4}(-\d\d){0,2}$/.test(value) ? formatDate(value) : codeWord(value);
}

export function answerFact(form: Form, fact: Fact, value: FactValue | null | undefined, unit?: string): void {
  const key = factKey(fact.id);
  const { known } = shownOf(form.typed, form.record.intake, fact);
  const seen = form.typed.answers[key]?.seen ?? seenOf(known, form.day);
  const answer: Answer | undefined = value === undefined ? undefined
    : { value, day: form.day, ...(unit ? { unit } : {}), ...(seen ? { seen } : {}) };
  form.change(withAnswer(form.typed, key, answer), `${fact.title}: ${valueWord(value, unit)}`);
}

interface Props { form: Form; fact: Fact; shown: Shown; labelId: string }

interface Choosable { key: string; value: FactValue | null; label: string; letter?: string }

function choicesOf(fact: Fact): Choosable[] {
  const unknown = { key: 'unknown', value: null, label: t('ui.unknown'), letter: 'u' };
  if (fact.type === 'bool') {
    return [{ key: 'yes', value: true, label: t('ui.yes'), letter: 'y' },
      { key: 'no', value: false, label: t('ui.no'), letter: 'n' }, unknown];
  }
  return [...(fact.values ?? []).map((v) => ({ key: v, value: v, label: codeWord(v),
    ...(v === 'none' ? { letter: 'n' } : {}) })), unknown];
}

/** The letters y, n and u answer and go on. */
function Choices({ form, fact, shown, labelId }: Props) {
  const name = useId();
  const all = choicesOf(fact);
  const press = (event: KeyboardEvent): void => {
    const found = all.find((c) => c.letter === event.key.toLowerCase());
    if (!found || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    answerFact(form, fact, found.value);
    goOn(event.currentTarget as Element);
  };
  return (
    <div class="choices" role="radiogroup" aria-labelledby={labelId} onKeyDown={press}>
      {all.map((c) => (
        <label class="choice" key={c.key}>
          <input type="radio" name={name} value={c.key} checked={shown.value === c.value}
            onChange={() => answerFact(form, fact, c.value)} />
          <span>{c.label}</span>
        </label>
      ))}
    </div>
  );
}

/** A limit in the unit that was chosen. */
function inUnit(limit: number | undefined, unit: Unit | undefined): number | undefined {
  if (limit === undefined || !unit) return limit;
  return Math.round(((limit - unit.offset) / unit.factor) * 10) / 10;
}

function Amount({ form, fact, shown }: Props) {
  const units = (fact.units ?? []).filter((u, i, all) => all.findIndex((v) => v.factor === u.factor
    && v.offset === u.offset) === i);
  const unit = shown.unit ?? fact.unit ?? '1';
  const chosen = units.find((u) => u.unit === unit);
  const value = typeof shown.value === 'number' ? shown.value : null;
  const answer = (next: number | null, code = unit): void => answerFact(form, fact, next ?? undefined,
    next === null ? undefined : code);
  return (
    <div class="row amount">
      <NumberField label={<span class="hidden-visually">{fact.question}</span>} value={value}
        onValue={(v) => answer(v)} min={inUnit(fact.low, chosen)}
        max={inUnit(fact.high, chosen)} unit={units.length > 1 ? '' : unitWord(unit)} />
      {units.length > 1 && (
        <label>
          <span class="hidden-visually">{t('assess.unit_of', { what: fact.title })}</span>
          <select class="input" value={unit} onChange={(e) => value !== null && answer(value, e.currentTarget.value)}>
            {units.map((u) => <option key={u.unit} value={u.unit}>{unitWord(u.unit)}</option>)}
          </select>
        </label>
      )}
      <Unknown form={form} fact={fact} shown={shown} />
    </div>
  );
}

function Unknown({ form, fact, shown }: Omit<Props, 'labelId'>) {
  const isSaid = shown.value === null;
  return (
    <Button isPressed={isSaid} label={t('assess.unknown_of', { what: fact.title })}
      onClick={() => answerFact(form, fact, isSaid ? undefined : null)}>
      {t('ui.unknown')}
    </Button>
  );
}

function When(p: Props) {
  const value = typeof p.shown.value === 'string' ? p.shown.value.slice(0, 10) : '';
  return (
    <div class="row amount">
      <DateField isShort label={<span class="hidden-visually">{p.fact.question}</span>} value={value} max={p.form.day}
        onInput={(v) => answerFact(p.form, p.fact, v || undefined)} />
      <Unknown {...p} />
    </div>
  );
}

/** Where the shown value comes from, and what may be done about it. */
function Origin({ form, fact, shown }: Omit<Props, 'labelId'>) {
  const known = shown.known;
  const parts: ComponentChildren[] = [];
  if (known && shown.standing !== 'known') {
    const value = valueWord(known.is_unknown ? null : known.value, known.unit);
    parts.push(<span key="record">{t('assess.was', { value, date: formatDate(known.as_of) })}</span>);
  }
  if (shown.standing === 'known') {
    parts.push(<span key="record">{known?.derived ? t('assess.from_list')
      : t('assess.from_record', { date: formatDate(shown.day) })}</span>);
  }
  if (shown.standing === 'stale') parts.push(<Status key="stale"
    kind="warn">{t('assess.too_old', { n: fact.max_age_days ?? 0 })}</Status>);
  if (shown.standing === 'stale' && known?.value !== undefined) {
    parts.push(<Button key="same" kind="quiet" label={t('assess.still_of', { what: fact.title })}
      onClick={() => answerFact(form, fact, known.value, known.unit)}>{t('assess.still')}</Button>);
  }
  const isTwice = shown.standing === 'typed' && known?.as_of === shown.day && known?.value !== shown.value
    && !form.typed.answers[factKey(fact.id)]?.seen;
  if (isTwice && known?.resource) parts.push(<Status key="twice" kind="warn">{t('assess.two_values')}</Status>);
  if (shown.standing === 'typed') {
    const day = shown.day !== form.day ? <Status key="day"
      kind="warn">{t('assess.typed_on', { date: formatDate(shown.day) })}</Status> : null;
    parts.push(day, <Button key="clear" kind="quiet" label={t('assess.clear_of', { what: fact.title })}
      onClick={() => answerFact(form, fact, undefined)}>{t('assess.clear')}</Button>);
  }
  return parts.length ? <div class="row small soft origin">{parts}</div> : null;
}

export function Question({ form, fact }: { form: Form; fact: Fact }) {
  const id = questionId(fact.id);
  const shown = shownOf(form.typed, form.record.intake, fact);
  const refused = form.problems[factKey(fact.id)];
  const p: Props = { form, fact, shown, labelId: `${id}-label` };
  const isAsked = shown.standing !== 'typed' && shown.standing !== 'known';
  const isWanted = form.wanted.has(fact.id) && !form.deferred.has(fact.id) && isAsked;
  const isIdle = isAsked && !isWanted && fact.rules.length > 0;
  return (
    <div id={id} class={`question ${shown.standing}${isWanted ? ' wanted' : isIdle ? ' idle' : ''}`}>
      <div class="asked">
        <span id={p.labelId}>{fact.question}</span>
        {isWanted && <span class="hidden-visually"> {t('assess.wanted')}</span>}
        {refused && <span class="refused">{refused}</span>}
      </div>
      <div class="answer">
        {(fact.type === 'bool' || fact.type === 'code') && <Choices {...p} />}
        {fact.type === 'number' && <Amount {...p} />}
        {fact.type === 'date' && <When {...p} />}
        <Origin form={form} fact={fact} shown={shown} />
      </div>
    </div>
  );
}
