// SPDX-License-Identifier: Apache-2.0
// A virtual trial's specification (docs/trial.md), as JSON, and where the server found fault with it.
import type { Issue } from '../../api/http';

export type Pair = [number, number];

export interface Injection {
  site_kind: string;
  dextrose_percent: number | null;
  volume_ml: number | null;
  points?: number;
  guidance?: string;
}

export interface Arm {
  name: string;
  n: number | null;
  sessions_weeks?: number[];
  as_needed_weeks?: number[];
  injections?: Injection[];
  rehabilitation?: number;
  context?: string;
}

export interface Population {
  age?: Pair;
  bmi?: Pair;
  baseline_nrs?: Pair;
  baseline_womac?: Pair;
  female?: number;
  smoker?: number;
  diabetes?: number;
  nsaid?: number;
  adherence?: number;
  adherence_rehabilitation?: number;
  chronicity_years?: number;
  dropout_per_year?: number;
  as_needed_improvement?: number;
  entry?: string;
}

export interface Power {
  arm: string;
  control: string;
  outcome: string;
  week: number | null;
  power?: number;
  n_max?: number;
}

export interface Crossover {
  week: number | null;
  sequences: string[][];
}

export interface Spec {
  name?: string;
  condition: string;
  population?: Population;
  arms: Arm[];
  observe_weeks?: number[];
  outcomes?: string[];
  patients?: number;
  seed?: number;
  power?: Power;
  crossover?: Crossover;
}

export const ARMS_MAX = 8;
export const SITE_KINDS = [
  'joint_space',
  'ligament',
  'tendon_enthesis',
  'joint_capsule',
  'fascia',
  'perineural',
] as const;
export const GUIDANCE = ['landmark', 'ultrasound', 'fluoroscopy', 'ct'] as const;
export const CONTEXTS = ['injection', 'exercise', 'both', 'none'] as const;
export const PAIRS = ['age', 'bmi', 'baseline_nrs', 'baseline_womac'] as const;
export const SHARES = [
  'female',
  'smoker',
  'diabetes',
  'nsaid',
  'adherence',
  'adherence_rehabilitation',
  'dropout_per_year',
  'as_needed_improvement',
] as const;

export const emptySpec = (): Spec => ({
  name: '',
  condition: 'oa_knee',
  arms: [emptyArm('dextrose'), emptyArm('saline')],
  observe_weeks: [12, 26, 52],
  outcomes: ['nrs_change'],
});

export function emptyArm(name: string): Arm {
  return {
    name,
    n: 30,
    sessions_weeks: [0, 4, 8],
    injections: [{ site_kind: 'joint_space', dextrose_percent: null, volume_ml: null }],
  };
}

/** Whether a file holds what can be a specification; the server says the rest. */
export function readSpec(text: string): Spec | null {
  try {
    const found: unknown = JSON.parse(text);
    const spec = found as Spec;
    return typeof found === 'object' && found !== null && Array.isArray(spec.arms) ? spec : null;
  } catch {
    return null;
  }
}

/** What is sent: nothing that was left empty, so that the server's own values stand for it. */
export function toSend(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSend);
  if (typeof value !== 'object' || value === null) return value;
  const full = Object.entries(value).filter(
    ([, v]) => v !== undefined && v !== null && v !== '' && !(Array.isArray(v) && v.length === 0),
  );
  return Object.fromEntries(
    full
      .map(([k, v]) => [k, toSend(v)])
      .filter(
        ([, v]) =>
          typeof v !== 'object' ||
          v === null ||
          Array.isArray(v) ||
          Object.keys(v as object).length,
      ),
  );
}

/** The server's problems by their place, "/arms/1/n". */
export function problemsOf(issues: readonly Issue[]): [string, string][] {
  return issues.map((i) => {
    const text = i.details?.text ?? i.diagnostics ?? i.code;
    const missing = /key "(\w+)" is missing/.exec(text)?.[1]; // told at the object that lacks it
    return [`${i.expression?.[0] ?? ''}${missing ? `/${missing}` : ''}`, text];
  });
}

/** "0, 4; 8" as weeks; null: there is something else among them. */
export function weeksOf(text: string): number[] | null {
  const parts = text.split(/[;,\s]+/).filter(Boolean);
  const numbers = parts.map((p) => (/^\d+(\.\d+)?$/.test(p) ? Number(p) : NaN));
  return numbers.some(Number.isNaN) ? null : numbers;
}
