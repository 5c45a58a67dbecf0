// SPDX-License-Identifier: Apache-2.0
// The second factor: an authenticator app, and codes for when the telephone is lost.
import { useState } from 'preact/hooks';

import { post } from '../../api/http';
import { resume } from '../../api/session';
import { say } from '../../app/toasts';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Status } from '../../ui/Status';
import { TextField } from '../../ui/TextField';
import { useWork } from './AccountPanel';
import { Once } from './Once';

interface Begun { secret: string; uri: string }

/** In groups of four: it is read and typed. */
const grouped = (secret: string): string => secret.replace(/(.{4})(?=.)/g, '$1 ');

function TurnOn({ onCodes }: { onCodes: (codes: string[]) => void }) {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [begun, setBegun] = useState<Begun | null>(null);
  const work = useWork();
  const begin = (event: Event): void => {
    event.preventDefault();
    work.run(async () => {
      setBegun(await post<Begun>('/auth/totp/begin', { password }));
      setPassword('');
    });
  };
  const confirm = (event: Event): void => {
    event.preventDefault();
    work.run(async () => {
      const { recovery_codes: codes } = await post<{ recovery_codes: string[] }>('/auth/totp/confirm', { code: code.replace(/\s/g, '') });
      onCodes(codes);
      await resume();
    });
  };
  return (
    <form class="stack" onSubmit={begun ? confirm : begin}>
      {work.error && <Banner kind="danger" isAlert>{work.error}</Banner>}
      {!begun && <TextField label={t('account.current')} type="password" autocomplete="current-password" value={password} onInput={setPassword} isRequired />}
      {begun && (
        <>
          <p>{t('account.factor_secret')}</p>
          <p class="admin-secrets"><code>{grouped(begun.secret)}</code></p>
          <p class="small"><a href={begun.uri}>{t('account.factor_open')}</a></p>
          <TextField label={t('account.factor_code')} hint={t('account.factor_code_hint')} value={code} onInput={setCode} inputMode="numeric" autocomplete="one-time-code" isRequired hasFocus />
        </>
      )}
      <div class="row"><Button kind="primary" type="submit" isBusy={work.isBusy}>{begun ? t('account.factor_confirm') : t('account.factor_begin')}</Button></div>
    </form>
  );
}

function TurnOff() {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const work = useWork();
  const off = (event: Event): void => {
    event.preventDefault();
    work.run(async () => {
      await post('/auth/totp/off', { password, code: code.replace(/\s/g, '') });
      say(t('account.said_factor_off'));
      await resume();
    });
  };
  return (
    <form class="stack" onSubmit={off}>
      {work.error && <Banner kind="danger" isAlert>{work.error}</Banner>}
      <TextField label={t('account.current')} type="password" autocomplete="current-password" value={password} onInput={setPassword} isRequired />
      <TextField label={t('account.factor_code')} hint={t('login.code_hint')} value={code} onInput={setCode} inputMode="numeric" autocomplete="one-time-code" isRequired />
      <div class="row"><Button kind="danger" type="submit" isBusy={work.isBusy}>{t('account.factor_off')}</Button></div>
    </form>
  );
}

export function SecondFactor({ isOn }: { isOn: boolean }) {
  const [codes, setCodes] = useState<string[]>([]);
  return (
    <section class="panel stack" aria-labelledby="account-factor">
      <div class="row spread"><h2 id="account-factor">{t('account.factor')}</h2><Status kind={isOn ? 'good' : 'unknown'}>{isOn ? t('account.factor_is_on') : t('account.factor_is_off')}</Status></div>
      <p class="soft">{t('account.factor_text')}</p>
      {codes.length > 0
        ? <Once title={t('account.recovery')} secrets={codes} text={t('account.recovery_text')} onDone={() => setCodes([])} />
        : isOn ? <TurnOff /> : <TurnOn onCodes={setCodes} />}
    </section>
  );
}
