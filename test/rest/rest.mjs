// SPDX-License-Identifier: Apache-2.0
// rest.mjs: a FHIR client that is not ours (fhir-kit-client) drives every interaction against a
// running server, on SQLite and on PostgreSQL; and HL7's own examples go in and come out unchanged.
// Every answer is looked through: from 400 on it is an OperationOutcome, and none of these holds the
// family name of the fixtures. TAP on stdout.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Client } from 'fhir-kit-client';
import { startPostgres } from '../support/pg.mjs';
import { login, newFolder, startServer } from '../support/serve.mjs';

const FAMILY = 'Syntheticfamily';
const SYSTEM = 'urn:enthesis:test:rest';
const FHIR = 'application/fhir+json';
const CLIENTS = 16;

let count = 0;
let failed = 0;
function check(holds, name, detail = '') {
  count++;
  failed += holds ? 0 : 1;
  console.log(`${holds ? 'ok' : 'not ok'} ${count} - ${name}`);
  if (!holds) console.log(`# ${detail}`);
}

// A test: its failure is one line, and the others go on.
async function test(name, run) {
  try {
    const detail = await run();
    check(detail === undefined, name, detail);
  } catch (e) {
    check(false, name, `${e.message} ${JSON.stringify(e.response?.data ?? '')}`.slice(0, 600));
  }
}
const differs = (actual, wanted) =>
  actual === wanted ? undefined : `${JSON.stringify(actual)}, not ${JSON.stringify(wanted)}`;
const first = (...details) => details.find((d) => d !== undefined);

// What no refusal may be or hold.
const leaks = [];
function lookThrough(status, text, what) {
  if (status < 400) return;
  const isOutcome = /"resourceType": *"OperationOutcome"/.test(text);
  if (!isOutcome || text.includes(FAMILY)) leaks.push(`${what}: ${status} ${text.slice(0, 300)}`);
}
const plainFetch = globalThis.fetch;
globalThis.fetch = async (...args) => {
  const answer = await plainFetch(...args);
  const url = args[0].url ?? args[0];
  if (answer.status >= 400) lookThrough(answer.status, await answer.clone().text(), url);
  return answer;
};

const patient = (number, more = {}) => ({
  resourceType: 'Patient',
  identifier: [{ system: SYSTEM, value: number }],
  name: [{ family: FAMILY, given: ['Patient', 'One'] }],
  gender: 'female',
  ...more,
});
const weight = (subject, value = 72.5) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
  subject: { reference: subject },
  effectiveDateTime: '2026-03-02',
  valueQuantity: { value, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
});
const statusOf = async (promise) => {
  try {
    return Client.httpFor(await promise).response.status;
  } catch (e) {
    return e.response?.status ?? e.message;
  }
};
const headerOf = (resource, name) => Client.httpFor(resource).response.headers.get(name);

async function drive(name, server, headers) {
  const client = new Client({ baseUrl: server.fhir, customHeaders: headers });
  const is = (what, run) => test(`${name}: ${what}`, run);
  let made;

  await is('capabilityStatement', async () => {
    const anybody = new Client({ baseUrl: server.fhir });
    const statement = await anybody.capabilityStatement();
    return first(
      differs(statement.fhirVersion, '4.0.1'),
      differs(statement.rest[0].resource.some((r) => r.type === 'Patient'), true),
    );
  });
  await is('nobody reads without a login', async () => {
    const anybody = new Client({ baseUrl: server.fhir });
    return differs(await statusOf(anybody.read({ resourceType: 'Patient', id: 'x' })), 401);
  });
  await is('create', async () => {
    made = await client.create({ resourceType: 'Patient', body: patient('1') });
    return first(
      differs(Client.httpFor(made).response.status, 201),
      differs(headerOf(made, 'location'), `${server.fhir}/Patient/${made.id}/_history/1`),
      differs(headerOf(made, 'etag'), 'W/"1"'),
    );
  });
  await is('read, vread', async () => {
    const read = await client.read({ resourceType: 'Patient', id: made.id });
    const old = await client.vread({ resourceType: 'Patient', id: made.id, version: '1' });
    return first(
      differs(JSON.stringify(read), JSON.stringify(made)),
      differs(JSON.stringify(old), JSON.stringify(made)),
    );
  });
  await is('update, guarded by If-Match', async () => {
    const options = { headers: { 'if-match': 'W/"1"' } };
    const body = { ...made, gender: 'male' };
    const changed = await client.update({ resourceType: 'Patient', id: made.id, body, options });
    return first(
      differs(changed.meta.versionId, '2'),
      differs(
        await statusOf(client.update({ resourceType: 'Patient', id: made.id, body, options })),
        412,
      ),
    );
  });
  await is('patch', async () => {
    const jsonPatch = [{ op: 'replace', path: '/gender', value: 'other' }];
    const changed = await client.patch({ resourceType: 'Patient', id: made.id, jsonPatch });
    const wrong = [{ op: 'test', path: '/gender', value: 'male' }];
    return first(
      differs(changed.gender, 'other'),
      differs(
        await statusOf(client.patch({ resourceType: 'Patient', id: made.id, jsonPatch: wrong })),
        422,
      ),
    );
  });
  await is('history of a resource, a type, and all', async () => {
    const one = await client.history({ resourceType: 'Patient', id: made.id });
    const type = await client.typeHistory({ resourceType: 'Patient' });
    const all = await client.systemHistory();
    return first(
      differs(one.entry.length, 3),
      differs(one.entry[0].resource.meta.versionId, '3'),
      differs(type.entry.length >= 3, true),
      differs(all.type, 'history'),
    );
  });
  await is('conditional create', async () => {
    const options = { headers: { 'if-none-exist': `identifier=${SYSTEM}|c1` } };
    const ask = () => client.create({ resourceType: 'Patient', body: patient('c1'), options });
    const one = await ask();
    const again = await ask();
    return first(
      differs(Client.httpFor(one).response.status, 201),
      differs(Client.httpFor(again).response.status, 200),
      differs(again.id, one.id),
    );
  });
  await is('conditional update', async () => {
    const searchParams = { identifier: `${SYSTEM}|u1` };
    const ask = () => client.update({ resourceType: 'Patient', searchParams, body: patient('u1') });
    const one = await ask();
    const again = await ask();
    return first(differs(again.id, one.id), differs(again.meta.versionId, '2'));
  });
  await is('search by GET and by POST, page by page', async () => {
    for (let i = 0; i < 5; i++) {
      await client.create({ resourceType: 'Observation', body: weight(`Patient/${made.id}`, i + 1) });
    }
    const searchParams = { patient: made.id, _count: 2, _sort: '-date' };
    const found = [];
    for (const options of [{}, { postSearch: true }]) {
      const ids = [];
      let bundle = await client.search({ resourceType: 'Observation', searchParams, options });
      while (bundle) {
        ids.push(...(bundle.entry ?? []).map((e) => e.resource.id));
        bundle = await client.nextPage({ bundle });
      }
      found.push(ids.join(' '));
    }
    return first(differs(found[0], found[1]), differs(new Set(found[0].split(' ')).size, 5));
  });
  await is('search by name shows it in no address', async () => {
    const searchParams = { family: FAMILY, _count: 1 };
    const options = { postSearch: true };
    const bundle = await client.search({ resourceType: 'Patient', searchParams, options });
    return first(
      differs(bundle.entry.length, 1),
      differs(JSON.stringify(bundle.link).includes(FAMILY), false),
      differs(bundle.link.some((l) => l.relation === 'next'), true),
    );
  });
  await is('search refuses what it does not know', async () =>
    differs(
      await statusOf(
        client.search({ resourceType: 'Patient', searchParams: { nonsense: FAMILY } }),
      ),
      400,
    ));
  await is('compartment search', async () => {
    const compartment = { resourceType: 'Patient', id: made.id };
    const resourceType = 'Observation';
    const got = await client.compartmentSearch({ resourceType, compartment });
    const posted = await client.compartmentSearch({
      resourceType,
      compartment,
      searchParams: { status: 'final' },
      options: { postSearch: true },
    });
    return first(differs(got.entry.length, 5), differs(posted.entry.length, 5));
  });
  await is('includes, and references resolved', async () => {
    const bundle = await client.search({
      resourceType: 'Observation',
      searchParams: { patient: made.id, _include: 'Observation:subject', _count: 1 },
    });
    const reference = bundle.entry[0].resource.subject.reference;
    const resolved = await client.resolve({ reference });
    return first(
      differs(bundle.entry.map((e) => e.search.mode).join(), 'match,include'),
      differs(resolved.id, made.id),
    );
  });
  await is('transaction', async () => {
    const urn = 'urn:uuid:6a2d0f0e-0000-4000-8000-000000000001';
    const answer = await client.transaction({
      body: {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [
          { resource: weight(urn), request: { method: 'POST', url: 'Observation' } },
          {
            fullUrl: urn,
            resource: patient('t1'),
            request: { method: 'POST', url: 'Patient', ifNoneExist: `identifier=${SYSTEM}|t1` },
          },
          {
            resource: weight(`Patient?identifier=${SYSTEM}|1`),
            request: { method: 'POST', url: 'Observation' },
          },
        ],
      },
    });
    const [observation, subject] = answer.entry.map((e) => e.response.location.split('/').at(-3));
    const stored = await client.read({ resourceType: 'Observation', id: observation });
    return first(
      differs(answer.type, 'transaction-response'),
      differs(answer.entry.map((e) => e.response.status).join(), Array(3).fill('201 Created').join()),
      differs(stored.subject.reference, `Patient/${subject}`),
    );
  });
  await is('batch', async () => {
    const get = (url) => ({ request: { method: 'GET', url } });
    const body = {
      resourceType: 'Bundle',
      type: 'batch',
      entry: [get(`Patient/${made.id}`), get('Patient/none'), get(`Patient?family=${FAMILY}`)],
    };
    const answer = await client.batch({ body });
    return differs(
      answer.entry.map((e) => e.response.status.slice(0, 3)).join(),
      '200,404,200',
    );
  });
  await is('$validate and $everything', async () => {
    const outcome = await client.operation({
      name: 'validate',
      resourceType: 'Patient',
      input: patient('v', { gender: 'x' }),
    });
    const record = await client.operation({
      name: 'everything',
      resourceType: 'Patient',
      id: made.id,
      method: 'GET',
    });
    return first(
      differs(outcome.issue.some((i) => i.severity === 'error'), true),
      differs(record.entry.filter((e) => e.search.mode === 'match').length >= 7, true),
    );
  });
  await is('delete, then 410', async () => {
    const gone = await client.create({ resourceType: 'Patient', body: patient('d1') });
    await client.delete({ resourceType: 'Patient', id: gone.id });
    return first(
      differs(await statusOf(client.read({ resourceType: 'Patient', id: gone.id })), 410),
      differs(await statusOf(client.read({ resourceType: 'Patient', id: 'none' })), 404),
      differs(await statusOf(client.read({ resourceType: 'Nonsense', id: 'none' })), 404),
    );
  });
  await is('bodies that are none', async () => {
    const send = async (body, type = FHIR, method = 'POST', url = '/Patient') =>
      (
        await fetch(server.fhir + url, {
          method,
          headers: { ...headers, 'content-type': type },
          body,
        })
      ).status;
    const text = JSON.stringify(patient('x'));
    return first(
      differs(await send(text, 'application/fhir+xml'), 415),
      differs(await send(text, 'text/plain'), 415),
      differs(await send(text.slice(0, -1)), 400),
      differs(await send(Buffer.from(`{"resourceType":"Patient","id":"\xff"}`, 'latin1')), 400),
      differs(await send(`${text}${text}`), 400),
      differs(await send('{"resourceType":"Patient","resourceType":"Patient"}'), 400),
      differs(await send('['.repeat(100000)), 400),
      differs(await send('\u0000'), 400),
      differs(await send('[]', FHIR, 'PATCH', `/Patient/${made.id}`), 415),
      differs(await send(JSON.stringify(patient('x', { gender: FAMILY }))), 400),
    );
  });
}

// All at once: one makes it, all are told the same place.
async function race(name, servers) {
  await test(name, async () => {
    for (let round = 0; round < 5; round++) {
      const number = `${name}-${round}`.replaceAll(' ', '-');
      const answers = await Promise.all(
        Array.from({ length: CLIENTS }, (_, i) => {
          const { server, headers } = servers[i % servers.length];
          const client = new Client({ baseUrl: server.fhir, customHeaders: headers });
          const options = { headers: { 'if-none-exist': `identifier=${SYSTEM}|${number}` } };
          return client.create({ resourceType: 'Patient', body: patient(number), options });
        }),
      );
      const made = answers.filter((a) => Client.httpFor(a).response.status === 201).length;
      const detail = first(differs(made, 1), differs(new Set(answers.map((a) => a.id)).size, 1));
      if (detail) return detail;
    }
    return undefined;
  });
}

// JSON in which each number became a text: what a double would forget is compared as well.
const exact = (text) =>
  JSON.parse(
    text.replace(/("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)/g, (_, string, number) =>
      string ?? `"#${number}"`,
    ),
  );
const sorted = (value) =>
  Array.isArray(value)
    ? value.map(sorted)
    : value && typeof value === 'object'
      ? Object.fromEntries(Object.keys(value).sort().map((k) => [k, sorted(value[k])]))
      : value;

function content(text, isNew) {
  const resource = exact(text);
  if (isNew) delete resource.id;
  if (resource.meta) {
    delete resource.meta.versionId;
    delete resource.meta.lastUpdated;
    if (Object.keys(resource.meta).length === 0) delete resource.meta;
  }
  return JSON.stringify(sorted(resource));
}

// Examples that break R4's rules themselves, each with its reason.
const faulty = new Set(
  fs
    .readFileSync(new URL('../conformance/faults.tsv', import.meta.url), 'utf8')
    .split('\n')
    .map((line) => line.split('\t')[0]),
);

// HL7's examples of the types that are kept: stored, read, the same.
async function examples(name, server, headers) {
  const require = createRequire(import.meta.url);
  const folder = path.dirname(require.resolve('hl7.fhir.r4.examples/package.json'));
  const statement = await (await fetch(`${server.fhir}/metadata`)).json();
  const types = statement.rest[0].resource.map((r) => r.type).filter((t) => t !== 'AuditEvent');
  const problems = [];
  let put = 0;

  for (const file of fs.readdirSync(folder).sort()) {
    const type = file.split('-')[0];
    if (!types.includes(type) || !file.endsWith('.json')) continue;
    const text = fs.readFileSync(path.join(folder, file), 'utf8');
    const { resourceType, id } = JSON.parse(text);
    if (resourceType !== type || !id) continue;
    put++;
    // Where it comes from can be told, but not be changed: nobody may update a Provenance.
    const isNew = type === 'Provenance';
    const answer = await fetch(`${server.fhir}/${type}${isNew ? '' : `/${id}`}`, {
      method: isNew ? 'POST' : 'PUT',
      headers: { ...headers, 'content-type': FHIR },
      body: text,
    });
    const said = await answer.text();
    if (answer.status !== 201) {
      if (!faulty.has(file) || answer.status !== 400) {
        problems.push(`${file}: ${answer.status} ${said.slice(0, 400)}`);
      }
      continue;
    }
    const read = await (await fetch(answer.headers.get('location'), { headers })).text();
    if (content(read, isNew) !== content(text, isNew)) problems.push(`${file} came back changed`);
  }
  check(put > 500, `${name}: there are examples to store`, `${put}`);
  check(problems.length === 0, `${name}: HL7's examples (${put}) go in and come out unchanged`,
    `${problems.length}: ${problems.slice(0, 5).join('\n# ')}`);
}

const postgres = startPostgres();
const running = [];
async function start(args = []) {
  const server = await startServer(newFolder(), args);
  running.push(server);
  return { server, headers: await login(server) };
}
try {
  const sqlite = await start();
  await drive('SQLite', sqlite.server, sqlite.headers);
  await race('parallel conditional creates on SQLite', [sqlite]);
  await examples('SQLite', sqlite.server, sqlite.headers);

  const url = postgres.database();
  const pg = await start(['--db', url]);
  await drive('PostgreSQL', pg.server, pg.headers);
  await race('parallel conditional creates on PostgreSQL', [pg]);
  const second = await start(['--db', url]);
  await race('parallel conditional creates on two servers', [pg, second]);
  check(leaks.length === 0, 'no refusal holds a name, each is an OperationOutcome',
    leaks.slice(0, 5).join('\n# '));
} finally {
  for (const server of running) await server.stop();
  postgres.remove();
}
console.log(`1..${count}`);
process.exit(failed === 0 ? 0 : 1);
