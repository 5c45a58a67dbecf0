// SPDX-License-Identifier: Apache-2.0
// What a screen shows comes by a query: loading, then data or an error that can be tried again.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

export interface Query<T> {
  data: T | undefined;
  error: unknown;
  isLoading: boolean;
  reload(): void;
  /** Show this at once; what the server says comes with the next reload. */
  put(data: T): void;
}

/** Runs `ask` whenever `key` changes; a late answer to an old key is dropped. The data of the old
 * key goes at once: nobody sees one patient under another's name. */
export function useQuery<T>(key: string, ask: (signal: AbortSignal) => Promise<T>): Query<T> {
  const [state, setState] = useState<{ key: string; data?: T; error?: unknown; isLoading: boolean }>({ key, isLoading: true });
  const [round, setRound] = useState(0);
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    const abort = new AbortController();
    setState((s) => ({ key, data: s.key === key ? s.data : undefined, isLoading: true }));
    latest.current(abort.signal).then(
      (data) => !abort.signal.aborted && setState({ key, data, isLoading: false }),
      (error) => !abort.signal.aborted && setState((s) => ({ key, data: s.data, error, isLoading: false })),
    );
    return () => abort.abort();
  }, [key, round]);
  const fresh = state.key === key;
  return {
    data: fresh ? state.data : undefined,
    error: fresh ? state.error : undefined,
    isLoading: fresh ? state.isLoading : true,
    reload: useCallback(() => setRound((r) => r + 1), []),
    // Of a screen that shows another key by now: it is not for this one.
    put: useCallback((data: T) => setState((s) => (s.key === key ? { key, data, isLoading: false } : s)), [key]),
  };
}

/** A value that follows after a pause: for what asks the server while somebody types. */
export function useDebounced<T>(value: T, ms: number): T {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return late;
}
