// SPDX-License-Identifier: Apache-2.0
// Where the link leads: today's diary first, then what holds today, then what can be read.
import { formatWeekday } from '../../format';
import { t } from '../../text';
import { Button, LinkButton } from '../../ui/Button';
import { Advice, NoAdvice } from './Result';
import type { DiaryData } from './types';
import { nextWords, onScreen, place } from './words';

function Link({ to, children, hint }: { to: string; children: string; hint: string }) {
  return (
    <li>
      <a href={`#${to}`}>{children}</a>
      <span class="d-hint">{hint}</span>
    </li>
  );
}

export function Home({
  diary,
  alerted,
  hasDraft,
  onStart,
  onChange,
}: {
  diary: DiaryData;
  alerted: boolean;
  hasDraft: boolean;
  onStart: () => void;
  onChange: () => void;
}) {
  const { entry } = diary;
  const now = diary.aftercare.filter((l) => l.is_today && !l.id.startsWith('AC-15'));
  return (
    <div class="d-page">
      <h1 tabIndex={-1}>
        {diary.given_name ? t('diary.hello', { name: diary.given_name }) : t('diary.title')}
      </h1>
      {entry?.triage && <Advice diary={diary} triage={entry.triage} alerted={alerted} />}
      {entry && !entry.triage && <NoAdvice diary={diary} alerted={alerted} />}
      {!diary.is_record_complete && <p class="d-inset">{t('diary.record_incomplete')}</p>}
      {entry ? (
        <section class="stack tight">
          <h2>{t('diary.done', { day: formatWeekday(diary.today) })}</h2>
          <p>{t('diary.change_help')}</p>
          <Button isLarge onClick={onChange}>
            {hasDraft ? t('diary.go_on') : t('diary.change_today')}
          </Button>
        </section>
      ) : (
        <section class="stack tight">
          <h2>{t('diary.today_day', { day: formatWeekday(diary.today) })}</h2>
          <p>{t('diary.start_help')}</p>
          <Button kind="primary" isLarge onClick={onStart}>
            {hasDraft ? t('diary.go_on') : t('diary.start')}
          </Button>
          <p>
            <a href="#/calls">{t('diary.worse')}</a>
          </p>
        </section>
      )}
      <section class="stack tight">
        <h2>{t('diary.treatment', { place: place(diary) })}</h2>
        <dl class="definition">
          <dt>{t('diary.last')}</dt>
          <dd>{diary.last_session ? formatWeekday(diary.last_session) : t('diary.last_none')}</dd>
          <dt>{t('diary.next')}</dt>
          <dd>{nextWords(diary)}</dd>
        </dl>
      </section>
      {now.length > 0 && (
        <section class="stack tight">
          <h2>{t('diary.today_lines')}</h2>
          <ul class="d-now plain">
            {now
              .filter((l) => l.to !== null)
              .map((l) => (
                <li key={l.id}>
                  <details>
                    <summary>{l.title}</summary>
                    <p>{onScreen(l.text)}</p>
                  </details>
                </li>
              ))}
          </ul>
        </section>
      )}
      <nav aria-label={t('diary.more')}>
        <ul class="d-links plain">
          <Link to="/aftercare" hint={t('diary.aftercare_hint')}>
            {t('diary.aftercare')}
          </Link>
          <Link to="/chart" hint={t('diary.chart_hint')}>
            {t('diary.chart')}
          </Link>
          <Link to="/entries" hint={t('diary.entries_hint')}>
            {t('diary.entries')}
          </Link>
          <Link to="/calls" hint={t('diary.calls_hint')}>
            {t('diary.calls')}
          </Link>
        </ul>
      </nav>
    </div>
  );
}

/** After sending: what to do comes first and alone. */
export function ResultPage({ diary, alerted }: { diary: DiaryData; alerted: boolean }) {
  const triage = diary.entry?.triage;
  return (
    <div class="d-page">
      {triage ? (
        <Advice diary={diary} triage={triage} alerted={alerted} isMain />
      ) : (
        <NoAdvice diary={diary} alerted={alerted} isMain />
      )}
      <p>{t('diary.thanks')}</p>
      <LinkButton to="/" isLarge>
        {t('diary.to_start')}
      </LinkButton>
    </div>
  );
}
