// SPDX-License-Identifier: Apache-2.0
// Codes, units and small builders that the resources of a session share.
import type { CodeableConcept, Quantity, Reference } from '../../api/fhir';
import { today } from '../../format';
import type { SheetSite } from './sheet';

export const BASE = 'https://enthesis.org/fhir/';
export const SITE = `${BASE}CodeSystem/site`;
export const SIDE = `${BASE}CodeSystem/side`;
export const STOCK = `${BASE}CodeSystem/stock`;
export const HARM = `${BASE}CodeSystem/adverse-event`;
export const VIAL = `${BASE}NamingSystem/vial`;
export const GUIDANCE = `${BASE}StructureDefinition/session-guidance`;
export const VOLUME = `${BASE}StructureDefinition/session-volume`;
export const DEXTROSE = `${BASE}StructureDefinition/session-dextrose`;
export const LIDOCAINE = `${BASE}StructureDefinition/session-lidocaine`;
export const GRADE = `${BASE}StructureDefinition/session-ae-grade`;
export const DETAIL = `${BASE}StructureDefinition/injection-`;
export const GTIN = 'https://www.gs1.org/gtin';
export const UCUM = 'http://unitsofmeasure.org';

/** Now, on the server's day: a server that was started for another day has its session there. */
export function now(): string {
  const at = new Date();
  const here = new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
  return here === today() ? at.toISOString() : `${today()}T${at.toISOString().slice(11)}`;
}

export const later = (instant: string, minutes: number): string =>
  new Date(Date.parse(instant) + minutes * 60_000).toISOString();

export const refTo = (type: string, id: string): Reference => ({ reference: `${type}/${id}` });

export function quantity(value: number, unit: string): Quantity {
  return { value: Number(value.toFixed(4)), unit, system: UCUM, code: unit };
}

/** Letters and digits, no two alike. */
export const newId = (): string => crypto.randomUUID().replaceAll('-', '').slice(0, 20);

export function siteConcept(site: SheetSite): CodeableConcept {
  return {
    coding: [
      { system: SITE, code: site.site },
      { system: SIDE, code: site.side },
    ],
    text: `${site.structure}, ${site.side}`,
  };
}
