// SPDX-License-Identifier: Apache-2.0
// Everything that has a time, as moments on one axis.
import type { Drug, Overview, PastSession, Series, TimeEvent } from '../../api/overview';
import { dayOf, formatDate, formatNumber, isoOf } from '../../format';
import { t, tIf } from '../../text';

export type LaneKind = 'session' | 'score' | 'drug' | 'event';

export interface Moment {
  key: string;
  lane: string;
  kind: LaneKind;
  /** Days since 1970; end: of what lasts. */
  day: number;
  end?: number;
  /** Place in its lane, 0 bottom .. 1 top; of a score. */
  level?: number;
  isOver?: boolean;
  /** When it began nobody knows: day is only where it is drawn. */
  isUndated?: boolean;
  what: string;
  detail: string;
  /** A screen of the page. */
  to?: string;
  kindOfEvent?: string;
}

export interface Lane {
  key: string;
  kind: LaneKind;
  title: string;
  moments: Moment[];
  low?: number;
  high?: number;
}

const idOf = (resource: string | undefined): string | undefined => resource?.split('/')[1];

export const instrumentName = (s: Series): string => tIf(`instrument.${s.id}`, s.title);

function sessionMoment(s: PastSession, i: number, patient: string): Moment {
  const id = idOf(s.resource);
  const facts = [
    tIf(`side.${s.side}`, ''), s.sites.join(', '),
    s.volume_ml !== undefined ? `${formatNumber(s.volume_ml)} mL` : t('patient.volume_unknown'),
    s.harm_grade === undefined ? t('patient.harm_unknown') : s.harm_grade > 0 ? t('patient.harm', { n: s.harm_grade }) : t('patient.harm_none'),
  ];
  return {
    key: `session-${i}`, lane: 'session', kind: 'session', day: dayOf(s.day), what: t('patient.session_n', { n: i + 1 }), detail: facts.filter(Boolean).join(' · '),
    ...(id ? { to: `/patient/${patient}/session/${id}` } : {}),
  };
}

/** Where the scale has no ends, the values' own. */
function scaleOf(s: Series): { low: number; high: number } {
  const values = s.values.map((v) => v.value);
  return { low: s.low ?? Math.min(...values), high: s.high ?? Math.max(...values) };
}

function scoreLane(s: Series): Lane {
  const { low, high } = scaleOf(s);
  const name = instrumentName(s);
  const moments = s.values.flatMap((v, i): Moment[] => (v.day ? [{
    key: `${s.id}-${i}`, lane: s.id, kind: 'score', day: dayOf(v.day), level: high > low ? (v.value - low) / (high - low) : 0.5,
    what: name, detail: t('patient.score_of', { value: formatNumber(v.value, Number.isInteger(v.value) ? 0 : 1), low: formatNumber(low, 0), high: formatNumber(high, 0) }),
  }] : []));
  return { key: s.id, kind: 'score', title: name, low, high, moments: moments.sort((a, b) => a.day - b.day) };
}

function drugMoment(d: Drug, i: number, today: number): Moment | null {
  const isActive = d.status === 'active' || d.status === 'intended';
  const start = d.start ? dayOf(d.start) : undefined;
  const end = d.end ? dayOf(d.end) : isActive ? today : undefined;
  if (start === undefined && end === undefined) return null;
  const from = start ?? today - LONG_AGO;
  return {
    key: `drug-${i}`, lane: 'drug', kind: 'drug', day: from, end: Math.max(end ?? from, from), isOver: !isActive, isUndated: start === undefined, what: d.text ?? t('ui.unknown'),
    detail: t(isActive ? 'patient.drug_since' : 'patient.drug_until', { from: d.start ? formatDate(d.start) : t('ui.unknown'), to: d.end ? formatDate(d.end) : t('ui.unknown') }),
  };
}

const PLACES: Record<string, string> = { assess: 'assess', plan: 'plan', review: 'review', consent: 'documents' };

function eventMoment(e: TimeEvent, i: number, patient: string): Moment | null {
  if (!e.day) return null;
  const place = PLACES[e.kind];
  return {
    key: `event-${i}`, lane: 'event', kind: 'event', kindOfEvent: e.kind, day: dayOf(e.day), what: tIf(`event.${e.kind}`, e.kind),
    detail: [e.text, e.code && tIf(`event_code.${e.code}`, e.code.replace(/[-_]/g, ' '))].filter(Boolean).join(' · '),
    ...(place ? { to: `/patient/${patient}/${place}` } : {}),
  };
}

/** Left of every axis. */
const LONG_AGO = 36_525;

const SERIES = 3;

/** Pain first, then function; the others stand in the table alone. */
function shownSeries(scores: readonly Series[]): Series[] {
  const rank = (s: Series): number => (s.measure === 'pain' ? 0 : s.measure === 'function' ? 1 : 2);
  const courses = scores.filter((s) => s.values.length > 1);
  return [...(courses.length ? courses : scores)].filter((s) => s.values.length > 0).sort((a, b) => rank(a) - rank(b)).slice(0, SERIES);
}

const isMoment = (m: Moment | null): m is Moment => m !== null;

export function lanesOf(o: Overview): Lane[] {
  const { id } = o.person;
  const today = dayOf(o.today);
  const sessions = o.sessions.filter((s) => s.day).sort((a, b) => a.day.localeCompare(b.day)).map((s, i) => sessionMoment(s, i, id));
  const lanes: Lane[] = [
    { key: 'session', kind: 'session', title: t('patient.lane_session'), moments: sessions },
    ...shownSeries(o.scores).map(scoreLane),
    { key: 'drug', kind: 'drug', title: t('patient.lane_drug'), moments: o.drugs.map((d, i) => drugMoment(d, i, today)).filter(isMoment) },
    { key: 'event', kind: 'event', title: t('patient.lane_event'), moments: o.events.map((e, i) => eventMoment(e, i, id)).filter(isMoment).sort((a, b) => a.day - b.day) },
  ];
  return lanes.filter((lane) => lane.moments.length > 0);
}

/** Its day in words. */
export const whenOf = (m: Moment): string => (m.isUndated || Number.isNaN(m.day) ? t('patient.undated') : formatDate(isoOf(m.day)));

/** All of it, also what the picture leaves out, newest first. */
export function tableOf(o: Overview): Moment[] {
  const { id } = o.person;
  const drawn = lanesOf(o).flatMap((lane) => lane.moments);
  const keys = new Set(drawn.map((m) => m.key));
  const others = o.scores.flatMap((s) => scoreLane(s).moments).filter((m) => !keys.has(m.key));
  const undated = o.events.filter((e) => !e.day).map((e, i) => ({ ...eventMoment({ ...e, day: o.today }, i, id)!, key: `undated-${i}`, day: NaN }));
  return [...drawn, ...others, ...undated].sort((a, b) => (b.day || 0) - (a.day || 0));
}
