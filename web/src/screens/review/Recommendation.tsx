// SPDX-License-Identifier: Apache-2.0
// What the review advises, how the patient responds, and by which numbers.
import { formatNumber } from '../../format';
import { t } from '../../text';
import { Status, type StatusKind } from '../../ui/Status';
import type { Advice, Response, Review } from './data';

const RESPONSE_KINDS: Record<Response, StatusKind> = { unknown: 'unknown', too_early: 'note', responder: 'good', partial: 'warn', none: 'danger' };
const ADVICE_KINDS: Record<Advice, StatusKind> = { continue: 'good', adjust: 'warn', rediagnose: 'warn', stop: 'danger', maintain: 'good', ask: 'unknown' };

export function ResponseState({ response }: { response: Response }) {
  return <Status kind={RESPONSE_KINDS[response]}>{t(`review.response_${response}`)}</Status>;
}

export function AdviceState({ advice }: { advice: Advice }) {
  return <Status kind={ADVICE_KINDS[advice]}>{t(`review.advice_${advice}`)}</Status>;
}

function Fall({ r }: { r: Review }) {
  if (r.pain_before === undefined || r.pain_now === undefined) return <>{t('review.pain_unknown')}</>;
  const change = r.fall_percent === undefined ? '' : t((r.fall ?? 0) >= 0 ? 'review.down' : 'review.up', { n: formatNumber(Math.abs(r.fall_percent), 0) });
  return <>{formatNumber(r.pain_before)} → {formatNumber(r.pain_now)} {change}</>;
}

export function Recommendation({ r }: { r: Review }) {
  return (
    <section class="panel recommendation" aria-labelledby="advice-title">
      <div class="stack tight">
        <h2 id="advice-title">{t('review.advice')}</h2>
        <p class="advice-word"><AdviceState advice={r.advice} /></p>
        <p>{t(r.sessions_left === 0 && r.advice === 'continue' ? 'review.advice_help_complete' : `review.advice_help_${r.advice}`)}</p>
        {r.advice !== r.rules_advice && <p class="soft">{t('review.more_careful', { rules: t(`review.advice_${r.rules_advice}`) })}</p>}
      </div>
      <dl class="definition">
        <dt>{t('review.response')}</dt>
        <dd><ResponseState response={r.response} /></dd>
        <dt>{t('review.pain')}</dt>
        <dd><Fall r={r} /></dd>
        <dt>{t('review.sessions')}</dt>
        <dd>{r.sessions_left === undefined ? String(r.sessions_given) : t('review.sessions_value', { given: String(r.sessions_given), left: String(r.sessions_left) })}</dd>
        <dt>{t('review.since')}</dt>
        <dd>{r.sessions_given > 0 ? t('review.days', { n: r.days_since_first }) : '–'}</dd>
      </dl>
      <div class="stack tight reasons">
        {r.reason && <p>{r.reason}</p>}
        <p>{r.forecast_reason ?? t('review.no_forecast', { why: r.no_forecast ?? t('ui.unknown') })}</p>
        <p class="soft">{t('review.honest')}</p>
      </div>
    </section>
  );
}
