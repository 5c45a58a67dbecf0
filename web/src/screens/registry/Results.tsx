// SPDX-License-Identifier: Apache-2.0
// One row a condition, at one time-point: how many, how complete, what changed. Every row shares the
// axes, so that rows can be compared with their own intervals and with nothing else.
import { formatShare } from '../../format';
import { t } from '../../text';
import { Status } from '../../ui/Status';
import { Table, type Column } from '../../ui/Table';
import { pointAt, type Group, type Outcomes } from './api';
import { axisOf, Interval, type Axis } from './Interval';
import { changeText, hiddenText, shareText } from './words';

interface Props {
  data: Outcomes;
  days: number;
  selected: string | null;
  onSelect: (condition: string) => void;
}

/** Followed of due, as words and as a bar with the least that is wanted. */
function Completeness({ group, days, least }: { group: Group; days: number; least: number }) {
  const point = pointAt(group, days);
  if (!point || point.due === 0) return <span class="soft">{t('registry.none_due')}</span>;
  const share = point.completeness ?? 0;
  return (
    <div class="completeness">
      <span>{t('registry.followed', { followed: point.followed, due: point.due })} <span class="soft">{formatShare(share)}</span></span>
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect class="completeness-all" width="100" height="6" />
        <rect class={share >= least ? 'completeness-enough' : 'completeness-little'} width={100 * share} height="6" />
        <line class="completeness-least" x1={100 * least} x2={100 * least} y1="0" y2="6" />
      </svg>
    </div>
  );
}

/** What is hidden says here why. */
function Pain({ group, data, days, axis }: { group: Group; data: Outcomes; days: number; axis: Axis }) {
  const point = pointAt(group, days);
  if (point && point.state !== 'shown') return <span class="registry-hidden"><Status kind="unknown">{hiddenText(point, data)}</Status></span>;
  if (!point?.pain) return null;
  const { pain } = point;
  return <div class="with-interval"><Interval value={pain.mean} low={pain.low} high={pain.high} axis={axis} /><span>{changeText(pain)}</span></div>;
}

/** Function has an instrument of its own for each condition: no axis is shared. */
function Function({ group, days }: { group: Group; days: number }) {
  const change = pointAt(group, days)?.function;
  if (!change) return null;
  return (
    <>
      <div>{changeText(change)}</div>
      <div class="soft small">{t('registry.measure', { measure: group.measure?.id.toUpperCase().replace(/_/g, ' ') ?? '', mcid: group.measure?.mcid || '–', n: change.n })}</div>
    </>
  );
}

function Responders({ group, days }: { group: Group; days: number }) {
  const r = pointAt(group, days)?.responders;
  if (!r || r.share === undefined) return null;
  return (
    <div class="with-interval">
      <Interval value={r.share} low={r.low} high={r.high} axis={{ low: 0, high: 1 }} zero={NaN} />
      <span>{shareText(r.share, r)}</span>
      <span class="soft small">{t('registry.of', { count: r.count, n: r.n })}</span>
    </div>
  );
}

export function Results({ data, days, selected, onSelect }: Props) {
  const axis = axisOf(data.groups.flatMap((g) => pointAt(g, days)?.pain ?? []), 1);
  const least = data.completeness_min.value / 100;
  const columns: Column<Group>[] = [
    { key: 'condition', head: t('registry.condition'), isHead: true, cell: (g) => g.title },
    { key: 'courses', head: t('registry.courses'), isNumber: true, cell: (g) => g.courses },
    { key: 'sessions', head: t('registry.sessions'), isNumber: true, cell: (g) => g.sessions },
    { key: 'followed', head: t('registry.followed_head'), cell: (g) => <Completeness group={g} days={days} least={least} /> },
    { key: 'pain', head: t('registry.pain_head', { low: axis.low, high: axis.high }), cell: (g) => <Pain group={g} data={data} days={days} axis={axis} /> },
    { key: 'function', head: t('registry.function_head'), cell: (g) => <Function group={g} days={days} /> },
    { key: 'responders', head: t('registry.responders_head'), cell: (g) => <Responders group={g} days={days} /> },
  ];
  return (
    <Table caption={t('registry.caption', { title: data.timepoints.find((x) => x.days === days)?.title ?? '' })} columns={columns} rows={data.groups}
      rowKey={(g) => g.condition} onOpen={(g) => onSelect(g.condition)} isSelected={(g) => g.condition === selected} />
  );
}
