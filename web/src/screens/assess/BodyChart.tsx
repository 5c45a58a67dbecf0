// SPDX-License-Identifier: Apache-2.0
// Where it hurts: a figure from the front and from the back. A region is chosen by click or by
// keyboard: one stop of Tab, arrows go from region to region, Enter or Space chooses.
import { useId, useRef, useState } from 'preact/hooks';

import { t, tIf } from '../../text';
import { FIGURE, HALF, LINES, SPOTS, TWINS, type Spot } from './body';
import type { Side } from './types';

interface Place { region: string; side: Side | undefined }

const regionName = (region: string): string => tIf(`assess.region.${region}`, region);

/** "Right knee" */
export function placeName(region: string | undefined, side: string | undefined): string {
  if (!region) return '';
  if (side === 'both') return t('assess.place_both', { region: regionName(region) });
  return side === 'left' || side === 'right'
    ? t('assess.place', { side: t(`side.${side}`), region: regionName(region).toLowerCase() })
    : regionName(region);
}

interface Stop extends Place { spot: Spot; isMirrored: boolean; isTwin: boolean }

/** From the front the patient's right is on the left of the drawing. */
function stopsOf(spots: readonly Spot[], isTwin: boolean): Stop[] {
  return spots.flatMap((spot): Stop[] => {
    if (!spot.isPaired) return [{ spot, region: spot.region, side: undefined, isMirrored: false, isTwin }];
    const onLeft: Side = spot.view === 'front' ? 'right' : 'left';
    const onRight: Side = spot.view === 'front' ? 'left' : 'right';
    return [
      { spot, region: spot.region, side: onLeft, isMirrored: true, isTwin },
      { spot, region: spot.region, side: onRight, isMirrored: false, isTwin },
    ];
  });
}

const STOPS = stopsOf(SPOTS, false);
const TWIN_STOPS = stopsOf(TWINS, true);

function Figure({ view }: { view: 'front' | 'back' }) {
  const half = (
    <>
      <path class="body-fill" d={HALF} />
      {LINES[view].map((d) => <path key={d} class="body-line" d={d} />)}
    </>
  );
  return <g aria-hidden="true"><g>{half}</g><g transform="scale(-1,1)">{half}</g></g>;
}

const STEPS: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export function BodyChart({ region, side,
  onPick }: { region: string | undefined; side: Side | undefined; onPick: (region: string,
  side: Side | undefined) => void }) {
  const id = useId();
  const chart = useRef<SVGSVGElement>(null);
  const isChosen = (p: Place): boolean => p.region === region
    && (p.side === undefined || p.side === side || side === 'both');
  const chosen = STOPS.findIndex(isChosen);
  const [at, setAt] = useState(Math.max(0, chosen));
  const [over, setOver] = useState<Place | null>(null);
  const pick = (p: Place): void => onPick(p.region, p.side);
  const key = (event: KeyboardEvent, index: number): void => {
    const step = STEPS[event.key];
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      const stop = STOPS[index];
      if (stop) pick(stop);
    } else if (step) {
      event.preventDefault();
      const next = (index + step + STOPS.length) % STOPS.length;
      setAt(next);
      chart.current?.querySelector<SVGElement>(`[data-stop="${next}"]`)?.focus();
    }
  };
  const shape = (s: Stop, index: number) => (
    <g key={`${s.region}${s.side}`} class={`spot ${s.side ?? 'midline'}${isChosen(s) ? ' chosen' : ''}`}
      onClick={() => pick(s)}
      onPointerEnter={() => setOver(s)} onPointerLeave={() => setOver(null)}
      {...(s.isTwin ? { 'aria-hidden': true } : {
        role: 'radio', 'aria-checked': isChosen(s), 'aria-label': placeName(s.region, s.side),
          tabIndex: index === at ? 0 : -1,
        'data-stop': index, onKeyDown: (e: KeyboardEvent) => key(e, index),
          onFocus: () => { setAt(index); setOver(s); }, onBlur: () => setOver(null),
      })}>
      <path d={s.spot.path} transform={s.isMirrored ? 'scale(-1,1)' : undefined}
        clip-path={`url(#${id}-${s.isMirrored ? 'half' : s.spot.isPaired ? 'half' : 'body'})`} />
    </g>
  );
  const view = (name: 'front' | 'back', x: number) => (
    <g transform={`translate(${x},14)`}>
      <Figure view={name} />
      {TWIN_STOPS.filter((s) => s.spot.view === name).map((s) => shape(s, -1))}
      {STOPS.map((s, i) => (s.spot.view === name ? shape(s, i) : null))}
      <text class="body-word" x={name === 'front' ? -92 : -92} y="20" text-anchor="start"
        aria-hidden="true">{t(name === 'front' ? 'side.right' : 'side.left')}</text>
      <text class="body-word" x="92" y="20" text-anchor="end"
        aria-hidden="true">{t(name === 'front' ? 'side.left' : 'side.right')}</text>
    </g>
  );
  return (
    <figure class="body-chart">
      <svg ref={chart} viewBox={`0 0 ${FIGURE.back + FIGURE.width / 2} ${FIGURE.height + 20}`} role="radiogroup"
        aria-label={t('assess.chart')}>
        <defs>
          <clipPath id={`${id}-half`}><path d={HALF} /></clipPath>
          <clipPath id={`${id}-body`}><path d={HALF} /><path d={HALF} transform="scale(-1,1)" /></clipPath>
        </defs>
        {view('front', FIGURE.front)}
        {view('back', FIGURE.back)}
      </svg>
      <figcaption class="row spread small">
        <span>{t('assess.front')}</span>
        <strong aria-hidden="true">{over ? placeName(over.region, over.side) : placeName(region, side)}</strong>
        <span>{t('assess.back')}</span>
      </figcaption>
    </figure>
  );
}
