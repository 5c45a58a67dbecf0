// SPDX-License-Identifier: Apache-2.0
// The own account: password, second factor, logging out everywhere.
import { useState } from 'preact/hooks';

import { post } from '../../api/http';
import { changePassword, leave, PASSWORD_LETTERS } from '../../api/session';
import { useMe } from '../../app/Shell';
import { say } from '../../app/toasts';
import { t, tIf } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { TextField } from '../../ui/TextField';
import type { ScreenProps } from '..';
import { useWork } from './AccountPanel';
import { SecondFactor } from './SecondFactor';

function Password() {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [problem, setProblem] = useState('');
  const work = useWork();
  const submit = (event: Event): void => {
    event.preventDefault();
    setProblem(next.length < PASSWORD_LETTERS ? t('login.short', { n: PASSWORD_LETTERS }) : next !== again ? t('login.differ') : '');
    if (next.length < PASSWORD_LETTERS || next !== again) return;
    work.run(async () => {
      await changePassword(current, next);
      [setCurrent, setNext, setAgain].forEach((clear) => clear(''));
      say(t('account.said_password'));
    });
  };
  return (
    <form class="panel stack" onSubmit={submit} aria-labelledby="account-password">
      <h2 id="account-password">{t('account.password')}</h2>
      <p class="soft">{t('account.password_text', { n: PASSWORD_LETTERS })}</p>
      {(problem || work.error) && <Banner kind="danger" isAlert>{problem || work.error}</Banner>}
      <TextField label={t('account.current')} type="password" autocomplete="current-password" value={current} onInput={setCurrent} isRequired />
      <TextField label={t('login.new')} type="password" autocomplete="new-password" value={next} onInput={setNext} isRequired />
      <TextField label={t('login.repeat')} type="password" autocomplete="new-password" value={again} onInput={setAgain} isRequired />
      <div class="row"><Button kind="primary" type="submit" isBusy={work.isBusy}>{t('login.change')}</Button></div>
    </form>
  );
}

function Everywhere() {
  const [isAsking, setAsking] = useState(false);
  const work = useWork();
  const out = (): void => work.run(async () => {
    await post('/auth/logout', { everywhere: true }, { isLogin: true });
    leave();
  });
  return (
    <section class="panel stack" aria-labelledby="account-everywhere">
      <h2 id="account-everywhere">{t('account.everywhere')}</h2>
      <p class="soft">{t('account.everywhere_text')}</p>
      <div class="row"><Button onClick={() => setAsking(true)}>{t('account.everywhere')}</Button></div>
      {isAsking && (
        <Dialog title={t('account.everywhere_ask')} onClose={() => setAsking(false)} actions={<Button kind="danger" isBusy={work.isBusy} onClick={out}>{t('account.everywhere')}</Button>}>
          {work.error && <Banner kind="danger" isAlert>{work.error}</Banner>}
          <p>{t('account.everywhere_note')}</p>
        </Dialog>
      )}
    </section>
  );
}

export function Account(_: ScreenProps) {
  const who = useMe();
  return (
    <div class="stack">
      <h1 tabIndex={-1}>{t('account.title')}</h1>
      <p>{who.login} <span class="soft">({tIf(`role.${who.role}`, who.role)})</span></p>
      <div class="grid">
        <Password />
        <SecondFactor isOn={Boolean(who.second_factor)} />
        <Everywhere />
      </div>
    </div>
  );
}
