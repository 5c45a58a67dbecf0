// SPDX-License-Identifier: Apache-2.0
// One account: role, person, disabling, a new password. And a new one.
import { useEffect, useRef, useState } from 'preact/hooks';

import { say } from '../../app/toasts';
import { useMe } from '../../app/Shell';
import { formatTime } from '../../format';
import { t, tIf } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Check, Select } from '../../ui/Choice';
import { Dialog } from '../../ui/Dialog';
import { explainError } from '../../ui/Loading';
import { TextField } from '../../ui/TextField';
import { addAccount, alterAccount, formOf, NO_PERSON, resetAccount, type Account, type Person } from './api';
import { Once } from './Once';
import { PersonEditor } from './PersonEditor';

const ROLES = ['owner', 'physician', 'assistant', 'reception', 'researcher', 'auditor'] as const;
type StaffRole = (typeof ROLES)[number];
const roleOptions = () => ROLES.map((value) => ({ value, label: tIf(`role.${value}`, value) }));

/** Runs a change; what went wrong is said in the panel. */
export function useWork(): { error: string; isBusy: boolean; run: (work: () => Promise<void>) => void } {
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const run = (work: () => Promise<void>): void => {
    setBusy(true);
    setError('');
    work().catch((e: unknown) => setError(explainError(e))).finally(() => setBusy(false));
  };
  return { error, isBusy, run };
}

/** A part that was just opened gets the focus. */
export function PartHeading({ children }: { children: string }) {
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus(), []);
  return <h2 ref={head} tabIndex={-1}>{children}</h2>;
}

const NONE = '-';
const NEW = '+';

function personOptions(people: readonly Person[], withNew: boolean) {
  const names = people.map((p) => ({ value: p.practitioner.id ?? '', label: formOf(p).name || t('admin.unnamed', { licence: formOf(p).licence || p.practitioner.id || '' }) }));
  return [{ value: NONE, label: t('admin.no_person') }, ...(withNew ? [{ value: NEW, label: t('admin.new_person') }] : []), ...names];
}

export function NewAccount({ people, onDone, onAdded }: { people: readonly Person[]; onDone: () => void; onAdded: () => void }) {
  const [login, setLogin] = useState('');
  const [role, setRole] = useState<StaffRole>('physician');
  const [person, setPerson] = useState(NONE);
  const [made, setMade] = useState<{ login: string; password: string } | null>(null);
  const work = useWork();
  const add = (event: Event): void => {
    event.preventDefault();
    work.run(async () => {
      setMade(await addAccount({ login: login.trim(), role, ...(person === NONE ? {} : { practitioner: person }) }));
      onAdded();
    });
  };
  return (
    <section class="panel stack" aria-label={t('admin.new_account')}>
      <PartHeading>{t('admin.new_account')}</PartHeading>
      {made
        ? <Once title={t('admin.password_of', { login: made.login })} secrets={[made.password]} text={t('admin.password_once')} onDone={onDone} />
        : (
          <form class="stack" onSubmit={add}>
            {work.error && <Banner kind="danger" isAlert>{work.error}</Banner>}
            <TextField label={t('admin.login')} hint={t('admin.login_hint')} value={login} onInput={setLogin} isRequired maxLength={64} />
            <Select label={t('admin.role')} value={role} options={roleOptions()} onValue={setRole} hint={t(`admin.role_${role}`)} />
            <Select label={t('admin.person')} value={person} options={personOptions(people, false)} onValue={setPerson} hint={t('admin.person_hint')} />
            <div class="row"><Button kind="primary" type="submit" isBusy={work.isBusy}>{t('admin.create')}</Button><Button onClick={onDone}>{t('ui.cancel')}</Button></div>
          </form>
        )}
    </section>
  );
}

function Reset({ account, onDone }: { account: Account; onDone: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const [isLost, setLost] = useState(false);
  const [made, setMade] = useState('');
  const work = useWork();
  const reset = (): void => work.run(async () => {
    setMade((await resetAccount(account.login, isLost)).password);
    setAsking(false);
    onDone();
  });
  if (made) return <Once title={t('admin.password_of', { login: account.login })} secrets={[made]} text={t('admin.password_once')} onDone={() => setMade('')} />;
  return (
    <>
      <div><Button onClick={() => setAsking(true)}>{t('admin.reset')}</Button></div>
      {isAsking && (
        <Dialog title={t('admin.reset_title', { login: account.login })} onClose={() => setAsking(false)}
          actions={<Button kind="danger" isBusy={work.isBusy} onClick={reset}>{t('admin.reset')}</Button>}>
          {work.error && <Banner kind="danger" isAlert>{work.error}</Banner>}
          <p>{t('admin.reset_text')}</p>
          {account.second_factor && <Check label={t('admin.reset_factor')} isChecked={isLost} onChange={setLost} />}
        </Dialog>
      )}
    </>
  );
}

export function AccountPanel({ account, people, onChanged, onClose }: { account: Account; people: readonly Person[]; onChanged: () => void; onClose: () => void }) {
  const me = useMe();
  const [isAddingPerson, setAddingPerson] = useState(false);
  const work = useWork();
  const person = people.find((p) => p.practitioner.id === account.practitioner);
  const change = (part: Parameters<typeof alterAccount>[1], said: string, back?: Parameters<typeof alterAccount>[1]): void => work.run(async () => {
    await alterAccount(account.login, part);
    say(said, back && (() => change(back, t('admin.said_back'))));
    onChanged();
  });
  const choose = (id: string): void => {
    setAddingPerson(id === NEW);
    if (id !== NEW) change({ practitioner: id === NONE ? '' : id }, t('admin.said_person', { login: account.login }), { practitioner: account.practitioner ?? '' });
  };
  const isSelf = me.login === account.login;
  return (
    <section class="panel stack" aria-label={account.login}>
      <div class="row spread"><PartHeading>{account.login}</PartHeading><Button kind="quiet" onClick={onClose}>{t('ui.close')}</Button></div>
      {work.error && <Banner kind="danger" isAlert>{work.error}</Banner>}
      <dl class="definition">
        <dt>{t('admin.created')}</dt><dd>{formatTime(account.created)}</dd>
        <dt>{t('admin.password_changed')}</dt><dd>{account.must_change_password ? t('admin.first_password') : formatTime(account.password_changed)}</dd>
        <dt>{t('admin.second_factor')}</dt><dd>{account.second_factor ? t('ui.yes') : t('ui.no')}</dd>
      </dl>
      <Select label={t('admin.role')} value={account.role as StaffRole} options={roleOptions()} hint={t('admin.ends_sessions')}
        onValue={(role) => change({ role }, t('admin.said_role', { login: account.login }), { role: account.role })} />
      <Select label={t('admin.person')} value={isAddingPerson ? NEW : account.practitioner ?? NONE} options={personOptions(people, true)} onValue={choose} hint={t('admin.person_hint')} />
      {(person || isAddingPerson) && (
        <PersonEditor key={isAddingPerson ? NEW : person?.practitioner.id} person={isAddingPerson ? NO_PERSON : person ?? NO_PERSON}
          onSaved={(id) => {
            setAddingPerson(false);
            if (id !== account.practitioner) change({ practitioner: id }, t('admin.said_person', { login: account.login }));
            else onChanged();
          }} />
      )}
      <h3>{t('admin.door')}</h3>
      <div class="row">
        <Reset account={account} onDone={onChanged} />
        {account.disabled
          ? <Button onClick={() => change({ disabled: false }, t('admin.said_enabled', { login: account.login }))}>{t('admin.enable')}</Button>
          : <Button kind="danger" why={isSelf ? t('admin.not_self') : undefined} onClick={() => change({ disabled: true }, t('admin.said_disabled', { login: account.login }), { disabled: false })}>{t('admin.disable')}</Button>}
      </div>
    </section>
  );
}
