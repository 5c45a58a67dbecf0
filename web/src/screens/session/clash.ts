// SPDX-License-Identifier: Apache-2.0
// Where two versions of something recorded differ, in the words of the screen.
import { formatClock } from '../../format';
import { t } from '../../text';
import { differences, type Difference } from '../../ui/Conflict';
import { readAnswers, readGiven, type Answer } from './model';
import type { Clash } from './outbox';
import { ml } from './parts';
import type { Sheet } from './sheet';

function said(answer: Answer | undefined): string {
  const word =
    answer?.value === undefined ? t('session.not_answered') : t(answer.value ? 'ui.yes' : 'ui.no');
  const notes = Object.values(answer?.notes ?? {}).filter(Boolean);
  return [word, ...notes].join('; ');
}

function checklistRows({ mine, theirs }: Clash, sheet: Sheet): Difference[] {
  const a = readAnswers(mine);
  const b = readAnswers(theirs);
  return [...new Set([...a.keys(), ...b.keys()])].sort().flatMap((id) => {
    const row = {
      what: sheet.checklist.find((i) => i.id === id)?.item ?? id,
      mine: said(a.get(id)),
      theirs: said(b.get(id)),
    };
    return row.mine === row.theirs ? [] : [row];
  });
}

function siteRows({ mine, theirs }: Clash, sheet: Sheet): Difference[] {
  const show = (r: Clash['mine']): string => {
    const g = readGiven(r);
    if (r.status === 'completed')
      return t('session.given_at', { amount: ml(g.ml), time: formatClock(g.at) });
    return r.status === 'not-done'
      ? t('session.skipped', { reason: g.reason ?? '' })
      : t('session.undone');
  };
  const g = readGiven(mine);
  const site = sheet.sites.find((x) => x.site === g.site);
  return [{ what: site?.structure ?? g.site, mine: show(mine), theirs: show(theirs) }];
}

export function clashRows(clash: Clash, sheet: Sheet): Difference[] {
  if (clash.mine.resourceType === 'QuestionnaireResponse') return checklistRows(clash, sheet);
  if (clash.mine.resourceType === 'MedicationAdministration') return siteRows(clash, sheet);
  return differences(clash.mine, clash.theirs);
}
