// SPDX-License-Identifier: Apache-2.0
// living.mjs SUITES: a running server before suites of others; TAP, exit status 1 when one fails.
// First every Synthea patient of generated-sample-data (R4) is imported, exported and counted, then the
// TestScripts of fhir-server-compare run against the server that holds them.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { login, newFolder, startServer } from '../support/serve.mjs';

const PROGRAM = process.env.ENTHESIS ?? 'build/enthesis';
const suites = process.argv[2];
const patients = path.join(suites, 'generated-sample-data/R4/SYNTHEA');
const scripts = path.join(suites, 'fhir-server-compare/conformance/testscripts');
const data = newFolder();
let failed = 0;

function say(holds, name, detail = '') {
  failed += holds ? 0 : 1;
  console.log(`${holds ? 'ok' : 'not ok'} - ${name}${holds ? '' : ` (${detail})`}`);
}

function run(...args) {
  const done = spawnSync(PROGRAM, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  return { status: done.status, text: done.stdout, errors: done.stderr };
}

function countEntries() {
  const counts = {};
  for (const name of fs.readdirSync(patients).filter((n) => n.endsWith('.json'))) {
    for (const { resource } of JSON.parse(fs.readFileSync(path.join(patients, name), 'utf8')).entry) {
      counts[resource.resourceType] = (counts[resource.resourceType] ?? 0) + 1;
    }
  }
  return counts;
}

function countLines(folder) {
  const counts = {};
  for (const name of fs.readdirSync(folder)) {
    counts[path.basename(name, '.ndjson')] = fs.readFileSync(path.join(folder, name), 'utf8').split('\n').length - 1;
  }
  return counts;
}

const sorted = (counts) => JSON.stringify(Object.entries(counts).sort());

if (fs.existsSync(patients)) {
  const began = performance.now();
  const done = run('import', patients, '--data', data);
  const seconds = (performance.now() - began) / 1e3;
  say(done.status === 0, `Synthea: ${done.text.trim()} in ${seconds.toFixed(0)} s`, done.errors.slice(0, 400));
  const out = path.join(data, 'out');
  const exported = run('export', out, '--data', data);
  const wanted = sorted(countEntries());
  say(exported.status === 0 && sorted(countLines(out)) === wanted, 'Synthea: as many of each type come out as went in', wanted.slice(0, 300));
  const whole = run('verify', '--data', data);
  say(whole.status === 0, 'Synthea: storage, index and audit trail are whole', whole.text.slice(0, 300));
}

const server = await startServer(data);
const headers = path.join(data, 'headers.json');
fs.writeFileSync(headers, JSON.stringify(await login(server)), { mode: 0o600 });
const here = path.dirname(new URL(import.meta.url).pathname);
const result = spawnSync('node', [path.join(here, 'testscript.mjs'), server.fhir, headers, scripts], { encoding: 'utf8' });
const passed = result.stdout.match(/^ok /gm)?.length ?? 0;
const missed = result.stdout.split('\n').filter((l) => l.startsWith('not ok'));
say(passed > 0 && missed.length === 0, `TestScripts: ${passed} of ${passed + missed.length}`, missed.join('; '));
await server.stop();
fs.rmSync(data, { recursive: true });
process.exit(failed ? 1 : 0);
