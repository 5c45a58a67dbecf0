// SPDX-License-Identifier: Apache-2.0
// What the server tells of a diary (GET /diary), and what is typed.

export type Level = 'E' | 'S' | 'U' | 'R';

export interface Question {
  id: string;
  type: 'bool' | 'number';
  title: string;
  question: string;
  low?: number;
  high?: number;
}

export interface ScoreQuestion {
  id: string;
  title: string;
  low: number;
  high: number;
  direction: 'higher_worse' | 'higher_better';
}

export interface Finding {
  rule: string;
  tier: string;
  level: Level;
  text?: string;
  approved: boolean;
  facts: string[];
}

export interface Triage {
  level: Level;
  hours?: number;
  hours_from?: number;
  was_raised: boolean;
  findings: Finding[];
  acts: { id: string; text: string; approved: boolean }[];
}

export interface Entry {
  day: string;
  version: number;
  key: string;
  level?: Level;
  scores: Record<string, number | null>;
  drugs: string[] | null;
  other_drugs: string | null;
  symptoms: Record<string, boolean | number | null>;
  note: string | null;
  triage?: Triage;
}

export interface Aftercare {
  id: string;
  title: string;
  text: string;
  from: string | null;
  to: string | null;
  is_today: boolean;
  approved: boolean;
}

export interface Clinic {
  name: string | null;
  phone: string | null;
  out_of_hours: string | null;
  emergency: string | null;
}

export interface DiaryData {
  today: string;
  given_name: string | null;
  region: string | null;
  side: string | null;
  last_session: string | null;
  next_session: string | null;
  next_start: string | null;
  is_record_complete: boolean;
  triage_mode: 'staff_assisted' | 'leaflet_only';
  clinic: Clinic;
  questions: {
    scores: ScoreQuestion[];
    drugs: { id: string; name: string; is_nsaid: boolean }[];
    symptoms: Question[];
  };
  entry: Entry | null;
  entries: Entry[];
  aftercare: Aftercare[];
  calls: { id: string; text: string; approved: boolean }[];
  chart: {
    points: { score: string; day: string; value: number }[];
    sessions: { day: string }[];
    expected: { day: string; low: number; middle: number; high: number }[];
  };
}

/** What the server answers to a day's answers. */
export interface Sent {
  entry: Entry;
  alerted: boolean;
}

/** What was typed, as it stands in the fields; kept as a draft until it is sent. */
export interface Typed {
  /** Of the submission: a second try with the same one makes nothing twice. */
  key: string;
  day: string;
  /** Of the day's entry that is being corrected; 0: the first of the day. */
  version: number;
  /** Ticked boxes of each step: ids, and 'none' or 'unsure'. */
  lists: Record<string, string[]>;
  /** Radio buttons by fact or score: 'yes', 'no', 'unsure', or a number. */
  choice: Record<string, string>;
  temperature: string;
  other: string;
  note: string;
}
