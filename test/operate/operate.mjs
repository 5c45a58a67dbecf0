// SPDX-License-Identifier: Apache-2.0
// The operations as a client meets them over HTTP: the answers of the command line, long work,
// bulk data with a small client of its own, CDS Hooks with signed tokens. TAP on standard output;
// times are told as comments, never judged.
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import { startPostgres } from '../support/pg.mjs';
import { login, newFolder, startServer } from '../support/serve.mjs';

const PROGRAM = process.env.ENTHESIS ?? 'build/enthesis';
const DAY = '2026-03-02';
const ISSUER = 'https://ehr.example';
let count = 0;

function ok(condition, name) {
  count += 1;
  console.log(`${condition ? 'ok' : 'not ok'} ${count} - ${name}`);
  return condition;
}

const read = (file) => fs.readFileSync(`examples/${file}`, 'utf8');
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function cli(...words) {
  try {
    return execFileSync(PROGRAM, words, { encoding: 'utf8', maxBuffer: 1 << 28 });
  } catch (error) {
    if (error.status !== 3) throw error; // 3: no injection may be planned
    return error.stdout;
  }
}

// The server with a logged-in owner who is the Practitioner of the example.
async function open(db) {
  const folder = newFolder();
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const clients = path.join(folder, 'ehrs.json');
  const jwk = { ...keys.publicKey.export({ format: 'jwk' }), alg: 'ES384', kid: 'k1', use: 'sig' };
  fs.writeFileSync(clients, JSON.stringify({ clients: [{ iss: ISSUER, keys: { keys: [jwk] } }] }));
  const args = ['--today', DAY, '--cds-clients', clients, '--quiet'];
  const server = await startServer(folder, db ? [...args, '--db', db] : args);
  let session = await login(server);
  const ask = async (method, target, body, headers = {}) => {
    const answer = await fetch(`${server.base}${target}`, {
      method,
      headers: { ...session, ...(body ? { 'content-type': 'application/fhir+json' } : {}), ...headers },
      body: typeof body === 'object' && body !== null ? JSON.stringify(body) : body,
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text };
  };
  const close = async () => {
    await server.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  };
  const loginAgain = async () => { session = await login(server); };
  return { server, ask, close, loginAgain, key: keys.privateKey };
}

async function importCase(c, file) {
  const { resource: staff } = JSON.parse(read(file)).entry.find(
    (e) => e.resource.resourceType === 'Practitioner');
  const made = await c.ask('PUT', `/fhir/Practitioner/${staff.id}`, staff);
  const altered = await c.ask('PATCH', '/auth/accounts/owner', { practitioner: staff.id },
    { 'content-type': 'application/json' });
  if (made.status !== 201 || altered.status !== 204) throw new Error(`staff: ${made.text} ${altered.text}`);
  await c.loginAgain(); // what an account may do was changed: its sessions have ended
  for (const { resource } of JSON.parse(read(file)).entry) {
    const answer = await c.ask('PUT', `/fhir/${resource.resourceType}/${resource.id}`, resource);
    if (answer.status !== 201 && resource.id !== staff.id) throw new Error(`${resource.id}: ${answer.status} ${answer.text}`);
  }
}

async function testOperations(c, name) {
  const file = 'cases/knee-oa.json';
  for (const command of ['assess', 'plan', 'triage']) {
    const answer = await c.ask('POST', `/fhir/$${command}?today=${DAY}`, read(file));
    const expected = cli(command, `examples/${file}`, '--today', DAY, '--json');
    ok(answer.text === expected, `${name}: $${command} of a case is what the command line prints`);
  }
  await importCase(c, file);
  const started = performance.now();
  const plan = await c.ask('POST', '/fhir/Patient/patient/$plan');
  console.log(`# ${name}: $plan of a stored patient ${Math.round(performance.now() - started)} ms`);
  const types = JSON.parse(plan.text).entry.map((e) => e.resource.resourceType);
  ok(plan.status === 200 && types.includes('CarePlan') && types.at(-1) === 'Provenance',
    `${name}: $plan of a stored patient is kept with its Provenance`);
  const again = await c.ask('POST', '/fhir/Patient/patient/$plan');
  ok(again.text === plan.text, `${name}: the same question makes nothing twice`);
  const many = await Promise.all(Array.from({ length: 8 }, () => c.ask('GET', '/fhir/Patient/patient/$plan')));
  ok(many.every((a) => (a.status === 200 && a.text === many[0].text) || a.status === 503),
    `${name}: eight at a time get one answer, or are asked to come again`);
  const applied = await c.ask('GET', '/fhir/PlanDefinition/knee-sit2020/$apply?subject=Patient/patient');
  ok(applied.status === 200 && JSON.parse(applied.text).resourceType === 'CarePlan',
    `${name}: $apply gives one CarePlan`);
}

async function finished(c, url) {
  for (;;) {
    const answer = await c.ask('GET', url);
    if (answer.status !== 202) return answer;
    await sleep(20);
  }
}

const placeOf = (answer) => new URL(answer.headers.get('content-location')).pathname;

async function testTrial(c, name) {
  const spec = 'examples/trials/knee-oa.json';
  const started = await c.ask('POST', '/fhir/$trial?patients=500&seed=3', read('trials/knee-oa.json'));
  ok(started.status === 202, `${name}: a trial is taken`);
  const answer = await finished(c, placeOf(started));
  const expected = cli('trial', spec, '--patients', '500', '--seed', '3', '--json');
  ok(answer.text === expected, `${name}: its answer is what the command line prints`);
}

async function testBulk(c, name) {
  const asked = await c.ask('GET', '/fhir/$export', null, {
    prefer: 'respond-async', accept: 'application/fhir+json' });
  const manifest = JSON.parse((await finished(c, placeOf(asked))).text);
  let lines = 0;
  let isWhole = true;
  for (const file of manifest.output) {
    const answer = await c.ask('GET', new URL(file.url).pathname);
    const rows = answer.text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));
    isWhole = isWhole && answer.headers.get('content-type') === 'application/fhir+ndjson' &&
      rows.length === file.count && rows.every((r) => r.resourceType === file.type);
    lines += rows.length;
  }
  ok(isWhole && lines > 60, `${name}: every file holds what the manifest says (${lines} resources)`);
  const patients = manifest.output.find((f) => f.type === 'Patient');
  const stored = await c.ask('GET', '/fhir/Patient/patient');
  const exported = await c.ask('GET', new URL(patients.url).pathname);
  ok(exported.text.trimEnd().split('\n').includes(stored.text), `${name}: a line is the resource as it is stored`);
  await c.ask('DELETE', placeOf(asked));
  ok((await c.ask('GET', placeOf(asked))).status === 404, `${name}: a deleted export is gone`);
}

// CDS Hooks

function token(c, address) {
  const now = Math.floor(Date.now() / 1000);
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = `${part({ alg: 'ES384', typ: 'JWT', kid: 'k1' })}.${part({
    iss: ISSUER, sub: 'ehr', aud: `${c.server.base}${address}`, iat: now, exp: now + 60, jti: randomUUID() })}`;
  const signature = sign('sha384', Buffer.from(head), { key: c.key, dsaEncoding: 'ieee-p1363' });
  return `Bearer ${head}.${signature.toString('base64url')}`;
}

function hookCall(file) {
  const resources = JSON.parse(read(file)).entry.map((e) => e.resource);
  const set = (type) => ({
    resourceType: 'Bundle', type: 'searchset',
    entry: resources.filter((r) => r.resourceType === type).map((resource) => ({ resource })) });
  return {
    hookInstance: randomUUID(), hook: 'order-sign', fhirServer: 'https://ehr.example/fhir',
    context: {
      userId: 'Practitioner/u', patientId: 'patient',
      draftOrders: { resourceType: 'Bundle', type: 'collection', entry: [{ resource: {
        resourceType: 'ServiceRequest', id: 'o1', status: 'draft', intent: 'order',
        code: { text: 'Prolotherapy, right knee' }, subject: { reference: 'Patient/patient' } } }] } },
    prefetch: {
      patient: resources.find((r) => r.resourceType === 'Patient'),
      conditions: set('Condition'), allergies: set('AllergyIntolerance'),
      medications: set('MedicationStatement'), observations: set('Observation'),
      procedures: null } };
}

async function testHooks(c, name) {
  const address = '/cds-services/prolotherapy-order-sign';
  const discovery = await fetch(`${c.server.base}/cds-services`);
  const { services } = await discovery.json();
  ok(services.length === 4 && services.every((s) => s.id && s.hook && s.description && s.prefetch),
    `${name}: the services are told without a token`);
  const post = (body, authorization) => fetch(`${c.server.base}${address}`, {
    method: 'POST', body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) } });
  const bare = await post(hookCall('cases/hot-joint.json'));
  ok(bare.status === 401 && (await bare.text()) === '', `${name}: without a token: 401 and nothing else`);
  const answer = await post(hookCall('cases/hot-joint.json'), token(c, address));
  const { cards } = await answer.json();
  ok(answer.status === 200 && cards.some((card) => card.indicator === 'critical') &&
    cards.every((card) => [...card.summary].length < 140), `${name}: a contraindication is a critical card`);
  const times = [];
  for (let i = 0; i < 300; i += 1) {
    const body = hookCall('cases/knee-oa.json');
    const authorization = token(c, address);
    const started = performance.now();
    const one = await post(body, authorization);
    await one.text();
    times.push(performance.now() - started);
    if (one.status !== 200) { ok(false, `${name}: call ${i} answers ${one.status}`); return; }
  }
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(1);
  console.log(`# ${name}: order-sign with prefetch, one after the other: p50 ${at(0.5)} ms, ` +
    `p95 ${at(0.95)} ms, p99 ${at(0.99)} ms`);
  ok(true, `${name}: 300 calls are answered`);
}

async function testAll(name, db) {
  const c = await open(db);
  try {
    await testOperations(c, name);
    await testTrial(c, name);
    await testBulk(c, name);
    await testHooks(c, name);
  } finally {
    await c.close();
  }
}

await testAll('SQLite', null);
const pg = startPostgres();
try {
  await testAll('PostgreSQL', pg.database());
} finally {
  pg.remove();
}
console.log(`1..${count}`);
