// SPDX-License-Identifier: Apache-2.0
// Around every stage: who it is, where one is, what is not stored yet, and the way to help.
import type { ComponentChildren } from 'preact';

import type { DraftState } from '../../api/draft';
import { nameOf, type Patient } from '../../api/fhir';
import { Notices, useMe } from '../../app/Shell';
import { Toasts } from '../../app/toasts';
import { ageOn, formatDate, today } from '../../format';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button, LinkButton } from '../../ui/Button';
import { Conflict } from '../../ui/Conflict';
import { Status } from '../../ui/Status';
import { clashRows } from './clash';
import { mergeAnswers } from './model';
import { BigSide } from './parts';
import { isFinished, STAGES, type Stage } from './stages';
import type { Session } from './useSession';

function Stages({
  s,
  stage,
  onStage,
}: {
  s: Session;
  stage: Stage;
  onStage: (stage: Stage) => void;
}) {
  return (
    <nav class="stages" aria-label={t('session.stages')}>
      <ol class="plain">
        {STAGES.map((x, i) => {
          const isDone = isFinished(s, x);
          return (
            <li key={x}>
              <button
                type="button"
                class={`stage${isDone ? ' done' : ''}`}
                aria-current={x === stage ? 'step' : undefined}
                onClick={() => onStage(x)}
              >
                <span class="stage-sign" aria-hidden="true">
                  {isDone ? '✓' : i + 1}
                </span>
                <span>
                  {t(`session.stage_${x}`)}
                  {isDone && <span class="hidden-visually"> ({t('session.finished')})</span>}
                </span>
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

/** Whether what was done is stored: always in sight, calm. */
function Stored({ s, draft }: { s: Session; draft: DraftState }) {
  const waits = s.state.isWaiting || s.state.clash !== null || draft === 'waiting';
  if (waits) return <Status kind="warn">{t('session.not_stored')}</Status>;
  return s.state.queue.length > 0 ? (
    <Status kind="note">{t('draft.saving')}</Status>
  ) : (
    <Status kind="good">{t('session.all_stored')}</Status>
  );
}

function Troubles({ s }: { s: Session }) {
  const { clash, refused, isWaiting, queue } = s.state;
  return (
    <>
      {isWaiting && (
        <Banner kind="warn" title={t('session.not_stored')}>
          {t('session.not_stored_text', { n: queue.length })}
        </Banner>
      )}
      {refused && (
        <Banner
          kind="danger"
          isAlert
          title={t('session.refused')}
          actions={
            <Button isLarge onClick={() => s.box.dismiss()}>
              {t('ui.close')}
            </Button>
          }
        >
          {refused.text}
        </Banner>
      )}
      {clash && (
        <Conflict
          rows={clashRows(clash, s.sheet)}
          onTheirs={() => s.box.takeTheirs()}
          onMine={() =>
            s.box.takeMine(
              clash.mine.resourceType === 'QuestionnaireResponse'
                ? mergeAnswers(clash.mine, clash.theirs)
                : clash.mine,
            )
          }
        />
      )}
    </>
  );
}

export function Bar({
  patient,
  side,
  children,
}: {
  patient: Patient | undefined;
  side?: string;
  children?: ComponentChildren;
}) {
  const age = ageOn(patient?.birthDate, today());
  return (
    <div class="session-bar">
      {patient && (
        <LinkButton isLarge kind="quiet" to={`/patient/${patient.id}`}>
          {t('session.leave')}
        </LinkButton>
      )}
      <div class="session-who">
        <span class="strong large">{nameOf(patient)}</span>
        <span class="soft">
          {formatDate(patient?.birthDate)} {age !== undefined && t('patient.age', { n: age })}
        </span>
      </div>
      {side && <BigSide side={side} />}
      {children}
    </div>
  );
}

interface Props {
  s: Session;
  patient: Patient;
  stage: Stage;
  isSigned: boolean;
  draft: DraftState;
  children: ComponentChildren;
  onStage: (stage: Stage) => void;
  onEmergency: () => void;
  onHarm: () => void;
}

export function Frame(p: Props) {
  const who = useMe();
  return (
    <div class="session">
      <header class="session-head no-print">
        <Bar patient={p.patient} side={p.s.sheet.side}>
          <span role="status">
            {p.isSigned ? (
              <Status kind="good">{t('session.signed')}</Status>
            ) : (
              <Stored s={p.s} draft={p.draft} />
            )}
          </span>
          {!p.isSigned && (
            <Button isLarge onClick={p.onHarm}>
              {t('session.record_harm')}
            </Button>
          )}
          <Button isLarge kind="danger" onClick={p.onEmergency}>
            {t('session.emergency')}
          </Button>
        </Bar>
        {!p.isSigned && <Stages s={p.s} stage={p.stage} onStage={p.onStage} />}
      </header>
      <Notices who={who} />
      <main id="main" class="main stack" tabIndex={-1}>
        <Troubles s={p.s} />
        {p.children}
      </main>
      <Toasts />
    </div>
  );
}
