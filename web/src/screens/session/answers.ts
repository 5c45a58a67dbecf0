// SPDX-License-Identifier: Apache-2.0
// The checklist: the answers, and what was noted with them.
import { idOf, type Reference, type Resource } from '../../api/fhir';
import { BASE, refTo } from './codes';

export interface Answer {
  value?: boolean;
  notes: Record<string, string>;
}
export type Answers = ReadonlyMap<string, Answer>;

interface QrAnswer {
  valueBoolean?: boolean;
  valueString?: string;
  item?: QrItem[];
}
interface QrItem {
  linkId: string;
  answer?: QrAnswer[];
  item?: QrItem[];
}

export const checklistId = (session: string): string => `${session}-checklist`;

export function readAnswers(response: Resource | undefined): Answers {
  const out = new Map<string, Answer>();
  for (const item of (response?.item as QrItem[] | undefined) ?? []) {
    const notes: Record<string, string> = {};
    for (const inner of item.item ?? item.answer?.[0]?.item ?? [])
      notes[inner.linkId.slice(item.linkId.length + 1)] = inner.answer?.[0]?.valueString ?? '';
    const value = item.answer?.[0]?.valueBoolean;
    out.set(item.linkId, value === undefined ? { notes } : { value, notes });
  }
  return out;
}

export function newResponse(
  session: string,
  patient: string,
  answers: Answers,
  status: 'in-progress' | 'completed',
): Resource {
  const items = [...answers]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([linkId, a]) => {
      const notes = Object.entries(a.notes).filter(([, text]) => text !== '');
      const inner = notes.map(([name, text]) => ({
        linkId: `${linkId}.${name}`,
        answer: [{ valueString: text }],
      }));
      const more = inner.length > 0 ? { item: inner } : {};
      // FHIR: what hangs on an answer stands below it, else below the item.
      return (
        a.value === undefined
          ? { linkId, ...more }
          : { linkId, answer: [{ valueBoolean: a.value, ...more }] }
      ) as QrItem;
    });
  return {
    resourceType: 'QuestionnaireResponse',
    id: checklistId(session),
    questionnaire: `${BASE}Questionnaire/session-checklist`,
    partOf: [refTo('Procedure', session)],
    status,
    subject: refTo('Patient', patient),
    ...(items.length > 0 ? { item: items } : {}),
  };
}

/** Answers of both, mine where both answered. */
export function mergeAnswers(mine: Resource, theirs: Resource): Resource {
  const all = new Map(readAnswers(theirs));
  for (const [id, answer] of readAnswers(mine)) {
    all.set(id, {
      value: answer.value ?? all.get(id)?.value,
      notes: { ...all.get(id)?.notes, ...answer.notes },
    });
  }
  const session = idOf((mine.partOf as Reference[])[0]) ?? '';
  return newResponse(
    session,
    idOf(mine.subject as Reference) ?? '',
    all,
    mine.status as 'in-progress',
  );
}
