// SPDX-License-Identifier: Apache-2.0
// How a row stands, and a clinician's statement that it may be used.
import { useState } from 'preact/hooks';

import { say } from '../../app/toasts';
import { formatDate, formatTime } from '../../format';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Check } from '../../ui/Choice';
import { Dialog } from '../../ui/Dialog';
import { explainError } from '../../ui/Loading';
import { Mark, Status } from '../../ui/Status';
import { Table } from '../../ui/Table';
import { approve, withdraw, type Approver, type Row } from './api';
import { tableName } from './words';

function State({ row }: { row: Row }) {
  const last = row.history[0];
  if (row.approved_by) return <Status kind="good">{t('knowledge.approved_by', { who: row.approved_by })}</Status>;
  if (row.approval === 'lost' && last) {
    return <Status kind="warn">{t('knowledge.lost', { who: last.name ?? last.login, date: formatDate(last.date) })}</Status>;
  }
  return <span class="row"><Status kind="unknown">{t('knowledge.nobody')}</Status><Mark kind="unapproved" /></span>;
}

function History({ row }: { row: Row }) {
  if (row.history.length === 0) return null;
  return (
    <details>
      <summary>{t('knowledge.history', { n: row.history.length })}</summary>
      <Table caption={t('knowledge.history_caption')} isCaptionHidden rows={row.history} rowKey={(x) => x.date + x.what} columns={[
        { key: 'date', head: t('knowledge.date'), cell: (x) => formatTime(x.date), isHead: true },
        { key: 'what', head: t('knowledge.what'), cell: (x) => (x.what === 'approved' ? t('knowledge.was_approved') : t('knowledge.was_withdrawn')) },
        { key: 'who', head: t('knowledge.who'), cell: (x) => [x.name ?? x.login, x.licence && t('knowledge.licence', { number: x.licence })].filter(Boolean).join(', ') },
        { key: 'text', head: t('knowledge.of_text'), cell: (x) => (x.this_text ? t('knowledge.this_text') : t('knowledge.older_text')) },
      ]} />
    </details>
  );
}

/** A statement, so what is stated and under whose name is read once more. */
function Statement({ row, approver, onClose, onDone }: { row: Row; approver: Approver; onClose: () => void; onDone: () => void }) {
  const open = (row.tiers ?? []).filter((x) => !x.approved_by);
  const [withTiers, setWithTiers] = useState(open.length > 0);
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const sign = async (): Promise<void> => {
    setBusy(true);
    try {
      await approve(row, withTiers ? open : []);
      onDone();
    } catch (e) {
      setError(explainError(e));
      setBusy(false);
    }
  };
  const who = approver.name ?? '';
  return (
    <Dialog title={t('knowledge.statement')} onClose={onClose}
      actions={<Button kind="primary" isBusy={isBusy} onClick={() => void sign()}>{t('knowledge.sign', { who })}</Button>}>
      {error && <Banner kind="danger" isAlert>{error}</Banner>}
      <p>{t('knowledge.statement_text', { who, number: approver.licence ?? '', until: formatDate(approver.licence_until) })}</p>
      <p class="knowledge-source"><span class="soft">{tableName(row.table)} </span><code>{row.id}</code><br /><strong>{row.title}</strong></p>
      {open.length > 0 && <Check label={t('knowledge.with_tiers', { n: open.length })} isChecked={withTiers} onChange={setWithTiers} hint={open.map((x) => x.id).join(', ')} />}
      <p class="small soft">{t('knowledge.statement_note')}</p>
    </Dialog>
  );
}

export function ApprovalBox({ row, approver, onChanged }: { row: Row; approver: Approver; onChanged: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const [error, setError] = useState('');
  const takeBack = async (): Promise<void> => {
    try {
      await withdraw(row.table, row.id);
      say(t('knowledge.said_withdrawn', { id: row.id }));
      setError('');
      onChanged();
    } catch (e) {
      setError(explainError(e));
    }
  };
  const done = (): void => {
    setAsking(false);
    say(t('knowledge.said_approved', { id: row.id }), () => void takeBack());
    onChanged();
  };
  const mayWithdraw = row.approval === 'clinic' && !approver.fault;
  return (
    <section class="knowledge-approval" aria-label={t('knowledge.approval')}>
      <div class="row spread">
        <State row={row} />
        {!row.approved_by && <Button kind="primary" why={approver.fault} onClick={() => setAsking(true)}>{t('knowledge.approve')}</Button>}
        {mayWithdraw && <Button onClick={() => void takeBack()}>{t('knowledge.withdraw')}</Button>}
      </div>
      {error && <Banner kind="danger" isAlert>{error}</Banner>}
      {!row.approved_by && approver.fault && <p class="small soft">{t('knowledge.cannot', { why: approver.fault })}</p>}
      <History row={row} />
      {isAsking && <Statement row={row} approver={approver} onClose={() => setAsking(false)} onDone={done} />}
    </section>
  );
}
