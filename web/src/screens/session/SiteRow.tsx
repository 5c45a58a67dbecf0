// SPDX-License-Identifier: Apache-2.0
// One site: what is planned, one tap when it was given so, everything else behind "Change".
import { useState } from 'preact/hooks';

import { formatClock } from '../../format';
import { t, tIf } from '../../text';
import { Button } from '../../ui/Button';
import { Choice } from '../../ui/Choice';
import { NumberField } from '../../ui/NumberField';
import { Side, sideOf, Status } from '../../ui/Status';
import { TextField } from '../../ui/TextField';
import type { Given } from './model';
import { Marks, ml } from './parts';
import type { SheetSite } from './sheet';
import type { SiteState } from './useSession';

const REACTIONS = ['none', 'pain', 'paraesthesia', 'blood', 'resistance', 'faint'] as const;
const GUIDANCE = ['LM', 'US', 'FL', 'CT'] as const;

interface Props {
  index: number;
  state: SiteState;
  given: Given;
  step: number;
  /** The server would refuse it, or its syringe is not ready: why. */
  why: string | undefined;
  onChange: (given: Partial<Given>) => void;
  onGive: () => void;
  onSkip: (reason: string) => void;
  onUndo: () => void;
}

function Details({
  site,
  given,
  step,
  onChange,
}: Pick<Props, 'given' | 'step' | 'onChange'> & { site: SheetSite }) {
  const add = (sign: number): void =>
    onChange({ ml: Math.max(0, Number((given.ml + sign * step).toFixed(2))) });
  return (
    <div class="site-details">
      <div class="row stepper">
        <Button isLarge label={t('session.less', { amount: ml(step) })} onClick={() => add(-1)}>
          −
        </Button>
        <NumberField
          label={t('session.volume_at', { site: site.site })}
          value={given.ml}
          min={0}
          unit="mL"
          step={step}
          onValue={(v) => v !== null && onChange({ ml: v })}
        />
        <Button isLarge label={t('session.more', { amount: ml(step) })} onClick={() => add(1)}>
          +
        </Button>
      </div>
      <TextField
        label={t('session.needle')}
        value={given.needle}
        onInput={(needle) => onChange({ needle })}
        maxLength={60}
      />
      <Choice
        label={t('session.guidance')}
        value={given.guidance}
        onValue={(guidance) => onChange({ guidance })}
        options={GUIDANCE.map((g) => ({
          value: g as string,
          label: t(`session.guidance_${g}`),
          isOff: site.guidance_required && g === 'LM',
        }))}
      />
      <Choice
        label={t('session.reaction')}
        value={given.reaction || 'none'}
        onValue={(r) => onChange({ reaction: r === 'none' ? '' : r })}
        options={REACTIONS.map((r) => ({ value: r as string, label: t(`session.reaction_${r}`) }))}
      />
    </div>
  );
}

function Done({ state, onUndo }: Pick<Props, 'state' | 'onUndo'>) {
  const g = state.given as Given;
  const text = state.isSkipped
    ? t('session.skipped', { reason: g.reason ?? '' })
    : t('session.given_at', { amount: ml(g.ml), time: formatClock(g.at) });
  return (
    <div class="row">
      <Status kind={state.isSkipped ? 'note' : 'good'}>{text}</Status>
      {!state.isSent && <Status kind="warn">{t('session.not_sent')}</Status>}
      <Button isLarge label={t('session.undo_site', { site: state.site.site })} onClick={onUndo}>
        {t('ui.undo')}
      </Button>
    </div>
  );
}

export function SiteRow(p: Props) {
  const { site } = p.state;
  const [open, setOpen] = useState<'' | 'change' | 'skip'>('');
  const [reason, setReason] = useState('');
  const toggle = (what: 'change' | 'skip') => (): void => setOpen(open === what ? '' : what);
  const isImaged = p.given.guidance !== 'LM';
  const amount = ml(p.given.ml);
  const giving = t(isImaged ? 'session.give_imaged' : 'session.give', { amount });
  return (
    <li class={`site${p.state.given ? ' done' : ''}`} aria-label={`${site.site} ${site.structure}`}>
      <div class="site-main">
        <span class="site-number" aria-hidden="true">
          {p.index}
        </span>
        <div class="site-what">
          <p>
            <span class="strong">{site.structure}</span> <Side side={sideOf(site.side)} />{' '}
            <span class="soft">{site.site}</span>
          </p>
          <p class="small">
            {t('session.site_line', {
              points: site.points,
              needle: p.given.needle || '–',
              guidance: tIf(`session.guidance_${p.given.guidance}`, p.given.guidance),
              mix: site.mix,
            })}
            {site.landmark && ` · ${site.landmark}`} <Marks of={site} />
          </p>
          {(site.danger || site.risks.length > 0) && (
            <p class="small">
              {site.danger && <Status kind="danger">{site.danger}</Status>}{' '}
              {site.risks.length > 0 && t('session.at_risk', { what: site.risks.join('; ') })}
            </p>
          )}
        </div>
        {p.state.given ? (
          <Done state={p.state} onUndo={p.onUndo} />
        ) : (
          <div class="row site-acts">
            <Button
              isLarge
              kind="primary"
              why={p.why}
              onClick={p.onGive}
              label={`${giving}: ${site.structure}`}
            >
              {giving}
            </Button>
            <Button
              isLarge
              isPressed={open === 'change'}
              onClick={toggle('change')}
              label={`${t('session.change')} ${site.site}`}
            >
              {t('session.change')}
            </Button>
            <Button
              isLarge
              isPressed={open === 'skip'}
              onClick={toggle('skip')}
              label={`${t('session.skip')} ${site.site}`}
            >
              {t('session.skip')}
            </Button>
          </div>
        )}
      </div>
      {!p.state.given && p.why && <p class="status danger">{p.why}</p>}
      {!p.state.given && open === 'change' && (
        <Details site={site} given={p.given} step={p.step} onChange={p.onChange} />
      )}
      {!p.state.given && open === 'skip' && (
        <form
          class="row site-details"
          onSubmit={(e) => {
            e.preventDefault();
            if (reason.trim()) p.onSkip(reason.trim());
          }}
        >
          <TextField
            label={t('session.skip_why', { site: site.site })}
            value={reason}
            onInput={setReason}
            maxLength={200}
            isRequired
            hasFocus
          />
          <Button
            isLarge
            type="submit"
            why={reason.trim() ? undefined : t('session.reason_needed')}
          >
            {t('session.skip_now')}
          </Button>
        </form>
      )}
    </li>
  );
}
