// SPDX-License-Identifier: Apache-2.0
// A Patient as the fields of a form, and back. What the form does not show stays as it is.
import type { Patient } from '../../api/fhir';

export interface Person {
  given: string;
  family: string;
  /** A name that was never split; then given and family stay empty. */
  full: string;
  birthDate: string;
  gender: string;
  identifier: string;
  phone: string;
  language: string;
}

export const NOBODY: Person = { given: '', family: '', full: '', birthDate: '', gender: '', identifier: '',
  phone: '', language: '' };

interface Spoken { language?: { coding?: { system?: string; code?: string }[] }; preferred?: boolean }
const BCP47 = 'urn:ietf:bcp:47';

export const isSplit = (p: Patient | undefined): boolean => !p?.name?.[0]?.text || Boolean(p.name[0].family);

export function personOf(p: Patient): Person {
  const name = p.name?.[0];
  const spoken = (p.communication as Spoken[] | undefined)?.[0];
  return {
    given: isSplit(p) ? (name?.given ?? []).join(' ') : '',
    family: isSplit(p) ? name?.family ?? '' : '',
    full: isSplit(p) ? '' : name?.text ?? '',
    birthDate: p.birthDate ?? '',
    gender: p.gender ?? '',
    identifier: p.identifier?.[0]?.value ?? '',
    phone: p.telecom?.find((x) => x.system === 'phone')?.value ?? '',
    language: spoken?.language?.coding?.[0]?.code ?? '',
  };
}

function nameFor(form: Person): object {
  const given = form.given.trim().split(/\s+/).filter(Boolean);
  const family = form.family.trim();
  if (!family) return { text: form.full.trim() };
  return { text: [...given, family].join(' '), family, ...(given.length ? { given } : {}) };
}

/** The first of a list replaced, or taken out. */
function first<T>(list: readonly T[] | undefined, isFirst: (x: T) => boolean, next: T | undefined): T[] {
  const others = (list ?? []).filter((_, i, all) => i !== all.findIndex(isFirst));
  return next ? [next, ...others] : others;
}

export function patientFrom(form: Person, before?: Patient): Patient {
  const { meta: _meta, ...kept } = before ?? { resourceType: 'Patient' as const };
  const was = before ? personOf(before) : NOBODY;
  const same = (key: keyof Person): boolean => form[key] === was[key];
  const next: Patient = { ...kept, resourceType: 'Patient' };
  if (!(same('given') && same('family') && same('full'))) next.name = [{ ...nameFor(form) },
    ...(before?.name?.slice(1) ?? [])];
  next.birthDate = form.birthDate || undefined;
  next.gender = form.gender || undefined;
  if (!same('identifier')) {
    const value = form.identifier.trim();
    next.identifier = first(before?.identifier, () => true,
      value ? { ...before?.identifier?.[0], value } : undefined);
  }
  if (!same('phone')) {
    const value = form.phone.trim();
    next.telecom = first(before?.telecom, (x) => x.system === 'phone',
      value ? { system: 'phone', value } : undefined);
  }
  if (!same('language')) {
    const spoken: Spoken | undefined = form.language
      ? { language: { coding: [{ system: BCP47, code: form.language }] }, preferred: true } : undefined;
    next.communication = first(before?.communication as Spoken[] | undefined, () => true, spoken);
  }
  for (const key of ['identifier', 'telecom',
    'communication']) if ((next[key] as unknown[] | undefined)?.length === 0) delete next[key];
  return JSON.parse(JSON.stringify(next)) as Patient;
}

export function missingOf(form: Person, today: string): Partial<Record<keyof Person, 'needed' | 'future'>> {
  return {
    ...(form.family.trim() || form.full.trim() ? {} : { family: 'needed' as const }),
    ...(form.birthDate ? (form.birthDate > today ? { birthDate: 'future' as const } : {})
      : { birthDate: 'needed' as const }),
    ...(form.gender ? {} : { gender: 'needed' as const }),
  };
}
