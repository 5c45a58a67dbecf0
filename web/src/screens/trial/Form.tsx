// SPDX-License-Identifier: Apache-2.0
// The specification as a form: every key of docs/trial.md. What is left empty has the value that
// the server's tables give.
import { get } from '../../api/http';
import { useQuery } from '../../api/query';
import { t, tIf } from '../../text';
import { Button } from '../../ui/Button';
import { Check } from '../../ui/Choice';
import { MeanSd, Numeric, Pick, Text, Weeks } from './fields';
import { ARMS_MAX, CONTEXTS, emptyArm, GUIDANCE, PAIRS, SHARES, SITE_KINDS, type Arm, type Crossover, type Injection, type Population, type Power, type Spec } from './spec';

interface Part<T> {
  at: string;
  value: T;
  onValue: (next: T) => void;
}

const replaced = <T,>(list: readonly T[], index: number, next: T): T[] => list.map((x, i) => (i === index ? next : x));
const without = <T,>(list: readonly T[], index: number): T[] => list.filter((_, i) => i !== index);

function InjectionPart({ at, value, onValue, onRemove }: Part<Injection> & { onRemove: () => void }) {
  const set = (next: Partial<Injection>): void => onValue({ ...value, ...next });
  return (
    <fieldset class="trial-injection">
      <legend class="label">{t('trial.injection')}</legend>
      <Pick at={`${at}/site_kind`} label={t('trial.site_kind')} value={value.site_kind} onValue={(site_kind) => set({ site_kind })}
        options={SITE_KINDS.map((k) => ({ value: k as string, label: t(`trial.kind.${k}`) }))} />
      <Numeric at={`${at}/dextrose_percent`} label={t('trial.dextrose')} unit="%" step={5} value={value.dextrose_percent} onValue={(v) => set({ dextrose_percent: v ?? null })} />
      <Numeric at={`${at}/volume_ml`} label={t('trial.volume')} unit="mL" step={0.5} value={value.volume_ml} onValue={(v) => set({ volume_ml: v ?? null })} />
      <Numeric at={`${at}/points`} label={t('trial.points')} step={1} value={value.points} onValue={(points) => set({ points })} />
      <Pick at={`${at}/guidance`} label={t('trial.guidance')} value={value.guidance} empty={t('trial.default')} onValue={(guidance) => set({ guidance })}
        options={GUIDANCE.map((g) => ({ value: g as string, label: t(`trial.guide.${g}`) }))} />
      <Button kind="quiet" onClick={onRemove}>{t('trial.remove_injection')}</Button>
    </fieldset>
  );
}

function ArmPart({ at, value, onValue, onRemove, isControl, number }: Part<Arm> & { onRemove: () => void; isControl: boolean; number: number }) {
  const set = (next: Partial<Arm>): void => onValue({ ...value, ...next });
  const injections = value.injections ?? [];
  return (
    <section class="panel stack" aria-label={t('trial.arm_n', { n: number })}>
      <header class="row spread">
        <h3>{t('trial.arm_n', { n: number })}{isControl && <> · {t('trial.is_control')}</>}</h3>
        <Button kind="quiet" onClick={onRemove}>{t('trial.remove_arm')}</Button>
      </header>
      <div class="trial-grid">
        <Text at={`${at}/name`} label={t('trial.arm_name')} value={value.name} onValue={(name) => set({ name })} maxLength={80} />
        <Numeric at={`${at}/n`} label={t('trial.n')} step={5} value={value.n} onValue={(v) => set({ n: v ?? null })} />
        <Weeks at={`${at}/sessions_weeks`} label={t('trial.sessions')} hint={t('trial.weeks_hint')} value={value.sessions_weeks} onValue={(sessions_weeks) => set({ sessions_weeks })} />
        <Weeks at={`${at}/as_needed_weeks`} label={t('trial.as_needed')} value={value.as_needed_weeks} onValue={(as_needed_weeks) => set({ as_needed_weeks })} />
        <Numeric at={`${at}/rehabilitation`} label={t('trial.rehabilitation')} hint={t('trial.rehabilitation_hint')} step={0.1} value={value.rehabilitation} onValue={(rehabilitation) => set({ rehabilitation })} />
        <Pick at={`${at}/context`} label={t('trial.context')} hint={t('trial.context_hint')} value={value.context} empty={t('trial.default')} onValue={(context) => set({ context })}
          options={CONTEXTS.map((c) => ({ value: c as string, label: t(`trial.contexts.${c}`) }))} />
      </div>
      {injections.map((x, i) => (
        <InjectionPart key={i} at={`${at}/injections/${i}`} value={x} onValue={(next) => set({ injections: replaced(injections, i, next) })}
          onRemove={() => set({ injections: without(injections, i) })} />
      ))}
      <div class="row"><Button onClick={() => set({ injections: [...injections, { site_kind: 'joint_space', dextrose_percent: null, volume_ml: null }] })}>{t('trial.add_injection')}</Button></div>
    </section>
  );
}

function PeoplePart({ value, onValue }: { value: Population; onValue: (next: Population) => void }) {
  const set = (next: Partial<Population>): void => onValue({ ...value, ...next });
  return (
    <section class="panel stack" aria-labelledby="trial-people">
      <h2 id="trial-people">{t('trial.people')}</h2>
      <p class="soft">{t('trial.people_hint')}</p>
      <div class="trial-grid">
        {PAIRS.map((key) => <MeanSd key={key} at={`/population/${key}`} label={t(`trial.who.${key}`)} value={value[key]} onValue={(v) => set({ [key]: v })} />)}
      </div>
      <div class="trial-grid">
        {SHARES.map((key) => <Numeric key={key} at={`/population/${key}`} label={t(`trial.who.${key}`)} step={0.05} value={value[key]} onValue={(v) => set({ [key]: v })} />)}
        <Numeric at="/population/chronicity_years" label={t('trial.who.chronicity_years')} unit={t('trial.years')} step={0.5} value={value.chronicity_years} onValue={(chronicity_years) => set({ chronicity_years })} />
        <Text at="/population/entry" label={t('trial.who.entry')} hint={t('trial.entry_hint')} value={value.entry} onValue={(entry) => set({ entry })} />
      </div>
    </section>
  );
}

const KNOWN_OUTCOMES = ['nrs_change', 'womac_change', 'responder_nrs_30', 'responder_nrs_50', 'responder_womac_12', 'stiffness_change', 'laxity_change_mm'];

/** "responder_nrs_50" in words. */
export function outcomeWords(id: string): string {
  const parts = /^responder_(nrs|womac)_(\d+)$/.exec(id);
  if (parts) return t(parts[1] === 'nrs' ? 'trial.outcome.responder_nrs' : 'trial.outcome.responder_womac', { limit: parts[2] ?? '' });
  return tIf(`trial.outcome.${id}`, id);
}

function OutcomePart({ value, onValue }: { value: string[]; onValue: (next: string[]) => void }) {
  const known = [...KNOWN_OUTCOMES, ...value.filter((o) => !KNOWN_OUTCOMES.includes(o))];
  const toggle = (id: string, on: boolean): void => onValue(on ? [...value, id] : value.filter((o) => o !== id));
  return (
    <fieldset class="field" data-place="/outcomes">
      <legend>{t('trial.outcomes')}</legend>
      <div class="trial-grid">
        {known.map((id) => <Check key={id} label={outcomeWords(id)} isChecked={value.includes(id)} onChange={(on) => toggle(id, on)} />)}
      </div>
    </fieldset>
  );
}

function PowerPart({ spec, value, onValue }: { spec: Spec; value: Power | undefined; onValue: (next: Power | undefined) => void }) {
  const arms = spec.arms.map((a) => ({ value: a.name, label: a.name || '–' }));
  const outcomes = (spec.outcomes ?? ['nrs_change', 'womac_change']).map((o) => ({ value: o, label: outcomeWords(o) }));
  const set = (next: Partial<Power>): void => { if (value) onValue({ ...value, ...next }); };
  const begin = (): Power => ({ arm: spec.arms[0]?.name ?? '', control: spec.arms[spec.arms.length - 1]?.name ?? '', outcome: spec.outcomes?.[0] ?? 'nrs_change', week: spec.observe_weeks?.at(-1) ?? null, power: 0.8 });
  return (
    <section class="panel stack" aria-labelledby="trial-power">
      <h2 id="trial-power">{t('trial.power')}</h2>
      <Check label={t('trial.power_ask')} isChecked={Boolean(value)} onChange={(on) => onValue(on ? begin() : undefined)} />
      {value && (
        <div class="trial-grid">
          <Pick at="/power/arm" label={t('trial.power_arm')} options={arms} value={value.arm} onValue={(arm) => set({ arm })} />
          <Pick at="/power/control" label={t('trial.power_control')} options={arms} value={value.control} onValue={(control) => set({ control })} />
          <Pick at="/power/outcome" label={t('trial.outcome_one')} options={outcomes} value={value.outcome} onValue={(outcome) => set({ outcome })} />
          <Numeric at="/power/week" label={t('trial.week')} value={value.week} onValue={(v) => set({ week: v ?? null })} />
          <Numeric at="/power/power" label={t('trial.power_wanted')} step={0.05} value={value.power} onValue={(power) => set({ power })} />
          <Numeric at="/power/n_max" label={t('trial.n_max')} hint={t('trial.n_max_hint')} step={50} value={value.n_max} onValue={(n_max) => set({ n_max })} />
        </div>
      )}
    </section>
  );
}

function CrossoverPart({ spec, value, onValue }: { spec: Spec; value: Crossover | undefined; onValue: (next: Crossover | undefined) => void }) {
  const arms = spec.arms.map((a) => ({ value: a.name, label: a.name || '–' }));
  const [first, second] = [spec.arms[0]?.name ?? '', spec.arms.at(-1)?.name ?? ''];
  return (
    <section class="panel stack" aria-labelledby="trial-crossover">
      <h2 id="trial-crossover">{t('trial.crossover')}</h2>
      <Check label={t('trial.crossover_ask')} isChecked={Boolean(value)} onChange={(on) => onValue(on ? { week: 16, sequences: [[first, second], [second, first]] } : undefined)} />
      {value && (
        <>
          <Numeric at="/crossover/week" label={t('trial.crossover_week')} value={value.week} onValue={(v) => onValue({ ...value, week: v ?? null })} />
          {value.sequences.map((sequence, i) => (
            <div class="row" key={i}>
              {sequence.map((name, k) => (
                <Pick key={k} at={`/crossover/sequences/${i}/${k}`} label={t('trial.sequence', { row: i + 1, part: k + 1 })} options={arms} value={name}
                  onValue={(next) => onValue({ ...value, sequences: replaced(value.sequences, i, replaced(sequence, k, next)) })} />
              ))}
              <Button kind="quiet" onClick={() => onValue({ ...value, sequences: without(value.sequences, i) })}>{t('trial.remove_sequence', { row: i + 1 })}</Button>
            </div>
          ))}
          <div class="row"><Button onClick={() => onValue({ ...value, sequences: [...value.sequences, [first, second]] })}>{t('trial.add_sequence')}</Button></div>
        </>
      )}
    </section>
  );
}

interface Conditions { rows: { id: string; title: string }[] }

function Condition({ value, onValue }: { value: string; onValue: (v: string) => void }) {
  const query = useQuery('trial-conditions', (signal) => get<Conditions>('/knowledge/conditions', { signal }));
  const rows = query.data?.rows ?? [{ id: value, title: value }];
  return <Pick at="/condition" label={t('trial.condition')} value={value} onValue={onValue} options={rows.map((r) => ({ value: r.id, label: r.title }))} />;
}

export function Form({ spec, set }: { spec: Spec; set: (next: Spec) => void }) {
  const put = (next: Partial<Spec>): void => set({ ...spec, ...next });
  const arms = spec.arms;
  return (
    <>
      <section class="panel stack" aria-labelledby="trial-what">
        <h2 id="trial-what">{t('trial.what')}</h2>
        <div class="trial-grid">
          <Text at="/name" label={t('trial.name')} value={spec.name} onValue={(name) => put({ name })} maxLength={80} />
          <Condition value={spec.condition} onValue={(condition) => put({ condition })} />
          <Weeks at="/observe_weeks" label={t('trial.observe')} hint={t('trial.weeks_hint')} value={spec.observe_weeks} onValue={(observe_weeks) => put({ observe_weeks })} />
          <Numeric at="/patients" label={t('trial.patients')} hint={t('trial.patients_hint')} step={1000} value={spec.patients} onValue={(patients) => put({ patients })} />
          <Numeric at="/seed" label={t('trial.seed')} hint={t('trial.seed_hint')} step={1} value={spec.seed} onValue={(seed) => put({ seed })} />
        </div>
        <OutcomePart value={spec.outcomes ?? []} onValue={(outcomes) => put({ outcomes })} />
      </section>
      <h2 class="trial-arms">{t('trial.arms')}</h2>
      <p class="soft">{t('trial.arms_hint')}</p>
      {arms.map((arm, i) => (
        <ArmPart key={i} number={i + 1} at={`/arms/${i}`} value={arm} isControl={i === arms.length - 1 && arms.length > 1} onValue={(next) => put({ arms: replaced(arms, i, next) })} onRemove={() => put({ arms: without(arms, i) })} />
      ))}
      <div class="row">
        <Button why={arms.length >= ARMS_MAX ? t('trial.arms_max', { n: ARMS_MAX }) : undefined} onClick={() => put({ arms: [...arms, emptyArm('')] })}>{t('trial.add_arm')}</Button>
      </div>
      <PeoplePart value={spec.population ?? {}} onValue={(population) => put({ population })} />
      <PowerPart spec={spec} value={spec.power} onValue={(power) => put({ power })} />
      <CrossoverPart spec={spec} value={spec.crossover} onValue={(crossover) => put({ crossover })} />
    </>
  );
}
