// SPDX-License-Identifier: Apache-2.0
// What a trial of this size would report: by arm, as a difference, under each explanation.
import { useState } from 'preact/hooks';

import { FanChart, type Fan } from '../../chart/FanChart';
import { formatNumber, formatShare } from '../../format';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Choice, Select } from '../../ui/Choice';
import { Mark } from '../../ui/Status';
import { Table } from '../../ui/Table';
import { isShare, type Part, type Predictive, type TrialAnswer } from './answer';
import { outcomeWords } from './words';

const HYPOTHESES = ['mixed', 'H0', 'H1', 'H2', 'H3'] as const;
type Hypothesis = (typeof HYPOTHESES)[number];

const COLOURS = 6;

/** Share as percent, change as it is. */
function scale(outcome: string): number {
  return isShare(outcome) ? 100 : 1;
}

function show(p: Partial<Predictive>, outcome: string): string {
  const digits = isShare(outcome) ? 0 : 2;
  const unit = isShare(outcome) ? ' %' : '';
  const k = scale(outcome);
  const number = (v: number | undefined): string =>
    v === undefined ? '–' : formatNumber(v * k, digits);
  return `${number(p.q50)}${unit} (${number(p.q05)} – ${number(p.q95)})`;
}

const partOf = (answer: TrialAnswer, h: Hypothesis): Part =>
  h === 'mixed' ? answer : (answer.hypotheses[h] ?? { arms: [], contrasts: [] });

interface Row {
  week: number;
  predictive: Partial<Predictive>;
}

function fanOf(
  key: string,
  label: string,
  index: number,
  rows: readonly Row[],
  outcome: string,
): Fan {
  const full = rows.filter(
    (r): r is { week: number; predictive: Predictive } => r.predictive.q50 !== undefined,
  );
  const k = scale(outcome);
  return {
    key,
    label,
    colour: (index % COLOURS) + 1,
    x: full.map((r) => r.week),
    median: full.map((r) => r.predictive.q50 * k),
    band50: full.map((r): [number, number] => [r.predictive.q25 * k, r.predictive.q75 * k]),
    band90: full.map((r): [number, number] => [r.predictive.q05 * k, r.predictive.q95 * k]),
  };
}

/** Room for all bands; a share from 0 to 100. */
function rangeOf(fans: readonly Fan[], outcome: string, isContrast: boolean): [number, number] {
  if (isShare(outcome) && !isContrast) return [0, 100];
  const all = [0, ...fans.flatMap((f) => (f.band90 ?? []).flat())];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = (high - low || 1) * 0.08;
  return [low - room, high + room];
}

function Charts({ part, outcome }: { part: Part; outcome: string }) {
  const unit = isShare(outcome) ? t('trial.percent') : t('trial.change');
  const arms = part.arms.map((a, i) =>
    fanOf(
      a.name,
      a.name,
      i,
      a.results.filter((r) => r.outcome === outcome),
      outcome,
    ),
  );
  const names = [...new Set(part.contrasts.map((c) => c.arm))];
  const control = part.contrasts[0]?.control ?? '';
  const contrasts = names.map((name, i) =>
    fanOf(
      name,
      t('trial.versus', { arm: name, control }),
      i,
      part.contrasts.filter((c) => c.arm === name && c.outcome === outcome),
      outcome,
    ),
  );
  return (
    <div class="grid">
      <FanChart
        title={t('trial.chart_arms', { outcome: outcomeWords(outcome) })}
        xLabel={t('trial.weeks')}
        yLabel={unit}
        yRange={rangeOf(arms, outcome, false)}
        fans={arms}
      />
      {contrasts.length > 0 && (
        <FanChart
          title={t('trial.chart_contrasts', { control })}
          xLabel={t('trial.weeks')}
          yLabel={unit}
          yRange={rangeOf(contrasts, outcome, true)}
          fans={contrasts}
          level={{ y: 0, label: t('trial.no_difference') }}
        />
      )}
    </div>
  );
}

/** The same question under each explanation: what would be reported, and how often it would be "significant". */
function ByHypothesis({ answer, outcome }: { answer: TrialAnswer; outcome: string }) {
  const weeks = [
    ...new Set(answer.contrasts.filter((c) => c.outcome === outcome).map((c) => c.week)),
  ];
  const [week, setWeek] = useState(weeks.at(-1) ?? 0);
  const at = weeks.includes(week) ? week : (weeks.at(-1) ?? 0);
  const rows = HYPOTHESES.flatMap((h) =>
    partOf(answer, h)
      .contrasts.filter((c) => c.outcome === outcome && c.week === at)
      .map((c) => ({ h, ...c })),
  );
  if (!weeks.length) return null;
  return (
    <section class="panel stack">
      <Choice
        label={t('trial.week')}
        options={weeks.map((w) => ({
          value: String(w),
          label: formatNumber(w, Number.isInteger(w) ? 0 : 1),
        }))}
        value={String(at)}
        onValue={(v) => setWeek(Number(v))}
      />
      <Table
        caption={t('trial.by_hypothesis', { outcome: outcomeWords(outcome), week: at })}
        rows={rows}
        rowKey={(r) => `${r.h}-${r.arm}`}
        columns={[
          {
            key: 'h',
            head: t('trial.explanation'),
            cell: (r) => t(`trial.hypothesis.${r.h}`),
            isHead: true,
          },
          {
            key: 'weight',
            head: t('trial.weight'),
            cell: (r) => (r.h === 'mixed' ? '–' : formatShare(answer.weights[r.h])),
            isNumber: true,
          },
          {
            key: 'arm',
            head: t('trial.contrast'),
            cell: (r) => t('trial.versus', { arm: r.arm, control: r.control }),
          },
          {
            key: 'difference',
            head: t('trial.would_report'),
            cell: (r) => show(r.predictive, outcome),
            isNumber: true,
          },
          {
            key: 'power',
            head: t('trial.significant'),
            cell: (r) => formatShare(r.power),
            isNumber: true,
          },
        ]}
      />
    </section>
  );
}

function Size({ size }: { size: NonNullable<TrialAnswer['size']> }) {
  const wanted = formatShare(size.wanted_power);
  const values = {
    arm: size.arm,
    control: size.control,
    outcome: outcomeWords(size.outcome),
    week: size.week,
    wanted,
  };
  return (
    <section class="panel stack" aria-labelledby="trial-size">
      <h2 id="trial-size">{t('trial.size')}</h2>
      <p class="strong">
        {size.n_per_arm
          ? t('trial.size_found', { ...values, n: size.n_per_arm })
          : t('trial.size_never', values)}
      </p>
      <p>{t('trial.size_planned', { power: formatShare(size.power) })}</p>
      <Table
        caption={t('trial.tried')}
        rows={size.tried}
        rowKey={(r) => String(r.n_per_arm)}
        columns={[
          {
            key: 'n',
            head: t('trial.n_per_arm'),
            cell: (r) => formatNumber(r.n_per_arm, 0),
            isHead: true,
          },
          {
            key: 'power',
            head: t('trial.power_head'),
            cell: (r) => `${formatShare(r.power)} ± ${formatShare(r.standard_error, 1)}`,
            isNumber: true,
          },
        ]}
      />
    </section>
  );
}

function Facts({ answer }: { answer: TrialAnswer }) {
  const count = (n: number): string => formatNumber(n, 0);
  return (
    <dl class="definition small">
      <dt>{t('trial.patients')}</dt>
      <dd>{count(answer.patients)}</dd>
      <dt>{t('trial.trials')}</dt>
      <dd>{count(answer.trials)}</dd>
      <dt>{t('trial.seed')}</dt>
      <dd>{answer.seed}</dd>
      <dt>{t('trial.drawn')}</dt>
      <dd>
        {t('trial.drawn_of', {
          drawn: count(answer.population.drawn),
          entry: count(answer.population.refused_entry),
          other: count(answer.population.refused_constraint),
        })}
      </dd>
      <dt>{t('trial.made_by')}</dt>
      <dd>{t('trial.versions', { program: answer.program, knowledge: answer.knowledge })}</dd>
    </dl>
  );
}

export function Result({
  answer,
  onDownload,
  onCompose,
}: {
  answer: TrialAnswer;
  onDownload: () => void;
  onCompose?: () => void;
}) {
  const outcomes = [...new Set(answer.arms.flatMap((a) => a.results.map((r) => r.outcome)))];
  const [chosen, setOutcome] = useState(outcomes[0] ?? '');
  const [hypothesis, setHypothesis] = useState<Hypothesis>('mixed');
  const outcome = outcomes.includes(chosen) ? chosen : (outcomes[0] ?? '');
  return (
    <div class="stack">
      <header class="row spread">
        <h2>
          {answer.name ?? t('trial.unnamed')}{' '}
          {!answer.is_calibrated && <Mark kind="uncalibrated" />} <Mark kind="synthetic" />
        </h2>
        <div class="row">
          <Button onClick={onDownload}>{t('trial.download_result')}</Button>
          {onCompose && <Button onClick={onCompose}>{t('trial.compose_again')}</Button>}
        </div>
      </header>
      <Banner kind="note">
        {t('trial.virtual')} {!answer.has_condition_data && t('trial.no_data')}
      </Banner>
      <div class="row">
        <Select
          label={t('trial.outcome_one')}
          options={outcomes.map((o) => ({ value: o, label: outcomeWords(o) }))}
          value={outcome}
          onValue={setOutcome}
        />
        <Choice
          label={t('trial.explanation')}
          options={HYPOTHESES.map((h) => ({ value: h, label: t(`trial.hypothesis.${h}`) }))}
          value={hypothesis}
          onValue={setHypothesis}
        />
      </div>
      <p class="soft">{t('trial.sign')}</p>
      <Charts part={partOf(answer, hypothesis)} outcome={outcome} />
      <ByHypothesis answer={answer} outcome={outcome} />
      {answer.size && <Size size={answer.size} />}
      <Facts answer={answer} />
    </div>
  );
}
