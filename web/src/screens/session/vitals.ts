// SPDX-License-Identifier: Apache-2.0
// Vital signs as one line, the way they are called out: "128/78 72 98 36.7".
import { parseNumber } from '../../format';

export interface Vitals {
  systolic?: number;
  diastolic?: number;
  heart_rate?: number;
  spo2?: number;
  temperature?: number;
}

export type Vital = keyof Vitals;

/** By which code, unit and name of UCUM each is recorded. */
export const VITALS: Record<Vital, { loinc: string; unit: string }> = {
  systolic: { loinc: '8480-6', unit: 'mm[Hg]' },
  diastolic: { loinc: '8462-4', unit: 'mm[Hg]' },
  heart_rate: { loinc: '8867-4', unit: '/min' },
  spo2: { loinc: '59408-5', unit: '%' },
  temperature: { loinc: '8310-5', unit: 'Cel' },
};

/** Pressure, then pulse, oxygen, temperature as far as they were taken; null: it cannot be read. */
export function parseVitals(line: string): Vitals | null {
  const parts = line.trim().split(/[\s;]+/);
  const pressure = /^(\d{2,3})\/(\d{2,3})$/.exec(parts[0] ?? '');
  if (!pressure || parts.length > 4) return null;
  const [pulse, oxygen, warmth] = parts.slice(1).map((p) => parseNumber(p.replace('%', '')));
  if ([pulse, oxygen, warmth].some((n) => n !== undefined && Number.isNaN(n))) return null;
  const out: Vitals = { systolic: Number(pressure[1]), diastolic: Number(pressure[2]) };
  if (pulse !== undefined) out.heart_rate = pulse;
  if (oxygen !== undefined) out.spo2 = oxygen;
  if (warmth !== undefined) out.temperature = warmth;
  return out;
}

/** Largest change of pressure, pulse and oxygen from baseline [%]; undefined: one is unknown. */
export function changeOf(
  before: Vitals,
  after: Vitals,
): { vital: Vital; percent: number } | undefined {
  let most: { vital: Vital; percent: number } | undefined;
  for (const vital of ['systolic', 'diastolic', 'heart_rate', 'spo2'] as const) {
    const a = before[vital];
    const b = after[vital];
    if (!a || b === undefined) continue;
    const percent = (100 * (b - a)) / a;
    if (!most || Math.abs(percent) > Math.abs(most.percent)) most = { vital, percent };
  }
  return most;
}
