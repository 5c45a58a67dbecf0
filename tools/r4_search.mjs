// SPDX-License-Identifier: Apache-2.0
// tools/r4_search.mjs PACKAGE OUT: what resources are found by, from HL7's R4 definitions (CC0).
//
// PACKAGE is the unpacked npm package hl7.fhir.r4.examples@4.0.1 (its folder `package`); OUT gets
// search.tsv. The FHIRPath expressions become paths of JSON names with the type at their end:
//
//     name.family:string                         valueQuantity:Quantity
//     telecom[system=phone]:ContactPoint         gender:code@http://hl7.org/fhir/administrative-gender
//
// What cannot be expressed is left out and told. Needed only when the definitions change.
import fs from 'node:fs';

const [folder, out] = process.argv.slice(2);
const load = (name) => JSON.parse(fs.readFileSync(`${folder}/${name}`, 'utf8'));
const files = fs.readdirSync(folder);

// The types of resources that the server keeps: clinical work, planning, its record, and all that
// occurs in Synthea's bundles.
const TYPES = `ActivityDefinition AdverseEvent AllergyIntolerance Appointment AuditEvent Basic Binary
  BodyStructure CarePlan CareTeam Claim Communication Condition Consent Coverage DetectedIssue Device
  DiagnosticReport DocumentReference Encounter EpisodeOfCare ExplanationOfBenefit
  FamilyMemberHistory Flag Goal Group GuidanceResponse ImagingStudy Immunization Library List
  Location Measure Media Medication MedicationAdministration MedicationDispense MedicationRequest
  MedicationStatement Observation Organization Patient PlanDefinition Practitioner PractitionerRole
  Procedure Provenance Questionnaire QuestionnaireResponse RelatedPerson RiskAssessment Schedule
  ServiceRequest Slot Specimen Substance SupplyDelivery Task`.split(/\s+/);

// Types of values that a kind of parameter reads.
const QUANTITIES = ['Age', 'Count', 'Distance', 'Duration', 'Money', 'Quantity', 'Range'];
const VALUES = {
  token: 'boolean code Coding CodeableConcept ContactPoint id Identifier string uri canonical'.split(' '),
  string: ['Address', 'HumanName', 'markdown', 'string'],
  reference: ['canonical', 'Reference', 'uri'],
  date: ['date', 'dateTime', 'instant', 'Period', 'Timing'],
  number: ['decimal', 'integer', 'positiveInt', 'unsignedInt', 'Range'],
  quantity: QUANTITIES,
  uri: ['canonical', 'oid', 'uri', 'url', 'uuid'],
};

// A sound-alike search needs an algorithm for each language; none is promised.
const UNSUPPORTED = new Set(['phonetic']);

// What FHIRPath says with operators. A leaf `true` counts as the code "true" when it is there;
// `else:false` is the code when nothing was found.
const BY_HAND = { 'Patient.deceased': 'deceasedBoolean:boolean deceasedDateTime:true else:false' };

const structures = new Map();
function elementsOf(type) {
  if (!structures.has(type)) {
    structures.set(type, new Map(load(`StructureDefinition-${type}.json`).snapshot.element.map((e) => [e.path, e])));
  }
  return structures.get(type);
}

// The one code system of a required binding: codes of such elements belong to it.
const systems = new Map();
for (const name of files.filter((f) => f.startsWith('ValueSet-'))) {
  const set = load(name);
  const include = set.compose?.include ?? [];
  if (set.url && include.length === 1 && include[0].system) systems.set(set.url, include[0].system);
}
const systemOf = (e) =>
  e.binding?.strength === 'required' ? systems.get(e.binding.valueSet.replace(/\|.*/, '')) : undefined;

const typeName = (t) =>
  t.code.startsWith('http:') ? (t.extension?.[0]?.valueUrl ?? 'string') : t.code;
const capital = (text) => text[0].toUpperCase() + text.slice(1);

// "Observation.value.as(Quantity)" -> steps, the type it is restricted to, the target of references.
function parse(expression) {
  let text = expression.trim();
  const chosen = text.match(/^\((.*) as (\w+)\)(.*)$/);
  if (chosen) text = `${chosen[1]}.as(${chosen[2]})${chosen[3]}`;
  const steps = [];
  let target = null;
  for (const part of text.match(/\w+\((?:[^()]|\(\))*\)|[^.]+/g)) {
    const call = part.match(/^(\w+)\((.*)\)$/);
    const last = steps.at(-1);
    if (!call) steps.push({ name: part });
    else if (call[1] === 'as' || call[1] === 'ofType') last.type = call[2];
    else if (call[1] === 'where' && /^resolve\(\) is \w+$/.test(call[2])) target = call[2].split(' ').at(-1);
    else if (call[1] === 'where' && /^\w+='[\w-]+'$/.test(call[2])) last.filter = call[2].replaceAll("'", '');
    else throw new Error(part);
  }
  return { type: steps[0].name, steps: steps.slice(1), target };
}

// Follow the steps through the definitions: every JSON path with its type.
function follow(context, path, steps, kind) {
  if (steps.length === 0) {
    const { type, element } = context;
    if (!VALUES[kind].includes(type)) return [];
    const system = type === 'code' ? systemOf(element) : undefined;
    const targets = (element.type ?? [])
      .filter((t) => t.code === type)
      .flatMap((t) => t.targetProfile ?? [])
      .map((t) => t.replace(/.*\//, ''));
    return [{ path: `${path}:${type}${system ? '@' + system : ''}`, targets }];
  }
  const [step, ...rest] = steps;
  const inside = context.type === 'BackboneElement' || context.type === 'Element';
  const root = inside ? context.root : context.type;
  const base = inside ? context.path : context.type;
  const elements = elementsOf(root);
  const element = elements.get(`${base}.${step.name}`) ?? elements.get(`${base}.${step.name}[x]`);
  if (!element) throw new Error(`${base} has no ${step.name}`);
  const isChoice = element.path.endsWith('[x]');
  return (element.type ?? []).map(typeName).filter((t, i, all) => all.indexOf(t) === i).flatMap((type) => {
    if (step.type && step.type !== type) return [];
    const name = (isChoice ? step.name + capital(type) : step.name) + (step.filter ? `[${step.filter}]` : '');
    return follow({ type, element, root, path: element.path }, path ? `${path}.${name}` : name, rest, kind);
  });
}

const rows = new Map(); // "Type.name" -> row
const told = [];
function add(type, definition) {
  const { code: name, type: kind } = definition;
  const key = `${type}.${name}`;
  if (!VALUES[kind] || UNSUPPORTED.has(name)) {
    told.push(`${key}: ${UNSUPPORTED.has(name) ? 'not offered' : `kind ${kind}`}`);
    return;
  }
  const found = [];
  const targets = new Set();
  let isAny = false;
  const parts = definition.expression.split('|').map((p) => p.trim());
  try {
    for (const part of BY_HAND[key] ? [] : parts) {
      const parsed = parse(part);
      if (parsed.type !== type) continue;
      for (const value of follow({ type }, '', parsed.steps, kind)) {
        found.push(value.path);
        const own = parsed.target ? [parsed.target] : value.targets;
        if (own.length === 0 || own.includes('Resource')) isAny = true;
        own.forEach((t) => targets.add(t));
      }
    }
  } catch (problem) {
    told.push(`${key}: ${problem.message}`);
    return;
  }
  const paths = BY_HAND[key] ?? [...new Set(found)].join(' ');
  if (paths === '') {
    told.push(`${key}: no value of kind ${kind} in ${definition.expression}`);
    return;
  }
  const list = kind === 'reference' && !isAny ? [...targets].sort().join(' ') : '';
  rows.set(key, { type, name, kind, paths, targets: list });
}

const definitions = files
  .filter((f) => /^SearchParameter-(?!example)/.test(f))
  .map(load)
  .filter((d) => d.resourceType === 'SearchParameter' && d.base);
for (const d of definitions) {
  for (const type of d.base.filter((b) => TYPES.includes(b))) {
    if (d.expression) add(type, d);
    else told.push(`${type}.${d.code}: no expression`);
  }
}

// The Patient's compartment: the parameters that it names, as one.
for (const { code: type, param } of load('CompartmentDefinition-patient.json').resource) {
  if (!param || !TYPES.includes(type)) continue;
  const parts = param.map((name) => rows.get(`${type}.${name}`));
  if (parts.includes(undefined)) throw new Error(`${type}: a parameter of the compartment is missing`);
  const paths = [...new Set(parts.flatMap((p) => p.paths.split(' ')))].join(' ');
  rows.set(`${type}._compartment`, { type, name: '_compartment', kind: 'reference', paths, targets: 'Patient' });
}

// Every type has these.
const ALL = [
  ['Resource', '_id', 'id', 'id', ''],
  ['Resource', '_lastUpdated', 'updated', 'meta.lastUpdated', ''],
  ['Resource', '_profile', 'uri', 'meta.profile:canonical', ''],
  ['Resource', '_security', 'token', 'meta.security:Coding', ''],
  ['Resource', '_source', 'uri', 'meta.source:uri', ''],
  ['Resource', '_tag', 'token', 'meta.tag:Coding', ''],
];
const table = [['type', 'name', 'kind', 'paths', 'targets'], ...ALL];
for (const type of TYPES) {
  table.push([type, '$type', 'type', '', '']);
  for (const r of [...rows.values()].filter((r) => r.type === type).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    table.push([r.type, r.name, r.kind, r.paths, r.targets]);
  }
}
fs.writeFileSync(`${out}/search.tsv`, table.map((r) => r.join('\t')).join('\n') + '\n');
for (const line of told.sort()) console.log(`left out  ${line}`);
console.log(`${table.length - 1} rows`);
