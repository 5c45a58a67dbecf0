// SPDX-License-Identifier: Apache-2.0
// What a virtual trial answers (docs/trial.md, "What comes out").

export interface Predictive {
  q05: number;
  q25: number;
  q50: number;
  q75: number;
  q95: number;
}

export interface ArmAnswer {
  name: string;
  n: number;
  results: {
    week: number;
    outcome: string;
    count: number;
    mean?: number;
    sd?: number;
    predictive: Partial<Predictive>;
  }[];
}

export interface Contrast {
  arm: string;
  control: string;
  week: number;
  outcome: string;
  predictive: Partial<Predictive>;
  power?: number;
}

export interface Part {
  arms: ArmAnswer[];
  contrasts: Contrast[];
}

export interface TrialAnswer extends Part {
  name?: string;
  condition: string;
  seed: number;
  patients: number;
  trials: number;
  program: string;
  knowledge: string;
  is_calibrated: boolean;
  has_condition_data: boolean;
  weights: Record<string, number>;
  population: { drawn: number; refused_entry: number; refused_constraint: number };
  size?: {
    arm: string;
    control: string;
    outcome: string;
    week: number;
    wanted_power: number;
    power: number;
    n_per_arm?: number;
    tried: { n_per_arm: number; power: number; standard_error: number }[];
  };
  hypotheses: Record<string, Part>;
}

export interface Run {
  id: string;
  state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  name?: string;
  created: string;
  expires: string;
  problem?: string;
  specification?: string;
}

export const isShare = (outcome: string): boolean => outcome.startsWith('responder_');
