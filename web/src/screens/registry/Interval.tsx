// SPDX-License-Identifier: Apache-2.0
// A value with its interval on an axis that all rows share. What it shows stands beside it in words.
export interface Axis { low: number; high: number }

const WIDTH = 160;
const HEIGHT = 22;
const EDGE = 4;

const placeOf = (value: number, axis: Axis): number =>
  EDGE + ((Math.min(Math.max(value, axis.low), axis.high) - axis.low) / (axis.high - axis.low)) * (WIDTH - 2 * EDGE);

/** zero: where a line says "no change"; NaN: none. */
export function Interval({ value, low, high, axis, zero = 0 }: { value: number; low?: number; high?: number; axis: Axis; zero?: number }) {
  const middle = HEIGHT / 2;
  return (
    <svg class="interval" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <line class="interval-axis" x1={EDGE} x2={WIDTH - EDGE} y1={middle} y2={middle} />
      {Number.isFinite(zero) && <line class="interval-zero" x1={placeOf(zero, axis)} x2={placeOf(zero, axis)} y1={2} y2={HEIGHT - 2} />}
      {low !== undefined && high !== undefined && (
        <rect class="interval-span" x={placeOf(low, axis)} width={Math.max(1, placeOf(high, axis) - placeOf(low, axis))} y={middle - 3} height={6} rx={2} />
      )}
      <circle class="interval-value" cx={placeOf(value, axis)} cy={middle} r={4} />
    </svg>
  );
}

/** The axis that holds all intervals and zero, in whole steps. */
export function axisOf(spans: { mean: number; low?: number; high?: number }[], step: number): Axis {
  const all = spans.flatMap((s) => [s.mean, s.low ?? s.mean, s.high ?? s.mean]);
  const low = Math.min(0, ...all);
  const high = Math.max(step, ...all);
  return { low: Math.floor(low / step) * step, high: Math.ceil(high / step) * step };
}
