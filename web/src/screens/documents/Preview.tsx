// SPDX-License-Identifier: Apache-2.0
// One document: as it would be now, or as it was issued; to print, to download, to issue.
import { useState } from 'preact/hooks';

import { useQuery } from '../../api/query';
import { useMe } from '../../app/Shell';
import { say } from '../../app/toasts';
import { formatDate, formatTime } from '../../format';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button, LinkButton } from '../../ui/Button';
import { Select } from '../../ui/Choice';
import { explainError, Loaded } from '../../ui/Loading';
import { Status } from '../../ui/Status';
import { issue, issuedOf, readIssued, readPaper, readPdf, type List, type Row, type Shelf, type Wanted } from './data';
import { Sheet } from './Sheet';

const NOW = 'now';

interface Props {
  patient: string;
  row: Row;
  list: List;
  shelf: Shelf | undefined;
  wanted: Wanted;
  onSession: (session: string) => void;
  onIssued: () => void;
}

/** Offers the file; the address that it has here is gone as soon as it was taken. */
function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

function useDoing(): { isBusy: boolean; error: unknown; run: (work: () => Promise<void>) => void } {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = (work: () => Promise<void>): void => {
    setBusy(true);
    setError(null);
    work().catch(setError).finally(() => setBusy(false));
  };
  return { isBusy, error, run };
}

function SessionChoice({ list, wanted, onSession }: { list: List; wanted: Wanted; onSession: (id: string) => void }) {
  const sessions = list.sessions ?? [];
  const options = sessions.map((s) => ({ value: s.id, label: `${formatDate(s.date)} – ${t(s.signed ? 'documents.signed' : 'documents.unsigned')}` }));
  return <Select label={t('documents.session')} options={options} value={wanted.session ?? sessions[0]?.id ?? null} onValue={onSession} />;
}

/** Why there is none, rule by rule, and where that is settled. */
function NotNow({ row, list, patient }: { row: Row; list: List; patient: string }) {
  const rules = row.type === 'note' ? [] : list.rules ?? [];
  return (
    <div class="panel stack tight">
      <p class="strong">{t('documents.because', { why: row.why ?? '' })}</p>
      {rules.length > 0 && (
        <ul>
          {rules.map((r) => (
            <li key={r.id}><Status kind={r.unknown ? 'unknown' : 'danger'}>{r.title}</Status> {r.unknown && <span class="soft">{t('documents.rule_unknown')}</span>}</li>
          ))}
        </ul>
      )}
      <div class="row"><LinkButton to={`/patient/${patient}/${row.type === 'note' ? 'session' : 'assess'}`}>{t(row.type === 'note' ? 'documents.to_session' : 'documents.to_assess')}</LinkButton></div>
    </div>
  );
}

export function Preview(p: Props) {
  const who = useMe();
  const mayIssue = who.role === 'physician' || who.role === 'owner';
  const copies = issuedOf(p.shelf, p.row.type, p.row.type === 'note' ? p.wanted.session ?? p.list.sessions?.[0]?.id : undefined);
  const [chosen, setChosen] = useState(NOW);
  const version = copies.some((d) => d.id === chosen) ? chosen : p.row.possible ? NOW : copies[0]?.id ?? NOW;
  const isNow = version === NOW;
  const doing = useDoing();
  const key = [p.patient, p.row.type, version, p.wanted.session, p.wanted.target, p.wanted.plan, p.row.possible].join(' ');
  const query = useQuery(key, () => (isNow && !p.row.possible ? Promise.resolve(null) : isNow ? readPaper(p.patient, p.row.type, p.wanted) : readIssued(p.patient, version)));
  const download = async (): Promise<void> => save(await readPdf(p.patient, p.row.type, p.wanted, isNow ? undefined : version), `${p.row.type}.pdf`);
  const issueNow = async (): Promise<void> => {
    await issue(p.patient, p.row.type, p.wanted);
    say(t('documents.was_issued'));
    p.onIssued();
  };
  const versions = [...(p.row.possible ? [{ value: NOW, label: t('documents.as_now') }] : []), ...copies.map((d) => ({ value: d.id ?? '', label: t('documents.issued_on', { date: formatTime(d.date) }) }))];
  return (
    <section class="stack preview" aria-label={p.row.title}>
      <div class="panel row end no-print">
        <h2 class="preview-title">{p.row.title}</h2>
        {p.row.type === 'note' && (p.list.sessions?.length ?? 0) > 0 && <SessionChoice list={p.list} wanted={p.wanted} onSession={p.onSession} />}
        {copies.length > 0 && <Select label={t('documents.version')} options={versions} value={version} onValue={setChosen} />}
        <Button onClick={() => print()} why={query.data ? undefined : t('documents.nothing_yet')}>{t('documents.print')}</Button>
        <Button onClick={() => doing.run(download)} isBusy={doing.isBusy} why={query.data ? undefined : t('documents.nothing_yet')}>{t('documents.download')}</Button>
        {isNow && (
          <Button kind="primary" onClick={() => doing.run(issueNow)} isBusy={doing.isBusy}
            why={!p.row.possible ? p.row.why : mayIssue ? undefined : t('documents.issue_not_yours')}>{t('documents.issue')}</Button>
        )}
      </div>
      {doing.error !== null && <Banner kind="danger" isAlert>{explainError(doing.error)}</Banner>}
      <Loaded query={query} what={t('documents.making')}>
        {(paper) => (paper ? <Sheet paper={paper} /> : <NotNow row={p.row} list={p.list} patient={p.patient} />)}
      </Loaded>
    </section>
  );
}
