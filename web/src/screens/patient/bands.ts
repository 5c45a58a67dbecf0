// SPDX-License-Identifier: Apache-2.0
// From the kept forecasts of a patient (RiskAssessment) to the fan chart: what was expected before
// the first session, what is expected of this patient now, and what comes without treatment.
import { resourcesOf, textOf, type Bundle, type CodeableConcept, type Extension, type Resource } from '../../api/fhir';
import { get } from '../../api/http';
import type { Overview } from '../../api/overview';
import type { Fan, FanChartProps } from '../../chart/FanChart';
import { dayOf } from '../../format';
import { t } from '../../text';

interface Prediction { extension?: Extension[]; outcome?: CodeableConcept; whenRange?: { low?: { value?: number } }; rationale?: string }
export interface RiskAssessment extends Resource {
  code?: CodeableConcept;
  method?: CodeableConcept;
  occurrenceDateTime?: string;
  prediction?: Prediction[];
}

interface Band { week: number; arm: string; hypothesis: string; outcome: string; median: number; half: [number, number]; most: [number, number] }

/** Of a forecast in the course: the numbers by name. */
function named(p: Prediction): Omit<Band, 'week' | 'outcome'> | null {
  const parts = p.extension?.find((e) => e.url.endsWith('forecast-band'))?.extension as Extension[] | undefined;
  if (!parts) return null;
  const text = (name: string): string => String(parts.find((x) => x.url === name)?.valueString ?? '');
  const number = (name: string): number => Number(parts.find((x) => x.url === name)?.valueDecimal ?? NaN);
  return { arm: text('arm'), hypothesis: text('hypothesis'), median: number('median'), half: [number('q25'), number('q75')], most: [number('q05'), number('q95')] };
}

const SAID = /Median (\S+); half of all such patients (\S+) to (\S+); nine of ten (\S+) to (\S+)\./;

/** Of a plan's forecast, one resource an arm and hypothesis: the numbers as it says them. */
function said(r: RiskAssessment, p: Prediction): Omit<Band, 'week' | 'outcome'> | null {
  const [, ...words] = SAID.exec(p.rationale ?? '') ?? [];
  const [median = NaN, q25 = NaN, q75 = NaN, q05 = NaN, q95 = NaN] = words.map(Number);
  if (words.length === 0) return null;
  const arm = textOf(r.code).replace(/^Forecast with: /, '');
  return { arm, hypothesis: /hypothesis: (.*)$/.exec(textOf(r.method))?.[1] ?? '', median, half: [q25, q75], most: [q05, q95] };
}

function bandsOf(r: RiskAssessment): Band[] {
  return (r.prediction ?? []).flatMap((p) => {
    const week = p.whenRange?.low?.value;
    const numbers = named(p) ?? said(r, p);
    return week === undefined || !numbers || !Number.isFinite(numbers.median) ? [] : [{ ...numbers, week, outcome: textOf(p.outcome) }];
  });
}

/** Each kind is one resource, or several that were made together. */
export interface Forecasts { before: RiskAssessment[]; now: RiskAssessment[] }

const isNow = (r: RiskAssessment): boolean => /this patient, now/.test(textOf(r.code));
const isAtAll = (r: RiskAssessment): boolean => /^Forecast /.test(textOf(r.code));

/** What was expected before: nearest to the first session; what is expected now: the newest. */
function choose(all: readonly RiskAssessment[], first: string | undefined): Forecasts {
  const day = (r: RiskAssessment): string => r.occurrenceDateTime?.slice(0, 10) ?? '';
  const written = (r: RiskAssessment): string => r.meta?.lastUpdated ?? '';
  const now = all.filter(isNow).sort((a, b) => day(b).localeCompare(day(a)) || written(b).localeCompare(written(a)));
  const away = (r: RiskAssessment): number => (first ? Math.abs(dayOf(day(r)) - dayOf(first)) : -dayOf(day(r)));
  const before = all.filter((r) => !isNow(r) && isAtAll(r) && day(r)).sort((a, b) => away(a) - away(b) || written(b).localeCompare(written(a)));
  const together = before.filter((r) => day(r) === day(before[0]!) && written(r) === written(before[0]!));
  return { now: now.slice(0, 1), before: together };
}

const firstSession = (o: Overview): string | undefined => o.sessions.map((s) => s.day).sort()[0];

/** A plan keeps one resource for each arm and hypothesis: some tens. */
const KEPT = 80;

export async function keptForecasts(o: Overview, signal: AbortSignal): Promise<Forecasts> {
  const page = await get<Bundle>(`/fhir/Patient/${o.person.id}/RiskAssessment?_sort=-date&_count=${KEPT}`, { signal });
  return choose(resourcesOf<RiskAssessment>(page, 'RiskAssessment'), firstSession(o));
}

/** Asked anew; nothing is kept. It takes a second or two. */
export async function freshForecasts(o: Overview): Promise<Forecasts> {
  const bundle = await get<Bundle>(`/fhir/Patient/${o.person.id}/$forecast`);
  return choose(resourcesOf<RiskAssessment>(bundle, 'RiskAssessment'), firstSession(o));
}

function fanOf(kept: readonly RiskAssessment[], arms: readonly string[], key: string, label: string, colour: number): Fan[] {
  const bands = kept.flatMap(bandsOf)
    .filter((b) => b.outcome.startsWith('pain') && arms.includes(b.arm) && b.hypothesis === 'mixed')
    .sort((a, b) => a.week - b.week);
  if (bands.length === 0) return [];
  return [{ key, label, colour, x: bands.map((b) => b.week), median: bands.map((b) => b.median), band50: bands.map((b) => b.half), band90: bands.map((b) => b.most) }];
}

/** Where the weeks begin: with the first session, else where the forecast does. */
function startOf(f: Forecasts, o: Overview): string | undefined {
  return firstSession(o) ?? f.before[0]?.occurrenceDateTime ?? f.now[0]?.occurrenceDateTime;
}

const NOTHING = ['none', 'no treatment'];

/** null: there is nothing to draw. */
export function painChart(f: Forecasts, o: Overview): FanChartProps | null {
  const start = startOf(f, o);
  const fans = [
    ...fanOf(f.now, ['plan'], 'now', t('patient.fan_now'), 1),
    ...fanOf(f.before, ['plan'], 'before', t('patient.fan_before'), 2),
    ...fanOf(f.now.length ? f.now : f.before, NOTHING, 'none', t('patient.fan_none'), 5),
  ];
  if (!start || fans.length === 0) return null;
  const week = (day: string): number => (dayOf(day) - dayOf(start)) / 7;
  const pain = o.scores.find((s) => s.id === 'nrs');
  const points = (pain?.values ?? []).flatMap((v) => (v.day ? [{ x: Math.round(week(v.day) * 10) / 10, y: v.value, label: v.day }] : []));
  const baseline = points.filter((p) => p.x <= 0).at(-1);
  const change = pain?.important_change;
  return {
    title: t('patient.fan_title'), xLabel: t('patient.fan_x'), yLabel: t('patient.fan_y'), yRange: [0, 10], fans, points, height: 240,
    marks: [...o.sessions.map((s, i) => ({ x: week(s.day), label: String(i + 1) })), { x: week(o.today), label: t('today.title') }],
    ...(baseline && change ? { level: { y: baseline.y - change, label: t('patient.fan_level') } } : {}),
  };
}
