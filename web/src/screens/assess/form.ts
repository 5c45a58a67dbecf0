// SPDX-License-Identifier: Apache-2.0
// What every part of the form shares, and how the focus moves through it.
import { go } from '../../app/router';
import { shownOf } from './model';
import type { Fact, Questions, Record_, Typed } from './types';
import type { Verdict } from './verdict';

export interface Form {
  patient: string;
  questions: Questions;
  record: Record_;
  typed: Typed;
  /** Today: the day that answers get. */
  day: string;
  /** Facts that the verdict still wants. */
  wanted: ReadonlySet<string>;
  /** Of these, those that may settle themselves once a list was gone through. */
  deferred: ReadonlySet<string>;
  /** What the server refuses, by key. */
  problems: Record<string, string>;
  /** Problems, medicines and allergies are a physician's to write. */
  mayDiagnose: boolean;
  target: number;
  /** what: for the undo, in words. */
  change(next: Typed, what: string): void;
}

/** In the order of a visit. Each but "problem", "exam" and "history" is a group of facts.tsv. */
export const SECTIONS = [
  'problem', 'diagnosis', 'scores', 'history', 'identity', 'red_flags', 'infection', 'bleeding', 'medicines',
    'allergy', 'general_health',
  'joint', 'exam', 'readiness', 'clinic',
] as const;
export type SectionName = (typeof SECTIONS)[number];

/** Where "no" to all that is open is a usual answer. It is an act of whoever asks, never a default. */
export const HAS_NO_TO_ALL: readonly string[] = ['red_flags', 'infection', 'bleeding', 'general_health', 'joint'];

/** Answered with the problem, or at the desk. */
const ELSEWHERE: readonly string[] = ['pain_onset_date', 'sex', 'birth_date'];

export function factsOf(form: Form, group: string): Fact[] {
  return form.questions.facts.filter((f) => f.group === group && !ELSEWHERE.includes(f.id));
}

const LISTS = { med_: 'medication_list_reviewed', allergy_: 'allergy_list_reviewed' };

/** Facts that wait for a list: its own classes, and whatever rules ask only together with them. */
export function deferredOf(verdict: Verdict | undefined): Set<string> {
  const wanted = new Set(verdict?.wanted.map((w) => w.fact));
  const open = Object.entries(LISTS).filter(([, reviewed]) => wanted.has(reviewed)).map(([prefix]) => prefix);
  const isOwn = (fact: string): boolean => open.some((prefix) => fact.startsWith(prefix))
    && !fact.endsWith('_list_reviewed');
  const unknown = verdict?.findings.filter((f) => f.isUnknown) ?? [];
  return new Set([...wanted].filter((fact) => {
    const asking = unknown.filter((f) => f.missing.includes(fact));
    return isOwn(fact) || (asking.length > 0 && !fact.endsWith('_list_reviewed')
      && asking.every((f) => f.missing.some(isOwn)));
  }));
}

export function isAnswered(form: Form, fact: Fact): boolean {
  return ['typed', 'known'].includes(shownOf(form.typed, form.record.intake, fact).standing);
}

/** The verdict waits for it, and nobody answered yet, not even with "unknown". */
export function isOpen(form: Form, fact: Fact): boolean {
  return form.wanted.has(fact.id) && !form.deferred.has(fact.id) && !isAnswered(form, fact);
}

export const questionId = (fact: string): string => `q-${fact}`;

const PROBLEM = ['condition_known', 'condition', 'condition_status', 'side_known', 'region', 'pain_onset_date',
  'pain_duration_weeks', 'structure_identified'];

function focusFirst(root: Element | null): void {
  if (!root) return;
  const details = root.closest('details');
  if (details) details.open = true;
  const control = root.querySelector<HTMLElement>('input:checked, input, [role="radio"][tabindex="0"], select, button') ?? (root as HTMLElement);
  control.focus();
  root.scrollIntoView({ block: 'center' });
}

/** Go to the question that answers a fact. */
export function goToFact(form: Form, fact: string): void {
  if (fact === 'sex' || fact === 'birth_date') return go(`/patient/${form.patient}/edit`);
  if (fact === 'sites_planned' || fact.startsWith('site_')) return go(`/patient/${form.patient}/plan`);
  if (PROBLEM.includes(fact)) return focusFirst(document.getElementById(fact.startsWith('pain_') ? 'q-onset'
    : 'q-problem'));
  return focusFirst(document.getElementById(questionId(fact)));
}

/** The next question below this one that anybody waits for, or that is answered. */
export function goOn(from: Element): void {
  const all = [...document.querySelectorAll('.assess-form .question')];
  const next = all.slice(all.indexOf(from.closest('.question') ?? from) + 1).find((q) => (q as HTMLElement).offsetParent !== null && !q.classList.contains('idle'));
  focusFirst(next ?? null);
}

const UNITS: Record<string, string> = {
  Cel: '°C', '[degF]': '°F', '[lb_av]': 'lb', '[oz_av]': 'oz', '[stone_av]': 'st', '[in_i]': 'in', '[ft_i]': 'ft',
    'mm[Hg]': 'mmHg',
  'mL/min/{1.73_m2}': 'mL/min/1.73 m²', '10*9/L': '10⁹/L', deg: '°', '1': '',
};

/** A UCUM code as people write it. */
export const unitWord = (code: string | undefined): string => (code === undefined ? '' : UNITS[code] ?? code);

/** "remission_over_5y" as words. */
export function codeWord(code: string): string {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
