// SPDX-License-Identifier: Apache-2.0
// The clinical tables as the server tells them (docs/api.md, /knowledge).
import { get, post, request } from '../../api/http';
import { store } from '../../store';

export interface TableInfo { name: string; meaning?: string; rows: number; signed: boolean; approved?: number }

/** Who would sign; fault: why nobody can, in the server's words. */
export interface Approver { practitioner?: string; name?: string; licence?: string; licence_until?: string; fault?: string }

export interface Tables { version: string; approver: Approver; tables: TableInfo[] }

export interface RowLine { table: string; id: string; title?: string; grade?: string; verified?: string; source?: string; approved_by?: string }

export interface Facet { id: string; rows: number }

export interface Rows { table: string; meaning?: string; signed: boolean; rows: RowLine[]; total: number; next_offset?: number; grades?: Facet[]; sources?: Facet[] }

export interface Named { table: string; id: string; title?: string }

export interface Cell { name: string; meaning: string; type: string; value?: string; unit?: string; refers_to?: Named[] }

export interface Source { id: string; title?: string; url?: string; seen?: string; note?: string }

interface Evidence { grade?: string; grade_meaning?: string; verified?: string; verified_meaning?: string; approved_by?: string }

export interface Tier extends Evidence { id: string; hash: string; outcome: string; scope?: string; when?: string; threshold?: string; message?: string; override?: string; source?: string }

export interface Approval { what: 'approved' | 'withdrawn'; this_text: boolean; name?: string; licence?: string; login: string; date: string }

export interface Row extends Evidence {
  table: string;
  id: string;
  title: string;
  place: string;
  signed: boolean;
  hash: string;
  columns: Cell[];
  sources: Source[];
  /** clinic: of this very text; lost: of a text that the row no longer has. */
  approval: 'none' | 'clinic' | 'lost' | 'shipped';
  history: Approval[];
  tiers?: Tier[];
  used_by: { total: number; rows: (Named & { column: string })[] };
}

export interface Filter { text: string; approved: '' | 'yes' | 'no'; source: string; grade: string }

export const NO_FILTER: Filter = { text: '', approved: '', source: '', grade: '' };

/** What was typed and chosen stays while one goes from row to row and back. */
export const filter = store<Filter>(NO_FILTER);

export const PAGE = 300;

export function rowsPath(table: string, f: Filter, count: number): string {
  const asked = new URLSearchParams({ _count: String(count) });
  for (const [key, value] of Object.entries(f)) if (value) asked.set(key, value);
  return `/knowledge/${encodeURIComponent(table)}?${asked.toString()}`;
}

export const getTables = (): Promise<Tables> => get<Tables>('/knowledge');

const pathOf = (table: string, id: string): string => `/knowledge/${encodeURIComponent(table)}/${encodeURIComponent(id)}`;

export const getRow = (table: string, id: string): Promise<Row> => get<Row>(pathOf(table, id));

/** Approve what was read: the hashes say which texts. */
export async function approve(row: Row, tiers: readonly Tier[]): Promise<void> {
  const hashes = Object.fromEntries(tiers.map((x) => [x.id, x.hash]));
  await post(`${pathOf(row.table, row.id)}/approval`, tiers.length > 0 ? { hash: row.hash, tiers: hashes } : { hash: row.hash });
}

export async function withdraw(table: string, id: string): Promise<void> {
  await request('DELETE', `${pathOf(table, id)}/approval`);
}
