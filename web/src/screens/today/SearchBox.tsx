// SPDX-License-Identifier: Apache-2.0
// One field that finds a patient: the focus is in it, arrows choose, Enter opens. What comes late
// to an earlier text is dropped.
import { useEffect, useId, useRef, useState } from 'preact/hooks';

import { nameOf } from '../../api/fhir';
import { useDebounced } from '../../api/query';
import { currentProblem } from '../../api/overview';
import { go } from '../../app/router';
import { SideOf } from '../../app/PatientHeader';
import { formatDate } from '../../format';
import { t, tIf } from '../../text';
import { LinkButton } from '../../ui/Button';
import { explainError } from '../../ui/Loading';
import { Status } from '../../ui/Status';
import { findPatients, FOUND_MOST, overviewOf, type Found } from './search';

const PAUSE_MS = 180;

interface Search {
  /** What the list belongs to; null: nothing is asked. */
  text: string | null;
  found: Found[];
  error?: unknown;
  isLoading: boolean;
}

const NOTHING: Search = { text: null, found: [], isLoading: false };

function useSearch(typed: string): Search {
  const text = useDebounced(typed.trim(), PAUSE_MS);
  const [search, setSearch] = useState<Search>(NOTHING);
  useEffect(() => {
    if (text.length < 2) {
      setSearch(NOTHING);
      return;
    }
    const abort = new AbortController();
    const isLate = (): boolean => abort.signal.aborted;
    setSearch((s) => ({ ...s, isLoading: true }));
    const add = (id: string, overview: Found['overview']): void =>
      setSearch((s) => ({ ...s, found: s.found.map((f) => (f.patient.id === id && overview ? { ...f, overview } : f)) }));
    findPatients(text, abort.signal).then((patients) => {
      if (isLate()) return;
      setSearch({ text, found: patients.map((patient) => ({ patient })), isLoading: false });
      for (const { id } of patients) if (id) overviewOf(id, abort.signal).then((o) => !isLate() && add(id, o), () => undefined);
    }, (error: unknown) => !isLate() && setSearch({ text, found: [], error, isLoading: false }));
    return () => abort.abort();
  }, [text]);
  return search;
}

function Row({ found }: { found: Found }) {
  const { patient, overview } = found;
  const problem = overview && currentProblem(overview);
  return (
    <>
      <span class="found-name strong">{nameOf(patient)}</span>
      <span class="found-facts">
        <span>{formatDate(patient.birthDate)}</span>
        <span class="soft">{patient.identifier?.[0]?.value ?? t('today.no_identifier')}</span>
      </span>
      <span class="found-facts">
        {problem && <><SideOf side={problem.side} /><span>{problem.text}</span></>}
        {overview?.view === 'clinical' && !problem && <Status kind="unknown">{t('patient.no_problem')}</Status>}
      </span>
      <span class="soft">{overview && t('today.stage', { step: tIf(`step.${overview.next.step}`, overview.next.step) })}</span>
    </>
  );
}

export function SearchBox() {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const search = useSearch(typed);
  const isOpen = search.text !== null && typed.trim().length >= 2;
  useEffect(() => setAt(0), [search.text]);
  useEffect(() => { input.current?.focus(); }, []);
  const open = (index: number): void => {
    const patient = search.found[index]?.patient;
    if (patient?.id) go(`/patient/${patient.id}`);
  };
  const move = (step: number): void => {
    const next = (at + step + search.found.length) % Math.max(search.found.length, 1);
    setAt(next);
    document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: 'nearest' });
  };
  const press = (event: KeyboardEvent): void => {
    const act: Record<string, () => void> = { ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: () => open(at), Escape: () => setTyped('') };
    // Enter before the list of this very text is there opens nobody.
    if (event.key === 'Enter' && search.text !== typed.trim()) event.preventDefault();
    else if (act[event.key] && (isOpen || event.key === 'Escape')) {
      event.preventDefault();
      act[event.key]?.();
    }
  };
  return (
    <div class="search">
      <label for={id}>{t('today.search')}</label>
      <div class="row">
        <input ref={input} id={id} class="input search-field" type="text" role="combobox" autocomplete="off" spellcheck={false} maxLength={100}
          aria-expanded={isOpen} aria-controls={`${id}-list`} aria-autocomplete="list" aria-describedby={`${id}-hint`}
          aria-activedescendant={isOpen && search.found.length ? `${id}-${at}` : undefined} data-first-focus
          value={typed} onInput={(e) => setTyped(e.currentTarget.value)} onKeyDown={press} />
        <LinkButton to="/patient/new">{t('today.new_patient')}</LinkButton>
      </div>
      <span class="hint soft small" id={`${id}-hint`}>{t('today.search_hint')}</span>
      <div class="found-list" hidden={!isOpen}>
        <ul class="plain" id={`${id}-list`} role="listbox" aria-label={t('today.found')}>
          {isOpen && search.found.map((f, i) => (
            <li key={f.patient.id} id={`${id}-${i}`} class="found" role="option" aria-selected={i === at} onPointerEnter={() => setAt(i)} onClick={() => open(i)}><Row found={f} /></li>
          ))}
        </ul>
        <p class="soft small" role="status">
          {Boolean(search.error) && <span class="strong">{explainError(search.error)}</span>}
          {isOpen && !search.error && !search.isLoading && (search.found.length === 0 ? t('today.found_none') : t('today.found_count', { n: search.found.length }))}
          {search.found.length === FOUND_MOST && <> {t('today.found_more')}</>}
        </p>
      </div>
    </div>
  );
}
