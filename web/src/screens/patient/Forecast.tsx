// SPDX-License-Identifier: Apache-2.0
// The forecast of pain with this patient's own scores on it.
import { useEffect, useState } from 'preact/hooks';

import { textOf } from '../../api/fhir';
import type { Overview } from '../../api/overview';
import { useQuery } from '../../api/query';
import { FanChart } from '../../chart/FanChart';
import { formatDate } from '../../format';
import { t } from '../../text';
import { Button, LinkButton } from '../../ui/Button';
import { Empty, ErrorBox, Loaded, Loading } from '../../ui/Loading';
import { Mark } from '../../ui/Status';
import { freshForecasts, keptForecasts, painChart, type Forecasts } from './bands';

function Drawn({ f, o }: { f: Forecasts; o: Overview }) {
  const chart = painChart(f, o);
  const shown = f.now[0] ?? f.before[0];
  if (!chart || !shown) return null;
  return (
    <>
      <FanChart {...chart} />
      <details class="small">
        <summary>{t('patient.fan_made', { date: formatDate(shown.occurrenceDateTime) })}</summary>
        <p>{textOf(shown.method)} <Mark kind="unapproved" /></p>
      </details>
    </>
  );
}

export function Forecast({ o }: { o: Overview }) {
  const id = o.person.id;
  const kept = useQuery(`forecasts-${id}`, (signal) => keptForecasts(o, signal));
  const [fresh, setFresh] = useState<{ f?: Forecasts; error?: unknown; isBusy: boolean }>({ isBusy: false });
  const compute = (): void => {
    setFresh({ isBusy: true });
    freshForecasts(o).then((f) => setFresh({ f, isBusy: false }), (error: unknown) => setFresh({ error, isBusy: false }));
  };
  // Who is in a course is looked at with the course in view.
  const isWanted = kept.data !== undefined && !painChart(kept.data, o) && o.course.sessions_given > 0;
  useEffect(() => { if (isWanted) compute(); }, [isWanted]);
  const again = <Button onClick={compute} isBusy={fresh.isBusy}>{t('patient.fan_compute')}</Button>;
  return (
    <section class="panel" aria-label={t('patient.fan_title')}>
      <Loaded query={kept}>
        {(stored) => {
          const f = fresh.f ?? stored;
          if (fresh.error) return <ErrorBox error={fresh.error} onRetry={compute} />;
          if (painChart(f, o)) return <><Drawn f={f} o={o} /><div class="row end no-print">{again}</div></>;
          if (fresh.isBusy) return <Loading what={t('patient.fan_busy')} />;
          if (fresh.f) return <Empty actions={<LinkButton to={`/patient/${id}/assess`}>{t('assess.title')}</LinkButton>}>{t('patient.fan_not_issued')}</Empty>;
          return <Empty actions={again}>{t('patient.fan_none_kept')}</Empty>;
        }}
      </Loaded>
    </section>
  );
}
