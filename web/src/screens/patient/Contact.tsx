// SPDX-License-Identifier: Apache-2.0
// How the patient is reached, and what is booked: the desk's part of a record.
import { readResource, resourcesOf, type Bundle, type Patient, type Resource } from '../../api/fhir';
import { get } from '../../api/http';
import { useQuery } from '../../api/query';
import { formatTime } from '../../format';
import { t, tIf } from '../../text';
import { LinkButton } from '../../ui/Button';
import { Loaded } from '../../ui/Loading';

interface Visit extends Resource { start?: string; status?: string; description?: string }

function Reached({ patient }: { patient: Patient }) {
  const ways = (patient.telecom ?? []).filter((c) => c.value);
  return ways.length === 0 ? <p class="soft">{t('patient.no_contact')}</p> : (
    <ul class="plain">
      {ways.map((c) => (
        <li key={`${c.system}-${c.value}`}>
          <span class="soft">{tIf(`contact.${c.system}`, c.system ?? '')}</span>{' '}
          {c.system === 'phone' ? <a href={`tel:${c.value}`}>{c.value}</a> : c.value}
        </li>
      ))}
    </ul>
  );
}

export function Contact({ id }: { id: string }) {
  const patient = useQuery(`contact-${id}`, () => readResource<Patient>('Patient', id));
  return (
    <section class="panel" aria-label={t('patient.contact')}>
      <h2>{t('patient.contact')}</h2>
      <Loaded query={patient}>{(p) => <Reached patient={p} />}</Loaded>
      <div class="row"><LinkButton to={`/patient/${id}/edit`}>{t('register.edit')}</LinkButton></div>
    </section>
  );
}

export function Visits({ id }: { id: string }) {
  const visits = useQuery(`visits-${id}`, async (signal) =>
    resourcesOf<Visit>(await get<Bundle>(`/fhir/Appointment?patient=${id}&_sort=-date&_count=20`, { signal }), 'Appointment').filter((v) => v.start));
  return (
    <section class="panel" aria-label={t('patient.visits')}>
      <h2>{t('patient.visits')}</h2>
      <Loaded query={visits}>
        {(list) => (list.length === 0 ? <p class="soft">{t('patient.no_visits')}</p> : (
          <ul class="plain stack tight">
            {list.map((v) => <li key={v.id}><span class="strong">{formatTime(v.start)}</span> {v.description} <span class="soft">{tIf(`event_code.${v.status}`, v.status ?? '')}</span></li>)}
          </ul>
        ))}
      </Loaded>
    </section>
  );
}
