// SPDX-License-Identifier: Apache-2.0
// A licence and whether it is valid, in words.
import { daysBetween, formatDate, today } from '../../format';
import { t, tIf } from '../../text';
import { Status } from '../../ui/Status';
import { formOf, type Person } from './api';

const SOON_DAYS = 60; // long enough to renew a licence

export function Licence({ person }: { person: Person | undefined }) {
  if (!person) return <span class="soft">–</span>;
  const { licence, until } = formOf(person);
  if (!licence || !until) return <Status kind="unknown">{t('admin.no_licence')}</Status>;
  const left = daysBetween(today(), until);
  const kind = left < 0 ? 'danger' : left < SOON_DAYS ? 'warn' : 'good';
  const text = left < 0 ? t('admin.licence_over', { date: formatDate(until) }) : t('admin.licence_until', { date: formatDate(until) });
  return <span><code>{licence}</code> <Status kind={kind}>{text}</Status></span>;
}

export const privilegeName = (code: string): string => tIf(`admin.privilege.${code}`, code.replace(/_/g, ' '));
