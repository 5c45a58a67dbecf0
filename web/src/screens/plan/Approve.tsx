// SPDX-License-Identifier: Apache-2.0
// A physician signs the plan that stands there: first it is kept as a draft, and what was kept is
// shown; then that very version is signed with the password once more, or a code.
import { useState } from 'preact/hooks';

import { resourcesOf, searchAll, type Bundle, type Resource } from '../../api/fhir';
import { ApiError } from '../../api/http';
import { useQuery } from '../../api/query';
import { me } from '../../api/session';
import { say } from '../../app/toasts';
import { formatWeekday } from '../../format';
import { useStore } from '../../store';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button, LinkButton } from '../../ui/Button';
import { Choice } from '../../ui/Choice';
import { explainError } from '../../ui/Loading';
import { Status } from '../../ui/Status';
import { TextField } from '../../ui/TextField';
import { approvePlan, keepPlan } from './api';
import type { Choices, Letter } from './types';

interface CarePlan extends Resource {
  status: string;
  description?: string;
}
interface Request extends Resource {
  intent: string;
  occurrenceDateTime?: string;
  note?: { text: string }[];
}

interface Props {
  patient: string;
  letters: readonly Letter[];
  letter: Letter;
  choices: Choices;
  /** Why it cannot be approved as it stands. */
  why: string | undefined;
  onApproved: () => Promise<void>;
  onLetter: (letter: Letter) => void;
}

/** What is about to be signed, in the words of what was kept. */
function Kept({ bundle }: { bundle: Bundle }) {
  const plan = resourcesOf<CarePlan>(bundle, 'CarePlan')[0];
  const sessions = resourcesOf<Request>(bundle, 'ServiceRequest').sort((a, b) =>
    (a.occurrenceDateTime ?? '').localeCompare(b.occurrenceDateTime ?? ''),
  );
  const firm = sessions.filter((s) => s.intent !== 'option');
  return (
    <div class="kept stack tight">
      <p class="strong">{plan?.description}</p>
      <p>
        {t('plan.kept_days', {
          days: firm
            .map((s) => (s.occurrenceDateTime ? formatWeekday(s.occurrenceDateTime) : '–'))
            .join(', '),
        })}
      </p>
      <ul>
        {firm[0]?.note?.map((n) => (
          <li key={n.text}>{n.text}</li>
        ))}
      </ul>
    </div>
  );
}

function Consent({ patient }: { patient: string }) {
  const query = useQuery(`plan-consent-${patient}`, () =>
    searchAll<Resource>(`Consent?patient=${patient}&status=active`, 10),
  );
  if (query.error) return <Status kind="unknown">{t('plan.consent_unknown')}</Status>;
  if (!query.data) return null;
  return query.data.length > 0 ? (
    <Status kind="good">{t('plan.consent_there')}</Status>
  ) : (
    <Status kind="warn">{t('plan.consent_missing')}</Status>
  );
}

function Signing({
  bundle,
  onSigned,
  onBack,
}: {
  bundle: Bundle;
  onSigned: (answer: Bundle) => void;
  onBack: () => void;
}) {
  const who = useStore(me);
  const [kind, setKind] = useState<'password' | 'code'>('password');
  const [secret, setSecret] = useState('');
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const plan = resourcesOf<CarePlan>(bundle, 'CarePlan')[0];
  const sign = async (): Promise<void> => {
    if (!plan?.id || isBusy) return;
    if (!secret) {
      setError(t('plan.secret_missing'));
      return;
    }
    setBusy(true);
    setError(undefined);
    try {
      onSigned(
        await approvePlan(
          plan.id,
          plan.meta?.versionId ?? '',
          kind === 'password' ? { password: secret } : { code: secret },
        ),
      );
    } catch (e) {
      setError(e instanceof ApiError && e.status === 403 ? e.message : explainError(e));
      setSecret('');
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      class="stack tight signing"
      onSubmit={(e) => {
        e.preventDefault();
        void sign();
      }}
    >
      {who?.second_factor && (
        <Choice
          label={t('plan.sign_by')}
          value={kind}
          onValue={(v) => {
            setKind(v);
            setSecret('');
          }}
          options={[
            { value: 'password', label: t('login.password') },
            { value: 'code', label: t('plan.code') },
          ]}
        />
      )}
      <TextField
        label={kind === 'password' ? t('plan.password') : t('plan.code')}
        type={kind === 'password' ? 'password' : 'text'}
        hasFocus
        value={secret}
        onInput={setSecret}
        autocomplete={kind === 'password' ? 'current-password' : 'one-time-code'}
        error={error}
        maxLength={256}
      />
      <div class="row">
        <Button kind="primary" type="submit" isBusy={isBusy}>
          {t('plan.approve_sign')}
        </Button>
        <Button onClick={onBack}>{t('ui.back')}</Button>
      </div>
      <p class="small soft">{t('plan.sign_help')}</p>
    </form>
  );
}

function Done({ patient, answer }: { patient: string; answer: Bundle }) {
  const outcome = resourcesOf<Resource>(answer, 'OperationOutcome')[0] as
    { issue?: { severity: string }[] } | undefined;
  const hasConsent = outcome?.issue?.[0]?.severity === 'information';
  const appointments = resourcesOf(answer, 'Appointment').length;
  return (
    <section class="panel stack tight" aria-label={t('plan.approval')}>
      <Banner kind="good" isAlert title={t('plan.approved')}>
        {t('plan.approved_text', { n: appointments })}
      </Banner>
      {!hasConsent && <Banner kind="warn">{t('plan.consent_needed')}</Banner>}
      <div class="row">
        <LinkButton to={`/patient/${patient}`} kind="primary">
          {t('plan.to_patient')}
        </LinkButton>
        <LinkButton to={`/patient/${patient}/documents`}>{t('plan.to_documents')}</LinkButton>
      </div>
    </section>
  );
}

export function Approve(p: Props) {
  const who = useStore(me);
  const [kept, setKept] = useState<{ for: string; bundle: Bundle }>();
  const [done, setDone] = useState<Bundle>();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const key = JSON.stringify(p.choices);
  const role =
    who?.role === 'physician' || who?.role === 'owner' ? undefined : t('plan.only_physician');
  const keep = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      setKept({ for: key, bundle: await keepPlan(p.patient, p.choices) });
    } catch (e) {
      setError(e);
    } finally {
      setBusy(false);
    }
  };
  const signed = (answer: Bundle): void => {
    setDone(answer);
    say(t('plan.approved'));
    void p.onApproved();
  };
  if (done) return <Done patient={p.patient} answer={done} />;
  const current = kept?.for === key ? kept.bundle : undefined;
  return (
    <section class="panel stack tight" aria-label={t('plan.approval')}>
      <h2>{t('plan.approval')}</h2>
      {p.letters.length > 1 && (
        <Choice
          label={t('plan.which')}
          value={p.letter}
          onValue={p.onLetter}
          options={p.letters.map((value) => ({ value, label: t(`plan.arm.${value}`) }))}
        />
      )}
      <Consent patient={p.patient} />
      {Boolean(error) && (
        <Banner kind="danger" isAlert>
          {explainError(error)}
        </Banner>
      )}
      {!current && (
        <div class="row">
          <Button kind="primary" onClick={() => void keep()} isBusy={isBusy} why={role ?? p.why}>
            {t('plan.prepare', { plan: t(`plan.arm.${p.letter}`) })}
          </Button>
        </div>
      )}
      {!current && <p class="small soft">{role ?? p.why ?? t('plan.prepare_help')}</p>}
      {current && <Kept bundle={current} />}
      {current && resourcesOf(current, 'CarePlan').length > 0 && (
        <Signing bundle={current} onSigned={signed} onBack={() => setKept(undefined)} />
      )}
      {current && resourcesOf(current, 'CarePlan').length === 0 && (
        <Banner kind="danger" isAlert>
          {t('plan.blocked_now')}
        </Banner>
      )}
    </section>
  );
}
