// SPDX-License-Identifier: Apache-2.0
// The session itself: a Procedure, in progress until it is signed.
import { idOf, type Extension, type Reference, type Resource } from '../../api/fhir';
import {
  BASE,
  GUIDANCE,
  VOLUME,
  DEXTROSE,
  LIDOCAINE,
  GRADE,
  now,
  refTo,
  quantity,
  siteConcept,
} from './codes';
import { type Given } from './given';
import type { Sheet } from './sheet';

export interface Begin {
  sheet: Sheet;
  patient: string;
  practitioner: string | undefined;
}

export function newProcedure({ sheet, patient, practitioner }: Begin, id: string): Resource {
  return {
    resourceType: 'Procedure',
    id,
    extension: [...new Set(sheet.sites.map((s) => s.guidance))].map((code) => ({
      url: GUIDANCE,
      valueCode: code,
    })),
    ...(sheet.plan ? { basedOn: [refTo('CarePlan', sheet.plan)] } : {}),
    status: 'in-progress',
    code: {
      coding: [{ system: `${BASE}CodeSystem/procedure`, code: 'prolotherapy-session' }],
      text: 'Prolotherapy session',
    },
    subject: refTo('Patient', patient),
    performedPeriod: { start: now() },
    ...(practitioner ? { performer: [{ actor: refTo('Practitioner', practitioner) }] } : {}),
    bodySite: sheet.sites.map(siteConcept),
  };
}

/** undefined: not known, and then not written; nothing given is 0. */
export interface Sums {
  volume_ml: number | undefined;
  dextrose_g: number | undefined;
  lidocaine_mg: number | undefined;
  grade: number;
}

const amount = (url: string, value: number | undefined, unit: string): Extension[] =>
  value === undefined ? [] : [{ url, valueQuantity: quantity(value, unit) }];

/** What later plans and reviews read of it: amounts of the whole and of each site, harm, end. */
export function closedProcedure(
  procedure: Resource,
  given: readonly Given[],
  sheet: Sheet,
  sums: Sums,
): Resource {
  const used = [...new Set(given.map((g) => g.guidance))];
  const sites = sheet.sites.filter((s) =>
    given.some((g) => g.site === s.site && g.side === s.side),
  );
  return {
    ...procedure,
    extension: [
      ...amount(VOLUME, sums.volume_ml, 'mL'),
      ...amount(DEXTROSE, sums.dextrose_g, 'g'),
      ...amount(LIDOCAINE, sums.lidocaine_mg, 'mg'),
      { url: GRADE, valueInteger: sums.grade },
      ...used.map((code) => ({ url: GUIDANCE, valueCode: code })),
    ],
    performedPeriod: { start: startOf(procedure), end: now() },
    bodySite: sites.map((s) => {
      const ml = given.find((g) => g.site === s.site && g.side === s.side)?.ml ?? 0;
      return {
        ...siteConcept(s),
        extension: [
          { url: VOLUME, valueQuantity: quantity(ml, 'mL') },
          { url: DEXTROSE, valueQuantity: quantity((ml * s.percent) / 100, 'g') },
        ],
      };
    }),
  };
}

export const startOf = (procedure: Resource): string =>
  (procedure.performedPeriod as { start?: string } | undefined)?.start ??
  (procedure.performedDateTime as string | undefined) ??
  '';

export const planOf = (procedure: Resource): string | undefined =>
  idOf((procedure.basedOn as Reference[] | undefined)?.[0]);
