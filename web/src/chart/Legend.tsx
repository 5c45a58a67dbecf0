// SPDX-License-Identifier: Apache-2.0
// Which line is whose. With onToggle each is a button that shows and hides its series.
import { t } from '../text';

/** The dash that goes with each colour: the series differ also in grey. */
export const DASHES: readonly number[][] = [[], [8, 4], [2, 3], [10, 3, 2, 3], [4, 4], [1, 4]];

export function colourOf(index: number): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--series-${index}`).trim();
}

export interface LegendItem {
  key: string;
  label: string;
  colour: number;
}

function Key({ colour }: { colour: number }) {
  return (
    <svg class={`series-${colour}`} viewBox="0 0 28 12" aria-hidden="true">
      <line x1="0" x2="28" y1="6" y2="6" stroke="currentColor" stroke-width="2.5" stroke-dasharray={DASHES[colour - 1]?.join(' ')} />
    </svg>
  );
}

export function Legend({ items, hidden, onToggle, hasPoints }: {
  items: readonly LegendItem[]; hidden?: ReadonlySet<string>; onToggle?: ((key: string) => void) | undefined; hasPoints?: boolean;
}) {
  return (
    <div class="legend">
      {items.map((item) => (onToggle ? (
        <label class="key" key={item.key}>
          <input type="checkbox" checked={!hidden?.has(item.key)} onChange={() => onToggle(item.key)} />
          <Key colour={item.colour} />{item.label}
        </label>
      ) : (
        <span class="key" key={item.key}><Key colour={item.colour} />{item.label}</span>
      )))}
      {hasPoints && <span class="key"><svg viewBox="0 0 12 12" class="dot" aria-hidden="true"><circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" stroke-width="2" /></svg>{t('chart.observed')}</span>}
    </div>
  );
}
