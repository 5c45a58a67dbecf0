// SPDX-License-Identifier: Apache-2.0
// Sending a day's answers. While the server does not answer it is tried again by itself; the key of
// the submission makes sure that nothing is there twice.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

import { ApiError, OfflineError, post } from '../../api/http';
import type { Sent } from './types';

export type Sending =
  | { at: 'idle' }
  | { at: 'sending' }
  /** No connection: kept on the page, tried again. */
  | { at: 'waiting' }
  /** Refused: 412 somebody changed the day meanwhile, 422 another day has begun, else what it says. */
  | { at: 'refused'; status: number; text: string }
  | { at: 'sent'; answer: Sent };

const RETRY_MS = 3000;

export function useSending(): { state: Sending; send: (body: unknown) => void; reset: () => void } {
  const [state, setState] = useState<Sending>({ at: 'idle' });
  const waiting = useRef<unknown>(null);
  const isBusy = useRef(false);

  const attempt = useCallback(async () => {
    const body = waiting.current;
    if (!body || isBusy.current) return;
    isBusy.current = true;
    try {
      const answer = await post<Sent>('/diary', body);
      if (waiting.current === body) {
        waiting.current = null;
        setState({ at: 'sent', answer });
      }
    } catch (error) {
      if (error instanceof OfflineError || (error instanceof ApiError && error.status >= 500)) {
        setState({ at: 'waiting' });
      } else if (waiting.current === body) {
        waiting.current = null;
        setState({
          at: 'refused',
          status: error instanceof ApiError ? error.status : 0,
          text: error instanceof Error ? error.message : '',
        });
      }
    } finally {
      isBusy.current = false;
      // Answers that were changed while the earlier ones were under way: they go out as well.
      if (waiting.current && waiting.current !== body) void attempt();
    }
  }, []);

  useEffect(() => {
    const timer = setInterval(() => void attempt(), RETRY_MS);
    const now = (): void => void attempt();
    addEventListener('online', now);
    return () => {
      clearInterval(timer);
      removeEventListener('online', now);
    };
  }, [attempt]);

  const send = useCallback(
    (body: unknown) => {
      waiting.current = body;
      setState({ at: 'sending' });
      void attempt();
    },
    [attempt],
  );
  return { state, send, reset: useCallback(() => setState({ at: 'idle' }), []) };
}
