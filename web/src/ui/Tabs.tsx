// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

export interface Tab<K extends string> { key: K; label: ComponentChildren }

/** Arrows move between tabs; the panel belongs to the one that is chosen. */
export function Tabs<K extends string>({ tabs, active, onTab, label, children }: {
  tabs: readonly Tab<K>[]; active: K; onTab: (key: K) => void; label: string; children: ComponentChildren;
}) {
  const id = useId();
  const move = (event: KeyboardEvent, index: number): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = tabs[(index + step + tabs.length) % tabs.length];
    if (!step || !next) return;
    event.preventDefault();
    onTab(next.key);
    document.getElementById(`${id}-${next.key}`)?.focus();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={label}>
        {tabs.map((tab, i) => (
          <button key={tab.key} id={`${id}-${tab.key}`} class="tab" type="button" role="tab" aria-selected={tab.key === active} aria-controls={`${id}-panel`}
            tabIndex={tab.key === active ? 0 : -1} onClick={() => onTab(tab.key)} onKeyDown={(e) => move(e, i)}>{tab.label}</button>
        ))}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${active}`}>{children}</div>
    </>
  );
}
