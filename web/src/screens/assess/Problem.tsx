// SPDX-License-Identifier: Apache-2.0
// The problem to treat: where on the body, what, which side, since when.
import { useState } from 'preact/hooks';

import { formatDate, isoOf, dayOf } from '../../format';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Choice } from '../../ui/Choice';
import { Side, Status } from '../../ui/Status';
import { TextField } from '../../ui/TextField';
import { BodyChart, placeName } from './BodyChart';
import { Finder } from './Finder';
import type { Form } from './form';
import { conditionOf } from './model';
import { Panel } from './Section';
import type { Condition, ProblemAnswer, Side as SideName } from './types';

/** The problem as it is typed, or a start from the record. */
function current(form: Form): ProblemAnswer {
  const known = form.record.intake.problems[form.target];
  return form.typed.problem ?? { ...known, region: conditionOf(form.questions, known?.condition)?.region,
    day: form.day };
}

function isDate(text: string, today: string): boolean {
  return /^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/.test(text) && text <= today;
}

const AGO = [3, 6, 12, 24];

/** So many months before, to the month. */
const monthsAgo = (day: string, months: number): string => isoOf(Math.round(dayOf(day) - months * 30.44)).slice(0, 7);

function Onset({ form, p, set }: { form: Form; p: ProblemAnswer; set: (next: Partial<ProblemAnswer>,
  what: string) => void }) {
  const [text, setText] = useState(p.onset ?? '');
  const [seen, setSeen] = useState(p.onset);
  if (seen !== p.onset) { // undone, or chosen by a button
    setSeen(p.onset);
    if (p.onset !== undefined || isDate(text, form.day)) setText(p.onset ?? '');
  }
  const type = (next: string): void => {
    setText(next);
    if (next === '' || isDate(next, form.day)) set({ onset: next || undefined },
      t('assess.since', { date: formatDate(next || undefined) }));
  };
  return (
    <div id="q-onset" class="stack tight question-free">
      <TextField isShort label={t('assess.onset')} hint={t('assess.onset_hint')} value={text} onInput={type}
        inputMode="numeric"
        error={text !== '' && !isDate(text, form.day) ? t('assess.onset_wrong') : undefined} maxLength={10} />
      <div class="row">
        {AGO.map((n) => (
          <Button key={n} label={t('assess.ago_long', { n })}
            onClick={() => type(monthsAgo(form.day, n))}>{t('assess.ago', { n })}</Button>
        ))}
      </div>
    </div>
  );
}

function Conditions({ form, p, choose }: { form: Form; p: ProblemAnswer; choose: (c: Condition) => void }) {
  const here = form.questions.conditions.filter((c) => p.region && c.region === p.region
    && (c.status === 'offered' || c.id === p.condition));
  const rest = form.questions.conditions.filter((c) => p.region && c.region === p.region && !here.includes(c));
  if (!p.region) return <p class="soft">{t('assess.choose_region')}</p>;
  const options = (list: Condition[]) => list.map((c) => ({ value: c.id, label: c.title }));
  return (
    <>
      <Choice label={t('assess.condition_at', { place: placeName(p.region, p.side) })}
        options={options([...here, ...rest])} value={p.condition ?? null}
        onValue={(id) => { const c = conditionOf(form.questions, id); if (c) choose(c); }} />
      {here.length + rest.length === 0 && <p class="soft">{t('assess.no_condition')}</p>}
    </>
  );
}

/** A problem that is over, and one more. */
function Others({ form, p, set }: { form: Form; p: ProblemAnswer; set: (next: Partial<ProblemAnswer>, what: string) => void }) {
  const problems = form.record.intake.problems;
  if (problems.length === 0) return null;
  const isNew = form.typed.problem !== undefined && !form.typed.problem.resource;
  return (
    <div class="row">
      {p.isOver && <Status kind="note">{t('assess.over')}</Status>}
      {p.resource && !p.isOver && <Button onClick={() => set({ isOver: true }, t('assess.over'))}>{t('assess.say_over')}</Button>}
      {!isNew && (
        <Button onClick={() => form.change({ ...form.typed, problem: { day: form.day } }, t('assess.another'))}>{t('assess.another')}</Button>
      )}
    </div>
  );
}

const SIDES: SideName[] = ['right', 'left', 'both', 'midline'];

export function Problem({ form }: { form: Form }) {
  const p = current(form);
  const condition = conditionOf(form.questions, p.condition);
  const set = (next: Partial<ProblemAnswer>, what: string): void => form.change({ ...form.typed, problem: { ...p,
    ...next, day: form.day } }, what);
  const pick = (region: string, side: SideName | undefined): void => {
    const keeps = condition?.region === region;
    set({ region, side: side ?? (keeps ? p.side : 'midline'),
      ...(keeps ? {} : { condition: undefined, text: undefined }) }, placeName(region, side));
  };
  const choose = (c: Condition): void => set({ condition: c.id, text: c.title, region: c.region || p.region },
    c.title);
  const items = form.questions.conditions.map((c) => ({ key: c.id, label: c.title,
    note: c.region ? placeName(c.region, undefined) : '', words: [c.title, ...(c.synonyms ?? [])] }));
  const isDone = Boolean(p.condition && p.side && p.onset);
  return (
    <Panel name="problem" count={{ answered: isDone ? 1 : 0, open: isDone ? 0 : [p.condition, p.side,
      p.onset].filter((x) => !x).length }}>
      {!form.mayDiagnose && <Banner kind="note">{t('assess.physician_only')}</Banner>}
      {form.problems.problem && <Banner kind="danger">{form.problems.problem}</Banner>}
      <div id="q-problem" class="problem" inert={!form.mayDiagnose}>
        <BodyChart region={p.region} side={p.side} onPick={pick} />
        <div class="stack tight">
          <p class="row chosen-problem">
            <strong>{condition?.title ?? p.text ?? t('assess.no_problem')}</strong>
            {(p.side === 'left' || p.side === 'right' || p.side === 'both') && <Side side={p.side} />}
          </p>
          <Finder label={t('assess.find_condition')} hint={t('assess.find_condition_hint')} items={items}
            onPick={(item) => { const c = conditionOf(form.questions, item?.key); if (c) choose(c); }} />
          <Conditions form={form} p={p} choose={choose} />
          {condition?.status && condition.status !== 'offered' && condition.reason && <Banner
            kind="warn">{condition.reason}</Banner>}
          <Choice label={t('assess.side')} options={SIDES.map((s) => ({ value: s, label: s === 'midline'
            ? t('assess.midline') : t(`side.${s}`) }))} value={p.side ?? null}
            onValue={(side) => set({ side }, t('assess.side'))} />
          <Onset form={form} p={p} set={set} />
          <Others form={form} p={p} set={set} />
        </div>
      </div>
    </Panel>
  );
}
