// SPDX-License-Identifier: Apache-2.0
// A session as the resources that the server keeps (docs/api.md, "A session"), made and read here.
import { codeOf, extensionOf, idOf, type CodeableConcept, type Extension, type Quantity, type Reference, type Resource } from '../../api/fhir';
import { today } from '../../format';
import type { Sheet, SheetMix, SheetSite } from './sheet';
import { VITALS, type Vital, type Vitals } from './vitals';

const BASE = 'https://enthesis.org/fhir/';
const SITE = `${BASE}CodeSystem/site`;
const SIDE = `${BASE}CodeSystem/side`;
const STOCK = `${BASE}CodeSystem/stock`;
const HARM = `${BASE}CodeSystem/adverse-event`;
const VIAL = `${BASE}NamingSystem/vial`;
const GUIDANCE = `${BASE}StructureDefinition/session-guidance`;
const VOLUME = `${BASE}StructureDefinition/session-volume`;
const DEXTROSE = `${BASE}StructureDefinition/session-dextrose`;
const LIDOCAINE = `${BASE}StructureDefinition/session-lidocaine`;
const GRADE = `${BASE}StructureDefinition/session-ae-grade`;
const DETAIL = `${BASE}StructureDefinition/injection-`;
const GTIN = 'https://www.gs1.org/gtin';
const UCUM = 'http://unitsofmeasure.org';

/** Now, on the server's day: a server that was started for another day has its session there. */
export function now(): string {
  const at = new Date();
  const here = new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
  return here === today() ? at.toISOString() : `${today()}T${at.toISOString().slice(11)}`;
}

export const later = (instant: string, minutes: number): string => new Date(Date.parse(instant) + minutes * 60_000).toISOString();

export const refTo = (type: string, id: string): Reference => ({ reference: `${type}/${id}` });

function quantity(value: number, unit: string): Quantity {
  return { value: Number(value.toFixed(4)), unit, system: UCUM, code: unit };
}

/** Letters and digits, no two alike. */
export const newId = (): string => crypto.randomUUID().replaceAll('-', '').slice(0, 20);

function siteConcept(site: SheetSite): CodeableConcept {
  return { coding: [{ system: SITE, code: site.site }, { system: SIDE, code: site.side }], text: `${site.structure}, ${site.side}` };
}

/* The session itself */

export interface Begin { sheet: Sheet; patient: string; practitioner: string | undefined }

export function newProcedure({ sheet, patient, practitioner }: Begin, id: string): Resource {
  return {
    resourceType: 'Procedure',
    id,
    extension: [...new Set(sheet.sites.map((s) => s.guidance))].map((code) => ({ url: GUIDANCE, valueCode: code })),
    ...(sheet.plan ? { basedOn: [refTo('CarePlan', sheet.plan)] } : {}),
    status: 'in-progress',
    code: { coding: [{ system: `${BASE}CodeSystem/procedure`, code: 'prolotherapy-session' }], text: 'Prolotherapy session' },
    subject: refTo('Patient', patient),
    performedPeriod: { start: now() },
    ...(practitioner ? { performer: [{ actor: refTo('Practitioner', practitioner) }] } : {}),
    bodySite: sheet.sites.map(siteConcept),
  };
}

export interface Sums { volume_ml: number; dextrose_g: number; lidocaine_mg: number; grade: number }

/** What later plans and reviews read of it: amounts of the whole and of each site, harm, its end. */
export function closedProcedure(procedure: Resource, given: readonly Given[], sheet: Sheet, sums: Sums): Resource {
  const used = [...new Set(given.map((g) => g.guidance))];
  const sites = sheet.sites.filter((s) => given.some((g) => g.site === s.site && g.side === s.side));
  return {
    ...procedure,
    extension: [
      { url: VOLUME, valueQuantity: quantity(sums.volume_ml, 'mL') },
      { url: DEXTROSE, valueQuantity: quantity(sums.dextrose_g, 'g') },
      { url: LIDOCAINE, valueQuantity: quantity(sums.lidocaine_mg, 'mg') },
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
  (procedure.performedPeriod as { start?: string } | undefined)?.start ?? (procedure.performedDateTime as string | undefined) ?? '';

export const planOf = (procedure: Resource): string | undefined => idOf((procedure.basedOn as Reference[] | undefined)?.[0]);

/* Checklist: the answers, and what was noted with them */

export interface Answer { value?: boolean; notes: Record<string, string> }
export type Answers = ReadonlyMap<string, Answer>;

interface QrAnswer { valueBoolean?: boolean; valueString?: string; item?: QrItem[] }
interface QrItem { linkId: string; answer?: QrAnswer[]; item?: QrItem[] }

export const checklistId = (session: string): string => `${session}-checklist`;

export function readAnswers(response: Resource | undefined): Answers {
  const out = new Map<string, Answer>();
  for (const item of (response?.item as QrItem[] | undefined) ?? []) {
    const notes: Record<string, string> = {};
    for (const inner of item.item ?? item.answer?.[0]?.item ?? []) notes[inner.linkId.slice(item.linkId.length + 1)] = inner.answer?.[0]?.valueString ?? '';
    const value = item.answer?.[0]?.valueBoolean;
    out.set(item.linkId, value === undefined ? { notes } : { value, notes });
  }
  return out;
}

export function newResponse(session: string, patient: string, answers: Answers, status: 'in-progress' | 'completed'): Resource {
  const items = [...answers].sort(([a], [b]) => (a < b ? -1 : 1)).map(([linkId, a]) => {
    const notes = Object.entries(a.notes).filter(([, text]) => text !== '');
    const inner = notes.map(([name, text]) => ({ linkId: `${linkId}.${name}`, answer: [{ valueString: text }] }));
    const more = inner.length > 0 ? { item: inner } : {};
    // FHIR: what hangs on an answer stands below it, else below the item.
    return (a.value === undefined ? { linkId, ...more } : { linkId, answer: [{ valueBoolean: a.value, ...more }] }) as QrItem;
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
    all.set(id, { value: answer.value ?? all.get(id)?.value, notes: { ...all.get(id)?.notes, ...answer.notes } });
  }
  const session = idOf((mine.partOf as Reference[])[0]) ?? '';
  return newResponse(session, idOf(mine.subject as Reference) ?? '', all, mine.status as 'in-progress');
}

/* Stock */

export interface Vial { id: string; stock: string; lot: string; expiry: string; gtin?: string; isUsable: boolean }

export function readVial(m: Resource): Vial {
  const batch = m.batch as { lotNumber?: string; expirationDate?: string } | undefined;
  const gtin = (m.identifier as { system?: string; value?: string }[] | undefined)?.find((i) => i.system === GTIN)?.value;
  const vial: Vial = {
    id: m.id ?? '',
    stock: codeOf(m.code as CodeableConcept, STOCK) ?? '',
    lot: batch?.lotNumber ?? '',
    expiry: batch?.expirationDate ?? '',
    isUsable: (m.status ?? 'active') === 'active',
  };
  return gtin ? { ...vial, gtin } : vial;
}

export interface NewVial { stock: string; title: string; lot: string; expiry: string; gtin?: string | undefined; serial?: string | undefined }

export function newVial(id: string, v: NewVial): Resource {
  const own = v.gtin && v.serial ? `${v.gtin}.${v.serial}` : id;
  return {
    resourceType: 'Medication',
    id,
    identifier: [{ system: VIAL, value: own }, ...(v.gtin ? [{ system: GTIN, value: v.gtin }] : [])],
    code: { coding: [{ system: STOCK, code: v.stock }], text: v.title },
    status: 'active',
    batch: { lotNumber: v.lot, ...(v.expiry ? { expirationDate: v.expiry } : {}) },
  };
}

export const mixId = (session: string, label: string): string => `${session}-mix-${label}`;

/** A syringe drawn up of vials: what of each is in one mL, and until when it may be used. */
export function newMix(session: string, mix: SheetMix, vials: ReadonlyMap<string, string>, minutes: number): Resource {
  return {
    resourceType: 'Medication',
    id: mixId(session, mix.label),
    code: { text: `Syringe ${mix.label}` },
    status: 'active',
    ingredient: mix.parts.map((p) => ({
      itemReference: refTo('Medication', vials.get(p.stock) ?? ''),
      strength: { numerator: quantity(p.ml / mix.ml, 'mL'), denominator: quantity(1, 'mL') },
    })),
    batch: { expirationDate: later(now(), minutes) },
  };
}

export function readMix(m: Resource): { useBy: string; vials: string[] } {
  const parts = (m.ingredient as { itemReference?: Reference }[] | undefined) ?? [];
  return { useBy: (m.batch as { expirationDate?: string } | undefined)?.expirationDate ?? '', vials: parts.flatMap((p) => idOf(p.itemReference) ?? []) };
}

/* What was given */

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

export const administrationId = (session: string, s: { site: string; side: string }): string => `${session}-${s.site}-${s.side}`;

const detail = (name: string, text: string): Extension[] => (text ? [{ url: DETAIL + name, valueString: text }] : []);

export interface Where { session: string; patient: string; practitioner: string | undefined }

export function newAdministration(w: Where, site: SheetSite, g: Given, status: 'completed' | 'not-done' | 'entered-in-error'): Resource {
  return {
    resourceType: 'MedicationAdministration',
    id: administrationId(w.session, site),
    extension: [
      ...detail('needle', g.needle), ...detail('reaction', g.reaction), ...detail('points', String(site.points)),
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

const detailOf = (a: Resource, name: string): string => (extensionOf(a, `injection-${name}`)?.valueString as string | undefined) ?? '';

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

/* Vital signs and harm */

export function newVitals(w: Where, when: 'before' | 'after', vitals: Vitals): Resource[] {
  return (Object.entries(vitals) as [Vital, number][]).map(([vital, value]) => ({
    resourceType: 'Observation',
    id: `${w.session}-${when}-${vital.replace('_', '-')}`,
    partOf: [refTo('Procedure', w.session)],
    status: 'final',
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] }],
    code: { coding: [{ system: 'http://loinc.org', code: VITALS[vital].loinc }] },
    subject: refTo('Patient', w.patient),
    effectiveDateTime: now(),
    valueQuantity: quantity(value, VITALS[vital].unit),
  }));
}

export function readVitals(resources: Iterable<Resource>, session: string, when: 'before' | 'after'): Vitals {
  const out: Vitals = {};
  for (const r of resources) {
    const name = r.id?.startsWith(`${session}-${when}-`) ? (r.id.slice(`${session}-${when}-`.length).replace('-', '_') as Vital) : undefined;
    if (name && name in VITALS && r.resourceType === 'Observation') out[name] = (r.valueQuantity as Quantity | undefined)?.value ?? NaN;
  }
  return out;
}

export interface Harm { code: string; title: string; grade: number; isSerious: boolean; note: string }

export function newHarm(w: Where, h: Harm): Resource {
  return {
    resourceType: 'AdverseEvent',
    id: `${w.session}-${newId().slice(0, 8)}`,
    extension: [{ url: GRADE, valueInteger: h.grade }],
    actuality: 'actual',
    event: { coding: [{ system: HARM, code: h.code }], text: h.note ? `${h.title}: ${h.note}` : h.title },
    subject: refTo('Patient', w.patient),
    date: now(),
    recordedDate: now(),
    seriousness: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/adverse-event-seriousness', code: h.isSerious ? 'serious' : 'non-serious' }] },
    suspectEntity: [{ instance: refTo('Procedure', w.session) }],
  };
}

export const gradeOf = (event: Resource): number => (extensionOf(event, 'session-ae-grade')?.valueInteger as number | undefined) ?? 0;
