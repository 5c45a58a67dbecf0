// SPDX-License-Identifier: Apache-2.0
// The stages of a session as somebody at the couch goes through them.
import { code, PRODUCTS, sessionAtSites } from './sessions.mjs';

const TABLET = { width: 1024, height: 768, touch: true };
const BEFORE = '128/78 72 98 36.7';
const AFTER = '124/76 70 98 36.6';
const EACH = [
  /^Emergency kit checked/,
  /^Identity checked twice/,
  /^Consent signed/,
  /^Sites and side marked/,
];

export const heading = (page, name) =>
  page.getByRole('heading', { name, level: 1, exact: true }).waitFor();
export const button = (page, name) => page.getByRole('button', { name, exact: true });
export const stored = (page) => page.getByText('All stored', { exact: true }).waitFor();
export const giving = (page) => page.getByRole('button', { name: /^Given [\d.]+ mL/ });

/** A tablet at the start of a patient's session, its clock in the test's hands. */
export async function open(clinic, role, patient, o = TABLET) {
  const page = await clinic.enter(role, '/account', o);
  await page.clock.install();
  await page.goto(`${clinic.base}/#/patient/${patient}/session`);
  return page;
}

export async function start(page, h) {
  await heading(page, 'Session');
  await h.click(button(page, 'Start the session'));
  await heading(page, 'Checklist');
}

export async function checklist(page, h) {
  for (const line of EACH) await h.click(page.getByRole('checkbox', { name: line }));
  await h.click(button(page, 'Confirm these 2'));
  await h.fill(page.getByLabel('Vital signs before', { exact: true }), BEFORE);
  await heading(page, 'Time-out');
}

export async function timeOut(page, h) {
  await h.click(button(page, 'Time-out done alone'));
  await heading(page, 'Mixing');
}

/** by: who checks the high-alert stock with the one who mixes. */
export async function mixing(page, h, { by } = {}) {
  for (const product of Object.keys(PRODUCTS)) {
    await page.getByLabel('Scan a vial').and(page.locator(':focus')).waitFor();
    await h.scan(code(product));
  }
  await page.getByText('may be used').nth(2).waitFor();
  for (const label of ['A', 'B'])
    await h.click(
      button(page, `Syringe ${label} is mixed, labelled, checked${by ? ` with ${by}` : ''}`),
    );
  await heading(page, 'Sites');
}

export async function sites(page, h) {
  await h.click(page.getByRole('checkbox', { name: /^Hand hygiene/ }));
  for (let left = await giving(page).count(); left > 0; left -= 1) {
    await h.click(giving(page).first());
    await page.waitForFunction(
      (n) =>
        [...document.querySelectorAll('button')].filter((b) => /^Given /.test(b.textContent))
          .length < n,
      left,
    );
  }
  await heading(page, 'Observation');
}

export async function watch(page, h) {
  await page.clock.fastForward('31:00');
  await h.fill(page.getByLabel('Vital signs before discharge', { exact: true }), AFTER);
  await page.clock.fastForward('00:03');
  await heading(page, 'Discharge');
}

export async function discharge(page, h) {
  await h.click(button(page, 'All of it holds: discharge'));
  await heading(page, 'Signature');
}

export async function sign(clinic, page, h, role = 'physician') {
  await h.fill(page.getByLabel(`Password of ${role}`), clinic.logins[role].password);
  await h.click(button(page, 'Sign the note'));
  await heading(page, 'Session note');
  await page.getByText('The note is locked.').waitFor();
}

/** A tablet at the sites of a session that was prepared. */
export async function openAtSites(clinic, role, patient, o = TABLET) {
  const at = await sessionAtSites(clinic, patient);
  const page = await clinic.enter(role, '/account', o);
  await page.clock.install();
  await page.goto(`${clinic.base}/#${at}`);
  await heading(page, 'Sites');
  await page.getByText('As it will be with the next').waitFor();
  return page;
}
