// SPDX-License-Identifier: Apache-2.0
// A run on the server: asked for again and again until it is there. Leaving the page ends nothing.
import { useEffect, useState } from 'preact/hooks';

import { ApiError, OfflineError, request } from '../../api/http';
import type { TrialAnswer } from './answer';

export type RunState =
  | { at: 'running'; share: number | null; isWaiting: boolean }
  | { at: 'done'; answer: TrialAnswer }
  | { at: 'gone' }
  | { at: 'failed'; text: string };

const POLL_MS = 700;

/** "37 %" of X-Progress; null while it waits for its turn. */
function shareOf(progress: string | null): number | null {
  const found = /(\d+(?:\.\d+)?)\s*%/.exec(progress ?? '');
  return found?.[1] ? Number(found[1]) / 100 : null;
}

async function look(id: string): Promise<RunState> {
  try {
    const answer = await request<TrialAnswer>('GET', `/jobs/${id}`);
    if (answer.status !== 202) return { at: 'done', answer: answer.data };
    const share = shareOf(answer.headers.get('x-progress'));
    return { at: 'running', share, isWaiting: share === null };
  } catch (error) {
    if (error instanceof OfflineError) return { at: 'running', share: null, isWaiting: true };
    if (error instanceof ApiError && error.status === 404) return { at: 'gone' };
    return { at: 'failed', text: error instanceof Error ? error.message : '' };
  }
}

export function useRun(id: string): RunState {
  const [state, setState] = useState<RunState>({ at: 'running', share: null, isWaiting: true });
  useEffect(() => {
    let isOver = false;
    let timer = 0;
    const step = async (): Promise<void> => {
      const next = await look(id);
      if (isOver) return;
      setState(next);
      if (next.at === 'running') timer = window.setTimeout(() => void step(), POLL_MS);
    };
    setState({ at: 'running', share: null, isWaiting: true });
    void step();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [id]);
  return state;
}
