// SPDX-License-Identifier: Apache-2.0
// Today: find a patient; who comes and is it ready; what waits.
import { useEffect } from 'preact/hooks';

import { useQuery } from '../../api/query';
import { readDay, type Day } from '../../api/today';
import { replace, route } from '../../app/router';
import { dayOf, formatWeekday, isoOf, today as todayHere } from '../../format';
import { useStore } from '../../store';
import { t } from '../../text';
import { Button } from '../../ui/Button';
import { Loaded } from '../../ui/Loading';
import { DateField } from '../../ui/TextField';
import { SearchBox } from './SearchBox';
import { Sessions } from './Sessions';
import { Alerts, CoursesDue } from './Waiting';

const REFRESH_MS = 180_000;

/** An alert must not wait until somebody reloads the page. */
function useRefresh(reload: () => void): void {
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && reload(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [reload]);
}

function isDay(text: string | null): text is string {
  return text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

function Days({ date, onDate }: { date: string; onDate: (date: string) => void }) {
  const step = (days: number): void => onDate(isoOf(dayOf(date) + days));
  return (
    <div class="days row no-print">
      <Button onClick={() => step(-1)} label={t('today.day_before')}>←</Button>
      <Button onClick={() => step(1)} label={t('today.day_after')}>→</Button>
      <DateField label={t('today.day')} value={date} onInput={(d) => isDay(d) && onDate(d)} />
      {date !== todayHere() && <Button onClick={() => onDate(todayHere())}>{t('today.title')}</Button>}
    </div>
  );
}

function Board({ day, date }: { day: Day; date: string }) {
  return (
    <div class={day.view === 'clinical' ? 'board' : 'board single'}>
      <section class="panel" aria-label={t('today.sessions')}><Sessions day={day} /></section>
      {day.view === 'clinical' && (
        <div class="stack">
          <Alerts alerts={day.alerts ?? []} isCut={day.alerts_cut} today={day.today} />
          <CoursesDue date={date} today={day.today} />
        </div>
      )}
    </div>
  );
}

export function Today() {
  const at = useStore(route);
  const asked = at.query.get('date');
  const date = isDay(asked) ? asked : todayHere();
  const query = useQuery(`today-${date}`, (signal) => readDay(date, 'sessions,alerts', 0, signal));
  useRefresh(query.reload);
  return (
    <div class="stack today">
      <div class="row spread">
        <h1 tabIndex={-1}>{date === todayHere() ? t('today.title') : formatWeekday(date)}</h1>
        <Days date={date} onDate={(d) => replace(d === todayHere() ? '/' : `/?date=${d}`)} />
      </div>
      <SearchBox />
      <Loaded query={query}>{(day) => <Board day={day} date={date} />}</Loaded>
    </div>
  );
}
