// SPDX-License-Identifier: Apache-2.0
// Questions beyond the comparison: how many patients, and arms that change over.
import { t } from '../../text';
import { Button } from '../../ui/Button';
import { Check } from '../../ui/Choice';
import { Numeric, Pick } from './fields';
import { replaced, without } from './lists';
import type { Crossover, Power, Spec } from './spec';
import { outcomeWords } from './words';

export function PowerPart({
  spec,
  value,
  onValue,
}: {
  spec: Spec;
  value: Power | undefined;
  onValue: (next: Power | undefined) => void;
}) {
  const arms = spec.arms.map((a) => ({ value: a.name, label: a.name || '–' }));
  const outcomes = (spec.outcomes ?? ['nrs_change', 'womac_change']).map((o) => ({
    value: o,
    label: outcomeWords(o),
  }));
  const set = (next: Partial<Power>): void => {
    if (value) onValue({ ...value, ...next });
  };
  const begin = (): Power => ({
    arm: spec.arms[0]?.name ?? '',
    control: spec.arms[spec.arms.length - 1]?.name ?? '',
    outcome: spec.outcomes?.[0] ?? 'nrs_change',
    week: spec.observe_weeks?.at(-1) ?? null,
    power: 0.8,
  });
  return (
    <section class="panel stack" aria-labelledby="trial-power">
      <h2 id="trial-power">{t('trial.power')}</h2>
      <Check
        label={t('trial.power_ask')}
        isChecked={Boolean(value)}
        onChange={(on) => onValue(on ? begin() : undefined)}
      />
      {value && (
        <div class="trial-grid">
          <Pick
            at="/power/arm"
            label={t('trial.power_arm')}
            options={arms}
            value={value.arm}
            onValue={(arm) => set({ arm })}
          />
          <Pick
            at="/power/control"
            label={t('trial.power_control')}
            options={arms}
            value={value.control}
            onValue={(control) => set({ control })}
          />
          <Pick
            at="/power/outcome"
            label={t('trial.outcome_one')}
            options={outcomes}
            value={value.outcome}
            onValue={(outcome) => set({ outcome })}
          />
          <Numeric
            at="/power/week"
            label={t('trial.week')}
            value={value.week}
            onValue={(v) => set({ week: v ?? null })}
          />
          <Numeric
            at="/power/power"
            label={t('trial.power_wanted')}
            step={0.05}
            value={value.power}
            onValue={(power) => set({ power })}
          />
          <Numeric
            at="/power/n_max"
            label={t('trial.n_max')}
            hint={t('trial.n_max_hint')}
            step={50}
            value={value.n_max}
            onValue={(n_max) => set({ n_max })}
          />
        </div>
      )}
    </section>
  );
}

export function CrossoverPart({
  spec,
  value,
  onValue,
}: {
  spec: Spec;
  value: Crossover | undefined;
  onValue: (next: Crossover | undefined) => void;
}) {
  const arms = spec.arms.map((a) => ({ value: a.name, label: a.name || '–' }));
  const [first, second] = [spec.arms[0]?.name ?? '', spec.arms.at(-1)?.name ?? ''];
  return (
    <section class="panel stack" aria-labelledby="trial-crossover">
      <h2 id="trial-crossover">{t('trial.crossover')}</h2>
      <Check
        label={t('trial.crossover_ask')}
        isChecked={Boolean(value)}
        onChange={(on) =>
          onValue(
            on
              ? {
                  week: 16,
                  sequences: [
                    [first, second],
                    [second, first],
                  ],
                }
              : undefined,
          )
        }
      />
      {value && (
        <>
          <Numeric
            at="/crossover/week"
            label={t('trial.crossover_week')}
            value={value.week}
            onValue={(v) => onValue({ ...value, week: v ?? null })}
          />
          {value.sequences.map((sequence, i) => (
            <div class="row" key={i}>
              {sequence.map((name, k) => (
                <Pick
                  key={k}
                  at={`/crossover/sequences/${i}/${k}`}
                  label={t('trial.sequence', { row: i + 1, part: k + 1 })}
                  options={arms}
                  value={name}
                  onValue={(next) =>
                    onValue({
                      ...value,
                      sequences: replaced(value.sequences, i, replaced(sequence, k, next)),
                    })
                  }
                />
              ))}
              <Button
                kind="quiet"
                onClick={() => onValue({ ...value, sequences: without(value.sequences, i) })}
              >
                {t('trial.remove_sequence', { row: i + 1 })}
              </Button>
            </div>
          ))}
          <div class="row">
            <Button
              onClick={() =>
                onValue({ ...value, sequences: [...value.sequences, [first, second]] })
              }
            >
              {t('trial.add_sequence')}
            </Button>
          </div>
        </>
      )}
    </section>
  );
}
