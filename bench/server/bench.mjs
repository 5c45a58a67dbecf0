// SPDX-License-Identifier: Apache-2.0
// Speed of the clinic's server as a client sees it, beside others in the same run: bench.mjs [LARGE]
// TLS and audit on, wrk with 32 connections; prints a table (scene, server, rate, p50, p99, ratio).
// LARGE patients (default 64000) for the search that must stay flat.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startPostgres } from '../../test/support/pg.mjs';
import { login, newFolder, startServer } from '../../test/support/serve.mjs';

process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
process.removeAllListeners('warning');
const LARGE = Number(process.argv[2] ?? 64000);
const SMALL = 1000;
const OBSERVATIONS = 10;
const SECONDS = 8;
const here = path.dirname(new URL(import.meta.url).pathname);
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'enthesis-bench-'));
const rows = [];

function row(scene, server, rate, p50, p99, note = '') {
  rows.push({ scene, server, rate, p50, p99, note });
  const number = (x, digits) => (x === null ? '-' : x.toFixed(digits));
  console.log([scene, server, number(rate, 0), number(p50, 2), number(p99, 2), note].join('\t'));
}

// wrk's own report, with what it said of errors.
async function wrk(url, lua, connections = 32) {
  const script = path.join(scratch, 'wrk.lua');
  fs.writeFileSync(script, lua);
  const args = ['-t1', `-c${connections}`, `-d${SECONDS}s`, '--latency', '-s', script, url];
  const child = spawn('wrk', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  await new Promise((resolve) => child.once('exit', resolve));
  const ms = (pattern) => {
    const [, value, unit] = pattern.exec(text) ?? [0, 'NaN', 'ms'];
    return Number(value) * { us: 1e-3, ms: 1, s: 1e3 }[unit];
  };
  const errors = /Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? '0';
  return {
    rate: Number(/Requests\/sec: +([\d.]+)/.exec(text)?.[1] ?? NaN),
    p50: ms(/50% +([\d.]+)(us|ms|s)/),
    p99: ms(/99% +([\d.]+)(us|ms|s)/),
    note: errors === '0' ? '' : `${errors} answers were no success`,
  };
}

const headersLua = (session) =>
  Object.entries(session)
    .map(([name, value]) => `wrk.headers["${name}"] = "${value}"\n`)
    .join('');

const PATIENT = '{"resourceType":"Patient","name":[{"family":"Synthetic","given":["Patient"]}],"gender":"female","birthDate":"1970-01-01","identifier":[{"system":"urn:bench","value":"%d"}]}';

const createLua = (session) => `${headersLua(session)}
wrk.method = "POST"
wrk.headers["content-type"] = "application/fhir+json"
wrk.headers["prefer"] = "return=minimal"
local n = 0
request = function() n = n + 1; return wrk.format(nil, nil, nil, string.format('${PATIENT}', n)) end
`;

const searchLua = (session, ids) => `${headersLua(session)}
local ids = {${ids.map((id) => `"${id}"`).join(',')}}
local n = 0
request = function() n = n + 1
  return wrk.format(nil, "/fhir/Observation?patient=" .. ids[n % #ids + 1] .. "&date=ge2025-06-01&_count=50") end
`;

async function scene(name, server, url, lua) {
  const got = await wrk(url, lua);
  row(name, server, got.rate, got.p50, got.p99, got.note);
  return got;
}

function residentKib(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}

// Patients with their Observations, as transactions of twenty patients. Returns some of their ids.
async function fill(send, from, to) {
  const ids = [];
  const step = 20;
  const one = async (first) => {
    const entry = [];
    for (let p = first; p < Math.min(first + step, to); p++) {
      const id = `bench-${p}`;
      const put = (resource) => entry.push({ resource, request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` } });
      put({ resourceType: 'Patient', id, name: [{ family: `Synthetic${p}` }], gender: 'female', birthDate: '1970-01-01' });
      for (let o = 0; o < OBSERVATIONS; o++) {
        put({
          resourceType: 'Observation', id: `${id}-${o}`, status: 'final',
          code: { coding: [{ system: 'http://loinc.org', code: '72514-3' }] },
          subject: { reference: `Patient/${id}` },
          effectiveDateTime: `2025-${String(o + 1).padStart(2, '0')}-15`, valueQuantity: { value: (o % 10) + 0.5 },
        });
      }
      if (p % 7 === 0) ids.push(id);
    }
    await send({ resourceType: 'Bundle', type: 'transaction', entry });
  };
  for (let p = from; p < to; p += 4 * step) {
    await Promise.all([0, 1, 2, 3].map((k) => p + k * step).filter((x) => x < to).map(one));
  }
  return ids.slice(0, 500);
}

async function ours(name, db) {
  const data = newFolder();
  let server = await startServer(data, ['--tls', '--quiet', ...db]);
  const session = await login(server);
  await server.stop();
  const began = performance.now();
  server = await startServer(data, ['--tls', '--quiet', ...db]);
  await fetch(`${server.base}/health`);
  row('cold start to the first answer [ms]', name, null, performance.now() - began, null);
  const again = await login(server);
  const headers = { ...again, 'content-type': 'application/fhir+json' };
  const send = async (bundle) => {
    const answer = await fetch(server.fhir, { method: 'POST', headers, body: JSON.stringify(bundle) });
    if (answer.status !== 200) throw new Error(`${answer.status} ${(await answer.text()).slice(0, 300)}`);
    await answer.arrayBuffer();
  };
  row('resident memory, idle [MiB]', name, null, residentKib(server.pid) / 1024, null);
  let ids = await fill(send, 0, SMALL);
  const results = {};
  results.read = await scene('read by id', name, `${server.fhir}/Patient/bench-7`, headersLua(again));
  results.create = await scene('create, durable', name, `${server.fhir}/Patient`, createLua(again));
  const small = await scene(`search, ${SMALL} patients`, name, server.fhir, searchLua(again, ids));
  const start = performance.now();
  ids = [...ids, ...(await fill(send, SMALL, LARGE))];
  const resources = (LARGE - SMALL) * (1 + OBSERVATIONS);
  row('resources by transactions [1/s]', name, resources / ((performance.now() - start) / 1e3), null, null);
  const large = await scene(`search, ${LARGE} patients`, name, server.fhir, searchLua(again, ids));
  row('search, large over small (p50)', name, null, large.p50 / small.p50, null);
  await server.stop();
  fs.rmSync(data, { recursive: true });
  return { ...results, session };
}

// Orthanc: no FHIR; its cheapest routes and its footprint, with its own TLS off and login off.
async function orthanc() {
  const config = path.join(scratch, 'orthanc.json');
  fs.writeFileSync(config, JSON.stringify({
    Name: 'bench', StorageDirectory: path.join(scratch, 'orthanc'), HttpPort: 18042, DicomServerEnabled: false,
    RemoteAccessAllowed: false, AuthenticationEnabled: false,
  }));
  const began = performance.now();
  const child = spawn('Orthanc', [config], { stdio: 'ignore' });
  for (;;) {
    const up = await fetch('http://127.0.0.1:18042/system').then((a) => a.ok, () => false);
    if (up) break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  row('cold start to the first answer [ms]', 'Orthanc', null, performance.now() - began, null);
  row('resident memory, idle [MiB]', 'Orthanc', null, residentKib(child.pid) / 1024, null);
  const got = await scene('read by id', 'Orthanc, /system', 'http://127.0.0.1:18042/system', '');
  child.kill();
  return got;
}

async function medplum() {
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: here, stdio: 'inherit' });
  const child = spawn('node', [path.join(here, 'medplum.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const base = await new Promise((resolve) => child.stdout.once('data', (text) => resolve(String(text).trim())));
  const made = await fetch(`${base}/fhir/Patient`, {
    method: 'POST', headers: { 'content-type': 'application/fhir+json' }, body: PATIENT.replace('%d', '1'),
  }).then((a) => a.json());
  row('resident memory, idle [MiB]', 'Medplum router', null, residentKib(child.pid) / 1024, null);
  const read = await scene('read by id', 'Medplum router', `${base}/fhir/Patient/${made.id}`, '');
  const create = await scene('create, in memory', 'Medplum router', `${base}/fhir/Patient`, createLua({}));
  child.kill();
  return { read, create };
}

console.log(['scene', 'server', 'rate', 'p50_ms', 'p99_ms', 'note'].join('\t'));
const pg = startPostgres();
try {
  const sqlite = await ours('Enthesis, SQLite, TLS, audit', []);
  const postgresql = await ours('Enthesis, PostgreSQL, TLS, audit', ['--db', pg.database()]);
  const o = await orthanc();
  const m = await medplum();
  const ratio = (name, a, b) => console.log([name, 'ratio', (a.rate / b.rate).toFixed(2), '', '', ''].join('\t'));
  ratio('read: SQLite / Orthanc /system (no TLS, no audit)', sqlite.read, o);
  ratio('read: SQLite / Medplum router (no TLS, no audit, memory)', sqlite.read, m.read);
  ratio('create: SQLite / Medplum router (memory)', sqlite.create, m.create);
  ratio('create: PostgreSQL / SQLite', postgresql.create, sqlite.create);
} finally {
  pg.remove();
  fs.rmSync(scratch, { recursive: true, force: true });
}
