// SPDX-License-Identifier: Apache-2.0
// FHIR R4 as far as the page looks into it. Whatever else a resource holds is kept as it is.
import { ApiError, ConflictError, get, post, request } from './http';

export interface Coding { system?: string; code?: string; display?: string }
export interface CodeableConcept { coding?: Coding[]; text?: string }
export interface Reference { reference?: string; display?: string }
export interface Quantity { value?: number; unit?: string; code?: string; system?: string; comparator?: string }
export interface Period { start?: string; end?: string }
export interface Identifier { system?: string; value?: string; type?: CodeableConcept }
export interface HumanName { text?: string; family?: string; given?: string[]; prefix?: string[] }
export interface Annotation { text: string; time?: string; authorString?: string }
export interface Extension { url: string; [value: string]: unknown }
export interface Meta { versionId?: string; lastUpdated?: string; tag?: Coding[] }

export interface Resource {
  resourceType: string;
  id?: string;
  meta?: Meta;
  extension?: Extension[];
  [element: string]: unknown;
}

export interface Patient extends Resource {
  resourceType: 'Patient';
  name?: HumanName[];
  birthDate?: string;
  gender?: string;
  identifier?: Identifier[];
  telecom?: { system?: string; value?: string; use?: string }[];
}

export interface BundleEntry {
  fullUrl?: string;
  resource?: Resource;
  request?: { method: string; url: string; ifMatch?: string; ifNoneExist?: string; ifNoneMatch?: string };
  response?: { status: string; location?: string; etag?: string; outcome?: Resource };
  search?: { mode?: string };
}

export interface Bundle extends Resource {
  resourceType: 'Bundle';
  type: string;
  total?: number;
  link?: { relation: string; url: string }[];
  entry?: BundleEntry[];
}

export function resourcesOf<T extends Resource>(bundle: Bundle | undefined, type?: T['resourceType']): T[] {
  const all = (bundle?.entry ?? []).flatMap((e) => (e.resource ? [e.resource] : []));
  return (type ? all.filter((r) => r.resourceType === type) : all) as T[];
}

export function nameOf(patient: Patient | undefined): string {
  const name = patient?.name?.[0];
  if (!name) return '–';
  return name.text ?? [...(name.given ?? []), name.family].filter(Boolean).join(' ');
}

export function textOf(concept: CodeableConcept | undefined): string {
  return concept?.text ?? concept?.coding?.[0]?.display ?? concept?.coding?.[0]?.code ?? '';
}

export function codeOf(concept: CodeableConcept | undefined, system?: string): string | undefined {
  return concept?.coding?.find((c) => !system || c.system === system)?.code;
}

export function idOf(reference: Reference | undefined): string | undefined {
  return reference?.reference?.split('/')[1];
}

/** What a change of this very version carries as If-Match. */
export function etagOf(resource: Resource): string | undefined {
  return resource.meta?.versionId ? `W/"${resource.meta.versionId}"` : undefined;
}

export function extensionOf(resource: { extension?: Extension[] }, ending: string): Extension | undefined {
  return resource.extension?.find((e) => e.url.endsWith(ending));
}

export const readResource = <T extends Resource>(type: string, id: string): Promise<T> => get<T>(`/fhir/${type}/${id}`);

/** Every match, page after page, up to `most` resources. Names and dates of birth go by form. */
export async function searchAll<T extends Resource>(query: string, most = 2000): Promise<T[]> {
  const found: T[] = [];
  let path: string | undefined = `/fhir/${query}`;
  while (path && found.length < most) {
    const page: Bundle = await get<Bundle>(path);
    found.push(...resourcesOf<T>(page));
    const next = page.link?.find((l) => l.relation === 'next')?.url;
    path = next && new URL(next).pathname + new URL(next).search;
  }
  return found;
}

/** The whole record of a patient. */
export const everything = (id: string): Promise<Resource[]> => searchAll<Resource>(`Patient/${id}/$everything`, 5000);

export const create = <T extends Resource>(resource: T): Promise<T> => post<T>(`/fhir/${resource.resourceType}`, resource);

/** Write a resource over the version that it was read as. A newer one there: ConflictError. */
export async function update<T extends Resource>(resource: T): Promise<T> {
  const path = `/fhir/${resource.resourceType}/${resource.id}`;
  return (await request<T>('PUT', path, resource, { ifMatch: etagOf(resource) })).data;
}

/** All of it or nothing. A failed entry's outcome is thrown as ApiError. */
export async function transaction(entries: BundleEntry[]): Promise<Bundle> {
  return post<Bundle>('/fhir', { resourceType: 'Bundle', type: 'transaction', entry: entries });
}

/** An entry that writes over the version that was read, or makes a new resource. */
export function entryOf(resource: Resource): BundleEntry {
  if (!resource.id) {
    return { fullUrl: `urn:uuid:${crypto.randomUUID()}`, resource, request: { method: 'POST', url: resource.resourceType } };
  }
  const etag = etagOf(resource);
  const url = `${resource.resourceType}/${resource.id}`;
  return { resource, request: etag ? { method: 'PUT', url, ifMatch: etag } : { method: 'PUT', url } };
}

export function isConflict(error: unknown): boolean {
  return error instanceof ConflictError || (error instanceof ApiError && error.status === 412);
}
