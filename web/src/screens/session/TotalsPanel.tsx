// SPDX-License-Identifier: Apache-2.0
// How far the session is from this patient's limits.
import { formatNumber, formatShare } from '../../format';
import { t, tIf } from '../../text';
import { Banner } from '../../ui/Banner';
import { Meter } from '../../ui/Meter';
import { Mark } from '../../ui/Status';
import type { Standing } from './sheet';
import type { RunningTotals } from './useTotals';

const KINDS: Record<Standing, 'good' | 'warn' | 'danger'> = {
  fine: 'good',
  near: 'warn',
  over: 'danger',
  unknown: 'danger',
};

export function TotalsPanel({ running, title }: { running: RunningTotals; title: string }) {
  const totals = running.totals;
  if (!totals)
    return (
      <section class="panel totals" aria-label={t('session.totals')}>
        <p class="soft">{t('session.totals_asking')}</p>
      </section>
    );
  const bar = (
    name: string,
    value: number | undefined,
    limit: number,
    unit: string,
    standing: Standing,
  ) => (
    <Meter
      label={name}
      value={value ?? 0}
      max={limit}
      kind={KINDS[standing]}
      text={t('session.of_limit', {
        value: formatNumber(value, 1),
        limit: formatNumber(limit, 0),
        unit,
        standing: t(`session.standing_${standing}`),
      })}
    />
  );
  return (
    <section
      class="panel totals stack"
      aria-label={t('session.totals')}
      aria-busy={!running.isFresh}
    >
      <h2>{t('session.totals')}</h2>
      <p class="soft" aria-live="polite">
        {running.isFresh ? title : t('session.totals_old')}
      </p>
      {totals.known &&
        totals.drugs.map((d) => (
          <div key={d.drug}>
            {bar(
              tIf(`session.drug_${d.drug}`, d.drug),
              d.mg,
              d.max_mg ?? 0,
              'mg',
              d.max_mg === undefined ? 'unknown' : totals.anaesthetic,
            )}
            {d.approved === false && <Mark kind="unapproved" />}
          </div>
        ))}
      {totals.known && totals.drugs.length > 1 && (
        <p>{t('session.load', { share: formatShare(totals.load) })}</p>
      )}
      {totals.known &&
        bar(t('session.volume'), totals.volume_ml, totals.volume_limit_ml, 'mL', totals.volume)}
      {totals.known &&
        bar(t('session.dextrose'), totals.dextrose_g, totals.dextrose_warn_g, 'g', totals.dextrose)}
      {totals.known && totals.double_check && (
        <Banner kind="warn">{t('session.double_check')}</Banner>
      )}
      {totals.refusals.map((r) => (
        <Banner key={r.text} kind="danger" isAlert title={t('session.refused')}>
          {r.text}
        </Banner>
      ))}
    </section>
  );
}
