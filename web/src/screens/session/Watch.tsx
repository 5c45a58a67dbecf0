// SPDX-License-Identifier: Apache-2.0
// Stage 5: watching. The clock runs from the last injection and stands in the record: a reload or
// another device goes on with it.
import { useEffect, useState } from 'preact/hooks';

import { formatClock } from '../../format';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { TextField } from '../../ui/TextField';
import { later, now } from './model';
import { itemsOf } from './stages';
import { VitalsLine, vitalsText } from './parts';
import type { StageProps } from './Flow';

function useNow(): number {
  const [at, setAt] = useState(() => Date.parse(now()));
  useEffect(() => {
    const timer = setInterval(() => setAt(Date.parse(now())), 1000);
    return () => clearInterval(timer);
  }, []);
  return at;
}

const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');

export function Watch({ s, draft }: StageProps) {
  const item = itemsOf(s, 'watch')[0];
  const answer = item && s.answers.get(item.id);
  const start = answer?.notes.start;
  const at = useNow();
  const minutes = s.sheet.observation_min;
  const [isEarly, setEarly] = useState(false);
  const { early } = draft.value;
  const left = start ? Math.max(0, Date.parse(later(start, minutes)) - at) / 1000 : 0;
  const isOver = Boolean(start) && left === 0;
  const hasVitals = s.after.systolic !== undefined;
  const finish = (notes: Record<string, string>): void => {
    if (item) s.answer({ [item.id]: { value: true, notes: { ...notes, end: now() } } });
  };
  useEffect(() => {
    if (isOver && hasVitals && answer?.value === undefined) finish({});
  }, [isOver, hasVitals, answer?.value]);
  return (
    <div class="stack">
      <section class="panel stack watch">
        {!start && <Banner kind="note">{t('session.watch_later')}</Banner>}
        {start && (
          <>
            <p class="clock" role="timer" aria-label={t('session.watch_left')}>
              {two(left / 60)}:{two(left % 60)}
            </p>
            <p class="large">
              {isOver ? (
                <span class="status good">{t('session.watch_over', { n: minutes })}</span>
              ) : (
                t('session.watch_until', {
                  start: formatClock(start),
                  end: formatClock(later(start, minutes)),
                  n: minutes,
                })
              )}
            </p>
          </>
        )}
        <p>{item?.item}</p>
        {answer?.notes.early && (
          <Banner kind="warn">
            {t('session.watch_ended_early', { reason: answer.notes.early })}
          </Banner>
        )}
      </section>
      <section class="panel stack">
        {s.before.systolic !== undefined && (
          <p class="soft">
            {t('session.vitals_baseline')} {vitalsText(s.before)}
          </p>
        )}
        <VitalsLine
          label={t('session.vitals_after')}
          value={s.after}
          text={draft.value.after}
          onText={(after) => draft.set({ ...draft.value, after })}
          onVitals={(v) => s.recordVitals('after', v)}
        />
        {start && !isOver && answer?.value !== true && (
          <div class="stack tight">
            <div class="row">
              <Button isLarge isPressed={isEarly} onClick={() => setEarly(!isEarly)}>
                {t('session.watch_early')}
              </Button>
            </div>
            {isEarly && (
              <form
                class="row"
                onSubmit={(e) => {
                  e.preventDefault();
                  if (early.trim()) finish({ early: early.trim() });
                }}
              >
                <TextField
                  label={t('session.watch_why')}
                  value={early}
                  onInput={(v) => draft.set({ ...draft.value, early: v })}
                  maxLength={200}
                  hasFocus
                />
                <Button
                  isLarge
                  type="submit"
                  why={early.trim() ? undefined : t('session.reason_needed')}
                >
                  {t('session.watch_end')}
                </Button>
              </form>
            )}
          </div>
        )}
      </section>
    </div>
  );
}
