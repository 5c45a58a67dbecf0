// SPDX-License-Identifier: Apache-2.0
// tools/r4_tables.mjs DEFINITIONS OUT: HL7's R4 definitions (CC0) as small tables.
//
// DEFINITIONS is the folder of the npm package hl7.fhir.r4.examples@4.0.1 (its StructureDefinition-,
// ValueSet- and CodeSystem-*.json; `make conformance` puts it into test/conformance/node_modules).
// OUT gets elements.tsv, codes.tsv, constraints.tsv and extensions.tsv. Needed only when the
// definitions or this program change; the tables are committed. What is left out is printed.
import fs from 'node:fs';

const [folder, out] = process.argv.slice(2);
const read = (kind) =>
  fs
    .readdirSync(folder)
    .filter((name) => name.startsWith(`${kind}-`) && name.endsWith('.json'))
    .map((name) => JSON.parse(fs.readFileSync(`${folder}/${name}`, 'utf8')));
const leaf = (url) => url.replace(/\|.*/, '').replace(/.*\//, '');
const byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const leftOut = [];
const write = (name, header, rows) =>
  fs.writeFileSync(`${out}/${name}`, [header, ...rows].map((r) => `${r.join('\t')}\n`).join(''));

const structures = read('StructureDefinition');
const definitions = structures
  .filter((d) => d.kind !== 'logical' && d.derivation !== 'constraint')
  .sort((a, b) => byText(a.id, b.id));
const terms = new Map([...read('ValueSet'), ...read('CodeSystem')].map((r) => [r.url, r]));

// Value sets and code systems

// All codes of a value set as system -> [code], or null when it cannot be listed.
function expand(url, seen = new Set()) {
  const set = terms.get(url.replace(/\|.*/, ''));
  if (!set?.compose || seen.has(url)) return null;
  seen.add(url);
  const codes = new Map();
  const add = (system, list) =>
    codes.set(system, [...new Set([...(codes.get(system) ?? []), ...list])]);
  for (const part of set.compose.include) {
    if (part.filter) return null;
    for (const inner of part.valueSet ?? []) {
      const more = expand(inner, seen);
      if (!more) return null;
      more.forEach((list, system) => add(system, list));
    }
    if (!part.system) continue;
    const system = terms.get(part.system);
    if (part.concept) add(part.system, part.concept.map((c) => c.code));
    else if (system?.content === 'complete') add(part.system, flatten(system.concept));
    else return null;
  }
  for (const part of set.compose.exclude ?? []) {
    if (!part.concept) return null;
    const gone = new Set(part.concept.map((c) => c.code));
    codes.set(part.system, (codes.get(part.system) ?? []).filter((c) => !gone.has(c)));
  }
  return codes;
}

// A concept and all below it; abstract ones cannot be chosen.
function flatten(concepts = [], withAbstract = false) {
  const isAbstract = (c) =>
    !withAbstract &&
    (c.property ?? []).some((p) => p.code === 'notSelectable' && p.valueBoolean);
  return concepts.flatMap((c) => [
    ...(isAbstract(c) ? [] : [c.code]),
    ...flatten(c.concept, withAbstract),
  ]);
}

// Sets whose codes follow a grammar instead of a list; src/fhir/terms.c knows it.
const GRAMMARS = new Map([
  ['mimetypes', '*mime'],
  ['bcp13.txt', '*mime'],
  ['currencies', '*currency'],
  ['all-languages', '*language'],
  ['languages', '*language'],
]);
const used = new Map();

function bindingText(element) {
  const binding = element.binding;
  if (!binding) return '';
  const most = binding.extension?.find((x) => x.url.endsWith('/elementdefinition-maxValueSet'));
  const url = binding.strength === 'required' ? binding.valueSet : most?.valueCanonical;
  if (!url) return '';
  if (GRAMMARS.has(leaf(url))) return GRAMMARS.get(leaf(url));
  const codes = expand(url);
  if (!codes) {
    leftOut.push(`binding of ${element.path}: ${url} cannot be listed`);
    return '';
  }
  used.set(leaf(url), codes);
  return leaf(url);
}

// Elements

// Reference targets and the profile of a Quantity as a suffix: Reference(Patient|Group).
function typeText(type, path) {
  const fhirType = type.extension?.[0]?.valueUrl;
  if (path === 'Resource.id') return 'id';
  if (type.code.startsWith('http:')) return fhirType ?? 'string';
  const list = type.code === 'Reference' ? type.targetProfile : type.profile;
  const targets = (list ?? []).map(leaf).filter((t) => t !== 'Resource');
  return targets.length > 0 ? `${type.code}(${targets.join('|')})` : type.code;
}

const isInherited = (e) => e.base && e.base.path !== e.path;
const elements = [];
for (const d of definitions) {
  const kind = d.abstract ? `abstract-${d.kind}` : d.kind;
  elements.push([d.id, '', '', leaf(d.baseDefinition ?? ''), kind]);
  for (const e of d.snapshot.element.slice(1)) {
    if (d.kind === 'primitive-type' || isInherited(e)) continue;
    const types = e.contentReference
      ? e.contentReference
      : [...new Set(e.type.map((t) => typeText(t, e.path)))].join(' ');
    elements.push([e.path, e.min, e.max, types, bindingText(e)]);
  }
}
write('elements.tsv', ['path', 'min', 'max', 'types', 'binding'], elements);

// Constraints

// Checked by code of their own in src/fhir: faster, or more exact, or not FHIRPath at all.
const OWN_CODE = new Set(['ele-1', 'ext-1', 'dom-3', 'per-1', 'ref-1', 'txt-1', 'txt-2']);
// Where R4's expression does not say what its text says.
const CORRECTED = new Map([
  // "If there are more than one enableWhen": the expression counts from three.
  ['que-12', 'enableWhen.count() > 1 implies enableBehavior.exists()'],
  // These forget that the element may be absent, or stand several times.
  ['bdl-8', "fullUrl.exists() implies fullUrl.contains('/_history/').not()"],
  ['md-1', "max.empty() or max = '*' or (max.toInteger() > 0)"],
  [
    'ras-2',
    'probability.empty() or (probability is decimal implies (probability as decimal) <= 100)',
  ],
  [
    'tim-9',
    "offset.empty() or (when.exists() and " +
      "when.where($this in ('C' | 'CM' | 'CD' | 'CV')).empty())",
  ],
  // The code is noshow.
  [
    'app-4',
    "cancelationReason.exists() implies (status = 'noshow' or status = 'cancelled')",
  ],
  // Members are other resources, often not at hand: the reference tells the type.
  [
    'ctm-1',
    "onBehalfOf.exists() implies (member.reference.exists().not() or " +
      "member.reference.contains('/').not() or member.reference.contains('Practitioner/'))",
  ],
]);
const FUNCTIONS = new Set(
  ('all as children combine contains count descendants empty exists first hasValue iif intersect ' +
    'is isDistinct not ofType select startsWith substring tail toInteger toString trace where')
    .split(' '),
);

const constraints = [];
const constraintPlaces = new Set();
for (const d of definitions) {
  for (const e of d.snapshot.element) {
    if (isInherited(e)) continue;
    for (const c of e.constraint ?? []) {
      // A snapshot repeats what the base and the type of the element say.
      const isRepeated = c.source && leaf(c.source) !== d.id;
      const expression = CORRECTED.get(c.key) ?? c.expression;
      if (isRepeated || OWN_CODE.has(c.key)) continue;
      const unknown = [...expression.matchAll(/([A-Za-z]+)\(/g)].filter(
        ([, name]) => !FUNCTIONS.has(name) && name !== 'in' && name !== 'and' && name !== 'or' &&
          name !== 'implies' && name !== 'xor',
      );
      if (unknown.length > 0) {
        leftOut.push(`constraint ${c.key} of ${e.path}: ${unknown.map((u) => u[1]).join(', ')}`);
        continue;
      }
      if (/[\t\n]/.test(expression + c.human)) throw new Error(`${c.key}: tab or line end`);
      if (constraintPlaces.has(`${e.path} ${c.key}`)) continue;
      constraintPlaces.add(`${e.path} ${c.key}`);
      constraints.push([e.path, c.key, c.severity, expression, c.human.trim()]);
    }
  }
}
constraints.sort((a, b) => byText(a[0], b[0]) || byText(a[1], b[1]));
write('constraints.tsv', ['path', 'key', 'severity', 'expression', 'text'], constraints);

// Extensions that HL7 defines: where they may stand and what they hold

// Places where HL7's own definitions use an extension beside those that it is defined for.
const FURTHER_PLACES = new Map([
  ['structuredefinition-fhir-type', ['ElementDefinition.type']],
  ['regex', ['ElementDefinition.type']],
  ['structuredefinition-normative-version', ['Element']],
  ['valueset-concept-comments', ['CodeSystem.concept']],
]);
const extensions = structures
  .filter((d) => d.type === 'Extension' && d.derivation === 'constraint')
  .sort((a, b) => byText(a.url, b.url))
  .map((d) => {
    const root = d.snapshot.element.find((e) => e.path === 'Extension');
    const value = d.snapshot.element.find((e) => e.id === 'Extension.value[x]');
    const types = value && value.max !== '0' ? [...new Set(value.type.map((t) => t.code))] : [];
    const places = (d.context ?? []).map((c) => c.expression);
    places.push(...(FURTHER_PLACES.get(leaf(d.url)) ?? []));
    return [d.url, root.isModifier ? 'modifier' : '', types.join(' '), places.join(' ')];
  });
write('extensions.tsv', ['url', 'kind', 'types', 'places'], extensions);

// Codes: of the value sets that are bound, then of whole code systems (the set is the system).

const codes = [];
for (const [name, systems] of used) {
  systems.forEach((list, system) => codes.push([name, system, list.join(' ')]));
}
for (const r of terms.values()) {
  if (r.resourceType !== 'CodeSystem' || r.content !== 'complete') continue;
  const list = flatten(r.concept, true);
  // The table parts codes by spaces and compares them letter by letter.
  if (list.length === 0 || list.some((c) => /\s/.test(c)) || r.caseSensitive === false) {
    leftOut.push(`code system ${r.url}: empty, codes with spaces, or any case`);
    continue;
  }
  codes.push([r.url, r.url, list.join(' ')]);
}
codes.sort((a, b) => byText(a[0], b[0]));
write('codes.tsv', ['set', 'system', 'codes'], codes);

leftOut.forEach((line) => console.log(`left out: ${line}`));
console.log(
  `${elements.length} elements, ${constraints.length} constraints, ` +
    `${extensions.length} extensions, ${codes.length} lists of codes`,
);
