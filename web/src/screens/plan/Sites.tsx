// SPDX-License-Identifier: Apache-2.0
// Where: the region drawing and the list of its sites, each with what lies beside it.
import { useState } from 'preact/hooks';

import { formatNumber } from '../../format';
import { t, tIf } from '../../text';
import { Status } from '../../ui/Status';
import { Drawing } from './Drawing';
import { Origin } from './Origin';
import type { Answer, AtlasSite, Choices } from './types';

interface Props {
  answer: Answer;
  side: string;
  onEdit: (change: Partial<Choices>) => void;
}

/** Sites of the atlas by region, numbered as in the drawing. */
function byRegion(atlas: readonly AtlasSite[]): Map<string, { site: AtlasSite; number: number }[]> {
  const groups = new Map<string, { site: AtlasSite; number: number }[]>();
  atlas.forEach((site, i) =>
    groups.set(site.region, [...(groups.get(site.region) ?? []), { site, number: i + 1 }]),
  );
  return groups;
}

function range(low: number | undefined, high: number | undefined, decimals: number): string {
  if (low === undefined || high === undefined) return '–';
  return low === high
    ? formatNumber(low, decimals)
    : `${formatNumber(low, decimals)}–${formatNumber(high, decimals)}`;
}

function Risk({ site }: { site: AtlasSite }) {
  if (site.danger) {
    const also = site.risks && site.risks !== site.danger ? site.risks : '';
    return (
      <>
        <Status kind="danger">{t('plan.danger', { what: site.danger })}</Status>
        {also && <span class="soft"> {t('plan.also', { what: also })}</span>}
      </>
    );
  }
  return (
    <span class="soft">{t('plan.at_risk', { what: site.risks ?? t('plan.risk_unknown') })}</span>
  );
}

function Details({ answer, site }: { answer: Answer; site: AtlasSite }) {
  const planned = answer.plan?.sites.filter((s) => s.id === site.id) ?? [];
  const limits = t('plan.site_limits', {
    volume: range(site.volume_min_ml, site.volume_max_ml, 1),
    dextrose: range(site.dextrose_min_percent, site.dextrose_max_percent, 0),
  });
  return (
    <div class="small">
      {planned.map((s) => (
        <div key={s.side}>
          {t('plan.site_plan', {
            n: s.points,
            volume: formatNumber(s.volume_ml, 1),
            dextrose: formatNumber(s.dextrose_percent, 1),
            mix: s.mix,
            guidance: tIf(`plan.guidance.${s.guidance}`, s.guidance),
          })}
          {planned.length > 1 && <> ({tIf(`side.${s.side}`, s.side)})</>}
          {s.reason && <span class="soft"> · {s.reason}</span>}
        </div>
      ))}
      <Risk site={site} /> <span class="soft">· {limits}</span> <Origin from={site.from} isShort />
    </div>
  );
}

export function Sites({ answer, side, onEdit }: Props) {
  const [active, setActive] = useState<string | null>(null);
  const chosen = new Set(answer.atlas.filter((s) => s.is_planned).map((s) => s.id));
  const toggle = (site: AtlasSite): void => {
    if (!site.is_enabled) return;
    const next = answer.atlas
      .filter((s) => (s.id === site.id ? !chosen.has(s.id) : chosen.has(s.id)))
      .map((s) => s.id);
    if (next.length > 0) onEdit({ sites: next });
  };
  const one = chosen.size === 1;
  return (
    <div class="stack tight">
      <span class="soft">
        {t('plan.sites_count', { n: chosen.size })}
        {answer.plan && ` · ${t('plan.ml', { ml: formatNumber(answer.plan.totals.volume_ml, 1) })}`}
      </span>
      {[...byRegion(answer.atlas)].map(([region, sites]) => (
        <div class="sites" key={region}>
          <figure class="region">
            <Drawing
              region={region}
              sites={sites}
              chosen={chosen}
              isLeft={side === 'left'}
              active={active}
              onActive={setActive}
              onToggle={toggle}
            />
            <figcaption class="small soft">
              {tIf(`plan.region.${region}`, region)} · {tIf(`side.${side}`, side)} ·{' '}
              {t('plan.schematic')}
            </figcaption>
          </figure>
          <ul class="plain site-list">
            {sites.map(({ site, number }) => (
              <li
                key={site.id}
                class={active === site.id ? 'active' : undefined}
                onPointerEnter={() => setActive(site.id)}
                onPointerLeave={() => setActive(null)}
              >
                <label class="check">
                  <input
                    type="checkbox"
                    checked={chosen.has(site.id)}
                    disabled={!site.is_enabled || (one && chosen.has(site.id))}
                    onChange={() => toggle(site)}
                    onFocus={() => setActive(site.id)}
                    onBlur={() => setActive(null)}
                  />
                  <span>
                    <span class="pin-number">{number}</span> {site.structure}
                    {site.role && <span class="soft"> · {t(`plan.role.${site.role}`)}</span>}
                    {!site.is_enabled && <span class="soft"> · {t('plan.site_off')}</span>}
                  </span>
                </label>
                {(chosen.has(site.id) || active === site.id) && (
                  <Details answer={answer} site={site} />
                )}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}
