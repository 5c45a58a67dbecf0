// SPDX-License-Identifier: Apache-2.0
// What: strength, anaesthetic, volume, stocks; and the syringe step by step.
import { formatNumber } from '../../format';
import { t, tIf } from '../../text';
import { Banner } from '../../ui/Banner';
import { Check, Select } from '../../ui/Choice';
import { NumberField } from '../../ui/NumberField';
import { Status } from '../../ui/Status';
import type { Answer, Choices, Mix, Stock } from './types';

interface Props {
  answer: Answer;
  choices: Choices;
  onEdit: (change: Partial<Choices>) => void;
}

function Steps({ mix }: { mix: Mix }) {
  if (!mix.is_possible) {
    return (
      <Banner kind="danger">
        {mix.refusal} {mix.nearest && t('plan.nearest', { what: mix.nearest })}
      </Banner>
    );
  }
  return (
    <>
      <ol class="steps">
        {mix.parts?.map((p) => (
          <li key={p.stock}>
            {t('plan.draw', { ml: formatNumber(p.ml, 1), what: p.title })}
            {p.is_single_dose && <span class="soft small"> · {t('plan.single_dose')}</span>}
          </li>
        ))}
      </ol>
      <p class="small">
        {t('plan.mix_result', {
          ml: formatNumber(mix.volume_ml, 1),
          dextrose: formatNumber(mix.dextrose_percent, 1),
          osm: formatNumber(mix.osmolarity_mosm_per_l, 0),
          anaesthetic: mix.anaesthetic
            ? `${tIf(`plan.drug.${mix.anaesthetic}`, mix.anaesthetic)} ${formatNumber(mix.anaesthetic_percent, 2)} %`
            : t('plan.plain'),
        })}
        {mix.batch && <> {mix.batch}.</>}
      </p>
    </>
  );
}

function Mixes({ mixes }: { mixes: readonly Mix[] }) {
  const shared = (mixes[0]?.warnings ?? []).filter((w) =>
    mixes.every((m) => m.warnings.includes(w)),
  );
  return (
    <div class="stack tight" role="group" aria-label={t('plan.mixes')} aria-live="polite">
      <div class="mixes">
        {mixes.map((m) => (
          <div class="mix" key={m.label}>
            <h3>{t('plan.mix', { label: m.label })}</h3>
            <Steps mix={m} />
            {m.warnings
              .filter((w) => !shared.includes(w))
              .map((w) => (
                <p class="small" key={w}>
                  <Status kind="warn">{w}</Status>
                </p>
              ))}
          </div>
        ))}
      </div>
      {shared.map((w) => (
        <p class="small" key={w}>
          <Status kind="warn">{w}</Status>
        </p>
      ))}
    </div>
  );
}

function Stocks({
  stocks,
  chosen,
  onEdit,
}: {
  stocks: readonly Stock[];
  chosen: string[] | undefined;
  onEdit: Props['onEdit'];
}) {
  const usual = stocks.filter((s) => s.use === 'default').map((s) => s.id);
  const held = new Set(chosen ?? usual);
  const toggle = (id: string, is: boolean): void => {
    const next = stocks.map((s) => s.id).filter((s) => (s === id ? is : held.has(s)));
    onEdit({ stocks: next.length > 0 ? next : undefined });
  };
  return (
    <details>
      <summary>{t('plan.stocks')}</summary>
      <div class="stock-list">
        {stocks.map((s) => (
          <Check
            key={s.id}
            label={s.title}
            hint={
              s.use === 'default'
                ? t('plan.use_default')
                : s.use === 'restricted'
                  ? t('plan.use_restricted')
                  : ''
            }
            isChecked={held.has(s.id)}
            onChange={(is) => toggle(s.id, is)}
          />
        ))}
      </div>
    </details>
  );
}

export function Mixer({ answer, choices, onEdit }: Props) {
  const drugs = [
    ...new Set(answer.stocks.filter((s) => s.role === 'anaesthetic').map((s) => s.component)),
  ];
  const used = answer.plan?.mixes.find((m) => m.anaesthetic)?.anaesthetic;
  const planned = [
    ...new Set(answer.plan?.sites.map((s) => formatNumber(s.dextrose_percent, 0))),
  ].join(', ');
  const plan = answer.plan;
  const positive = (n: number | null): number | undefined => (n !== null && n > 0 ? n : undefined);
  return (
    <div class="stack tight">
      <div class="fields">
        <NumberField
          label={t('plan.dextrose')}
          unit="%"
          min={1}
          max={50}
          step={1}
          value={choices.dextrose ?? null}
          onValue={(n) => onEdit({ dextrose: positive(n) })}
          hint={planned ? t('plan.dextrose_hint', { now: planned }) : undefined}
        />
        <NumberField
          label={t('plan.scale')}
          unit="×"
          min={0.1}
          max={10}
          step={0.1}
          value={choices.volumeScale ?? null}
          onValue={(n) => onEdit({ volumeScale: positive(n) })}
          hint={t('plan.scale_hint')}
        />
        <Select
          label={t('plan.anaesthetic')}
          value={choices.anaesthetic ?? 'usual'}
          onValue={(v) => onEdit({ anaesthetic: v === 'usual' ? undefined : v })}
          options={[
            {
              value: 'usual',
              label:
                used && !choices.anaesthetic
                  ? t('plan.as_policy', { drug: tIf(`plan.drug.${used}`, used) })
                  : t('plan.policy'),
            },
            { value: 'none', label: t('ui.none') },
            ...drugs.map((d) => ({ value: d, label: tIf(`plan.drug.${d}`, d) })),
          ]}
        />
        <NumberField
          label={t('plan.bleb')}
          unit="mg"
          min={0}
          max={10000}
          step={1}
          value={choices.blebMg ?? null}
          onValue={(n) => onEdit({ blebMg: positive(n) })}
        />
        <NumberField
          label={t('plan.block')}
          unit="mg"
          min={0}
          max={10000}
          step={1}
          value={choices.blockMg ?? null}
          onValue={(n) => onEdit({ blockMg: positive(n) })}
        />
      </div>
      {plan && (
        <>
          <Mixes mixes={plan.mixes} />
          <p class="small">
            {t('plan.totals', {
              points: plan.totals.points,
              volume: formatNumber(plan.totals.volume_ml, 1),
              most: formatNumber(plan.totals.volume_limit_ml, 0),
              dextrose: formatNumber(plan.totals.dextrose_g, 1),
              warn: formatNumber(plan.totals.dextrose_warn_g, 0),
              minutes: plan.totals.observation_min,
            })}
          </p>
        </>
      )}
      <Stocks stocks={answer.stocks} chosen={choices.stocks} onEdit={onEdit} />
    </div>
  );
}
