// SPDX-License-Identifier: Apache-2.0
// Everything of the clinic in one sealed file, taken while the server works.
import { useState } from 'preact/hooks';

import { get } from '../../api/http';
import { useQuery } from '../../api/query';
import { daysBetween, formatNumber, formatTime, relativeDay, today } from '../../format';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { explainError, Loaded } from '../../ui/Loading';
import { Progress } from '../../ui/Meter';
import { Status } from '../../ui/Status';
import { TextField } from '../../ui/TextField';
import { forgetJob, runJob } from './api';
import { useAbort } from './ChainCheck';

interface Last { taken: string; login: string; rows: number; bytes: number }
interface Made { verified: boolean; rows: number; bytes: number; taken: string; file: string }

const MB = 1_000_000;
const LETTERS = 12;
const OLD_DAYS = 7;

function LastOne({ last }: { last: Last | undefined }) {
  if (!last) return <p><Status kind="warn">{t('admin.backup_never')}</Status></p>;
  const isOld = daysBetween(last.taken.slice(0, 10), today()) > OLD_DAYS;
  return (
    <p>
      <Status kind={isOld ? 'warn' : 'good'}>{t('admin.backup_last', { when: formatTime(last.taken), ago: relativeDay(last.taken.slice(0, 10), today()) })}</Status>{' '}
      <span class="soft">{t('admin.backup_size', { n: last.rows, size: formatNumber(last.bytes / MB, 1), login: last.login })}</span>
    </p>
  );
}

/** The file is there to be fetched; afterwards it goes from the server. */
function Fetch({ made, onDone }: { made: Made; onDone: () => void }) {
  return (
    <Banner kind="good" isAlert title={t('admin.backup_done')}
      actions={<><a class="button primary" href={made.file} download="clinic.backup">{t('admin.backup_save')}</a><Button onClick={onDone}>{t('admin.backup_forget')}</Button></>}>
      <p>{t('admin.backup_verified', { n: made.rows, size: formatNumber(made.bytes / MB, 1) })}</p>
      <p>{t('admin.backup_keep')}</p>
    </Banner>
  );
}

export function Backup() {
  const query = useQuery('admin-backup', () => get<{ last?: Last }>('/clinic/backup'));
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const [password, setPassword] = useState('');
  const [share, setShare] = useState<number | null | undefined>(undefined);
  const [made, setMade] = useState<{ result: Made; place: string } | null>(null);
  const [error, setError] = useState('');
  const signal = useAbort();
  const run = async (): Promise<void> => {
    setError('');
    setShare(null);
    try {
      setMade(await runJob<Made>('/clinic/backup', { passphrase, password }, setShare, signal()));
      [setPassphrase, setAgain, setPassword].forEach((clear) => clear(''));
      query.reload();
    } catch (e) {
      setError(explainError(e));
    } finally {
      setShare(undefined);
    }
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    if (passphrase.length < LETTERS) setError(t('admin.backup_short', { n: LETTERS }));
    else if (passphrase !== again) setError(t('admin.backup_differ'));
    else void run();
  };
  const forget = async (): Promise<void> => {
    if (made) await forgetJob(made.place);
    setMade(null);
  };
  return (
    <section class="panel stack" aria-label={t('admin.part_backup')}>
      <h2>{t('admin.part_backup')}</h2>
      <Loaded query={query}>{(data) => <LastOne last={data.last} />}</Loaded>
      <p class="soft measure">{t('admin.backup_text')}</p>
      {error && <Banner kind="danger" isAlert>{error}</Banner>}
      {made && <Fetch made={made.result} onDone={() => void forget()} />}
      {share !== undefined && <Progress label={t('admin.backup_running')} share={share} />}
      {!made && share === undefined && (
        <form class="stack admin-form" onSubmit={submit}>
          <TextField label={t('admin.passphrase')} hint={t('admin.passphrase_hint', { n: LETTERS })} type="password" autocomplete="new-password" value={passphrase} onInput={setPassphrase} isRequired />
          <TextField label={t('admin.passphrase_again')} type="password" autocomplete="new-password" value={again} onInput={setAgain} isRequired />
          <TextField label={t('admin.own_password')} hint={t('admin.own_password_hint')} type="password" autocomplete="current-password" value={password} onInput={setPassword} isRequired />
          <div class="row"><Button kind="primary" type="submit">{t('admin.backup_take')}</Button></div>
        </form>
      )}
      <p class="small soft measure">{t('admin.backup_restore')}</p>
    </section>
  );
}
