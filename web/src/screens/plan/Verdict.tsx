// SPDX-License-Identifier: Apache-2.0
// Whether this may be done, and why; when not, what can be done instead.
import { me } from '../../api/session';
import { href } from '../../app/router';
import { useStore } from '../../store';
import { t, tIf } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button, LinkButton } from '../../ui/Button';
import { Status, type StatusKind } from '../../ui/Status';
import { Origin } from './Origin';
import type { Answer, Finding, Severity } from './types';

const SEVERITY: Record<Severity, StatusKind> = {
  stop: 'danger',
  defer: 'danger',
  caution: 'warn',
  info: 'note',
};

export function verdictKind(answer: Answer): 'good' | 'warn' | 'danger' {
  return answer.verdict === 'suitable' ? 'good' : answer.is_issued ? 'warn' : 'danger';
}

function FindingRow({ f }: { f: Finding }) {
  return (
    <li class="finding">
      <Status kind={f.is_unknown ? 'unknown' : SEVERITY[f.severity]}>
        {f.is_unknown ? t('plan.undecided') : t(`plan.severity.${f.severity}`)}
      </Status>
      <div>
        <span class="strong">{f.title}</span>{' '}
        {f.is_unknown && f.message ? t('plan.would_say', { what: f.message }) : f.message}{' '}
        {f.action && <span class="soft">{t('plan.action', { what: f.action })}</span>}
        {f.is_unknown && f.missing && (
          <div>{t('plan.missing', { what: f.missing.join('; ') })}</div>
        )}
        <div class="small soft">
          {f.inputs} <Origin from={f.from} />
        </div>
      </div>
    </li>
  );
}

/** Gravest first; what only informs stays folded. */
export function Findings({ answer }: { answer: Answer }) {
  const blocks = (f: Finding): boolean => f.severity === 'stop' || f.severity === 'defer';
  const grave = answer.findings.filter(
    (f) => blocks(f) || (f.severity === 'caution' && !f.is_unknown),
  );
  const rest = answer.findings.filter((f) => !grave.includes(f));
  return (
    <>
      {grave.length > 0 && (
        <ul class="plain findings">
          {grave.map((f) => (
            <FindingRow key={f.tier} f={f} />
          ))}
        </ul>
      )}
      {rest.length > 0 && (
        <details>
          <summary>{t('plan.more_rules', { n: rest.length })}</summary>
          <ul class="plain findings">
            {rest.map((f) => (
              <FindingRow key={f.tier} f={f} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

export function VerdictLine({ answer, patient }: { answer: Answer; patient: string }) {
  const cautions = answer.findings.filter((f) => f.severity === 'caution' && !f.is_unknown);
  return (
    <Banner
      kind={verdictKind(answer)}
      title={tIf(`plan.verdict.${answer.verdict}`, answer.verdict)}
    >
      {cautions.length > 0
        ? t('plan.cautions', { n: cautions.length, what: cautions.map((f) => f.title).join('; ') })
        : t('plan.no_cautions')}{' '}
      <a href={href(`/patient/${patient}/assess`)}>{t('plan.to_assessment')}</a>
    </Banner>
  );
}

/** No plan to carry out: why, what to ask, what there is instead. */
export function Blocked({
  answer,
  patient,
  onUsual,
}: {
  answer: Answer;
  patient: string;
  onUsual: (() => void) | undefined;
}) {
  const who = useStore(me);
  return (
    <section class="panel stack" aria-label={t('plan.blocked')}>
      <Banner
        kind="danger"
        isStrong
        isAlert
        title={tIf(`plan.verdict.${answer.verdict}`, answer.verdict)}
      >
        {t(answer.has_stop_without_override ? 'plan.blocked_stop' : 'plan.blocked_text')}
      </Banner>
      {who?.role === 'assistant' && <Banner kind="note">{t('plan.judged_for_you')}</Banner>}
      {onUsual && (
        <div class="row">
          <Button kind="primary" onClick={onUsual}>
            {t('plan.back_to_usual')}
          </Button>
        </div>
      )}
      <h2>{t('plan.why_blocked')}</h2>
      <Findings answer={answer} />
      {answer.questions.length > 0 && (
        <>
          <h2>{t('plan.to_ask')}</h2>
          <ul>
            {answer.questions.slice(0, 8).map((q) => (
              <li key={q.fact}>
                {q.question}
                {q.is_stale && <span class="soft"> {t('plan.stale')}</span>}
              </li>
            ))}
          </ul>
        </>
      )}
      {answer.alternatives && (
        <>
          <h2>{t('plan.alternatives')}</h2>
          <dl class="definition">
            {answer.alternatives.map((a) => [
              <dt key={`${a.title}-t`}>{a.title}</dt>,
              <dd key={a.title}>
                {a.text} <span class="soft small">{a.evidence}</span>{' '}
                <Origin from={a.from} isShort />
              </dd>,
            ])}
          </dl>
        </>
      )}
      <div class="row">
        <LinkButton to={`/patient/${patient}/assess`}>{t('plan.to_assessment')}</LinkButton>
        <LinkButton to={`/patient/${patient}/documents`}>{t('plan.referral')}</LinkButton>
      </div>
    </section>
  );
}
