// SPDX-License-Identifier: Apache-2.0
// The verdict beside the form. Its words and reasons are the server's; what is not known leads to
// the question that would answer it.
import { href } from '../../app/router';
import { t, tIf } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { explainError } from '../../ui/Loading';
import { Mark, Status, type StatusKind } from '../../ui/Status';
import { TextArea } from '../../ui/TextField';
import { goToFact, type Form } from './form';
import type { Finding, Live, Verdict } from './verdict';

const KINDS: Record<string, StatusKind> = {
  suitable: 'good', 'suitable-with-caution': 'warn', defer: 'warn', 'not-suitable': 'danger',
    'cannot-be-decided': 'unknown',
};
const OUTCOMES: Record<string, StatusKind> = { stop: 'danger', defer: 'warn', caution: 'warn', info: 'note' };

export function VerdictWord({ live }: { live: Live }) {
  const verdict = live.verdict;
  if (!verdict) return <Status kind="unknown">{t(live.error ? 'assess.no_verdict' : 'assess.asking')}</Status>;
  return <Status kind={KINDS[verdict.code] ?? 'unknown'}>{tIf(`assess.verdict.${verdict.code}`,
    verdict.word)}</Status>;
}

function Foundation({ f }: { f: Finding }) {
  return (
    <dl class="definition small">
      <dt>{t('assess.threshold')}</dt><dd>{f.threshold || '–'}</dd>
      <dt>{t('assess.inputs')}</dt><dd>{f.inputs.length ? <ul
        class="plain">{f.inputs.map((i) => <li key={i}>{i}</li>)}</ul> : '–'}</dd>
      {f.action && <><dt>{t('assess.action')}</dt><dd>{f.action}</dd></>}
      <dt>{t('ui.grade')}</dt><dd>{f.grade || '–'}</dd>
      <dt>{t('ui.source')}</dt><dd>{f.source || '–'}</dd>
    </dl>
  );
}

function Override({ form, f }: { form: Form; f: Finding }) {
  if (f.outcome === 'info' || f.override === 'not_needed' || f.override === '') return null;
  if (f.override === 'none') return <p class="small"><Status kind="danger">{t('assess.no_override')}</Status></p>;
  const reason = form.typed.overrides[f.tier] ?? '';
  const write = (text: string): void => {
    const { [f.tier]: _old, ...rest } = form.typed.overrides;
    form.change({ ...form.typed, overrides: text ? { ...rest, [f.tier]: text } : rest },
      t('assess.override_of', { rule: f.rule }));
  };
  return (
    <details open={reason !== ''}>
      <summary>{t('assess.override')}</summary>
      <TextArea label={t('assess.override_reason', { rule: f.rule })} rows={2} maxLength={500} value={reason}
        onInput={write}
        hint={`${t('assess.override_hint')}${f.override === 'second_signature' ? ` ${t('assess.second_signature')}` : ''}`} />
    </details>
  );
}

function Reason({ form, f }: { form: Form; f: Finding }) {
  return (
    <li class={`finding ${OUTCOMES[f.outcome] ?? 'note'}`}>
      <div class="row spread">
        <Status kind={OUTCOMES[f.outcome] ?? 'note'}>{tIf(`assess.outcome.${f.outcome}`, f.outcome)}</Status>
        <a href={href(`/knowledge/rules/${f.rule}`)}>{f.rule}</a>
      </div>
      <p><strong>{f.title}.</strong> {f.detail}</p>
      {form.typed.overrides[f.tier] && <p class="small"><Status
        kind="note">{t('assess.overridden')}</Status> {form.typed.overrides[f.tier]}</p>}
      <div class="row">
        {!f.isApproved && <Mark kind="unapproved" />}
        {!f.isVerified && <Mark kind="memory" />}
      </div>
      <details><summary>{t('assess.why')}</summary><Foundation f={f} /></details>
      <Override form={form} f={f} />
    </li>
  );
}

const RANK = ['stop', 'defer', 'caution', 'info'];

/** How gravely the rules wait for a fact. */
function weightOf(verdict: Verdict, fact: string): string {
  const outcomes = verdict.findings.filter((f) => f.isUnknown && f.missing.includes(fact)).map((f) => f.outcome);
  return RANK.find((o) => outcomes.includes(o)) ?? '';
}

function Wanted({ form, verdict }: { form: Form; verdict: Verdict }) {
  const facts = form.questions.facts;
  const wanted = verdict.wanted.filter((w) => !form.deferred.has(w.fact));
  if (wanted.length === 0) return null;
  const line = (w: { fact: string; text: string }) => {
    const wasSaid = form.typed.answers[`fact:${w.fact}`]?.value === null;
    return (
      <li key={w.fact}>
        <button type="button" class="wanted-link" onClick={() => goToFact(form, w.fact)}>
          {facts.find((f) => f.id === w.fact)?.title ?? w.text}
        </button>
        <span class="soft small"> {wasSaid ? t('assess.said_unknown')
          : tIf(`assess.waits.${weightOf(verdict, w.fact)}`, '')}</span>
      </li>
    );
  };
  return (
    <section aria-label={t('assess.unknown_title')}>
      <h3>{t('assess.unknown_n', { n: wanted.length })}</h3>
      <ul class="plain wanted-list">{wanted.slice(0, 8).map(line)}</ul>
      {wanted.length > 8 && (
        <details><summary>{t('assess.more', { n: wanted.length - 8 })}</summary><ul
          class="plain wanted-list">{wanted.slice(8).map(line)}</ul></details>
      )}
    </section>
  );
}

export function VerdictPanel({ form, live }: { form: Form; live: Live }) {
  const { verdict } = live;
  const fired = verdict?.findings.filter((f) => !f.isUnknown) ?? [];
  const grave = fired.filter((f) => f.outcome !== 'info');
  const infos = fired.filter((f) => f.outcome === 'info');
  return (
    <aside class="panel stack tight verdict" aria-label={t('assess.verdict_title')} aria-busy={live.isPending}>
      <h2>{t('assess.verdict_title')}</h2>
      <p class={`verdict-word ${KINDS[verdict?.code ?? ''] ?? 'unknown'}`} role="status"><VerdictWord
        live={live} /></p>
      {live.error !== undefined && <Banner kind="warn">{Object.keys(live.problems).length ? t('assess.refused')
        : explainError(live.error)}</Banner>}
      {verdict?.note && <p class="small">{verdict.note}</p>}
      {grave.length > 0 && <ul class="plain findings">{grave.map((f) => <Reason key={f.tier} form={form}
        f={f} />)}</ul>}
      {verdict && <Wanted form={form} verdict={verdict} />}
      {infos.length > 0 && (
        <details>
          <summary>{t('assess.infos', { n: infos.length })}</summary>
          <ul class="plain findings">{infos.map((f) => <Reason key={f.tier} form={form} f={f} />)}</ul>
        </details>
      )}
      {verdict && <p class="soft small">{t('assess.not_stored')}</p>}
    </aside>
  );
}

/** On narrow screens the verdict stands below the form; its word stays in sight. */
export function VerdictStrip({ live, open }: { live: Live; open: number }) {
  return (
    <span class="row verdict-strip">
      <VerdictWord live={live} />
      {open > 0 && <span class="soft small">{t('assess.open', { n: open })}</span>}
      <Button kind="quiet" onClick={() => document.querySelector<HTMLElement>('.verdict')?.scrollIntoView({ block: 'start' })}>{t('assess.to_verdict')}</Button>
    </span>
  );
}
