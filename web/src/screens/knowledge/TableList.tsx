// SPDX-License-Identifier: Apache-2.0
// The tables, with how much of each a clinician has approved.
import { href } from '../../app/router';
import { formatNumber } from '../../format';
import { t } from '../../text';
import { Select } from '../../ui/Choice';
import type { TableInfo } from './api';
import { tableName } from './words';

interface Props { tables: readonly TableInfo[]; active: string; onOpen: (table: string) => void }

function share(x: TableInfo): string {
  return x.signed ? t('knowledge.share', { approved: x.approved ?? 0, rows: x.rows }) : t('knowledge.rows', { n: x.rows });
}

/** The same in short; what it means stands above the list. */
function Numbers({ of }: { of: TableInfo }) {
  return of.signed ? <>{formatNumber(of.approved ?? 0, 0)} / {formatNumber(of.rows, 0)}<span class="hidden-visually"> {t('knowledge.approved')}</span></> : <>{formatNumber(of.rows, 0)}</>;
}

function Item({ table, active, onOpen }: { table: TableInfo; active: string; onOpen: (table: string) => void }) {
  const open = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    onOpen(table.name);
  };
  return (
    <li>
      <a href={href(`/knowledge/${table.name}`)} aria-current={table.name === active ? 'true' : undefined} title={table.meaning} onClick={open}>
        <span>{tableName(table.name)}</span>
        <span class="soft small number"><Numbers of={table} /></span>
      </a>
    </li>
  );
}

/** All rows that are signed, as if they were one table. */
function sumOf(tables: readonly TableInfo[]): TableInfo {
  const signed = tables.filter((x) => x.signed);
  const add = (key: 'rows' | 'approved'): number => signed.reduce((sum, x) => sum + (x[key] ?? 0), 0);
  return { name: 'all', signed: true, rows: add('rows'), approved: add('approved') };
}

export function TableList({ tables, active, onOpen }: Props) {
  const all = [sumOf(tables), ...tables];
  return (
    <nav class="knowledge-tables" aria-label={t('knowledge.tables')}>
      <div class="row spread soft small wide-only knowledge-head" aria-hidden="true"><span>{t('knowledge.table_one')}</span><span>{t('knowledge.head')}</span></div>
      <ul class="plain wide-only">
        {all.map((x) => <Item key={x.name} table={x} active={active} onOpen={onOpen} />)}
      </ul>
      <div class="narrow-only">
        <Select label={t('knowledge.table_one')} value={active} onValue={onOpen}
          options={all.map((x) => ({ value: x.name, label: `${tableName(x.name)} (${share(x)})` }))} />
      </div>
    </nav>
  );
}
