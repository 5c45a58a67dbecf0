// SPDX-License-Identifier: Apache-2.0
// Where a number comes from: link to its row, grade, and what it lacks.
import { href } from '../../app/router';
import { t } from '../../text';
import { Mark } from '../../ui/Status';
import type { From } from './types';

export function Origin({ from, isShort }: { from: From | undefined; isShort?: boolean }) {
  if (!from) return null;
  return (
    <span class="origin">
      <a href={href(`/knowledge/${from.table}/${from.row}`)}>
        {isShort
          ? t('ui.source')
          : from.sources?.filter((s) => s !== 'memory').join(', ') || from.row}
      </a>
      {from.grade && <span class="grade">{t('plan.grade', { grade: from.grade })}</span>}
      {from.is_memory && <Mark kind="memory" />}
      {!from.is_approved && <Mark kind="unapproved" />}
    </span>
  );
}
