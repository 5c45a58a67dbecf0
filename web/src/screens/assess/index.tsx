// SPDX-License-Identifier: Apache-2.0
// Screen 3: from what the patient says, what is examined and what the record knows to a verdict
// that follows every answer. Typed answers are a draft until they are stored, all together.
import { useMemo, useRef, useState } from 'preact/hooks';

import { useDraft, type Draft } from '../../api/draft';
import { isConflict } from '../../api/fhir';
import { useQuery } from '../../api/query';
import { PatientHeader } from '../../app/PatientHeader';
import { say } from '../../app/toasts';
import { useMe } from '../../app/Shell';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button, LinkButton } from '../../ui/Button';
import { Select } from '../../ui/Choice';
import { DraftState } from '../../ui/DraftState';
import { explainError, Loaded, Loading } from '../../ui/Loading';
import { Progress } from '../../ui/Meter';
import type { ScreenProps } from '..';
import { placeName } from './BodyChart';
import { Clashes } from './Clashes';
import { writtenOf, type Written } from './entries';
import { Exam } from './Exam';
import { deferredOf, SECTIONS, type Form, type SectionName } from './form';
import { History } from './History';
import { ListSection } from './Lists';
import { loadQuestions, loadRecord, storeVerdict, storeWritten } from './load';
import { conditionOf, rebase, type Clash } from './model';
import { Problem } from './Problem';
import { Scores } from './Scores';
import { countOf, FactSection, groupTitle } from './Section';
import { NOTHING, type ProblemAnswer, type Questions, type Record_, type Typed } from './types';
import { useVerdict } from './verdict';
import { VerdictPanel, VerdictStrip } from './VerdictPanel';

export { Registration } from './Register';

const UNDO_MOST = 50;

/** Steps back, while the form is open. */
function useUndo(draft: Draft<Typed>) {
  const past = useRef<{ typed: Typed; what: string }[]>([]);
  const [last, setLast] = useState<string | undefined>();
  const change = (next: Typed, what: string): void => {
    past.current = [...past.current.slice(1 - UNDO_MOST), { typed: draft.value, what }];
    setLast(what);
    draft.set(next);
  };
  const undo = (): void => {
    const step = past.current.pop();
    if (step) draft.set(step.typed);
    setLast(past.current.at(-1)?.what);
  };
  const forget = (): void => {
    past.current = [];
    setLast(undefined);
  };
  return { change, undo, last, forget };
}

function Part({ form, name }: { form: Form; name: SectionName }) {
  switch (name) {
    case 'problem': return <Problem form={form} />;
    case 'medicines': return <ListSection form={form} kind="medications" />;
    case 'allergy': return <ListSection form={form} kind="allergies" />;
    case 'exam': return <Exam form={form} />;
    case 'history': return <History form={form} />;
    case 'scores': return <Scores form={form} />;
    default: return <FactSection form={form} group={name} />;
  }
}

function Contents({ form }: { form: Form }) {
  const jump = (name: string): void => {
    const section = document.getElementById(`s-${name}`);
    section?.scrollIntoView({ block: 'start' });
    section?.focus();
  };
  return (
    <nav class="assess-nav" aria-label={t('assess.sections')}>
      <ul class="plain">
        {SECTIONS.map((name) => {
          const { open } = countOf(form, name);
          return (
            <li key={name}>
              <button type="button" class="nav-link" onClick={() => jump(name)}>
                {groupTitle(name)}{open > 0 && <span class="count"
                  aria-label={t('assess.open', { n: open })}>{open}</span>}
              </button>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

interface FormProps { patient: string; questions: Questions; record: Record_; draft: Draft<Typed>; reload: () => Promise<Record_> }

/** Where the problem stands that was typed, in the record as it is now. */
function indexOfProblem(record: Record_, typed: ProblemAnswer | undefined): number | undefined {
  if (!typed || typed.isOver) return typed && 0;
  const found = record.intake.problems.findIndex((p) =>
    (typed.resource ? p.resource === typed.resource : p.condition === typed.condition && p.side === typed.side));
  return found < 0 ? undefined : found;
}

/** Which problem is judged, 0 the first; null while there is none. What is typed stands first in the
 * case that is judged. */
function judgedOf(record: Record_, written: readonly Written[], typed: Typed, target: number): number | null {
  const isTyped = written.some((w) => w.key === 'problem');
  if (!isTyped) return record.intake.problems.length > 0 ? target : null;
  return typed.problem?.isOver && record.intake.problems.length <= 1 ? null : 0;
}

function useStoring(p: FormProps, target: number, select: (target: number) => void, forget: () => void) {
  const who = useMe();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [clashes, setClashes] = useState<Clash[]>([]);
  const once = async (record: Record_, typed: Typed): Promise<void> => {
    await storeWritten(writtenOf(p.patient, p.questions, record, typed, target));
    forget();
    p.draft.set(NOTHING);
    await p.draft.forget();
    const fresh = await p.reload();
    const judged = indexOfProblem(fresh, typed.problem) ?? target;
    select(judged);
    if (who.role === 'assistant' || fresh.intake.problems.length === 0) return say(t('assess.stored'));
    await storeVerdict(p.patient, judged, typed.overrides, who.practitioner, fresh.intake.today);
    return say(t('assess.stored'));
  };
  const store = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await once(p.record, p.draft.value);
    } catch (refusal) {
      if (!isConflict(refusal)) throw refusal;
      const record = await p.reload();
      const next = rebase(p.questions, record, p.draft.value);
      p.draft.set(next.typed);
      setClashes(next.clashes);
      if (next.clashes.length === 0) await once(record, next.typed);
      else setTimeout(() => document.getElementById('clashes')?.focus());
    }
  };
  const press = (): void => void store().catch(setError).finally(() => setBusy(false));
  const decide = (clash: Clash, isMine: boolean): void => {
    setClashes((all) => all.filter((c) => c !== clash));
    p.draft.set(isMine ? clash.keepMine(p.draft.value) : clash.takeTheirs(p.draft.value));
  };
  return { press, isBusy, error, clashes, decide };
}

function countTyped(typed: Typed): number {
  return Object.keys(typed.answers).length + typed.medications.length + typed.allergies.length + (typed.problem ? 1
    : 0) + Object.keys(typed.overrides).length;
}

function AssessForm(p: FormProps) {
  const who = useMe();
  const [target, setTarget] = useState(0);
  const undo = useUndo(p.draft);
  const typed = p.draft.value;
  const written = useMemo(() => writtenOf(p.patient, p.questions, p.record, typed, target),
    [p.patient, p.questions, p.record, typed, target]);
  const live = useVerdict(p.patient, written, judgedOf(p.record, written, typed, target));
  const storing = useStoring(p, target, setTarget, undo.forget);
  const form: Form = {
    patient: p.patient, questions: p.questions, record: p.record, typed, day: p.record.intake.today, target,
    wanted: useMemo(() => new Set(live.verdict?.wanted.map((w) => w.fact)), [live.verdict]),
    deferred: useMemo(() => deferredOf(live.verdict), [live.verdict]),
    problems: live.problems, mayDiagnose: who.role !== 'assistant', change: undo.change,
  };
  const counts = SECTIONS.map((name) => countOf(form, name));
  const answered = counts.reduce((sum, c) => sum + c.answered, 0);
  const open = counts.reduce((sum, c) => sum + c.open, 0);
  const count = countTyped(typed);
  const why = count === 0 ? t('assess.nothing_typed') : storing.clashes.length ? t('assess.decide_first')
    : Object.keys(live.problems).length ? t('assess.refused') : undefined;
  return (
    <div class="stack tight assess" data-took={live.tookMs?.toFixed(0)}>
      <div class="assess-bar panel row spread">
        <span class="row">
          <h1 tabIndex={-1}>{t('assess.title')}</h1>
          <VerdictStrip live={live} open={open} />
        </span>
        <span class="row">
          <DraftState state={p.draft.state} />
          <Button onClick={undo.undo} why={undo.last === undefined ? t('assess.no_undo') : undefined}
            label={undo.last ? t('assess.undo_of', { what: undo.last }) : undefined}>{t('ui.undo')}</Button>
          <Button kind="primary" onClick={storing.press} isBusy={storing.isBusy}
            why={why}>{t('assess.store')}</Button>
          {count === 0 && live.verdict && <LinkButton
            to={`/patient/${p.patient}/plan`}>{t('plan.title')}</LinkButton>}
        </span>
      </div>
      {storing.error !== undefined && <Banner kind="danger" isAlert>{explainError(storing.error)}</Banner>}
      {storing.clashes.length > 0 && <Clashes form={form} clashes={storing.clashes} onDecide={storing.decide} />}
      {p.draft.isRestored && count > 0 && <Banner kind="note">{t('assess.restored', { n: count })}</Banner>}
      {p.record.intake.problems.length > 1 && (
        <Select label={t('assess.which_problem')} value={String(target)} onValue={(v) => setTarget(Number(v))}
          options={p.record.intake.problems.map((x,
            i) => ({ value: String(i),
            label: `${conditionOf(p.questions, x.condition)?.title ?? x.text}, ${placeName(conditionOf(p.questions, x.condition)?.region, x.side)}` }))} />
      )}
      {/* What is typed while it is stored would be taken for stored. */}
      <div class="assess-grid" inert={storing.isBusy}>
        <div class="assess-side">
          <Progress label={t('assess.progress')} share={answered + open > 0 ? answered / (answered + open) : null} />
          <p class="soft small">{t('assess.progress_n', { answered, open })}</p>
          <Contents form={form} />
          <p class="soft small keys">{t('assess.keys')}</p>
        </div>
        <div class="stack assess-form">{SECTIONS.map((name) => <Part key={name} form={form} name={name} />)}</div>
        <VerdictPanel form={form} live={live} />
      </div>
    </div>
  );
}

export function Assessment({ args }: ScreenProps) {
  const patient = args[0] ?? '';
  const questions = useQuery('questions', loadQuestions);
  const record = useQuery(`assess-${patient}`, () => loadRecord(patient));
  const draft = useDraft<Typed>(`assess-${patient}`, NOTHING);
  const [round, setRound] = useState(0); // the head tells of the record, too
  const reload = async (): Promise<Record_> => {
    const fresh = await loadRecord(patient);
    record.put(fresh);
    setRound((n) => n + 1);
    return fresh;
  };
  const whole = { ...draft, value: { ...NOTHING, ...draft.value } };
  return (
    <div class="stack tight">
      <PatientHeader key={round} id={patient} />
      {(!questions.data || !record.data || draft.state === 'loading') && <h1 tabIndex={-1}>{t('assess.title')}</h1>}
      <Loaded query={questions}>
        {(q) => (
          <Loaded query={record}>
            {(r) => (draft.state === 'loading'
              ? <Loading what={t('draft.loading')} />
              : <AssessForm key={patient} patient={patient} questions={q} record={r} draft={whole}
                reload={reload} />)}
          </Loaded>
        )}
      </Loaded>
    </div>
  );
}
