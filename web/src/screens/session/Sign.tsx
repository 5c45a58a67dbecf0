// SPDX-License-Identifier: Apache-2.0
// Stage 7: what is signed is shown; a physician signs with the password, or a code of the second
// factor. The rules run once more just before, so that the signature rests on the facts of now.
import { useState } from 'preact/hooks';

import { ApiError, OfflineError, post } from '../../api/http';
import { t } from '../../text';
import { useMe } from '../../app/Shell';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Choice } from '../../ui/Choice';
import { TextField } from '../../ui/TextField';
import { closedProcedure, gradeOf, newResponse } from './model';
import { Note } from './Note';
import { reasonOf } from './outbox';
import { isFinished, missing, STAGES, type Stage } from './stages';
import { askTotals } from './sheet';
import type { StageProps } from './Flow';
import type { Session } from './useSession';

/** Of the plan's parameters, those that an assessment has, too. */
const ASKED = new Set([
  'target',
  'sites',
  'schedule',
  'sessions',
  'interval',
  'dextrose',
  'volume-scale',
  'guidance',
  'anaesthetic',
  'bleb-mg',
  'block-mg',
  'stocks',
]);

function assessment(s: Session): object {
  const pairs = (s.sheet.parameters ?? '').split('&').map((p) => p.split('='));
  const parameter = pairs.flatMap(([name = '', ...rest]) =>
    ASKED.has(name) ? [{ name, valueString: rest.join('=') }] : [],
  );
  return { resourceType: 'Parameters', ...(parameter.length > 0 ? { parameter } : {}) };
}

/** The checklist and the session as they are to be signed, stored. */
async function close(s: Session): Promise<boolean> {
  const given = s.sites.flatMap((x) => (x.given && !x.isSkipped ? [x.given] : []));
  const totals = await askTotals(s.where.session, []);
  const lidocaine = totals.drugs?.find((d) => d.drug === 'lidocaine');
  const sums = {
    volume_ml: totals.volume_ml,
    dextrose_g: totals.dextrose_g,
    // A line without an amount is an amount that is not known; no line: none was given.
    lidocaine_mg: lidocaine || !totals.known ? lidocaine?.mg : 0,
    grade: Math.max(0, ...s.harms.map(gradeOf)),
  };
  const answers = new Map(s.answers).set('CL-19', {
    value: true,
    notes: s.answers.get('CL-19')?.notes ?? {},
  });
  s.box.put(
    newResponse(s.where.session, s.where.patient, answers, 'completed'),
    closedProcedure(s.procedure, given, s.sheet, sums),
  );
  return s.box.flush();
}

export function Sign({ s, onSigned, onStage }: StageProps & { onStage: (stage: Stage) => void }) {
  const who = useMe();
  const [kind, setKind] = useState<'password' | 'code'>('password');
  const [secret, setSecret] = useState('');
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const open = STAGES.filter((stage) => stage !== 'sign' && !isFinished(s, stage));
  const maySign = who.role === 'physician' || who.role === 'owner';
  const work = async (): Promise<void> => {
    if (!(await close(s))) return setError(t('session.sign_not_stored'));
    await post(`/fhir/Patient/${s.where.patient}/$assess`, assessment(s));
    await post(`/fhir/Procedure/${s.where.session}/$sign`, {
      resourceType: 'Parameters',
      parameter: [{ name: kind, valueString: kind === 'code' ? secret.trim() : secret }],
    });
    return onSigned();
  };
  const sign = (event: Event): void => {
    event.preventDefault();
    if (!secret || open.length > 0) return;
    setBusy(true);
    setError('');
    work()
      .catch((e: unknown) =>
        setError(
          e instanceof OfflineError
            ? t('session.sign_offline')
            : e instanceof ApiError
              ? reasonOf(e)
              : t('ui.broken_help'),
        ),
      )
      .finally(() => setBusy(false));
  };
  return (
    <div class="stack">
      {open.length > 0 && (
        <Banner
          kind="warn"
          title={t('session.open_stages')}
          actions={open.map((stage) => (
            <Button key={stage} isLarge onClick={() => onStage(stage)}>
              {t(`session.stage_${stage}`)}
            </Button>
          ))}
        >
          {open.flatMap((stage) => missing(s, stage)).includes('nothing_given')
            ? t('session.nothing_given')
            : ''}
        </Banner>
      )}
      <Note s={s} />
      {maySign ? (
        <form class="panel stack sign" onSubmit={sign}>
          <p>{t(who.second_factor ? 'session.sign_what_code' : 'session.sign_what')}</p>
          {error && (
            <Banner kind="danger" isAlert title={t('session.not_signed')}>
              {error}
            </Banner>
          )}
          {who.second_factor && (
            <Choice
              label={t('session.sign_by')}
              value={kind}
              onValue={(v) => {
                setKind(v);
                setSecret('');
              }}
              options={[
                { value: 'password', label: t('login.password') },
                { value: 'code', label: t('login.code') },
              ]}
            />
          )}
          <div class="row two-people">
            <TextField
              label={t(`session.${kind}`, { login: who.login })}
              type={kind === 'password' ? 'password' : 'text'}
              autocomplete={kind === 'password' ? 'current-password' : 'one-time-code'}
              value={secret}
              onInput={setSecret}
              maxLength={256}
              isRequired
            />
            <Button
              kind="primary"
              isLarge
              type="submit"
              isBusy={isBusy}
              why={
                open.length > 0
                  ? t('session.open_stages')
                  : secret
                    ? undefined
                    : t(`session.${kind}_needed`)
              }
            >
              {t('session.sign')}
            </Button>
          </div>
        </form>
      ) : (
        <Banner kind="note">{t('session.physician_signs')}</Banner>
      )}
    </div>
  );
}
