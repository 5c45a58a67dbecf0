// SPDX-License-Identifier: Apache-2.0
// The forecast without and with the latest score, on one axis: what that score changed.
import { FanChart, type Fan, type Point } from '../../chart/FanChart';
import type { PaperChartData } from '../../chart/PaperChart';
import { formatDate, formatNumber, formatShare } from '../../format';
import { t } from '../../text';
import { Table } from '../../ui/Table';
import type { Chart, Forecast, Review } from './data';

/** No "-0.0": what rounds to nothing has no sign. */
const gain = (value: number): string => formatNumber(Math.abs(value) < 0.05 ? 0 : value);

function fanOf(key: string, label: string, colour: number, c: PaperChartData, hasBand: boolean): Fan {
  const pairs = (low: number[], high: number[]) => low.map((x, i) => [x, high[i] ?? x] as const);
  const fan: Fan = { key, label, colour, x: c.weeks, median: c.bands.q50 };
  return hasBand ? { ...fan, band90: pairs(c.bands.q05, c.bands.q95) } : fan;
}

/** Stopping now, as the same patient would fare without further sessions. */
function stopping(c: PaperChartData): Fan[] {
  const none = c.arms.find((a) => a.id === 'none');
  return none ? [{ key: 'none', label: none.label, colour: 5, x: c.weeks, median: none.median }] : [];
}

function fansOf(chart: Chart): Fan[] {
  return [
    fanOf('with', t('review.with_score'), 1, chart.with, true),
    ...(chart.without ? [fanOf('without', t('review.without_score'), 2, chart.without, true)] : []),
    fanOf('population', t('review.population'), 3, chart.population, false),
    ...stopping(chart.with),
  ];
}

export function ReviewChart({ chart, score }: { chart: Chart; score: Review['score'] }) {
  const c = chart.with;
  const points: Point[] = c.scores.map((s) => ({ x: s.week, y: s.value, label: t('chart.observed') }));
  const sessions = c.given.map((week, i) => ({ x: week, label: String(i + 1) }));
  const today = c.today === undefined ? [] : [{ x: c.today, label: t('chart.today') }];
  const title = t(`review.chart_${chart.outcome}`, { date: formatDate(score?.day) });
  return (
    <FanChart title={title} xLabel={t('chart.weeks')} yLabel={t(`review.axis_${chart.outcome}`)} yRange={[0, c.y_max]} fans={fansOf(chart)} points={points}
      marks={[...sessions, ...today]} decimals={c.y_max > 10 ? 0 : 1} tableAt={[...new Set([...c.weeks, ...chart.population.weeks])].sort((a, b) => a - b)}
      {...(c.important === undefined ? {} : { level: { y: c.important, label: t('review.important') } })} />
  );
}

/** How far the latest score moved what is expected, soon and at the end. */
function Shift({ chart }: { chart: Chart }) {
  const { without, with: now } = chart;
  if (!without) return <p>{t('review.no_shift')}</p>;
  const decimals = now.y_max > 10 ? 0 : 1;
  const at = (c: PaperChartData, week: number): string => formatNumber(c.bands.q50[c.weeks.indexOf(week)], decimals);
  const ahead = now.weeks.filter((week) => week > (now.today ?? 0) && without.weeks.includes(week));
  const shown = [...new Set([ahead[0], ahead[ahead.length - 1]])].filter((w): w is number => w !== undefined);
  return (
    <ul class="plain shift">
      {shown.map((week) => (
        <li key={week}>{t('review.shift', { week: formatNumber(week, Number.isInteger(week) ? 0 : 1), before: at(without, week), after: at(now, week) })}</li>
      ))}
    </ul>
  );
}

export function Charts({ f, score }: { f: Forecast; score: Review['score'] }) {
  return (
    <section class="panel stack" aria-labelledby="forecast-title">
      <h2 id="forecast-title">{t('review.forecast')}</h2>
      <div class="grid wide">
        {f.charts.map((chart) => (
          <div key={chart.outcome} class="stack tight">
            <ReviewChart chart={chart} score={score} />
            <Shift chart={chart} />
          </div>
        ))}
      </div>
      <p class="soft">{f.basis}</p>
    </section>
  );
}

export function Gains({ f, isComplete }: { f: Forecast; isComplete: boolean }) {
  if (!f.gains.length) return null;
  if (isComplete) return <p class="panel">{t('review.complete')}</p>;
  return (
    <section class="panel" aria-labelledby="gains-title">
      <h2 id="gains-title">{t('review.gains')}</h2>
      <Table caption={t('review.gains_caption', { points: formatNumber(f.worthwhile_pain) })} rows={f.gains} rowKey={(g) => String(g.week)} columns={[
        { key: 'week', head: t('chart.week'), cell: (g) => formatNumber(g.week, Number.isInteger(g.week) ? 0 : 1), isHead: true },
        { key: 'day', head: t('review.day'), cell: (g) => formatDate(g.day) },
        { key: 'mean', head: t('review.gain_mean'), cell: (g) => gain(g.mean), isNumber: true },
        { key: 'band', head: t('review.gain_band'), cell: (g) => `${gain(g.q05)} – ${gain(g.q95)}`, isNumber: true },
        { key: 'chance', head: t('review.gain_chance'), cell: (g) => formatShare(g.worthwhile_share), isNumber: true },
      ]} />
    </section>
  );
}
