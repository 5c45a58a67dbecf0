// SPDX-License-Identifier: Apache-2.0
// Nothing acknowledged is lost: the server is killed under parallel writes, again and again; the
// database is restarted under load; the disk fills up. TAP on stdout.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { startPostgres } from '../support/pg.mjs';
import { login, newFolder, startServer } from '../support/serve.mjs';

const PROGRAM = process.env.ENTHESIS ?? 'build/enthesis';
const KILLS = Number(process.env.KILLS ?? 50);
const WRITERS = 8;
const SYSTEM = 'urn:enthesis:test:durable';

let number = 0;
function check(holds, name, detail = '') {
  console.log(`${holds ? 'ok' : 'not ok'} ${++number} - ${name}${holds ? '' : ` (${detail})`}`);
}

// A seed makes the times of the kills repeatable: SEED=... node durable.mjs
let seed = Number(process.env.SEED ?? Date.now() % 1e9);
console.log(`# SEED=${seed}`);
function random() {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// What the server acknowledged, and what was asked for without an answer.
class Ledger {
  acknowledged = []; // {url, mark}: this version has this mark
  transactions = []; // mark: all of its resources or none
  count = 0;
  nextMark() {
    return `m${process.pid}-${++this.count}`;
  }
}

const patient = (mark) => ({
  resourceType: 'Patient',
  identifier: [{ system: SYSTEM, value: mark }],
  name: [{ family: 'Synthetic', given: ['Patient'] }],
});

const observation = (mark) => ({
  resourceType: 'Observation',
  identifier: [{ system: SYSTEM, value: mark }],
  status: 'final',
  code: { text: 'pain' },
  subject: { reference: `urn:uuid:6a2d0f0e-0000-4000-8000-000000000001` },
  valueQuantity: { value: 1.5 },
});

function transaction(mark) {
  const post = (resource, fullUrl) => ({
    fullUrl,
    resource,
    request: { method: 'POST', url: resource.resourceType },
  });
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      post(patient(mark), 'urn:uuid:6a2d0f0e-0000-4000-8000-000000000001'),
      post(observation(mark), 'urn:uuid:6a2d0f0e-0000-4000-8000-000000000002'),
      post(observation(mark), 'urn:uuid:6a2d0f0e-0000-4000-8000-000000000003'),
    ],
  };
}

function client(server, session) {
  return async (method, url, body, headers = {}) => {
    const answer = await fetch(`${server.fhir}${url}`, {
      method,
      headers: { ...session, 'content-type': 'application/fhir+json', ...headers },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, location: answer.headers.get('location'), text };
  };
}

const versionUrl = (location) => location.slice(location.indexOf('/fhir/') + 5);

async function createAndChange(send, ledger) {
  const first = ledger.nextMark();
  const made = await send('POST', '/Patient', patient(first));
  if (made.status !== 201) return made.status;
  const url = versionUrl(made.location);
  ledger.acknowledged.push({ url, mark: first });
  const second = ledger.nextMark();
  const id = url.split('/')[2];
  const changed = await send('PUT', `/Patient/${id}`, { ...patient(second), id });
  if (changed.status === 200) {
    ledger.acknowledged.push({ url: versionUrl(changed.location), mark: second });
  }
  return changed.status;
}

async function transact(send, ledger) {
  const mark = ledger.nextMark();
  ledger.transactions.push(mark);
  const answer = await send('POST', '', transaction(mark));
  if (answer.status === 200) {
    for (const entry of JSON.parse(answer.text).entry) {
      ledger.acknowledged.push({ url: versionUrl(`/fhir/${entry.response.location}`.replace(/.*\/fhir\//, '/fhir/')), mark });
    }
  }
  return answer.status;
}

// Writes until `until` says stop or the server is gone. Statuses that came, counted.
async function write(server, session, ledger, until) {
  const statuses = {};
  const send = client(server, session);
  const writer = async (i) => {
    while (!until()) {
      try {
        const status = await (i % 2 ? transact : createAndChange)(send, ledger);
        statuses[status] = (statuses[status] ?? 0) + 1;
        if (status >= 500) await sleep(20);
      } catch {
        statuses.gone = (statuses.gone ?? 0) + 1;
        await sleep(5);
      }
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, i) => writer(i)));
  return statuses;
}

// Compares the ledger with the server; returns what is wrong.
async function audit(server, session, ledger) {
  const send = client(server, session);
  const faults = [];
  for (const { url, mark } of ledger.acknowledged) {
    const found = await send('GET', url);
    if (found.status !== 200 || JSON.parse(found.text).identifier?.[0].value !== mark) {
      faults.push(`${url} is lost (${found.status})`);
    }
  }
  for (const mark of ledger.transactions) {
    let count = 0;
    for (const type of ['Patient', 'Observation']) {
      const found = await send('GET', `/${type}?identifier=${SYSTEM}%7C${mark}`);
      count += JSON.parse(found.text).entry?.length ?? 0;
    }
    if (count !== 0 && count !== 3) faults.push(`a transaction is half written: ${count} of 3`);
  }
  return faults;
}

function verify(data, db) {
  const run = spawnSync(PROGRAM, ['verify', '--data', data, ...db], { encoding: 'utf8' });
  return { holds: run.status === 0, detail: `${run.status}: ${run.stdout}${run.stderr}`.slice(0, 400) };
}

async function killAndLook(name, db) {
  const data = newFolder();
  const faults = [];
  let acknowledged = 0;
  let transactions = 0;
  let before = new Ledger();
  for (let round = 0; round <= KILLS; round++) {
    const server = await startServer(data, db);
    const session = await login(server);
    faults.push(...(await audit(server, session, before)));
    acknowledged += before.acknowledged.length;
    transactions += before.transactions.length;
    if (round === KILLS) {
      await server.stop();
      break;
    }
    const ledger = new Ledger();
    ledger.count = 1e6 * (round + 1);
    let isGone = false;
    server.ended.then(() => (isGone = true));
    const writing = write(server, session, ledger, () => isGone);
    await sleep(40 + 200 * random());
    server.kill('SIGKILL');
    await writing;
    before = ledger;
  }
  check(faults.length === 0, `${name}: ${KILLS} kills lose no acknowledged write and halve no transaction`, faults[0]);
  check(acknowledged > 20 * KILLS && transactions > KILLS, `${name}: the kills came under load`, `${acknowledged} writes, ${transactions} transactions`);
  console.log(`# ${name}: ${acknowledged} acknowledged versions, ${transactions} transactions`);
  const whole = verify(data, db);
  check(whole.holds, `${name}: storage and audit chain are whole afterwards`, whole.detail);
  fs.rmSync(data, { recursive: true });
}

// The database goes away and comes back: 503 meanwhile, then writes go on without help.
async function restartDatabase(pg) {
  const data = newFolder();
  const db = ['--db', pg.database()];
  const server = await startServer(data, db);
  const session = await login(server);
  const ledger = new Ledger();
  let phase = 0;
  const writing = write(server, session, ledger, () => phase === 1);
  await sleep(500);
  pg.stop('immediate');
  await sleep(500);
  const away = await client(server, session)('POST', '/Patient', patient('away'));
  check(away.status === 503, 'PostgreSQL stopped: a write is answered with 503', away.status);
  const health = await fetch(`${server.base}/health`);
  check(health.status === 503, 'PostgreSQL stopped: /health says so', health.status);
  pg.start();
  await sleep(500);
  const count = ledger.acknowledged.length;
  await sleep(1500);
  phase = 1;
  const statuses = await writing;
  check(ledger.acknowledged.length > count, 'PostgreSQL is back: writes go on without help', JSON.stringify(statuses));
  check(Object.keys(statuses).every((s) => ['200', '503'].includes(s)), 'PostgreSQL restarted under load: every answer is 2xx or 503', JSON.stringify(statuses));
  const faults = await audit(server, session, ledger);
  check(faults.length === 0, 'PostgreSQL restarted under load: nothing acknowledged is lost', faults[0]);
  await server.stop();
  const whole = verify(data, db);
  check(whole.holds, 'PostgreSQL restarted under load: the audit chain is whole', whole.detail);
  fs.rmSync(data, { recursive: true });
}

// No file may grow: as on a full disk. Then there is room again.
async function fillDisk() {
  const data = newFolder();
  const server = await startServer(data);
  const session = await login(server);
  const ledger = new Ledger();
  const send = client(server, session);
  await createAndChange(send, ledger);
  const limit = (size) => execFileSync('prlimit', ['--pid', String(server.pid), `--fsize=${size}:unlimited`]);
  const largest = Math.max(...fs.readdirSync(data).map((f) => fs.statSync(path.join(data, f)).size));
  limit(Math.min(4096, largest));
  const full = await send('POST', '/Patient', patient('full'));
  check(full.status === 503, 'disk full: a write is answered with 503', `${full.status} ${full.text.slice(0, 200)}`);
  check(full.text.includes('OperationOutcome') && !full.text.includes('Synthetic'), 'disk full: the answer is an OperationOutcome without patient data', full.text.slice(0, 200));
  limit('unlimited');
  const again = await createAndChange(send, ledger);
  check(again === 200, 'room again: writes go on without help', again);
  const faults = await audit(server, session, ledger);
  check(faults.length === 0, 'disk full: nothing acknowledged is lost', faults[0]);
  const end = await server.stop();
  check(end.code === 0, 'the server ends in good order', JSON.stringify(end));
  const whole = verify(data, []);
  check(whole.holds, 'disk full: storage and audit chain are whole', whole.detail);
  fs.rmSync(data, { recursive: true });
}

const pg = startPostgres();
try {
  await killAndLook('SQLite', []);
  await killAndLook('PostgreSQL', ['--db', pg.database()]);
  await restartDatabase(pg);
  await fillDisk();
} catch (error) {
  check(false, 'the run came to its end', error.stack);
} finally {
  pg.remove();
}
console.log(`1..${number}`);
