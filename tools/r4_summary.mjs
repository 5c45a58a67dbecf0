// SPDX-License-Identifier: Apache-2.0
// tools/r4_summary.mjs DEFINITIONS OUT: which elements belong to a resource's summary.
//
// DEFINITIONS is a folder with the StructureDefinition-*.json of FHIR 4.0.1 (npm package
// hl7.fhir.r4.examples, CC0); OUT gets summary.tsv: a type and the elements of it that HL7 marks,
// without those that it inherits and those that elements.tsv (in OUT) does not know. Needed only
// when the definitions change.
import fs from 'node:fs';

const [folder, out] = process.argv.slice(2);
const known = new Set(
  fs.readFileSync(`${out}/elements.tsv`, 'utf8').split('\n').map((line) => line.split('\t')[0]),
);
const rows = ['type\telements'];
for (const file of fs.readdirSync(folder).sort()) {
  if (!file.startsWith('StructureDefinition-')) continue;
  const d = JSON.parse(fs.readFileSync(`${folder}/${file}`, 'utf8'));
  if (d.kind !== 'resource' || d.derivation === 'constraint') continue;
  const own = d.snapshot.element
    .slice(1)
    .filter((e) => e.isSummary && !(e.base && e.base.path !== e.path))
    .filter((e) => known.has(e.path))
    .map((e) => e.path.slice(d.id.length + 1));
  if (own.length > 0) rows.push([d.id, own.join(' ')].join('\t'));
}
fs.writeFileSync(`${out}/summary.tsv`, rows.join('\n') + '\n');
