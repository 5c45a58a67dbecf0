// SPDX-License-Identifier: Apache-2.0
// One patient on one screen: side and alerts, the next step, the course, what is expected.
import assert from 'node:assert/strict';

import { accessible, budget, hands } from './support/checks.mjs';

const at = (id) => `/patient/${id}`;
const next = (page) => page.getByRole('region', { name: 'Next step' });
const head = (page) => page.locator('.patient-head');

async function loaded(page) {
  await page.locator('.person-name').waitFor();
  await next(page).waitFor();
}

async function open(clinic, role, id, o) {
  const page = await clinic.enter(role, at(id), o);
  await loaded(page);
  return page;
}

export const tests = [
  ['a usual patient needs no scrolling at 1280 x 800', async (clinic) => {
    const page = await open(clinic, 'physician', 'demo-responder');
    await page.locator('.uplot').waitFor();
    assert.deepEqual(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight), true);
    await accessible(page, 'responder');
    await clinic.picture(page, 'patient');
  }],
  ['side, alerts and what is unknown are told in words', async (clinic) => {
    const page = await open(clinic, 'physician', 'demo-red-flag');
    await head(page).getByText('Left', { exact: true }).waitFor();
    await head(page).getByText(/^Emergency: /).waitFor();
    assert.equal(await next(page).getByRole('button').first().innerText(), 'Answer the message');
    await accessible(page, 'red flag');
    await page.goto(`${clinic.base}/#${at('demo-new')}`);
    await head(page).getByText('Allergies unknown').waitFor();
    const unknown = head(page).getByText(/^\d+ unknown$/);
    await unknown.click();
    await accessible(page, 'unknown open');
    assert.equal(await next(page).getByRole('link').first().innerText(), 'Assess');
  }],
  ['every stage is sound: in light and dark, at 200 %, on a telephone, with a long name', async (clinic) => {
    const ways = [{}, { dark: true }, { zoom: 2 }, { width: 390, height: 844 }];
    for (const [i, id] of ['demo-deferred', 'demo-planned', 'demo-mid-course', 'demo-long', 'demo-both-knees', 'demo-finished'].entries()) {
      const page = await open(clinic, 'physician', id, ways[i % ways.length]);
      await accessible(page, `${id} ${JSON.stringify(ways[i % ways.length])}`);
      await page.context().close();
    }
  }],
  ['the course goes by keys through time and rows, and its table says the same', async (clinic) => {
    const page = await open(clinic, 'physician', 'demo-responder');
    const figure = page.locator('figure').filter({ hasText: 'Course so far' });
    const stop = figure.locator('[data-moment][tabindex="0"]');
    assert.equal(await stop.count(), 1, 'one stop for the keyboard');
    await stop.focus();
    assert.match(await stop.getAttribute('aria-label'), /Session 3/);
    const label = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    await page.keyboard.press('Home');
    const first = await label();
    await page.keyboard.press('ArrowRight');
    assert.notEqual(await label(), first);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    await accessible(page, 'timeline');
    await figure.getByText('As a table').click();
    const rows = await figure.getByRole('row').allInnerTexts();
    for (const n of [1, 2, 3]) assert.equal(rows.filter((r) => r.includes(`Session ${n}`)).length, 1, `session ${n}`);
    await accessible(page, 'timeline table');
    await figure.getByRole('link', { name: 'Session 1' }).click();
    await page.waitForURL(/\/session\//);
  }],
  ['the forecast has bands, a comparison and a table with the own scores', async (clinic) => {
    const page = await open(clinic, 'physician', 'demo-responder');
    const figure = page.locator('figure').filter({ hasText: 'Pain: expected and observed' });
    await figure.getByLabel('Without treatment').waitFor();
    await figure.getByText('As a table').click();
    await figure.getByRole('columnheader', { name: 'Observed' }).waitFor();
    const text = await figure.getByRole('table').innerText();
    assert.match(text, /\d\.\d \(\d\.\d – \d\.\d\)/, 'median with its band');
    await accessible(page, 'forecast table');
  }],
  ['an assistant goes from the day to a patient and makes a diary link, which is shown once', async (clinic) => {
    const page = await clinic.enter('assistant');
    const h = hands(page);
    await h.click(page.getByRole('list', { name: 'Appointments' }).getByRole('link', { name: /Patient Four/ }).first());
    await loaded(page);
    await h.click(page.getByText(/^Diary link for the patient/));
    await h.click(page.getByRole('button', { name: 'Make a link' }));
    const link = await page.getByLabel('Link', { exact: true }).inputValue();
    assert.match(link, /#link=/);
    await accessible(page, 'diary link');
    await h.click(page.getByRole('button', { name: 'Copy' }));
    budget('a diary link from the day', h.count, 4);
    await page.reload();
    await loaded(page);
    await page.getByText(/^Diary link for the patient/).click();
    await page.getByRole('button', { name: 'End all links' }).waitFor();
    assert.ok(!(await page.content()).includes(link), 'the link is shown again');
    const patient = await clinic.window({ width: 390, height: 844 });
    await patient.goto(link);
    await patient.locator('h1').first().waitFor();
  }],
  ['reception finds a patient, books a session and sees it, and nothing clinical', async (clinic) => {
    const page = await clinic.enter('reception');
    const h = hands(page);
    await page.keyboard.type('DEMO-004');
    h.count += 1;
    await page.getByRole('listbox').getByRole('option').first().waitFor();
    await h.press('Enter');
    await loaded(page);
    await accessible(page, 'reception');
    await clinic.picture(page, 'patient-reception');
    const all = await page.locator('#main').innerText();
    for (const word of ['Allerg', 'instability', 'Forecast', 'Pain', 'Course', 'Verdict']) assert.ok(!all.includes(word), word);
    await h.click(page.getByRole('button', { name: 'Book a session' }));
    await accessible(page, 'booking');
    await page.getByRole('button', { name: 'Book', exact: true }).click();
    await page.getByText('Choose a day and a time.').waitFor();
    await h.fill(page.getByLabel('Day'), '2026-03-09');
    await h.fill(page.getByLabel('Time'), '09:30');
    await h.choose(page.getByLabel('Who gives it'), 'demo-physician');
    await h.click(page.getByRole('button', { name: 'Book', exact: true }));
    await page.getByText(/^Booked: /).waitFor();
    budget('reception finds a patient and books', h.count, 8);
    await page.getByRole('region', { name: 'Appointments' }).getByText(/9 Mar 2026/).waitFor();
  }],
  ['two who answer one alert: the other change is shown, nothing is overwritten', async (clinic) => {
    const page = await open(clinic, 'physician', 'demo-red-flag');
    let isFirst = true;
    await page.route('**/fhir/Flag/*', async (route) => {
      if (route.request().method() === 'PUT' && isFirst) {
        isFirst = false;
        const id = route.request().url().split('/').at(-1);
        const flag = (await clinic.api('owner', 'GET', `/fhir/Flag/${id}`)).data;
        await clinic.api('owner', 'PUT', `/fhir/Flag/${id}`, { ...flag, code: { ...flag.code, text: 'Called: on the way to hospital' } });
      }
      await route.continue();
    });
    await page.getByRole('button', { name: 'Answered' }).first().click();
    await page.getByText('Changed by somebody else meanwhile').first().waitFor();
    await page.getByText('Called: on the way to hospital').first().waitFor();
    await accessible(page, 'conflict');
    const flags = (await clinic.api('owner', 'GET', '/fhir/Flag?patient=demo-red-flag')).data.entry.map((e) => e.resource);
    assert.ok(flags.some((f) => f.code.text === 'Called: on the way to hospital' && f.status === 'active'), 'it was overwritten');
    await page.getByRole('button', { name: 'Go on with what is stored' }).click();
    await page.getByText(/Called: on the way to hospital/).first().waitFor();
    await page.getByRole('button', { name: 'Answered' }).first().click();
    await page.getByText('The message is marked as answered.').waitFor();
    await page.getByRole('heading', { name: 'From the diary' }).waitFor({ state: 'detached' });
  }],
  ['an assistant cannot close an alert and is told who can', async (clinic) => {
    await clinic.api('owner', 'POST', '/fhir/Flag', {
      resourceType: 'Flag', status: 'active', subject: { reference: 'Patient/demo-planned' }, period: { start: clinic.day },
      code: { coding: [{ system: 'https://enthesis.org/fhir/CodeSystem/diary-alert', code: 'U' }], text: 'Numbness' },
    });
    const page = await open(clinic, 'assistant', 'demo-planned');
    const button = page.getByRole('button', { name: /Answered/ });
    assert.equal(await button.getAttribute('aria-disabled'), 'true');
    assert.match(await button.innerText(), /physician or the owner/);
  }],
  ['who changed what is one click away', async (clinic) => {
    const page = await open(clinic, 'physician', 'demo-responder');
    await page.getByText('Who changed what').click();
    await page.getByRole('row', { name: /of the patient: entered/ }).waitFor();
    await accessible(page, 'history');
  }],
  ['a patient who is not there, and a server that fails, are told', async (clinic) => {
    const page = await clinic.enter('physician', at('nobody'));
    await page.getByRole('alert').first().waitFor();
    await accessible(page, 'no such patient');
    let isBroken = true;
    await page.route('**/clinic/patient/*', (route) => (isBroken ? route.abort() : route.continue()));
    await page.goto(`${clinic.base}/#${at('demo-new')}`);
    await page.getByText('The server does not answer.').first().waitFor();
    await accessible(page, 'server away');
    isBroken = false;
    await page.getByRole('button', { name: 'Try again' }).last().click();
    await loaded(page);
  }],
];
