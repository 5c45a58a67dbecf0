// SPDX-License-Identifier: Apache-2.0
// Finding a patient by what somebody types: words of a name, a date of birth, an identifier. Asked
// by form, so that nothing of it stands in an address or a log.
import { resourcesOf, type Bundle, type Patient } from '../../api/fhir';
import { get, post } from '../../api/http';
import type { Overview } from '../../api/overview';

export const FOUND_MOST = 8;

export interface Found {
  patient: Patient;
  /** Comes a moment later: side, problem, next step. */
  overview?: Overview;
}

/** "2.3.1958", "02/03/1958" and "1958-03-02" are a day; "1958-03" and "1958" part of one. */
export function birthdateOf(text: string): string | null {
  const iso = /^(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?$/.exec(text);
  const people = /^(\d{1,2})[./](\d{1,2})[./](\d{4})$/.exec(text);
  const two = (part: string): string => part.padStart(2, '0');
  const [year, month, day] = iso ? [iso[1], iso[2], iso[3]] : people ? [people[3], people[2], people[1]] : [];
  if (!year || Number(year) < 1880 || Number(year) > 2200) return null;
  if (Number(month ?? 1) < 1 || Number(month ?? 1) > 12 || Number(day ?? 1) < 1 || Number(day ?? 1) > 31) return null;
  return [year, month && two(month), day && two(day)].filter(Boolean).join('-');
}

/** FHIR's own signs in a value are no signs here. */
const escaped = (value: string): string => value.replace(/[\\,|$]/g, '\\$&');

/** Each is one search (within a name: of "van der Berg" people type the last word); who is found by any of them is found. */
export function formsOf(typed: string): string[] {
  const text = typed.trim().replace(/\s+/g, ' ');
  if (text.length < 2) return [];
  const form = (...pairs: [string, string][]): string => new URLSearchParams([...pairs, ['_count', String(FOUND_MOST)]]).toString();
  const date = birthdateOf(text);
  const forms = [form(...text.split(' ').map((word): [string, string] => ['name:contains', escaped(word)]))];
  if (date) forms.unshift(form(['birthdate', date]));
  if (/\d/.test(text) && !text.includes(' ')) forms.unshift(form(['identifier', escaped(text)]));
  return forms;
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

export async function findPatients(typed: string, signal: AbortSignal): Promise<Patient[]> {
  const pages = await Promise.all(formsOf(typed).map((form) => post<Bundle>('/fhir/Patient/_search', form, { headers: FORM, signal })));
  const found = new Map<string, Patient>();
  for (const patient of pages.flatMap((page) => resourcesOf<Patient>(page, 'Patient'))) if (patient.id && !found.has(patient.id)) found.set(patient.id, patient);
  return [...found.values()].slice(0, FOUND_MOST);
}

export const overviewOf = (id: string, signal: AbortSignal): Promise<Overview> => get<Overview>(`/clinic/patient/${id}`, { signal });
