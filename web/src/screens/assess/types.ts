// SPDX-License-Identifier: Apache-2.0
// What the form is made of: the questions (GET /clinic/questions), what the record answers of them
// (GET /clinic/intake/ID), and what was typed and is not stored yet.
import type { CodeableConcept, Resource } from '../../api/fhir';

export type FactType = 'bool' | 'number' | 'code' | 'date';
export type FactValue = boolean | number | string;

/** canonical = value * factor + offset */
export interface Unit { unit: string; factor: number; offset: number }

export interface Fact {
  id: string;
  title: string;
  question: string;
  type: FactType;
  unit?: string;
  units?: Unit[];
  values?: string[];
  low?: number;
  high?: number;
  max_age_days?: number;
  at_target: boolean;
  group: string;
  resource?: string;
  note?: string;
  rules: string[];
}

export interface Condition {
  id: string;
  title: string;
  region?: string;
  status: string;
  reason?: string;
  synonyms?: string[];
  evidence_grade?: string;
  function_instrument?: string;
  sites: { site: string; role: string }[];
}

export interface Site { id: string; region: string; structure: string; kind: string; landmark?: string; enabled?: string }

export interface Movement {
  id: string; region: string; title: string; sides: 'both' | 'midline';
  low: number; high: number; usual: number; verified?: string;
}

export interface Named { id: string; names: string[]; classes?: string[]; facts?: string[] }

export interface Instrument {
  id: string; title: string; regions: string; scoring?: string; direction?: string;
  measure?: string; low?: number; high?: number;
}

export interface Questions {
  knowledge: string;
  regions: string[];
  facts: Fact[];
  conditions: Condition[];
  atlas: Site[];
  movements: Movement[];
  drugs: Named[];
  allergens: Named[];
  instruments: Instrument[];
  instrument_sets: { id: string; region: string; set: string[] }[];
}

/** A resource and the version that was read. */
export interface Place { resource?: string; version?: number }

export interface Known extends Place {
  fact: string;
  value?: FactValue;
  unit?: string;
  as_of?: string;
  is_stale?: boolean;
  is_unknown?: boolean;
  derived?: string;
  /** It stands in a part of the resource: a component, an answer. */
  is_part?: boolean;
}

export type Side = 'left' | 'right' | 'both' | 'midline';

export interface KnownProblem extends Place { condition?: string; text?: string; side?: Side; onset?: string }

export interface KnownExam extends Place {
  kind: 'tenderness' | 'laxity' | 'motion';
  site?: string; structure?: string; side?: Side; value: number; day?: string;
}

export interface KnownScore extends Place { instrument: string; region?: string; side?: Side; value: number; day?: string }

export interface Intake {
  today: string;
  knowledge: string;
  facts: Known[];
  problems: KnownProblem[];
  exams: KnownExam[];
  scores: KnownScore[];
  treatments: { kind: string; region?: string; side?: Side; day?: string }[];
}

/** Everything that stands still while somebody types. */
export interface Record_ {
  intake: Intake;
  conditions: Resource[];
  medications: Resource[];
  allergies: Resource[];
}

/** One typed answer. value null: it was asked, and nobody knows. */
export interface Answer {
  value: FactValue | null;
  unit?: string;
  /** The day it was typed on. */
  day: string;
  /** What the record had of that day when it was typed. */
  seen?: Place;
}

/** isOver: it is no problem any more. */
export interface ProblemAnswer extends KnownProblem { region?: string; isOver?: boolean; day: string }

export type ListKind = 'medications' | 'allergies';

/** A change of one of the two lists. */
export interface ListChange extends Place {
  op: 'add' | 'stop' | 'void' | 'none';
  text?: string;
  until?: string;
  day: string;
}

/** What is typed and not stored; kept as a draft. Keys of answers: "fact:weight",
 * "tenderness:KNE-01:right", "motion:knee.flexion:left", "score:lefs". */
export interface Typed {
  answers: Record<string, Answer>;
  problem?: ProblemAnswer;
  medications: ListChange[];
  allergies: ListChange[];
  /** Reasons to go on, by tier of a rule. */
  overrides: Record<string, string>;
}

export const NOTHING: Typed = { answers: {}, medications: [], allergies: [], overrides: {} };

export type { CodeableConcept };
