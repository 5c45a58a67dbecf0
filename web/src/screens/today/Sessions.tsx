// SPDX-License-Identifier: Apache-2.0
// The appointments of a day in their order.
import type { Day, DaySession } from '../../api/today';
import { SideOf } from '../../app/PatientHeader';
import { href } from '../../app/router';
import { formatClock, formatDate } from '../../format';
import { t } from '../../text';
import { LinkButton } from '../../ui/Button';
import { Empty } from '../../ui/Loading';
import { Status, type StatusKind } from '../../ui/Status';
import { Readiness } from './Readiness';

const STATES: Record<DaySession['state'], StatusKind> = { booked: 'note', arrived: 'warn', in_progress: 'warn', done: 'good' };

/** One way on, where the work is: the session, or what keeps it from beginning. */
function Way({ session, isCare }: { session: DaySession; isCare: boolean }) {
  const id = session.patient?.id;
  if (!id || !isCare || session.kind === 'visit' || session.state === 'done') return null;
  if (session.procedure) return <LinkButton to={`/patient/${id}/session/${session.procedure}`} kind="primary">{t('today.go_on')}</LinkButton>;
  if (session.ready === 'yes' || session.ready === 'at_arrival') return <LinkButton to={`/patient/${id}/session`}>{t('today.begin')}</LinkButton>;
  return <LinkButton to={`/patient/${id}`}>{t('today.prepare')}</LinkButton>;
}

function Row({ session, isCare }: { session: DaySession; isCare: boolean }) {
  const { patient, problem } = session;
  return (
    <li class={`slot ${session.state}`}>
      <div class="slot-time">
        <time class="strong" dateTime={session.start}>{formatClock(session.start)}</time>
        {session.end && <span class="soft small">{formatClock(session.end)}</span>}
      </div>
      <div class="slot-who">
        {patient ? <a class="strong" href={href(`/patient/${patient.id}`)}>{patient.name ?? t('patient.no_name')}</a> : <Status kind="unknown">{t('today.no_patient')}</Status>}
        <span class="soft small">{patient && `${formatDate(patient.birth_date)} · ${patient.identifier ?? '–'}`}</span>
      </div>
      <div class="slot-what">
        {problem && <div class="row"><SideOf side={problem.side} /><span>{problem.text}</span></div>}
        <span class="soft small">
          {session.kind === 'visit' ? session.description ?? t('today.visit') : problem ? t('today.number', { n: (session.sessions_given ?? 0) + 1 }) : session.description}
          {session.performer?.name ? ` · ${session.performer.name}` : ''}
        </span>
      </div>
      <div class="slot-ready">
        {session.state !== 'booked' && <Status kind={STATES[session.state]}>{t(`today.state_${session.state}`)}</Status>}
        <Readiness session={session} />
      </div>
      <div class="slot-way"><Way session={session} isCare={isCare} /></div>
    </li>
  );
}

export function Sessions({ day }: { day: Day }) {
  const sessions = day.sessions ?? [];
  const isCare = day.view === 'clinical';
  const stuck = sessions.filter((s) => s.ready === 'no' || s.ready === 'stopped').length;
  if (sessions.length === 0) return <Empty>{t('today.empty_day')}</Empty>;
  return (
    <>
      <p class="soft">{t('today.count', { n: sessions.length })}{stuck > 0 ? ` · ${t('today.stuck', { n: stuck })}` : ''}</p>
      <ol class="plain slots" aria-label={t('today.sessions')}>
        {sessions.map((s) => <Row key={s.appointment} session={s} isCare={isCare} />)}
      </ol>
      {day.sessions_cut && <p class="strong">{t('today.cut')}</p>}
    </>
  );
}
