// SPDX-License-Identifier: Apache-2.0
// What the server says of a plan (POST /clinic/plan/{}): as src/app/console.h writes it. What is
// not known is not there.

export interface From {
  table: string;
  row: string;
  sources?: string[];
  grade?: string;
  verified?: string;
  is_approved: boolean;
  is_memory: boolean;
}

export type Severity = 'stop' | 'defer' | 'caution' | 'info';

export interface Finding {
  rule: string;
  tier: string;
  title: string;
  severity: Severity;
  is_unknown: boolean;
  has_override: boolean;
  message?: string;
  action?: string;
  sites?: string[];
  inputs?: string;
  missing?: string[];
  from: From;
}

export interface AtlasSite {
  id: string;
  region: string;
  structure: string;
  kind: string;
  landmark?: string;
  risks?: string;
  danger?: string;
  class: string;
  is_enabled: boolean;
  is_default_on: boolean;
  is_planned: boolean;
  role?: 'primary' | 'if_tender' | 'option';
  findings?: string;
  points_default?: number;
  volume_ml?: number;
  volume_min_ml?: number;
  volume_max_ml?: number;
  volume_basis?: string;
  dextrose_percent?: number;
  dextrose_min_percent?: number;
  dextrose_max_percent?: number;
  needle?: string;
  guidance_required?: string[];
  from: From;
}

export interface Stock {
  id: string;
  title: string;
  component: string;
  role: string;
  use: string;
  from: From;
}

export interface Schedule {
  id: string;
  title: string;
  sessions_min?: number;
  sessions?: number;
  sessions_max?: number;
  interval_days?: number;
  interval_min_days?: number;
  interval_max_days?: number;
  result?: string;
  evidence_grade?: string;
  from: From;
}

export interface Limit {
  id: string;
  title: string;
  value: number;
  unit: string;
  from: From;
}

export type DoseState = 'within' | 'high' | 'above' | 'unknown';

export interface Dose {
  load?: number;
  state: DoseState;
  bleb_mg: number;
  block_mg: number;
  drugs: {
    drug: string;
    mg?: number;
    max_mg?: number;
    fraction?: number;
    state: DoseState;
    factor?: number;
    factor_reason?: string;
    from?: From;
  }[];
}

export interface PlannedSite {
  id: string;
  structure: string;
  side: string;
  reason?: string;
  points: number;
  volume_per_point_ml: number;
  volume_ml: number;
  dextrose_percent: number;
  guidance: string;
  is_guidance_required: boolean;
  mix: string;
  from: From;
}

export interface Mix {
  label: string;
  is_possible: boolean;
  anaesthetic?: string;
  needed_ml: number;
  parts?: { stock: string; title: string; role: string; ml: number; is_single_dose: boolean }[];
  volume_ml?: number;
  dextrose_percent?: number;
  anaesthetic_percent?: number;
  osmolarity_mosm_per_l?: number;
  dextrose_g?: number;
  anaesthetic_mg?: number;
  batch?: string;
  refusal?: string;
  nearest?: string;
  warnings: string[];
  alternatives: string[];
}

export interface PlannedSession {
  number: number;
  day: string;
  is_optional: boolean;
  gap_days?: number;
  gap_state?: 'shorter' | 'within' | 'longer';
}

export interface Plan {
  sites: PlannedSite[];
  mixes: Mix[];
  totals: {
    points: number;
    volume_ml: number;
    volume_limit_ml: number;
    dextrose_g: number;
    dextrose_warn_g: number;
    observation_min: number;
  };
  schedule?: Schedule;
  interval_days: number;
  sessions: PlannedSession[];
  followups: { start: string; end: string; text: string }[];
  defaults: {
    what: string;
    value: string;
    source?: string;
    grade?: string;
    is_approved: boolean;
  }[];
  defaults_text: string;
}

export const HYPOTHESES = ['mixed', 'H0', 'H1', 'H2', 'H3'] as const;
export type Hypothesis = (typeof HYPOTHESES)[number];
export type Outcome = 'pain' | 'function';
/** 5, 25, 50, 75, 95 % and the chance of an important change. */
export type Band = [number, number, number, number, number, number];
export type Arm = Record<Outcome, Record<Hypothesis, Band[]>> & { id: string };

export interface Forecast {
  patients: number;
  seed: number;
  is_calibrated: boolean;
  has_condition_data: boolean;
  basis: string;
  no_effect: string;
  mic_pain: number;
  mic_function: number;
  worthwhile_pain: number;
  baseline: Record<Outcome, number>;
  weeks: number[];
  hypotheses: { id: Hypothesis; name: string; title: string; weight: number }[];
  arms: Arm[];
  improvement: { arm: string; week: number; mean: number; share_of_plan?: number }[];
  beyond: {
    arm: string;
    week: number;
    mean: number;
    q05: number;
    q95: number;
    worthwhile_share: number;
  }[];
}

export interface Answer {
  today: string;
  verdict: string;
  is_issued: boolean;
  has_stop_without_override: boolean;
  targets: {
    number: number;
    title?: string;
    side: string;
    is_recognised: boolean;
    is_planned: boolean;
  }[];
  sessions_given: number;
  condition?: {
    id: string;
    title: string;
    region?: string;
    status: string;
    reason?: string;
    banner: string;
    evidence_for: string;
    evidence_against: string;
    evidence_grade: string;
    from: From;
  };
  findings: Finding[];
  questions: { fact: string; question: string; severity: Severity; is_stale: boolean }[];
  alternatives?: { title: string; text: string; evidence?: string; from: From }[];
  atlas: AtlasSite[];
  stocks: Stock[];
  schedules: Schedule[];
  limits: Limit[];
  dose?: Dose;
  plan?: Plan;
  forecast?: Forecast;
}

export interface OptionResult {
  benefit: number;
  burden: number;
  net: number;
  net_error: number;
  pain: number;
  pain_q05: number;
  pain_q95: number;
  function: number;
  goal?: number;
  flare_days: number;
}

export interface PlanOption extends OptionResult {
  number: number;
  kind: 'nothing' | 'exercise' | 'plan';
  title: string;
  sessions: number;
  has_exercise: boolean;
  serious_harm?: number;
  has_unknown_harm: boolean;
  cost?: number;
  is_on_front: boolean;
  is_as_good: boolean;
  is_best: boolean;
  is_preferred: boolean;
  asked?: Record<string, string | number>;
}

export interface OptionsAnswer {
  has_options: boolean;
  options?: PlanOption[];
  rows?: number[];
  saline?: OptionResult & { of: number };
  usual?: string;
  said?: string[];
  basis?: string[];
  refused: number;
  refusals: { rule?: string; reason: string; count: number }[];
}

/** What is asked of the server for one plan. Nothing in it: the usual plan. */
export interface Choices {
  target?: number;
  sites?: string[];
  schedule?: string;
  sessions?: number;
  interval?: number;
  start?: string;
  dates?: string[];
  dextrose?: number;
  volumeScale?: number;
  guidance?: string;
  anaesthetic?: string;
  stocks?: string[];
  blebMg?: number;
  blockMg?: number;
}

export type Letter = 'a' | 'b';
