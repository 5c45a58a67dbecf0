// SPDX-License-Identifier: Apache-2.0
// What waits besides the appointments: alerts of diaries, reviews and scores that are due.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { readDay, type Day, type DayAlert, type DayFollowup, type DayReview, type ProblemOf, type Someone } from '../../api/today';
import { SideOf, withoutLevel } from '../../app/PatientHeader';
import { href } from '../../app/router';
import { formatDate, relativeDay } from '../../format';
import { t, tIf } from '../../text';
import { Button } from '../../ui/Button';
import { ErrorBox, Loading } from '../../ui/Loading';
import { Status, type StatusKind } from '../../ui/Status';

const LEVELS: Record<string, StatusKind> = { E: 'danger', S: 'danger', U: 'warn', R: 'note' };

function Line({ to, who, children, problem }: { to: string; who: Someone; children: ComponentChildren; problem?: ProblemOf | undefined }) {
  return (
    <li class="waiting">
      <div class="row spread">
        <a class="strong" href={href(to)}>{who.name ?? t('patient.no_name')}</a>
        {problem && <span class="row"><SideOf side={problem.side} /><span class="soft">{problem.text}</span></span>}
      </div>
      <div>{children}</div>
    </li>
  );
}

function Part({ title, count, children, isEmpty, empty }: { title: string; count?: number | undefined; children: ComponentChildren; isEmpty: boolean; empty: string }) {
  return (
    <section class="panel" aria-label={title}>
      <h2>{title}{count ? <span class="count"> {count}</span> : null}</h2>
      {isEmpty ? <p class="soft">{empty}</p> : children}
    </section>
  );
}

export function Alerts({ alerts, isCut, today }: { alerts: readonly DayAlert[]; isCut?: boolean | undefined; today: string }) {
  return (
    <Part title={t('today.alerts')} count={alerts.length} isEmpty={alerts.length === 0} empty={t('today.no_alerts')}>
      <ul class="plain stack tight">
        {alerts.map((a) => (
          <Line key={a.flag} to={`/patient/${a.patient.id}`} who={a.patient}>
            <Status kind={LEVELS[a.level] ?? 'danger'} isFilled={a.level === 'E'}>{tIf(`triage.${a.level}`, t('triage.unknown'))}</Status>{' '}
            <span>{withoutLevel(a.text)}</span> <span class="soft small">{a.since && relativeDay(a.since.slice(0, 10), today)}</span>
          </Line>
        ))}
      </ul>
      {isCut && <p class="strong">{t('today.cut')}</p>}
    </Part>
  );
}

const SHOWN = 6;

/** The first few; the others one click away. */
function Few<T>({ items, children }: { items: readonly T[]; children: (item: T) => ComponentChildren }) {
  const [isAll, setAll] = useState(false);
  return (
    <>
      <ul class="plain stack tight">{(isAll ? items : items.slice(0, SHOWN)).map(children)}</ul>
      {items.length > SHOWN && <Button kind="quiet" onClick={() => setAll(!isAll)}>{isAll ? t('today.fewer') : t('today.all', { n: items.length })}</Button>}
    </>
  );
}

function Review({ review, today }: { review: DayReview; today: string }) {
  const rule = review.rules[0];
  return (
    <Line to={`/patient/${review.patient.id}/review`} who={review.patient} problem={review.problem}>
      {review.reason === 'rules' && rule ? <Status kind="warn">{rule.text}</Status> : <Status kind="note">{t('today.before_next', { n: review.sessions_given })}</Status>}
      {review.since && <span class="soft small"> {t('today.since', { when: relativeDay(review.since, today) })}</span>}
    </Line>
  );
}

function Followup({ item }: { item: DayFollowup }) {
  return (
    <Line to={`/patient/${item.patient.id}`} who={item.patient} problem={item.problem}>
      <Status kind={item.overdue ? 'warn' : 'note'}>{t(item.overdue ? 'today.overdue' : 'today.open_until', { point: item.time_point, date: formatDate(item.to) })}</Status>
      <details class="small"><summary>{t('today.missing', { n: item.missing.length })}</summary><ul>{item.missing.map((m) => <li key={m.id}>{m.text}</li>)}</ul></details>
    </Line>
  );
}

/** Pages of courses that come by themselves; more only when asked for. */
const PAGES = 3;

interface Courses { days: Day[]; error?: unknown; isLoading: boolean }

function useCourses(date: string): Courses & { more: () => void; reload: () => void } {
  const [state, setState] = useState<Courses>({ days: [], isLoading: true });
  const [limit, setLimit] = useState(PAGES);
  const [round, setRound] = useState(0);
  const page = state.days.at(-1)?.next_page ?? (state.days.length === 0 ? 0 : undefined);
  useEffect(() => setState({ days: [], isLoading: true }), [date, round]);
  useEffect(() => {
    if (page === undefined || page >= limit || state.error) {
      setState((s) => ({ ...s, isLoading: false }));
      return;
    }
    const abort = new AbortController();
    setState((s) => ({ ...s, isLoading: true }));
    readDay(date, 'courses', page, abort.signal).then(
      (day) => !abort.signal.aborted && setState((s) => ({ days: [...s.days, day], isLoading: true })),
      (error: unknown) => !abort.signal.aborted && setState((s) => ({ ...s, error, isLoading: false })),
    );
    return () => abort.abort();
  }, [date, page, limit, round]);
  return { ...state, more: () => setLimit((n) => n + PAGES), reload: () => setRound((r) => r + 1) };
}

const bySeverity = (a: DayReview, b: DayReview): number => Number(a.reason !== 'rules') - Number(b.reason !== 'rules');
const byDay = (a: DayFollowup, b: DayFollowup): number => a.to.localeCompare(b.to);

export function CoursesDue({ date, today }: { date: string; today: string }) {
  const courses = useCourses(date);
  const reviews = courses.days.flatMap((d) => d.reviews ?? []).sort(bySeverity);
  const followups = courses.days.flatMap((d) => d.followups ?? []).sort(byDay);
  const unreadable = courses.days.flatMap((d) => d.unreadable ?? []);
  const hasMore = !courses.isLoading && courses.days.at(-1)?.next_page !== undefined;
  if (courses.error) return <section class="panel"><ErrorBox error={courses.error} onRetry={courses.reload} /></section>;
  if (courses.days.length === 0) return <section class="panel"><Loading /></section>;
  return (
    <>
      <Part title={t('today.reviews')} count={reviews.length} isEmpty={reviews.length === 0} empty={t('today.no_reviews')}>
        <Few items={reviews}>{(r) => <Review key={r.patient.id} review={r} today={today} />}</Few>
      </Part>
      <Part title={t('today.followups')} count={followups.length} isEmpty={followups.length === 0} empty={t('today.no_followups')}>
        <Few items={followups}>{(f) => <Followup key={`${f.patient.id}-${f.from}`} item={f} />}</Few>
      </Part>
      {unreadable.length > 0 && (
        <Part title={t('today.unreadable')} count={unreadable.length} isEmpty={false} empty="">
          <ul class="plain">{unreadable.map((p) => <li key={p.id}><a href={href(`/patient/${p.id}`)}>{p.name ?? t('patient.no_name')}</a></li>)}</ul>
        </Part>
      )}
      {hasMore && <Button onClick={courses.more}>{t('today.look_further')}</Button>}
    </>
  );
}
