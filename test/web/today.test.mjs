// SPDX-License-Identifier: Apache-2.0
// The day: a patient is found by the keyboard alone, each session says what is missing for it, and
// what waits leads to where it is done.
import assert from 'node:assert/strict';

import { accessible, budget, hands } from './support/checks.mjs';

const SERVICE = { system: 'https://enthesis.org/fhir/CodeSystem/procedure', code: 'prolotherapy-session' };
const field = (page) => page.getByLabel('Find a patient');
const options = (page) => page.getByRole('listbox').getByRole('option');
const board = (page) => page.getByRole('list', { name: 'Appointments' });
const slot = (page, name) => board(page).getByRole('listitem').filter({ hasText: name }).first();

async function loaded(page) {
  await page.getByText(/appointments?|No appointments/).first().waitFor();
}

export const tests = [
  ['the keyboard alone finds a patient, and nothing typed stands in an address', async (clinic) => {
    const page = await clinic.enter('physician');
    const addresses = [];
    page.on('request', (r) => addresses.push(r.url()));
    const h = hands(page);
    await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'combobox');
    await page.keyboard.type('synth kn');
    h.count += 1;
    await options(page).nth(1).waitFor();
    await accessible(page, 'search');
    await clinic.picture(page, 'today-search');
    const names = await options(page).allInnerTexts();
    assert.ok(names.every((n) => /Synthetic-Knee/.test(n)), names.join(' | '));
    await h.press('ArrowDown');
    await h.press('ArrowDown');
    await h.press('ArrowUp');
    const chosen = await page.locator('[role=option][aria-selected=true] .found-name').innerText();
    assert.equal(await field(page).getAttribute('aria-activedescendant'), await page.locator('[role=option][aria-selected=true]').getAttribute('id'));
    await h.press('Enter');
    await page.locator('.person-name').waitFor();
    assert.equal(await page.locator('.person-name').innerText(), chosen);
    budget('from the start to a patient by keyboard', h.count, 6);
    const told = addresses.filter((a) => /synth/i.test(decodeURIComponent(a)));
    assert.deepEqual(told, [], 'what was typed stands in an address');
  }],
  ['a birth date and a number find, with side, problem and next step; nobody is said to be nobody', async (clinic) => {
    const page = await clinic.enter('physician');
    for (const [typed, number] of [['23.8.1994', 'DEMO-004'], ['1994-08-23', 'DEMO-004'], ['DEMO-005', 'DEMO-005']]) {
      await field(page).fill(typed);
      await options(page).filter({ hasText: number }).waitFor();
      assert.equal(await options(page).count(), 1, typed);
    }
    await options(page).getByText('Left', { exact: true }).waitFor();
    await options(page).getByText('Knee osteoarthritis').waitFor();
    await options(page).getByText(/^Next: /).waitFor();
    await field(page).fill('nobody of this name');
    await page.getByText('Nobody is found.').waitFor();
    await accessible(page, 'nobody found');
    await page.keyboard.press('Escape');
    assert.equal(await field(page).inputValue(), '');
  }],
  ['an answer that comes late does not replace the newer one', async (clinic) => {
    const page = await clinic.enter('physician');
    await loaded(page);
    let release;
    const held = new Promise((resolve) => { release = resolve; });
    await page.route('**/fhir/Patient/_search', async (route) => {
      if (/ankle/i.test(route.request().postData() ?? '')) await held;
      await route.continue().catch(() => {}); // the page gave it up
    });
    await field(page).fill('ankle');
    await page.waitForRequest((r) => /ankle/i.test(r.postData() ?? ''));
    await field(page).fill('elbow');
    await options(page).first().waitFor();
    release();
    await page.waitForTimeout(300);
    assert.ok((await options(page).allInnerTexts()).every((n) => /Elbow/.test(n)));
  }],
  ['each session says what is missing, one click away, and leads to where it is done', async (clinic) => {
    const page = await clinic.enter('physician');
    await loaded(page);
    await accessible(page, 'day');
    await clinic.picture(page, 'today');
    const row = slot(page, 'Patient Nine');
    await row.getByText(/Not ready: .*consent/).click();
    await row.getByText('is missing').first().waitFor();
    await accessible(page, 'what is missing');
    await row.getByRole('link', { name: 'consent', exact: true }).click();
    await page.getByRole('heading', { name: 'Documents', level: 1 }).waitFor();
    await page.goBack();
    await loaded(page);
    await slot(page, 'Patient Three').getByRole('link', { name: 'Go on' }).click();
    await page.waitForURL(/\/session\//);
  }],
  ['alerts stand on top, gravest first, and reviews and scores lead to the work', async (clinic) => {
    const page = await clinic.enter('assistant');
    await loaded(page);
    const alerts = page.getByRole('region', { name: 'Alerts from diaries' });
    await alerts.getByText('Emergency').first().waitFor();
    const reviews = page.getByRole('region', { name: 'Reviews due' });
    await reviews.getByRole('link').first().waitFor();
    assert.match(await reviews.getByRole('link').first().getAttribute('href'), /#\/patient\/.+\/review$/);
    await page.getByRole('region', { name: 'Scores due' }).waitFor();
    await alerts.getByRole('link').first().click();
    await page.getByRole('heading', { name: 'From the diary' }).waitFor();
  }],
  ['reception sees who comes and what to arrange, and nothing clinical', async (clinic) => {
    const page = await clinic.enter('reception');
    await loaded(page);
    await accessible(page, 'reception');
    await clinic.picture(page, 'today-reception');
    await slot(page, 'Patient Nine').getByText(/Not ready: consent is missing/).waitFor();
    await slot(page, 'Patient Four').getByText('Ready', { exact: true }).waitFor();
    const all = await page.locator('#main').innerText();
    for (const word of ['Alerts', 'Reviews', 'osteoarthritis', 'verdict', 'Scores']) assert.ok(!all.includes(word), word);
    assert.equal(await page.locator('.ready').count(), 0);
  }],
  ['a day without appointments says so; one of forty, with a long name, holds', async (clinic) => {
    const patients = (await clinic.api('owner', 'GET', '/fhir/Patient?_count=40')).data.entry.map((e) => e.resource.id);
    const ids = ['demo-long', ...patients.filter((id) => id !== 'demo-long')].slice(0, 40);
    while (ids.length < 40) ids.push(ids[ids.length % 10]);
    const entry = ids.map((id, i) => ({
      request: { method: 'POST', url: 'Appointment' },
      resource: {
        resourceType: 'Appointment', status: 'booked', serviceType: [{ coding: [SERVICE] }],
        start: new Date(Date.UTC(2026, 6, 5, 7, i * 12)).toISOString(), end: new Date(Date.UTC(2026, 6, 5, 7, i * 12 + 12)).toISOString(),
        participant: [{ actor: { reference: `Patient/${id}` }, status: 'accepted' }, { actor: { reference: 'Practitioner/demo-physician' }, status: 'accepted' }],
      },
    }));
    assert.equal((await clinic.api('owner', 'POST', '/fhir', { resourceType: 'Bundle', type: 'transaction', entry })).status, 200);
    const page = await clinic.enter('physician', '/?date=2026-07-04');
    await page.getByText('No appointments on this day.').waitFor();
    await accessible(page, 'empty day');
    await page.getByRole('button', { name: 'The day after' }).click();
    await page.getByText('40 appointments').waitFor();
    assert.equal(await board(page).locator('> li').count(), 40);
    await accessible(page, 'forty sessions');
  }],
  ['an error is told and can be tried again', async (clinic) => {
    const page = await clinic.window();
    let isBroken = true;
    await page.route('**/clinic/today*', (route) => (isBroken ? route.fulfill({ status: 503, contentType: 'application/fhir+json', body: '{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"transient","details":{"text":"not now"}}]}' }) : route.continue()));
    await page.goto(`${clinic.base}/#/`);
    await clinic.logIn(page, 'physician');
    await page.getByRole('alert').waitFor();
    await accessible(page, 'error');
    isBroken = false;
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await loaded(page);
    await board(page).waitFor();
  }],
  ['dark, 200 % and a telephone are sound', async (clinic) => {
    for (const o of [{ dark: true }, { zoom: 2 }, { width: 390, height: 844 }]) {
      const page = await clinic.enter('physician', '/', o);
      await loaded(page);
      await accessible(page, JSON.stringify(o));
    }
  }],
];
