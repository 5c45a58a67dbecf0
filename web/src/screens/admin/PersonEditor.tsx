// SPDX-License-Identifier: Apache-2.0
// Who somebody is for signatures: name, licence and its end, privileges by region and guidance.
import { useState } from 'preact/hooks';

import { isConflict } from '../../api/fhir';
import { useQuery } from '../../api/query';
import { say } from '../../app/toasts';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Check } from '../../ui/Choice';
import { Conflict, differences } from '../../ui/Conflict';
import { explainError, Loaded } from '../../ui/Loading';
import { DateField, TextField } from '../../ui/TextField';
import { formOf, getPeople, getPrivileges, savePerson, withForm, type Person, type PersonForm } from './api';
import { Licence, privilegeName } from './Licence';

function Several({ legend, all, chosen, onChange }: { legend: string; all: readonly string[]; chosen: readonly string[]; onChange: (next: string[]) => void }) {
  return (
    <fieldset class="field">
      <legend>{legend}</legend>
      <div class="admin-checks">
        {all.map((code) => (
          <Check key={code} label={privilegeName(code)} isChecked={chosen.includes(code)}
            onChange={(is) => onChange(is ? [...chosen, code] : chosen.filter((c) => c !== code))} />
        ))}
      </div>
    </fieldset>
  );
}

export function PersonEditor({ person, onSaved }: { person: Person; onSaved: (id: string) => void }) {
  const [base, setBase] = useState(person);
  const [form, setForm] = useState<PersonForm>(formOf(person));
  const [theirs, setTheirs] = useState<Person | null>(null);
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const known = useQuery('admin-privileges', getPrivileges);
  const put = (part: Partial<PersonForm>): void => setForm({ ...form, ...part });

  const save = async (over: Person): Promise<void> => {
    setBusy(true);
    setError('');
    try {
      const id = await savePerson(withForm(over, form));
      say(t('admin.said_saved'));
      onSaved(id);
    } catch (e) {
      const now = isConflict(e) ? (await getPeople()).find((p) => p.practitioner.id === person.practitioner.id) : undefined;
      if (now) setTheirs(now);
      else setError(explainError(e));
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    if (!form.name.trim()) setError(t('admin.name_missing'));
    else void save(base);
  };
  return (
    <form class="stack admin-person" onSubmit={submit} aria-label={t('admin.person')}>
      {error && <Banner kind="danger" isAlert>{error}</Banner>}
      {theirs && (
        <Conflict rows={differences(form, formOf(theirs))}
          onTheirs={() => { setBase(theirs); setForm(formOf(theirs)); setTheirs(null); }}
          onMine={() => { setBase(theirs); setTheirs(null); void save(theirs); }} />
      )}
      <TextField label={t('admin.name')} hint={t('admin.name_hint')} value={form.name} onInput={(name) => put({ name })} isRequired />
      <div class="grid">
        <TextField label={t('admin.licence')} value={form.licence} onInput={(licence) => put({ licence })} />
        <DateField label={t('admin.until')} value={form.until} onInput={(until) => put({ until })} />
      </div>
      <p><Licence person={withForm(base, form)} /></p>
      <Loaded query={known}>
        {(all) => (
          <>
            <Several legend={t('admin.regions')} all={all.regions} chosen={form.regions} onChange={(regions) => put({ regions })} />
            <Several legend={t('admin.guidance')} all={all.guidance} chosen={form.guidance} onChange={(guidance) => put({ guidance })} />
          </>
        )}
      </Loaded>
      <div class="row"><Button kind="primary" type="submit" isBusy={isBusy}>{t('admin.save_person')}</Button></div>
    </form>
  );
}
