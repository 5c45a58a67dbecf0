// SPDX-License-Identifier: Apache-2.0
// The clinic's own results as the server adds them up (docs/api.md, /clinic/outcomes).
import { get } from '../../api/http';

export interface Span { low?: number; high?: number }

export interface Change extends Span { n: number; mean: number }

export interface Share extends Span { n: number; count: number; share?: number }

export type PointState = 'shown' | 'few' | 'incomplete' | 'policy' | 'not_yet';

export interface Point {
  days: number;
  due: number;
  followed: number;
  completeness?: number;
  state: PointState;
  pain?: Change;
  function?: Change;
  responders?: Share;
}

export interface Harm extends Span {
  code: string;
  title: string;
  serious: boolean;
  events: number;
  sessions: number;
  patients: number;
  share_of_sessions: number;
}

export interface Group {
  condition: string;
  title: string;
  region: string;
  patients: number;
  courses: number;
  sessions: number;
  sessions_unrecorded: number;
  measure?: { id: string; title: string; mcid: string };
  points: Point[];
  harms: Harm[];
  serious: Span & { sessions: number; upper_of_sessions?: number; upper_of_patients?: number };
}

export interface Limit { id: string; value: number; approved: boolean }

export interface Outcomes {
  today: string;
  policy: string;
  min_n: Limit;
  completeness_min: Limit;
  methods: Record<string, string>;
  timepoints: { days: number; title: string }[];
  tolerance_days: number;
  groups: Group[];
  unreadable: number;
}

export interface Filter { condition: string; side: '' | 'left' | 'right' | 'both'; from: string; to: string }

export const NO_FILTER: Filter = { condition: '', side: '', from: '', to: '' };

/** "?condition=oa_knee&side=left"; "" without a filter. Nothing of a patient is in it. */
export function queryOf(filter: Filter): string {
  const asked = new URLSearchParams();
  for (const [key, value] of Object.entries(filter)) if (value) asked.set(key, value);
  const text = asked.toString();
  return text && `?${text}`;
}

export const getOutcomes = (filter: Filter, signal: AbortSignal): Promise<Outcomes> => get<Outcomes>(`/clinic/outcomes${queryOf(filter)}`, { signal });

export const pointAt = (group: Group, days: number): Point | undefined => group.points.find((p) => p.days === days);
