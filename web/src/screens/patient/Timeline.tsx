// SPDX-License-Identifier: Apache-2.0
// Sessions, scores, drugs and events on one axis of time. One stop for the keyboard: left and right
// go through time, up and down between lanes, Enter opens. The table says the same.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';

import type { Overview } from '../../api/overview';
import { go, href } from '../../app/router';
import { dayOf } from '../../format';
import { language, t } from '../../text';
import { Empty } from '../../ui/Loading';
import { Table } from '../../ui/Table';
import { lanesOf, tableOf, whenOf, type Lane, type Moment } from './moments';

const LEFT = 112;
const RIGHT = 16;
const HEIGHTS = { session: 26, score: 46, drug: 30, event: 26 } as const;
const AXIS = 22;
const DAY_SPAN_LEAST = 56;

interface Scale { x: (day: number) => number; from: number; to: number; width: number }

function scaleOf(lanes: readonly Lane[], today: number, width: number): Scale {
  const days = lanes.flatMap((l) => l.moments.flatMap((m) => (m.kind === 'drug' ? [m.end ?? m.day] : [m.day])));
  const first = Math.min(today, ...days);
  const last = Math.max(today, ...days);
  const pad = Math.max((DAY_SPAN_LEAST - (last - first)) / 2, (last - first) * 0.03, 2);
  const from = first - pad;
  const to = last + pad;
  return { from, to, width, x: (day) => LEFT + ((Math.max(day, from) - from) / (to - from)) * (width - LEFT - RIGHT) };
}

/** First days of months, not nearer than a word is wide. */
function ticksOf(s: Scale): { day: number; text: string }[] {
  const months = (s.to - s.from) / 30.44;
  const step = [1, 2, 3, 6, 12, 24].find((m) => (s.width - LEFT) / (months / m) > 64) ?? 60;
  const format = new Intl.DateTimeFormat(language.get(), { month: 'short', year: '2-digit', timeZone: 'UTC' });
  const start = new Date(s.from * 86_400_000);
  const ticks = [];
  for (let month = start.getUTCMonth() + 1; ; month += 1) {
    const date = Date.UTC(start.getUTCFullYear(), month, 1);
    const day = date / 86_400_000;
    if (day > s.to) return ticks;
    if (new Date(date).getUTCMonth() % Math.min(step, 12) === 0) ticks.push({ day, text: format.format(date) });
  }
}

function Shape({ m, x, y, height }: { m: Moment; x: number; y: number; height: number }) {
  const middle = y + height / 2;
  if (m.kind === 'session') return <rect class="mark-session" x={x - 7} y={middle - 7} width="14" height="14" rx="2" />;
  if (m.kind === 'score') return <circle class="mark-score" cx={x} cy={y + 6 + (1 - (m.level ?? 0.5)) * (height - 12)} r="4.5" />;
  return <path class={`mark-event ${m.kindOfEvent ?? ''}`} d={`M${x} ${middle - 8}L${x + 8} ${middle}L${x} ${middle + 8}L${x - 8} ${middle}Z`} />;
}

function DrugBar({ m, s, y }: { m: Moment; s: Scale; y: number }) {
  const x = s.x(m.day);
  return (
    <>
      <rect class={`mark-drug${m.isOver ? ' over' : ''}`} x={x} y={y} width={Math.max(s.x(m.end ?? m.day) - x, 6)} height="11" rx="3" />
    </>
  );
}

function LanePicture({ lane, y, s, at, onFocus }: { lane: Lane; y: number; s: Scale; at: string; onFocus: (m: Moment) => void }) {
  const height = laneHeight(lane);
  const line = lane.moments.map((m, i) => `${i ? 'L' : 'M'}${s.x(m.day)} ${y + 6 + (1 - (m.level ?? 0)) * (height - 12)}`).join('');
  return (
    <g>
      <line class="lane-rule" x1="0" x2={s.width} y1={y + height} y2={y + height} />
      <text class="lane-title" x="0" y={y + height / 2 + 4}>{lane.title.length > 17 ? `${lane.title.slice(0, 16)}…` : lane.title}</text>
      {lane.kind === 'score' && <path class="score-line" d={line} />}
      {lane.moments.map((m, i) => (
        <g key={m.key} role="img" aria-label={`${whenOf(m)}: ${m.what}. ${m.detail}`} data-moment={m.key} tabIndex={m.key === at ? 0 : -1}
          class={`moment${m.to ? ' opens' : ''}`} onFocus={() => onFocus(m)} onPointerEnter={() => onFocus(m)} onClick={() => m.to && go(m.to)}>
          {m.kind === 'drug' ? <DrugBar m={m} s={s} y={y + 4 + (i % 2) * 13} /> : <Shape m={m} x={s.x(m.day)} y={y} height={height} />}
        </g>
      ))}
    </g>
  );
}

const laneHeight = (lane: Lane): number => HEIGHTS[lane.kind];

/** The next moment that a key leads to. */
function step(lanes: readonly Lane[], at: Moment, key: string): Moment | undefined {
  const all = lanes.flatMap((l) => l.moments).sort((a, b) => a.day - b.day);
  const i = all.findIndex((m) => m.key === at.key);
  const lane = lanes.findIndex((l) => l.key === at.lane);
  const nearest = (l: Lane | undefined): Moment | undefined => l && [...l.moments].sort((a, b) => Math.abs(a.day - at.day) - Math.abs(b.day - at.day))[0];
  switch (key) {
    case 'ArrowRight': return all[i + 1];
    case 'ArrowLeft': return all[i - 1];
    case 'ArrowDown': return nearest(lanes[lane + 1]);
    case 'ArrowUp': return nearest(lanes[lane - 1]);
    case 'Home': return all[0];
    case 'End': return all.at(-1);
    default: return undefined;
  }
}

function useWidth(): [{ current: HTMLDivElement | null }, number] {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(720);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const see = new ResizeObserver(() => setWidth(Math.max(element.clientWidth, 280)));
    see.observe(element);
    return () => see.disconnect();
  }, []);
  return [box, width];
}

function Picture({ o, lanes }: { o: Overview; lanes: Lane[] }) {
  const [box, width] = useWidth();
  const last = lanes[0]?.moments.at(-1) ?? lanes[0]?.moments[0];
  const [at, setAt] = useState<Moment | undefined>(last);
  const s = scaleOf(lanes, dayOf(o.today), width);
  const tops = lanes.map((_, i) => lanes.slice(0, i).reduce((sum, l) => sum + laneHeight(l), 0));
  const bottom = lanes.reduce((sum, l) => sum + laneHeight(l), 0);
  const now = s.x(dayOf(o.today));
  const press = (event: KeyboardEvent): void => {
    if (!at) return;
    if (event.key === 'Enter' && at.to) return go(at.to);
    const next = step(lanes, at, event.key);
    if (!next) return;
    event.preventDefault();
    setAt(next);
    box.current?.querySelector<SVGElement>(`[data-moment="${CSS.escape(next.key)}"]`)?.focus();
  };
  return (
    <div ref={box} class="timeline">
      <svg width={width} height={bottom + AXIS} viewBox={`0 0 ${width} ${bottom + AXIS}`} role="group" aria-label={t('patient.timeline_keys')} onKeyDown={press}>
        {ticksOf(s).map((tick) => (
          <g key={tick.day}>
            <line class="tick" x1={s.x(tick.day)} x2={s.x(tick.day)} y1="0" y2={bottom} />
            <text class="tick-text" x={s.x(tick.day)} y={bottom + 15} text-anchor="middle">{tick.text}</text>
          </g>
        ))}
        <line class="now" x1={now} x2={now} y1="0" y2={bottom} />
        {lanes.map((lane, i) => <LanePicture key={lane.key} lane={lane} y={tops[i] ?? 0} s={s} at={at?.key ?? ''} onFocus={setAt} />)}
      </svg>
      <p class="moment-text" aria-hidden="true">
        {at ? <><strong>{whenOf(at)}</strong> {at.what} <span class="soft">{at.detail}</span></> : ' '}
      </p>
    </div>
  );
}

export function Timeline({ o }: { o: Overview }) {
  const lanes = useMemo(() => lanesOf(o), [o]);
  const rows = useMemo(() => tableOf(o), [o]);
  return (
    <section class="panel" aria-label={t('patient.timeline')}>
      {rows.length === 0 ? <Empty>{t('patient.timeline_empty')}</Empty> : (
        <figure class="chart">
          <figcaption>{t('patient.timeline')}</figcaption>
          {lanes.length > 0 && <Picture o={o} lanes={lanes} />}
          <details>
            <summary>{t('chart.as_table')}</summary>
            <Table caption={t('patient.timeline')} rows={rows} rowKey={(m) => m.key} columns={[
              { key: 'day', head: t('patient.when'), cell: whenOf },
              { key: 'what', head: t('patient.what'), cell: (m) => (m.to ? <a href={href(m.to)}>{m.what}</a> : m.what), isHead: true },
              { key: 'detail', head: t('patient.detail'), cell: (m) => m.detail },
            ]} />
          </details>
        </figure>
      )}
    </section>
  );
}
