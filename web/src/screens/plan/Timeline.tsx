// SPDX-License-Identifier: Apache-2.0
// Sessions on a line of time. Each is dragged, or moved by arrow keys (a day; a week with Page Up
// and Page Down); the server says whether it may lie there.
import { useRef, useState } from 'preact/hooks';

import { dayOf, formatWeekday, isoOf } from '../../format';
import { t, tIf } from '../../text';
import type { PlannedSession } from './types';

const WIDTH = 420;
const PAD = 20;
const STEPS: Record<string, number> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -7,
  PageUp: 7,
};

interface Props {
  sessions: readonly PlannedSession[];
  today: string;
  /** The session's place in the list, and its new day. */
  onMove: (index: number, day: string) => void;
}

/** "Mon 30 Mar, as usual" */
function spoken(s: PlannedSession, day: number): string {
  const gap = s.gap_state ? `, ${tIf(`plan.gap.${s.gap_state}`, s.gap_state)}` : '';
  return formatWeekday(isoOf(day)) + gap;
}

export function Timeline({ sessions, today, onMove }: Props) {
  const svg = useRef<SVGSVGElement>(null);
  const [drag, setDrag] = useState<{ index: number; day: number } | null>(null);
  const days = sessions.map((s) => dayOf(s.day));
  const start = Math.min(dayOf(today), ...days);
  const span = Math.max(56, ...days.map((d) => d - start)) + 14;
  const x = (day: number): number => PAD + ((day - start) / span) * (WIDTH - 2 * PAD);
  const dayAt = (clientX: number): number => {
    const box = svg.current?.getBoundingClientRect();
    if (!box) return start;
    return (
      start +
      Math.round(((((clientX - box.left) / box.width) * WIDTH - PAD) / (WIDTH - 2 * PAD)) * span)
    );
  };
  const shown = (i: number): number => (drag?.index === i ? drag.day : (days[i] ?? start));
  const weeks = Array.from({ length: Math.floor(span / 7) + 1 }, (_, i) => i).filter(
    (w) => w % (span > 180 ? 8 : span > 80 ? 4 : 2) === 0,
  );
  const press = (event: KeyboardEvent, i: number): void => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    onMove(i, isoOf(shown(i) + step));
  };
  const down = (event: PointerEvent, i: number): void => {
    (event.currentTarget as SVGGElement).setPointerCapture(event.pointerId);
    setDrag({ index: i, day: days[i] ?? start });
  };
  const up = (i: number): void => {
    if (drag?.index === i && drag.day !== days[i]) onMove(i, isoOf(drag.day));
    setDrag(null);
  };
  return (
    <svg
      ref={svg}
      class="timeline"
      viewBox={`0 0 ${WIDTH} 84`}
      role="group"
      aria-label={t('plan.timeline')}
    >
      <line class="axis" x1={PAD} x2={WIDTH - PAD} y1="48" y2="48" />
      {weeks.map((w) => (
        <g key={w} class="tick">
          <line x1={x(start + 7 * w)} x2={x(start + 7 * w)} y1="48" y2="54" />
          <text x={x(start + 7 * w)} y="66" text-anchor="middle">
            {w}
          </text>
        </g>
      ))}
      <text class="tick" x={WIDTH - PAD} y="80" text-anchor="end">
        {t('plan.weeks_from', { day: formatWeekday(isoOf(start)) })}
      </text>
      {sessions.map((s, i) =>
        s.gap_days === undefined ? null : (
          <text
            key={s.number}
            class={`gap ${s.gap_state}`}
            x={(x(shown(i)) + x(shown(i - 1))) / 2}
            y="42"
            text-anchor="middle"
          >
            {shown(i) - shown(i - 1)}
          </text>
        ),
      )}
      {sessions.map((s, i) => (
        <g
          key={s.number}
          class={`session${s.is_optional ? ' optional' : ''}${drag?.index === i ? ' dragged' : ''}`}
          transform={`translate(${x(shown(i))} 48)`}
          role="slider"
          tabindex={0}
          aria-label={t(s.is_optional ? 'plan.session_optional' : 'plan.session', {
            number: s.number,
          })}
          aria-valuemin={start}
          aria-valuemax={start + span}
          aria-valuenow={shown(i)}
          aria-valuetext={spoken(s, shown(i))}
          onKeyDown={(e) => press(e, i)}
          onPointerDown={(e) => down(e, i)}
          onPointerUp={() => up(i)}
          onPointerCancel={() => setDrag(null)}
          onPointerMove={(e) => drag?.index === i && setDrag({ index: i, day: dayAt(e.clientX) })}
        >
          <circle class="reach" r="16" />
          <circle class="dot" r="11" />
          <text y="4" text-anchor="middle">
            {s.number}
          </text>
          {drag?.index === i && (
            <text class="drag-day" y="-18" text-anchor="middle">
              {formatWeekday(isoOf(drag.day))}
            </text>
          )}
        </g>
      ))}
    </svg>
  );
}
