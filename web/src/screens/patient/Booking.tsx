// SPDX-License-Identifier: Apache-2.0
// A session in the calendar: day, time, how long, who gives it.
import { useState } from 'preact/hooks';

import { create, nameOf, resourcesOf, type Bundle, type Patient, type Resource } from '../../api/fhir';
import { get } from '../../api/http';
import { useQuery } from '../../api/query';
import { useMe } from '../../app/Shell';
import { say } from '../../app/toasts';
import { formatTime, today } from '../../format';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Select } from '../../ui/Choice';
import { explainError } from '../../ui/Loading';
import { NumberField } from '../../ui/NumberField';
import { TextField } from '../../ui/TextField';

const SERVICE = { system: 'https://enthesis.org/fhir/CodeSystem/procedure', code: 'prolotherapy-session' };
const MINUTES = 60;

interface Wanted { date: string; time: string; minutes: number; performer: string | null }

function appointmentOf(patient: string, w: Wanted): Resource {
  const start = new Date(`${w.date}T${w.time}`);
  const actors = [`Patient/${patient}`, ...(w.performer ? [`Practitioner/${w.performer}`] : [])];
  return {
    resourceType: 'Appointment', status: 'booked', serviceType: [{ coding: [SERVICE] }],
    start: start.toISOString(), end: new Date(start.getTime() + w.minutes * 60_000).toISOString(),
    participant: actors.map((reference) => ({ actor: { reference }, status: 'accepted' })),
  };
}

const practitioners = async (signal: AbortSignal): Promise<Patient[]> =>
  resourcesOf<Patient>(await get<Bundle>('/fhir/Practitioner?_count=50', { signal }));

export function Booking({ patient, onDone, onCancel }: { patient: string; onDone: () => void; onCancel: () => void }) {
  const me = useMe();
  const staff = useQuery('practitioners', practitioners);
  const [wanted, setWanted] = useState<Wanted>({ date: today(), time: '', minutes: MINUTES, performer: me.role === 'physician' ? me.practitioner ?? null : null });
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const change = (part: Partial<Wanted>): void => setWanted({ ...wanted, ...part });
  const submit = (event: Event): void => {
    event.preventDefault();
    if (!wanted.date || !wanted.time) return setError(t('booking.when_missing'));
    if (!wanted.performer) return setError(t('booking.who_missing'));
    setBusy(true);
    create(appointmentOf(patient, wanted)).then(
      (made) => { say(t('booking.done', { when: formatTime(String(made.start)) })); onDone(); },
      (e: unknown) => { setError(explainError(e)); setBusy(false); },
    );
  };
  return (
    <form class="stack tight booking" onSubmit={submit} aria-label={t('booking.title')}>
      {error && <Banner kind="danger" isAlert>{error}</Banner>}
      <div class="row">
        <TextField label={t('booking.day')} type="date" value={wanted.date} min={today()} onInput={(date) => change({ date })} hasFocus />
        <TextField label={t('booking.time')} type="time" value={wanted.time} onInput={(time) => change({ time })} />
        <NumberField label={t('booking.minutes')} value={wanted.minutes} min={5} max={480} unit="min" onValue={(n) => n && change({ minutes: n })} />
      </div>
      <Select label={t('booking.who')} value={wanted.performer} onValue={(performer) => change({ performer })} options={(staff.data ?? []).map((p) => ({ value: p.id ?? '', label: nameOf(p) }))} />
      <div class="row">
        <Button kind="primary" type="submit" isBusy={isBusy}>{t('booking.book')}</Button>
        <Button onClick={onCancel}>{t('ui.cancel')}</Button>
      </div>
    </form>
  );
}
