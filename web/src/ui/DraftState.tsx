// SPDX-License-Identifier: Apache-2.0
import type { DraftState as State } from '../api/draft';
import { t } from '../text';
import { Status } from './Status';

const KINDS = { loading: 'unknown', saved: 'good', saving: 'note', waiting: 'warn' } as const;

/** Whether what is typed is safe, always in sight. */
export function DraftState({ state }: { state: State }) {
  return <span role="status"><Status kind={KINDS[state]}>{t(`draft.${state}`)}</Status></span>;
}
