// SPDX-License-Identifier: Apache-2.0
// Outcomes in words.
import { t, tIf } from '../../text';

/** "responder_nrs_50" in words. */
export function outcomeWords(id: string): string {
  const parts = /^responder_(nrs|womac)_(\d+)$/.exec(id);
  if (parts)
    return t(parts[1] === 'nrs' ? 'trial.outcome.responder_nrs' : 'trial.outcome.responder_womac', {
      limit: parts[2] ?? '',
    });
  return tIf(`trial.outcome.${id}`, id);
}
