// SPDX-License-Identifier: Apache-2.0
// The examination: tenderness and laxity of each structure of the condition, grades 0 to 3, and
// the range of motion on both sides in degrees. What is not examined stays empty.
import { useId, useState } from 'preact/hooks';

import { formatDate } from '../../format';
import { t } from '../../text';
import { Mark, Side } from '../../ui/Status';
import { placeName } from './BodyChart';
import { Finder } from './Finder';
import type { Form } from './form';
import { conditionOf, examOf, seenExam, withAnswer } from './model';
import { Panel } from './Section';
import type { Answer, KnownExam, Movement, Side as SideName, Site } from './types';

const GRADES = [0, 1, 2, 3];
const HAS_LAXITY = ['ligament', 'joint_capsule'];

function answerExam(form: Form, key: string, known: KnownExam | undefined, value: number | undefined,
  what: string): void {
  const seen = form.typed.answers[key]?.seen ?? seenExam(known, form.day);
  const answer: Answer | undefined = value === undefined ? undefined
    : { value, day: form.day, ...(seen ? { seen } : {}) };
  form.change(withAnswer(form.typed, key, answer), what);
}

function Grade({ form, kind, site,
  side }: { form: Form; kind: 'tenderness' | 'laxity'; site: Site; side: SideName }) {
  const name = useId();
  const key = `${kind}:${site.id}:${side}`;
  const known = examOf(form.record.intake, kind, site.id, side);
  const value = form.typed.answers[key]?.value ?? known?.value;
  const what = `${site.structure}, ${t(`assess.${kind}`)}`;
  return (
    <div class="grade" role="radiogroup" aria-label={`${what}${side === 'left' || side === 'right' ? `,
      ${t(`side.${side}`)}` : ''}`}>
      {GRADES.map((g) => (
        <label class="choice" key={g}>
          <input type="radio" name={name} value={g} checked={value === g}
            onChange={() => answerExam(form, key, known, g, `${what}: ${g}`)} />
          <span>{g}</span>
        </label>
      ))}
      {known && !(key in form.typed.answers) && <span class="soft small">{formatDate(known.day)}</span>}
    </div>
  );
}

const sidesOf = (side: SideName | undefined): SideName[] => (side === 'both' ? ['right', 'left']
  : [side ?? 'midline']);

function Structures({ form, sites, side }: { form: Form; sites: readonly Site[]; side: SideName | undefined }) {
  if (sites.length === 0) return null;
  const sides = sidesOf(side);
  return (
    <table class="table exam">
      <caption class="hidden-visually">{t('assess.structures')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('assess.structure')}</th>
          {sides.map((s) => <th scope="col" key={s}>{t('assess.tenderness')} {s !== 'midline' && <Side
            side={s as 'left' | 'right'} />}</th>)}
          {sides.map((s) => <th scope="col" key={s}>{t('assess.laxity')} {s !== 'midline' && <Side
            side={s as 'left' | 'right'} />}</th>)}
        </tr>
      </thead>
      <tbody>
        {sites.map((site) => (
          <tr key={site.id} id={`x-${site.id}`}>
            <th scope="row">{site.structure}</th>
            {sides.map((s) => <td key={s}><Grade form={form} kind="tenderness" site={site} side={s} /></td>)}
            {sides.map((s) => <td key={s}>{HAS_LAXITY.includes(site.kind) ? <Grade form={form} kind="laxity"
              site={site} side={s} /> : null}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Degrees({ form, movement, side }: { form: Form; movement: Movement; side: SideName }) {
  const id = useId();
  const key = `motion:${movement.id}:${side}`;
  const known = examOf(form.record.intake, 'motion', movement.title, side);
  const value = form.typed.answers[key]?.value ?? known?.value;
  // What is being typed stays as it stands, whatever is drawn anew meanwhile.
  const [text, setText] = useState<string | null>(null);
  const label = [movement.title, side === 'midline' ? '' : t(`side.${side}`), t('assess.degrees')].filter(Boolean).join(', ');
  const isWrong = typeof value === 'number' && (value < movement.low || value > movement.high);
  const type = (text: string): void => {
    setText(null);
    const n = text.trim() === '' || text.trim() === '-' ? undefined : Number(text.replace(',', '.'));
    if (n === undefined || Number.isFinite(n)) answerExam(form, key, known, n, movement.title);
  };
  return (
    <span class="with-unit">
      <label class="hidden-visually" for={id}>{label}</label>
      <input id={id} class="input degrees number" type="text" inputMode="numeric" autocomplete="off"
        value={text ?? (value === null || value === undefined ? '' : String(value))}
        aria-invalid={isWrong || undefined} aria-describedby={isWrong ? `${id}-wrong` : undefined}
          onInput={(e) => setText(e.currentTarget.value)}
          onChange={(e) => type(e.currentTarget.value)} />
      {known && !(key in form.typed.answers) && <span class="soft small">{formatDate(known.day)}</span>}
      {isWrong && <span class="error" id={`${id}-wrong`}>{t('assess.between', { low: movement.low,
        high: movement.high })}</span>}
    </span>
  );
}

function Motions({ form, region }: { form: Form; region: string }) {
  const movements = form.questions.movements.filter((m) => m.region === region);
  if (movements.length === 0) return null;
  return (
    <table class="table exam">
      <caption>{t('assess.motion')} {movements.some((m) => m.verified !== 'yes') && <Mark kind="memory" />}</caption>
      <thead>
        <tr>
          <th scope="col">{t('assess.movement')}</th>
          <th scope="col"><Side side="right" /></th>
          <th scope="col"><Side side="left" /></th>
          <th scope="col">{t('assess.usual')}</th>
        </tr>
      </thead>
      <tbody>
        {movements.map((m) => (
          <tr key={m.id}>
            <th scope="row">{m.title.charAt(0).toUpperCase() + m.title.slice(1)}</th>
            {m.sides === 'midline'
              ? <td colSpan={2}><Degrees form={form} movement={m} side="midline" /></td>
              : (['right', 'left'] as const).map((s) => <td key={s}><Degrees form={form} movement={m}
                side={s} /></td>)}
            <td class="soft">{m.usual}°</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Exam({ form }: { form: Form }) {
  const problem = form.typed.problem ?? form.record.intake.problems[form.target];
  const condition = conditionOf(form.questions, problem?.condition);
  const region = condition?.region || form.typed.problem?.region;
  if (!region) return <Panel name="exam"><p class="soft">{t('assess.exam_first')}</p></Panel>;
  const all = form.questions.atlas.filter((s) => s.region === region);
  const named = condition?.sites.flatMap((x) => all.find((s) => s.id === x.site) ?? []) ?? [];
  const touched = all.filter((s) => !named.includes(s)
    && Object.keys(form.typed.answers).some((k) => k.includes(`:${s.id}:`)));
  const recorded = all.filter((s) => !named.includes(s) && !touched.includes(s)
    && form.record.intake.exams.some((e) => e.site === s.id));
  const shown = [...named, ...touched, ...recorded];
  const rest = all.filter((s) => !shown.includes(s));
  return (
    <Panel name="exam">
      <p class="soft small">{t('assess.grades')} {placeName(region, problem?.side)}</p>
      <div class="table-scroll"><Structures form={form} sites={shown} side={problem?.side} /></div>
      {rest.length > 0 && (
        <details>
          <summary>{t('assess.more_structures', { n: rest.length })}</summary>
          {rest.length > 12 && (
            <Finder label={t('assess.find_structure')}
              items={rest.map((s) => ({ key: s.id, label: s.structure, words: [s.structure, s.landmark ?? ''] }))}
              onPick={(item) => { if (item) document.querySelector<HTMLElement>(`#x-${item.key} input`)?.focus(); }} />
          )}
          <div class="table-scroll"><Structures form={form} sites={rest} side={problem?.side} /></div>
        </details>
      )}
      <div class="table-scroll"><Motions form={form} region={region} /></div>
    </Panel>
  );
}
