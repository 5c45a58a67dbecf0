// SPDX-License-Identifier: Apache-2.0
// How ready a session is: a word with a shape, and what is missing one click away, with the way to
// where it is done.
import type { DaySession, Part, PartDetail, PartName, Ready } from '../../api/today';
import { href } from '../../app/router';
import { formatDate } from '../../format';
import { t, tIf } from '../../text';
import { Status, type StatusKind } from '../../ui/Status';

const KINDS: Record<Ready, StatusKind> = { yes: 'good', at_arrival: 'note', no: 'warn', stopped: 'danger' };

/** The patient's screen where a part is dealt with. */
const PLACES: Partial<Record<PartName, string>> = {
  consent: 'documents', plan: 'plan', verdict: 'assess', answers: 'assess', labs: 'assess', stock: 'session', checklist: 'session',
};

const partName = (part: string): string => tIf(`ready.part.${part}`, part);

/** Parts that keep it from going ahead; where none does, those of the arrival. */
function openParts(parts: readonly Part[]): Part[] {
  const grave = parts.filter((p) => p.state === 'no' || p.state === 'stopped');
  return grave.length ? grave : parts.filter((p) => p.state === 'at_arrival');
}

function summary(session: DaySession): string {
  const ready = session.ready ?? 'no';
  const names = openParts(session.parts ?? []).map((p) => partName(p.part)).join(', ');
  return ready === 'yes' ? t('ready.yes') : t(`ready.${ready}`, { parts: names });
}

function DetailLine({ detail }: { detail: PartDetail }) {
  const why = detail.why === 'stale' && detail.as_of ? t('patient.stale', { date: formatDate(detail.as_of) })
    : detail.why === 'stock-expired' && detail.as_of ? t('ready.expired', { date: formatDate(detail.as_of) })
      : tIf(`ready.why.${detail.why}`, detail.why);
  return <li>{detail.text || detail.id} <span class="soft small">{why}{detail.at_arrival ? `, ${t('ready.on_the_day')}` : ''}</span></li>;
}

const MOST = 6;

function PartLine({ part, patient }: { part: Part; patient: string }) {
  const place = PLACES[part.part];
  const details = part.details ?? [];
  const name = partName(part.part);
  return (
    <li>
      <Status kind={KINDS[part.state]}>
        {place && part.state !== 'yes' ? <a href={href(`/patient/${patient}/${place}`)}>{name}</a> : name}
      </Status>{' '}
      <span>{tIf(`ready.reason.${part.part}_${part.reason}`, part.reason)}{part.part === 'checklist' && part.left ? ` (${t('ready.left', { n: part.left })})` : ''}</span>
      {details.length > 0 && (
        <ul class="small">
          {details.slice(0, MOST).map((d) => <DetailLine key={d.id} detail={d} />)}
          {details.length > MOST && <li>{t('patient.more_alerts', { n: details.length - MOST })}</li>}
        </ul>
      )}
    </li>
  );
}

/** A reception sees whether the patient may come, and what to arrange. */
function OfReception({ session }: { session: DaySession }) {
  const arrange = session.arrange ?? [];
  return session.ready === 'yes'
    ? <Status kind="good">{t('ready.yes')}</Status>
    : <Status kind="warn">{t('ready.arrange', { what: arrange.map((a) => tIf(`ready.arrange_${a}`, a)).join(', ') })}</Status>;
}

export function Readiness({ session }: { session: DaySession }) {
  const patient = session.patient?.id ?? '';
  if (session.arrange) return <OfReception session={session} />;
  if (!session.ready || !session.parts) return null;
  return (
    <details class="ready">
      <summary><Status kind={KINDS[session.ready]}>{summary(session)}</Status></summary>
      {session.readable === false && <p class="strong">{t('patient.unreadable')}</p>}
      <ul class="plain parts">{session.parts.map((p) => <PartLine key={p.part} part={p} patient={patient} />)}</ul>
    </details>
  );
}
