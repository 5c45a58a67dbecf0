// SPDX-License-Identifier: Apache-2.0
// When: sessions on a line of time and as dates, interval, number; what the schedule allows.
import { dayOf, formatWeekday, isoOf } from '../../format';
import { t, tIf } from '../../text';
import { Button } from '../../ui/Button';
import { Check, Select } from '../../ui/Choice';
import { NumberField } from '../../ui/NumberField';
import { Status } from '../../ui/Status';
import { DateField } from '../../ui/TextField';
import { Origin } from './Origin';
import { Timeline } from './Timeline';
import type { Answer, Choices, PlannedSession } from './types';

interface Props {
  answer: Answer;
  choices: Choices;
  onEdit: (change: Partial<Choices>) => void;
  movesAll: boolean;
  onMovesAll: (is: boolean) => void;
}

function Gap({ session }: { session: PlannedSession }) {
  if (session.gap_days === undefined || !session.gap_state) return null;
  const words = t('plan.gap_days', { n: session.gap_days });
  return (
    <span class="small">
      {words}{' '}
      {session.gap_state === 'within' ? (
        <span class="soft">{t('plan.gap.within')}</span>
      ) : (
        <Status kind="warn">{tIf(`plan.gap.${session.gap_state}`, '')}</Status>
      )}
    </span>
  );
}

/** What the profile and the knowledge allow, with where it comes from. */
function Allowed({ answer }: { answer: Answer }) {
  const schedule = answer.plan?.schedule;
  const floor = answer.limits.find((l) => l.id === 'interval.hard_min');
  const low =
    schedule?.interval_min_days ?? answer.limits.find((l) => l.id === 'interval.window_min')?.value;
  const high =
    schedule?.interval_max_days ?? answer.limits.find((l) => l.id === 'interval.window_max')?.value;
  return (
    <p class="small">
      {t('plan.interval_range', { low: low ?? '–', high: high ?? '–', floor: floor?.value ?? '–' })}{' '}
      <Origin from={schedule?.from ?? floor?.from} isShort />
      {schedule?.result && <span class="soft"> · {schedule.result}</span>}
    </p>
  );
}

export function When({ answer, choices, onEdit, movesAll, onMovesAll }: Props) {
  const plan = answer.plan;
  if (!plan) return null;
  const firm = plan.sessions.filter((s) => !s.is_optional);
  const write = (dates: string[]): void =>
    onEdit({ dates, sessions: undefined, interval: undefined, start: undefined });
  const move = (index: number, iso: string): void => {
    const old = plan.sessions[index];
    if (!old || !/^\d{4}-\d\d-\d\d$/.test(iso)) return;
    const shift = dayOf(iso) - dayOf(old.day);
    const list = old.is_optional ? plan.sessions : firm;
    write(
      list.map((s, i) =>
        i === index ? iso : i > index && movesAll ? isoOf(dayOf(s.day) + shift) : s.day,
      ),
    );
  };
  const add = (): void => {
    const last = firm[firm.length - 1];
    if (last) write([...firm.map((s) => s.day), isoOf(dayOf(last.day) + plan.interval_days)]);
  };
  const whole = (n: number | null): number | undefined =>
    n !== null && Number.isInteger(n) ? n : undefined;
  return (
    <div class="stack tight">
      <div class="fields">
        <Select
          label={t('plan.profile')}
          value={choices.schedule ?? plan.schedule?.id ?? ''}
          onValue={(v) =>
            onEdit({ schedule: v, dates: undefined, interval: undefined, sessions: undefined })
          }
          options={answer.schedules.map((s) => ({
            value: s.id,
            label: `${s.title} (${t('plan.grade', { grade: s.evidence_grade ?? '–' })})`,
          }))}
        />
        <NumberField
          label={t('plan.count')}
          min={1}
          max={24}
          step={1}
          value={choices.sessions ?? firm.length}
          onValue={(n) => onEdit({ sessions: whole(n), dates: undefined })}
        />
        <NumberField
          label={t('plan.interval')}
          unit={t('plan.days_unit')}
          min={7}
          max={365}
          step={1}
          value={choices.interval ?? plan.interval_days}
          onValue={(n) =>
            onEdit({
              interval: whole(n),
              dates: undefined,
              sessions: choices.sessions ?? firm.length,
            })
          }
        />
      </div>
      <Allowed answer={answer} />
      <Timeline sessions={plan.sessions} today={answer.today} onMove={move} />
      <ol class="plain dates">
        {plan.sessions.map((s, i) => (
          <li key={s.number}>
            <DateField
              label={t(s.is_optional ? 'plan.session_optional' : 'plan.session', {
                number: s.number,
              })}
              isShort
              value={s.day}
              min={answer.today}
              onInput={(v) => move(i, v)}
            />
            <span class="small soft">{formatWeekday(s.day)}</span> <Gap session={s} />
          </li>
        ))}
      </ol>
      <div class="row">
        <Check label={t('plan.move_all')} isChecked={movesAll} onChange={onMovesAll} />
        <Button onClick={add}>{t('plan.add_session')}</Button>
        {firm.length > 1 && (
          <Button onClick={() => write(firm.slice(0, -1).map((s) => s.day))}>
            {t('plan.drop_session')}
          </Button>
        )}
      </div>
      {plan.sessions.some((s) => s.is_optional) && (
        <p class="small soft">{t('plan.optional_help')}</p>
      )}
    </div>
  );
}
