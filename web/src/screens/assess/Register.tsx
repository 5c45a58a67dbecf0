// SPDX-License-Identifier: Apache-2.0
// Who the patient is: registering a new one, with a warning when there seems to be one already, and
// editing. A number of the clinic belongs to one person: the server makes no second one with it.
import { useEffect, useState } from 'preact/hooks';

import { useDraft, type Draft } from '../../api/draft';
import { etagOf, isConflict, nameOf, readResource, resourcesOf, type Bundle, type Patient } from '../../api/fhir';
import { request, searchByForm } from '../../api/http';
import { useDebounced, useQuery } from '../../api/query';
import { go, href } from '../../app/router';
import { useMe } from '../../app/Shell';
import { say } from '../../app/toasts';
import { ageOn, formatDate, today } from '../../format';
import { language, t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button, LinkButton } from '../../ui/Button';
import { Choice, Select } from '../../ui/Choice';
import { Conflict, type Difference } from '../../ui/Conflict';
import { DraftState } from '../../ui/DraftState';
import { explainError, Loaded, Loading } from '../../ui/Loading';
import { DateField, TextField } from '../../ui/TextField';
import type { ScreenProps } from '..';
import { isSplit, missingOf, NOBODY, patientFrom, personOf, type Person } from './person';

const SEXES = ['female', 'male', 'other', 'unknown'] as const;
const LANGUAGES = ['en', 'tr', 'es', 'de', 'fr', 'it', 'pt', 'pl', 'ro', 'ru', 'uk', 'ar', 'fa', 'ur', 'hi', 'bn',
  'pa', 'zh', 'ja', 'ko', 'vi', 'nl'];
const CARE = ['owner', 'physician', 'assistant'];

/** What stands in the draft: the fields, and the version that they were begun on. */
interface Typed { person: Person; base?: Patient }

function languageOptions() {
  const names = new Intl.DisplayNames([language.get()], { type: 'language' });
  return LANGUAGES.map((code) => ({ value: code, label: names.of(code) ?? code })).sort((a,
    b) => a.label.localeCompare(b.label));
}

/** A value in a search: "," "|" "$" and "\" mean something there. */
const escaped = (value: string): string => value.replace(/[\\,|$]/g, '\\$&');

const wordsOf = (name: string): string[] => name.toLowerCase().normalize('NFD').replace(/\p{M}/gu,
  '').split(/\s+/).filter((w) => w.length > 1);

/** A word of one name begins as a word of the other: "Maria" and "Mariam". */
function isNameAlike(p: Patient, person: Person): boolean {
  const mine = wordsOf(`${person.given} ${person.family} ${person.full}`);
  const theirs = wordsOf(nameOf(p));
  return mine.some((a) => theirs.some((b) => a.slice(0, 4) === b.slice(0, 4)));
}

/** By number, by the beginning of the name, and of the same day of birth those with a like name. */
async function look(p: Person, signal: AbortSignal): Promise<Patient[]> {
  const family = (p.family || p.full).trim();
  const ask = async (a: Record<string,
    string>): Promise<Patient[]> => resourcesOf<Patient>(await searchByForm<Bundle>('Patient', a, signal), 'Patient');
  const found = await Promise.all([
    p.identifier.trim() ? ask({ identifier: escaped(p.identifier.trim()) }) : [],
    family.length >= 2 ? ask({ name: escaped(family), _count: '6' }) : [],
    family.length >= 2 && p.birthDate ? ask({ birthdate: p.birthDate,
      _count: '50' }).then((list) => list.filter((x) => isNameAlike(x, p))) : [],
  ]);
  const all = found.flat();
  return all.filter((x, i) => all.findIndex((y) => y.id === x.id) === i);
}

/** People who may be the same, while the form is typed. */
function useAlike(person: Person, own: string | undefined): Patient[] {
  const late = useDebounced(person, 300);
  const [found, setFound] = useState<Patient[]>([]);
  const key = [late.family, late.full, late.birthDate, late.identifier].join('|');
  useEffect(() => {
    const abort = new AbortController();
    look(late, abort.signal).then((list) => !abort.signal.aborted && setFound(list.filter((p) => p.id !== own)),
      () => undefined);
    return () => abort.abort();
  }, [key, own]);
  return found;
}

const factsOf = (p: Patient): string => [formatDate(p.birthDate), p.identifier?.[0]?.value].filter(Boolean).join(', ');

function Alike({ found, person }: { found: readonly Patient[]; person: Person }) {
  if (found.length === 0) return <p class="soft" role="status">{t('register.no_alike')}</p>;
  const isSame = (p: Patient): boolean => p.birthDate === person.birthDate
    || p.identifier?.some((i) => i.value === person.identifier.trim()) === true;
  return (
    <Banner kind={found.some(isSame) ? 'warn' : 'note'} title={<span role="status">{t('register.alike')}</span>}>
      <ul class="plain">
        {[...found].sort((a, b) => Number(isSame(b)) - Number(isSame(a))).slice(0, 6).map((p) => (
          <li key={p.id}>
            <a href={href(`/patient/${p.id}`)}>{nameOf(p)}</a> {factsOf(p)}
            {isSame(p) && <strong> {t('register.same')}</strong>}
          </li>
        ))}
      </ul>
    </Banner>
  );
}

function Fields({ person, set, split,
  errors }: { person: Person; set: (p: Person) => void; split: boolean; errors: Partial<Record<keyof Person,
  string>> }) {
  const field = (key: keyof Person) => ({ value: person[key], onInput: (v: string) => set({ ...person, [key]: v }),
    error: errors[key] });
  const age = ageOn(person.birthDate, today());
  return (
    <div class="stack register-fields">
      {split ? (
        <div class="grid">
          <TextField {...field('family')} label={t('register.family')} isRequired hasFocus maxLength={120} />
          <TextField {...field('given')} label={t('register.given')} maxLength={120} />
        </div>
      ) : <TextField {...field('full')} error={errors.family} label={t('register.full')} isRequired hasFocus maxLength={240} />}
      <div class="grid">
        <DateField {...field('birthDate')} isShort label={t('register.birth')} isRequired max={today()}
          hint={age !== undefined && age >= 0 && age < 130 ? t('patient.age', { n: age })
            : t('register.birth_hint')} />
        <Choice label={t('register.sex')} hint={t('register.sex_hint')}
          options={SEXES.map((x) => ({ value: x, label: t(`register.sex_${x}`) }))}
          value={SEXES.find((x) => x === person.gender) ?? null} onValue={(v) => set({ ...person, gender: v })}
            error={errors.gender} isRequired />
        <TextField {...field('identifier')} label={t('register.identifier')} hint={t('register.identifier_hint')}
          maxLength={60} />
        <TextField {...field('phone')} type="tel" label={t('register.phone')} hint={t('register.phone_hint')}
          maxLength={40} />
        <Select label={t('register.language')} options={languageOptions()} value={person.language || null}
          empty={t('register.language_none')}
          onValue={(v) => set({ ...person, language: v })} />
      </div>
    </div>
  );
}

/** Where two versions differ, in the words of the form. */
function rowsOf(mine: Person, theirs: Person): Difference[] {
  return (Object.keys(NOBODY) as (keyof Person)[]).filter((k) => mine[k] !== theirs[k]).map((k) => ({
    what: t(k === 'birthDate' ? 'register.birth' : k === 'gender' ? 'register.sex' : `register.${k}`),
      mine: mine[k] || '–', theirs: theirs[k] || '–',
  }));
}

async function storePatient(person: Person, base: Patient | undefined): Promise<{ id: string; isNew: boolean }> {
  const patient = patientFrom(person, base);
  if (base) {
    await request('PUT', `/fhir/Patient/${base.id}`, patient, { ifMatch: etagOf(base) });
    return { id: base.id ?? '', isNew: true };
  }
  const number = person.identifier.trim();
  const headers: Record<string, string> = number
    ? { 'if-none-exist': `identifier=${encodeURIComponent(escaped(number))}` } : {};
  const answer = await request<Patient>('POST', '/fhir/Patient', patient, { headers });
  return { id: answer.data.id ?? '', isNew: answer.status === 201 };
}

function useRegister(draft: Draft<Typed>, stored: Patient | undefined) {
  const [error, setError] = useState<unknown>();
  const [taken, setTaken] = useState<string | undefined>();
  const [theirs, setTheirs] = useState<Patient | undefined>();
  const [isBusy, setBusy] = useState(false);
  const base = draft.value.base ?? stored;
  const run = async (next: (id: string) => string): Promise<void> => {
    try {
      const { id, isNew } = await storePatient(draft.value.person, base);
      if (!isNew) return setTaken(id);
      await draft.forget();
      say(t('register.stored'));
      return go(next(id));
    } catch (refusal) {
      if (!isConflict(refusal) || !base?.id) throw refusal;
      return setTheirs(await readResource<Patient>('Patient', base.id));
    }
  };
  const store = (next: (id: string) => string): void => {
    setBusy(true);
    setError(undefined);
    setTaken(undefined);
    run(next).catch(setError).finally(() => setBusy(false));
  };
  const settle = (isMine: boolean): void => {
    if (theirs) draft.set({ person: isMine ? draft.value.person : personOf(theirs), base: theirs });
    setTheirs(undefined);
  };
  return { error, taken, theirs, isBusy, store, settle };
}

function RegisterForm({ stored, draft }: { stored: Patient | undefined; draft: Draft<Typed> }) {
  const who = useMe();
  const [isTried, setTried] = useState(false);
  const person = draft.value.person;
  const set = (next: Person): void => draft.set({ person: next, base: draft.value.base ?? stored });
  const storing = useRegister(draft, stored);
  const alike = useAlike(person, stored?.id);
  const missing = missingOf(person, today());
  const errors = isTried ? Object.fromEntries(Object.entries(missing).map(([k, v]) => [k, t(`register.${v}`)])) : {};
  const submit = (next: (id: string) => string): void => {
    setTried(true);
    if (Object.keys(missing).length > 0) return void setTimeout(() => document.querySelector<HTMLElement>('.register [aria-invalid="true"], .register .error')?.focus());
    return storing.store(next);
  };
  const record = (id: string): string => `/patient/${id}`;
  const assess = (id: string): string => `/patient/${id}/assess`;
  return (
    <form class="panel stack register" onSubmit={(e) => { e.preventDefault(); submit(record); }} noValidate>
      {storing.error !== undefined && <Banner kind="danger" isAlert>{explainError(storing.error)}</Banner>}
      {storing.taken && (
        <Banner kind="warn" isAlert title={t('register.taken')}
          actions={<LinkButton
          to={record(storing.taken)}>{t('register.open_taken')}</LinkButton>}>{t('register.taken_help')}</Banner>
      )}
      {storing.theirs && <Conflict rows={rowsOf(person, personOf(storing.theirs))}
        onMine={() => storing.settle(true)} onTheirs={() => storing.settle(false)} />}
      {draft.isRestored && <Banner kind="note">{t('register.restored')}</Banner>}
      <Fields person={person} set={set} split={isSplit(stored)} errors={errors} />
      <Alike found={alike} person={person} />
      <div class="row">
        {CARE.includes(who.role) && !stored && <Button kind="primary" isBusy={storing.isBusy}
          onClick={() => submit(assess)}>{t('register.store_assess')}</Button>}
        <Button kind={CARE.includes(who.role) && !stored ? 'plain' : 'primary'} type="submit"
          isBusy={storing.isBusy}>{t('ui.save')}</Button>
        <DraftState state={draft.state} />
      </div>
    </form>
  );
}

export function Registration({ args }: ScreenProps) {
  const id = args[0];
  const stored = useQuery(`register-${id ?? 'new'}`,
    () => (id ? readResource<Patient>('Patient', id) : Promise.resolve(null)));
  const draft = useDraft<Typed | null>(`register-${id ?? 'new'}`, null);
  return (
    <div class="stack">
      <h1 tabIndex={-1}>{id ? t('register.edit') : t('register.title')}</h1>
      <Loaded query={stored}>
        {(patient) => {
          if (draft.state === 'loading') return <Loading what={t('draft.loading')} />;
          const value: Typed = draft.value ?? { person: patient ? personOf(patient) : NOBODY,
            ...(patient ? { base: patient } : {}) };
          return <RegisterForm key={id ?? 'new'} stored={patient ?? undefined} draft={{ ...draft, value }} />;
        }}
      </Loaded>
    </div>
  );
}
