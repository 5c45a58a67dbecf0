// SPDX-License-Identifier: Apache-2.0
// What was typed, as resources (docs/case.md) and as entries of one transaction. What stands in the
// record of the same day is written over in its version; anything else is new, under an id that
// follows from what it says of whom and when: nobody's value is overwritten unseen.
import type { BundleEntry, Resource } from '../../api/fhir';
import {
  ABSENT, ALLERGY_CLINICAL, ALLERGY_VERIFICATION, bodySite, CATEGORY, CLINICAL, concept, CONDITION, EXAM, FACT,
    hasCode,
  INSTRUMENT, LIST, NO_ALLERGY, NO_DRUG, quantity, REGION, SIDE, SITE, stableId, VALUE, VERIFICATION,
} from './codes';
import type { Answer, Fact, ListChange, ListKind, Place, ProblemAnswer, Questions, Record_, Typed } from './types';

/** An entry, and which question it answers. */
export interface Written { key: string; entry: BundleEntry }

interface Scene {
  patient: string;
  questions: Questions;
  record: Record_;
  region?: string;
  side?: string;
}

const subject = (patient: string) => ({ reference: `Patient/${patient}` });

/** Over the version that was seen, or new under a stable id. */
function put(resource: Resource, seen: Place | undefined, name: string): BundleEntry {
  if (seen?.resource) {
    const id = seen.resource.split('/')[1] ?? '';
    const request = { method: 'PUT', url: seen.resource, ifMatch: `W/"${seen.version}"` };
    return { resource: { ...resource, id }, request };
  }
  const id = stableId(name);
  return { resource: { ...resource, id }, request: { method: 'PUT', url: `${resource.resourceType}/${id}`,
    ifNoneMatch: '*' } };
}

function observation(scene: Scene, code: unknown, answer: Answer): Resource {
  return {
    resourceType: 'Observation', status: 'final', code, subject: subject(scene.patient),
      effectiveDateTime: answer.day,
    ...(answer.value === null ? { dataAbsentReason: concept(ABSENT, 'asked-unknown') } : {}),
  };
}

function factValue(fact: Fact, answer: Answer): object {
  if (answer.value === null) return {};
  if (fact.type === 'bool') return { valueBoolean: answer.value };
  if (fact.type === 'date') return { valueDateTime: answer.value };
  if (fact.type === 'code') return { valueCodeableConcept: concept(VALUE, String(answer.value)) };
  return { valueQuantity: quantity(Number(answer.value), answer.unit ?? fact.unit ?? '1') };
}

function writeFact(scene: Scene, id: string, answer: Answer): BundleEntry | undefined {
  const fact = scene.questions.facts.find((f) => f.id === id);
  if (!fact) return undefined;
  const site = fact.at_target ? bodySite(REGION, scene.region, scene.side) : undefined;
  const resource: Resource = {
    ...observation(scene, concept(FACT, id, fact.title), answer), ...factValue(fact, answer),
      ...(site ? { bodySite: site } : {}),
  };
  return put(resource, answer.seen, `${scene.patient}|${id}|${answer.day}`);
}

function writeScore(scene: Scene, id: string, answer: Answer): BundleEntry | undefined {
  if (answer.value === null) return undefined;
  const site = bodySite(REGION, scene.region, scene.side);
  const resource: Resource = {
    ...observation(scene, concept(INSTRUMENT, id), answer), valueQuantity: quantity(Number(answer.value), '{score}'),
    ...(site ? { bodySite: site } : {}),
  };
  return put(resource, answer.seen, `${scene.patient}|score|${id}|${scene.region}|${scene.side}|${answer.day}`);
}

function writeGrade(scene: Scene, kind: string, site: string, side: string, answer: Answer): BundleEntry | undefined {
  if (answer.value === null) return undefined;
  const structure = scene.questions.atlas.find((s) => s.id === site)?.structure;
  const where = { ...bodySite(SITE, site, side), ...(structure ? { text: structure } : {}) };
  const resource: Resource = { ...observation(scene, concept(EXAM, kind), answer), valueInteger: answer.value,
    bodySite: where };
  return put(resource, answer.seen, `${scene.patient}|${kind}|${site}|${side}|${answer.day}`);
}

function writeMotion(scene: Scene, id: string, side: string, answer: Answer): BundleEntry | undefined {
  const movement = scene.questions.movements.find((m) => m.id === id);
  if (!movement || answer.value === null) return undefined;
  const resource: Resource = {
    ...observation(scene, concept(EXAM, 'motion', movement.title), answer),
    valueQuantity: quantity(Number(answer.value), 'deg'),
    bodySite: bodySite(REGION, movement.region, side),
  };
  return put(resource, answer.seen, `${scene.patient}|${id}|${side}|${answer.day}`);
}

function writeAnswer(scene: Scene, key: string, answer: Answer): BundleEntry | undefined {
  const [kind = '', id = '', side = ''] = key.split(':');
  if (kind === 'fact') return writeFact(scene, id, answer);
  if (kind === 'score') return writeScore(scene, id, answer);
  if (kind === 'motion') return writeMotion(scene, id, side, answer);
  return writeGrade(scene, kind, id, side, answer);
}

/** As it was coded, other systems' codes included, while it is the same problem of the same side. */
function problemCode(scene: Scene, p: ProblemAnswer): object {
  const condition = scene.questions.conditions.find((c) => c.id === p.condition);
  const site = bodySite(REGION, p.region, undefined);
  const places = [...(p.side ? [concept(SIDE, p.side)] : []), ...(site ? [site] : [])];
  return {
    category: [concept(CATEGORY, 'encounter-diagnosis')],
    code: condition ? concept(CONDITION, condition.id, condition.title) : { text: p.text },
    bodySite: places.length ? places : undefined,
  };
}

function writeProblem(scene: Scene, p: ProblemAnswer): BundleEntry | undefined {
  if (!p.condition && !p.text) return undefined;
  const before = scene.record.conditions.find((c) => `Condition/${c.id}` === p.resource);
  const known = scene.record.intake.problems.find((x) => x.resource === p.resource);
  const isSame = before !== undefined && known?.condition === p.condition && known?.side === p.side;
  const { meta: _meta, ...kept } = before ?? {};
  const resource: Resource = {
    ...kept,
    resourceType: 'Condition',
    clinicalStatus: concept(CLINICAL, p.isOver ? 'resolved' : 'active'),
    verificationStatus: concept(VERIFICATION, 'confirmed'),
    ...(isSame ? {} : problemCode(scene, p)),
    subject: subject(scene.patient),
    recordedDate: p.day,
    ...(p.isOver ? { abatementDateTime: p.day } : {}),
  };
  if (!before || known?.onset !== p.onset) {
    for (const key of Object.keys(resource)) if (key.startsWith('onset')) delete resource[key];
    if (p.onset) resource.onsetDateTime = p.onset;
  }
  const plain = JSON.parse(JSON.stringify(resource)) as Resource;
  return put(plain, p, `${scene.patient}|problem|${p.condition ?? p.text}|${p.side}`);
}

/** Says that there is none: of medicines, of allergies. */
export function isNone(kind: ListKind, r: Resource): boolean {
  return kind === 'medications' ? hasCode(r.medicationCodeableConcept, LIST, NO_DRUG)
    : hasCode(r.code, LIST, NO_ALLERGY);
}

const VOID: Record<ListKind, object> = {
  medications: { status: 'entered-in-error' },
  allergies: { verificationStatus: concept(ALLERGY_VERIFICATION, 'entered-in-error'), clinicalStatus: undefined },
};

function newItem(scene: Scene, kind: ListKind, c: ListChange): Resource {
  const isNoneAtAll = c.op === 'none';
  if (kind === 'allergies') {
    return {
      resourceType: 'AllergyIntolerance', clinicalStatus: concept(ALLERGY_CLINICAL, 'active'),
      code: isNoneAtAll ? concept(LIST, NO_ALLERGY) : { text: c.text }, patient: subject(scene.patient),
        recordedDate: c.day,
    };
  }
  return {
    resourceType: 'MedicationStatement', status: c.until ? 'stopped' : 'active',
    medicationCodeableConcept: isNoneAtAll ? concept(LIST, NO_DRUG) : { text: c.text },
      subject: subject(scene.patient),
    ...(c.until ? { effectivePeriod: { end: c.until } } : {}), dateAsserted: c.day,
  };
}

function changed(scene: Scene, kind: ListKind, c: ListChange): Resource | undefined {
  const before = scene.record[kind].find((r) => `${r.resourceType}/${r.id}` === c.resource);
  if (!before) return undefined;
  const { meta: _meta, ...kept } = before;
  if (c.op === 'void') return JSON.parse(JSON.stringify({ ...kept, ...VOID[kind] })) as Resource;
  if (c.op === 'none') return { ...kept, [kind === 'allergies' ? 'recordedDate'
    : 'dateAsserted']: c.day } as Resource;
  return { ...kept, status: 'stopped', effectivePeriod: { ...(kept.effectivePeriod as object), end: c.until },
    dateAsserted: c.day } as Resource;
}

function writeChange(scene: Scene, kind: ListKind, c: ListChange): BundleEntry | undefined {
  if (!c.resource) return { resource: newItem(scene, kind, c),
    request: { method: 'POST', url: kind === 'allergies' ? 'AllergyIntolerance' : 'MedicationStatement' } };
  const resource = changed(scene, kind, c);
  return resource && put(resource, c, '');
}

/** All that was typed. Of the region and side of the problem, where a fact is about the target. */
export function writtenOf(
  patient: string, questions: Questions, record: Record_, typed: Typed, target: number,
): Written[] {
  const problem = typed.problem ?? record.intake.problems[target];
  const region = questions.conditions.find((c) => c.id === problem?.condition)?.region ?? typed.problem?.region;
  const scene: Scene = { patient, questions, record, region: region || undefined, side: problem?.side };
  const out: { key: string; entry: BundleEntry | undefined }[] = [];
  if (typed.problem) out.push({ key: 'problem', entry: writeProblem(scene, typed.problem) });
  for (const kind of ['medications', 'allergies'] as const) {
    typed[kind].forEach((c, i) => out.push({ key: `${kind}:${i}`, entry: writeChange(scene, kind, c) }));
  }
  for (const [key, answer] of Object.entries(typed.answers)) out.push({ key,
    entry: writeAnswer(scene, key, answer) });
  return out.filter((w): w is Written => w.entry !== undefined);
}
