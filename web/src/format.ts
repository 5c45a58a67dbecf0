// SPDX-License-Identifier: Apache-2.0
// Dates and numbers as people of the chosen language write them.
import { locale } from './text';

const DAY_MS = 86_400_000;

/** A day of a calendar as the number of days since 1970: no zone can move it. */
export function dayOf(iso: string): number {
  return Date.UTC(+iso.slice(0, 4), +(iso.slice(5, 7) || 1) - 1, +(iso.slice(8, 10) || 1)) / DAY_MS;
}

export function isoOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** Today here, "2026-03-02"; a server that was started with --today says its own (api/session). */
let fixedToday: string | null = null;
export function fixToday(iso: string | null): void {
  fixedToday = iso;
}
export function today(): string {
  if (fixedToday) return fixedToday;
  const now = new Date();
  const two = (n: number) => String(n).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

function formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(locale(), options);
}

/** FHIR date or dateTime, as precise as it is: "2 Mar 2026", "Mar 2026", "2026". */
export function formatDate(iso: string | undefined): string {
  if (!iso) return '–';
  if (iso.length === 4) return iso;
  const options: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'short', timeZone: 'UTC' };
  if (iso.length > 7) options.day = 'numeric';
  return formatter(options).format(dayOf(iso.slice(0, 10)) * DAY_MS);
}

export function formatWeekday(iso: string): string {
  return formatter({ weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' })
    .format(dayOf(iso.slice(0, 10)) * DAY_MS);
}

/** A dateTime with its time, where it has one. */
export function formatTime(iso: string | undefined): string {
  if (!iso) return '–';
  if (iso.length <= 10) return formatDate(iso);
  return formatter({ dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso));
}

export function formatClock(iso: string): string {
  return formatter({ hour: '2-digit', minute: '2-digit' }).format(new Date(iso));
}

/** Whole years from birth to a day. Unknown when the birth's day is. */
export function ageOn(birth: string | undefined, day: string): number | undefined {
  if (!birth || birth.length < 10) return undefined;
  const years = +day.slice(0, 4) - +birth.slice(0, 4);
  return day.slice(5, 10) < birth.slice(5, 10) ? years - 1 : years;
}

export function daysBetween(from: string, to: string): number {
  return dayOf(to) - dayOf(from);
}

/** "in 3 days", "2 weeks ago" */
export function relativeDay(iso: string, from: string): string {
  const days = daysBetween(from, iso);
  const format = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' });
  if (Math.abs(days) < 14) return format.format(days, 'day');
  if (Math.abs(days) < 60) return format.format(Math.round(days / 7), 'week');
  return format.format(Math.round(days / 30.44), 'month');
}

/** A number with exactly so many decimals; "–" when it is not known. */
export function formatNumber(value: number | null | undefined, decimals = 1): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  return new Intl.NumberFormat(locale(), {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value);
}

/** A share 0..1 as "46 %". */
export function formatShare(value: number | null | undefined, decimals = 0): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  return new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: decimals }).format(value);
}

/** What was typed as a number, with "," or "." before the decimals; NaN when it is none. */
export function parseNumber(text: string): number {
  const trimmed = text.trim().replace(',', '.');
  return /^[-+]?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : NaN;
}
