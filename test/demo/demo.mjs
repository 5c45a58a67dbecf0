// SPDX-License-Identifier: Apache-2.0
// The demo clinic as people start it: what it prints, who can log in, that it is no real clinic and
// never becomes one, and that each of its patients stands where the name says. TAP on standard
// output; times are told as comments, never judged.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { login, newFolder, startDemo, startServer } from '../support/serve.mjs';

const PROGRAM = process.env.ENTHESIS ?? 'build/enthesis';
const DAY = '2026-03-02';
const ROLES = ['owner', 'physician', 'assistant', 'reception', 'researcher', 'auditor'];
let count = 0;

function ok(condition, name, why = '') {
  count += 1;
  console.log(`${condition ? 'ok' : 'not ok'} ${count} - ${name}`);
  if (!condition && why !== '') console.log(`# ${why}`);
  return condition;
}

// Asks as a role; the answer as a tree.
async function caller(demo, role) {
  const headers = await login(demo, role, demo.password);
  const ask = async (method, target, body) => {
    const answer = await fetch(`${demo.base}${target}`, {
      method,
      headers: { ...headers, ...(body ? { 'content-type': 'application/fhir+json' } : {}) },
      body: body ? JSON.stringify(body) : undefined,
    });
    const text = await answer.text();
    return { status: answer.status, tree: text === '' ? null : JSON.parse(text), text };
  };
  return { ask, get: (target) => ask('GET', target), resources: async (target) =>
    ((await ask('GET', target)).tree.entry ?? []).map((e) => e.resource) };
}

// Refused starts: what is said, and that nothing listens.
function refusal(args) {
  const end = spawnSync(PROGRAM, ['serve', ...args], { encoding: 'utf8', timeout: 60000 });
  return end.status === 0 || end.status === null ? '' : end.stderr;
}

function testPrinted(demo) {
  const lines = demo.text().split('\n').filter((line) => !line.startsWith('time=')); // the log
  ok(lines.every((line) => line.length <= 80 || line.includes(demo.data)), 'no line is over 80 columns');
  ok(ROLES.every((role) => lines.some((line) => line.startsWith(`  ${role} `))), 'every role has a line');
  ok(/^[a-z0-9]{5}(-[a-z0-9]{5}){3}$/.test(demo.password), 'a password is printed');
  ok(demo.link.startsWith(`${demo.base}/#link=`), 'so is the link of a diary');
}

async function testLogins(demo) {
  for (const role of ROLES) {
    const headers = await login(demo, role, demo.password);
    const me = await (await fetch(`${demo.base}/auth/me`, { headers })).json();
    ok(me.role === role && me.must_change_password !== true, `${role} logs in and need not change the password`);
  }
  const token = demo.link.split('#link=')[1];
  const open = () => fetch(`${demo.base}/auth/link`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token }) });
  ok((await open()).status === 200, 'the link opens a diary');
  ok((await open()).status === 401, 'and opens it once');
}

// What the operations say of each patient today: verdict of $assess, advice and response of
// $review, urgency of $triage.
const STAGES = [
  ['new', { $assess: 'cannot-be-decided' }],
  ['deferred', { $assess: 'defer' }],
  ['planned', { $assess: 'suitable', $plan: 'suitable' }],
  ['mid-course', { $assess: 'suitable', $review: 'continue; partial' }],
  ['responder', { $review: 'continue; responder' }],
  ['non-responder', { $review: 'stop; no response' }],
  ['relapse', { $review: 'maintenance-session; partial' }],
  ['red-flag', { $triage: 'emergency' }],
  ['not-ready', { $assess: 'cannot-be-decided' }],
  ['overdue', { $review: 'ask-first; responder' }],
  ['review-due', { $review: 'continue; partial' }],
  ['refused', { $assess: 'not-suitable' }],
  ['finished', { $review: 'stop; responder' }],
];

async function said(physician, id, operation) {
  const found = await physician.resources(`/fhir/Patient/demo-${id}/${operation}`);
  const guidance = found.find((r) => r.resourceType === 'GuidanceResponse');
  const code = (guidance.extension ?? []).map((x) => x.valueCode).filter(Boolean);
  const response = /Response: ([a-z ]+)/.exec(JSON.stringify(guidance))?.[1] ?? '';
  return `${code.join(' ')}; ${response}`;
}

async function testStages(demo) {
  const physician = await caller(demo, 'physician');
  for (const [id, expected] of STAGES) {
    for (const [operation, answer] of Object.entries(expected)) {
      const now = await said(physician, id, operation);
      ok(answer.split('; ').every((part) => now.includes(part)), `${id}: ${operation} is ${answer}`, now);
    }
  }
}

async function testToday(demo) {
  const physician = await caller(demo, 'physician');
  const visits = await physician.resources(`/fhir/Appointment?date=${DAY}&_count=50`);
  const sessions = visits.filter((v) => v.serviceType[0].coding[0].code === 'prolotherapy-session');
  ok(sessions.length === 3, 'three sessions are booked today', `${sessions.length}`);
  const signed = await physician.resources('/fhir/Procedure?status=completed&patient=demo-mid-course');
  ok(signed.length === 2, 'the one in mid-course has two sessions');
  const change = await physician.ask('PUT', `/fhir/Procedure/${signed[0].id}`, { ...signed[0], note: [{ text: 'x' }] });
  ok(change.status === 409, 'which are signed, and so stay as they are', `${change.status}`);
  const plans = await physician.resources('/fhir/CarePlan?patient=demo-planned');
  const risks = await physician.resources('/fhir/RiskAssessment?patient=demo-planned&_count=500');
  ok(plans.length === 1 && risks.length > 10, 'a plan is kept with its forecast');
  const stock = await physician.resources('/fhir/Medication?code=dextrose_50&_count=500');
  const days = stock.map((m) => (Date.parse(m.batch.expirationDate) - Date.parse(DAY)) / 86400000);
  ok(days.some((d) => d < 0) && days.some((d) => d > 0 && d < 30) && days.some((d) => d > 180),
    'of the vials one is expired, some expire soon, most do not');
  const people = await physician.resources('/fhir/Patient?_count=500');
  ok(people.length > 80 && people.every((p) => p.meta.tag.some((t) => t.code === 'HTEST') &&
    p.name[0].family.startsWith('Synthetic-')), `all ${people.length} patients are marked as synthetic`);
}

async function testAgain(demo) {
  const physician = await caller(demo, 'physician');
  const note = await physician.ask('PUT', '/fhir/Communication/kept', {
    resourceType: 'Communication', id: 'kept', status: 'completed', subject: { reference: 'Patient/demo-new' } });
  await demo.stop();
  const whole = execFileSync(PROGRAM, ['verify', '--data', demo.data], { encoding: 'utf8' });
  ok(whole.includes('All is whole'), 'verify finds the demo whole');
  ok(refusal(['--data', demo.data, '--listen', '127.0.0.1:0']).includes('holds the demo clinic'),
    'it is not served as a real clinic');
  ok(refusal(['--demo', '--data', demo.data, '--listen', '127.0.0.1:0', '--today', '2026-05-01']).includes('--today'),
    'nor on another day than it was filled for');
  const again = await startDemo([], demo.data);
  const kept = await (await caller(again, 'physician')).get('/fhir/Communication/kept');
  ok(note.status === 201 && kept.status === 200, 'a restart keeps what was done in it');
  ok(again.password !== demo.password && (await login(demo, 'owner', demo.password).catch(() => null)) === null,
    'with a new password');
  await again.stop();
}

// Two-sided 5 % point of Student's t by its own integral: the server computes it otherwise.
function studentPoint(df) {
  const density = (x) => (1 + (x * x) / df) ** (-(df + 1) / 2);
  const area = (to) => {
    const steps = 4000;
    let sum = density(0) + density(to);
    for (let i = 1; i < steps; i += 1) sum += (i % 2 ? 4 : 2) * density((to * i) / steps);
    return (sum * to) / steps / 3;
  };
  const all = area(400);
  let [low, high] = [0, 60];
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2;
    if (area(middle) / all < 0.95) low = middle;
    else high = middle;
  }
  return low;
}

const near = (a, b, within = 2e-3) => Math.abs(a - b) <= within;

// The sums of a group at a time-point, from the rows without names.
function fromRows(rows, days) {
  const at = (row) => row.points.find((p) => p.days === days);
  const due = rows.filter((row) => at(row).due);
  const followed = due.filter((row) => at(row).pain !== undefined && row.pain_before !== undefined);
  const falls = followed.map((row) => row.pain_before - at(row).pain);
  const n = falls.length;
  const mean = falls.reduce((a, b) => a + b, 0) / n;
  const sd = Math.sqrt(falls.reduce((a, b) => a + (b - mean) ** 2, 0) / (n - 1));
  const told = followed.filter((row) => at(row).responder !== 'unknown');
  const yes = told.filter((row) => at(row).responder === 'yes').length;
  const z = 1.959963984540054;
  const [m, p] = [told.length, yes / told.length];
  const middle = (p + (z * z) / (2 * m)) / (1 + (z * z) / m);
  const half = (z / (1 + (z * z) / m)) * Math.sqrt((p * (1 - p)) / m + (z * z) / (4 * m * m));
  return { due: due.length, n, mean, half: (studentPoint(n - 1) * sd) / Math.sqrt(n), told: m, yes, low: middle - half, high: middle + half };
}

function checkPoint(point, rows) {
  const own = fromRows(rows, point.days);
  if (point.due !== own.due || point.followed !== own.n) return false;
  if (point.state !== 'shown') return point.pain === undefined && point.responders === undefined;
  return near(point.pain.mean, own.mean) && near(point.pain.low, own.mean - own.half) && near(point.pain.high, own.mean + own.half) &&
    point.responders.n === own.told && point.responders.count === own.yes &&
    near(point.responders.low, own.low) && near(point.responders.high, own.high);
}

// The clinic's own results against what the rows say, computed here in another way.
async function testRegistry(demo) {
  const researcher = await caller(demo, 'researcher');
  const { tree } = await researcher.get('/clinic/outcomes');
  const lines = await fetch(`${demo.base}/clinic/outcomes.ndjson`, { headers: await login(demo, 'researcher', demo.password) });
  const rows = (await lines.text()).trim().split('\n').map((line) => JSON.parse(line));
  const wrong = [];
  for (const group of tree.groups) {
    const own = rows.filter((row) => row.condition === group.condition);
    const sessions = own.reduce((sum, row) => sum + row.sessions, 0);
    if (own.length !== group.courses || sessions !== group.sessions) wrong.push(group.condition);
    for (const point of group.points) if (!checkPoint(point, own)) wrong.push(`${group.condition} ${point.days}`);
  }
  ok(wrong.length === 0, `results of ${tree.groups.length} conditions are those of ${rows.length} rows`, wrong.join('; '));
  const states = tree.groups.flatMap((g) => g.points.map((p) => p.state));
  ok(['shown', 'few', 'incomplete', 'not_yet'].every((s) => states.includes(s)), 'some are shown, some hidden for each reason');
  ok(tree.groups.filter((g) => g.points.some((p) => p.state === 'shown')).length >= 2, 'at least two conditions have results');
  const csv = await fetch(`${demo.base}/clinic/outcomes.csv?condition=sij_pain`, { headers: await login(demo, 'owner', demo.password) });
  const text = await csv.text();
  ok(text.split('\r\n').length === rows.filter((r) => r.condition === 'sij_pain').length + 2 &&
    !text.includes('demo-') && !text.includes('Synthetic'), 'the CSV of one condition holds its courses and no name or id');
  const nobody = await (await caller(demo, 'physician')).get('/clinic/outcomes?from=2199-01-01');
  ok(nobody.status === 200 && nobody.tree.groups.length === 0, 'a span without courses is an empty answer');
  const owner = await caller(demo, 'owner');
  const wrong400 = await Promise.all(['side=up', 'condition=none_such', 'from=2026-13-01', 'to=2026'].map((q) => owner.get(`/clinic/outcomes?${q}`)));
  ok(wrong400.every((answer) => answer.status === 400), 'a filter that is none is refused', wrong400.map((a) => a.status).join(' '));
  const closed = await Promise.all(['assistant', 'reception', 'auditor'].map(async (role) => (await caller(demo, role)).get('/clinic/outcomes.ndjson')));
  ok(closed.every((answer) => answer.status === 403), 'who does not look at results gets no row either');
  const trail = await owner.resources('/fhir/AuditEvent?_count=200');
  ok(['outcomes', 'outcomes-csv', 'outcomes-ndjson'].every((kind) => trail.some((e) => JSON.stringify(e.subtype).includes(`"${kind}"`))),
    'what was asked of them stands in the audit trail');
}

// Two fillings for one day are the same clinic: same resources, same versions, same times. (Ids of
// signatures, and of what an approval proposes, are random.)
async function testSame(demo) {
  const other = await startDemo(['--today', DAY, '--quiet']);
  const texts = [];
  for (const one of [demo, other]) {
    const owner = await caller(one, 'owner');
    const all = [];
    for (const type of ['Patient', 'Observation', 'CarePlan', 'RiskAssessment', 'GuidanceResponse', 'Procedure', 'Appointment']) {
      all.push(...(await owner.resources(`/fhir/${type}?_count=500&_sort=_id`))
        .filter((r) => r.status !== 'proposed').map((r) => JSON.stringify(r)));
    }
    texts.push(all.join('\n'));
  }
  ok(texts[0] === texts[1] && texts[0].length > 100000, 'filled twice for one day it is the same to the byte');
  await other.stop();
  other.remove();
}

// The clock's day: everything moves there, whatever day this is.
async function testClock() {
  const started = performance.now();
  const demo = await startDemo(['--quiet']);
  console.log(`# filled and listening after ${Math.round(performance.now() - started)} ms`);
  const physician = await caller(demo, 'physician');
  ok((await said(physician, 'deferred', '$assess')).startsWith('defer'), 'without --today it is filled for today');
  ok((await said(physician, 'red-flag', '$triage')).startsWith('emergency'), 'down to the alert of today');
  const scores = await physician.resources('/fhir/Observation?patient=demo-responder&_count=500');
  ok(scores.every((o) => Date.parse(o.effectiveDateTime) <= Date.now()), 'and nothing that was, is yet to come');
  await demo.stop();
  demo.remove();
}

async function testRealClinic() {
  const folder = newFolder();
  const real = await startServer(folder, ['--quiet']);
  await real.stop();
  ok(refusal(['--demo', '--data', folder, '--listen', '127.0.0.1:0']).includes('no demo'),
    'the folder of a real clinic is refused');
  const fresh = path.join(folder, 'beyond');
  const beyond = refusal(['--demo', '--data', fresh, '--listen', '0.0.0.0:0']);
  ok(beyond.includes('this machine only') && !fs.existsSync(fresh), 'so is listening beyond this machine');
  fs.rmSync(folder, { recursive: true, force: true });
}

// Every resource of examples/clinic is valid by itself, as it is dated there.
async function testFiles(demo) {
  const owner = await caller(demo, 'owner');
  const files = fs.readdirSync('examples/clinic').filter((name) => name.endsWith('.json'));
  const wrong = [];
  for (const name of files) {
    for (const { resource } of JSON.parse(fs.readFileSync(`examples/clinic/${name}`, 'utf8')).entry) {
      const { tree } = await owner.ask('POST', `/fhir/${resource.resourceType}/$validate`, resource);
      if (tree.issue.some((i) => i.severity === 'error' || i.severity === 'fatal')) wrong.push(`${name}: ${resource.id}`);
    }
  }
  ok(files.length > 15 && wrong.length === 0, `the resources of ${files.length} files of examples/clinic are valid`, wrong.join(' '));
}

const demo = await startDemo(['--today', DAY, '--quiet']);
testPrinted(demo);
await testLogins(demo);
await testStages(demo);
await testToday(demo);
await testFiles(demo);
await testRegistry(demo);
await testSame(demo);
await testAgain(demo);
demo.remove();
await testClock();
await testRealClinic();
console.log(`1..${count}`);
