// SPDX-License-Identifier: Apache-2.0
// What the server says a session is led by, and how far it is from its limits (docs/api.md).
import { get, post } from '../../api/http';
import type { Resource } from '../../api/fhir';

export interface Origin {
  source?: string;
  grade?: string;
  verified?: string;
  approved?: boolean;
}

export interface SheetSite extends Origin {
  site: string;
  structure: string;
  region: string;
  class: string;
  side: string;
  points: number;
  ml_per_point?: number;
  ml: number;
  percent: number;
  landmark?: string;
  needle?: string;
  guidance: string;
  guidance_required: boolean;
  risks: string[];
  danger?: string;
  mix: string;
}

export interface SheetPart extends Origin {
  stock: string;
  title: string;
  ml: number;
  single_dose: boolean;
  high_alert: boolean;
}

export interface SheetMix {
  label: string;
  ml: number;
  needed_ml: number;
  dextrose_percent: number;
  anaesthetic?: string;
  anaesthetic_percent?: number;
  mosm_per_l?: number;
  possible: boolean;
  refusal?: string;
  parts: SheetPart[];
  warnings: string[];
}

export interface SheetItem extends Origin {
  id: string;
  phase: string;
  item: string;
  required: 'yes' | 'if_applicable' | 'optional';
  before_signing: boolean;
  confirm: 'each' | 'group' | 'stage';
  note?: string;
  captures: string[];
}

/** What was given at a site in the session before; what is not known is left out. */
export interface LastSite {
  site: string;
  side: string;
  ml?: number;
  needle?: string;
  guidance?: string;
}

export interface SheetCard extends Origin {
  id: string;
  title: string;
  trigger: string;
  steps: string[];
}
export interface SheetEvent {
  id: string;
  title: string;
  grade_low?: number;
  grade_high?: number;
  serious: boolean;
  note?: string;
}
export interface SheetFinding extends Origin {
  rule: string;
  title: string;
  severity: string;
  unknown: boolean;
  text: string;
}

export interface Sheet {
  now: string;
  today: string;
  knowledge: string;
  plan?: string;
  plan_status?: string;
  parameters?: string;
  consent?: string;
  consent_date?: string;
  verdict: string;
  allowed: boolean;
  findings: SheetFinding[];
  weight_kg?: number;
  height_cm?: number;
  allergies_reviewed?: boolean;
  allergies: string[];
  bleeding: 'yes' | 'no' | 'unknown';
  medicines: { text: string; bleeding: boolean }[];
  condition: string;
  side: string;
  number: number;
  of: number;
  observation_min: number;
  sites: SheetSite[];
  mixes: SheetMix[];
  totals: PlannedTotals;
  last?: { day: string; sites: LastSite[] };
  checklist: SheetItem[];
  /** Lines that apply to none of the sites: answered no. */
  not_applicable: string[];
  emergencies: SheetCard[];
  events: SheetEvent[];
  stocks: { stock: string; title: string; component: string; single_dose: boolean }[];
  limits: {
    timeout_people: number;
    syringe_use_within_min: number;
    observation_min: number;
    vitals_change_percent: number;
    antiseptic_dry_s: number;
    needle_withdraw_mm: number;
    volume_step_ml: number;
  };
}

export interface DrugTotal {
  drug: string;
  mg?: number;
  max_mg?: number;
  share?: number;
  approved?: boolean;
}
export type Standing = 'fine' | 'near' | 'over' | 'unknown';

interface PlannedTotals {
  points: number;
  volume_ml: number;
  volume_limit_ml: number;
  dextrose_g: number;
  dextrose_warn_g: number;
  load?: number;
  drugs: DrugTotal[];
}

export interface Refusal {
  rule: string;
  text: string;
}

export interface Totals {
  known: boolean;
  volume_ml?: number;
  volume_limit_ml: number;
  volume: Standing;
  dextrose_g?: number;
  dextrose_warn_g: number;
  dextrose: Standing;
  load?: number;
  load_limit: number;
  anaesthetic: Standing;
  double_check: boolean;
  drugs: DrugTotal[];
  refusals: Refusal[];
}

export const readSheet = (patient: string, plan?: string): Promise<Sheet> =>
  get<Sheet>(`/clinic/session/${patient}${plan ? `?plan=${encodeURIComponent(plan)}` : ''}`);

/** With these; what is stored counts, too, but for what has the id of one of these. */
export const askTotals = (session: string, given: readonly Resource[]): Promise<Totals> =>
  post<Totals>(`/clinic/session/${session}/totals`, { given });
