// SPDX-License-Identifier: Apache-2.0
// What more benefit costs: each option a point, those on the front joined; a point becomes plan B.
// Arrows move from point to point; the table below says and does the same.
import { useRef, useState } from 'preact/hooks';

import { formatNumber, formatShare } from '../../format';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Choice } from '../../ui/Choice';
import { ErrorBox } from '../../ui/Loading';
import { Progress } from '../../ui/Meter';
import { Status } from '../../ui/Status';
import { Table } from '../../ui/Table';
import type { Task } from './state';
import type { OptionsAnswer, PlanOption } from './types';

const AXES = ['burden', 'sessions', 'flare_days', 'serious_harm'] as const;
type Axis = (typeof AXES)[number];

const W = 560;
const H = 280;
const LEFT = 46;
const BOTTOM = 36;

const letter = (i: number): string => String.fromCharCode(97 + (i % 26));

interface Scale { min: number; max: number; ticks: number[] }

/** Round steps around the values; zero is always there. */
function scaleOf(values: readonly number[]): Scale {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const span = high - low || 1;
  const raw = span / 5;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((m) => m * power >= raw) ?? 10) * power;
  const min = Math.floor(low / step) * step;
  const max = Math.ceil(high / step + 0.001) * step;
  return { min, max, ticks: Array.from({ length: Math.round((max - min) / step) + 1 }, (_, i) => min + i * step) };
}

interface PointsProps {
  options: readonly PlanOption[];
  rows: readonly PlanOption[];
  axis: Axis;
  chosen: number | null;
  onChoose: (o: PlanOption) => void;
}

function describe(o: PlanOption): string {
  return t('plan.point', { title: o.title, benefit: formatNumber(o.benefit, 2), burden: formatNumber(o.burden, 2), sessions: o.sessions });
}

function Points({ options, rows, axis, chosen, onChoose }: PointsProps) {
  const [focus, setFocus] = useState(0);
  const box = useRef<SVGSVGElement>(null);
  const at = (o: PlanOption): number => o[axis] ?? 0;
  const known = options.filter((o) => o[axis] !== undefined);
  const xs = scaleOf(known.map(at));
  const ys = scaleOf(known.map((o) => o.benefit));
  const x = (v: number): number => LEFT + ((v - xs.min) / (xs.max - xs.min)) * (W - LEFT - 16);
  const y = (v: number): number => H - BOTTOM - ((v - ys.min) / (ys.max - ys.min)) * (H - BOTTOM - 14);
  const front = known.filter((o) => o.is_on_front).sort((a, b) => at(a) - at(b));
  const decimals = axis === 'serious_harm' ? 5 : axis === 'sessions' ? 0 : 1;
  const shown = rows.filter((o) => o[axis] !== undefined);
  const press = (event: KeyboardEvent, i: number, o: PlanOption): void => {
    const step = ({ ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 } as Record<string, number>)[event.key] ?? 0;
    if (event.key === 'Enter' || event.key === ' ') onChoose(o);
    else if (!step) return;
    event.preventDefault();
    if (!step) return;
    const next = (i + step + shown.length) % shown.length;
    setFocus(next);
    box.current?.querySelectorAll<SVGGElement>('.option')[next]?.focus();
  };
  return (
    <svg ref={box} class="pareto" viewBox={`0 0 ${W} ${H}`} role="group" aria-label={t('plan.pareto_chart', { axis: t(`plan.axis.${axis}`) })}>
      {ys.ticks.map((v) => <g key={v} class="tick"><line x1={LEFT} x2={W - 16} y1={y(v)} y2={y(v)} /><text x={LEFT - 6} y={y(v) + 4} text-anchor="end">{formatNumber(v, 1)}</text></g>)}
      {xs.ticks.map((v) => <g key={v} class="tick"><line x1={x(v)} x2={x(v)} y1={H - BOTTOM} y2={H - BOTTOM + 5} /><text x={x(v)} y={H - BOTTOM + 17} text-anchor="middle">{formatNumber(v, decimals)}</text></g>)}
      <text class="label" x={(W + LEFT) / 2} y={H - 4} text-anchor="middle">{t(`plan.axis.${axis}`)}</text>
      <text class="label" x={LEFT} y="9">{t('plan.benefit_axis')}</text>
      <polyline class="front" points={front.map((o) => `${x(at(o))},${y(o.benefit)}`).join(' ')} />
      {known.filter((o) => !rows.includes(o)).map((o) => <circle key={o.number} class="small-option" cx={x(at(o))} cy={y(o.benefit)} r="2" />)}
      {shown.map((o, i) => (
        <g key={o.number} class={`option ${o.kind}${o.is_preferred ? ' preferred' : ''}${chosen === o.number ? ' chosen' : ''}`} transform={`translate(${x(at(o))} ${y(o.benefit)})`}
          role="button" tabindex={i === Math.min(focus, shown.length - 1) ? 0 : -1} aria-label={describe(o)} aria-pressed={chosen === o.number}
          onClick={() => { setFocus(i); onChoose(o); }} onKeyDown={(e) => press(e, i, o)}>
          <circle class="reach" r="12" />
          {o.kind === 'plan' ? <circle class="shape" r="9" /> : <rect class="shape" x="-8" y="-8" width="16" height="16" />}
          <text y="3.5" text-anchor="middle">{letter(rows.indexOf(o))}</text>
        </g>
      ))}
    </svg>
  );
}

function Rows({ rows, chosen, onChoose }: { rows: readonly PlanOption[]; chosen: number | null; onChoose: (o: PlanOption) => void }) {
  const signs = (o: PlanOption): string[] => [o.is_preferred && t('plan.preferred'), o.is_best && t('plan.best'), o.is_on_front && t('plan.on_front'), o.is_as_good && !o.is_best && t('plan.as_good')].filter(Boolean) as string[];
  return (
    <Table caption={t('plan.options')} rows={rows} rowKey={(o) => String(o.number)} onOpen={onChoose} isSelected={(o) => o.number === chosen} columns={[
      { key: 'title', head: t('plan.option'), isHead: true, cell: (o) => <><span class="pin-number">{letter(rows.indexOf(o))}</span> {o.title}</> },
      { key: 'benefit', head: t('plan.benefit'), isNumber: true, cell: (o) => formatNumber(o.benefit, 2) },
      { key: 'burden', head: t('plan.burden'), isNumber: true, cell: (o) => formatNumber(o.burden, 2) },
      { key: 'net', head: t('plan.net'), isNumber: true, cell: (o) => formatNumber(o.net, 2) },
      { key: 'pain', head: t('plan.pain_gain'), isNumber: true, cell: (o) => <>{formatNumber(o.pain, 1)} <span class="soft">({formatNumber(o.pain_q05, 1)}–{formatNumber(o.pain_q95, 1)})</span></> },
      { key: 'goal', head: t('plan.goal_share'), isNumber: true, cell: (o) => formatShare(o.goal) },
      { key: 'flare', head: t('plan.axis.flare_days'), isNumber: true, cell: (o) => formatNumber(o.flare_days, 1) },
      { key: 'harm', head: t('plan.axis.serious_harm'), isNumber: true, cell: (o) => <>{o.kind === 'plan' ? formatShare(o.serious_harm, 3) : '–'}{o.has_unknown_harm && <span class="small"> {t('plan.harm_unknown')}</span>}</> },
      { key: 'signs', head: t('plan.remark'), cell: (o) => signs(o).map((s) => <div key={s}><Status kind={s === t('plan.preferred') ? 'good' : 'note'}>{s}</Status></div>) },
    ]} />
  );
}

function Found({ data, chosen, onChoose }: { data: OptionsAnswer; chosen: number | null; onChoose: (o: PlanOption) => void }) {
  const [axis, setAxis] = useState<Axis>('burden');
  const options = data.options ?? [];
  const rows = (data.rows ?? []).flatMap((n) => options.filter((o) => o.number === n));
  if (options.length === 0) return <p>{t('plan.no_options')}</p>;
  return (
    <>
      <ul class="plain stack tight">{data.said?.map((s) => <li key={s}>{s}</li>)}</ul>
      <Choice label={t('plan.against_axis')} value={axis} onValue={setAxis} options={AXES.map((value) => ({ value, label: t(`plan.axis.${value}`) }))} />
      <figure class="chart">
        <figcaption>{t('plan.pareto_chart', { axis: t(`plan.axis.${axis}`) })}</figcaption>
        <div class="choice-chart">
          <Points options={options} rows={rows} axis={axis} chosen={chosen} onChoose={onChoose} />
          <Rows rows={rows} chosen={chosen} onChoose={onChoose} />
        </div>
      </figure>
      {data.saline && <p>{t('plan.saline_option', { title: options[data.saline.of - 1]?.title ?? '', benefit: formatNumber(data.saline.benefit, 2), pain: formatNumber(data.saline.pain, 1) })}</p>}
      {data.refused > 0 && <p class="small soft">{t('plan.refused_options', { n: data.refused })} {data.refusals.slice(0, 3).map((r) => r.reason).join(' ')}</p>}
      <details><summary>{t('plan.rests_on')}</summary><ul>{data.basis?.map((s) => <li key={s}>{s}</li>)}</ul></details>
    </>
  );
}

export function Pareto({ task, chosen, onChoose }: { task: Task<OptionsAnswer>; chosen: number | null; onChoose: (o: PlanOption) => void }) {
  return (
    <section class="panel stack tight" aria-label={t('plan.pareto')}>
      <h2>{t('plan.pareto')}</h2>
      <p class="soft measure">{t('plan.pareto_help')}</p>
      <div class="row">
        {!task.isRunning && <Button onClick={task.start}>{t(task.data ? 'plan.search_again' : 'plan.search')}</Button>}
        {task.isRunning && <Button onClick={task.cancel}>{t('plan.stop_search')}</Button>}
      </div>
      <div role="status">{task.isRunning && <Progress label={t('plan.searching')} share={null} />}</div>
      {Boolean(task.error) && <ErrorBox error={task.error} onRetry={task.start} />}
      {task.data && (task.data.has_options ? <Found data={task.data} chosen={chosen} onChoose={onChoose} /> : (
        <Banner kind="note">{t('plan.no_options')} {task.data.refusals.slice(0, 3).map((r) => r.reason).join(' ')}</Banner>
      ))}
    </section>
  );
}
