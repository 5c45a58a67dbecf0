// SPDX-License-Identifier: Apache-2.0
// What administration asks of the server (docs/api.md: /auth, /clinic).
import { ApiError, get, post, request } from '../../api/http';
import { entryOf, searchAll, transaction, type CodeableConcept, type Resource } from '../../api/fhir';
import type { Role } from '../../api/session';
import { getRow } from '../knowledge/api';

export interface Account {
  login: string;
  role: Role;
  practitioner?: string;
  disabled: boolean;
  must_change_password: boolean;
  second_factor: boolean;
  created: string;
  password_changed: string;
}

export interface Service { id: string; name: string; scopes: string; by: 'keys' | 'secret'; disabled: boolean; created: string }

export const getAccounts = async (): Promise<Account[]> => (await get<{ accounts?: Account[] }>('/auth/accounts')).accounts ?? [];
export const getServices = async (): Promise<Service[]> => (await get<{ clients?: Service[] }>('/auth/clients')).clients ?? [];

/** The answer holds the first password, this once. */
export const addAccount = (account: { login: string; role: string; practitioner?: string }): Promise<{ login: string; password: string }> => post('/auth/accounts', account);

export async function alterAccount(login: string, change: { role?: string; practitioner?: string; disabled?: boolean }): Promise<void> {
  await request('PATCH', `/auth/accounts/${encodeURIComponent(login)}`, change);
}

export const resetAccount = (login: string, dropsSecondFactor: boolean): Promise<{ password: string }> =>
  post(`/auth/accounts/${encodeURIComponent(login)}/reset`, dropsSecondFactor ? { totp: true } : {});

export async function alterService(id: string, change: { disabled: boolean }): Promise<void> {
  await request('PATCH', `/auth/clients/${encodeURIComponent(id)}`, change);
}

/* People: Practitioner with the licence, PractitionerRole with the privileges. */

export const PRIVILEGE = 'https://enthesis.org/fhir/CodeSystem/privilege';

export interface Practitioner extends Resource {
  resourceType: 'Practitioner';
  name?: { text?: string; given?: string[]; family?: string }[];
  qualification?: { identifier?: { value?: string }[]; code?: CodeableConcept; period?: { end?: string } }[];
}

export interface PractitionerRole extends Resource {
  resourceType: 'PractitionerRole';
  practitioner?: { reference?: string };
  specialty?: CodeableConcept[];
  active?: boolean;
}

export interface Person { practitioner: Practitioner; role: PractitionerRole | null }

export async function getPeople(): Promise<Person[]> {
  const [people, roles] = await Promise.all([searchAll<Practitioner>('Practitioner?_count=500'), searchAll<PractitionerRole>('PractitionerRole?_count=500')]);
  return people.map((practitioner) => ({
    practitioner,
    role: roles.find((r) => r.practitioner?.reference === `Practitioner/${practitioner.id}` && r.active !== false) ?? null,
  }));
}

/** What the form edits of both. */
export interface PersonForm { name: string; licence: string; until: string; regions: string[]; guidance: string[] }

const privilegesOf = (role: PractitionerRole | null): string[] =>
  (role?.specialty ?? []).flatMap((s) => (s.coding ?? []).filter((c) => c.system === PRIVILEGE).map((c) => c.code ?? ''));

export function formOf({ practitioner, role }: Person): PersonForm {
  const name = practitioner.name?.[0];
  const codes = privilegesOf(role);
  return {
    name: name?.text ?? [...(name?.given ?? []), name?.family].filter(Boolean).join(' '),
    licence: practitioner.qualification?.[0]?.identifier?.[0]?.value ?? '',
    until: practitioner.qualification?.[0]?.period?.end ?? '',
    regions: codes.filter((c) => c !== 'none' && !c.startsWith('guidance-')),
    guidance: codes.filter((c) => c.startsWith('guidance-')),
  };
}

export const NO_PERSON: Person = { practitioner: { resourceType: 'Practitioner' }, role: null };

/** The form laid over what was read: whatever else the resources hold stays. */
export function withForm({ practitioner, role }: Person, f: PersonForm): Person {
  const [first, ...others] = practitioner.qualification ?? [];
  const qualification = { ...first, identifier: [{ ...first?.identifier?.[0], value: f.licence }], code: first?.code ?? { text: 'Licence' }, ...(f.until ? { period: { ...first?.period, end: f.until } } : {}) };
  const same = formOf({ practitioner, role }).name === f.name;
  const next: Practitioner = { ...practitioner, ...(same ? {} : { name: [{ text: f.name }] }) };
  if (f.licence) next.qualification = [qualification, ...others];
  const kept = (role?.specialty ?? []).filter((s) => !s.coding?.some((c) => c.system === PRIVILEGE));
  const codes = [...f.guidance, ...f.regions];
  const specialty = [...kept, ...(codes.length > 0 ? codes : ['none']).map((code) => ({ coding: [{ system: PRIVILEGE, code }] }))];
  return { practitioner: next, role: { ...(role ?? { resourceType: 'PractitionerRole' }), specialty } };
}

/** Both at once, over the versions that were read. Returns the Practitioner's id. */
export async function savePerson(person: Person): Promise<string> {
  const main = entryOf(person.practitioner);
  const reference = person.practitioner.id ? `Practitioner/${person.practitioner.id}` : main.fullUrl ?? '';
  const role = entryOf({ ...person.role, resourceType: 'PractitionerRole', practitioner: { ...person.role?.practitioner, reference } });
  const done = await transaction([main, role]);
  return person.practitioner.id ?? /Practitioner\/([^/]+)/.exec(done.entry?.[0]?.response?.location ?? '')?.[1] ?? '';
}

/** Regions and kinds of guidance that privileges are given for, as the tables name them. */
export async function getPrivileges(): Promise<{ regions: string[]; guidance: string[] }> {
  const values = async (fact: string): Promise<string[]> => ((await getRow('facts', fact)).columns.find((c) => c.name === 'values')?.value ?? '').split('; ');
  const [regions, guidance] = await Promise.all([values('region'), values('site_guidance')]);
  return { regions, guidance: guidance.filter((g) => g !== 'LM').map((g) => `guidance-${g.toLowerCase()}`) };
}

/* Policies */

export interface PolicyChange { value?: string; reset: boolean; reason: string; login: string; date: string }

export interface Policy {
  id: string; title: string; note?: string; value?: string; shipped?: string; is_own: boolean;
  form: 'choice' | 'numbers' | 'ids' | 'text'; choices?: string[]; low?: number; high?: number; most?: number; of?: string;
  source?: string; grade?: string; approved_by?: string; hash: string; set?: PolicyChange;
}

export const getPolicies = (): Promise<{ may_change: boolean; policies: Policy[] }> => get('/clinic/policies');
export const getPolicyHistory = async (id: string): Promise<PolicyChange[]> => (await get<{ changes?: PolicyChange[] }>(`/clinic/policies/${id}`)).changes ?? [];

export async function setPolicy(policy: Policy, value: string | null, reason: string): Promise<void> {
  await request('PUT', `/clinic/policies/${policy.id}`, { hash: policy.hash, reason, ...(value === null ? { reset: true } : { value }) });
}

/* Long work */

/** Starts it and asks until it is done; tell hears how far it is (null: it waits). */
export async function runJob<T>(path: string, body: unknown, tell: (share: number | null) => void, signal: AbortSignal): Promise<{ result: T; place: string }> {
  const started = await request('POST', path, body);
  const place = new URL(started.headers.get('content-location') ?? '', location.href).pathname;
  for (;;) {
    const answer = await request<T>('GET', place, undefined, { signal });
    if (answer.status !== 202) return { result: answer.data, place };
    const progress = answer.headers.get('x-progress') ?? '';
    tell(/\d/.test(progress) ? parseInt(progress, 10) / 100 : null);
    await new Promise((resolve) => setTimeout(resolve, 700));
    if (signal.aborted) throw new ApiError(0, [], '');
  }
}

export const forgetJob = (place: string): Promise<unknown> => request('DELETE', place).catch(() => undefined);
