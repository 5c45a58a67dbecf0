// SPDX-License-Identifier: Apache-2.0
// The patient signed the consent form on paper: when, and who saw it. The form stays as issued.
import { useState } from 'preact/hooks';

import { idOf, transaction } from '../../api/fhir';
import { useMe } from '../../app/Shell';
import { say } from '../../app/toasts';
import { formatDate, today } from '../../format';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Check } from '../../ui/Choice';
import { Dialog } from '../../ui/Dialog';
import { explainError } from '../../ui/Loading';
import { TextField } from '../../ui/TextField';
import { consentEntries, withdraw, type Consent, type Issued } from './data';

interface Props {
  patient: string;
  consent: Consent | undefined;
  issued: Issued | undefined;
  onChange: () => void;
}

function problemOf(date: string, witness: string, isCopyGiven: boolean): { date?: string; witness?: string; copy?: boolean } {
  return {
    ...(!/^\d{4}-\d\d-\d\d$/.test(date) ? { date: t('documents.date_wrong') } : date > today() ? { date: t('documents.date_future') } : {}),
    ...(witness.trim() ? {} : { witness: t('documents.witness_missing') }),
    ...(isCopyGiven ? {} : { copy: true }),
  };
}

function SignForm({ patient, issued, onChange }: { patient: string; issued: Issued; onChange: () => void }) {
  const who = useMe();
  const [date, setDate] = useState(today());
  const [witness, setWitness] = useState('');
  const [isCopyGiven, setCopyGiven] = useState(false);
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const problems = isTried ? problemOf(date, witness, isCopyGiven) : {};
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(problemOf(date, witness, isCopyGiven)).length) return;
    setBusy(true);
    setError(null);
    try {
      await transaction(consentEntries(patient, { date, witness: witness.trim(), issued: issued.id ?? '', practitioner: who.practitioner }));
      say(t('documents.consent_recorded'));
      onChange();
    } catch (e) {
      setError(e);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="stack tight" onSubmit={(e) => void submit(e)} noValidate>
      <p>{t('documents.sign_help', { date: formatDate(issued.date) })}</p>
      {error !== null && <Banner kind="danger" isAlert>{explainError(error)}</Banner>}
      <div class="grid">
        <TextField label={t('documents.signed_on_label')} type="date" value={date} onInput={setDate} error={problems.date} isRequired />
        <TextField label={t('documents.witness')} hint={t('documents.witness_hint')} value={witness} onInput={setWitness} error={problems.witness} isRequired />
      </div>
      <Check label={t('documents.copy_given')} isChecked={isCopyGiven} onChange={setCopyGiven} />
      {problems.copy && <p class="status warn" role="alert">{t('documents.copy_missing')}</p>}
      <div class="row"><Button kind="primary" type="submit" isBusy={isBusy}>{t('documents.record_consent')}</Button></div>
    </form>
  );
}

function Withdrawal({ consent, onChange }: { consent: Consent; onChange: () => void }) {
  const [isAsked, setAsked] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const confirm = async (): Promise<void> => {
    try {
      await withdraw(consent);
      setAsked(false);
      say(t('documents.withdrawn'));
      onChange();
    } catch (e) {
      setError(e);
    }
  };
  return (
    <>
      <Button kind="danger" onClick={() => setAsked(true)}>{t('documents.withdraw')}</Button>
      {isAsked && (
        <Dialog title={t('documents.withdraw')} onClose={() => setAsked(false)} actions={<Button kind="danger" onClick={() => void confirm()}>{t('documents.withdraw_confirm')}</Button>}>
          <p>{t('documents.withdraw_help')}</p>
          {error !== null && <Banner kind="danger" isAlert>{explainError(error)}</Banner>}
        </Dialog>
      )}
    </>
  );
}

export function Signature({ patient, consent, issued, onChange }: Props) {
  const who = useMe();
  const mayRecord = who.role === 'physician' || who.role === 'owner';
  return (
    <section class="panel stack tight no-print" aria-labelledby="signature-title">
      <h2 id="signature-title">{t('documents.signature')}</h2>
      {consent ? (
        <div class="row spread">
          <Banner kind="good" title={t('documents.consent_holds')}>
            {t(consent.sourceReference ? 'documents.consent_since' : 'documents.consent_since_paper', { date: formatDate(consent.dateTime) })}
            {issued && idOf(consent.sourceReference) && idOf(consent.sourceReference) !== issued.id && ` ${t('documents.consent_older')}`}
          </Banner>
          {mayRecord && <Withdrawal consent={consent} onChange={onChange} />}
        </div>
      ) : !mayRecord ? (
        <p>{t('documents.consent_not_yours')}</p>
      ) : issued ? (
        <SignForm patient={patient} issued={issued} onChange={onChange} />
      ) : (
        <p>{t('documents.issue_first')}</p>
      )}
    </section>
  );
}
