// SPDX-License-Identifier: Apache-2.0
// Which courses count, and the same courses as a file without names.
import { useState } from 'preact/hooks';

import { t } from '../../text';
import { Select } from '../../ui/Choice';
import { DateField } from '../../ui/TextField';
import { queryOf, type Filter, type Group } from './api';

interface Props {
  filter: Filter;
  /** All conditions that there are, whatever is filtered. */
  groups: readonly Group[];
  onFilter: (next: Filter) => void;
}

const SIDES = ['left', 'right', 'both'] as const;

/** A date field tells half a year while it is typed: only a whole date, or none, is taken. */
function Day({ label, value, onValue }: { label: string; value: string; onValue: (value: string) => void }) {
  const [text, setText] = useState(value);
  const type = (next: string): void => {
    setText(next);
    if (next === '' || /^[12]\d{3}-\d\d-\d\d$/.test(next)) onValue(next);
  };
  return <DateField label={label} value={text} onInput={type} />;
}

export function Filters({ filter, groups, onFilter }: Props) {
  const set = (part: Partial<Filter>): void => onFilter({ ...filter, ...part });
  const conditions = groups.map((g) => ({ value: g.condition, label: g.title }));
  return (
    <form class="panel registry-filters" aria-label={t('registry.filters')} onSubmit={(e) => e.preventDefault()}>
      <Select label={t('registry.condition')} value={filter.condition || 'all'} options={[{ value: 'all', label: t('registry.all_conditions') }, ...conditions]}
        onValue={(value) => set({ condition: value === 'all' ? '' : value })} />
      <Select label={t('registry.side')} value={filter.side || 'all'}
        options={[{ value: 'all', label: t('registry.all_sides') }, ...SIDES.map((side) => ({ value: side, label: t(`side.${side}`) }))]}
        onValue={(value) => set({ side: value === 'all' ? '' : (value as Filter['side']) })} />
      <Day label={t('registry.from')} value={filter.from} onValue={(from) => set({ from })} />
      <Day label={t('registry.to')} value={filter.to} onValue={(to) => set({ to })} />
      <div class="registry-export">
        <span class="label" id="registry-export">{t('registry.export')}</span>
        <div class="row" role="group" aria-labelledby="registry-export">
          <a class="button" href={`/clinic/outcomes.csv${queryOf(filter)}`} download="outcomes.csv">CSV</a>
          <a class="button" href={`/clinic/outcomes.ndjson${queryOf(filter)}`} download="outcomes.ndjson">NDJSON</a>
        </div>
        <span class="soft small">{t('registry.export_hint')}</span>
      </div>
    </form>
  );
}
