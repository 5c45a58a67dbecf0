// SPDX-License-Identifier: Apache-2.0
// What heads every screen of a patient, as the server judges it: GET /clinic/patient/{id}.
import { get } from './http';
import { useQuery, type Query } from './query';

export type SideCode = 'left' | 'right' | 'both' | 'midline' | 'unknown';

export interface Problem {
  text?: string;
  condition?: string;
  region?: string;
  side: SideCode;
  onset?: string;
  current: boolean;
}

export interface Alert {
  kind: 'diary' | 'stop' | 'defer' | 'allergy' | 'fact';
  id?: string;
  text?: string;
  /** Of a diary: E, S, U, R as in the triage. */
  level?: string;
  since?: string;
  value?: string;
}

export interface Unknown { id: string; text: string; why: 'unknown' | 'stale'; as_of?: string }

export interface Detail { id: string; text: string; why: string; as_of?: string }

export type Step = 'alert' | 'session' | 'assess' | 'review' | 'score' | 'labs' | 'plan' | 'approve' | 'consent' | 'book' | 'start' | 'wait' | 'clinician';

export interface Next { step: Step; reason: string; day?: string; details?: Detail[] }

export interface Course {
  sessions_given: number;
  last_session?: string;
  last_review?: string;
  open_session?: string;
  next_visit?: string;
  appointment?: string;
  plan?: string;
  plan_status: 'none' | 'draft' | 'approved';
  consent: boolean;
  verdict: string;
}

export interface PastSession {
  day: string;
  region?: string;
  side: SideCode;
  resource?: string;
  volume_ml?: number;
  dextrose_g?: number;
  lidocaine_mg?: number;
  guidance?: string;
  /** Missing: nobody recorded whether there was harm. */
  harm_grade?: number;
  sites: string[];
}

export interface Score { day?: string; value: number; side: SideCode; region?: string; resource?: string }

export interface Series {
  id: string;
  title: string;
  low?: number;
  high?: number;
  important_change?: number;
  direction: 'higher_worse' | 'higher_better';
  measure: 'pain' | 'function' | 'none';
  values: Score[];
}

export interface Drug { text?: string; status?: string; start?: string; end?: string; resource: string }

export interface TimeEvent { kind: string; day?: string; code?: string; text?: string; resource?: string }

export interface Person { id: string; name?: string; birth_date?: string; identifier?: string; gender?: string; version: number }

export interface Overview {
  view: 'clinical' | 'reception';
  today: string;
  person: Person;
  next: Next;
  readable: boolean;
  problems: Problem[];
  alerts: Alert[];
  unknown: Unknown[];
  allergies: 'recorded' | 'none_known' | 'unknown';
  allergies_reviewed?: string;
  course: Course;
  sessions: PastSession[];
  scores: Series[];
  drugs: Drug[];
  events: TimeEvent[];
}

export function useOverview(id: string): Query<Overview> {
  return useQuery(`overview-${id}`, (signal) => get<Overview>(`/clinic/patient/${id}`, { signal }));
}

/** The problem that is treated, else the first that is known. */
export function currentProblem(o: Overview): Problem | undefined {
  return o.problems?.find((p) => p.current) ?? o.problems?.[0];
}
