// SPDX-License-Identifier: Apache-2.0
// Stage 3: which vials, by scanner, from stock or typed; then each syringe, step by step. The
// server says whether a vial may be given.
import { useState } from 'preact/hooks';

import { formatClock, formatNumber } from '../../format';
import { t, tIf } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { TextField } from '../../ui/TextField';
import { Marks, ml } from './parts';
import { parseScan, type Scan } from './gs1';
import { readVial, type Vial } from './model';
import type { SheetMix, SheetPart } from './sheet';
import type { StageProps } from './Flow';
import { useVialChecks, type VialCheck } from './useVialChecks';
import { VialRow } from './VialRow';

/** Every stock once, with what all syringes together take of it. */
export function partsOf(mixes: readonly SheetMix[]): SheetPart[] {
  const out = new Map<string, SheetPart>();
  for (const part of mixes.flatMap((m) => m.parts)) {
    const old = out.get(part.stock);
    out.set(part.stock, old ? { ...old, ml: old.ml + part.ml } : part);
  }
  return [...out.values()];
}

function MixCard({
  s,
  mix,
  checks,
  second,
}: Pick<StageProps, 's'> & {
  mix: SheetMix;
  checks: ReadonlyMap<string, VialCheck>;
  second: string;
}) {
  const made = s.mixes.get(mix.label);
  const isGiven = s.sites.some((x) => x.given && !x.isSkipped && x.given.mix === mix.label);
  const isReady = mix.parts.every(
    (p) => checks.get(s.vials.get(p.stock)?.id ?? '')?.state === 'fine',
  );
  const isHigh = mix.parts.some((p) => p.high_alert);
  return (
    <section class="panel stack tight mix" aria-label={t('session.syringe', { label: mix.label })}>
      <div class="row spread">
        <h2>
          {t('session.syringe', { label: mix.label })}: {ml(mix.ml)}
        </h2>
        <span>
          {t('session.mix_is', {
            dextrose: formatNumber(mix.dextrose_percent, 1),
            drug: tIf(`session.drug_${mix.anaesthetic}`, mix.anaesthetic ?? t('ui.none')),
            percent: formatNumber(mix.anaesthetic_percent ?? 0, 2),
            osm: formatNumber(mix.mosm_per_l, 0),
          })}
        </span>
      </div>
      <ol class="steps">
        {mix.parts.map((p) => (
          <li key={p.stock}>
            {t('session.draw')} <strong class="large">{ml(p.ml)}</strong> {p.title}{' '}
            {s.vials.get(p.stock) && (
              <span class="soft">{t('session.lot', { lot: s.vials.get(p.stock)?.lot ?? '' })}</span>
            )}{' '}
            <Marks of={p} />
          </li>
        ))}
      </ol>
      {mix.warnings.map((w) => (
        <Banner key={w} kind="warn">
          {w}
        </Banner>
      ))}
      {made && <p class="status good">{t('session.mixed', { time: formatClock(made.useBy) })}</p>}
      {!isGiven && (
        <Button
          isLarge
          kind={made ? 'plain' : 'primary'}
          onClick={() => s.mix(mix, second)}
          why={isReady ? undefined : t('session.vials_first')}
        >
          {made
            ? t('session.mix_again')
            : isHigh && second
              ? t('session.mixed_with', { label: mix.label, name: second })
              : t('session.mixed_now', { label: mix.label })}
        </Button>
      )}
    </section>
  );
}

function findStock(
  vials: readonly Vial[],
  scan: Scan,
  parts: readonly SheetPart[],
): SheetPart | undefined {
  const known = vials.find((v) => v.gtin === scan.gtin);
  return parts.find((p) => p.stock === known?.stock);
}

export function Mixing({ s, stock, draft }: StageProps) {
  const parts = partsOf(s.sheet.mixes);
  const vials = [...stock, ...s.state.local.values()].filter(
    (r) => r.resourceType === 'Medication' && !r.ingredient,
  );
  const known = [...new Map(vials.map((r) => [r.id, r])).values()].map(readVial);
  const checks = useVialChecks(s);
  const [text, setText] = useState('');
  const [unknown, setUnknown] = useState<Scan | null>(null);
  const [error, setError] = useState('');
  const second = draft.value.second.trim() || (s.answers.get('CL-09')?.notes.names ?? '');

  const add = (part: SheetPart, scan: Scan): void => {
    if (!scan.lot || !scan.expiry) return setError(t('session.scan_incomplete'));
    const vial = {
      stock: part.stock,
      title: part.title,
      lot: scan.lot,
      expiry: scan.expiry,
      gtin: scan.gtin,
      serial: scan.serial,
    };
    setUnknown(null);
    setError('');
    checks.forget(part.stock);
    s.addVial(vial);
  };
  const read = (): void => {
    const scan = parseScan(text);
    setText('');
    if (!scan) return setError(t('session.scan_wrong'));
    const part = findStock(known, scan, parts);
    if (part) add(part, scan);
    else {
      setError('');
      setUnknown(scan);
    }
  };
  const separator = (event: KeyboardEvent): void => {
    if (event.key !== ']' || !event.ctrlKey) return; // how a keyboard sends the sign between fields
    event.preventDefault();
    setText(`${text}\x1d`);
  };
  return (
    <div class="stack">
      <section class="panel stack tight" onKeyDown={separator}>
        <TextField
          label={t('session.scan')}
          hint={t('session.scan_hint')}
          value={text}
          onInput={setText}
          onEnter={read}
          error={error || undefined}
          hasFocus
        />
        {unknown && (
          <Banner
            kind="warn"
            title={t('session.scan_unknown')}
            actions={parts.map((p) => (
              <Button key={p.stock} isLarge onClick={() => add(p, unknown)}>
                {p.title}
              </Button>
            ))}
          >
            {t('session.scan_which', { lot: unknown.lot ?? '–' })}
          </Banner>
        )}
        {checks.refused && (
          <Banner
            kind="danger"
            isAlert
            isStrong
            title={t('session.vial_refused', {
              title: checks.refused.title,
              lot: checks.refused.lot,
            })}
          >
            {checks.refused.text}
          </Banner>
        )}
        <ul class="plain lines">
          {parts.map((p) => (
            <VialRow
              key={p.stock}
              part={p}
              vial={s.vials.get(p.stock)}
              check={checks.of.get(s.vials.get(p.stock)?.id ?? '')}
              stock={known.filter((v) => v.stock === p.stock)}
              onUse={(id) => {
                checks.forget(p.stock);
                const found =
                  stock.find((r) => r.id === id) ?? s.state.local.get(`Medication/${id}`);
                if (found) s.useVial(p.stock, found);
              }}
              onNew={(lot, expiry) => add(p, { lot, expiry })}
            />
          ))}
        </ul>
      </section>
      <div class="mixes">
        {s.sheet.mixes.map((m) => (
          <MixCard key={m.label} s={s} mix={m} checks={checks.of} second={second} />
        ))}
      </div>
    </div>
  );
}
