// SPDX-License-Identifier: Apache-2.0
// One row: what each column says and means, where it comes from, how far it is to be trusted, who
// approved it, where it is used.
import { useEffect, useRef } from 'preact/hooks';

import { useQuery } from '../../api/query';
import { href } from '../../app/router';
import { t, tIf } from '../../text';
import { Button } from '../../ui/Button';
import { Loaded } from '../../ui/Loading';
import { Mark, Status } from '../../ui/Status';
import { getRow, type Approver, type Cell, type Named, type Row, type Source, type Tier } from './api';
import { ApprovalBox } from './Approval';
import { columnName, kindOf, outcomeName, tableName } from './words';

const LONG = 500;
const SOME = 12;

export function RowLink({ to, isBare }: { to: Named; isBare?: boolean }) {
  return (
    <>
      <a href={href(`/knowledge/${to.table}/${encodeURIComponent(to.id)}`)}><code>{to.id}</code></a>
      {!isBare && to.title && to.title !== to.id && <span class="soft"> {to.title}</span>}
    </>
  );
}

/** A long value is folded: most of them are lists for the program. */
function Value({ cell }: { cell: Cell }) {
  const value = cell.value ?? '';
  const unit = cell.unit ? <span class="soft"> {cell.unit}</span> : null;
  if (cell.type === 'expr') return <code class="knowledge-condition">{value}</code>;
  if (value.length <= LONG) return <span>{value}{unit}</span>;
  return <details><summary>{t('knowledge.long', { n: value.length })}</summary><code class="knowledge-condition">{value}</code></details>;
}

function References({ list }: { list: readonly Named[] }) {
  const items = <ul class="plain">{list.map((x) => <li key={`${x.table}/${x.id}`}><RowLink to={x} /></li>)}</ul>;
  return list.length <= SOME ? items : <details><summary>{t('knowledge.names', { n: list.length })}</summary>{items}</details>;
}

function Cells({ cells }: { cells: readonly Cell[] }) {
  const given = cells.filter((c) => c.value);
  const missing = cells.filter((c) => !c.value);
  return (
    <section class="stack tight">
      <h3>{t('knowledge.says')}</h3>
      <dl class="knowledge-cells">
        {given.map((c) => (
          <div key={c.name}>
            <dt>{columnName(c.name)}<span class="soft small"> {c.meaning}</span></dt>
            <dd>
              {c.type === 'expr' || !c.refers_to ? <Value cell={c} /> : null}
              {c.refers_to && <References list={c.refers_to} />}
            </dd>
          </div>
        ))}
      </dl>
      {missing.length > 0 && <p class="small soft">{t('knowledge.not_given', { columns: missing.map((c) => columnName(c.name)).join(', ') })}</p>}
    </section>
  );
}

/** An address that a browser can open; everything else is a place in the original documents. */
function Address({ url }: { url: string }) {
  return (
    <>
      {url.split('; ').map((x) => (
        <div key={x}>{/^https?:\/\//.test(x) ? <a href={x} target="_blank" rel="noreferrer noopener">{x}<span class="hidden-visually"> ({t('knowledge.new_window')})</span></a> : <code>{x}</code>}</div>
      ))}
    </>
  );
}

function Sources({ row }: { row: Row }) {
  if (!row.grade && row.sources.length === 0) return null;
  return (
    <section class="stack tight">
      <h3>{t('knowledge.trust')}</h3>
      <dl class="definition">
        {row.grade && <><dt>{t('ui.grade')}</dt><dd><span class="knowledge-grade">{row.grade}</span> {row.grade_meaning}</dd></>}
        {row.verified && <><dt>{t('knowledge.verified')}</dt><dd><Status kind={row.verified === 'yes' ? 'good' : row.verified === 'no' ? 'warn' : 'note'}>{tIf(`knowledge.seen_${row.verified}`, row.verified)}</Status> <span class="soft">{row.verified_meaning}</span></dd></>}
      </dl>
      {row.sources.map((s) => <SourceCard key={s.id} source={s} />)}
    </section>
  );
}

function SourceCard({ source }: { source: Source }) {
  return (
    <div class="knowledge-source">
      <div><RowLink to={{ table: 'sources', id: source.id }} isBare /> {source.title} {source.id === 'memory' && <Mark kind="memory" />}</div>
      {source.url && <Address url={source.url} />}
      {source.note && <div class="small soft">{source.note}</div>}
      {source.seen && <div class="small soft">{t('knowledge.page_seen', { how: tIf(`knowledge.seen_${source.seen}`, source.seen) })}</div>}
    </div>
  );
}

function Tiers({ tiers }: { tiers: readonly Tier[] }) {
  return (
    <section class="stack tight">
      <h3>{t('knowledge.tiers')}</h3>
      <ol class="plain stack tight">
        {tiers.map((x) => (
          <li key={x.id} class="knowledge-source">
            <div class="row spread">
              <span class="row"><Status kind={kindOf(x.outcome)}>{outcomeName(x.outcome)}</Status><RowLink to={{ table: 'tiers', id: x.id }} isBare /></span>
              <span class="row small"><span class="knowledge-grade">{x.grade}</span>{x.approved_by ? <span class="status good">{t('knowledge.approved')}</span> : <Mark kind="unapproved" />}</span>
            </div>
            {x.threshold && <div class="strong">{x.threshold}</div>}
            {x.message && <div>{x.message}</div>}
            {x.when && <code class="knowledge-condition">{x.when}</code>}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Uses({ row }: { row: Row }) {
  const { total, rows } = row.used_by;
  if (total === 0) return <p class="small soft">{t('knowledge.unused')}</p>;
  const tables = [...new Set(rows.map((x) => x.table))];
  return (
    <section class="stack tight">
      <h3>{t('knowledge.used', { n: total })}</h3>
      {tables.map((table) => {
        const own = rows.filter((x) => x.table === table);
        return (
          <details key={table} open={total <= SOME}>
            <summary>{tableName(table)} ({own.length})</summary>
            <ul class="plain">{own.map((x) => <li key={`${x.id}/${x.column}`}><RowLink to={x} /> <span class="soft small">({columnName(x.column)})</span></li>)}</ul>
          </details>
        );
      })}
      {rows.length < total && <p class="small soft">{t('knowledge.used_more', { n: total - rows.length })}</p>}
    </section>
  );
}

interface Props { table: string; id: string; approver: Approver; onChanged: () => void; onBack: () => void }

export function RowDetail({ table, id, approver, onChanged, onBack }: Props) {
  const query = useQuery(`knowledge-${table}/${id}`, () => getRow(table, id));
  const head = useRef<HTMLHeadingElement>(null);
  const isFirst = useRef(true);
  useEffect(() => { // a row that is opened gets the focus once it is there; the first one when one arrives
    if (query.data && !(isFirst.current && document.activeElement?.closest('.knowledge-rows'))) head.current?.focus({ preventScroll: true });
    if (query.data) isFirst.current = false;
  }, [query.data?.table, query.data?.id]);
  const changed = (): void => {
    query.reload();
    onChanged();
  };
  const back = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') document.querySelector<HTMLElement>('.knowledge-rows [aria-current]')?.focus();
  };
  return (
    <div class="panel stack" onKeyDown={back}>
      <div class="narrow-only"><Button onClick={onBack}>{t('knowledge.back')}</Button></div>
      <Loaded query={query}>
        {(row) => (
          <article class="stack" aria-labelledby="knowledge-row">
            <header class="stack tight">
              <div class="row spread small soft"><span>{tableName(row.table)} · <code>{row.id}</code></span><span>{row.place}</span></div>
              <h2 id="knowledge-row" ref={head} tabIndex={-1}>{row.title}</h2>
            </header>
            {row.signed && <ApprovalBox row={row} approver={approver} onChanged={changed} />}
            <Cells cells={row.columns.filter((c) => c.value !== row.title || c.name !== 'title')} />
            {row.tiers && row.tiers.length > 0 && <Tiers tiers={row.tiers} />}
            <Sources row={row} />
            <Uses row={row} />
          </article>
        )}
      </Loaded>
    </div>
  );
}
