// SPDX-License-Identifier: Apache-2.0
// One condition through the year, and its harms with their denominators.
import { formatShare } from '../../format';
import { t, tIf } from '../../text';
import { Status } from '../../ui/Status';
import { Table, type Column } from '../../ui/Table';
import type { Group, Harm, Outcomes, Point } from './api';
import { axisOf } from './Interval';
import { changeText, hiddenText, rareText, shareText } from './words';

const WIDTH = 420;
const HEIGHT = 170;
const LEFT = 34;
const BOTTOM = 26;
const TOP = 10;

/** Pain at every time-point that may be shown; the times stand side by side, not to scale. */
function PainChart({ group, data }: { group: Group; data: Outcomes }) {
  const shown = group.points.filter((p) => p.pain);
  const axis = axisOf(shown.flatMap((p) => p.pain ?? []), 1);
  const step = (WIDTH - LEFT) / group.points.length;
  const x = (point: Point): number => LEFT + step * (group.points.indexOf(point) + 0.5);
  const y = (value: number): number => TOP + ((axis.high - value) / (axis.high - axis.low)) * (HEIGHT - TOP - BOTTOM);
  const marks = Array.from({ length: axis.high - axis.low + 1 }, (_, i) => axis.low + i);
  return (
    <svg class="registry-plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      {marks.map((m) => (
        <g key={m}>
          <line class={m === 0 ? 'interval-zero' : 'interval-axis'} x1={LEFT} x2={WIDTH} y1={y(m)} y2={y(m)} />
          <text class="registry-tick" x={LEFT - 6} y={y(m) + 4} text-anchor="end">{m}</text>
        </g>
      ))}
      {group.points.map((p) => (
        <text key={p.days} class="registry-tick" x={x(p)} y={HEIGHT - 6} text-anchor="middle">{data.timepoints.find((tp) => tp.days === p.days)?.title}</text>
      ))}
      {group.points.filter((p) => !p.pain).map((p) => <text key={p.days} class="registry-tick" x={x(p)} y={y(0) - 6} text-anchor="middle">?</text>)}
      {shown.map((p) => p.pain && (
        <g key={p.days}>
          {p.pain.low !== undefined && p.pain.high !== undefined && (
            <rect class="interval-span" x={x(p) - 5} width={10} y={y(p.pain.high)} height={Math.max(1, y(p.pain.low) - y(p.pain.high))} rx={2} />
          )}
          <circle class="interval-value" cx={x(p)} cy={y(p.pain.mean)} r={5} />
        </g>
      ))}
    </svg>
  );
}

function Points({ group, data }: { group: Group; data: Outcomes }) {
  const none = (p: Point): string => (p.state === 'shown' ? '–' : hiddenText(p, data));
  const columns: Column<Point>[] = [
    { key: 'when', head: t('registry.when'), isHead: true, cell: (p) => data.timepoints.find((x) => x.days === p.days)?.title },
    { key: 'due', head: t('registry.due'), isNumber: true, cell: (p) => p.due },
    { key: 'followed', head: t('registry.followed_short'), isNumber: true, cell: (p) => `${p.followed} (${formatShare(p.completeness)})` },
    { key: 'pain', head: t('registry.pain_short'), cell: (p) => (p.pain ? changeText(p.pain) : <span class="soft">{none(p)}</span>) },
    { key: 'function', head: t('registry.function_short'), cell: (p) => (p.function ? changeText(p.function) : '–') },
    { key: 'responders', head: t('registry.responders_short'), cell: (p) => (p.responders ? `${shareText(p.responders.share, p.responders)}, ${t('registry.of', { count: p.responders.count, n: p.responders.n })}` : '–') },
  ];
  return <Table caption={t('registry.points')} columns={columns} rows={group.points} rowKey={(p) => String(p.days)} />;
}

function Harms({ group }: { group: Group }) {
  const columns: Column<Harm>[] = [
    { key: 'kind', head: t('registry.harm'), isHead: true, cell: (h) => <>{h.title}{h.serious && <> <Status kind="danger">{t('registry.serious')}</Status></>}</> },
    { key: 'sessions', head: t('registry.harm_sessions', { n: group.sessions }), isNumber: true, cell: (h) => h.sessions },
    { key: 'patients', head: t('registry.harm_patients', { n: group.patients }), isNumber: true, cell: (h) => h.patients },
    { key: 'share', head: t('registry.harm_share'), cell: (h) => rareText(h.share_of_sessions, h) },
  ];
  const s = group.serious;
  return (
    <div class="stack tight">
      {group.harms.length > 0
        ? <Table caption={t('registry.harms')} columns={columns} rows={group.harms} rowKey={(h) => h.code} />
        : <p><strong>{t('registry.harms')}</strong><br />{t('registry.no_harm', { n: group.sessions })}</p>}
      {s.upper_of_sessions !== undefined
        ? <p>{t('registry.no_serious', { sessions: group.sessions, upper: formatShare(s.upper_of_sessions, 1), patients: group.patients, of_patients: formatShare(s.upper_of_patients, 1) })}</p>
        : <p><Status kind="danger">{t('registry.serious_in', { n: s.sessions, all: group.sessions })}</Status></p>}
      {group.sessions_unrecorded > 0 && <p class="soft">{t('registry.unrecorded', { n: group.sessions_unrecorded })}</p>}
    </div>
  );
}

export function Detail({ group, data }: { group: Group; data: Outcomes }) {
  const isDrawn = group.points.some((p) => p.pain);
  return (
    <section class="panel stack" aria-label={group.title}>
      <h2>{group.title}</h2>
      <p class="soft">{t('registry.group', { patients: group.patients, courses: group.courses, sessions: group.sessions, region: tIf(`assess.region.${group.region}`, group.region) })}</p>
      <figure class="chart registry-detail">
        <figcaption class={isDrawn ? undefined : 'hidden-visually'}>{t('registry.chart')}</figcaption>
        {isDrawn && <PainChart group={group} data={data} />}
        <Points group={group} data={data} />
      </figure>
      <Harms group={group} />
    </section>
  );
}
