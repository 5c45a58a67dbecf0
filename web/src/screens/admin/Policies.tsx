// SPDX-License-Identifier: Apache-2.0
// The clinic's own settings, within what the tables permit: who set what, when and why.
import { useState } from 'preact/hooks';

import { isConflict } from '../../api/fhir';
import { useQuery } from '../../api/query';
import { href } from '../../app/router';
import { say } from '../../app/toasts';
import { formatTime } from '../../format';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Select } from '../../ui/Choice';
import { explainError, Loaded } from '../../ui/Loading';
import { Mark, Status } from '../../ui/Status';
import { Table } from '../../ui/Table';
import { TextField } from '../../ui/TextField';
import { PartHeading } from './AccountPanel';
import { getPolicies, getPolicyHistory, setPolicy, type Policy } from './api';

const shown = (value: string | undefined): string => value || t('admin.policy_empty');

function History({ id, round }: { id: string; round: number }) {
  const query = useQuery(`policy-history-${id}-${round}`, () => getPolicyHistory(id));
  return (
    <Loaded query={query}>
      {(changes) => (changes.length === 0 ? <p class="small soft">{t('admin.policy_never')}</p> : (
        <Table caption={t('admin.policy_history')} rows={changes} rowKey={(c) => c.date} columns={[
          { key: 'date', head: t('knowledge.date'), cell: (c) => formatTime(c.date), isHead: true },
          { key: 'value', head: t('admin.policy_value'), cell: (c) => (c.reset ? t('admin.policy_as_shipped') : shown(c.value)) },
          { key: 'why', head: t('admin.policy_reason'), cell: (c) => c.reason },
          { key: 'who', head: t('knowledge.who'), cell: (c) => c.login },
        ]} />
      ))}
    </Loaded>
  );
}

function ValueField({ policy, value, onValue }: { policy: Policy; value: string; onValue: (value: string) => void }) {
  const label = t('admin.policy_value');
  if (policy.form === 'choice') {
    return <Select label={label} value={value} onValue={onValue} options={(policy.choices ?? []).map((c) => ({ value: c, label: c.replace(/_/g, ' ') }))} />;
  }
  const hint = policy.form === 'numbers'
    ? t('admin.policy_numbers', { n: policy.most ?? 1, low: policy.low ?? 0, high: policy.high ?? 0 })
    : policy.form === 'ids' ? t('admin.policy_ids', { table: policy.of ?? '', n: policy.most ?? 1 }) : t('admin.policy_text');
  return <TextField label={label} hint={hint} value={value} onInput={onValue} maxLength={200} />;
}

function PolicyPanel({ policy, mayChange, onChanged, onClose }: { policy: Policy; mayChange: boolean; onChanged: () => void; onClose: () => void }) {
  const [value, setValue] = useState(policy.value ?? '');
  const [reason, setReason] = useState('');
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [round, setRound] = useState(0);
  const isFixed = policy.form === 'choice' && (policy.choices ?? []).length < 2;
  const set = async (next: string | null): Promise<void> => {
    if (!reason.trim()) return setError(t('admin.policy_reason_missing'));
    setBusy(true);
    setError('');
    try {
      await setPolicy(policy, next, reason.trim());
      say(next === null ? t('admin.said_shipped', { title: policy.title }) : t('admin.said_policy', { title: policy.title }));
      setReason('');
      setRound((n) => n + 1);
      onChanged();
    } catch (e) {
      if (isConflict(e)) onChanged();
      setError(isConflict(e) ? t('admin.policy_conflict') : explainError(e));
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    void set(value);
  };
  return (
    <section class="panel stack" aria-label={policy.title}>
      <div class="row spread"><PartHeading>{policy.title}</PartHeading><Button kind="quiet" onClick={onClose}>{t('ui.close')}</Button></div>
      {policy.note && <p class="measure">{policy.note}</p>}
      <dl class="definition">
        <dt>{t('admin.policy_now')}</dt><dd>{shown(policy.value)} {policy.is_own && <Status kind="note">{t('admin.policy_own')}</Status>}</dd>
        <dt>{t('admin.policy_shipped')}</dt><dd>{shown(policy.shipped)}</dd>
        <dt>{t('ui.source')}</dt><dd><a href={href(`/knowledge/policies/${policy.id}`)}>{policy.source ?? policy.id}</a>{policy.grade && `, ${t('ui.grade')} ${policy.grade}`} {!policy.approved_by && <Mark kind="unapproved" />}</dd>
      </dl>
      {error && <Banner kind="danger" isAlert>{error}</Banner>}
      {isFixed && <p class="soft">{t('admin.policy_fixed')}</p>}
      {!isFixed && mayChange && (
        <form class="stack" onSubmit={submit}>
          <ValueField policy={policy} value={value} onValue={setValue} />
          <TextField label={t('admin.policy_reason')} hint={t('admin.policy_reason_hint')} value={reason} onInput={setReason} isRequired maxLength={480} />
          <div class="row">
            <Button kind="primary" type="submit" isBusy={isBusy} why={value === (policy.value ?? '') ? t('admin.policy_same') : undefined}>{t('admin.policy_set')}</Button>
            {policy.is_own && <Button isBusy={isBusy} onClick={() => void set(null)}>{t('admin.policy_reset')}</Button>}
          </div>
        </form>
      )}
      {!isFixed && !mayChange && <p class="soft">{t('admin.policy_owner')}</p>}
      <History id={policy.id} round={round} />
    </section>
  );
}

export function Policies() {
  const query = useQuery('admin-policies', getPolicies);
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Loaded query={query}>
      {({ policies, may_change: mayChange }) => {
        const chosen = policies.find((p) => p.id === open);
        return (
          <div class={chosen ? 'admin-split' : 'stack'}>
            <section class="panel stack" aria-label={t('admin.part_policies')}>
              <h2>{t('admin.part_policies')}</h2>
              <p class="soft measure">{t('admin.policies_text')}</p>
              <Table caption={t('admin.part_policies')} isCaptionHidden rows={policies} rowKey={(p) => p.id} onOpen={(p) => setOpen(p.id)} isSelected={(p) => p.id === open} columns={[
                { key: 'title', head: t('admin.policy'), cell: (p) => p.title, isHead: true },
                { key: 'value', head: t('admin.policy_value'), cell: (p) => <span class="admin-value">{p.form === 'choice' ? shown(p.value).replace(/_/g, ' ') : shown(p.value)}</span> },
                { key: 'own', head: t('admin.policy_whose'), cell: (p) => (p.is_own ? <Status kind="note">{t('admin.policy_own')}</Status> : <span class="soft">{t('admin.policy_as_shipped')}</span>) },
                { key: 'set', head: t('admin.policy_set_by'), cell: (p) => (p.set && p.is_own ? `${p.set.login}, ${formatTime(p.set.date)}` : '') },
              ]} />
            </section>
            {chosen && <PolicyPanel key={`${chosen.id}-${chosen.hash}`} policy={chosen} mayChange={mayChange} onChanged={query.reload} onClose={() => setOpen(null)} />}
          </div>
        );
      }}
    </Loaded>
  );
}
