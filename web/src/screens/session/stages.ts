// SPDX-License-Identifier: Apache-2.0
// The stages of a session and when one is finished. Each can be gone back to until the signature.
import { FIRST_PHASES, isAnswered, type Session } from './useSession';
import type { SheetItem } from './sheet';

export const STAGES = [
  'checklist',
  'timeout',
  'mixing',
  'sites',
  'watch',
  'discharge',
  'sign',
] as const;
export type Stage = (typeof STAGES)[number];

/** The checklist's lines of a stage, by their phase. */
const PHASES: Partial<Record<Stage, string[]>> = {
  checklist: FIRST_PHASES,
  timeout: ['time_out'],
  mixing: ['preparation'],
  sites: ['asepsis', 'injection', 'guidance', 'tally'],
  watch: ['observe'],
  discharge: ['after', 'discharge'],
};

export function itemsOf(s: Session, stage: Stage): SheetItem[] {
  const phases = PHASES[stage] ?? [];
  return s.sheet.checklist.filter((i) => phases.includes(i.phase));
}

/** What a stage still lacks, by key of the texts; empty: it is finished. */
export function missing(s: Session, stage: Stage): string[] {
  const out: string[] = [];
  const isOpen = itemsOf(s, stage).some((i) => !isAnswered(i, s.answers));
  if (stage === 'checklist' && s.before.systolic === undefined) out.push('vitals');
  if (stage === 'mixing' && s.sheet.mixes.some((m) => !s.mixes.has(m.label))) out.push('mixes');
  if (stage === 'sites' && s.sites.some((x) => !x.given)) out.push('sites');
  if (stage === 'sites' && s.sites.every((x) => !x.given || x.isSkipped)) out.push('nothing_given');
  if (stage === 'watch' && s.after.systolic === undefined) out.push('vitals');
  if (isOpen) out.push('lines');
  return stage === 'sign' ? [] : out;
}

export const isFinished = (s: Session, stage: Stage): boolean =>
  stage !== 'sign' && missing(s, stage).length === 0;

/** The first that is not finished. */
export const present = (s: Session): Stage =>
  STAGES.find((stage) => !isFinished(s, stage)) ?? 'sign';
