// SPDX-License-Identifier: Apache-2.0
// A table with caption and heads. With onOpen its rows are opened by click, Enter, and arrows move.
import type { ComponentChildren } from 'preact';

export interface Column<R> {
  key: string;
  head: ComponentChildren;
  cell: (row: R) => ComponentChildren;
  isNumber?: boolean;
  /** The cell names the row. */
  isHead?: boolean;
}

interface Props<R> {
  caption: ComponentChildren;
  isCaptionHidden?: boolean;
  columns: readonly Column<R>[];
  rows: readonly R[];
  rowKey: (row: R) => string;
  onOpen?: (row: R) => void;
  isSelected?: (row: R) => boolean;
}

function moveFocus(event: KeyboardEvent, step: number): void {
  const row = event.currentTarget as HTMLElement;
  const next = (step > 0 ? row.nextElementSibling : row.previousElementSibling) as HTMLElement | null;
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function onKey(event: KeyboardEvent, open: () => void): void {
  if (event.target !== event.currentTarget) return;
  if (event.key === 'Enter' || event.key === ' ') {
    event.preventDefault();
    open();
  } else if (event.key === 'ArrowDown') moveFocus(event, 1);
  else if (event.key === 'ArrowUp') moveFocus(event, -1);
}

export function Table<R>(p: Props<R>) {
  const opening = (row: R) =>
    p.onOpen && { tabIndex: 0, 'data-opens': true, onClick: () => p.onOpen?.(row), onKeyDown: (e: KeyboardEvent) => onKey(e, () => p.onOpen?.(row)) };
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={typeof p.caption === 'string' ? p.caption : undefined}>
      <table class="table">
        <caption class={p.isCaptionHidden ? 'hidden-visually' : undefined}>{p.caption}</caption>
        <thead>
          <tr>{p.columns.map((c) => <th key={c.key} scope="col" class={c.isNumber ? 'number' : undefined}>{c.head}</th>)}</tr>
        </thead>
        <tbody>
          {p.rows.map((row) => (
            <tr key={p.rowKey(row)} aria-current={p.isSelected?.(row) || undefined} {...opening(row)}>
              {p.columns.map((c) => (c.isHead
                ? <th key={c.key} scope="row">{c.cell(row)}</th>
                : <td key={c.key} class={c.isNumber ? 'number' : undefined}>{c.cell(row)}</td>))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
