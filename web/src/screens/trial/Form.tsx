// SPDX-License-Identifier: Apache-2.0
// The specification as a form: every key of docs/trial.md. What is left empty has the value that
// the server's tables give.
import { get } from '../../api/http';
import { useQuery } from '../../api/query';
import { t } from '../../text';
import { Button } from '../../ui/Button';
import { Check } from '../../ui/Choice';
import { ArmPart } from './Arms';
import { CrossoverPart, PowerPart } from './Designs';
import { MeanSd, Numeric, Pick, Text, Weeks } from './fields';
import { replaced, without } from './lists';
import { ARMS_MAX, emptyArm, PAIRS, SHARES, type Population, type Spec } from './spec';
import { outcomeWords } from './words';

function PeoplePart({
  value,
  onValue,
}: {
  value: Population;
  onValue: (next: Population) => void;
}) {
  const set = (next: Partial<Population>): void => onValue({ ...value, ...next });
  return (
    <section class="panel stack" aria-labelledby="trial-people">
      <h2 id="trial-people">{t('trial.people')}</h2>
      <p class="soft">{t('trial.people_hint')}</p>
      <div class="trial-grid">
        {PAIRS.map((key) => (
          <MeanSd
            key={key}
            at={`/population/${key}`}
            label={t(`trial.who.${key}`)}
            value={value[key]}
            onValue={(v) => set({ [key]: v })}
          />
        ))}
      </div>
      <div class="trial-grid">
        {SHARES.map((key) => (
          <Numeric
            key={key}
            at={`/population/${key}`}
            label={t(`trial.who.${key}`)}
            step={0.05}
            value={value[key]}
            onValue={(v) => set({ [key]: v })}
          />
        ))}
        <Numeric
          at="/population/chronicity_years"
          label={t('trial.who.chronicity_years')}
          unit={t('trial.years')}
          step={0.5}
          value={value.chronicity_years}
          onValue={(chronicity_years) => set({ chronicity_years })}
        />
        <Text
          at="/population/entry"
          label={t('trial.who.entry')}
          hint={t('trial.entry_hint')}
          value={value.entry}
          onValue={(entry) => set({ entry })}
        />
      </div>
    </section>
  );
}

const KNOWN_OUTCOMES = [
  'nrs_change',
  'womac_change',
  'responder_nrs_30',
  'responder_nrs_50',
  'responder_womac_12',
  'stiffness_change',
  'laxity_change_mm',
];

function OutcomePart({ value, onValue }: { value: string[]; onValue: (next: string[]) => void }) {
  const known = [...KNOWN_OUTCOMES, ...value.filter((o) => !KNOWN_OUTCOMES.includes(o))];
  const toggle = (id: string, on: boolean): void =>
    onValue(on ? [...value, id] : value.filter((o) => o !== id));
  return (
    <fieldset class="field" data-place="/outcomes">
      <legend>{t('trial.outcomes')}</legend>
      <div class="trial-grid">
        {known.map((id) => (
          <Check
            key={id}
            label={outcomeWords(id)}
            isChecked={value.includes(id)}
            onChange={(on) => toggle(id, on)}
          />
        ))}
      </div>
    </fieldset>
  );
}

interface Conditions {
  rows: { id: string; title: string }[];
}

function Condition({ value, onValue }: { value: string; onValue: (v: string) => void }) {
  const query = useQuery('trial-conditions', (signal) =>
    get<Conditions>('/knowledge/conditions', { signal }),
  );
  const rows = query.data?.rows ?? [{ id: value, title: value }];
  return (
    <Pick
      at="/condition"
      label={t('trial.condition')}
      value={value}
      onValue={onValue}
      options={rows.map((r) => ({ value: r.id, label: r.title }))}
    />
  );
}

export function Form({ spec, set }: { spec: Spec; set: (next: Spec) => void }) {
  const put = (next: Partial<Spec>): void => set({ ...spec, ...next });
  const arms = spec.arms;
  return (
    <>
      <section class="panel stack" aria-labelledby="trial-what">
        <h2 id="trial-what">{t('trial.what')}</h2>
        <div class="trial-grid">
          <Text
            at="/name"
            label={t('trial.name')}
            value={spec.name}
            onValue={(name) => put({ name })}
            maxLength={80}
          />
          <Condition value={spec.condition} onValue={(condition) => put({ condition })} />
          <Weeks
            at="/observe_weeks"
            label={t('trial.observe')}
            hint={t('trial.weeks_hint')}
            value={spec.observe_weeks}
            onValue={(observe_weeks) => put({ observe_weeks })}
          />
          <Numeric
            at="/patients"
            label={t('trial.patients')}
            hint={t('trial.patients_hint')}
            step={1000}
            value={spec.patients}
            onValue={(patients) => put({ patients })}
          />
          <Numeric
            at="/seed"
            label={t('trial.seed')}
            hint={t('trial.seed_hint')}
            step={1}
            value={spec.seed}
            onValue={(seed) => put({ seed })}
          />
        </div>
        <OutcomePart value={spec.outcomes ?? []} onValue={(outcomes) => put({ outcomes })} />
      </section>
      <h2 class="trial-arms">{t('trial.arms')}</h2>
      <p class="soft">{t('trial.arms_hint')}</p>
      {arms.map((arm, i) => (
        <ArmPart
          key={i}
          number={i + 1}
          at={`/arms/${i}`}
          value={arm}
          isControl={i === arms.length - 1 && arms.length > 1}
          onValue={(next) => put({ arms: replaced(arms, i, next) })}
          onRemove={() => put({ arms: without(arms, i) })}
        />
      ))}
      <div class="row">
        <Button
          why={arms.length >= ARMS_MAX ? t('trial.arms_max', { n: ARMS_MAX }) : undefined}
          onClick={() => put({ arms: [...arms, emptyArm('')] })}
        >
          {t('trial.add_arm')}
        </Button>
      </div>
      <PeoplePart value={spec.population ?? {}} onValue={(population) => put({ population })} />
      <PowerPart spec={spec} value={spec.power} onValue={(power) => put({ power })} />
      <CrossoverPart
        spec={spec}
        value={spec.crossover}
        onValue={(crossover) => put({ crossover })}
      />
    </>
  );
}
