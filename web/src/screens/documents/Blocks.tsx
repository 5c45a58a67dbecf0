// SPDX-License-Identifier: Apache-2.0
// The blocks of a document as HTML: headings, lists and tables that a screen reader knows.
import type { ComponentChildren } from 'preact';

import { PaperChart } from '../../chart/PaperChart';
import { t } from '../../text';
import type { Block, Box, Cell, Meaning } from './data';

const NAMED: readonly Meaning[] = ['good', 'caution', 'danger'];

/** A colour is said by a word, too, for who does not see it. */
function Said({ meaning }: { meaning: Meaning | undefined }) {
  if (!meaning || !NAMED.includes(meaning)) return null;
  return <span class="hidden-visually">{t(`documents.meaning_${meaning as 'good'}`)} </span>;
}

function Paragraph({ b }: { b: Block }) {
  return <p class={`${b.meaning ?? 'plain'}${b.bold ? ' strong' : ''}`}>{b.text}</p>;
}

function BoxView({ box }: { box: Box }) {
  return (
    <div class={`box ${box.meaning ?? 'plain'}`}>
      {box.title && <p class="strong"><Said meaning={box.meaning} />{box.title}</p>}
      {box.text && <p>{!box.title && <Said meaning={box.meaning} />}{box.text}</p>}
    </div>
  );
}

function CellView({ cell }: { cell: Cell }) {
  const names = [cell.meaning ?? '', cell.bold ? 'strong' : ''].join(' ').trim();
  return (
    <>
      {cell.text && <span class={names || undefined}>{cell.text}</span>}
      {cell.sub && <span class="sub">{cell.sub}</span>}
    </>
  );
}

function TableView({ b, caption }: { b: Block; caption: string }) {
  const columns = b.columns ?? [];
  const side = (i: number): string | undefined => (columns[i]?.right ? 'number' : undefined);
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={caption}>
      <table class="table">
        <caption class="hidden-visually">{caption}</caption>
        <thead>
          <tr>{columns.map((c, i) => (c.title ? <th key={i} scope="col" class={side(i)}>{c.title}</th> : <td key={i} />))}</tr>
        </thead>
        <tbody>
          {(b.rows ?? []).map((row, r) => (
            <tr key={r}>
              {row.map((cell, i) => (i === 0
                ? <th key={i} scope="row" class={side(i)}><CellView cell={cell} /></th>
                : <td key={i} class={side(i)}><CellView cell={cell} /></td>))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Items({ items }: { items: readonly Block[] }) {
  const isNumbered = items.every((x) => /^\d+\.$/.test(x.mark ?? ''));
  const list = items.map((x, i) => <li key={i}>{x.text}</li>);
  return isNumbered ? <ol>{list}</ol> : <ul>{list}</ul>;
}

function Charts({ b }: { b: Block }) {
  const charts = b.charts ?? [];
  const isSmall = b.kind === 'charts' && charts.length > 2;
  return <div class={isSmall ? 'paper-charts many' : 'paper-charts'}>{charts.map((c, i) => <PaperChart key={i} chart={c} isSmall={isSmall} />)}</div>;
}

function One({ b, caption }: { b: Block; caption: string }) {
  switch (b.kind) {
    case 'title':
      return <header><h2>{b.text}</h2>{b.sub && <p class="note">{b.sub}</p>}</header>;
    case 'heading':
      return <h3>{b.text}</h3>;
    case 'text':
      return <Paragraph b={b} />;
    case 'boxes':
      return <div class="boxes">{(b.boxes ?? []).map((x, i) => <BoxView key={i} box={x} />)}</div>;
    case 'checks':
      return <ul class="checks">{(b.items ?? []).map((x, i) => <li key={i}>{x}</li>)}</ul>;
    case 'lines':
      return <ul class="lines" aria-label={t('documents.to_fill_in')}>{(b.items ?? []).map((x, i) => <li key={i}>{x}</li>)}</ul>;
    case 'table':
      return <TableView b={b} caption={caption} />;
    case 'charts':
    case 'course':
      return <Charts b={b} />;
    default:
      return <Paragraph b={b} />;
  }
}

/** Items that follow each other are one list; a table is named by the heading above it. */
export function Blocks({ blocks }: { blocks: readonly Block[] }) {
  const out: ComponentChildren[] = [];
  let heading = '';
  for (let i = 0; i < blocks.length; i += 1) {
    const b = blocks[i] as Block;
    if (b.kind === 'item') {
      const items: Block[] = [];
      for (; blocks[i]?.kind === 'item'; i += 1) items.push(blocks[i] as Block);
      i -= 1;
      out.push(<Items key={i} items={items} />);
      continue;
    }
    if (b.kind === 'title' || b.kind === 'heading') heading = b.text ?? '';
    out.push(<One key={i} b={b} caption={heading} />);
  }
  return <>{out}</>;
}
