// SPDX-License-Identifier: Apache-2.0
// One question a page.
import { useState } from 'preact/hooks';

import { t, tIf } from '../../text';
import { Button } from '../../ui/Button';
import { NONE, temperatureOf, UNSURE, type Step } from './model';
import { Back, Boxes, Problems, Radios, TextLine, type Option, type Problem } from './parts';
import type { DiaryData, Question, Typed } from './types';
import { place, symptom } from './words';

interface Props {
  diary: DiaryData;
  typed: Typed;
  set: (next: Typed) => void;
  step: Step;
}

const setList = (p: Props, list: string[]): void =>
  p.set({ ...p.typed, lists: { ...p.typed.lists, [p.step.id]: list } });
const setChoice = (p: Props, id: string, value: string): void =>
  p.set({ ...p.typed, choice: { ...p.typed.choice, [id]: value } });

const words = (p: Props, id: string): string => symptom(id, p.diary.questions.symptoms);
const anchorOf = (id: string): string => `d-${id}`;

function ListStep(p: Props & { error?: string | undefined }) {
  const options: Option[] = p.step.facts.map((id) => ({ value: id, label: words(p, id) }));
  options.push(
    { value: NONE, label: t('diary.none_of_these'), isApart: true },
    { value: UNSURE, label: t('diary.unsure_rest') },
  );
  return (
    <Boxes
      title={tIf(`diary.step.${p.step.id}`, t('diary.step.more'))}
      hint={tIf(`diary.hint.${p.step.id}`, t('diary.hint.list'))}
      error={p.error}
      anchor={anchorOf(p.step.id)}
      options={options}
      alone={NONE}
      value={p.typed.lists[p.step.id] ?? []}
      onValue={(v) => setList(p, v)}
    />
  );
}

const yesNo = (): Option[] => [
  { value: 'yes', label: t('ui.yes') },
  { value: 'no', label: t('ui.no') },
  { value: UNSURE, label: t('diary.unsure'), isApart: true },
];

function RadioStep(p: Props & { errors: Record<string, string> }) {
  const isOne = p.step.facts.length === 1;
  return (
    <>
      {!isOne && <h1 tabIndex={-1}>{tIf(`diary.step.${p.step.id}`, t('diary.step.more'))}</h1>}
      {p.step.facts.map((id) => (
        <Radios
          key={id}
          title={words(p, id)}
          isHeading={isOne}
          anchor={anchorOf(id)}
          error={p.errors[id]}
          options={yesNo()}
          value={p.typed.choice[id]}
          onValue={(v) => setChoice(p, id, v)}
        />
      ))}
    </>
  );
}

function FeverStep(p: Props & { errors: Record<string, string> }) {
  return (
    <>
      <Radios
        title={words(p, 'sx_fever')}
        hint={t('diary.hint.fever')}
        anchor={anchorOf('sx_fever')}
        error={p.errors.sx_fever}
        options={yesNo()}
        value={p.typed.choice.sx_fever}
        onValue={(v) => setChoice(p, 'sx_fever', v)}
      />
      <TextLine
        label={t('diary.temperature')}
        hint={t('diary.temperature_hint')}
        error={p.errors.sx_temperature}
        anchor={anchorOf('sx_temperature')}
        isDecimal
        suffix="°C"
        value={p.typed.temperature}
        onInput={(temperature) => p.set({ ...p.typed, temperature })}
      />
    </>
  );
}

/** Every whole point of the scale as a large button; its ends in words. */
function ScaleStep(p: Props & { error?: string | undefined }) {
  const id = p.step.facts[0] ?? '';
  const score = p.diary.questions.scores.find((s) => s.id === id);
  if (!score) return null;
  const points = Array.from({ length: score.high - score.low + 1 }, (_, i) =>
    String(score.low + i),
  );
  const ends = {
    low: tIf(`diary.score.${id}.low`, String(score.low)),
    high: tIf(`diary.score.${id}.high`, String(score.high)),
  };
  const label = (v: string): string =>
    v === points[0] ? `, ${ends.low}` : v === points[points.length - 1] ? `, ${ends.high}` : '';
  const options = points.map((v): Option => ({
    value: v,
    label: (
      <>
        {v}
        <span class="hidden-visually">{label(v)}</span>
      </>
    ),
  }));
  options.push({ value: UNSURE, label: t('diary.unsure'), isApart: true });
  return (
    <Radios
      title={tIf(`diary.score.${id}.title`, score.title).replace('{place}', place(p.diary))}
      anchor={anchorOf(id)}
      error={p.error}
      isRow
      options={options}
      hint={
        <>
          {tIf(`diary.score.${id}.hint`, '')}{' '}
          <span class="d-ends">
            <span>
              {points[0]} = {ends.low}
            </span>
            <span>
              {points[points.length - 1]} = {ends.high}
            </span>
          </span>
        </>
      }
      value={p.typed.choice[id]}
      onValue={(v) => setChoice(p, id, v)}
    />
  );
}

function DrugStep(p: Props & { errors: Record<string, string> }) {
  const list = p.typed.lists.drugs ?? [];
  const options: Option[] = p.diary.questions.drugs.map((d) => ({
    value: d.id,
    label: tIf(`diary.drug.${d.id}`, d.name),
    ...(d.is_nsaid ? { hint: t('diary.nsaid') } : {}),
  }));
  options.push(
    { value: 'other', label: t('diary.other_drug') },
    { value: NONE, label: t('diary.no_drug'), isApart: true },
    { value: UNSURE, label: t('diary.unsure') },
  );
  return (
    <Boxes
      title={t('diary.step.drugs')}
      hint={t('diary.hint.drugs')}
      error={p.errors.drugs}
      anchor={anchorOf('drugs')}
      options={options}
      alone={NONE}
      value={list}
      onValue={(v) => setList(p, v)}
    >
      {list.includes('other') && (
        <TextLine
          label={t('diary.which_drug')}
          anchor={anchorOf('other')}
          error={p.errors.other}
          value={p.typed.other}
          onInput={(other) => p.set({ ...p.typed, other })}
        />
      )}
    </Boxes>
  );
}

function LastStep(p: Props) {
  return (
    <>
      <h1 tabIndex={-1}>{t('diary.step.last')}</h1>
      <TextLine
        label={t('diary.note')}
        hint={t('diary.hint.last')}
        anchor={anchorOf('note')}
        rows={5}
        value={p.typed.note}
        onInput={(note) => p.set({ ...p.typed, note })}
      />
    </>
  );
}

function temperatureProblem(typed: Typed, question: Question | undefined): string | undefined {
  const value = temperatureOf(typed.temperature);
  if (value === null) return undefined;
  const isOut =
    Number.isNaN(value) ||
    value < (question?.low ?? -Infinity) ||
    value > (question?.high ?? Infinity);
  return isOut
    ? t('diary.temperature_wrong', { low: question?.low ?? '', high: question?.high ?? '' })
    : undefined;
}

/** What is missing or wrong, by field. "I am not sure" is an answer, nothing at all is none. */
function check({ diary, typed, step }: Props): Record<string, string> {
  const errors: Record<string, string> = {};
  const list = typed.lists[step.id] ?? [];
  if ((step.kind === 'list' || step.kind === 'drugs') && !list.length)
    errors[step.id] = t('diary.choose_some');
  if (step.kind === 'drugs' && list.includes('other') && !typed.other.trim())
    errors.other = t('diary.which_drug_missing');
  if (step.kind === 'radios' || step.kind === 'scale')
    for (const id of step.facts) if (!typed.choice[id]) errors[id] = t('diary.choose_one');
  if (step.kind === 'fever') {
    const wrong = temperatureProblem(
      typed,
      diary.questions.symptoms.find((q) => q.id === 'sx_temperature'),
    );
    if (wrong) errors.sx_temperature = wrong;
    if (!typed.choice.sx_fever) errors.sx_fever = t('diary.choose_one');
  }
  return errors;
}

export function StepPage(p: Props & { back: string; count: string; onContinue: () => void }) {
  const [problems, setProblems] = useState<Problem[]>([]);
  const errors = Object.fromEntries(problems.map((x) => [x.anchor.slice(2), x.text]));
  const submit = (event: Event): void => {
    event.preventDefault();
    const found = Object.entries(check(p)).map(([id, text]) => ({ anchor: anchorOf(id), text }));
    setProblems(found);
    if (!found.length) p.onContinue();
  };
  return (
    <form class="d-page" noValidate onSubmit={submit}>
      <Back to={p.back} />
      <Problems list={problems} />
      <p class="d-count">{p.count}</p>
      {p.step.kind === 'list' && <ListStep {...p} error={errors[p.step.id]} />}
      {p.step.kind === 'radios' && <RadioStep {...p} errors={errors} />}
      {p.step.kind === 'fever' && <FeverStep {...p} errors={errors} />}
      {p.step.kind === 'scale' && <ScaleStep {...p} error={errors[p.step.facts[0] ?? '']} />}
      {p.step.kind === 'drugs' && <DrugStep {...p} errors={errors} />}
      {p.step.kind === 'last' && <LastStep {...p} />}
      <Button kind="primary" type="submit" isLarge>
        {t('diary.continue')}
      </Button>
    </form>
  );
}
