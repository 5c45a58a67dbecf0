// SPDX-License-Identifier: Apache-2.0
// conformance.mjs JUDGE SUITES [RESULTS]: the program before public test suites.
//
// JUDGE is the program test/conformance/judge.c; SUITES holds the checked-out repositories
// fhir-test-cases, JSONTestSuite and json-patch-tests (tools/conformance.sh fetches them). Prints the
// scores, one line each, and writes all that was found to RESULTS. Exit status 1 when a score is below
// its floor. What is counted, and what is not, stands beside each part below.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const [judge, suites, resultsFile] = process.argv.slice(2);
const here = new URL('.', import.meta.url).pathname;
const lines = [];
let failed = false;

const readJson = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));
const readRows = (file) =>
  fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .slice(1)
    .filter((l) => l)
    .map((l) => l.split('\t'));

function say(line) {
  console.log(line);
  lines.push(line);
}

function score(line, isGood) {
  say(`${isGood ? 'ok  ' : 'FAIL'} ${line}`);
  failed ||= !isGood;
}

const note = (line) => lines.push(`     ${line}`);

// One answer of the judge for each file.
function ask(kind, files) {
  const run = spawnSync(judge, [kind], {
    input: files.map((f) => `${f}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (run.status !== 0) throw new Error(`judge ${kind}: ${run.stderr}`);
  const answers = run.stdout.trimEnd().split('\n').map((l) => JSON.parse(l));
  if (answers.length !== files.length) throw new Error(`judge ${kind}: answers are missing`);
  return answers;
}

// Part 1. All resources of HL7's package. Ours are the types that the server can search; for them every
// refusal must be a fault of the example itself, which faults.tsv names with its place. Resources of
// over 8 MiB are beyond the program's limit.
function examples() {
  const folder = `${here}node_modules/hl7.fhir.r4.examples`;
  const searchable = readRows(`${here}../../src/fhir/r4/search.tsv`).map((r) => r[0]);
  const ours = new Set([...searchable, 'Bundle', 'OperationOutcome', 'Parameters']);
  const faults = new Map(readRows(`${here}faults.tsv`).map((r) => [r[0], r]));
  const names = fs
    .readdirSync(folder)
    .filter((n) => /^[A-Z].*\.json$/.test(n))
    .filter((n) => fs.statSync(`${folder}/${n}`).size <= 8 << 20)
    .sort();
  const answers = ask('validate', names.map((n) => `${folder}/${n}`));
  const tally = { all: 0, accepted: 0, ours: 0, oursAccepted: 0, known: 0 };
  const byType = new Map();
  const notes = [];

  names.forEach((name, i) => {
    const type = name.split('-')[0];
    const isOurs = ours.has(type);
    const fault = faults.get(name);
    const isKnown = !!fault && answers[i].issues.every((line) => line.startsWith(fault[1]));
    tally.all++;
    tally.ours += isOurs ? 1 : 0;
    if (answers[i].valid) {
      if (fault) score(`faults.tsv: ${name} is accepted: take its row out`, false);
      tally.accepted++;
      tally.oursAccepted += isOurs ? 1 : 0;
      return;
    }
    byType.set(type, (byType.get(type) ?? 0) + 1);
    tally.known += isOurs && isKnown ? 1 : 0;
    if (!isKnown) notes.push(`refused without a known fault: ${name}: ${answers[i].issues[0]}`);
    else notes.push(`a fault of its own: ${name}: ${fault[2]}`);
  });
  const times = answers.map((a) => a.us).sort((a, b) => a - b);
  const wrong = tally.ours - tally.oursAccepted - tally.known;
  score(
    `official examples of our types: ${tally.oursAccepted} of ${tally.ours} accepted, ` +
      `${tally.known} refused for a fault of their own (faults.tsv), ${wrong} refused wrongly`,
    wrong === 0,
  );
  score(`official examples of all types: ${tally.accepted} of ${tally.all} accepted`, true);
  note([...byType].map(([type, count]) => `${type} ${count}`).join(', '));
  notes.forEach(note);
  // On the screen only: times differ from run to run.
  console.log(
    `     ms per resource: median ${(times[times.length >> 1] / 1000).toFixed(3)}, mean ` +
      `${(times.reduce((a, b) => a + b, 0) / times.length / 1000).toFixed(3)}`,
  );
}

// Part 2. The validator's cases of FHIR/fhir-test-cases whose version is R4, which are JSON, and for which
// the outcome of HL7's Java validator is recorded without the profiles of the case ("java" of the
// manifest). Left out by the manifest: other things than resources of R4 (MODULES), and cases that load
// packages, change the rules by an option (OPTIONS), or need other files.
const MODULES = new Set(
  ('api cda cdshooks dsig json5 logical matchetype package-versioning scoring shc tx-advanced versions xver')
    .split(' '),
);
const OPTIONS = new Set(
  ('allowed-extension-domain best-practice bundle-param default-version examples for-publication ips ' +
    'language logical no-experimental-content noHtmlInMarkdown package-map packages scoring ' +
    'security-checks supporting validateContains validateReference wrong-displays')
    .split(' '),
);
// What the Java validator knows beyond R4's base definitions. A case is invalid when at least one of its
// errors is none of these, valid when it has no error at all; a case with nothing but these is left out.
const BEYOND = [
  [/^Wrong Display Name/, 'display texts of terminologies'],
  [/^Unknown code |is not valid in the system|Invalid ECL|is not declared in the base CodeSystem/,
    'codes that a terminology server knows'],
  [/is a supplement, so can't be used/, 'code systems of other files'],
  [/^The extension .* (could not be found|is unknown)/, 'any extension without a definition is an error'],
  [/^(Unknown|Specified) profile|matches more than one slice|matching slice is required/, 'profiles'],
  [/\(from https?:\/\/(?!hl7\.org\/fhir\/StructureDefinition\/[A-Z])|magic LOINC/, 'profiles'],
  [/^Constraint failed: vs-/, 'profiles'],
  [/^Profile |known slice defined in the profile/, 'profiles'],
  [/^Error generating Snapshot|in the generated snapshot|discriminator path|in the slicing/,
    'snapshots of profiles'],
  [/in questionnaire$|by the questionnaire|^Answer value must be|^No response answer|set of permitted/,
    'the questionnaire of a response'],
  [/^The value .* for a filter|^The operation .* is not allowed for property|based on property/,
    'properties of code systems'],
  [/^(The|A) (URI|property) .*(identifies a property|already defined|normally assigned)|^Wrong type/,
    'properties of code systems'],
  [/^Canonical URL .* refers to a resource|^Hyperlink /, 'other files'],
  [/owning committee must be stated|^Example URLs|^Experimental content/, 'publication rules'],
];
const isBeyond = (issue) => BEYOND.some(([pattern]) => pattern.test(issue.details?.text ?? ''));

function selectCases(root) {
  const list = [];
  let beyond = 0;
  for (const test of readJson(`${root}/manifest.json`)['test-cases']) {
    const file = `${root}/${test.file}`;
    const isOther = MODULES.has(test.module) || Object.keys(test).some((k) => OPTIONS.has(k));
    if (!/^4\.0/.test(test.version ?? '') || !test.file.endsWith('.json') || isOther) continue;
    const outcomeFile = `${root}/outcomes/${test.java}`;
    if (test['use-test'] === false || !fs.existsSync(file) || !fs.existsSync(outcomeFile)) continue;
    const outcome = readJson(outcomeFile);
    const errors = (outcome.issue ?? []).filter((i) => /error|fatal/.test(i.severity));
    const within = errors.filter((i) => !isBeyond(i));
    if (errors.length === 0 || within.length > 0) list.push({ name: test.name, file, within });
    else beyond++;
  }
  return { list, beyond };
}

function cases() {
  const { list, beyond } = selectCases(`${suites}/fhir-test-cases/validator`);
  const answers = ask('validate', list.map((c) => c.file));
  const invalid = list.map((c, i) => [c, answers[i]]).filter(([c]) => c.within.length > 0);
  const valid = list.map((c, i) => [c, answers[i]]).filter(([c]) => c.within.length === 0);
  const caught = invalid.filter(([, a]) => !a.valid);
  const alarms = valid.filter(([, a]) => !a.valid);
  const percent = Math.floor((100 * caught.length) / invalid.length);

  score(
    `HL7 validator cases within base R4: ${caught.length} of ${invalid.length} invalid refused ` +
      `(${percent} %), ${alarms.length} false alarms among ${valid.length} valid`,
    percent >= 85 && alarms.length === 0,
  );
  note(`${beyond} cases left out: all their errors are beyond the base definitions`);
  for (const [c] of invalid.filter(([, a]) => a.valid)) {
    note(`not refused: ${c.name}: ${c.within[0].details?.text?.slice(0, 150).replace(/\s+/g, ' ')}`);
  }
  for (const [c, a] of alarms) note(`false alarm: ${c.name}: ${a.issues[0]}`);
}

// Part 3. JSON Patch: two public lists; those marked as disabled are left out.
const isSame = (a, b) => {
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a === b;
  const keys = Object.keys(a);
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keys.length === Object.keys(b).length &&
    keys.every((k) => k in b && isSame(a[k], b[k]))
  );
};

function patches() {
  const files = [
    `${suites}/json-patch-tests/tests.json`,
    `${suites}/json-patch-tests/spec_tests.json`,
    `${suites}/fhir-test-cases/r4/patch/json-patch-tests.json`,
  ];
  // Written anew: one of the (disabled) tests has a member twice, which our gate refuses.
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'patch-'));
  const copies = files.map((file, i) => path.join(folder, `${i}.json`));
  files.forEach((file, i) => fs.writeFileSync(copies[i], JSON.stringify(readJson(file))));
  const answers = ask('patch', copies);
  fs.rmSync(folder, { recursive: true });
  let right = 0;
  let count = 0;

  files.forEach((file, f) => {
    readJson(file).forEach((test, i) => {
      // A comment alone, or a test without an expected end that needs only to pass.
      if (test.disabled || !test.patch) return;
      const [isDone, document] = answers[f].results[i];
      const good =
        'error' in test
          ? !isDone
          : isDone && (!('expected' in test) || isSame(document, test.expected));
      count++;
      right += good;
      if (!good) note(`JSON Patch: ${path.basename(file)}[${i}] ${test.comment ?? ''}`);
    });
  });
  score(`JSON Patch tests: ${right} of ${count}`, right === count);
}

// Part 4. Bytes: y_ must be read, n_ must be refused, i_ is free. Three of y_ we refuse by intention:
// FHIR forbids a member that stands twice, and a NUL in a name would hide what follows it.
const STRICTER = new Set([
  'y_object_duplicated_key.json',
  'y_object_duplicated_key_and_value.json',
  'y_object_escaped_null_in_key.json',
]);
function bytes() {
  const folder = `${suites}/JSONTestSuite/test_parsing`;
  const names = fs.readdirSync(folder).sort();
  const answers = ask('json', names.map((n) => `${folder}/${n}`));
  const wrong = names.filter(
    (n, i) =>
      !n.startsWith('i_') && answers[i].valid !== (n.startsWith('y_') && !STRICTER.has(n)),
  );
  const counts = [...'yni'].map((k) => names.filter((n) => n.startsWith(`${k}_`)).length);
  const free = names.filter((n, i) => n.startsWith('i_') && answers[i].valid).length;

  score(
    `JSON texts: ${names.length - wrong.length} of ${names.length} as expected (of ${counts[0]} ` +
      `to read ${STRICTER.size} refused by intention, ${counts[1]} to refuse, ${free} of ` +
      `${counts[2]} free ones read)`,
    wrong.length === 0,
  );
  wrong.forEach((n) => note(`JSON: ${n}`));
}

examples();
cases();
patches();
bytes();
if (resultsFile) fs.writeFileSync(resultsFile, `${lines.join('\n')}\n`);
process.exit(failed ? 1 : 0);
