// SPDX-License-Identifier: Apache-2.0
// What the form shows for a question: what was typed, else what the record says; and what becomes
// of typed answers when somebody else changed the record meanwhile.
import type { Resource } from '../../api/fhir';
import { textOf, type CodeableConcept } from '../../api/fhir';
import { isNone } from './entries';
import type { Answer, Condition, Fact, FactValue, Intake, Known, KnownExam, KnownProblem, ListChange, ListKind, Place, ProblemAnswer, Questions, Record_, Typed } from './types';

export const factKey = (id: string): string => `fact:${id}`;

export function knownOf(intake: Intake, id: string): Known | undefined {
  return intake.facts.find((f) => f.fact === id);
}

/** How a question stands. "known": the record answers it, fresh enough. */
export type Standing = 'typed' | 'known' | 'stale' | 'open';

export interface Shown {
  standing: Standing;
  /** null: explicitly unknown; undefined: not asked. */
  value: FactValue | null | undefined;
  unit?: string | undefined;
  day?: string | undefined;
  known?: Known | undefined;
}

export function shownOf(typed: Typed, intake: Intake, fact: Fact): Shown {
  const answer = typed.answers[factKey(fact.id)];
  const known = knownOf(intake, fact.id);
  if (answer) return { standing: 'typed', value: answer.value, unit: answer.unit, day: answer.day, known };
  if (!known) return { standing: 'open', value: undefined };
  if (known.is_stale) return { standing: 'stale', value: undefined, known, day: known.as_of };
  return { standing: 'known', value: known.is_unknown ? null : known.value, unit: known.unit, day: known.as_of,
    known };
}

/** The place of today's value, when it is a resource of its own: it is written over, not beside. */
export function seenOf(known: Known | undefined, day: string): Place | undefined {
  if (!known?.resource?.startsWith('Observation/') || known.is_part || known.as_of !== day) return undefined;
  return { resource: known.resource, version: known.version };
}

export function seenExam(exam: KnownExam | undefined, day: string): Place | undefined {
  return exam?.resource && exam.day === day ? { resource: exam.resource, version: exam.version } : undefined;
}

/** The newest finding of a structure or movement on a side. */
export function examOf(intake: Intake, kind: KnownExam['kind'], what: string, side: string): KnownExam | undefined {
  return intake.exams
    .filter((e) => e.kind === kind && (e.site === what || (kind === 'motion' && e.structure === what))
      && (e.side ?? side) === side)
    .sort((a, b) => (b.day ?? '').localeCompare(a.day ?? ''))[0];
}

export function withAnswer(typed: Typed, key: string, answer: Answer | undefined): Typed {
  const { [key]: _gone, ...rest } = typed.answers;
  return { ...typed, answers: answer ? { ...rest, [key]: answer } : rest };
}

export function problemOf(typed: Typed, intake: Intake,
  target: number): (ProblemAnswer | Intake['problems'][number]) | undefined {
  return typed.problem ?? intake.problems[target];
}

export function conditionOf(questions: Questions, id: string | undefined): Condition | undefined {
  return questions.conditions.find((c) => c.id === id);
}

/** One line of a list as it will be. */
export interface Item { text: string; resource?: Resource; change?: ListChange; index?: number; isStopped: boolean; end?: string | undefined; since?: string | undefined }

function itemOf(kind: ListKind, r: Resource, typed: Typed): Item | null {
  const address = `${r.resourceType}/${r.id}`;
  const index = typed[kind].findIndex((c) => c.resource === address);
  const change = typed[kind][index];
  const isGone = r.status === 'entered-in-error'
    || textOf(r.verificationStatus as CodeableConcept) === 'entered-in-error';
  if (isGone || isNone(kind, r)) return null;
  const end = (r.effectivePeriod as { end?: string } | undefined)?.end;
  return {
    text: textOf((kind === 'medications' ? r.medicationCodeableConcept : r.code) as CodeableConcept), resource: r,
    ...(change ? { change, index } : {}), isStopped: r.status === 'stopped' || change?.op === 'stop',
      end: change?.until ?? end,
    since: (r.dateAsserted ?? r.recordedDate) as string | undefined,
  };
}

export function itemsOf(kind: ListKind, record: Record_, typed: Typed): Item[] {
  const stored = record[kind].flatMap((r) => itemOf(kind, r, typed) ?? []);
  const added = typed[kind].flatMap((change, index) =>
    (change.op === 'add' ? [{ text: change.text ?? '', change, index, isStopped: Boolean(change.until),
      end: change.until }] : []));
  return [...stored, ...added];
}

/** The stored statement that there is none, unless it was taken back. */
export function noneOf(kind: ListKind, record: Record_): Resource | undefined {
  return record[kind].find((r) => isNone(kind, r) && r.status !== 'entered-in-error'
    && textOf(r.verificationStatus as CodeableConcept) !== 'entered-in-error');
}

/** Add to a list; a statement that there is none goes. */
export function withChange(kind: ListKind, record: Record_, typed: Typed, change: ListChange): Typed {
  const others = typed[kind].filter((c) => !(c.op === 'none' || (change.resource && c.resource === change.resource)));
  const none = noneOf(kind, record);
  const undoNone: ListChange[] = change.op === 'add' && none
    && !others.some((c) => c.resource === `${none.resourceType}/${none.id}`)
    ? [{ op: 'void', day: change.day, resource: `${none.resourceType}/${none.id}`,
      version: Number(none.meta?.versionId) }] : [];
  return { ...typed, [kind]: [...others, ...undoNone, change] };
}

const sameValue = (a: FactValue | null, b: Known | KnownExam): boolean => ('is_unknown' in b && b.is_unknown
  ? a === null : a === b.value);

/** The value of the record that now stands where a typed answer goes. */
function theirsOf(questions: Questions, intake: Intake, key: string): Known | KnownExam | undefined {
  const [kind = '', id = '', side = ''] = key.split(':');
  if (kind === 'fact') return knownOf(intake, id);
  if (kind === 'score') return undefined;
  const what = kind === 'motion' ? questions.movements.find((m) => m.id === id)?.title ?? '' : id;
  return examOf(intake, kind as KnownExam['kind'], what, side);
}

const dayOfValue = (v: Known | KnownExam): string | undefined => ('as_of' in v ? v.as_of : (v as KnownExam).day);

/** Somebody else wrote where something was typed. mine: go on with what was typed, over the version
 * that is there now; theirs: leave what was typed out. */
export interface Clash {
  key: string;
  theirs: Known | KnownExam | KnownProblem | Resource | undefined;
  mine: Answer | ProblemAnswer | ListChange;
  keepMine(typed: Typed): Typed;
  takeTheirs(typed: Typed): Typed;
}

function answerClash(key: string, mine: Answer, theirs: Known | KnownExam): Clash {
  return {
    key, mine, theirs,
    keepMine: (typed) => withAnswer(typed, key, { ...mine, seen: { resource: theirs.resource,
      version: theirs.version } }),
    takeTheirs: (typed) => withAnswer(typed, key, undefined),
  };
}

function problemClash(record: Record_, mine: ProblemAnswer): Clash | undefined {
  const theirs = mine.resource
    ? record.intake.problems.find((p) => p.resource === mine.resource)
    : record.intake.problems.find((p) => p.condition === mine.condition && p.side === mine.side);
  if ((!theirs && !mine.resource) || (theirs && theirs.version === mine.version
    && theirs.resource === mine.resource)) return undefined;
  return {
    key: 'problem', mine, theirs,
    keepMine: (typed) => ({ ...typed, problem: { ...mine, resource: theirs?.resource, version: theirs?.version } }),
    takeTheirs: ({ problem: _gone, ...typed }) => typed,
  };
}

function listClash(kind: ListKind, record: Record_, mine: ListChange): Clash | undefined {
  const theirs = record[kind].find((r) => `${r.resourceType}/${r.id}` === mine.resource);
  if (!mine.resource || Number(theirs?.meta?.versionId) === mine.version) return undefined;
  const others = (typed: Typed): ListChange[] => typed[kind].filter((c) => c.resource !== mine.resource);
  return {
    key: `${kind}:${mine.resource}`, mine, theirs,
    keepMine: (typed) => ({ ...typed, [kind]: [...others(typed), ...(theirs ? [{ ...mine,
      version: Number(theirs.meta?.versionId) }] : [])] }),
    takeTheirs: (typed) => ({ ...typed, [kind]: others(typed) }),
  };
}

/** What was typed against the record as it is now: what is the same already goes, what somebody
 * else wrote meanwhile is a clash. */
export function rebase(questions: Questions, record: Record_, typed: Typed): { typed: Typed; clashes: Clash[] } {
  let next = typed;
  const clashes: (Clash | undefined)[] = [];
  if (typed.problem) clashes.push(problemClash(record, typed.problem));
  for (const [key, mine] of Object.entries(typed.answers)) {
    const theirs = theirsOf(questions, record.intake, key);
    const isSeen = theirs && mine.seen?.resource === theirs.resource && mine.seen?.version === theirs.version;
    if (!theirs || dayOfValue(theirs) !== mine.day || isSeen) continue;
    if (sameValue(mine.value, theirs)) next = withAnswer(next, key, undefined);
    else clashes.push(answerClash(key, mine, theirs));
  }
  for (const kind of ['medications', 'allergies'] as const) {
    const stored = new Set(itemsOf(kind, record, { ...next,
      [kind]: [] }).filter((i) => !i.isStopped).map((i) => i.text));
    next = { ...next, [kind]: next[kind].filter((c) => c.op !== 'add' || c.until || !stored.has(c.text ?? '')) };
    clashes.push(...next[kind].map((c) => listClash(kind, record, c)));
  }
  return { typed: next, clashes: clashes.filter((c) => c !== undefined) };
}
