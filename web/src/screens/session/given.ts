// SPDX-License-Identifier: Apache-2.0
// What was given at each site, or why it was not.
import {
  codeOf,
  extensionOf,
  idOf,
  type CodeableConcept,
  type Extension,
  type Quantity,
  type Reference,
  type Resource,
} from '../../api/fhir';
import { SITE, SIDE, GUIDANCE, DETAIL, refTo, quantity, siteConcept } from './codes';
import { mixId } from './vials';
import type { SheetSite } from './sheet';

export interface Given {
  site: string;
  side: string;
  ml: number;
  mix: string;
  needle: string;
  guidance: string;
  reaction: string;
  /** Skipped: why. */
  reason?: string;
  at: string;
}

export const administrationId = (session: string, s: { site: string; side: string }): string =>
  `${session}-${s.site}-${s.side}`;

const detail = (name: string, text: string): Extension[] =>
  text ? [{ url: DETAIL + name, valueString: text }] : [];

export interface Where {
  session: string;
  patient: string;
  practitioner: string | undefined;
}

export function newAdministration(
  w: Where,
  site: SheetSite,
  g: Given,
  status: 'completed' | 'not-done' | 'entered-in-error',
): Resource {
  return {
    resourceType: 'MedicationAdministration',
    id: administrationId(w.session, site),
    extension: [
      ...detail('needle', g.needle),
      ...detail('reaction', g.reaction),
      ...detail('points', String(site.points)),
      { url: GUIDANCE, valueCode: g.guidance },
    ],
    partOf: [refTo('Procedure', w.session)],
    status,
    ...(status === 'not-done' ? { statusReason: [{ text: g.reason ?? '' }] } : {}),
    medicationReference: refTo('Medication', mixId(w.session, g.mix)),
    subject: refTo('Patient', w.patient),
    effectiveDateTime: g.at,
    ...(w.practitioner ? { performer: [{ actor: refTo('Practitioner', w.practitioner) }] } : {}),
    dosage: { site: siteConcept(site), dose: quantity(status === 'not-done' ? 0 : g.ml, 'mL') },
  };
}

const detailOf = (a: Resource, name: string): string =>
  (extensionOf(a, `injection-${name}`)?.valueString as string | undefined) ?? '';

export function readGiven(a: Resource): Given {
  const dosage = a.dosage as { site?: CodeableConcept; dose?: Quantity } | undefined;
  const reason = (a.statusReason as CodeableConcept[] | undefined)?.[0]?.text;
  const given: Given = {
    site: codeOf(dosage?.site, SITE) ?? '',
    side: codeOf(dosage?.site, SIDE) ?? '',
    ml: dosage?.dose?.value ?? 0,
    mix: (idOf(a.medicationReference as Reference) ?? '').split('-mix-')[1] ?? '',
    needle: detailOf(a, 'needle'),
    guidance: (extensionOf(a, 'session-guidance')?.valueCode as string | undefined) ?? '',
    reaction: detailOf(a, 'reaction'),
    at: (a.effectiveDateTime as string | undefined) ?? '',
  };
  return reason === undefined ? given : { ...given, reason };
}
