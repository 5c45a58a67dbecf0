// SPDX-License-Identifier: Apache-2.0
// A forecast of a document as a drawing of lines, not of dots: it prints as sharp as text. Its
// numbers stand in the table below.
import { formatNumber } from '../format';
import { t } from '../text';
import { Table } from '../ui/Table';
import { DASHES, Legend } from './Legend';

export interface PaperChartData {
  title: string;
  when?: 'before' | 'now';
  outcome: string;
  calibrated: boolean;
  x_max: number;
  y_max: number;
  baseline?: number;
  today?: number;
  important?: number;
  weeks: number[];
  bands: Record<'q05' | 'q25' | 'q50' | 'q75' | 'q95', number[]>;
  arms: { id: string; label: string; median: number[] }[];
  sessions: { week: number; optional: boolean }[];
  given: number[];
  scores: { week: number; value: number }[];
}

/** Arms by the order of tokens.css: the plan, saline, exercise, nothing. */
export const ARM_COLOURS: Record<string, number> = { plan: 1, saline: 3, exercise: 4, none: 5 };
const colourOf = (id: string): number => ARM_COLOURS[id] ?? 2;

const WIDTH = 480;
const HEIGHT = 230;
const PLOT = { left: 34, right: 468, top: 10, bottom: 196 };

interface Scale { x: (week: number) => number; y: (score: number) => number }

function scaleOf(c: PaperChartData): Scale {
  return {
    x: (week) => PLOT.left + ((PLOT.right - PLOT.left) * week) / c.x_max,
    y: (score) => PLOT.bottom - ((PLOT.bottom - PLOT.top) * score) / c.y_max,
  };
}

const round = (value: number): number => Math.round(value * 10) / 10;

function lineOf(s: Scale, xs: readonly number[], ys: readonly number[]): string {
  return xs.map((x, i) => `${i === 0 ? 'M' : 'L'}${round(s.x(x))} ${round(s.y(ys[i] ?? 0))}`).join('');
}

function bandOf(s: Scale, xs: readonly number[], low: readonly number[], high: readonly number[]): string {
  const back = [...xs].reverse();
  const under = [...low].reverse();
  return `${lineOf(s, xs, high)}L${lineOf(s, back, under).slice(1)}Z`;
}

/** Five or so round steps. */
function ticksOf(max: number): number[] {
  const raw = max / 5;
  const unit = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 4, 5, 10].find((m) => m * unit >= raw) ?? 10) * unit;
  return Array.from({ length: Math.floor(max / step) + 1 }, (_, i) => i * step);
}

function Axes({ c, s }: { c: PaperChartData; s: Scale }) {
  return (
    <g class="axes">
      {ticksOf(c.y_max).map((y) => (
        <g key={`y${y}`}>
          <line x1={PLOT.left} x2={PLOT.right} y1={s.y(y)} y2={s.y(y)} />
          <text x={PLOT.left - 5} y={s.y(y) + 4} text-anchor="end">{y}</text>
        </g>
      ))}
      {ticksOf(c.x_max).map((x) => <text key={`x${x}`} x={s.x(x)} y={PLOT.bottom + 15} text-anchor="middle">{x}</text>)}
      <text x={(PLOT.left + PLOT.right) / 2} y={HEIGHT - 3} text-anchor="middle">{t('chart.weeks')}</text>
    </g>
  );
}

/** Sessions below the axis: given ones filled; today and the least change that matters as lines. */
function Events({ c, s }: { c: PaperChartData; s: Scale }) {
  const tick = (week: number, kind: string) => (
    <path key={`${kind}${week}`} class={`session ${kind}`} d={`M${round(s.x(week))} ${PLOT.bottom - 7}l4 7h-8z`} />
  );
  return (
    <g>
      {c.given.map((week) => tick(week, 'given'))}
      {c.sessions.map((x) => tick(x.week, x.optional ? 'optional' : 'planned'))}
      {c.important !== undefined && <line class="level" x1={PLOT.left} x2={PLOT.right} y1={s.y(c.important)} y2={s.y(c.important)} />}
      {c.today !== undefined && <line class="level" x1={s.x(c.today)} x2={s.x(c.today)} y1={PLOT.top} y2={PLOT.bottom} />}
      {c.today !== undefined && <text class="mark-text" x={s.x(c.today) + 4} y={PLOT.top + 10}>{t('chart.today')}</text>}
    </g>
  );
}

function Drawing({ c }: { c: PaperChartData }) {
  const s = scaleOf(c);
  return (
    <svg class="paper-chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <Axes c={c} s={s} />
      <g class="series-1">
        <path class="band" d={bandOf(s, c.weeks, c.bands.q05, c.bands.q95)} />
        <path class="band" d={bandOf(s, c.weeks, c.bands.q25, c.bands.q75)} />
      </g>
      <Events c={c} s={s} />
      {[...c.arms].reverse().map((arm) => (
        <path key={arm.id} class={`median series-${colourOf(arm.id)}`} d={lineOf(s, c.weeks, arm.median)}
          stroke-dasharray={DASHES[colourOf(arm.id) - 1]?.join(' ')} />
      ))}
      {c.scores.map((p) => <circle key={`${p.week}-${p.value}`} class="score" cx={s.x(p.week)} cy={s.y(p.value)} r="4" />)}
    </svg>
  );
}

function Numbers({ c }: { c: PaperChartData }) {
  const decimals = c.y_max > 10 ? 0 : 1;
  const band = (i: number): string => `${formatNumber(c.bands.q05[i], decimals)} – ${formatNumber(c.bands.q95[i], decimals)}`;
  const rows = c.weeks.map((week, i) => ({ week, i }));
  return (
    <Table caption={t('chart.table', { title: c.title })} rows={rows} rowKey={(r) => String(r.i)} columns={[
      { key: 'week', head: t('chart.week'), cell: (r) => formatNumber(r.week, Number.isInteger(r.week) ? 0 : 1), isHead: true },
      ...c.arms.map((arm, a) => ({
        key: arm.id,
        head: a === 0 ? `${arm.label} ${t('chart.median_band')}` : arm.label,
        cell: (r: { i: number }) => (a === 0 ? `${formatNumber(arm.median[r.i], decimals)} (${band(r.i)})` : formatNumber(arm.median[r.i], decimals)),
        isNumber: true,
      })),
    ]} />
  );
}

export function PaperChart({ chart, isSmall = false }: { chart: PaperChartData; isSmall?: boolean }) {
  const title = chart.when ? `${t(`chart.${chart.when}`)}: ${chart.title}` : chart.title;
  return (
    <figure class={isSmall ? 'chart paper-figure small' : 'chart paper-figure'}>
      <figcaption>{title}</figcaption>
      <Drawing c={chart} />
      {!isSmall && <Legend items={chart.arms.map((a) => ({ key: a.id, label: a.label, colour: colourOf(a.id) }))} hasPoints={chart.scores.length > 0} />}
      <details class="no-print">
        <summary>{t('chart.as_table')}</summary>
        <Numbers c={chart} />
      </details>
    </figure>
  );
}
