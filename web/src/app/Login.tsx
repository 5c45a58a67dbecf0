// SPDX-License-Identifier: Apache-2.0
// The way in: at the start, and over the screen when a session ended.
import { useState } from 'preact/hooks';

import { ApiError } from '../api/http';
import { changePassword, leave, login, me, PASSWORD_LETTERS } from '../api/session';
import { useStore } from '../store';
import { t } from '../text';
import { Banner } from '../ui/Banner';
import { Button } from '../ui/Button';
import { TextField } from '../ui/TextField';

function explain(error: unknown): string {
  if (error instanceof ApiError && error.status === 401) return t('login.wrong');
  return error instanceof ApiError ? error.message : t('ui.offline');
}

/** Calls `work` at submit; shows what went wrong; nothing typed is lost. */
function useSubmit(work: () => Promise<void>) {
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const submit = (event: Event): void => {
    event.preventDefault();
    setBusy(true);
    setError('');
    work().catch((e: unknown) => setError(explain(e))).finally(() => setBusy(false));
  };
  return { error, setError, isBusy, submit };
}

export function Login({ isOver = false }: { isOver?: boolean }) {
  const who = useStore(me);
  const [name, setName] = useState(isOver && who ? who.login : '');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [asksCode, setAsksCode] = useState(Boolean(isOver && who?.second_factor));
  const form = useSubmit(async () => {
    try {
      await login(name.trim(), password, code.replace(/\s/g, ''));
    } catch (error) {
      if (error instanceof ApiError && /code/i.test(error.message)) setAsksCode(true);
      throw error;
    }
  });
  return (
    <main class={isOver ? 'login login-over' : 'login'}>
      <form class="panel stack" onSubmit={form.submit} aria-labelledby="login-title">
        <div class="brand"><img src="/icon.svg" alt="" />Enthesis</div>
        <h1 id="login-title">{isOver ? t('login.again') : t('login.title')}</h1>
        {isOver && <p class="soft">{t('login.kept')}</p>}
        {form.error && <Banner kind="danger" isAlert>{form.error}</Banner>}
        <TextField label={t('login.name')} value={name} onInput={setName} autocomplete="username" isRequired hasFocus={!isOver} />
        <TextField label={t('login.password')} value={password} onInput={setPassword} type="password" autocomplete="current-password" isRequired hasFocus={isOver} />
        {asksCode ? (
          <TextField label={t('login.code')} hint={t('login.code_hint')} value={code} onInput={setCode} inputMode="numeric" autocomplete="one-time-code" />
        ) : (
          <Button kind="quiet" onClick={() => setAsksCode(true)}>{t('login.with_code')}</Button>
        )}
        <Button kind="primary" type="submit" isBusy={form.isBusy}>{t('login.enter')}</Button>
        {isOver && <Button kind="quiet" onClick={leave}>{t('login.leave')}</Button>}
      </form>
    </main>
  );
}

/** Before anything else, when the password was given by somebody else. */
export function FirstPassword() {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const form = useSubmit(async () => {
    if (next !== again) return form.setError(t('login.differ'));
    if (next.length < PASSWORD_LETTERS) return form.setError(t('login.short', { n: PASSWORD_LETTERS }));
    return changePassword(current, next);
  });
  return (
    <main class="login">
      <form class="panel stack" onSubmit={form.submit} aria-labelledby="first-title">
        <h1 id="first-title">{t('login.first')}</h1>
        <p class="soft">{t('login.first_why', { n: PASSWORD_LETTERS })}</p>
        {form.error && <Banner kind="danger" isAlert>{form.error}</Banner>}
        <TextField label={t('login.current')} value={current} onInput={setCurrent} type="password" autocomplete="current-password" isRequired hasFocus />
        <TextField label={t('login.new')} value={next} onInput={setNext} type="password" autocomplete="new-password" isRequired />
        <TextField label={t('login.repeat')} value={again} onInput={setAgain} type="password" autocomplete="new-password" isRequired />
        <Button kind="primary" type="submit" isBusy={form.isBusy}>{t('login.change')}</Button>
      </form>
    </main>
  );
}
