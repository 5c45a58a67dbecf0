// SPDX-License-Identifier: Apache-2.0
// Words of the diary that are put together from parts.
import { formatClock, formatWeekday } from '../../format';
import { t, tIf } from '../../text';
import type { DiaryData, Question } from './types';

/** The plain words for a symptom; the server's question for one that the catalogue lacks. */
export function symptom(id: string, questions: readonly Question[]): string {
  const asked = questions.find((q) => q.id === id);
  return tIf(`diary.sx.${id}`, asked?.question ?? asked?.title ?? id);
}

/** The same as something that was said, not asked. */
export const said = (id: string, questions: readonly Question[]): string =>
  tIf(`diary.said.${id}`, symptom(id, questions));

/** "your right knee"; "the treated area" when it is not known. */
export function place(diary: DiaryData): string {
  if (!diary.region) return t('diary.place.unknown');
  const region = tIf(`diary.region.${diary.region}`, diary.region);
  const side =
    diary.side && diary.side !== 'midline' ? tIf(`diary.side.${diary.side}`, diary.side) : '';
  return t('diary.place.known', { side, region }).replace(/\s+/g, ' ');
}

/** A number on a telephone's keys; "tel:" takes no blanks. */
export const telOf = (number: string): string => `tel:${number.replace(/[^\d+*#]/g, '')}`;

/** Lines to fill in by hand are for paper: here they say whose number it would be. */
export function onScreen(text: string, id = ''): string {
  const whose = id.startsWith('call.now')
    ? t('diary.whose_emergency')
    : id === 'call.closed'
      ? t('diary.whose_closed')
      : t('diary.whose_clinic');
  return text.replace(/_{4,}/g, whose);
}

/** Day and, where the booking has one, the hour. */
export function nextWords(diary: DiaryData): string {
  if (!diary.next_session) return t('diary.next_none');
  const hour =
    diary.next_start && diary.next_start.length > 10 ? formatClock(diary.next_start) : '';
  const day = formatWeekday(diary.next_session);
  if (!diary.next_start) return t('diary.next_planned', { day });
  return hour ? t('diary.next_at', { day, hour }) : day;
}
