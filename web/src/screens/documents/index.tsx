// SPDX-License-Identifier: Apache-2.0
// Documents of a patient: the list, one of them as it reads, and the patient's signature.
import { useQuery } from '../../api/query';
import { PatientHeader } from '../../app/PatientHeader';
import { replace, route } from '../../app/router';
import { formatDate, today } from '../../format';
import { useStore } from '../../store';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Select } from '../../ui/Choice';
import { ErrorBox, Loaded } from '../../ui/Loading';
import type { ScreenProps } from '..';
import { consentOf, issuedOf, readList, readShelf, type List, type Shelf as ShelfData, type Wanted } from './data';
import { Preview } from './Preview';
import { Shelf, titleOf } from './Shelf';
import { Signature } from './Signature';

/** The choices of the screen live in its address, so that a link leads to one document. */
function useAddress(patient: string): { wanted: Wanted; type: string; choose: (change: Record<string, string | undefined>) => void } {
  const at = useStore(route).query;
  const wanted: Wanted = {};
  for (const key of ['target', 'plan', 'session'] as const) {
    const value = at.get(key);
    if (value) wanted[key] = value;
  }
  const choose = (change: Record<string, string | undefined>): void => {
    const next = new URLSearchParams(at);
    for (const [key, value] of Object.entries(change)) {
      if (value) next.set(key, value);
      else next.delete(key);
    }
    replace(`/patient/${patient}/documents?${next}`);
  };
  return { wanted, type: at.get('type') ?? 'consent', choose };
}

function Problems({ list, wanted, onChoose }: { list: List; wanted: Wanted; onChoose: (target: string) => void }) {
  const problems = list.problems ?? [];
  if (problems.length < 2) return null;
  const options = problems.map((p) => ({ value: String(p.target), label: `${p.text ?? t('ui.unknown')}, ${p.side}` }));
  return (
    <div class="panel no-print">
      <Select label={t('documents.problem')} hint={t('documents.problem_hint')} options={options} value={wanted.target ?? null} onValue={onChoose} />
    </div>
  );
}

/** Of which plan the papers speak: one that a physician approved, or one that is only proposed. */
function Basis({ shelf, isPlan }: { shelf: ShelfData | undefined; isPlan: boolean }) {
  const plan = shelf?.plans[0];
  if (!shelf) return null;
  return isPlan && plan
    ? <p class="soft no-print">{t('documents.of_approved', { date: formatDate(plan.created) })}</p>
    : <div class="no-print"><Banner kind="warn" title={t('documents.of_proposed_title')}>{t('documents.of_proposed')}</Banner></div>;
}

function Inside({ id, list, shelf, wanted, type, choose, onChange }: {
  id: string; list: List; shelf: ShelfData | undefined; wanted: Wanted; type: string; choose: (c: Record<string, string | undefined>) => void; onChange: () => void;
}) {
  const rows = list.documents ?? [];
  const row = rows.find((r) => r.type === type) ?? rows[0];
  if (!row) return null;
  const named = { ...row, title: titleOf(row) };
  return (
    <div class="documents">
      <Shelf list={list} shelf={shelf} active={row.type} onOpen={(next) => choose({ type: next })} />
      <div class="stack">
        {row.type === 'consent' && <Signature patient={id} consent={consentOf(shelf, today())} issued={issuedOf(shelf, 'consent')[0]} onChange={onChange} />}
        <Preview key={`${row.type} ${wanted.session ?? ''}`} patient={id} row={named} list={list} shelf={shelf} wanted={wanted} onSession={(session) => choose({ session })} onIssued={onChange} />
      </div>
    </div>
  );
}

export function Documents({ args }: ScreenProps) {
  const id = args[0] ?? '';
  const { wanted: given, type, choose } = useAddress(id);
  const shelf = useQuery(`shelf-${id}`, () => readShelf(id));
  const approved = shelf.data?.plans.find((p) => (p.period?.end ?? '') >= today())?.id;
  const wanted: Wanted = { ...given, ...(given.plan || !approved || given.target ? {} : { plan: approved }) };
  const isReady = shelf.data !== undefined || shelf.error !== undefined;
  const list = useQuery(`documents-${id}-${isReady}-${wanted.target}-${wanted.plan}`, () => (isReady ? readList(id, wanted) : new Promise<List>(() => {})));
  const reload = (): void => {
    shelf.reload();
    list.reload();
  };
  return (
    <div class="stack">
      <div class="no-print stack">
        <PatientHeader id={id} />
        <h1 tabIndex={-1}>{t('documents.title')}</h1>
        {shelf.error !== undefined && <ErrorBox error={shelf.error} onRetry={shelf.reload} />}
      </div>
      <Loaded query={list}>
        {(data) => (
          <>
            <Problems list={data} wanted={wanted} onChoose={(target) => choose({ target, plan: undefined })} />
            {data.documents && <Basis shelf={shelf.data} isPlan={Boolean(wanted.plan)} />}
            <Inside id={id} list={data} shelf={shelf.data} wanted={wanted} type={type} choose={choose} onChange={reload} />
          </>
        )}
      </Loaded>
    </div>
  );
}
