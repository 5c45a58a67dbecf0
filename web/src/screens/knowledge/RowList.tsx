// SPDX-License-Identifier: Apache-2.0
// The rows of a table as a dense list with a filter. Arrows go from row to row.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { get } from '../../api/http';
import { useDebounced, useQuery } from '../../api/query';
import { href } from '../../app/router';
import { useStore } from '../../store';
import { t } from '../../text';
import { Button } from '../../ui/Button';
import { Select } from '../../ui/Choice';
import { Empty, ErrorBox, Loading } from '../../ui/Loading';
import { TextField } from '../../ui/TextField';
import { filter, NO_FILTER, PAGE, rowsPath, type Filter, type RowLine, type Rows } from './api';
import type { Place } from './index';
import { tableName } from './words';

/** The last list and how far it was scrolled: there at once when one comes back. */
const kept: { path: string; rows: Rows | undefined; top: number } = { path: '', rows: undefined, top: 0 };

function Filters({ value, rows }: { value: Filter; rows: Rows | undefined }) {
  const put = (part: Partial<Filter>): void => filter.set({ ...value, ...part });
  const isSet = Object.values(value).some(Boolean);
  return (
    <div class="knowledge-filter" role="search" aria-label={t('knowledge.filter')}>
      <TextField label={t('knowledge.find')} type="search" value={value.text} onInput={(text) => put({ text })} />
      <Select label={t('knowledge.approval')} value={value.approved || 'any'} onValue={(x) => put({ approved: x === 'any' ? '' : x })}
        options={[{ value: 'any', label: t('knowledge.any') }, { value: 'no', label: t('knowledge.not_approved') }, { value: 'yes', label: t('knowledge.approved') }]} />
      {rows?.grades && rows.grades.length > 0 && (
        <Select label={t('ui.grade')} value={value.grade || 'any'} onValue={(x) => put({ grade: x === 'any' ? '' : x })}
          options={[{ value: 'any', label: t('knowledge.any') }, ...rows.grades.map((g) => ({ value: g.id, label: `${g.id} (${g.rows})` }))]} />
      )}
      {rows?.sources && rows.sources.length > 0 && (
        <Select label={t('ui.source')} value={value.source || 'any'} onValue={(x) => put({ source: x === 'any' ? '' : x })}
          options={[{ value: 'any', label: t('knowledge.any') }, ...[...rows.sources].sort((a, b) => b.rows - a.rows).map((s) => ({ value: s.id, label: `${s.id} (${s.rows})` }))]} />
      )}
      {isSet && <Button kind="quiet" onClick={() => filter.set(NO_FILTER)}>{t('knowledge.clear')}</Button>}
    </div>
  );
}

function Line({ line, isAll, isSigned, isOpen, onOpen }: { line: RowLine; isAll: boolean; isSigned: boolean; isOpen: boolean; onOpen: (row: { table: string; id: string }) => void }) {
  const open = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    onOpen({ table: line.table, id: line.id });
  };
  return (
    <li>
      <a href={href(`/knowledge/${line.table}/${encodeURIComponent(line.id)}`)} aria-current={isOpen ? 'true' : undefined} onClick={open}>
        <code>{line.id}</code>
        <span class="knowledge-line">{isAll && <span class="soft">{tableName(line.table)}: </span>}{line.title}</span>
        {line.grade && <span class="knowledge-grade"><span class="hidden-visually">{t('ui.grade')} </span>{line.grade}</span>}
        <span class="knowledge-marks small">
          {isSigned && (line.approved_by ? <span class="status good">{t('knowledge.approved')}</span> : <span class="mark">{t('knowledge.unapproved')}</span>)}
          {line.source?.split('; ').includes('memory') && <span class="mark">{t('knowledge.memory')}</span>}
        </span>
      </a>
    </li>
  );
}

function walk(event: KeyboardEvent): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  const item = (event.target as HTMLElement).closest('li');
  const next = step > 0 ? item?.nextElementSibling : item?.previousElementSibling;
  if (!step || !next) return;
  event.preventDefault();
  next.querySelector('a')?.focus();
}

export function RowList({ place, round, onOpen }: { place: Place; round: number; onOpen: (place: Place) => void }) {
  const wanted = useStore(filter);
  const text = useDebounced(wanted.text, 150);
  const [count, setCount] = useState(PAGE);
  const path = rowsPath(place.list, { ...wanted, text }, count);
  const query = useQuery(`knowledge-rows-${path}`, (signal) => get<Rows>(path, { signal }));
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => { if (round > 0) query.reload(); }, [round]);
  useEffect(() => {
    if (query.data) Object.assign(kept, { path, rows: query.data });
  }, [query.data]);
  // Until the answer is there the rows of before stay: nothing jumps while one types.
  const rows = query.data ?? (kept.rows?.table === place.list ? kept.rows : undefined);
  useLayoutEffect(() => {
    if (box.current && kept.path === path) box.current.scrollTop = kept.top;
  }, []);
  useEffect(() => { // the open row is in sight, also when an address led to it
    box.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }, [rows, place.row?.id]);
  return (
    <section class="panel knowledge-rows" aria-label={tableName(place.list)}>
      <h2>{tableName(place.list)}{rows?.meaning && <span class="soft small knowledge-meaning"> {rows.meaning}</span>}</h2>
      <Filters value={wanted} rows={rows} />
      {query.error !== undefined && !query.isLoading && <ErrorBox error={query.error} onRetry={query.reload} />}
      {!rows && query.isLoading && <Loading />}
      {rows && (
        <>
          <p class="small soft" role="status">{t('knowledge.found', { n: rows.total })}</p>
          {rows.total === 0 && <Empty actions={<Button onClick={() => filter.set(NO_FILTER)}>{t('knowledge.clear')}</Button>}>{t('knowledge.none')}</Empty>}
          <div class="knowledge-scroll" ref={box} onScroll={(e) => { kept.top = e.currentTarget.scrollTop; }}>
            <ul class="plain" onKeyDown={walk}>
              {rows.rows.map((line) => (
                <Line key={`${line.table}/${line.id}`} line={line} isAll={place.list === 'all'} isSigned={rows.signed}
                  isOpen={line.id === place.row?.id && line.table === place.row.table} onOpen={(row) => onOpen({ list: place.list, row })} />
              ))}
            </ul>
            {rows.next_offset !== undefined && (
              <Button onClick={() => setCount(Math.min(rows.rows.length + 4 * PAGE, rows.total))}>{t('knowledge.more', { n: rows.total - rows.rows.length })}</Button>
            )}
          </div>
        </>
      )}
    </section>
  );
}
