// SPDX-License-Identifier: Apache-2.0
// Is it working? The advice with its reasons, the forecast without and with the latest score, a new
// score, and the decision.
import { useQuery } from '../../api/query';
import { PatientHeader } from '../../app/PatientHeader';
import { replace, route } from '../../app/router';
import { useStore } from '../../store';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Select } from '../../ui/Choice';
import { Empty, Loaded } from '../../ui/Loading';
import { LinkButton } from '../../ui/Button';
import type { ScreenProps } from '..';
import { Followups, Reasons, RestsOn, Sayings } from './Basis';
import { Charts, Gains } from './Charts';
import { readDecisions, readReview, type Review as ReviewData } from './data';
import { Decide } from './Decide';
import { NewScore } from './NewScore';
import { Recommendation } from './Recommendation';

function Problems({ patient, r }: { patient: string; r: ReviewData }) {
  const problems = r.problems ?? [];
  if (problems.length < 2) return null;
  return (
    <Select label={t('documents.problem')} options={problems.map((p) => ({ value: String(p.target), label: `${p.text ?? t('ui.unknown')}, ${p.side}` }))}
      value={String(r.target)} onValue={(target) => replace(`/patient/${patient}/review?target=${target}`)} />
  );
}

function NotBegun({ patient }: { patient: string }) {
  return (
    <Empty actions={<LinkButton to={`/patient/${patient}/plan`}>{t('review.to_plan')}</LinkButton>}>
      <p class="strong">{t('review.not_begun')}</p>
      <p>{t('review.not_begun_help')}</p>
    </Empty>
  );
}

export function Review({ args }: ScreenProps) {
  const id = args[0] ?? '';
  const target = useStore(route).query.get('target') ?? undefined;
  const query = useQuery(`review-${id}-${target ?? ''}`, () => readReview(id, target));
  const decisions = useQuery(`decisions-${id}`, () => readDecisions(id));
  return (
    <div class="stack review">
      <PatientHeader id={id} />
      <h1 tabIndex={-1}>{t('review.title')}</h1>
      <Loaded query={query} what={t('review.calculating')}>
        {(r) => (
          <>
            <Problems patient={id} r={r} />
            {query.isLoading && <div role="status"><Banner kind="note" title={t('review.again')}>{t('review.again_help')}</Banner></div>}
            {r.sessions_given === 0 && !r.forecast ? <NotBegun patient={id} /> : <Recommendation r={r} />}
            {r.forecast && <Charts f={r.forecast} score={r.score} />}
            <div class="grid">
              <NewScore patient={id} instruments={r.instruments ?? []} onSaved={query.reload} />
              {r.sessions_given > 0 && <Decide patient={id} r={r} target={target} decisions={decisions} />}
            </div>
            {r.forecast && <Gains f={r.forecast} isComplete={r.sessions_left === 0} />}
            <div class="grid wide">
              <Reasons r={r} />
              <Followups r={r} />
              {r.forecast && <RestsOn f={r.forecast} />}
              {r.forecast && <Sayings f={r.forecast} />}
            </div>
          </>
        )}
      </Loaded>
    </div>
  );
}
