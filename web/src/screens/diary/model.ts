// SPDX-License-Identifier: Apache-2.0
// How what is typed becomes what is sent, and back. Nothing is judged here: which questions there
// are and how urgent the answers are, the server says.
import type { DiaryData, Entry, Typed } from './types';

export const NONE = 'none';
export const UNSURE = 'unsure';

export type StepKind = 'list' | 'radios' | 'fever' | 'scale' | 'drugs' | 'last';

export interface Step {
  id: string;
  kind: StepKind;
  facts: string[];
}

/** Symptoms that are asked together: what cannot wait comes first. */
const LISTS: Record<string, string[]> = {
  emergency: [
    'sx_breathless_chest',
    'sx_anaphylaxis',
    'sx_stroke_signs',
    'sx_cauda_equina',
    'sx_la_toxicity',
  ],
  area: [
    'sx_hot_joint',
    'sx_spreading_redness',
    'sx_red_streak_ill',
    'sx_bleed_swelling',
    'sx_compartment',
    'sx_tendon_pop',
    'sx_local_rash',
  ],
  body: [
    'sx_numbness',
    'sx_motor_loss',
    'sx_meningism_rigors',
    'sx_back_neck_pain',
    'sx_postural_headache',
    'sx_faint',
    'sx_glucose_high',
  ],
  course: ['sx_pain_rising', 'sx_pain_uncontrolled', 'sx_pain_above_baseline'],
  worry: ['sx_procedure_concern', 'sx_very_worried'],
};
const FEVER = ['sx_fever', 'sx_temperature'];
const EXPECTED = 'sx_expected_only';

/** Asked when one of these was ticked. */
const FOLLOW: Record<string, string[]> = {
  sx_numb_improving: ['sx_numbness', 'sx_motor_loss'],
  sx_headache_over_24h: ['sx_postural_headache'],
  sx_faint_recurrent: ['sx_faint'],
};

const ORDER = [
  'emergency',
  'fever',
  'area',
  'body',
  'follow',
  'scale.nrs',
  'course',
  'scale',
  'drugs',
  'expected',
  'worry',
  'more',
  'last',
];

const ticked = (typed: Typed, fact: string): boolean =>
  Object.values(typed.lists).some((list) => list.includes(fact));

function hasSymptom(typed: Typed): boolean {
  return (
    Object.keys(LISTS).some((id) => typed.lists[id]?.some((x) => x !== NONE)) ||
    typed.choice.sx_fever === 'yes'
  );
}

/** The pages of today's questions. What the server asks and no page knows comes on one of its own. */
export function stepsOf(diary: DiaryData, typed: Typed): Step[] {
  const asked = diary.questions.symptoms.map((q) => q.id);
  const among = (ids: string[]): string[] => ids.filter((id) => asked.includes(id));
  const known = [...Object.values(LISTS).flat(), ...Object.keys(FOLLOW), ...FEVER, EXPECTED];
  const steps: Step[] = Object.entries(LISTS).map(([id, facts]) => ({
    id,
    kind: 'list',
    facts: among(facts),
  }));
  steps.push({ id: 'fever', kind: 'fever', facts: among(FEVER) });
  steps.push({
    id: 'follow',
    kind: 'radios',
    facts: among(Object.keys(FOLLOW)).filter((id) => FOLLOW[id]?.some((p) => ticked(typed, p))),
  });
  steps.push({ id: 'expected', kind: 'radios', facts: hasSymptom(typed) ? [] : among([EXPECTED]) });
  steps.push({ id: 'more', kind: 'radios', facts: asked.filter((id) => !known.includes(id)) });
  steps.push(
    { id: 'drugs', kind: 'drugs', facts: ['drugs'] },
    { id: 'last', kind: 'last', facts: ['note'] },
  );
  steps.push(
    ...diary.questions.scores.map((s): Step => ({
      id: `scale.${s.id}`,
      kind: 'scale',
      facts: [s.id],
    })),
  );
  const place = (id: string): number =>
    ORDER.includes(id) ? ORDER.indexOf(id) : ORDER.indexOf(id.split('.')[0] ?? '');
  return steps.filter((s) => s.facts.length > 0).sort((a, b) => place(a.id) - place(b.id));
}

export function emptyTyped(day: string): Typed {
  return {
    key: crypto.randomUUID(),
    day,
    version: 0,
    lists: {},
    choice: {},
    temperature: '',
    other: '',
    note: '',
  };
}

/** A day's entry as it was typed, to be changed. */
export function typedOf(entry: Entry): Typed {
  const typed = {
    ...emptyTyped(entry.day),
    version: entry.version,
    other: entry.other_drugs ?? '',
    note: entry.note ?? '',
  };
  for (const [id, facts] of Object.entries(LISTS)) {
    const answers = facts.filter((f) => f in entry.symptoms);
    const yes = answers.filter((f) => entry.symptoms[f] === true);
    const isUnsure = answers.some((f) => entry.symptoms[f] === null);
    if (answers.length)
      typed.lists[id] = yes.length
        ? [...yes, ...(isUnsure ? [UNSURE] : [])]
        : [isUnsure ? UNSURE : NONE];
  }
  for (const [fact, value] of Object.entries(entry.symptoms)) {
    if (Object.values(LISTS).flat().includes(fact)) continue;
    if (fact === 'sx_temperature') typed.temperature = value === null ? '' : String(value);
    else typed.choice[fact] = value === null ? UNSURE : value ? 'yes' : 'no';
  }
  for (const [id, value] of Object.entries(entry.scores))
    typed.choice[id] = value === null ? UNSURE : String(value);
  typed.lists.drugs =
    entry.drugs === null
      ? [UNSURE]
      : entry.drugs.length || entry.other_drugs
        ? entry.drugs
        : [NONE];
  if (entry.other_drugs) typed.lists.drugs = [...typed.lists.drugs, 'other'];
  return typed;
}

/** "37,4" and "37.4"; null: nothing typed; NaN: no temperature. */
export function temperatureOf(text: string): number | null {
  const clean = text.trim().replace(',', '.');
  if (clean === '') return null;
  return /^\d{2}(\.\d{1,2})?$/.test(clean) ? Number(clean) : NaN;
}

/** Body of POST /diary. What was not asked or not known is left open: it is no "no". */
export function bodyOf(diary: DiaryData, typed: Typed): unknown {
  const symptoms: Record<string, boolean | number | null> = {};
  const scores: Record<string, number | null> = {};
  for (const step of stepsOf(diary, typed)) {
    const list = typed.lists[step.id];
    for (const fact of step.facts) {
      const choice = typed.choice[fact];
      if (step.kind === 'list' && list)
        symptoms[fact] = list.includes(fact) ? true : list.includes(UNSURE) ? null : false;
      else if (fact === 'sx_temperature') symptoms[fact] = temperatureOf(typed.temperature);
      else if (step.kind === 'scale')
        scores[fact] = choice === undefined || choice === UNSURE ? null : Number(choice);
      else if ((step.kind === 'radios' || step.kind === 'fever') && choice)
        symptoms[fact] = choice === UNSURE ? null : choice === 'yes';
    }
  }
  const drugs = typed.lists.drugs;
  return {
    key: typed.key,
    day: typed.day,
    ...(typed.version ? { version: typed.version } : {}),
    scores,
    symptoms,
    drugs:
      !drugs || drugs.includes(UNSURE) ? null : drugs.filter((d) => d !== NONE && d !== 'other'),
    other_drugs: drugs?.includes('other') && typed.other.trim() ? typed.other.trim() : null,
    note: typed.note.trim() || null,
  };
}
