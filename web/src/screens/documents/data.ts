// SPDX-License-Identifier: Apache-2.0
// What the server says of a patient's documents, and what the screen makes of it.
import { codeOf, idOf, readResource, searchAll, update, type BundleEntry, type CodeableConcept, type Period, type Reference, type Resource } from '../../api/fhir';
import { getBlob, get, post } from '../../api/http';
import type { PaperChartData } from '../../chart/PaperChart';

export const SYSTEM = 'https://enthesis.org/fhir/CodeSystem/document';
const SCOPE = 'http://terminology.hl7.org/CodeSystem/consentscope';
const PARTICIPANT = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';

export type Meaning = 'plain' | 'note' | 'info' | 'good' | 'caution' | 'danger';

export interface Box { meaning?: Meaning; title?: string; text?: string }
export interface Cell { text?: string; sub?: string; bold?: boolean; meaning?: Meaning }

export interface Block {
  kind: 'title' | 'heading' | 'text' | 'item' | 'boxes' | 'checks' | 'lines' | 'table' | 'charts' | 'course';
  text?: string;
  sub?: string;
  mark?: string;
  bold?: boolean;
  meaning?: Meaning;
  boxes?: Box[];
  items?: string[];
  columns?: { title?: string; right?: boolean }[];
  rows?: Cell[][];
  charts?: PaperChartData[];
}

export interface Paper {
  type: string;
  reader: 'patient' | 'clinician';
  language: string;
  title: string;
  head_left: string;
  head_right: string;
  foot: string;
  blocks: Block[];
}

export interface Row {
  type: string;
  title: string;
  reader: 'patient' | 'clinician';
  possible: boolean;
  why?: string;
}

export interface Problem { target: number; text?: string; side: string }
export interface SessionRow { id: string; date?: string; signed: boolean }

export interface Rule { id: string; title: string; unknown: boolean }

export interface List {
  verdict?: string;
  /** What stands in the way of a plan. */
  rules?: Rule[];
  problems?: Problem[];
  documents?: Row[];
  sessions?: SessionRow[];
}

export interface Issued extends Resource {
  resourceType: 'DocumentReference';
  type?: CodeableConcept;
  date?: string;
  docStatus?: string;
  context?: { related?: Reference[] };
}

export interface Consent extends Resource {
  resourceType: 'Consent';
  status: string;
  scope: CodeableConcept;
  dateTime?: string;
  patient?: Reference;
  sourceReference?: Reference;
  provision?: { type?: string; period?: Period };
}

export interface Plan extends Resource {
  resourceType: 'CarePlan';
  status: string;
  created?: string;
  period?: Period;
}

/** Which document: what stands behind the "?" of its address. */
export interface Wanted {
  target?: string;
  plan?: string;
  session?: string;
}

function query(parameters: Record<string, string | undefined>): string {
  const given = Object.entries(parameters).filter((e): e is [string, string] => Boolean(e[1]));
  return given.length ? `?${new URLSearchParams(given)}` : '';
}

const path = (id: string, parameters: Record<string, string | undefined>): string => `/fhir/Patient/${id}/$document${query(parameters)}`;

export const readList = (id: string, w: Wanted): Promise<List> => get<List>(path(id, { target: w.target, plan: w.plan }));

const choices = (type: string, w: Wanted) => (type === 'note' ? { type, session: w.session, target: w.target } : { type, target: w.target, plan: w.plan });

export const readPaper = (id: string, type: string, w: Wanted): Promise<Paper> => get<Paper>(path(id, choices(type, w)));

export const readIssued = (id: string, issued: string): Promise<Paper> => get<Paper>(path(id, { issued }));

export const issue = (id: string, type: string, w: Wanted): Promise<Resource> => post<Resource>(path(id, choices(type, w)));

/** The PDF of the server: as it is now, or as it was issued. */
export const readPdf = (id: string, type: string, w: Wanted, issued?: string): Promise<Blob> =>
  getBlob(path(id, issued ? { issued, _format: 'application/pdf' } : { ...choices(type, w), _format: 'application/pdf' }));

export interface Shelf { issued: Issued[]; consents: Consent[]; plans: Plan[] }

export async function readShelf(id: string): Promise<Shelf> {
  const [issued, consents, plans] = await Promise.all([
    searchAll<Issued>(`DocumentReference?patient=${id}&type=${encodeURIComponent(`${SYSTEM}|`)}`),
    searchAll<Consent>(`Consent?patient=${id}`),
    searchAll<Plan>(`CarePlan?patient=${id}&status=active`),
  ]);
  const newest = (a: Resource, b: Resource): number => String(b['date'] ?? b['dateTime'] ?? b['created'] ?? '').localeCompare(String(a['date'] ?? a['dateTime'] ?? a['created'] ?? ''));
  return { issued: issued.sort(newest), consents: consents.filter(isTreatment).sort(newest), plans: plans.sort(newest) };
}

function isTreatment(consent: Consent): boolean {
  return codeOf(consent.scope, SCOPE) === 'treatment' && consent.provision?.type !== 'deny';
}

export const issuedOf = (shelf: Shelf | undefined, type: string, session?: string): Issued[] => (shelf?.issued ?? [])
  .filter((d) => codeOf(d.type, SYSTEM) === type && (!session || d.context?.related?.some((r) => idOf(r) === session)));

/** The consent that holds today. */
export function consentOf(shelf: Shelf | undefined, today: string): Consent | undefined {
  return shelf?.consents.find((c) => c.status === 'active' && !((c.provision?.period?.end ?? '9999') < today));
}

export interface Signing { date: string; witness: string; issued: string; practitioner?: string | undefined }

/** The patient signed: the consent, and who saw it, in one transaction. */
export function consentEntries(patient: string, s: Signing): BundleEntry[] {
  const fullUrl = `urn:uuid:${crypto.randomUUID()}`;
  const consent: Resource = {
    resourceType: 'Consent',
    status: 'active',
    scope: { coding: [{ system: SCOPE, code: 'treatment' }] },
    category: [{ text: 'consent to prolotherapy' }],
    patient: { reference: `Patient/${patient}` },
    dateTime: s.date,
    performer: [{ reference: `Patient/${patient}` }],
    policyRule: { text: 'the form as it was issued' },
    sourceReference: { reference: `DocumentReference/${s.issued}` },
    verification: [{ verified: true, verifiedWith: { reference: `Patient/${patient}` }, verificationDate: s.date }],
  };
  const who = s.practitioner ? { reference: `Practitioner/${s.practitioner}`, display: s.witness } : { display: s.witness };
  const witness: Resource = {
    resourceType: 'Provenance',
    target: [{ reference: fullUrl }],
    recorded: new Date().toISOString(),
    activity: { text: 'the patient signed on paper' },
    agent: [{ type: { coding: [{ system: PARTICIPANT, code: 'verifier' }], text: 'witness' }, who }],
  };
  return [
    { fullUrl, resource: consent, request: { method: 'POST', url: 'Consent' } },
    { fullUrl: `urn:uuid:${crypto.randomUUID()}`, resource: witness, request: { method: 'POST', url: 'Provenance' } },
  ];
}

/** The patient took it back: the same consent, no longer active. */
export async function withdraw(consent: Consent): Promise<void> {
  const fresh = await readResource<Consent>('Consent', consent.id ?? '');
  await update({ ...fresh, meta: consent.meta ?? {}, status: 'inactive' });
}
