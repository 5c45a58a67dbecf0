// SPDX-License-Identifier: Apache-2.0
// The session on a tablet: from the plan to the signed note, whatever happens to server and network.
import assert from 'node:assert/strict';

import { accessible, budget, hands } from './support/checks.mjs';
import { code, readyPatient, searched, stock } from './support/sessions.mjs';

const TABLET = { width: 1024, height: 768, touch: true };
const BEFORE = '128/78 72 98 36.7';
const AFTER = '124/76 70 98 36.6';

const heading = (page, name) => page.getByRole('heading', { name, level: 1, exact: true }).waitFor();
const button = (page, name, exact = true) => page.getByRole('button', { name, exact });
const stored = (page) => page.getByText('All stored', { exact: true }).waitFor();

const EACH = [/^Emergency kit checked/, /^Identity checked twice/, /^Consent signed/, /^Sites and side marked/];

async function start(page, h) {
  await heading(page, 'Session');
  await h.click(button(page, 'Start the session'));
  await heading(page, 'Checklist');
}

async function checklist(page, h) {
  for (const line of EACH) await h.click(page.getByRole('checkbox', { name: line }));
  await h.click(button(page, 'Confirm these 2'));
  await h.fill(page.getByLabel('Vital signs before', { exact: true }), BEFORE);
  await heading(page, 'Time-out');
}

async function timeOut(page, h) {
  await h.click(button(page, 'Time-out done alone'));
  await heading(page, 'Mixing');
}

async function mixing(page, h, lots = {}) {
  for (const product of ['dextrose_50', 'lidocaine_1', 'saline_09']) {
    await page.getByLabel('Scan a vial').and(page.locator(':focus')).waitFor();
    await h.scan(code(product, { lot: lots[product] ?? 'B7' }));
  }
  await page.getByText('may be used').nth(2).waitFor();
  await h.click(button(page, 'Syringe A is mixed, labelled, checked'));
  await h.click(button(page, 'Syringe B is mixed, labelled, checked'));
  await heading(page, 'Sites');
}

const giving = (page) => page.getByRole('button', { name: /^Given [\d.]+ mL/ });

async function sites(page, h) {
  await h.click(page.getByRole('checkbox', { name: /^Hand hygiene/ }));
  while ((await giving(page).count()) > 0) {
    const before = await giving(page).count();
    await h.click(giving(page).first());
    await page.waitForFunction((n) => [...document.querySelectorAll('button')].filter((b) => /^Given /.test(b.textContent)).length < n, before);
  }
  await heading(page, 'Observation');
}

async function watch(page, h) {
  await page.clock.fastForward('31:00');
  await h.fill(page.getByLabel('Vital signs before discharge', { exact: true }), AFTER);
  await page.clock.fastForward('00:03');
  await heading(page, 'Discharge');
}

async function discharge(page, h) {
  await h.click(button(page, 'All of it holds: discharge'));
  await heading(page, 'Signature');
}

async function sign(clinic, page, h, role = 'physician') {
  await h.fill(page.getByLabel(`Password of ${role}`), clinic.logins[role].password);
  await h.click(button(page, 'Sign the note'));
  await heading(page, 'Session note');
  await page.getByText('The note is locked.').waitFor();
}

async function open(clinic, role, patient, o = TABLET) {
  const page = await clinic.enter(role, '/account', o);
  await page.clock.install();
  await page.goto(`${clinic.base}/#/patient/${patient}/session`);
  return page;
}

export const tests = [
  ['a physician takes six sites from the plan to the signed note in 25 interactions', async (clinic) => {
    await stock(clinic);
    const patient = await readyPatient(clinic, 'six');
    const page = await open(clinic, 'physician', patient);
    const h = hands(page);
    const stages = [['start', start], ['checklist', checklist], ['time-out', timeOut], ['mixing', mixing], ['sites', sites], ['watch', watch], ['discharge', discharge]];
    for (const [name, act] of stages) {
      await page.locator('#main h1').waitFor();
      if (name !== 'start') await stored(page);
      await accessible(page, name);
      await clinic.picture(page, `session-${name}`);
      await act(page, h);
    }
    await stored(page);
    await accessible(page, 'signature');
    await clinic.picture(page, 'session-signature');
    await sign(clinic, page, h).catch(async (e) => { console.log(JSON.stringify((await clinic.api('physician','GET',`/fhir/Patient/${patient}/$assess?sites=${encodeURIComponent('KNE-01; KNE-02')}`)).data.entry.map(x=>[x.resource.resourceType,x.resource.detail,x.resource.severity,x.resource.code?.coding]))); throw e; });
    await accessible(page, 'signed');
    await clinic.picture(page, 'session-signed');
    budget('six-site session from opening to the signed note', h.count, 25);
    const [procedure] = await searched(clinic, `Procedure?patient=Patient/${patient}&status=completed`);
    assert.ok(procedure, 'the session is completed');
    const given = await searched(clinic, `MedicationAdministration?patient=Patient/${patient}`);
    assert.equal(given.length, 6);
    assert.ok(given.every((g) => g.status === 'completed'));
    const signatures = await searched(clinic, `Provenance?target=Procedure/${procedure.id}`);
    assert.equal(signatures.filter((p) => p.signature).length, 1);
  }],
];
