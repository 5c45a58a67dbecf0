// SPDX-License-Identifier: Apache-2.0
// The registry: what may be shown is shown with its interval, what may not says why; filters and
// files; the whole screen by keyboard, on a narrow window, in the dark.
import assert from 'node:assert/strict';
import fs from 'node:fs';

import { accessible, budget, hands } from './support/checks.mjs';

const row = (page, name) => page.locator('.registry-results').getByRole('row', { name });
const detail = (page, name) => page.getByRole('region', { name, exact: true });

async function open(clinic, role = 'physician', o = {}) {
  const page = await clinic.enter(role, '/registry', o);
  await row(page, /Knee osteoarthritis/).waitFor();
  return page;
}

export const tests = [
  ['results stand with n, follow-up and interval, under a sentence that they are no evidence', async (clinic) => {
    const page = await open(clinic);
    await page.getByText('This is not evidence of an effect.').waitFor();
    const { data } = await clinic.api('physician', 'GET', '/clinic/outcomes');
    const knee = data.groups.find((g) => g.condition === 'oa_knee');
    const point = knee.points[0];
    const text = await row(page, /Knee osteoarthritis/).innerText();
    for (const part of [`${knee.courses}`, `${point.followed} of ${point.due}`, `${point.pain.mean.toFixed(1)} (${point.pain.low.toFixed(1)} to ${point.pain.high.toFixed(1)})`,
      `${Math.round(100 * point.responders.share)}%`, `${point.responders.count} of ${point.responders.n}`]) assert.ok(text.includes(part), `${part} in: ${text}`);
    assert.ok(await page.getByText('not approved').first().isVisible(), 'limits without approval carry their mark');
    await accessible(page, 'results');
    await clinic.picture(page, 'registry');
  }],
  ['what is too few or too incomplete shows n and the reason, and no number of benefit', async (clinic) => {
    const page = await open(clinic);
    await page.getByLabel('6 months', { exact: true }).check();
    const few = await row(page, /Sacroiliac/).innerText();
    assert.match(few, /Not shown: \d+ followed, at least 20 are needed/);
    assert.doesNotMatch(few, /\d\.\d \(/);
    const incomplete = await row(page, /Plantar fasciopathy/).innerText();
    assert.match(incomplete, /Not shown: \d+% followed, at least 60% are needed/);
    await accessible(page, 'some hidden');
  }],
  ['a condition opens by keyboard: the year, and harms with their denominators', async (clinic) => {
    const page = await open(clinic);
    const hand = hands(page);
    await row(page, /Knee osteoarthritis/).focus();
    await hand.press('ArrowDown');
    await hand.press('Enter');
    budget('open a condition', hand.count, 3);
    const elbow = detail(page, 'Lateral epicondylalgia (tennis elbow)');
    await elbow.getByRole('columnheader', { name: /Of \d+ sessions/ }).waitFor();
    await elbow.getByText(/No serious harm in \d+ sessions of \d+ patients: it may still be as frequent as/).waitFor();
    assert.equal(await elbow.locator('figure.chart table tbody tr').count(), 4);
    await accessible(page, 'a condition');
  }],
  ['filters: by condition and span; an empty answer says so and can be widened', async (clinic) => {
    const page = await open(clinic);
    await page.getByLabel('Condition', { exact: true }).selectOption({ label: 'Sacroiliac joint pain' });
    await row(page, /Knee osteoarthritis/).waitFor({ state: 'detached' });
    await row(page, /Sacroiliac/).waitFor();
    await page.getByLabel('First session from').fill('2026-02-28');
    await page.getByText('No course fits.').waitFor();
    await accessible(page, 'empty');
    await page.getByLabel('First session from').fill('');
    await row(page, /Sacroiliac/).waitFor();
  }],
  ['the files hold what is filtered, and no name', async (clinic) => {
    const page = await open(clinic, 'researcher');
    await page.getByLabel('Condition', { exact: true }).selectOption({ label: 'Sacroiliac joint pain' });
    await row(page, /Knee osteoarthritis/).waitFor({ state: 'detached' });
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()]);
    const text = fs.readFileSync(await file.path(), 'utf8');
    assert.equal(file.suggestedFilename(), 'outcomes.csv');
    assert.match(text, /^patient,course,condition/);
    assert.ok(text.includes('sij_pain') && !text.includes('oa_knee') && !text.includes('Synthetic'));
    await accessible(page, 'researcher');
  }],
  ['the server is lost: the error can be tried again', async (clinic) => {
    const page = await open(clinic);
    await page.route('**/clinic/outcomes*', (r) => r.abort());
    await page.getByLabel('Side', { exact: true }).selectOption({ label: 'Left' });
    await page.getByRole('alert').getByText('The server does not answer.').waitFor();
    await accessible(page, 'error');
    await page.unroute('**/clinic/outcomes*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await row(page, /Knee osteoarthritis/).waitFor();
  }],
  ['it is not for everybody', async (clinic) => {
    const page = await clinic.enter('assistant', '/');
    assert.equal(await page.getByRole('link', { name: 'Registry' }).count(), 0);
    assert.equal((await clinic.api('assistant', 'GET', '/clinic/outcomes')).status, 403);
  }],
  ['in the dark, on a telephone and at 200 % nothing is lost', async (clinic) => {
    const dark = await open(clinic, 'physician', { dark: true });
    await accessible(dark, 'dark');
    await clinic.picture(dark, 'registry-dark');
    const narrow = await open(clinic, 'physician', { width: 390, height: 844 });
    await accessible(narrow, 'narrow');
    const large = await open(clinic, 'physician', { zoom: 2 });
    await accessible(large, 'at 200 %');
  }],
];
