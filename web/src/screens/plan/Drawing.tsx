// SPDX-License-Identifier: Apache-2.0
// The region with its sites as numbered pins and the structures at risk beside them. The list next
// to it says and does the same for keyboard and screen reader.
import { t, tIf } from '../../text';
import { REGIONS, type View } from './regions';
import type { AtlasSite } from './types';

const WIDTH = 150;
const GAP = 12;

interface Props {
  region: string;
  sites: readonly { site: AtlasSite; number: number }[];
  chosen: ReadonlySet<string>;
  isLeft: boolean;
  active: string | null;
  onActive: (id: string | null) => void;
  onToggle: (site: AtlasSite) => void;
}

function Pin({
  p,
  x,
  y,
  id,
  number,
}: {
  p: Props;
  x: number;
  y: number;
  id: string;
  number: number;
}) {
  const entry = p.sites.find((s) => s.site.id === id);
  if (!entry) return null;
  const names = [
    'pin',
    p.chosen.has(id) ? 'chosen' : '',
    p.active === id ? 'active' : '',
    entry.site.danger ? 'danger' : '',
    entry.site.is_enabled ? '' : 'off',
  ];
  return (
    <g
      class={names.filter(Boolean).join(' ')}
      transform={`translate(${x} ${y})`}
      onClick={() => p.onToggle(entry.site)}
      onPointerEnter={() => p.onActive(id)}
      onPointerLeave={() => p.onActive(null)}
    >
      <circle class="reach" r="11" />
      {entry.site.danger ? (
        <path class="shape" d="M0-10L10 8H-10Z" />
      ) : (
        <circle class="shape" r="8.5" />
      )}
      <text y="3.2" text-anchor="middle">
        {number}
      </text>
    </g>
  );
}

function ViewOf({ p, view, offset }: { p: Props; view: View; offset: number }) {
  const x = (at: number): number => offset + (p.isLeft ? WIDTH - at : at);
  const place = p.isLeft ? `translate(${offset + WIDTH} 0) scale(-1 1)` : `translate(${offset} 0)`;
  return (
    <>
      <g transform={place}>
        {view.bones.map((d) => (
          <path key={d} class="bone" d={d} />
        ))}
        {view.rods?.map((d) => (
          <path key={d} class="rod" d={d} />
        ))}
        {view.risks.map((r) => (
          <path key={r.d} class="risk" d={r.d} />
        ))}
      </g>
      {view.risks.map((r) => (
        <text
          key={r.d}
          class="risk-name"
          x={x(r.at[0])}
          y={r.at[1]}
          text-anchor={p.isLeft ? 'end' : 'start'}
        >
          {tIf(`plan.risk.${r.name}`, r.name)}
        </text>
      ))}
      {Object.entries(view.pins).map(([id, at]) => (
        <Pin
          key={id}
          p={p}
          id={id}
          x={x(at[0])}
          y={at[1]}
          number={p.sites.find((s) => s.site.id === id)?.number ?? 0}
        />
      ))}
    </>
  );
}

export function Drawing(p: Props) {
  const region = REGIONS[p.region];
  if (!region) return null;
  const shown = region.views.filter((v) =>
    Object.keys(v.pins).some((id) => p.sites.some((s) => s.site.id === id)),
  );
  const width = shown.length * WIDTH + (shown.length - 1) * GAP;
  return (
    <svg
      class={`drawing views-${shown.length}`}
      viewBox={`-4 -4 ${width + 8} ${region.height + 24}`}
      aria-hidden="true"
    >
      {shown.map((view, i) => (
        <g key={view.name}>
          <ViewOf p={p} view={view} offset={i * (WIDTH + GAP)} />
          <text
            class="view-name"
            x={i * (WIDTH + GAP) + WIDTH / 2}
            y={region.height + 14}
            text-anchor="middle"
          >
            {tIf(`plan.view.${view.name}`, view.name)}
          </text>
        </g>
      ))}
      <title>{t('plan.drawing')}</title>
    </svg>
  );
}
