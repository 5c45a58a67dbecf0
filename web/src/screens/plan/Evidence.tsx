// SPDX-License-Identifier: Apache-2.0
// For and against, side by side and equally large, each with where it comes from.
import { href } from '../../app/router';
import { t } from '../../text';
import { Origin } from './Origin';
import type { Answer } from './types';

function Sources({ list }: { list: readonly string[] | undefined }) {
  const known = list?.filter((s) => s !== 'memory' && s !== 'policy') ?? [];
  if (known.length === 0) return null;
  return (
    <p class="small">
      {t('plan.sources')}{' '}
      {known.map((s) => (
        <a class="source" key={s} href={href(`/knowledge/sources/${s}`)}>
          {s}
        </a>
      ))}
    </p>
  );
}

export function Evidence({ answer }: { answer: Answer }) {
  const c = answer.condition;
  if (!c) return null;
  const schedule = answer.plan?.schedule;
  return (
    <section class="panel stack tight" aria-label={t('plan.evidence')}>
      <header class="row spread">
        <h2>{t('plan.evidence')}</h2>
        <Origin from={{ ...c.from, grade: c.evidence_grade }} isShort />
      </header>
      <p>{c.banner}</p>
      <div class="grid two">
        <div class="side-for">
          <h3>{t('plan.for')}</h3>
          <p>{c.evidence_for}</p>
        </div>
        <div class="side-against">
          <h3>{t('plan.against')}</h3>
          <p>{c.evidence_against}</p>
        </div>
      </div>
      <Sources list={c.from.sources} />
      {schedule?.result && (
        <p class="small">
          <span class="strong">{schedule.title}:</span> {schedule.result}{' '}
          <Origin from={schedule.from} isShort />
        </p>
      )}
    </section>
  );
}
