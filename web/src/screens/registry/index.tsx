// SPDX-License-Identifier: Apache-2.0
// The clinic's own results: what was done, how many were followed, what changed, what went wrong.
// Nothing here compares with anything: it says so, above every number.
import { useState } from 'preact/hooks';

import { useQuery } from '../../api/query';
import { formatDate, formatShare } from '../../format';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Choice } from '../../ui/Choice';
import { Empty, ErrorBox, Loaded } from '../../ui/Loading';
import { Mark } from '../../ui/Status';
import type { ScreenProps } from '..';
import { getOutcomes, NO_FILTER, queryOf, type Filter, type Group, type Outcomes } from './api';
import { Detail } from './Detail';
import { Filters } from './Filters';
import { Results } from './Results';
import { isUnapproved } from './words';

/** Conditions that were met so far: a filter must not take away what can be filtered by. */
function useKnown(data: Outcomes | undefined): readonly Group[] {
  const [known, setKnown] = useState<readonly Group[]>([]);
  const fresh = (data?.groups ?? []).filter((g) => !known.some((k) => k.condition === g.condition));
  if (fresh.length > 0) setKnown([...known, ...fresh].sort((a, b) => a.title.localeCompare(b.title)));
  return known;
}

function Rules({ data }: { data: Outcomes }) {
  return (
    <p class="soft small">
      {t('registry.rules', { n: data.min_n.value, share: formatShare(data.completeness_min.value / 100), days: data.tolerance_days })}{' '}
      {isUnapproved(data.min_n, data.completeness_min) && <Mark kind="unapproved" />}
    </p>
  );
}

function Shown({ data, days, onDays }: { data: Outcomes; days: number; onDays: (days: number) => void }) {
  const [selected, setSelected] = useState<string | null>(null);
  const open = data.groups.find((g) => g.condition === selected) ?? data.groups[0];
  if (!open) return <Empty><p>{t('registry.empty')}</p></Empty>;
  return (
    <>
      <Choice label={t('registry.timepoint')} value={String(days)} onValue={(v) => onDays(Number(v))}
        options={data.timepoints.map((tp) => ({ value: String(tp.days), label: tp.title }))} />
      <div class="panel registry-results"><Results data={data} days={days} selected={open.condition} onSelect={setSelected} /></div>
      <Rules data={data} />
      <Detail group={open} data={data} />
      {data.unreadable > 0 && <p class="soft">{t('registry.unreadable', { n: data.unreadable })}</p>}
    </>
  );
}

export function Registry(_: ScreenProps) {
  const [filter, setFilter] = useState<Filter>(NO_FILTER);
  const [days, setDays] = useState<number | null>(null);
  const query = useQuery(`outcomes${queryOf(filter)}`, (signal) => getOutcomes(filter, signal));
  const known = useKnown(query.data);
  const at = days ?? query.data?.timepoints[0]?.days ?? 0;
  return (
    <div class="stack">
      <div class="row spread">
        <h1 tabIndex={-1}>{t('registry.title')}</h1>
        {query.data && <span class="soft small">{t('registry.as_of', { date: formatDate(query.data.today) })}</span>}
      </div>
      <Banner kind="note" title={t('registry.not_evidence')}>{t('registry.caveats')}</Banner>
      <Filters filter={filter} groups={known} onFilter={setFilter} />
      {query.error && query.data ? <ErrorBox error={query.error} onRetry={query.reload} /> : null}
      <Loaded query={query} what={t('registry.counting')}>{(data) => <Shown data={data} days={at} onDays={setDays} />}</Loaded>
    </div>
  );
}
