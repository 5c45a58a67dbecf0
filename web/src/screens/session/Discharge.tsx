// SPDX-License-Identifier: Apache-2.0
// Stage 6: may the patient go? Each criterion stands by itself; one statement says that all hold.
import { formatNumber } from '../../format';
import { t, tIf } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button, LinkButton } from '../../ui/Button';
import { now } from './model';
import { itemsOf } from './stages';
import { Marks, vitalsText } from './parts';
import type { StageProps } from './Flow';
import { changeOf } from './vitals';

/** "Alert; walks safely": one criterion each. */
const split = (text: string): string[] =>
  text
    .split(';')
    .map((x) => x.trim())
    .filter(Boolean)
    .map((x) => x[0]?.toUpperCase() + x.slice(1));

export function Discharge({ s }: StageProps) {
  const items = itemsOf(s, 'discharge');
  const change = changeOf(s.before, s.after);
  const limit = s.sheet.limits.vitals_change_percent;
  const isFar = change !== undefined && Math.abs(change.percent) > limit;
  const isDone = items.every((i) => s.isDone(i));
  const confirm = (value: true | undefined): void =>
    s.answer(
      Object.fromEntries(items.map((i) => [i.id, { value, notes: { time: value ? now() : '' } }])),
    );
  return (
    <div class="stack">
      <section class="panel stack tight">
        <h2>{t('session.criteria')}</h2>
        {items.map((i) => (
          <div key={i.id}>
            <ul class="criteria">
              {split(i.item).map((c) => (
                <li key={c}>{c}</li>
              ))}
            </ul>
            <Marks of={i} />
          </div>
        ))}
        <p>
          {t('session.vitals_baseline')} {vitalsText(s.before)}
          <br />
          {t('session.vitals_now')} {vitalsText(s.after)}
        </p>
        {change && !isFar && (
          <p class="status good">
            {t('session.vitals_within', {
              vital: tIf(`session.vital_${change.vital}`, change.vital),
              percent: formatNumber(change.percent, 0),
              limit,
            })}
          </p>
        )}
        {change && isFar && (
          <Banner kind="danger" isAlert>
            {t('session.vitals_far', {
              vital: tIf(`session.vital_${change.vital}`, change.vital),
              percent: formatNumber(change.percent, 0),
              limit,
            })}
          </Banner>
        )}
        {!change && <p class="status unknown">{t('session.vitals_unknown')}</p>}
      </section>
      <div class="row">
        {isDone ? (
          <>
            <span class="status good">{t('session.may_go')}</span>
            <Button isLarge onClick={() => confirm(undefined)}>
              {t('ui.undo')}
            </Button>
          </>
        ) : (
          <Button isLarge kind="primary" onClick={() => confirm(true)}>
            {t('session.all_hold')}
          </Button>
        )}
        <LinkButton isLarge to={`/patient/${s.where.patient}/documents`}>
          {t('session.aftercare')}
        </LinkButton>
      </div>
    </div>
  );
}
