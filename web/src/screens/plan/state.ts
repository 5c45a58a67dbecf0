// SPDX-License-Identifier: Apache-2.0
// The two plans that are being thought about: kept as a draft, with undo and redo; and what the
// server says of each, the last answer shown until the next one is there.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

import { ApiError } from '../../api/http';
import { useDraft, type DraftState } from '../../api/draft';
import { useDebounced } from '../../api/query';
import { askPlan } from './api';
import type { Answer, Choices, Letter } from './types';

export interface Plans {
  a: Choices;
  /** null: there is no second plan. */
  b: Choices | null;
  edited: Letter;
}

export interface Editing {
  plans: Plans;
  change(next: Plans): void;
  /** Change the plan that is being edited. */
  edit(change: Partial<Choices>): void;
  undo: (() => void) | undefined;
  redo: (() => void) | undefined;
  draft: DraftState;
  isRestored: boolean;
  forget(): Promise<void>;
}

const HISTORY_MAX = 100;
const FRESH: Plans = { a: {}, b: null, edited: 'a' };

const without = <T extends object>(o: T): T =>
  Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined)) as T;

export function usePlans(patient: string): Editing {
  const draft = useDraft<Plans>(`plan-${patient}`, FRESH);
  const [past, setPast] = useState<Plans[]>([]);
  const [future, setFuture] = useState<Plans[]>([]);
  const plans = draft.value;
  const change = useCallback(
    (next: Plans) => {
      if (JSON.stringify(next) === JSON.stringify(plans)) return;
      setPast((p) => [...p.slice(1 - HISTORY_MAX), plans]);
      setFuture([]);
      draft.set(next);
    },
    [plans, draft.set],
  );
  const step =
    (from: Plans[], setFrom: (p: Plans[]) => void, to: Plans[], setTo: (p: Plans[]) => void) =>
    () => {
      const next = from[from.length - 1];
      if (!next) return;
      setFrom(from.slice(0, -1));
      setTo([...to, plans]);
      draft.set(next);
    };
  return {
    plans,
    change,
    edit: (c) => {
      const old = plans.edited === 'b' ? (plans.b ?? {}) : plans.a;
      change({ ...plans, [plans.edited]: without({ ...old, ...c }) });
    },
    undo: past.length > 0 ? step(past, setPast, future, setFuture) : undefined,
    redo: future.length > 0 ? step(future, setFuture, past, setPast) : undefined,
    draft: draft.state,
    isRestored: draft.isRestored,
    forget: draft.forget,
  };
}

export interface Live {
  /** The last answer: without a forecast at once, with it after a second. */
  answer: Answer | undefined;
  /** Belongs to other choices than those that stand there now. */
  isStale: boolean;
  hasForecast: boolean;
  error: unknown;
  retry(): void;
}

const NOTHING: Omit<Live, 'retry'> = {
  answer: undefined,
  isStale: true,
  hasForecast: false,
  error: undefined,
};

/** A refusal of these choices (a date too early) leaves the last answer where it is. */
export function useLive(patient: string, choices: Choices | null, isReady: boolean): Live {
  const [state, setState] = useState(NOTHING);
  const [round, setRound] = useState(0);
  const key = useDebounced(choices === null || !isReady ? '' : JSON.stringify(choices), 150);
  const current = choices === null ? '' : JSON.stringify(choices);
  useEffect(() => {
    if (key === '') {
      setState(NOTHING);
      return undefined;
    }
    const abort = new AbortController();
    const asked = JSON.parse(key) as Choices;
    setState((s) => ({ ...s, isStale: true, hasForecast: false, error: undefined }));
    const run = async (): Promise<void> => {
      const quick = await askPlan(patient, asked, true, abort.signal);
      if (abort.signal.aborted) return;
      setState((s) => ({
        ...s,
        answer: { ...quick, forecast: s.answer?.forecast },
        isStale: false,
        hasForecast: !quick.is_issued,
      }));
      if (!quick.is_issued) {
        setState({ answer: quick, isStale: false, hasForecast: true, error: undefined });
        return;
      }
      const whole = await askPlan(patient, asked, false, abort.signal);
      if (!abort.signal.aborted)
        setState({ answer: whole, isStale: false, hasForecast: true, error: undefined });
    };
    run().catch((error: unknown) => {
      if (!abort.signal.aborted) setState((s) => ({ ...s, error }));
    });
    return () => abort.abort();
  }, [key, patient, round]);
  return {
    ...state,
    isStale: state.isStale || key !== current,
    retry: () => setRound((r) => r + 1),
  };
}

/** What the server says is wrong with the choices themselves. */
export function refusalOf(error: unknown): string | undefined {
  return error instanceof ApiError && (error.status === 400 || error.status === 422)
    ? error.message
    : undefined;
}

/** Something long that can be called off. */
export interface Task<T> {
  data: T | undefined;
  error: unknown;
  isRunning: boolean;
  start(): void;
  cancel(): void;
}

export function useTask<T>(run: (signal: AbortSignal) => Promise<T>): Task<T> {
  const [state, setState] = useState<{ data?: T; error?: unknown; isRunning: boolean }>({
    isRunning: false,
  });
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);
  return {
    data: state.data,
    error: state.error,
    isRunning: state.isRunning,
    start: () => {
      const mine = new AbortController();
      abort.current?.abort();
      abort.current = mine;
      setState((s) => ({ data: s.data, isRunning: true }));
      run(mine.signal).then(
        (data) => !mine.signal.aborted && setState({ data, isRunning: false }),
        (error: unknown) =>
          !mine.signal.aborted && setState((s) => ({ data: s.data, error, isRunning: false })),
      );
    },
    cancel: () => {
      abort.current?.abort();
      setState((s) => ({ data: s.data, isRunning: false }));
    },
  };
}
