// SPDX-License-Identifier: Apache-2.0
// "Check your answers", and the same list for days that are over.
import type { ComponentChildren } from 'preact';

import { t, tIf } from '../../text';
import { NONE, UNSURE, type Step } from './model';
import type { DiaryData, Entry, Typed } from './types';
import { said, symptom } from './words';

export interface Line {
  step: string;
  what: string;
  said: ComponentChildren;
}

const choiceWords = (value: string | undefined): string =>
  value === 'yes'
    ? t('ui.yes')
    : value === 'no'
      ? t('ui.no')
      : value === undefined || value === UNSURE
        ? t('diary.unsure')
        : value;

function drugWords(diary: DiaryData, typed: Typed): string {
  const list = typed.lists.drugs ?? [UNSURE];
  if (list.includes(UNSURE)) return t('diary.unsure');
  if (list.includes(NONE)) return t('diary.no_drug');
  return list
    .map((id) =>
      id === 'other'
        ? typed.other
        : tIf(`diary.drug.${id}`, diary.questions.drugs.find((d) => d.id === id)?.name ?? id),
    )
    .join(', ');
}

function listWords(diary: DiaryData, list: readonly string[]): ComponentChildren {
  if (list.includes(NONE)) return t('diary.none_of_these');
  return (
    <ul class="plain">
      {list.map((id) => (
        <li key={id}>
          {id === UNSURE ? t('diary.unsure_rest') : symptom(id, diary.questions.symptoms)}
        </li>
      ))}
    </ul>
  );
}

const scoreTitle = (diary: DiaryData, id: string): string =>
  tIf(`diary.score.${id}.short`, diary.questions.scores.find((s) => s.id === id)?.title ?? id);

/** A line for each page of questions. */
export function linesOf(diary: DiaryData, typed: Typed, steps: readonly Step[]): Line[] {
  return steps.flatMap((step): Line[] => {
    const what = tIf(`diary.short.${step.id}`, t('diary.step.more'));
    if (step.kind === 'list')
      return [{ step: step.id, what, said: listWords(diary, typed.lists[step.id] ?? [UNSURE]) }];
    if (step.kind === 'scale')
      return step.facts.map((id) => ({
        step: step.id,
        what: scoreTitle(diary, id),
        said: choiceWords(typed.choice[id]),
      }));
    if (step.kind === 'drugs') return [{ step: step.id, what, said: drugWords(diary, typed) }];
    if (step.kind === 'last') return [{ step: step.id, what, said: typed.note || '–' }];
    if (step.kind === 'fever') {
      const measured = typed.temperature ? `, ${typed.temperature} °C` : '';
      return [{ step: step.id, what, said: `${choiceWords(typed.choice.sx_fever)}${measured}` }];
    }
    return step.facts.map((id) => ({
      step: step.id,
      what: symptom(id, diary.questions.symptoms),
      said: choiceWords(typed.choice[id]),
    }));
  });
}

export function Lines({
  lines,
  onChange,
}: {
  lines: readonly Line[];
  onChange?: (step: string) => string;
}) {
  return (
    <dl class="d-summary">
      {lines.map((line) => (
        <div key={line.what}>
          <dt>{line.what}</dt>
          <dd>{line.said}</dd>
          {onChange && (
            <dd>
              <a href={`#${onChange(line.step)}`}>
                {t('diary.change')}
                <span class="hidden-visually"> {line.what}</span>
              </a>
            </dd>
          )}
        </div>
      ))}
    </dl>
  );
}

/** What a day's entry says, short: scores, what was taken, what was felt. */
export function entryLines(diary: DiaryData, e: Entry): Line[] {
  const felt = Object.entries(e.symptoms)
    .filter(([, v]) => v === true)
    .map(([id]) => said(id, diary.questions.symptoms));
  const drugs = [
    ...(e.drugs ?? []).map((id) => tIf(`diary.drug.${id}`, id)),
    ...(e.other_drugs ? [e.other_drugs] : []),
  ];
  const none = e.drugs === null ? t('diary.unsure') : t('diary.no_drug');
  const temperature = e.symptoms.sx_temperature;
  return [
    ...Object.entries(e.scores).map(([id, v]) => ({
      step: id,
      what: scoreTitle(diary, id),
      said: v === null ? t('diary.unsure') : String(v),
    })),
    { step: 'drugs', what: t('diary.short.drugs'), said: drugs.join(', ') || none },
    ...(typeof temperature === 'number'
      ? [{ step: 'fever', what: t('diary.temperature_short'), said: `${temperature} °C` }]
      : []),
    ...(felt.length
      ? [
          {
            step: 'felt',
            what: t('diary.felt'),
            said: (
              <ul class="plain">
                {felt.map((x) => (
                  <li key={x}>{x}</li>
                ))}
              </ul>
            ),
          },
        ]
      : []),
    ...(e.note ? [{ step: 'note', what: t('diary.short.last'), said: e.note }] : []),
  ];
}
