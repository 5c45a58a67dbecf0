// SPDX-License-Identifier: Apache-2.0
// All documents with how each stands: not possible now and why, draft, issued, signed.
import { formatDate, today } from '../../format';
import { t, tIf } from '../../text';
import { Status, type StatusKind } from '../../ui/Status';
import { consentOf, issuedOf, type List, type Row, type Shelf as ShelfData } from './data';

interface State { kind: StatusKind; text: string }

function stateOf(row: Row, shelf: ShelfData | undefined, list: List): State {
  const newest = issuedOf(shelf, row.type)[0];
  const consent = row.type === 'consent' ? consentOf(shelf, today()) : undefined;
  const latest = list.sessions?.[0];
  if (consent) return { kind: 'good', text: t('documents.signed_on', { date: formatDate(consent.dateTime) }) };
  if (row.type === 'note' && latest?.signed) return { kind: 'good', text: t('documents.note_signed', { date: formatDate(latest.date) }) };
  if (newest) return { kind: 'note', text: t('documents.issued_on', { date: formatDate(newest.date) }) };
  if (!row.possible) return { kind: 'unknown', text: t('documents.not_possible') };
  return { kind: 'warn', text: t('documents.draft') };
}

export function titleOf(row: { type: string; title: string }): string {
  return tIf(`documents.type_${row.type}`, row.title);
}

function Line({ row, state, isActive, onOpen }: { row: Row; state: State; isActive: boolean; onOpen: () => void }) {
  return (
    <li>
      <button type="button" class="shelf-line" aria-current={isActive ? 'true' : undefined} onClick={onOpen}>
        <span class="strong">{titleOf(row)}</span>
        <Status kind={state.kind}>{state.text}</Status>
        {row.why && <span class="soft small">{row.why}</span>}
      </button>
    </li>
  );
}

export function Shelf({ list, shelf, active, onOpen }: { list: List; shelf: ShelfData | undefined; active: string; onOpen: (type: string) => void }) {
  const rows = list.documents ?? [];
  const groups = (['patient', 'clinician'] as const).map((reader) => ({ reader, rows: rows.filter((r) => r.reader === reader) }));
  return (
    <nav class="shelf stack" aria-label={t('documents.list')}>
      {groups.map((g) => (
        <section key={g.reader} aria-labelledby={`shelf-${g.reader}`}>
          <h2 id={`shelf-${g.reader}`}>{t(`documents.for_${g.reader}`)}</h2>
          <ul class="plain">
            {g.rows.map((row) => (
              <Line key={row.type} row={row} state={stateOf(row, shelf, list)} isActive={row.type === active} onOpen={() => onOpen(row.type)} />
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}
