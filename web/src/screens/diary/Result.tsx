// SPDX-License-Identifier: Apache-2.0
// What to do, first of all: how soon, whom to call. It never says that all is well.
import type { ComponentChildren } from 'preact';

import { t } from '../../text';
import { Mark } from '../../ui/Status';
import { CallNumber, ClinicNumbers } from './parts';
import type { DiaryData, Finding, Triage } from './types';
import { said } from './words';

const KIND = { E: 'danger', S: 'warn', U: 'note', R: 'plain' } as const;

function Title({ triage }: { triage: Triage }) {
  const hours = triage.hours ?? 0;
  switch (triage.level) {
    case 'E':
      return <>{t('diary.now.title')}</>;
    case 'S':
      return <>{t('diary.today.title', { hours })}</>;
    case 'U':
      return <>{t('diary.soon.title', { from: triage.hours_from ?? 0, hours })}</>;
    default:
      return <>{t('diary.routine.title')}</>;
  }
}

function Numbers({ diary, triage }: { diary: DiaryData; triage: Triage }) {
  const { clinic } = diary;
  if (triage.level === 'E') {
    return (
      <div class="stack tight">
        {clinic.emergency ? (
          <CallNumber number={clinic.emergency} label={t('diary.call_emergency')} isLarge />
        ) : (
          <p>{t('diary.no_emergency')}</p>
        )}
        <p>{t('diary.now.then')}</p>
        {clinic.phone ? (
          <CallNumber number={clinic.phone} label={t('diary.call_clinic')} />
        ) : (
          <p>{t('diary.no_phone')}</p>
        )}
      </div>
    );
  }
  return (
    <div class="stack tight">
      {clinic.phone ? (
        <CallNumber number={clinic.phone} label={t('diary.call_clinic')} isLarge />
      ) : (
        <p>{t('diary.no_phone')}</p>
      )}
      {triage.level === 'S' && (
        <CallNumber number={clinic.out_of_hours} label={t('diary.call_closed')} />
      )}
    </div>
  );
}

/** What was said that made it so. */
function reasons(triage: Triage, diary: DiaryData): string[] {
  const counts = (f: Finding): boolean => triage.level === 'R' || f.level !== 'R';
  const asked = diary.questions.symptoms;
  const facts = new Set(
    triage.findings
      .filter(counts)
      .flatMap((f) => f.facts)
      .filter((f) => f.startsWith('sx_') && f !== 'sx_temperature'),
  );
  return [...facts].map((f) => said(f, asked));
}

interface Props {
  diary: DiaryData;
  alerted: boolean;
  /** It is what the page is about: its title is the page's heading, and is read first. */
  isMain?: boolean;
}

function Head({ isMain, children }: { isMain?: boolean | undefined; children: ComponentChildren }) {
  return isMain ? (
    <h1 id="d-advice" class="d-advice-title" tabIndex={-1}>
      {children}
    </h1>
  ) : (
    <h2 id="d-advice" class="d-advice-title">
      {children}
    </h2>
  );
}

export function Advice({ diary, triage, alerted, isMain }: Props & { triage: Triage }) {
  const why = reasons(triage, diary);
  const isUnapproved =
    triage.findings.some((f) => !f.approved) || triage.acts.some((a) => !a.approved);
  return (
    <section class={`d-advice ${KIND[triage.level]}`} aria-labelledby="d-advice">
      <Head isMain={isMain}>
        <Title triage={triage} />
      </Head>
      <Numbers diary={diary} triage={triage} />
      {triage.level === 'R' && <p>{t('diary.routine.text')}</p>}
      {triage.acts.length > 0 && (
        <>
          <h3>{t('diary.meanwhile')}</h3>
          <ul>
            {triage.acts.map((a) => (
              <li key={a.id}>{a.text}</li>
            ))}
          </ul>
        </>
      )}
      {triage.level !== 'R' && why.length > 0 && (
        <>
          <h3>{t('diary.because')}</h3>
          <ul>
            {why.map((w) => (
              <li key={w}>{w}</li>
            ))}
          </ul>
        </>
      )}
      {triage.was_raised && <p>{t('diary.raised')}</p>}
      {alerted && <p class="strong">{t('diary.alerted')}</p>}
      <p>
        {t('diary.by_rules')} {isUnapproved && <Mark kind="unapproved" />}
      </p>
    </section>
  );
}

/** Where the clinic wants people to be told by people only. */
export function NoAdvice({ diary, alerted, isMain }: Props) {
  return (
    <section class="d-advice plain" aria-labelledby="d-advice">
      <Head isMain={isMain}>{t('diary.kept')}</Head>
      {alerted && <p class="strong">{t('diary.alerted')}</p>}
      <p>{t('diary.leaflet_only')}</p>
      <ClinicNumbers clinic={diary.clinic} />
    </section>
  );
}
