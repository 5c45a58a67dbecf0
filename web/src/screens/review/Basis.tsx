// SPDX-License-Identifier: Apache-2.0
// Why: each rule with its values, source and grade; and what of the record the forecast rests on.
import { formatDate } from '../../format';
import { t } from '../../text';
import { Mark, Status, type StatusKind } from '../../ui/Status';
import type { Finding, Forecast, From, Review } from './data';

function SourceOf({ from }: { from: From | undefined }) {
  if (!from) return null;
  const isApproved = from.is_approved ?? Boolean(from.approved_by);
  return (
    <span class="soft small">
      {t('ui.source')}: {(from.sources ?? []).join('; ') || t('ui.unknown')} · {t('ui.grade')} {from.grade ?? '–'}{' '}
      {!isApproved && <Mark kind="unapproved" />} {from.sources?.includes('memory') && <Mark kind="memory" />}
    </span>
  );
}

function kindOf(f: Finding): StatusKind {
  if (f.is_unknown) return 'unknown';
  return f.severity === 'stop' ? 'danger' : 'note';
}

function FindingLine({ f }: { f: Finding }) {
  return (
    <li class="stack tight">
      <Status kind={kindOf(f)}>{f.title}</Status>
      {f.is_unknown ? <span>{t('review.waits_for', { facts: (f.missing ?? []).join('; ') })}</span> : <span>{f.message}</span>}
      <details>
        <summary>{t('review.why_rule', { rule: f.rule })}</summary>
        <p>{f.inputs}</p>
        <SourceOf from={f.from} />
      </details>
    </li>
  );
}

export function Reasons({ r }: { r: Review }) {
  const findings = r.findings ?? [];
  return (
    <section class="panel" aria-labelledby="reasons-title">
      <h2 id="reasons-title">{t('review.reasons')}</h2>
      {findings.length === 0 ? <p>{t('review.no_findings')}</p> : <ul class="plain stack">{findings.map((f) => <FindingLine key={f.tier} f={f} />)}</ul>}
      {(r.questions?.length ?? 0) > 0 && (
        <>
          <h3>{t('review.to_ask')}</h3>
          <ul>{r.questions?.map((q) => <li key={q.fact}>{q.question} {q.is_stale && <span class="soft">{t('review.stale')}</span>}</li>)}</ul>
        </>
      )}
    </section>
  );
}

const NOTE_KINDS = { left_out: 'danger', assumed: 'warn', used: 'note' } as const;

export function RestsOn({ f }: { f: Forecast }) {
  return (
    <section class="panel stack tight" aria-labelledby="rests-title">
      <h2 id="rests-title">{t('review.rests_on')}</h2>
      <p>{f.record}</p>
      <ul class="plain stack tight">
        {(['left_out', 'assumed', 'used'] as const).flatMap((use) => (f.notes ?? []).filter((n) => n.use === use).map((n) => (
          <li key={`${use} ${n.text}`}><Status kind={NOTE_KINDS[use]}>{t(`review.note_${use}`)}</Status> {n.text}</li>
        )))}
      </ul>
      {f.learning && <p class="soft small">{f.learning}</p>}
    </section>
  );
}

export function Sayings({ f }: { f: Forecast }) {
  return (
    <section class="panel" aria-labelledby="sayings-title">
      <h2 id="sayings-title">{t('review.sayings')}</h2>
      <ul class="measure">{f.sayings.map((s) => <li key={s}>{s}</li>)}</ul>
    </section>
  );
}

export function Followups({ r }: { r: Review }) {
  const rows = r.followups ?? [];
  if (!rows.length) return null;
  return (
    <section class="panel" aria-labelledby="followups-title">
      <h2 id="followups-title">{t('review.followups')}</h2>
      <ul class="plain stack tight">
        {rows.map((x) => (
          <li key={`${x.from} ${x.text}`}>
            {x.overdue ? <Status kind="warn">{t('review.overdue')}</Status> : <Status kind="note">{t('review.due')}</Status>}{' '}
            {formatDate(x.from)}{x.to && x.to !== x.from ? ` – ${formatDate(x.to)}` : ''}: {x.text}
          </li>
        ))}
      </ul>
    </section>
  );
}
