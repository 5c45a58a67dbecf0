// SPDX-License-Identifier: Apache-2.0
// Names of the data for people.
import { tIf } from '../../text';
import type { StatusKind } from '../../ui/Status';

const plain = (name: string): string => name.replace(/_/g, ' ');
const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const tableName = (table: string): string => tIf(`knowledge.table.${table}`, upper(plain(table)));
export const columnName = (column: string): string => upper(plain(column));

/** How grave the outcome of a tier is. */
export function kindOf(outcome: string): StatusKind {
  if (outcome === 'stop' || outcome === 'E') return 'danger';
  if (['defer', 'caution', 'U', 'S', 'rediagnose', 'reassess'].includes(outcome)) return 'warn';
  return ['continue', 'responder', 'maintain'].includes(outcome) ? 'good' : 'note';
}

export const outcomeName = (outcome: string): string => tIf(`knowledge.outcome.${outcome}`, plain(outcome));
