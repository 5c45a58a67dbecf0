// SPDX-License-Identifier: Apache-2.0
// Small signs: how something stands, which side, how far a number is to be trusted. Each is a word
// with a shape; the colour only repeats it.
import type { ComponentChildren } from 'preact';

import { t } from '../text';

export type StatusKind = 'good' | 'warn' | 'danger' | 'unknown' | 'note';

export function Status({ kind, children, isFilled }: { kind: StatusKind; children: ComponentChildren; isFilled?: boolean }) {
  return <span class={`status ${kind}${isFilled ? ' filled' : ''}`}>{children}</span>;
}

export type BodySide = 'left' | 'right' | 'both' | 'unknown';

export function Side({ side }: { side: BodySide }) {
  return <span class={`side ${side}`}>{t(`side.${side}`)}</span>;
}

/** SNOMED CT, or the word itself. */
export function sideOf(code: string | undefined): BodySide {
  if (code === 'left' || code === '7771000') return 'left';
  if (code === 'right' || code === '24028007') return 'right';
  if (code === 'both' || code === 'bilateral' || code === '51440002') return 'both';
  return 'unknown';
}

/** What a number or rule lacks: no clinician's approval; a value from memory. */
export function Mark({ kind }: { kind: 'unapproved' | 'memory' | 'synthetic' | 'uncalibrated' }) {
  return <span class="mark">{t(`mark.${kind}`)}</span>;
}
