// SPDX-License-Identifier: Apache-2.0
// Before a session: what today's rules say of the plan, then one tap.
import { useMemo, useState } from 'preact/hooks';

import {
  entryOf,
  idOf,
  isConflict,
  transaction,
  type Patient,
  type Resource,
} from '../../api/fhir';
import { useMe } from '../../app/Shell';
import { go } from '../../app/router';
import { formatClock, formatDate } from '../../format';
import { t, tIf } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button, LinkButton } from '../../ui/Button';
import { ErrorBox } from '../../ui/Loading';
import { newId, newProcedure, newResponse, now, readAnswers, startOf, type Answer } from './model';
import { BigSide, Marks, ml } from './parts';
import { reasonOf } from './outbox';
import type { Waiting } from './record';
import type { Sheet } from './sheet';

const KINDS: Record<string, 'danger' | 'warn' | 'note'> = {
  STOP: 'danger',
  DEFER: 'danger',
  CAUTION: 'warn',
  INFO: 'note',
};

/** Over what was prepared, when something was: only the version that was seen. */
const over = (made: Resource, before: Resource | undefined): Resource =>
  before?.meta ? { ...made, meta: before.meta } : made;

function why(sheet: Sheet): string | undefined {
  if (!sheet.allowed) return t('session.not_allowed');
  if (!sheet.plan) return t('session.no_plan');
  return sheet.plan_status === 'active' ? undefined : t('session.plan_draft');
}

export function Start({
  sheet,
  patient,
  waiting,
  onStarted,
}: {
  sheet: Sheet;
  patient: Patient;
  waiting: Waiting;
  /** It is at this very address already: show it. */
  onStarted?: (() => void) | undefined;
}) {
  const who = useMe();
  const { open, prepared, response: noted } = waiting;
  const fresh = useMemo(newId, []);
  const id = prepared?.id ?? fresh;
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const patientId = patient.id as string;
  const reason = why(sheet);
  const start = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    const procedure = newProcedure(
      { sheet, patient: patientId, practitioner: who.practitioner },
      id,
    );
    const rules = {
      value: true,
      notes: { rule_set_version: sheet.knowledge, result: sheet.verdict, time: now() },
    };
    const answers = new Map<string, Answer>([
      ...readAnswers(noted),
      ['CL-01', rules],
      ...sheet.not_applicable.map((line) => [line, { value: false, notes: {} }] as const),
    ]);
    const response = newResponse(id, patientId, answers, 'in-progress');
    try {
      await transaction([entryOf(over(procedure, prepared)), entryOf(over(response, noted))]);
      go(`/patient/${patientId}/session/${id}`);
      onStarted?.();
    } catch (e) {
      // Begun already, on another device or by a request whose answer was lost: go on with it.
      if (isConflict(e)) go(`/patient/${patientId}/session/${id}`);
      else setError(e);
      setBusy(false);
    }
  };
  return (
    <div class="stack start">
      {open && (
        <Banner
          kind="note"
          title={t('session.open_already')}
          actions={
            <LinkButton
              isLarge
              kind="primary"
              to={`/patient/${idOf(open.subject as { reference: string })}/session/${open.id}`}
            >
              {t('session.go_on')}
            </LinkButton>
          }
        >
          {t('session.open_since', { time: formatClock(startOf(open)) })}
        </Banner>
      )}
      <section class="panel stack">
        <div class="row spread">
          <h2>
            {t('session.number', { n: sheet.number, of: sheet.of })}: {sheet.condition}
          </h2>
          <BigSide side={sheet.side} />
        </div>
        <p class={`status ${sheet.allowed ? 'good' : 'danger'} large`}>
          {t('session.verdict', {
            verdict: tIf(`session.verdict_${sheet.verdict.replaceAll(' ', '_')}`, sheet.verdict),
            day: formatDate(sheet.today),
          })}
        </p>
        <ul class="plain stack tight">
          {sheet.findings.map((f) => (
            <li key={f.rule + f.text}>
              <span class={`status ${f.unknown ? 'unknown' : (KINDS[f.severity] ?? 'note')}`}>
                {f.title}
              </span>{' '}
              {f.text} <span class="soft small">{f.rule}</span> <Marks of={f} />
            </li>
          ))}
        </ul>
        <div>
          <p>
            {t('session.start_what', { n: sheet.sites.length, amount: ml(sheet.totals.volume_ml) })}
          </p>
          <ul>
            {sheet.sites.map((x) => (
              <li key={x.site + x.side}>
                {x.structure}, {tIf(`side.${x.side}`, x.side).toLowerCase()}: {ml(x.ml)}
              </li>
            ))}
          </ul>
        </div>
        {reason && (
          <Banner
            kind="warn"
            actions={
              <LinkButton isLarge to={`/patient/${patientId}/plan`}>
                {t('session.to_plan')}
              </LinkButton>
            }
          >
            {reason}
          </Banner>
        )}
        {!sheet.consent && (
          <Banner
            kind="warn"
            actions={
              <LinkButton isLarge to={`/patient/${patientId}/documents`}>
                {t('session.to_documents')}
              </LinkButton>
            }
          >
            {t('session.consent_missing')}
          </Banner>
        )}
        {error !== null &&
          (reasonOf(error) ? (
            <Banner kind="danger" isAlert>
              {reasonOf(error)}
            </Banner>
          ) : (
            <ErrorBox error={error} />
          ))}
        <div class="row">
          <Button
            kind={open ? 'plain' : 'primary'}
            isLarge
            isBusy={isBusy}
            why={reason}
            onClick={() => void start()}
          >
            {t('session.start')}
          </Button>
        </div>
      </section>
    </div>
  );
}
