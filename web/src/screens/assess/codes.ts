// SPDX-License-Identifier: Apache-2.0
// The code systems of docs/case.md, and small makers of FHIR's parts.
import type { CodeableConcept } from '../../api/fhir';

const BASE = 'https://enthesis.org/fhir/CodeSystem/';
export const FACT = `${BASE}fact`;
export const VALUE = `${BASE}value`;
export const EXAM = `${BASE}exam`;
export const SITE = `${BASE}site`;
export const REGION = `${BASE}region`;
export const SIDE = `${BASE}side`;
export const INSTRUMENT = `${BASE}instrument`;
export const CONDITION = `${BASE}condition`;
export const LIST = `${BASE}list`;
export const RULE = `${BASE}rule`;
const HL7 = 'http://terminology.hl7.org/CodeSystem/';
export const CLINICAL = `${HL7}condition-clinical`;
export const VERIFICATION = `${HL7}condition-ver-status`;
export const CATEGORY = `${HL7}condition-category`;
export const ALLERGY_CLINICAL = `${HL7}allergyintolerance-clinical`;
export const ALLERGY_VERIFICATION = `${HL7}allergyintolerance-verification`;
export const ABSENT = `${HL7}data-absent-reason`;
export const UCUM = 'http://unitsofmeasure.org';

export const NO_DRUG = 'no-current-medication';
export const NO_ALLERGY = 'no-known-allergy';

export function concept(system: string, code: string, text?: string): CodeableConcept {
  return text ? { coding: [{ system, code }], text } : { coding: [{ system, code }] };
}

export function quantity(value: number, unit: string) {
  return { value, unit, system: UCUM, code: unit };
}

/** Where on the body: a region or a site, and a side. */
export function bodySite(system: string, code: string | undefined,
  side: string | undefined): CodeableConcept | undefined {
  const coding = [
    ...(code ? [{ system, code }] : []),
    ...(side ? [{ system: SIDE, code: side }] : []),
  ];
  return coding.length ? { coding } : undefined;
}

export function hasCode(value: unknown, system: string, code: string): boolean {
  const c = value as CodeableConcept | undefined;
  return Boolean(c?.coding?.some((x) => x.system === system && x.code === code));
}

/** 32 hexadecimal digits that follow from the text: the id of what one person says of one thing on
 * one day. Two who write it at once meet at one address, and the second is told. */
export function stableId(text: string): string {
  const mixed = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35].map((seed, lane) => {
    let h = seed;
    for (let i = 0; i < text.length; i++) {
      h = Math.imul(h ^ text.charCodeAt(i) ^ (lane << 8), 0x01000193 + 2 * lane);
      h ^= h >>> 15;
    }
    h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
    h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
    return ((h ^ (h >>> 16)) >>> 0).toString(16).padStart(8, '0');
  });
  return mixed.join('');
}
