// SPDX-License-Identifier: Apache-2.0
// A forecast as a fan: median, 50 % and 90 % band of each series, observed points, the least change
// that matters, today. Canvas says nothing to a screen reader: the table says all of it.
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';

import { theme } from '../app/theme';
import { formatNumber } from '../format';
import { useStore } from '../store';
import { locale, t } from '../text';
import { Table } from '../ui/Table';
import { colourOf, DASHES, Legend } from './Legend';

export interface Fan {
  key: string;
  label: string;
  /** 1..6: tokens --series-N and the dash that goes with it. */
  colour: number;
  x: readonly number[];
  median: readonly number[];
  /** [low, high] at each x; without a band only the median is drawn. */
  band50?: readonly (readonly [number, number])[];
  band90?: readonly (readonly [number, number])[];
}

export interface Point {
  x: number;
  y: number;
  label: string;
}

export interface FanChartProps {
  title: string;
  /** What x counts: "weeks since the first injection". */
  xLabel: string;
  yLabel: string;
  yRange: readonly [number, number];
  fans: readonly Fan[];
  points?: readonly Point[];
  /** Horizontal line: a goal, the least change that matters. */
  level?: { y: number; label: string };
  /** Vertical lines: sessions, today. */
  marks?: readonly { x: number; label: string }[];
  height?: number;
  /** Weeks or days that the table shows; all of the first series when left out. */
  tableAt?: readonly number[];
  decimals?: number;
}

type Column = (number | null)[];

/** All series over one axis of x: uPlot wants aligned columns. */
function align(fans: readonly Fan[], points: readonly Point[]): { xs: number[]; columns: Column[] } {
  const xs = [...new Set([...fans.flatMap((f) => [...f.x]), ...points.map((p) => p.x)])].sort((a, b) => a - b);
  const place = new Map(xs.map((x, i) => [x, i]));
  const spread = (x: readonly number[], y: readonly number[]): Column => {
    const column: Column = xs.map(() => null);
    x.forEach((at, i) => { column[place.get(at) ?? 0] = y[i] ?? null; });
    return column;
  };
  const columns = fans.flatMap((f) => [
    spread(f.x, f.median),
    ...[f.band90, f.band50].flatMap((band) => (band ? [spread(f.x, band.map((b) => b[1])), spread(f.x, band.map((b) => b[0]))] : [])),
  ]);
  columns.push(spread(points.map((p) => p.x), points.map((p) => p.y)));
  return { xs, columns };
}

function withAlpha(colour: string, alpha: number): string {
  return `color-mix(in srgb, ${colour} ${Math.round(alpha * 100)}%, transparent)`;
}

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function seriesOf(fans: readonly Fan[]): { series: uPlot.Series[]; bands: uPlot.Band[] } {
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  const opacity = Number(token('--band-opacity')) || 0.16;
  for (const fan of fans) {
    const colour = colourOf(fan.colour);
    series.push({ label: fan.label, stroke: colour, width: 2.5, dash: DASHES[fan.colour - 1] ?? [], spanGaps: true, points: { show: false } });
    for (const band of [fan.band90, fan.band50]) {
      if (!band) continue;
      const first = series.length;
      const edge = { stroke: 'transparent', width: 0, spanGaps: true, points: { show: false } };
      series.push({ ...edge }, { ...edge });
      bands.push({ series: [first, first + 1], fill: withAlpha(colour, opacity) });
    }
  }
  const ink = token('--ink');
  series.push({ label: 'observed', stroke: 'transparent', width: 0, points: { show: true, size: 9, width: 2, stroke: ink, fill: token('--paper') } });
  return { series, bands };
}

/** Lines across the plot, each with its word. */
function drawLines(u: uPlot, p: FanChartProps): void {
  const { ctx } = u;
  const { left, top, width, height } = u.bbox;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = token('--ink-soft');
  ctx.lineWidth = ratio;
  ctx.setLineDash([3 * ratio, 3 * ratio]);
  ctx.textAlign = 'start';
  ctx.font = `${11 * ratio}px ${token('--font')}`;
  const line = (x1: number, y1: number, x2: number, y2: number): void => {
    ctx.beginPath();
    ctx.moveTo(x1, y1);
    ctx.lineTo(x2, y2);
    ctx.stroke();
  };
  /** A word on a ground of its own: lines below it do not cross it. */
  const word = (text: string, x: number, y: number): void => {
    const wide = ctx.measureText(text).width;
    ctx.fillStyle = token('--paper');
    ctx.globalAlpha = 0.85;
    ctx.fillRect(x - 2 * ratio, y - 10 * ratio, wide + 4 * ratio, 13 * ratio);
    ctx.globalAlpha = 1;
    ctx.fillStyle = token('--ink-soft');
    ctx.fillText(text, x, y);
  };
  if (p.level) {
    const y = u.valToPos(p.level.y, 'y', true);
    line(left, y, left + width, y);
    word(p.level.label, left + width - ctx.measureText(p.level.label).width - 4 * ratio, y - 4 * ratio);
  }
  for (const mark of p.marks ?? []) {
    const x = u.valToPos(mark.x, 'x', true);
    if (x < left || x > left + width) continue;
    line(x, top, x, top + height);
    word(mark.label, x + 3 * ratio, top + 11 * ratio);
  }
  ctx.restore();
}

function optionsOf(p: FanChartProps, width: number): uPlot.Options {
  const axis = { stroke: token('--ink-soft'), grid: { stroke: token('--line'), width: 1 }, ticks: { stroke: token('--line') }, font: `12px ${token('--font')}`, labelFont: `12px ${token('--font')}`, labelSize: 18 };
  const number = new Intl.NumberFormat(locale());
  const values = (_: uPlot, ticks: number[]): string[] => ticks.map((v) => number.format(v));
  return {
    width,
    height: p.height ?? 280,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false }, y: { range: [p.yRange[0], p.yRange[1]] } },
    axes: [{ ...axis, label: p.xLabel, values }, { ...axis, label: p.yLabel, size: 44, values }],
    ...seriesOf(p.fans),
    hooks: { draw: [(u) => drawLines(u, p)] },
  };
}

function FanTable({ p }: { p: FanChartProps }) {
  const decimals = p.decimals ?? 1;
  const at = p.tableAt ?? p.fans[0]?.x ?? [];
  const band = (b: readonly [number, number] | undefined): string => (b ? `${formatNumber(b[0], decimals)} – ${formatNumber(b[1], decimals)}` : '–');
  const cell = (fan: Fan, x: number): string => {
    const i = fan.x.indexOf(x);
    if (i < 0) return '–';
    const middle = formatNumber(fan.median[i], decimals);
    return fan.band90 ? `${middle} (${band(fan.band90[i])})` : middle;
  };
  const observed = (x: number): string => p.points?.filter((q) => q.x === x).map((q) => formatNumber(q.y, decimals)).join(', ') || '–';
  const xs = [...new Set([...at, ...(p.points ?? []).map((q) => q.x)])].sort((a, b) => a - b);
  return (
    <Table caption={t('chart.table', { title: p.title })} rows={xs} rowKey={String} columns={[
      { key: 'x', head: p.xLabel, cell: (x) => formatNumber(x, Number.isInteger(x) ? 0 : 1), isHead: true },
      ...p.fans.map((f) => ({ key: f.key, head: `${f.label} ${f.band90 ? t('chart.median_band') : ''}`, cell: (x: number) => cell(f, x), isNumber: true })),
      ...(p.points ? [{ key: 'observed', head: t('chart.observed'), cell: observed, isNumber: true }] : []),
    ]} />
  );
}

export function FanChart(p: FanChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const chosen = useStore(theme);
  const shown = p.fans.filter((f) => !hidden.has(f.key));
  const content = JSON.stringify([shown, p.points, p.level, p.marks, p.yRange, p.height, p.xLabel, p.yLabel]);
  useEffect(() => {
    const box = place.current;
    if (!box) return;
    const draw = { ...p, fans: shown };
    const { xs, columns } = align(shown, p.points ?? []);
    let chart = new uPlot(optionsOf(draw, box.clientWidth || 480), [xs, ...columns] as uPlot.AlignedData, box);
    const resize = new ResizeObserver(() => chart.setSize({ width: box.clientWidth, height: p.height ?? 280 }));
    resize.observe(box);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const redraw = (): void => {
      chart.destroy();
      chart = new uPlot(optionsOf(draw, box.clientWidth), [xs, ...columns] as uPlot.AlignedData, box);
    };
    dark.addEventListener('change', redraw);
    return () => { resize.disconnect(); dark.removeEventListener('change', redraw); chart.destroy(); };
  }, [content, chosen]);
  const toggle = (key: string): void => {
    const next = new Set(hidden);
    if (!next.delete(key)) next.add(key);
    setHidden(next);
  };
  return (
    <figure class="chart">
      <figcaption>{p.title}</figcaption>
      <Legend items={p.fans} hidden={hidden} onToggle={p.fans.length > 1 ? toggle : undefined} hasPoints={Boolean(p.points?.length)} />
      <div class="plot" ref={place} aria-hidden="true" />
      <details>
        <summary>{t('chart.as_table')}</summary>
        <FanTable p={p} />
      </details>
    </figure>
  );
}
