// SPDX-License-Identifier: Apache-2.0
// Addresses are fragments (#/patient/1/plan): no browser sends them, so no log holds an id.
import { store } from '../store';

export interface Route {
  path: string;
  query: URLSearchParams;
}

function parse(): Route {
  const [path = '', query = ''] = location.hash.replace(/^#/, '').split('?');
  return { path: path.startsWith('/') ? path : '/', query: new URLSearchParams(query) };
}

export const route = store<Route>(parse());

/** Asked before a screen is left; false keeps it. For what a draft cannot keep. */
let mayLeave: (() => boolean) | null = null;
export function guardLeaving(ask: (() => boolean) | null): void {
  mayLeave = ask;
}

addEventListener('hashchange', (event) => {
  if (mayLeave && !mayLeave()) {
    history.replaceState(null, '', event.oldURL);
    return;
  }
  mayLeave = null;
  route.set(parse());
});

/** "/patient/{}/plan" against the path: what stands at each {}, or null. */
export function match(pattern: string, path: string): string[] | null {
  const expected = pattern.split('/');
  const parts = path.split('/');
  if (expected.length !== parts.length) return null;
  const found: string[] = [];
  for (const [i, part] of parts.entries()) {
    if (expected[i] === '{}' && part) {
      try {
        found.push(decodeURIComponent(part));
      } catch {
        return null; // "%zz" is no address of ours
      }
    }
    else if (expected[i] !== part) return null;
  }
  return found;
}

export const href = (path: string): string => `#${path}`;

export function go(path: string): void {
  location.hash = path;
}

/** The same screen with another address, no step in the history: for filters and tabs. */
export function replace(path: string): void {
  history.replaceState(null, '', `#${path}`);
  route.set(parse());
}
