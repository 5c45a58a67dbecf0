// SPDX-License-Identifier: Apache-2.0
// Screen 4, the console: what, where, when of a plan, beside another plan and beside doing
// something else; and the signature that makes it the plan.
import { useEffect, useState } from 'preact/hooks';

import type { ScreenProps } from '..';
import { PatientHeader } from '../../app/PatientHeader';
import { href } from '../../app/router';
import { say } from '../../app/toasts';
import { t, tIf } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Choice, Select } from '../../ui/Choice';
import { DraftState } from '../../ui/DraftState';
import { ErrorBox, Loading } from '../../ui/Loading';
import { Side, sideOf } from '../../ui/Status';
import { askOptions, choicesOf } from './api';
import { Approve } from './Approve';
import { Changes } from './Changes';
import { Compare } from './Compare';
import { Editors } from './Editors';
import { Evidence } from './Evidence';
import { Pareto } from './Pareto';
import { useLive, usePlans, useTask, type Editing } from './state';
import type { Answer, Choices, Letter, PlanOption } from './types';
import { Blocked, Findings, VerdictLine } from './Verdict';

const isEmpty = (o: object): boolean => Object.keys(o).filter((k) => k !== 'target').length === 0;

/** What is kept names the problem whenever the record has several. */
function withTarget(answer: Answer, choices: Choices): Choices {
  const target = answer.targets.find((x) => x.is_planned)?.number;
  return answer.targets.length > 1 ? { target, ...choices } : choices;
}

/** Ctrl+Z and Ctrl+Y, unless a field has the focus that knows them itself. */
function useUndoKeys({ undo, redo }: Editing): void {
  useEffect(() => {
    const press = (e: KeyboardEvent): void => {
      const isField = (e.target as HTMLElement).matches?.(
        'input[type="text"], input[type="password"], textarea',
      );
      if (isField || !(e.ctrlKey || e.metaKey)) return;
      const act =
        e.key === 'z' && !e.shiftKey
          ? undo
          : e.key === 'y' || (e.key === 'z' && e.shiftKey)
            ? redo
            : undefined;
      if (!act) return;
      e.preventDefault();
      act();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  });
}

function Title({ answer, editing }: { answer: Answer | undefined; editing: Editing }) {
  const target = answer?.targets.find((x) => x.is_planned);
  return (
    <header class="row spread plan-head">
      <div class="row">
        <h1 tabIndex={-1}>{t('plan.title')}</h1>
        {target && <span class="strong">{target.title}</span>}
        {target && <Side side={sideOf(target.side)} />}
      </div>
      <div class="row no-print">
        <DraftState state={editing.draft} />
        <Button onClick={editing.undo} why={editing.undo ? undefined : t('plan.nothing_to_undo')}>
          {t('ui.undo')}
        </Button>
        <Button onClick={editing.redo} why={editing.redo ? undefined : t('plan.nothing_to_redo')}>
          {t('plan.redo')}
        </Button>
      </div>
    </header>
  );
}

/** Which problem, and which of the two plans is being changed. */
function Which({ answer, editing }: { answer: Answer; editing: Editing }) {
  const { plans, change } = editing;
  const target = answer.targets.find((x) => x.is_planned)?.number ?? 1;
  return (
    <div class="row spread panel which no-print">
      {answer.targets.length > 1 && (
        <Select
          label={t('plan.problem')}
          value={String(target)}
          onValue={(v) => change({ a: { target: Number(v) }, b: null, edited: 'a' })}
          options={answer.targets.map((x) => ({
            value: String(x.number),
            label: `${x.title ?? '–'} (${tIf(`side.${x.side}`, x.side)})`,
            isOff: !x.is_recognised,
          }))}
        />
      )}
      {plans.b && (
        <Choice<Letter>
          label={t('plan.editing')}
          value={plans.edited}
          onValue={(edited) => change({ ...plans, edited })}
          options={[
            { value: 'a', label: t('plan.arm.a') },
            { value: 'b', label: t('plan.arm.b') },
          ]}
        />
      )}
      <div class="row">
        {!plans.b && answer.is_issued && (
          <Button onClick={() => change({ ...plans, b: { ...plans.a }, edited: 'b' })}>
            {t('plan.add_b')}
          </Button>
        )}
        {plans.b && (
          <Button onClick={() => change({ a: plans.b ?? {}, b: plans.a, edited: plans.edited })}>
            {t('plan.swap')}
          </Button>
        )}
        {plans.b && (
          <Button onClick={() => change({ ...plans, b: null, edited: 'a' })}>
            {t('plan.drop_b')}
          </Button>
        )}
        {!isEmpty(plans[plans.edited] ?? {}) && (
          <Button
            onClick={() =>
              change({ ...plans, [plans.edited]: plans.a.target ? { target: plans.a.target } : {} })
            }
          >
            {t('plan.back_to_usual')}
          </Button>
        )}
      </div>
    </div>
  );
}

function Console({ patient }: { patient: string }) {
  const editing = usePlans(patient);
  const { plans, change } = editing;
  const isReady = editing.draft !== 'loading';
  const a = useLive(patient, plans.a, isReady);
  const b = useLive(patient, plans.b, isReady);
  const [signed, setSigned] = useState<Letter>('a');
  const [option, setOption] = useState<number | null>(null);
  const search = useTask((signal) => askOptions(patient, { target: plans.a.target }, signal));
  useUndoKeys(editing);
  useEffect(() => {
    if (editing.isRestored) say(t('plan.restored'));
  }, [editing.isRestored]);
  const edited = plans.edited === 'b' && plans.b ? b : a;
  const letter = signed === 'b' && plans.b ? 'b' : 'a';
  const signing = letter === 'b' ? b : a;
  const choose = (o: PlanOption): void => {
    setOption(o.number);
    if (!o.asked) {
      say(t('plan.not_a_plan', { title: o.title }));
      return;
    }
    change({ ...plans, b: choicesOf(o.asked, { target: plans.a.target }), edited: 'b' });
    say(t(o.has_exercise ? 'plan.became_b_alone' : 'plan.became_b', { title: o.title }));
  };
  const first = a.answer;
  if (!first) {
    return (
      <div class="plan stack">
        <Title answer={undefined} editing={editing} />
        {a.error ? (
          <ErrorBox error={a.error} onRetry={a.retry} />
        ) : (
          <Loading what={t('plan.calculating')} />
        )}
      </div>
    );
  }
  const onUsual = isEmpty(plans.a)
    ? undefined
    : () => change({ ...plans, a: plans.a.target ? { target: plans.a.target } : {} });
  const why =
    signing.isStale || !signing.answer || signing.error
      ? t('plan.wait')
      : signing.answer.is_issued
        ? undefined
        : t('plan.blocked_now');
  return (
    <div class="plan stack">
      <Title answer={first} editing={editing} />
      {(first.is_issued || onUsual || plans.b || first.targets.length > 1) && (
        <Which answer={first} editing={editing} />
      )}
      {!first.is_issued && <Blocked answer={first} patient={patient} onUsual={onUsual} />}
      {first.is_issued && <VerdictLine answer={edited.answer ?? first} patient={patient} />}
      {first.is_issued && first.sessions_given > 0 && (
        <Banner kind="note">
          {t('plan.in_course', { n: first.sessions_given })}{' '}
          <a href={href(`/patient/${patient}/review`)}>{t('review.title')}</a>
        </Banner>
      )}
      {(first.is_issued || onUsual || plans.b) && (
        <div class="console">
          <Editors live={edited} editing={editing} />
          <div class="results stack">
            {plans.b && b.answer && !b.answer.is_issued && (
              <Blocked answer={b.answer} patient={patient} onUsual={undefined} />
            )}
            {first.is_issued && (
              <Compare
                a={first}
                b={plans.b ? b.answer : undefined}
                isBusy={!a.hasForecast || (plans.b !== null && !b.hasForecast)}
              />
            )}
            {plans.b && b.answer?.plan && first.plan && <Changes a={first} b={b.answer} />}
            <Evidence answer={edited.answer ?? first} />
          </div>
        </div>
      )}
      {first.is_issued && (
        <>
          <Pareto task={search} chosen={option} onChoose={choose} />
          <section class="panel stack tight" aria-label={t('plan.rules')}>
            <h2>{t('plan.rules')}</h2>
            <Findings answer={edited.answer ?? first} />
          </section>
          <Approve
            patient={patient}
            letters={plans.b ? ['a', 'b'] : ['a']}
            letter={letter}
            onLetter={setSigned}
            choices={withTarget(first, (letter === 'b' ? plans.b : plans.a) ?? {})}
            why={why}
            onApproved={editing.forget}
          />
        </>
      )}
    </div>
  );
}

export function PlanScreen({ args }: ScreenProps) {
  const patient = args[0] ?? '';
  return (
    <>
      <PatientHeader id={patient} />
      <Console key={patient} patient={patient} />
    </>
  );
}
