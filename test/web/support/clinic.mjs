// SPDX-License-Identifier: Apache-2.0
// A clinic for one file of tests: a server of its own, a login for each role, pages that fail when
// the browser complains.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

import { login, newFolder, startServer } from '../../support/serve.mjs';

export const DAY = '2026-03-02';
const ROLES = ['owner', 'physician', 'assistant', 'reception', 'researcher', 'auditor'];
const PICTURES = process.env.PICTURES ?? 'build/web-test';

/** Headers of a session by API, to look behind the page. */
async function api(server, session, method, target, body) {
  const answer = await fetch(`${server.base}${target}`, {
    method,
    headers: { ...session, 'content-type': target.startsWith('/fhir') ? 'application/fhir+json' : 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  const isJson = (answer.headers.get('content-type') ?? '').includes('json');
  return { status: answer.status, data: isJson && text ? JSON.parse(text) : text };
}

/** The demo clinic is filled once; each file of tests works on a copy. */
let filled = null;
async function demoFolder(day) {
  if (!filled || filled.day !== day) {
    const folder = newFolder();
    const server = await startServer(folder, ['--demo', '--today', day, '--quiet']);
    await server.stop();
    filled = { day, folder };
    process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  }
  const copy = newFolder();
  fs.cpSync(filled.folder, copy, { recursive: true });
  return copy;
}

/** What the demo prints at each start: one password for every role, a patient's link. */
function loginsOf(server) {
  const password = /Password\s+(\S+)/.exec(server.text())[1];
  return Object.fromEntries(ROLES.map((role) => [role, { login: role, password }]));
}

/** Messages of the browser that are faults of the page. A refused request is none: the page shows it. */
function watch(page, faults) {
  page.on('console', (m) => m.type() === 'error' && !m.text().startsWith('Failed to load resource') && faults.push(m.text()));
  page.on('pageerror', (e) => faults.push(String(e.stack ?? e)));
}

export async function openClinic(browser, suite, options = {}) {
  const day = options.today ?? DAY;
  const folder = await demoFolder(day);
  const args = ['--demo', '--today', day, '--quiet', ...(options.args ?? [])];
  let server = await startServer(folder, args);
  let logins = loginsOf(server);
  const contexts = [];
  const faults = [];
  let last = null;

  const clinic = {
    get base() { return server.base; },
    get server() { return server; },
    get logins() { return logins; },
    /** A patient's one-time link, as the demo prints it at its start. */
    get link() { return /(http\S+#link=\S+)/.exec(server.text())[1]; },
    faults,
    day,

    /** A window: { width, height, dark, touch, zoom, language }. */
    async window(o = {}) {
      const zoom = o.zoom ?? 1; // a browser's zoom is a narrower window with larger pixels
      const context = await browser.newContext({
        viewport: { width: Math.round((o.width ?? 1280) / zoom), height: Math.round((o.height ?? 800) / zoom) },
        deviceScaleFactor: zoom, colorScheme: o.dark ? 'dark' : 'light', hasTouch: Boolean(o.touch),
        locale: o.language ?? 'en-GB', reducedMotion: 'reduce', acceptDownloads: true,
      });
      context.setDefaultTimeout(45000); // the machine may be busy; nothing is judged by time
      contexts.push(context);
      await context.addInitScript(() => addEventListener('securitypolicyviolation', (e) => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`)));
      const page = await context.newPage();
      watch(page, faults);
      last = page;
      return page;
    },

    /** A window of somebody who has logged in by the form, at a fragment. */
    async enter(role, fragment = '/', o = {}) {
      const page = await clinic.window(o);
      await page.goto(`${server.base}/#${fragment}`);
      await clinic.logIn(page, role);
      await page.locator('#main h1').first().waitFor();
      return page;
    },

    async logIn(page, role) {
      await page.getByLabel('Login', { exact: true }).fill(logins[role].login);
      await page.getByLabel('Password', { exact: true }).fill(logins[role].password);
      await page.getByRole('button', { name: 'Log in', exact: true }).click();
    },

    /** As the server sees it: { status, data }. */
    async api(role, method, target, body) {
      const session = await login(server, logins[role].login, logins[role].password);
      return api(server, session, method, target, body);
    },

    /** The server dies and comes back on the same folder and port. */
    async restart({ pause = 0 } = {}) {
      const { port } = new URL(server.base);
      await server.stop('SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, pause));
      server = await startServer(folder, [...args, '--listen', `127.0.0.1:${port}`]);
      logins = loginsOf(server);
    },
    pause: () => server.kill('SIGSTOP'),
    proceed: () => server.kill('SIGCONT'),

    /** Faults of the browser fail the test in which they came. Windows are closed. */
    async settle() {
      await Promise.all(contexts.splice(0).map((c) => c.close()));
      const seen = faults.splice(0);
      assert.deepEqual(seen, [], 'the browser complained');
    },

    async keepPicture(name) {
      fs.mkdirSync(PICTURES, { recursive: true });
      const file = `${PICTURES}/${suite}-${name.replace(/\W+/g, '-').slice(0, 60)}.png`;
      await last?.screenshot({ path: file }).then(() => console.log(`# picture ${file}`), () => {});
    },

    /** For the guide: the pictures that docs/clinic.md shows, when PICTURES_DOCS is set. */
    async picture(page, name) {
      const file = `screens/${name}.png`;
      if (!process.env.PICTURES_DOCS || !fs.readFileSync('docs/clinic.md', 'utf8').includes(file)) return;
      fs.mkdirSync('docs/screens', { recursive: true });
      await page.screenshot({ path: path.join('docs', file) });
    },

    async close() {
      await Promise.all(contexts.splice(0).map((c) => c.close()));
      await server.stop();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
  return clinic;
}
