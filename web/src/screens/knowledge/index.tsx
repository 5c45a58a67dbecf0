// SPDX-License-Identifier: Apache-2.0
// Every rule, number and source: tables, their rows, one row with all that there is to know of it.
// #/knowledge/TABLE/ROW is where other screens lead to for the source of what they say.
import { useEffect, useState } from 'preact/hooks';

import { useQuery } from '../../api/query';
import { route } from '../../app/router';
import { useStore } from '../../store';
import { t } from '../../text';
import { Empty, Loaded } from '../../ui/Loading';
import type { ScreenProps } from '..';
import { filter, getTables, NO_FILTER, type Tables } from './api';
import { RowDetail } from './RowDetail';
import { RowList } from './RowList';
import { TableList } from './TableList';

/** list: the table whose rows stand in the middle, or "all"; row: the one that is open. */
export interface Place { list: string; row: { table: string; id: string } | null }

/** The last answer: shown at once when one comes from another row. */
let known: Tables | undefined;

const placeOf = ([table, id]: string[]): Place => ({ list: table ?? 'rules', row: table && id ? { table, id } : null });

function addressOf(place: Place): string {
  const parts = place.row ? [place.row.table, place.row.id] : [place.list];
  return `#/knowledge/${parts.map(encodeURIComponent).join('/')}`;
}

/** Where one is. Going from row to row changes the address, but draws the lists not anew. */
function usePlace(args: string[]): [Place, (next: Place) => void] {
  const at = useStore(route);
  const [place, setPlace] = useState<Place>(placeOf(args));
  useEffect(() => setPlace(placeOf(args)), [at]);
  const open = (next: Place): void => {
    if (next.list !== place.list) filter.set({ ...NO_FILTER, text: filter.get().text, approved: filter.get().approved });
    history.pushState(null, '', addressOf(next));
    setPlace(next);
  };
  return [place, open];
}

export function Knowledge({ args }: ScreenProps) {
  const [place, open] = usePlace(args);
  const query = useQuery('knowledge-tables', async () => (known = await getTables()));
  const [round, setRound] = useState(0);
  const tables = query.data ?? known;
  const changed = (): void => {
    query.reload();
    setRound((n) => n + 1);
  };
  return (
    <div class="stack">
      <div class="row spread">
        <h1 tabIndex={-1}>{t('knowledge.title')}</h1>
        {tables && <span class="soft small">{t('knowledge.version', { version: tables.version })}</span>}
      </div>
      <Loaded query={{ ...query, data: tables }}>
        {(data) => (
          <div class={place.row ? 'knowledge has-row' : 'knowledge'}>
            <TableList tables={data.tables} active={place.list} onOpen={(list) => open({ list, row: null })} />
            <RowList key={place.list} place={place} round={round} onOpen={open} />
            <div class="knowledge-detail">
              {place.row
                ? <RowDetail {...place.row} approver={data.approver} onChanged={changed} onBack={() => open({ list: place.list, row: null })} />
                : <Empty>{t('knowledge.choose')}</Empty>}
            </div>
          </div>
        )}
      </Loaded>
    </div>
  );
}
