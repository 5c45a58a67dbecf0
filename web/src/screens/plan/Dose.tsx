// SPDX-License-Identifier: Apache-2.0
// The anaesthetic of one session, all sources, against this patient's maximum: bar, word, number.
import { formatNumber, formatShare } from '../../format';
import { t, tIf } from '../../text';
import { Meter } from '../../ui/Meter';
import { Status } from '../../ui/Status';
import { Origin } from './Origin';
import type { Dose, DoseState } from './types';

const KINDS = {
  within: 'good',
  high: 'warn',
  above: 'danger',
  unknown: 'danger',
} as const satisfies Record<DoseState, string>;

/** One drug: bar, word and number together; an unknown maximum is told, never drawn as empty. */
function DoseBar({ drug }: { drug: Dose['drugs'][number] }) {
  const name = tIf(`plan.drug.${drug.drug}`, drug.drug);
  const word = t(`plan.dose.${drug.state}`);
  const source = <Origin from={drug.from} isShort />;
  if (drug.max_mg === undefined || drug.mg === undefined) {
    return (
      <div class="dose">
        <span class="strong">{name}</span>{' '}
        <Status kind="danger">{t('plan.dose_unknown', { mg: formatNumber(drug.mg, 1) })}</Status>{' '}
        {source}
      </div>
    );
  }
  const numbers = t('plan.dose_numbers', {
    mg: formatNumber(drug.mg, 1),
    max: formatNumber(drug.max_mg, 0),
    share: formatShare(drug.fraction),
  });
  return (
    <div class="dose">
      <Meter
        label={t('plan.dose_label', { drug: name })}
        value={drug.mg}
        max={drug.max_mg}
        kind={KINDS[drug.state] === 'good' ? 'good' : KINDS[drug.state]}
        text={`${word}: ${numbers}`}
      />
      <div class="small">
        {drug.factor_reason && (
          <span>
            {t('plan.reduced', {
              factor: formatNumber(drug.factor, 2),
              why: drug.factor_reason,
            })}{' '}
          </span>
        )}
        {source}
      </div>
    </div>
  );
}

export function Doses({ dose }: { dose: Dose }) {
  const beside = dose.bleb_mg + dose.block_mg;
  return (
    <div class="stack tight" role="group" aria-label={t('plan.dose_title')}>
      {dose.drugs.length === 0 && <Status kind="good">{t('plan.no_anaesthetic')}</Status>}
      {dose.drugs.map((d) => (
        <DoseBar key={d.drug} drug={d} />
      ))}
      {dose.drugs.length > 1 && (
        <Status kind={KINDS[dose.state]}>
          {t('plan.load', { share: formatShare(dose.load) })}
        </Status>
      )}
      {beside > 0 && (
        <span class="small soft">{t('plan.beside', { mg: formatNumber(beside, 1) })}</span>
      )}
    </div>
  );
}
