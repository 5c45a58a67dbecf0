// SPDX-License-Identifier: Apache-2.0
import { store } from '../store';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export const theme = store<Theme>('system');

/** Charts on canvas draw themselves anew when this changes. */
export function chooseTheme(next: Theme): void {
  if (next === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  localStorage.setItem('theme', next); // a preference, nothing of a patient
  theme.set(next);
}

export function rememberedTheme(): Theme {
  const kept = localStorage.getItem('theme') as Theme | null;
  return kept && THEMES.includes(kept) ? kept : 'system';
}
