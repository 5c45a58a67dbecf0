// SPDX-License-Identifier: Apache-2.0
// Whose record this is, on every screen of a patient.
import { nameOf, readResource, type Patient } from '../api/fhir';
import { useQuery } from '../api/query';
import { ageOn, formatDate, today } from '../format';
import { t } from '../text';
import { href } from './router';

export function PatientHeader({ id }: { id: string }) {
  const query = useQuery(`patient-${id}`, () => readResource<Patient>('Patient', id));
  const patient = query.data;
  const age = ageOn(patient?.birthDate, today());
  return (
    <header class="panel row spread">
      <a class="strong" href={href(`/patient/${id}`)}>{nameOf(patient)}</a>
      <span>{formatDate(patient?.birthDate)} {age !== undefined && t('patient.age', { n: age })}</span>
    </header>
  );
}
