// SPDX-License-Identifier: Apache-2.0
// One patient on one screen: who, side, alerts and the next step; what happened on one axis of
// time; what is expected, with the patient's own scores on it.
import { useState } from 'preact/hooks';

import { useOverview, type Overview } from '../../api/overview';
import { PatientHeader } from '../../app/PatientHeader';
import { formatDate } from '../../format';
import { t, tIf } from '../../text';
import { Loaded } from '../../ui/Loading';
import { Status } from '../../ui/Status';
import type { ScreenProps } from '..';
import { Contact, Visits } from './Contact';
import { DiaryAlerts } from './DiaryAlerts';
import { DiaryLink } from './DiaryLink';
import { Forecast } from './Forecast';
import { History } from './History';
import { NextStep } from './NextStep';
import { Timeline } from './Timeline';

/** How the course stands, in a few lines. */
function Stand({ o }: { o: Overview }) {
  const { course } = o;
  const given = t('patient.given', { n: course.sessions_given });
  return (
    <section class="panel" aria-label={t('patient.stand')}>
      <h2>{t('patient.stand')}</h2>
      <dl class="facts">
        <dt>{t('patient.sessions')}</dt><dd>{course.last_session ? t('patient.given_last', { given, date: formatDate(course.last_session) }) : given}</dd>
        <dt>{t('plan.title')}</dt><dd>{t(`patient.plan_${course.plan_status}`)}</dd>
        <dt>{t('patient.consent')}</dt><dd><Status kind={course.consent ? 'good' : 'warn'}>{t(course.consent ? 'patient.consent_active' : 'patient.consent_missing')}</Status></dd>
        <dt>{t('patient.verdict')}</dt><dd>{tIf(`ready.reason.verdict_${course.verdict}`, course.verdict)}</dd>
        <dt>{t('patient.next_visit')}</dt><dd>{course.next_visit ? formatDate(course.next_visit) : t('ui.none')}</dd>
        <dt>{t('review.title')}</dt><dd>{course.last_review ? formatDate(course.last_review) : t('ui.none')}</dd>
      </dl>
    </section>
  );
}

function Clinical({ o, reload }: { o: Overview; reload: () => void }) {
  const { id } = o.person;
  return (
    <div class="patient-board">
      <div class="stack">
        <DiaryAlerts o={o} onDone={reload} />
        <NextStep o={o} onDone={reload} />
        <Stand o={o} />
        <DiaryLink patient={id} />
        <History patient={id} />
      </div>
      <div class="course-board">
        <Timeline o={o} />
        <Forecast o={o} />
      </div>
    </div>
  );
}

function Desk({ o, reload }: { o: Overview; reload: () => void }) {
  const { id } = o.person;
  const [round, setRound] = useState(0);
  const renew = (): void => {
    setRound(round + 1);
    reload();
  };
  return (
    <div class="grid">
      <NextStep o={o} onDone={renew} />
      <Visits id={id} key={round} />
      <div class="stack"><Contact id={id} /><DiaryLink patient={id} /></div>
    </div>
  );
}

export function PatientScreen({ args }: ScreenProps) {
  const id = args[0] ?? '';
  const query = useOverview(id);
  return (
    <div class="stack patient-screen">
      <h1 class="hidden-visually" tabIndex={-1}>{t('patient.title')}</h1>
      <PatientHeader id={id} query={query} />
      <Loaded query={query}>{(o) => (o.view === 'clinical' ? <Clinical o={o} reload={query.reload} /> : <Desk o={o} reload={query.reload} />)}</Loaded>
    </div>
  );
}
