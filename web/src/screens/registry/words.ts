// SPDX-License-Identifier: Apache-2.0
import { formatNumber, formatShare } from '../../format';
import { t } from '../../text';
import type { Limit, Outcomes, Point, Span } from './api';

const isWhole = (s: Span): s is Required<Span> => s.low !== undefined && s.high !== undefined;

/** "1.7 (1.1 to 2.4)" */
export function changeText(change: { mean: number } & Span): string {
  const mean = formatNumber(change.mean, 1);
  return isWhole(change) ? t('registry.interval', { value: mean, low: formatNumber(change.low, 1), high: formatNumber(change.high, 1) }) : mean;
}

/** "54 % (35 % to 72 %)" */
export function shareText(share: number | undefined, span: Span): string {
  const value = formatShare(share);
  return isWhole(span) ? t('registry.interval', { value, low: formatShare(span.low), high: formatShare(span.high) }) : value;
}

/** Small shares want a decimal: "1.4 % (0.2 % to 7.4 %)" */
export function rareText(share: number, span: Span): string {
  const value = formatShare(share, 1);
  return isWhole(span) ? t('registry.interval', { value, low: formatShare(span.low, 1), high: formatShare(span.high, 1) }) : value;
}

/** Why there is no number. */
export function hiddenText(point: Point, data: Outcomes): string {
  const share = formatShare(point.completeness);
  if (point.state === 'few') return t('registry.hidden_few', { n: point.followed, min: data.min_n.value });
  if (point.state === 'incomplete') return t('registry.hidden_incomplete', { share, min: formatShare(data.completeness_min.value / 100) });
  return point.state === 'policy' ? t('registry.hidden_policy') : t('registry.hidden_not_yet');
}

export const isUnapproved = (...limits: Limit[]): boolean => limits.some((limit) => !limit.approved);
