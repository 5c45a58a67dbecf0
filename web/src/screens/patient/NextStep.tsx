// SPDX-License-Identifier: Apache-2.0
// The one thing to do next, why, and the way there.
import { useState } from 'preact/hooks';

import type { Next, Overview, Step } from '../../api/overview';
import { formatDate } from '../../format';
import { t, tIf } from '../../text';
import { Button, LinkButton } from '../../ui/Button';
import { Booking } from './Booking';

const PLACES: Partial<Record<Step, string>> = {
  assess: 'assess', labs: 'assess', review: 'review', score: 'review', plan: 'plan', approve: 'plan', consent: 'documents', start: 'session',
};

function reasonOf(next: Next): string {
  return tIf(`next.${next.step}_${next.reason}`, next.reason).replace('{date}', formatDate(next.day));
}

function Way({ o, onBook }: { o: Overview; onBook: () => void }) {
  const { next, person } = o;
  const text = t(`next.do_${next.step}`);
  const place = PLACES[next.step];
  if (next.step === 'book') return <Button kind="primary" isLarge onClick={onBook}>{text}</Button>;
  if (next.step === 'session') return <LinkButton kind="primary" isLarge to={`/patient/${person.id}/session/${o.course.open_session ?? ''}`}>{text}</LinkButton>;
  if (next.step === 'alert') return <Button kind="primary" isLarge onClick={() => document.getElementById('diary-alerts')?.focus()}>{text}</Button>;
  if (!place || o.view === 'reception') return <p class="strong">{text}</p>;
  return <LinkButton kind="primary" isLarge to={`/patient/${person.id}/${place}`}>{text}</LinkButton>;
}

const MOST = 5;

export function NextStep({ o, onDone }: { o: Overview; onDone: () => void }) {
  const [isBooking, setBooking] = useState(false);
  const details = o.next.details ?? [];
  const mayBook = o.next.step !== 'book' && (o.view === 'reception' || o.course?.plan_status === 'approved');
  return (
    <section class="panel next" aria-label={t('next.title')}>
      <h2>{t('next.title')}</h2>
      <Way o={o} onBook={() => setBooking(true)} />
      <p>{reasonOf(o.next)}</p>
      {details.length > 0 && (
        <ul>
          {details.slice(0, MOST).map((d) => (
            <li key={d.id}>{d.text || d.id} {d.as_of && <span class="soft small">{t('patient.stale', { date: formatDate(d.as_of) })}</span>}</li>
          ))}
          {details.length > MOST && <li>{t('patient.more_alerts', { n: details.length - MOST })}</li>}
        </ul>
      )}
      {isBooking ? <Booking patient={o.person.id} onDone={() => { setBooking(false); onDone(); }} onCancel={() => setBooking(false)} />
        : mayBook && <Button onClick={() => setBooking(true)}>{t('next.do_book')}</Button>}
    </section>
  );
}
