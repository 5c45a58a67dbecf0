// SPDX-License-Identifier: Apache-2.0
// What more benefit costs: each option a point, those on the front joined; a point becomes plan B.
// Arrows move from point to point; the table below says and does the same.
import { useState } from 'preact/hooks';

import { formatNumber, formatShare } from '../../format';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Choice } from '../../ui/Choice';
import { ErrorBox } from '../../ui/Loading';
import { Progress } from '../../ui/Meter';
import { Status } from '../../ui/Status';
import { Table } from '../../ui/Table';
import { AXES, letter, Points, type Axis } from './Points';
import type { Task } from './state';
import type { OptionsAnswer, PlanOption } from './types';

function Rows({
  rows,
  chosen,
  onChoose,
}: {
  rows: readonly PlanOption[];
  chosen: number | null;
  onChoose: (o: PlanOption) => void;
}) {
  const signs = (o: PlanOption): string[] =>
    [
      o.is_preferred && t('plan.preferred'),
      o.is_best && t('plan.best'),
      o.is_on_front && t('plan.on_front'),
      o.is_as_good && !o.is_best && t('plan.as_good'),
    ].filter(Boolean) as string[];
  return (
    <Table
      caption={t('plan.options')}
      rows={rows}
      rowKey={(o) => String(o.number)}
      onOpen={onChoose}
      isSelected={(o) => o.number === chosen}
      columns={[
        {
          key: 'title',
          head: t('plan.option'),
          isHead: true,
          cell: (o) => (
            <>
              <span class="pin-number">{letter(rows.indexOf(o))}</span> {o.title}
            </>
          ),
        },
        {
          key: 'benefit',
          head: t('plan.benefit'),
          isNumber: true,
          cell: (o) => formatNumber(o.benefit, 2),
        },
        {
          key: 'burden',
          head: t('plan.burden'),
          isNumber: true,
          cell: (o) => formatNumber(o.burden, 2),
        },
        { key: 'net', head: t('plan.net'), isNumber: true, cell: (o) => formatNumber(o.net, 2) },
        {
          key: 'pain',
          head: t('plan.pain_gain'),
          isNumber: true,
          cell: (o) => (
            <>
              {formatNumber(o.pain, 1)}{' '}
              <span class="soft">
                ({formatNumber(o.pain_q05, 1)}–{formatNumber(o.pain_q95, 1)})
              </span>
            </>
          ),
        },
        {
          key: 'goal',
          head: t('plan.goal_share'),
          isNumber: true,
          cell: (o) => formatShare(o.goal),
        },
        {
          key: 'flare',
          head: t('plan.axis.flare_days'),
          isNumber: true,
          cell: (o) => formatNumber(o.flare_days, 1),
        },
        {
          key: 'harm',
          head: t('plan.axis.serious_harm'),
          isNumber: true,
          cell: (o) => (
            <>
              {o.kind === 'plan' ? formatShare(o.serious_harm, 3) : '–'}
              {o.has_unknown_harm && <span class="small"> {t('plan.harm_unknown')}</span>}
            </>
          ),
        },
        {
          key: 'signs',
          head: t('plan.remark'),
          cell: (o) =>
            signs(o).map((s) => (
              <div key={s}>
                <Status kind={s === t('plan.preferred') ? 'good' : 'note'}>{s}</Status>
              </div>
            )),
        },
      ]}
    />
  );
}

function Found({
  data,
  chosen,
  onChoose,
}: {
  data: OptionsAnswer;
  chosen: number | null;
  onChoose: (o: PlanOption) => void;
}) {
  const [axis, setAxis] = useState<Axis>('burden');
  const options = data.options ?? [];
  const rows = (data.rows ?? []).flatMap((n) => options.filter((o) => o.number === n));
  if (options.length === 0) return <p>{t('plan.no_options')}</p>;
  return (
    <>
      <ul class="plain stack tight">
        {data.said?.map((s) => (
          <li key={s}>{s}</li>
        ))}
      </ul>
      <Choice
        label={t('plan.against_axis')}
        value={axis}
        onValue={setAxis}
        options={AXES.map((value) => ({ value, label: t(`plan.axis.${value}`) }))}
      />
      <figure class="chart">
        <figcaption>{t('plan.pareto_chart', { axis: t(`plan.axis.${axis}`) })}</figcaption>
        <div class="choice-chart">
          <Points options={options} rows={rows} axis={axis} chosen={chosen} onChoose={onChoose} />
          <Rows rows={rows} chosen={chosen} onChoose={onChoose} />
        </div>
      </figure>
      {data.saline && (
        <p>
          {t('plan.saline_option', {
            title: options[data.saline.of - 1]?.title ?? '',
            benefit: formatNumber(data.saline.benefit, 2),
            pain: formatNumber(data.saline.pain, 1),
          })}
        </p>
      )}
      {data.refused > 0 && (
        <p class="small soft">
          {t('plan.refused_options', { n: data.refused })}{' '}
          {data.refusals
            .slice(0, 3)
            .map((r) => r.reason)
            .join(' ')}
        </p>
      )}
      <details>
        <summary>{t('plan.rests_on')}</summary>
        <ul>
          {data.basis?.map((s) => (
            <li key={s}>{s}</li>
          ))}
        </ul>
      </details>
    </>
  );
}

export function Pareto({
  task,
  chosen,
  onChoose,
}: {
  task: Task<OptionsAnswer>;
  chosen: number | null;
  onChoose: (o: PlanOption) => void;
}) {
  return (
    <section class="panel stack tight" aria-label={t('plan.pareto')}>
      <h2>{t('plan.pareto')}</h2>
      <p class="soft measure">{t('plan.pareto_help')}</p>
      <div class="row">
        {!task.isRunning && (
          <Button onClick={task.start}>{t(task.data ? 'plan.search_again' : 'plan.search')}</Button>
        )}
        {task.isRunning && <Button onClick={task.cancel}>{t('plan.stop_search')}</Button>}
      </div>
      <div role="status">
        {task.isRunning && <Progress label={t('plan.searching')} share={null} />}
      </div>
      {Boolean(task.error) && <ErrorBox error={task.error} onRetry={task.start} />}
      {task.data &&
        (task.data.has_options ? (
          <Found data={task.data} chosen={chosen} onChoose={onChoose} />
        ) : (
          <Banner kind="note">
            {t('plan.no_options')}{' '}
            {task.data.refusals
              .slice(0, 3)
              .map((r) => r.reason)
              .join(' ')}
          </Banner>
        ))}
    </section>
  );
}
