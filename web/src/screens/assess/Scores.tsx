// SPDX-License-Identifier: Apache-2.0
// Pain and function: the scores that rules ask for, and the measures of the region.
import { formatDate } from '../../format';
import { t } from '../../text';
import { NumberField } from '../../ui/NumberField';
import type { Form } from './form';
import { conditionOf, withAnswer } from './model';
import { FactSection } from './Section';
import type { Instrument } from './types';

/** Asked elsewhere: as facts, in the examination, after the first session. */
const ELSEWHERE = ['nrs', 'nrs_activity', 'peg', 'psfs', 'pass', 'pgic', 'rom', 'med_count'];

function instrumentsOf(form: Form): Instrument[] {
  const problem = form.typed.problem ?? form.record.intake.problems[form.target];
  const condition = conditionOf(form.questions, problem?.condition);
  const sets = form.questions.instrument_sets.filter((s) => s.id === condition?.region);
  const ids = new Set([condition?.function_instrument ?? '', ...sets.flatMap((s) => s.set)]);
  return form.questions.instruments.filter((i) => ids.has(i.id) && !ELSEWHERE.includes(i.id));
}

function Measure({ form, instrument }: { form: Form; instrument: Instrument }) {
  const key = `score:${instrument.id}`;
  const known = form.record.intake.scores.filter((s) => s.instrument === instrument.id).sort((a,
    b) => (b.day ?? '').localeCompare(a.day ?? ''))[0];
  const answer = form.typed.answers[key];
  const seen = answer?.seen ?? (known?.day === form.day ? { resource: known.resource, version: known.version }
    : undefined);
  const value = typeof answer?.value === 'number' ? answer.value : null;
  const set = (v: number | null): void =>
    form.change(withAnswer(form.typed, key, v === null ? undefined : { value: v, day: form.day, ...(seen ? { seen }
      : {}) }), instrument.title);
  const range = instrument.high === undefined ? '' : `${instrument.low ?? 0}–${instrument.high}. `;
  return (
    <NumberField label={instrument.title} value={value} onValue={set} min={instrument.low} max={instrument.high}
      hint={`${range}${known ? t('assess.last_score', { value: known.value, date: formatDate(known.day) }) : ''}`} />
  );
}

export function Scores({ form }: { form: Form }) {
  const list = instrumentsOf(form);
  return (
    <FactSection form={form} group="scores">
      {list.length > 0 && <div class="grid measures">{list.map((i) => <Measure key={i.id} form={form}
        instrument={i} />)}</div>}
    </FactSection>
  );
}
