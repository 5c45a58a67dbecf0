// SPDX-License-Identifier: Apache-2.0
// What is being written is kept on the server while it is typed, under a key of its own per account
// (/auth/draft). Losing the session, the page or the server loses nothing; nothing is kept in the
// browser.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

import { ApiError, get, request } from './http';

export type DraftState = 'loading' | 'saved' | 'saving' | 'waiting';

export interface Draft<T> {
  value: T;
  set(next: T): void;
  /** "waiting": it is not stored yet, and is tried again until it is. */
  state: DraftState;
  /** Whether something was found that an earlier visit left. */
  isRestored: boolean;
  /** It was stored as what it should become: the draft goes. */
  forget(): Promise<void>;
}

const PAUSE_MS = 400;
const RETRY_MS = [1000, 2000, 4000, 8000];

/** One key's way to the server. It outlives the screen: what was typed there is sent when the
 * server answers again, and a screen that opens meanwhile goes on with it. */
interface Keeper {
  /** What the server has not confirmed yet; null: nothing. */
  text: string | null;
  /** The request under way: one after the other, so that no older text comes last. */
  running: Promise<void> | null;
  timer: number;
  tries: number;
  tell: ((state: DraftState) => void) | null;
}

const keepers = new Map<string, Keeper>();

function keeperOf(key: string): Keeper {
  const found = keepers.get(key);
  if (found) return found;
  const made: Keeper = { text: null, running: null, timer: 0, tries: 0, tell: null };
  keepers.set(key, made);
  return made;
}

function later(key: string, k: Keeper, ms: number): void {
  clearTimeout(k.timer);
  k.timer = window.setTimeout(() => flush(key, k), ms);
}

async function save(key: string, k: Keeper, keepalive: boolean): Promise<void> {
  const text = k.text;
  if (text === null) return;
  k.tell?.('saving');
  try {
    await request('PUT', `/auth/draft/${key}`, text, { keepalive });
    k.tries = 0;
    if (k.text === text) {
      k.text = null;
      k.tell?.('saved');
    } else if (k.text !== null) later(key, k, 0);
  } catch {
    if (k.text === null) return;
    k.tell?.('waiting');
    later(key, k, RETRY_MS[Math.min(k.tries++, RETRY_MS.length - 1)] ?? 0);
  }
}

/** Send what is not stored yet, unless a request is under way: that one sees to the rest. */
function flush(key: string, k: Keeper, keepalive = false): void {
  if (k.running || k.text === null) return;
  clearTimeout(k.timer);
  k.running = save(key, k, keepalive).finally(() => { k.running = null; });
}

/** After what is under way, so that no late text brings it back. */
async function remove(key: string, k: Keeper): Promise<void> {
  clearTimeout(k.timer);
  k.text = null;
  while (k.running) await k.running;
  const gone = request('DELETE', `/auth/draft/${key}`).then(
    () => undefined,
    (error: unknown) => {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    },
  );
  k.running = gone.catch(() => undefined).finally(() => {
    k.running = null;
    if (k.text !== null) later(key, k, 0);
  });
  await gone;
}

/** key: [a-z0-9-] and ids, e.g. `assess-${patientId}`; initial: when no draft is there. */
export function useDraft<T>(key: string, initial: T): Draft<T> {
  const [value, setValue] = useState(initial);
  const [state, setState] = useState<DraftState>('loading');
  const [isRestored, setRestored] = useState(false);
  const isTouched = useRef(false);
  const first = useRef(initial);
  first.current = initial;

  useEffect(() => {
    const k = keeperOf(key);
    let isOver = false;
    let timer = 0;
    isTouched.current = false;
    setState('loading');
    setRestored(false);
    setValue(first.current);
    k.tell = (s) => void (isOver || setState(s));
    const take = (found: T, s: DraftState): void => {
      setValue(found);
      setRestored(true);
      setState(s);
    };
    const load = async (): Promise<void> => {
      try {
        if (k.text === null) await k.running;
        if (isOver || isTouched.current) return;
        if (k.text !== null) return take(JSON.parse(k.text) as T, 'waiting');
        const found = await get<T>(`/auth/draft/${key}`);
        if (!isOver && !isTouched.current) take(found, 'saved');
      } catch (error) {
        if (isOver || isTouched.current) return;
        if (error instanceof ApiError && error.status === 404) setState('saved');
        else timer = window.setTimeout(() => void load(), 2000);
      }
    };
    void load();
    const hide = (): void => void (document.visibilityState === 'hidden' && flush(key, k, true));
    document.addEventListener('visibilitychange', hide);
    return () => {
      isOver = true;
      document.removeEventListener('visibilitychange', hide);
      clearTimeout(timer);
      flush(key, k, true);
    };
  }, [key]);

  const set = useCallback((next: T) => {
    const k = keeperOf(key);
    isTouched.current = true;
    setValue(next);
    setState('saving');
    k.text = JSON.stringify(next);
    later(key, k, PAUSE_MS);
  }, [key]);

  const forget = useCallback(async () => {
    await remove(key, keeperOf(key));
    setRestored(false);
    setState('saved');
  }, [key]);

  return { value, set, state, isRestored, forget };
}
