// SPDX-License-Identifier: Apache-2.0
// Running totals: the server adds up what is stored, what waits to be sent, and what is about to be
// given, before it is given.
import { useEffect, useRef, useState } from 'preact/hooks';

import type { Resource } from '../../api/fhir';
import { askTotals, type Totals } from './sheet';
import { canonical } from './outbox';
import type { Session } from './useSession';

export interface RunningTotals {
  totals: Totals | null;
  /** They are of what is shown now; false: asked, or the server does not answer. */
  isFresh: boolean;
}

const PAUSE_MS = 150;
const RETRY_MS = 4000;

export function useTotals(s: Session, next: Resource | null): RunningTotals {
  const [state, setState] = useState<{ key: string; totals: Totals | null }>({
    key: '',
    totals: null,
  });
  const waiting = s.state.queue
    .filter((k) => k.startsWith('MedicationAdministration/'))
    .flatMap((k) => s.state.local.get(k) ?? []);
  const given = next ? [...waiting.filter((r) => r.id !== next.id), next] : waiting;
  const sent = s.sites
    .filter((x) => x.given && x.isSent)
    .map((x) => [x.site.site, x.given?.ml, x.isSkipped]);
  const mixes = [...s.mixes.keys()];
  const key = canonical([sent, mixes, given.map((r) => ({ ...r, effectiveDateTime: '' }))]);
  const latest = useRef(given);
  latest.current = given;
  useEffect(() => {
    let isOver = false;
    let timer = 0;
    const ask = async (): Promise<void> => {
      try {
        const totals = await askTotals(s.where.session, latest.current);
        if (!isOver) setState({ key, totals });
      } catch {
        if (!isOver) timer = window.setTimeout(() => void ask(), RETRY_MS);
      }
    };
    timer = window.setTimeout(() => void ask(), PAUSE_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [key]);
  return { totals: state.totals, isFresh: state.key === key };
}
