// SPDX-License-Identifier: Apache-2.0
// Options as points: benefit against what is chosen, those on the front joined. One stop of the
// focus; arrows move from point to point.
import { useRef, useState } from 'preact/hooks';

import { formatNumber } from '../../format';
import { t } from '../../text';
import type { PlanOption } from './types';

export const AXES = ['burden', 'sessions', 'flare_days', 'serious_harm'] as const;
export type Axis = (typeof AXES)[number];

const W = 560;
const H = 280;
const LEFT = 46;
const BOTTOM = 36;

export const letter = (i: number): string => String.fromCharCode(97 + (i % 26));

interface Scale {
  min: number;
  max: number;
  ticks: number[];
}

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
  return {
    min,
    max,
    ticks: Array.from({ length: Math.round((max - min) / step) + 1 }, (_, i) => min + i * step),
  };
}

interface PointsProps {
  options: readonly PlanOption[];
  rows: readonly PlanOption[];
  axis: Axis;
  chosen: number | null;
  onChoose: (o: PlanOption) => void;
}

function describe(o: PlanOption): string {
  return t('plan.point', {
    title: o.title,
    benefit: formatNumber(o.benefit, 2),
    burden: formatNumber(o.burden, 2),
    sessions: o.sessions,
  });
}

const classOf = (o: PlanOption, chosen: number | null): string =>
  ['option', o.kind, o.is_preferred && 'preferred', chosen === o.number && 'chosen']
    .filter(Boolean)
    .join(' ');

export function Points({ options, rows, axis, chosen, onChoose }: PointsProps) {
  const [focus, setFocus] = useState(0);
  const box = useRef<SVGSVGElement>(null);
  const at = (o: PlanOption): number => o[axis] ?? 0;
  const known = options.filter((o) => o[axis] !== undefined);
  const xs = scaleOf(known.map(at));
  const ys = scaleOf(known.map((o) => o.benefit));
  const x = (v: number): number => LEFT + ((v - xs.min) / (xs.max - xs.min)) * (W - LEFT - 16);
  const y = (v: number): number =>
    H - BOTTOM - ((v - ys.min) / (ys.max - ys.min)) * (H - BOTTOM - 14);
  const front = known.filter((o) => o.is_on_front).sort((a, b) => at(a) - at(b));
  const decimals = axis === 'serious_harm' ? 5 : axis === 'sessions' ? 0 : 1;
  const shown = rows.filter((o) => o[axis] !== undefined);
  const press = (event: KeyboardEvent, i: number, o: PlanOption): void => {
    const step =
      ({ ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 } as Record<string, number>)[
        event.key
      ] ?? 0;
    if (event.key === 'Enter' || event.key === ' ') onChoose(o);
    else if (!step) return;
    event.preventDefault();
    if (!step) return;
    const next = (i + step + shown.length) % shown.length;
    setFocus(next);
    box.current?.querySelectorAll<SVGGElement>('.option')[next]?.focus();
  };
  return (
    <svg
      ref={box}
      class="pareto"
      viewBox={`0 0 ${W} ${H}`}
      role="group"
      aria-label={t('plan.pareto_chart', { axis: t(`plan.axis.${axis}`) })}
    >
      {ys.ticks.map((v) => (
        <g key={v} class="tick">
          <line x1={LEFT} x2={W - 16} y1={y(v)} y2={y(v)} />
          <text x={LEFT - 6} y={y(v) + 4} text-anchor="end">
            {formatNumber(v, 1)}
          </text>
        </g>
      ))}
      {xs.ticks.map((v) => (
        <g key={v} class="tick">
          <line x1={x(v)} x2={x(v)} y1={H - BOTTOM} y2={H - BOTTOM + 5} />
          <text x={x(v)} y={H - BOTTOM + 17} text-anchor="middle">
            {formatNumber(v, decimals)}
          </text>
        </g>
      ))}
      <text class="label" x={(W + LEFT) / 2} y={H - 4} text-anchor="middle">
        {t(`plan.axis.${axis}`)}
      </text>
      <text class="label" x={LEFT} y="9">
        {t('plan.benefit_axis')}
      </text>
      <polyline class="front" points={front.map((o) => `${x(at(o))},${y(o.benefit)}`).join(' ')} />
      {known
        .filter((o) => !rows.includes(o))
        .map((o) => (
          <circle key={o.number} class="small-option" cx={x(at(o))} cy={y(o.benefit)} r="2" />
        ))}
      {shown.map((o, i) => (
        <g
          key={o.number}
          class={classOf(o, chosen)}
          transform={`translate(${x(at(o))} ${y(o.benefit)})`}
          role="button"
          tabindex={i === Math.min(focus, shown.length - 1) ? 0 : -1}
          aria-label={describe(o)}
          aria-pressed={chosen === o.number}
          onClick={() => {
            setFocus(i);
            onChoose(o);
          }}
          onKeyDown={(e) => press(e, i, o)}
        >
          <circle class="reach" r="12" />
          {o.kind === 'plan' ? (
            <circle class="shape" r="9" />
          ) : (
            <rect class="shape" x="-8" y="-8" width="16" height="16" />
          )}
          <text y="3.5" text-anchor="middle">
            {letter(rows.indexOf(o))}
          </text>
        </g>
      ))}
    </svg>
  );
}
