// SPDX-License-Identifier: Apache-2.0
// What is drawn beside each other: the plans, their saline twins, exercise, nothing.
import type { Fan } from '../../chart/FanChart';
import { tIf } from '../../text';
import type { Arm, Forecast, Hypothesis, Outcome } from './types';

export interface Shown {
  key: string;
  label: string;
  colour: number;
  arm: Arm;
  forecast: Forecast;
  isPlan: boolean;
}

/** The arms in the order of the tokens: A, B, saline, exercise, nothing, saline of B. */
export function armsOf(a: Forecast, b: Forecast | undefined): Shown[] {
  const of = (f: Forecast, id: string, key: string, colour: number, isPlan: boolean): Shown[] => {
    const arm = f.arms.find((x) => x.id === id);
    return arm
      ? [{ key, label: tIf(`plan.arm.${key}`, key), colour, arm, forecast: f, isPlan }]
      : [];
  };
  return [
    ...of(a, 'plan', 'a', 1, true),
    ...(b ? of(b, 'plan', 'b', 2, true) : []),
    ...of(a, 'saline', b ? 'saline_a' : 'saline', 3, false),
    ...(b ? of(b, 'saline', 'saline_b', 6, false) : []),
    ...of(a, 'exercise', 'exercise', 4, false),
    ...of(a, 'none', 'none', 5, false),
  ];
}

export type Bands = 'plans' | 'all' | 'none';

export function fanOf(s: Shown, outcome: Outcome, hypothesis: Hypothesis, bands: Bands): Fan {
  const list = s.arm[outcome][hypothesis];
  const start = s.forecast.baseline[outcome];
  const pair = (low: number, high: number): [number, number][] => [
    [start, start],
    ...list.map((b): [number, number] => [b[low] ?? 0, b[high] ?? 0]),
  ];
  const fan: Fan = {
    key: s.key,
    label: s.label,
    colour: s.colour,
    x: [0, ...s.forecast.weeks],
    median: [start, ...list.map((b) => b[2])],
  };
  return bands === 'all' || (bands === 'plans' && s.isPlan)
    ? { ...fan, band50: pair(1, 3), band90: pair(0, 4) }
    : fan;
}
