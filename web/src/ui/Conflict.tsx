// SPDX-License-Identifier: Apache-2.0
// Somebody else changed what one was changing: both are shown, nothing is overwritten.
import { Banner } from './Banner';
import { Button } from './Button';
import { Table } from './Table';
import { t } from '../text';

export interface Difference {
  what: string;
  mine: string;
  theirs: string;
}

function leaves(value: unknown, path: string, out: Map<string, string>): void {
  if (value === null || value === undefined) return;
  if (typeof value !== 'object') out.set(path, String(value));
  else for (const [key, inner] of Object.entries(value)) if (path || key !== 'meta') leaves(inner, path ? `${path}.${key}` : key, out);
}

/** Where two versions of a resource say different things, by FHIR path. */
export function differences(mine: unknown, theirs: unknown): Difference[] {
  const a = new Map<string, string>();
  const b = new Map<string, string>();
  leaves(mine, '', a);
  leaves(theirs, '', b);
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((path) => a.get(path) !== b.get(path))
    .map((path) => ({ what: path, mine: a.get(path) ?? '–', theirs: b.get(path) ?? '–' }));
}

export function Conflict({ rows, who, onTheirs, onMine }: { rows: readonly Difference[]; who?: string; onTheirs: () => void; onMine: () => void }) {
  return (
    <section class="panel stack" aria-label={t('conflict.title')}>
      <Banner kind="warn" isAlert title={t('conflict.title')}>{who ? t('conflict.by', { who }) : t('conflict.text')}</Banner>
      <Table caption={t('conflict.table')} rows={rows} rowKey={(r) => r.what} columns={[
        { key: 'what', head: t('conflict.what'), cell: (r) => r.what, isHead: true },
        { key: 'mine', head: t('conflict.mine'), cell: (r) => r.mine },
        { key: 'theirs', head: t('conflict.theirs'), cell: (r) => r.theirs },
      ]} />
      <div class="row">
        <Button onClick={onTheirs}>{t('conflict.take_theirs')}</Button>
        <Button onClick={onMine}>{t('conflict.keep_mine')}</Button>
      </div>
    </section>
  );
}
