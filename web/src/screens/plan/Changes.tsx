// SPDX-License-Identifier: Apache-2.0
// What differs between the two plans, and nothing else.
import { formatDate, formatNumber, formatShare } from '../../format';
import { t, tIf } from '../../text';
import { Table } from '../../ui/Table';
import type { Answer } from './types';

interface Row {
  what: string;
  a: string;
  b: string;
}

const unique = (list: readonly string[]): string => [...new Set(list)].join(', ') || '–';

function values(x: Answer): Record<string, string> {
  const plan = x.plan;
  if (!plan) return {};
  const firm = plan.sessions.filter((s) => !s.is_optional);
  const drug = x.dose?.drugs[0];
  return {
    sessions: String(firm.length),
    optional: String(plan.sessions.length - firm.length),
    dates: firm.map((s) => formatDate(s.day)).join(', '),
    sites: plan.sites.map((s) => s.id).join(', '),
    guidance: unique(plan.sites.map((s) => tIf(`plan.guidance.${s.guidance}`, s.guidance))),
    volume: t('plan.ml', { ml: formatNumber(plan.totals.volume_ml, 1) }),
    points: String(plan.totals.points),
    strength: unique(plan.sites.map((s) => `${formatNumber(s.dextrose_percent, 1)} %`)),
    dextrose_g: `${formatNumber(plan.totals.dextrose_g, 1)} g`,
    anaesthetic: drug
      ? `${tIf(`plan.drug.${drug.drug}`, drug.drug)} ${formatNumber(drug.mg, 1)} mg (${formatShare(drug.fraction)})`
      : t('ui.none'),
    osmolarity: unique(plan.mixes.map((m) => `${formatNumber(m.osmolarity_mosm_per_l, 0)} mosm/L`)),
    stocks: unique(plan.mixes.flatMap((m) => m.parts?.map((p) => p.title) ?? [])),
    observation: `${plan.totals.observation_min} min`,
    cautions: unique(
      x.findings.filter((f) => f.severity === 'caution' && !f.is_unknown).map((f) => f.title),
    ),
  };
}

export function Changes({ a, b }: { a: Answer; b: Answer }) {
  const left = values(a);
  const right = values(b);
  const rows: Row[] = Object.keys(left)
    .filter((k) => left[k] !== right[k])
    .map((k) => ({ what: tIf(`plan.change.${k}`, k), a: left[k] ?? '–', b: right[k] ?? '–' }));
  return (
    <section class="panel" aria-label={t('plan.changes')}>
      <h2>{t('plan.changes')}</h2>
      {rows.length === 0 ? (
        <p>{t('plan.no_changes')}</p>
      ) : (
        <Table
          caption={t('plan.changes')}
          isCaptionHidden
          rows={rows}
          rowKey={(r) => r.what}
          columns={[
            { key: 'what', head: t('plan.respect'), cell: (r) => r.what, isHead: true },
            { key: 'a', head: t('plan.arm.a'), cell: (r) => r.a },
            { key: 'b', head: t('plan.arm.b'), cell: (r) => r.b },
          ]}
        />
      )}
    </section>
  );
}
