// SPDX-License-Identifier: Apache-2.0
// Plan A beside plan B beside saline, exercise and nothing: one chart, one table, the same numbers.
import { useState } from 'preact/hooks';

import { FanChart } from '../../chart/FanChart';
import { dayOf, formatNumber, formatShare } from '../../format';
import { t, tIf } from '../../text';
import { Banner } from '../../ui/Banner';
import { Choice } from '../../ui/Choice';
import { Mark } from '../../ui/Status';
import { Table } from '../../ui/Table';
import { armsOf, fanOf, type Bands, type Shown } from './arms';
import { HYPOTHESES, type Answer, type Forecast, type Hypothesis, type Outcome } from './types';

/** Small is not nothing. */
const shareOf = (share: number | undefined): string =>
  share !== undefined && share < 0.005 ? t('plan.below_one') : formatShare(share);

/** Each arm at each week: the server's numbers, all of them. */
function Numbers({
  arms,
  outcome,
  hypothesis,
}: {
  arms: readonly Shown[];
  outcome: Outcome;
  hypothesis: Hypothesis;
}) {
  const decimals = outcome === 'pain' ? 1 : 0;
  const n = (v: number | undefined): string => formatNumber(v, decimals);
  const weeks = arms[0]?.forecast.weeks ?? [];
  return (
    <Table
      caption={t('plan.numbers', {
        outcome: t(`plan.outcome.${outcome}`),
        hypothesis: tIf(`plan.hypothesis.${hypothesis}`, hypothesis),
      })}
      rows={arms}
      rowKey={(s) => s.key}
      columns={[
        {
          key: 'arm',
          head: t('plan.arm_head'),
          cell: (s: Shown) => <span class={`series-${s.colour} strong arm`}>{s.label}</span>,
          isHead: true,
        },
        ...weeks.map((week, i) => ({
          key: String(week),
          head: t('plan.week', { n: week }),
          isNumber: true,
          cell: (s: Shown) => {
            const b = s.arm[outcome][hypothesis][i];
            return (
              b && (
                <span class="band">
                  <b>{n(b[2])}</b>{' '}
                  <span>
                    {n(b[1])}–{n(b[3])}
                  </span>{' '}
                  <span class="soft">
                    ({n(b[0])}–{n(b[4])})
                  </span>{' '}
                  <span>{shareOf(b[5])}</span>
                </span>
              )
            );
          },
        })),
      ]}
    />
  );
}

/** What of it would have come without the dextrose: as large as the benefit itself. */
function Honest({ forecast }: { forecast: Forecast }) {
  const of = (id: string) => forecast.improvement.find((i) => i.arm === id);
  const beyond = (id: string) => forecast.beyond.find((i) => i.arm === id);
  const plan = of('plan');
  const saline = beyond('saline');
  if (!plan || !saline) return null;
  const share = (id: string): string => formatShare(of(id)?.share_of_plan);
  return (
    <div class="honest">
      <p class="strong">
        {t('plan.honest', {
          fall: formatNumber(plan.mean, 1),
          weeks: plan.week,
          saline: share('saline'),
          exercise: share('exercise'),
          none: share('none'),
        })}
      </p>
      <p>
        {t('plan.beyond_saline', {
          mean: formatNumber(saline.mean, 1),
          low: formatNumber(saline.q05, 1),
          high: formatNumber(saline.q95, 1),
          share: shareOf(saline.worthwhile_share),
          worth: formatNumber(forecast.worthwhile_pain, 1),
        })}
      </p>
    </div>
  );
}

function Basis({ forecast }: { forecast: Forecast }) {
  const isWeak = !forecast.is_calibrated || !forecast.has_condition_data;
  return (
    <>
      {isWeak && (
        <Banner
          kind="warn"
          title={forecast.is_calibrated ? t('plan.no_trial') : <Mark kind="uncalibrated" />}
        >
          {forecast.basis}
        </Banner>
      )}
      {!isWeak && <p class="small soft">{forecast.basis}</p>}
      <p class="small soft">
        {t('plan.model', { n: forecast.patients, seed: forecast.seed })} {forecast.no_effect}
      </p>
    </>
  );
}

export function Compare({ a, b, isBusy }: { a: Answer; b: Answer | undefined; isBusy: boolean }) {
  const [outcome, setOutcome] = useState<Outcome>('pain');
  const [hypothesis, setHypothesis] = useState<Hypothesis>('mixed');
  const [bands, setBands] = useState<Bands>('plans');
  const forecast = a.forecast;
  if (!forecast) return null;
  const arms = armsOf(forecast, b?.forecast);
  const first = a.plan?.sessions[0]?.day;
  const marks = first
    ? a.plan?.sessions
        .filter((s) => !s.is_optional)
        .map((s) => ({ x: (dayOf(s.day) - dayOf(first)) / 7, label: String(s.number) }))
    : undefined;
  const mic = outcome === 'pain' ? forecast.mic_pain : forecast.mic_function;
  const title = t('plan.chart', {
    outcome: t(`plan.outcome.${outcome}`),
    hypothesis: tIf(`plan.hypothesis.${hypothesis}`, hypothesis),
  });
  return (
    <section
      class="panel stack tight"
      aria-label={t('plan.compare')}
      aria-busy={isBusy || undefined}
    >
      <header class="row spread">
        <h2>{t('plan.compare')}</h2>
        <span role="status" class="soft">
          {isBusy ? t('plan.calculating') : ''}
        </span>
      </header>
      <div class="row switches">
        <Choice
          label={t('plan.outcome_label')}
          value={outcome}
          onValue={setOutcome}
          options={(['pain', 'function'] as const).map((value) => ({
            value,
            label: t(`plan.outcome.${value}`),
          }))}
        />
        <Choice
          label={t('plan.hypothesis_label')}
          value={hypothesis}
          onValue={setHypothesis}
          options={HYPOTHESES.map((value) => {
            const h = forecast.hypotheses.find((x) => x.id === value);
            return {
              value,
              label: h ? `${value}: ${shareOf(h.weight)}` : t('plan.hypothesis.mixed'),
            };
          })}
        />
        <Choice
          label={t('plan.bands')}
          value={bands}
          onValue={setBands}
          options={(['plans', 'all', 'none'] as const).map((value) => ({
            value,
            label: t(`plan.bands_${value}`),
          }))}
        />
      </div>
      <p class="small soft">
        {hypothesis === 'mixed'
          ? t('plan.mixed_help')
          : t('plan.one_hypothesis', {
              name: forecast.hypotheses.find((h) => h.id === hypothesis)?.title ?? '',
            })}
      </p>
      <FanChart
        title={title}
        xLabel={t('plan.x')}
        yLabel={t(`plan.y.${outcome}`)}
        yRange={outcome === 'pain' ? [0, 10] : [0, 100]}
        height={340}
        fans={arms.map((s) => fanOf(s, outcome, hypothesis, bands))}
        tableAt={forecast.weeks}
        decimals={outcome === 'pain' ? 1 : 0}
        marks={marks}
        level={{
          y: forecast.baseline[outcome] - mic,
          label: t('plan.mic', { n: formatNumber(mic, outcome === 'pain' ? 1 : 0) }),
        }}
      />
      <Honest forecast={forecast} />
      <Numbers arms={arms} outcome={outcome} hypothesis={hypothesis} />
      <p class="small soft">
        {t('plan.numbers_help', { mic: formatNumber(mic, outcome === 'pain' ? 1 : 0) })}
      </p>
      <Basis forecast={forecast} />
    </section>
  );
}
