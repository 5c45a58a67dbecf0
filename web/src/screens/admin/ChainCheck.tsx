// SPDX-License-Identifier: Apache-2.0
// Whether the chain of hashes through the audit trail is whole, and its heads to note down.
import { useEffect, useRef, useState } from 'preact/hooks';

import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { explainError } from '../../ui/Loading';
import { Progress } from '../../ui/Meter';
import { TextArea } from '../../ui/TextField';
import { runJob } from './api';

interface Check { whole: boolean; entries: number; chains: number; fault?: string; heads?: string; noted_heads_found?: boolean; noted_heads_fault?: string }

/** Aborted when the part of the screen goes. */
export function useAbort(): () => AbortSignal {
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);
  return () => {
    abort.current?.abort();
    abort.current = new AbortController();
    return abort.current.signal;
  };
}

function Result({ check }: { check: Check }) {
  return (
    <>
      <Banner kind={check.whole ? 'good' : 'danger'} isAlert title={check.whole ? t('admin.chain_whole') : t('admin.chain_broken')}>
        {t('admin.chain_counts', { n: check.entries, chains: check.chains })} {check.fault} {check.noted_heads_fault}
        {check.noted_heads_found && t('admin.chain_noted_found')}
      </Banner>
      {check.heads && (
        <div class="stack tight">
          <p class="measure">{t('admin.chain_heads')}</p>
          <ul class="plain admin-secrets">{check.heads.split(' ').map((h) => <li key={h}><code>{h}</code></li>)}</ul>
        </div>
      )}
    </>
  );
}

export function ChainCheck() {
  const [noted, setNoted] = useState('');
  const [check, setCheck] = useState<Check | null>(null);
  const [share, setShare] = useState<number | null | undefined>(undefined);
  const [error, setError] = useState('');
  const signal = useAbort();
  const run = async (): Promise<void> => {
    setCheck(null);
    setError('');
    setShare(null);
    try {
      const heads = noted.trim().replace(/\s+/g, ' ');
      const { result } = await runJob<Check>('/clinic/audit-check', heads ? { heads } : {}, setShare, signal());
      setCheck(result);
    } catch (e) {
      setError(explainError(e));
    } finally {
      setShare(undefined);
    }
  };
  return (
    <section class="panel stack" aria-label={t('admin.chain')}>
      <div class="row spread">
        <h2>{t('admin.chain')}</h2>
        <Button isBusy={share !== undefined} onClick={() => void run()}>{t('admin.chain_check')}</Button>
      </div>
      <p class="soft measure">{t('admin.chain_text')}</p>
      <details>
        <summary>{t('admin.chain_noted')}</summary>
        <TextArea label={t('admin.chain_noted_label')} hint={t('admin.chain_noted_hint')} value={noted} onInput={setNoted} rows={2} />
      </details>
      {share !== undefined && <Progress label={t('admin.chain_running')} share={share} />}
      {error && <Banner kind="danger" isAlert>{error}</Banner>}
      {check && <Result check={check} />}
    </section>
  );
}
