// SPDX-License-Identifier: Apache-2.0
// How much of a limit is used, and how far a work is: a bar, with the numbers beside it.
import type { ComponentChildren } from 'preact';

export function Meter({ label, value, max, text, kind }: { label: string; value: number; max: number; text: ComponentChildren; kind: 'good' | 'warn' | 'danger' }) {
  const share = max > 0 ? Math.max(0, Math.min(value / max, 1)) : 0;
  return (
    <div class={`meter ${kind}`}>
      <div class="row spread"><span class="strong">{label}</span><span class={`status ${kind}`}>{text}</span></div>
      <svg viewBox="0 0 100 12" preserveAspectRatio="none" role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={max} aria-valuenow={value}>
        <rect class="rail" width="100" height="12" />
        <rect class="fill" width={100 * share} height="12" />
        <line class="limit" x1="99.5" x2="99.5" y1="0" y2="12" />
      </svg>
    </div>
  );
}

export function Progress({ label, share }: { label: string; share: number | null }) {
  const value = share === null ? undefined : Math.round(share * 100);
  return (
    <div class="meter note">
      <div class="row spread"><span class="strong">{label}</span>{value !== undefined && <span>{value} %</span>}</div>
      <svg viewBox="0 0 100 12" preserveAspectRatio="none" role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={value}>
        <rect class="rail" width="100" height="12" />
        <rect class="fill" width={value ?? 0} height="12" />
      </svg>
    </div>
  );
}
