// SPDX-License-Identifier: Apache-2.0
// Stage 2: the pause before the needle. What is read aloud stands large, the side twice.
import { ageOn, formatDate, formatNumber, today } from '../../format';
import { nameOf } from '../../api/fhir';
import { t, tIf } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { TextField } from '../../ui/TextField';
import { BigSide, Marks, ml } from './parts';
import { itemsOf } from './stages';
import { now } from './model';
import type { StageProps } from './Flow';

const sideWord = (side: string): string => tIf(`side.${side}`, side).toLowerCase();

function Allergies({ s }: Pick<StageProps, 's'>) {
  const { allergies, allergies_reviewed: isReviewed } = s.sheet;
  if (allergies.length > 0) return <span class="status danger">{allergies.join(', ')}</span>;
  return isReviewed ? (
    <span class="status good">{t('session.no_allergies')}</span>
  ) : (
    <span class="status unknown">{t('session.allergies_unknown')}</span>
  );
}

function Bleeding({ s }: Pick<StageProps, 's'>) {
  const { bleeding, medicines } = s.sheet;
  const names = medicines.filter((m) => m.bleeding).map((m) => m.text);
  if (bleeding === 'yes')
    return <span class="status danger">{names.join(', ') || t('ui.yes')}</span>;
  return bleeding === 'no' ? (
    <span class="status good">{t('session.no_bleeding')}</span>
  ) : (
    <span class="status unknown">{t('session.bleeding_unknown')}</span>
  );
}

export function TimeOut({ s, patient, draft }: StageProps) {
  const item = itemsOf(s, 'timeout')[0];
  const answer = item && s.answers.get(item.id);
  const { sheet } = s;
  const second = draft.value.second;
  const age = ageOn(patient.birthDate, today());
  const confirm = (who: string): void => {
    if (item) s.answer({ [item.id]: { value: true, notes: { time: now(), names: who } } });
  };
  return (
    <div class="stack">
      <section class="panel time-out">
        <div class="row spread">
          <BigSide side={sheet.side} />
          <div class="who">
            <p class="huge">{nameOf(patient)}</p>
            <p class="large">
              {formatDate(patient.birthDate)} {age !== undefined && t('patient.age', { n: age })}
            </p>
          </div>
          <BigSide side={sheet.side} />
        </div>
        <dl class="definition large">
          <dt>{t('session.what')}</dt>
          <dd>
            {sheet.condition}, {tIf(`side.${sheet.side}`, sheet.side).toLowerCase()}
          </dd>
          <dt>{t('session.stage_sites')}</dt>
          <dd>
            <ul class="plain">
              {sheet.sites.map((x) => (
                <li key={x.site + x.side}>
                  {x.structure}, <strong>{sideWord(x.side)}</strong>: {ml(x.ml)},{' '}
                  {tIf(`session.guidance_${x.guidance}`, x.guidance)}
                </li>
              ))}
            </ul>
            {sheet.sites[0] && <Marks of={sheet.sites[0]} />}
          </dd>
          <dt>{t('session.anaesthetic')}</dt>
          <dd>
            {sheet.totals.drugs
              .map((d) =>
                t('session.planned_drug', {
                  drug: tIf(`session.drug_${d.drug}`, d.drug),
                  mg: formatNumber(d.mg, 1),
                  max: formatNumber(d.max_mg, 0),
                }),
              )
              .join('; ') || t('ui.none')}
          </dd>
          <dt>{t('session.allergies')}</dt>
          <dd>
            <Allergies s={s} />
          </dd>
          <dt>{t('session.bleeding')}</dt>
          <dd>
            <Bleeding s={s} />
          </dd>
          <dt>{t('session.consent')}</dt>
          <dd>
            {sheet.consent ? (
              <span class="status good">
                {t('session.consent_signed', { date: formatDate(sheet.consent_date) })}
              </span>
            ) : (
              <span class="status danger">{t('session.consent_none')}</span>
            )}
          </dd>
        </dl>
      </section>
      {answer?.value === true ? (
        <Banner
          kind="good"
          actions={
            <Button isLarge onClick={() => item && s.answer({ [item.id]: { value: undefined } })}>
              {t('session.repeat')}
            </Button>
          }
        >
          {t('session.time_out_done', { names: answer.notes.names || t('session.alone') })}
        </Banner>
      ) : (
        <section class="panel stack">
          <p>{item?.item}</p>
          <div class="row two-people">
            <TextField
              label={t('session.second_person')}
              hint={t('session.second_hint', { n: sheet.limits.timeout_people })}
              value={second}
              onInput={(v) => draft.set({ ...draft.value, second: v })}
              maxLength={80}
            />
            <Button
              kind="primary"
              isLarge
              why={second.trim() ? undefined : t('session.second_needed')}
              onClick={() => confirm(second.trim())}
            >
              {t('session.time_out_two')}
            </Button>
            <Button isLarge onClick={() => confirm('')}>
              {t('session.time_out_alone')}
            </Button>
          </div>
        </section>
      )}
    </div>
  );
}
