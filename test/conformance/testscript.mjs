// SPDX-License-Identifier: Apache-2.0
// Runs FHIR TestScripts (JSON) against a server: testscript.mjs BASE HEADERS.json FOLDER
// HEADERS.json holds what each request must carry (a session). One TAP line per test; the folder above
// a script (MUST, SHOULD, MAY) stands in its name, since a server may lack what is only optional.
// Understood: setup, test and teardown; operations by resource, params, url, targetId and sourceId;
// fixtures that are contained; variables from headers; assertions on code, headers, type and body.
import fs from 'node:fs';
import path from 'node:path';

const [base, headersFile, folder] = process.argv.slice(2);
const session = JSON.parse(fs.readFileSync(headersFile, 'utf8'));

const METHODS = { create: 'POST', update: 'PUT', delete: 'DELETE', patch: 'PATCH', batch: 'POST', transaction: 'POST' };
const CODES = { okay: 200, created: 201, noContent: 204, notModified: 304, bad: 400, forbidden: 403, notFound: 404, methodNotAllowed: 405, conflict: 409, gone: 410, preconditionFailed: 412, unprocessable: 422 };

function scripts(at) {
  return fs.readdirSync(at, { withFileTypes: true }).flatMap((entry) => {
    const below = path.join(at, entry.name);
    if (entry.isDirectory()) return scripts(below);
    return entry.name.endsWith('.json') ? [below] : [];
  });
}

// A server that is busy says when to come again; a client does so, for a minute at most.
async function patiently(url, request) {
  for (let waited = 0; ; ) {
    const answer = await fetch(url, request);
    if (answer.status !== 429 || waited >= 60) return answer;
    const pause = Math.min(Number(answer.headers.get('retry-after') ?? 1) || 1, 10);
    await new Promise((resolve) => setTimeout(resolve, pause * 1000));
    waited += pause;
  }
}

class Run {
  variables = new Map();
  fixtures = new Map();
  responses = new Map();
  last = null;

  constructor(script) {
    this.script = script;
    for (const f of script.fixture ?? []) {
      const target = script.contained?.find((c) => `#${c.id}` === f.resource?.reference);
      if (target) this.fixtures.set(f.id, target);
    }
  }

  fill(text) {
    return text?.replace(/\$\{([^}]+)\}/g, (_, name) => this.variable(name));
  }

  variable(name) {
    const v = this.script.variable?.find((x) => x.name === name);
    const from = this.responses.get(v?.sourceId) ?? this.last;
    if (v?.headerField) return from?.headers.get(v.headerField) ?? '';
    if (v?.path) return from?.json?.[v.path.split('.').pop()] ?? '';
    return v?.defaultValue ?? '';
  }

  url(o) {
    if (o.url) return this.fill(o.url);
    const target = this.responses.get(o.targetId);
    const place = target ? `/${target.json.resourceType}/${target.json.id}` : o.resource ? `/${o.resource}` : '';
    const end = { capabilities: '/metadata', history: '/_history' }[o.type?.code] ?? '';
    return `${base}${place}${end}${this.fill(o.params) ?? ''}`;
  }

  async operation(o) {
    const headers = { accept: 'application/fhir+json', ...session };
    for (const h of o.requestHeader ?? []) headers[h.field.toLowerCase()] = this.fill(h.value);
    const body = o.sourceId && this.fixtures.get(o.sourceId);
    if (body) headers['content-type'] = 'application/fhir+json';
    const answer = await patiently(this.url(o), {
      method: o.method?.toUpperCase() ?? METHODS[o.type?.code] ?? 'GET',
      headers,
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    let json = null;
    try {
      json = JSON.parse(text);
    } catch {
      // Not JSON: assertions on the body will tell.
    }
    this.last = { status: answer.status, headers: answer.headers, text, json };
    if (o.responseId) this.responses.set(o.responseId, this.last);
  }

  value(a) {
    const from = this.responses.get(a.sourceId) ?? this.last;
    if (a.responseCode) return String(from.status);
    if (a.response) return String(from.status);
    if (a.headerField) return from.headers.get(a.headerField) ?? '';
    if (a.contentType) return from.headers.get('content-type') ?? '';
    if (a.resource) return from.json?.resourceType ?? '';
    if (a.responseBody) return from.text;
    throw new Error(`an assertion of a kind that is not understood: ${Object.keys(a)}`);
  }

  assert(a) {
    const value = this.value(a);
    const wanted = this.fill(
      a.responseCode ?? (a.response && String(CODES[a.response])) ?? a.responseBody ?? a.value ?? a.contentType ?? a.resource ?? '',
    );
    const holds = {
      equals: () => value === wanted,
      notEquals: () => value !== wanted,
      in: () => wanted.split(',').includes(value),
      notIn: () => !wanted.split(',').includes(value),
      contains: () => value.includes(wanted),
      notContains: () => !value.includes(wanted),
      empty: () => value === '',
      notEmpty: () => value !== '',
      matchesRegex: () => new RegExp(wanted).test(value),
    }[a.operator ?? 'equals'];
    if (!holds) throw new Error(`an operator that is not understood: ${a.operator}`);
    if (!holds() && !a.warningOnly) throw new Error(`${a.operator ?? 'equals'} ${wanted}, got ${value.slice(0, 80)}`);
  }

  async actions(list) {
    for (const action of list ?? []) {
      if (action.operation) await this.operation(action.operation);
      if (action.assert) this.assert(action.assert);
    }
  }
}

let number = 0;
for (const file of scripts(folder)) {
  const script = JSON.parse(fs.readFileSync(file, 'utf8'));
  const run = new Run(script);
  for (const test of script.test ?? []) {
    const name = `${path.basename(path.dirname(file))} ${path.basename(file, '.json')}: ${test.name}`;
    try {
      if (run.last === null) await run.actions(script.setup?.action);
      await run.actions(test.action);
      console.log(`ok ${++number} - ${name}`);
    } catch (error) {
      console.log(`not ok ${++number} - ${name} (${error.message})`);
    }
  }
  await run.actions(script.teardown?.action).catch(() => {});
}
console.log(`1..${number}`);
