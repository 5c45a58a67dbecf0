// SPDX-License-Identifier: Apache-2.0
// What is being written is kept on the server while it is typed, under a key of its own per account
// (/auth/draft). Losing the session, the page or the server loses nothing; nothing is kept in the
// browser.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

import { ApiError, get, OfflineError, request } from './http';

export type DraftState = 'loading' | 'saved' | 'saving' | 'waiting';

export interface Draft<T> {
  value: T;
  set(next: T): void;
  /** "waiting": the server does not answer; it is tried again until it does. */
  state: DraftState;
  /** Whether something was found that an earlier visit left. */
  isRestored: boolean;
  /** It was stored as what it should become: the draft goes. */
  forget(): Promise<void>;
}

const PAUSE_MS = 400;
const RETRY_MS = [1000, 2000, 4000, 8000];

/** key: [a-z0-9-] and ids, e.g. `assess-${patientId}`; initial: when no draft is there. */
export function useDraft<T>(key: string, initial: T): Draft<T> {
  const [value, setValue] = useState(initial);
  const [state, setState] = useState<DraftState>('loading');
  const [isRestored, setRestored] = useState(false);
  const pending = useRef<{ key: string; text: string } | null>(null);
  const timer = useRef(0);
  const tries = useRef(0);
  const busy = useRef(false);
  const first = useRef(initial);
  first.current = initial;

  const flush = useCallback(async (keepalive = false) => {
    if (busy.current || !pending.current) return;
    const job = pending.current;
    busy.current = true;
    setState('saving');
    try {
      await request('PUT', `/auth/draft/${job.key}`, job.text, { keepalive });
      tries.current = 0;
      if (pending.current === job) {
        pending.current = null;
        setState('saved');
      }
    } catch (error) {
      if (!(error instanceof OfflineError) && !(error instanceof ApiError && error.status >= 500)) throw error;
      setState('waiting');
      const wait = RETRY_MS[Math.min(tries.current++, RETRY_MS.length - 1)];
      timer.current = window.setTimeout(() => void flush(), wait);
      return;
    } finally {
      busy.current = false;
    }
    if (pending.current) void flush();
  }, []);

  useEffect(() => {
    let isOver = false;
    setState('loading');
    setRestored(false);
    setValue(first.current);
    const load = async (): Promise<void> => {
      try {
        const found = await get<T>(`/auth/draft/${key}`);
        if (isOver) return;
        setValue(found);
        setRestored(true);
      } catch (error) {
        if (isOver) return;
        if (!(error instanceof ApiError && error.status === 404)) {
          timer.current = window.setTimeout(() => void load(), 2000);
          return;
        }
      }
      setState('saved');
    };
    void load();
    const hide = (): void => void (document.visibilityState === 'hidden' && flush(true));
    document.addEventListener('visibilitychange', hide);
    return () => {
      isOver = true;
      document.removeEventListener('visibilitychange', hide);
      clearTimeout(timer.current);
      void flush(true);
    };
  }, [key, flush]);

  const set = useCallback((next: T) => {
    setValue(next);
    setState('saving');
    pending.current = { key, text: JSON.stringify(next) };
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => void flush(), PAUSE_MS);
  }, [key, flush]);

  const forget = useCallback(async () => {
    pending.current = null;
    clearTimeout(timer.current);
    try {
      await request('DELETE', `/auth/draft/${key}`);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    }
    setRestored(false);
    setState('saved');
  }, [key]);

  return { value, set, state, isRestored, forget };
}
