// SPDX-License-Identifier: Apache-2.0
// From the kept forecasts of a patient (RiskAssessment) to the fan chart: what was expected before
// the first session, what is expected of this patient now, and what comes without treatment.
import { resourcesOf, textOf, type Bundle, type CodeableConcept, type Extension, type Resource } from '../../api/fhir';
import { get } from '../../api/http';
import type { Overview } from '../../api/overview';
import type { Fan, FanChartProps } from '../../chart/FanChart';
import { dayOf } from '../../format';
import { t } from '../../text';

interface Prediction { extension?: Extension[]; outcome?: CodeableConcept; whenRange?: { low?: { value?: number } } }
export interface RiskAssessment extends Resource {
  code?: CodeableConcept;
  method?: CodeableConcept;
  occurrenceDateTime?: string;
  prediction?: Prediction[];
}

interface Band { week: number; arm: string; hypothesis: string; outcome: string; median: number; half: [number, number]; most: [number, number] }

const BAND = /forecast-band$/;

function bandOf(p: Prediction): Band | null {
  const parts = p.extension?.find((e) => BAND.test(e.url))?.extension as Extension[] | undefined;
  const week = p.whenRange?.low?.value;
  if (!parts || week === undefined) return null;
  const text = (name: string): string => String(parts.find((x) => x.url === name)?.valueString ?? '');
  const number = (name: string): number => Number(parts.find((x) => x.url === name)?.valueDecimal ?? NaN);
  const band: Band = {
    week, arm: text('arm'), hypothesis: text('hypothesis'), outcome: textOf(p.outcome), median: number('median'),
    half: [number('q25'), number('q75')], most: [number('q05'), number('q95')],
  };
  return Number.isFinite(band.median) ? band : null;
}

export interface Forecasts { before?: RiskAssessment | undefined; now?: RiskAssessment | undefined }

const isNow = (r: RiskAssessment): boolean => /this patient, now/.test(textOf(r.code));

/** The newest of each kind. */
function newest(all: readonly RiskAssessment[]): Forecasts {
  const sorted = [...all].sort((a, b) => (b.occurrenceDateTime ?? '').localeCompare(a.occurrenceDateTime ?? ''));
  return { now: sorted.find(isNow), before: sorted.find((r) => !isNow(r)) };
}

export async function keptForecasts(patient: string, signal: AbortSignal): Promise<Forecasts> {
  const page = await get<Bundle>(`/fhir/Patient/${patient}/RiskAssessment?_sort=-date&_count=20`, { signal });
  return newest(resourcesOf<RiskAssessment>(page, 'RiskAssessment'));
}

/** Asked anew; nothing is kept. It takes a second or two. */
export async function freshForecasts(patient: string): Promise<Forecasts> {
  const bundle = await get<Bundle>(`/fhir/Patient/${patient}/$forecast`);
  return newest(resourcesOf<RiskAssessment>(bundle, 'RiskAssessment'));
}

function fanOf(r: RiskAssessment | undefined, arm: string, key: string, label: string, colour: number): Fan[] {
  const bands = (r?.prediction ?? []).flatMap((p) => bandOf(p) ?? [])
    .filter((b) => b.outcome.startsWith('pain') && b.arm === arm && b.hypothesis === 'mixed')
    .sort((a, b) => a.week - b.week);
  if (bands.length === 0) return [];
  return [{ key, label, colour, x: bands.map((b) => b.week), median: bands.map((b) => b.median), band50: bands.map((b) => b.half), band90: bands.map((b) => b.most) }];
}

/** Where the weeks begin: with the first session, else where the forecast does. */
function startOf(f: Forecasts, o: Overview): string | undefined {
  const first = o.sessions.map((s) => s.day).sort()[0];
  return f.before?.occurrenceDateTime ?? first ?? f.now?.occurrenceDateTime;
}

/** null: there is nothing to draw. */
export function painChart(f: Forecasts, o: Overview): FanChartProps | null {
  const start = startOf(f, o);
  const fans = [
    ...fanOf(f.now, 'plan', 'now', t('patient.fan_now'), 1),
    ...fanOf(f.before, 'plan', 'before', t('patient.fan_before'), 2),
    ...fanOf(f.now ?? f.before, 'none', 'none', t('patient.fan_none'), 5),
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
