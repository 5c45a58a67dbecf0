// SPDX-License-Identifier: Apache-2.0
// Vital signs and harm of a session.
import { extensionOf, type Quantity, type Resource } from '../../api/fhir';
import { HARM, GRADE, now, refTo, quantity, newId } from './codes';
import { type Where } from './given';
import { VITALS, type Vital, type Vitals } from './vitals';

export function newVitals(w: Where, when: 'before' | 'after', vitals: Vitals): Resource[] {
  return (Object.entries(vitals) as [Vital, number][]).map(([vital, value]) => ({
    resourceType: 'Observation',
    id: `${w.session}-${when}-${vital.replace('_', '-')}`,
    partOf: [refTo('Procedure', w.session)],
    status: 'final',
    category: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/observation-category',
            code: 'vital-signs',
          },
        ],
      },
    ],
    code: { coding: [{ system: 'http://loinc.org', code: VITALS[vital].loinc }] },
    subject: refTo('Patient', w.patient),
    effectiveDateTime: now(),
    valueQuantity: quantity(value, VITALS[vital].unit),
  }));
}

export function readVitals(
  resources: Iterable<Resource>,
  session: string,
  when: 'before' | 'after',
): Vitals {
  const out: Vitals = {};
  for (const r of resources) {
    const name = r.id?.startsWith(`${session}-${when}-`)
      ? (r.id.slice(`${session}-${when}-`.length).replace('-', '_') as Vital)
      : undefined;
    if (name && name in VITALS && r.resourceType === 'Observation')
      out[name] = (r.valueQuantity as Quantity | undefined)?.value ?? NaN;
  }
  return out;
}

export interface Harm {
  code: string;
  title: string;
  grade: number;
  isSerious: boolean;
  note: string;
}

export function newHarm(w: Where, h: Harm): Resource {
  return {
    resourceType: 'AdverseEvent',
    id: `${w.session}-${newId().slice(0, 8)}`,
    extension: [{ url: GRADE, valueInteger: h.grade }],
    actuality: 'actual',
    event: {
      coding: [{ system: HARM, code: h.code }],
      text: h.note ? `${h.title}: ${h.note}` : h.title,
    },
    subject: refTo('Patient', w.patient),
    date: now(),
    recordedDate: now(),
    seriousness: {
      coding: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/adverse-event-seriousness',
          code: h.isSerious ? 'serious' : 'non-serious',
        },
      ],
    },
    suspectEntity: [{ instance: refTo('Procedure', w.session) }],
  };
}

export const gradeOf = (event: Resource): number =>
  (extensionOf(event, 'session-ae-grade')?.valueInteger as number | undefined) ?? 0;
