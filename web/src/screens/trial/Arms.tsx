// SPDX-License-Identifier: Apache-2.0
// An arm of the trial, and what one session of it holds.
import { t } from '../../text';
import { Button } from '../../ui/Button';
import { Numeric, Pick, Text, Weeks } from './fields';
import { replaced, without, type Part } from './lists';
import { CONTEXTS, GUIDANCE, SITE_KINDS, type Arm, type Injection } from './spec';

function InjectionPart({
  at,
  value,
  onValue,
  onRemove,
}: Part<Injection> & { onRemove: () => void }) {
  const set = (next: Partial<Injection>): void => onValue({ ...value, ...next });
  return (
    <fieldset class="trial-injection">
      <legend class="label">{t('trial.injection')}</legend>
      <Pick
        at={`${at}/site_kind`}
        label={t('trial.site_kind')}
        value={value.site_kind}
        onValue={(site_kind) => set({ site_kind })}
        options={SITE_KINDS.map((k) => ({ value: k as string, label: t(`trial.kind.${k}`) }))}
      />
      <Numeric
        at={`${at}/dextrose_percent`}
        label={t('trial.dextrose')}
        unit="%"
        step={5}
        value={value.dextrose_percent}
        onValue={(v) => set({ dextrose_percent: v ?? null })}
      />
      <Numeric
        at={`${at}/volume_ml`}
        label={t('trial.volume')}
        unit="mL"
        step={0.5}
        value={value.volume_ml}
        onValue={(v) => set({ volume_ml: v ?? null })}
      />
      <Numeric
        at={`${at}/points`}
        label={t('trial.points')}
        step={1}
        value={value.points}
        onValue={(points) => set({ points })}
      />
      <Pick
        at={`${at}/guidance`}
        label={t('trial.guidance')}
        value={value.guidance}
        empty={t('trial.default')}
        onValue={(guidance) => set({ guidance })}
        options={GUIDANCE.map((g) => ({ value: g as string, label: t(`trial.guide.${g}`) }))}
      />
      <Button kind="quiet" onClick={onRemove}>
        {t('trial.remove_injection')}
      </Button>
    </fieldset>
  );
}

export function ArmPart({
  at,
  value,
  onValue,
  onRemove,
  isControl,
  number,
}: Part<Arm> & { onRemove: () => void; isControl: boolean; number: number }) {
  const set = (next: Partial<Arm>): void => onValue({ ...value, ...next });
  const injections = value.injections ?? [];
  return (
    <section class="panel stack" aria-label={t('trial.arm_n', { n: number })}>
      <header class="row spread">
        <h3>
          {t('trial.arm_n', { n: number })}
          {isControl && <> · {t('trial.is_control')}</>}
        </h3>
        <Button kind="quiet" onClick={onRemove}>
          {t('trial.remove_arm')}
        </Button>
      </header>
      <div class="trial-grid">
        <Text
          at={`${at}/name`}
          label={t('trial.arm_name')}
          value={value.name}
          onValue={(name) => set({ name })}
          maxLength={80}
        />
        <Numeric
          at={`${at}/n`}
          label={t('trial.n')}
          step={5}
          value={value.n}
          onValue={(v) => set({ n: v ?? null })}
        />
        <Weeks
          at={`${at}/sessions_weeks`}
          label={t('trial.sessions')}
          hint={t('trial.weeks_hint')}
          value={value.sessions_weeks}
          onValue={(sessions_weeks) => set({ sessions_weeks })}
        />
        <Weeks
          at={`${at}/as_needed_weeks`}
          label={t('trial.as_needed')}
          value={value.as_needed_weeks}
          onValue={(as_needed_weeks) => set({ as_needed_weeks })}
        />
        <Numeric
          at={`${at}/rehabilitation`}
          label={t('trial.rehabilitation')}
          hint={t('trial.rehabilitation_hint')}
          step={0.1}
          value={value.rehabilitation}
          onValue={(rehabilitation) => set({ rehabilitation })}
        />
        <Pick
          at={`${at}/context`}
          label={t('trial.context')}
          hint={t('trial.context_hint')}
          value={value.context}
          empty={t('trial.default')}
          onValue={(context) => set({ context })}
          options={CONTEXTS.map((c) => ({ value: c as string, label: t(`trial.contexts.${c}`) }))}
        />
      </div>
      {injections.map((x, i) => (
        <InjectionPart
          key={i}
          at={`${at}/injections/${i}`}
          value={x}
          onValue={(next) => set({ injections: replaced(injections, i, next) })}
          onRemove={() => set({ injections: without(injections, i) })}
        />
      ))}
      <div class="row">
        <Button
          onClick={() =>
            set({
              injections: [
                ...injections,
                { site_kind: 'joint_space', dextrose_percent: null, volume_ml: null },
              ],
            })
          }
        >
          {t('trial.add_injection')}
        </Button>
      </div>
    </section>
  );
}
