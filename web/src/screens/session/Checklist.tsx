// SPDX-License-Identifier: Apache-2.0
// Stage 1: before anything else. Lines that matter are ticked one by one; routine ones together.
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { formatDate } from '../../format';
import { Line, VitalsLine } from './parts';
import { itemsOf } from './stages';
import type { StageProps } from './Flow';

export function Checklist({ s, draft }: StageProps) {
  const items = itemsOf(s, 'checklist');
  const each = items.filter((i) => i.confirm === 'each');
  const routine = items.filter((i) => i.confirm === 'group');
  const own = items.filter((i) => i.confirm === 'stage');
  const isOpen = routine.some((i) => !s.isDone(i));
  const all = (): void => s.answer(Object.fromEntries(routine.map((i) => [i.id, { value: true }])));
  return (
    <div class="stack">
      {own.map((i) => (
        <p key={i.id} class={s.isDone(i) ? 'status good' : 'status warn'}>
          {i.item}
        </p>
      ))}
      {s.sheet.consent ? (
        <p class="status good">
          {t('session.consent_there', { date: formatDate(s.sheet.consent_date) })}
        </p>
      ) : (
        <Banner kind="warn">{t('session.consent_missing')}</Banner>
      )}
      <section class="panel stack tight">
        <h2>{t('session.each')}</h2>
        <ul class="plain lines">
          {each.map((i) => (
            <Line key={i.id} s={s} item={i} />
          ))}
        </ul>
        <VitalsLine
          label={t('session.vitals_before')}
          value={s.before}
          text={draft.value.before}
          onText={(before) => draft.set({ ...draft.value, before })}
          onVitals={(v) => s.recordVitals('before', v)}
        />
      </section>
      <section class="panel stack tight">
        <div class="row spread">
          <h2>{t('session.routine')}</h2>
          {isOpen && (
            <Button isLarge onClick={all}>
              {t('session.confirm_routine', { n: routine.length })}
            </Button>
          )}
        </div>
        <ul class="plain lines">
          {routine.map((i) => (
            <Line key={i.id} s={s} item={i} />
          ))}
        </ul>
      </section>
    </div>
  );
}
