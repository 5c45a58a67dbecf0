// SPDX-License-Identifier: Apache-2.0
// The clinic's day as the server tells it: GET /clinic/today.
import { get } from './http';
import type { SideCode } from './overview';

export interface Someone { id: string; name?: string; birth_date?: string; identifier?: string }

export type Ready = 'yes' | 'at_arrival' | 'no' | 'stopped';
export type PartName = 'consent' | 'plan' | 'verdict' | 'answers' | 'labs' | 'stock' | 'checklist' | 'performer';

export interface PartDetail { id: string; text?: string; why: string; as_of?: string; at_arrival: boolean }
export interface Part { part: PartName; state: Ready; reason: string; left?: number; details?: PartDetail[] }
export interface ProblemOf { text: string; region?: string; side: SideCode }

export interface DaySession {
  appointment: string;
  start: string;
  end?: string;
  kind: 'session' | 'visit';
  state: 'booked' | 'arrived' | 'in_progress' | 'done';
  description?: string;
  patient?: Someone;
  performer?: Someone;
  procedure?: string;
  problem?: ProblemOf;
  sessions_given?: number;
  readable?: boolean;
  /** Missing: a visit, or a day that is over. */
  ready?: Ready;
  parts?: Part[];
  /** What a reception can do about it. */
  arrange?: string[];
}

export interface DayAlert { flag: string; level: string; since?: string; text?: string; patient: Someone }

interface CourseOf { patient: Someone; problem?: ProblemOf; sessions_given: number; last_session?: string }
export interface DayReview extends CourseOf { reason: 'rules' | 'before_next'; since?: string; rules: { id: string; text: string; outcome: string }[] }
export interface DayFollowup extends CourseOf { time_point: string; from: string; to: string; overdue: boolean; missing: { id: string; text: string }[] }

export interface Day {
  date: string;
  today: string;
  view: 'clinical' | 'reception';
  sessions?: DaySession[];
  sessions_cut?: boolean;
  alerts?: DayAlert[];
  alerts_cut?: boolean;
  reviews?: DayReview[];
  followups?: DayFollowup[];
  unreadable?: Someone[];
  next_page?: number;
}

/** "+03:00": where the clinic is, on that day. */
function zoneOf(date: string): string {
  const minutes = -new Date(`${date}T12:00:00`).getTimezoneOffset();
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
}

export function readDay(date: string, part: 'sessions,alerts' | 'alerts' | 'courses', page = 0, signal?: AbortSignal): Promise<Day> {
  const query = new URLSearchParams({ date, zone: zoneOf(date), part, page: String(page) });
  return get<Day>(`/clinic/today?${query.toString()}`, signal ? { signal } : undefined);
}
