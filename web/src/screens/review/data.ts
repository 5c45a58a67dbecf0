// SPDX-License-Identifier: Apache-2.0
// A review as the server tells it (src/app/console_review.h), a new score, and the decision.
import { codeOf, create, resourcesOf, searchAll, update, type Bundle, type CodeableConcept, type Resource } from '../../api/fhir';
import { post } from '../../api/http';
import type { PaperChartData } from '../../chart/PaperChart';

export const BASE = 'https://enthesis.org/fhir/CodeSystem/';
export const INSTRUMENT = `${BASE}instrument`;
export const DECISION = `${BASE}decision`;

export type Response = 'unknown' | 'too_early' | 'responder' | 'partial' | 'none';
export type Advice = 'continue' | 'adjust' | 'rediagnose' | 'stop' | 'maintain' | 'ask';
export const DECISIONS = ['continue', 'adjust', 'rediagnose', 'stop', 'maintain'] as const;

export interface From { id: string; sources?: string[]; grade?: string; verified?: string; is_approved?: boolean; approved_by?: string }

export interface Finding {
  rule: string;
  tier: string;
  title: string;
  severity: string;
  is_unknown: boolean;
  message: string;
  action?: string;
  inputs?: string;
  missing?: string[];
  from?: From;
}

export interface Instrument {
  id: string;
  title: string;
  measure: 'pain' | 'function';
  direction: 'higher_worse' | 'higher_better';
  low?: number;
  high?: number;
  last?: number;
  last_day?: string;
}

export interface Chart { outcome: 'pain' | 'function'; population: PaperChartData; without?: PaperChartData; with: PaperChartData }
export interface Gain { week: number; day: string; mean: number; q05: number; q95: number; worthwhile_share: number }

export interface Forecast {
  basis: string;
  learning?: string;
  is_calibrated: boolean;
  is_course: boolean;
  record?: string;
  notes?: { use: 'used' | 'left_out' | 'assumed'; text: string }[];
  charts: Chart[];
  gains: Gain[];
  worthwhile_pain?: number;
  sayings: string[];
}

export interface Review {
  today: string;
  target: number;
  problems?: { target: number; text?: string; side: string }[];
  response: Response;
  advice: Advice;
  rules_advice: Advice;
  reason?: string;
  forecast_reason?: string;
  no_forecast?: string;
  pain_before?: number;
  pain_now?: number;
  fall?: number;
  fall_percent?: number;
  sessions_given: number;
  sessions_left?: number;
  days_since_first: number;
  findings?: Finding[];
  questions?: { fact: string; question: string; is_stale: boolean }[];
  followups?: { text: string; from?: string; to?: string; overdue: boolean }[];
  instruments?: Instrument[];
  score?: { day: string; values: { instrument: string; value: number }[] };
  forecast?: Forecast;
}

const parameters = (target?: string): unknown => ({
  resourceType: 'Parameters',
  ...(target ? { parameter: [{ name: 'target', valueString: target }] } : {}),
});

export const readReview = (id: string, target?: string): Promise<Review> => post<Review>(`/clinic/review/${id}`, parameters(target));

/* Scores */

export interface Score { instrument: string; value: number }

/** Where the same instrument was said to be about, so that a new score counts for the same place. */
async function placeOf(patient: string, instrument: string): Promise<CodeableConcept | undefined> {
  const earlier = await searchAll<Resource>(`Observation?patient=${patient}&code=${encodeURIComponent(`${INSTRUMENT}|${instrument}`)}`, 200);
  return earlier.map((o) => o['bodySite'] as CodeableConcept | undefined).find(Boolean);
}

export async function saveScores(patient: string, day: string, scores: Score[]): Promise<Resource[]> {
  const made: Resource[] = [];
  for (const s of scores) {
    const bodySite = await placeOf(patient, s.instrument);
    made.push(await create<Resource>({
      resourceType: 'Observation',
      status: 'final',
      category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'survey' }] }],
      code: { coding: [{ system: INSTRUMENT, code: s.instrument }] },
      subject: { reference: `Patient/${patient}` },
      effectiveDateTime: day,
      ...(bodySite ? { bodySite } : {}),
      valueQuantity: { value: s.value, unit: '1', system: 'http://unitsofmeasure.org', code: '1' },
    }));
  }
  return made;
}

/** Taken back: kept in the history, and no score any more. */
export const takeBack = async (made: Resource[]): Promise<void> => {
  for (const o of made) await update({ ...o, status: 'entered-in-error' });
};

/* The decision */

export interface Decision extends Resource {
  resourceType: 'DocumentReference';
  status: string;
  date?: string;
  type?: CodeableConcept;
  description?: string;
  content?: { attachment: { contentType?: string; data?: string } }[];
}

export const decisionOf = (d: Decision): string => codeOf(d.type, DECISION) ?? '';

const encode = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

export function wordsOf(d: Decision): string {
  const bytes = atob(d.content?.[0]?.attachment.data ?? '');
  return new TextDecoder().decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0)));
}

export async function readDecisions(patient: string): Promise<Decision[]> {
  const all = await searchAll<Decision>(`DocumentReference?patient=${patient}&type=${encodeURIComponent(`${DECISION}|`)}`);
  return all.filter((d) => d.status === 'current').sort((a, b) => (b.date ?? '').localeCompare(a.date ?? ''));
}

export interface Choice { decision: string; label: string; words: string; advice: string; target: string | undefined; practitioner: string | undefined }

/** The review is kept with the record that it rests on; the clinician's own judgement is a note on
 * it. No note in the CarePlan: an approved plan stays as it was signed. Tagged as what came of an
 * operation, so that it is no new fact of the record: a verdict of today stays fresh. */
export async function saveDecision(patient: string, c: Choice): Promise<Decision> {
  const kept = await post<Bundle>(`/fhir/Patient/${patient}/$review`, {
    resourceType: 'Parameters',
    parameter: [{ name: 'as-planned', valueBoolean: true }, ...(c.target ? [{ name: 'target', valueString: c.target }] : [])],
  });
  const review = resourcesOf<Resource>(kept, 'GuidanceResponse')[0];
  return create<Decision>({
    resourceType: 'DocumentReference',
    meta: { tag: [{ system: `${BASE}origin`, code: 'operation' }] },
    status: 'current',
    docStatus: 'final',
    type: { coding: [{ system: DECISION, code: c.decision }], text: c.label },
    subject: { reference: `Patient/${patient}` },
    date: new Date().toISOString(),
    ...(c.practitioner ? { author: [{ reference: `Practitioner/${c.practitioner}` }] } : {}),
    description: c.advice,
    content: [{ attachment: { contentType: 'text/plain; charset=utf-8', data: encode(c.words) } }],
    ...(review?.id ? { context: { related: [{ reference: `GuidanceResponse/${review.id}` }] } } : {}),
  });
}

export const undoDecision = (d: Decision): Promise<Decision> => update({ ...d, status: 'entered-in-error' });
