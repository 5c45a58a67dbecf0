// SPDX-License-Identifier: Apache-2.0
// What is typed is lost neither to a slow server nor to a change of the screen, and what became
// something stored does not come back as a draft.
import assert from 'node:assert/strict';

const PLACE = '/auth/draft/register-new';

// Requests that save the draft wait until they are let go.
async function hold(page) {
  let release = () => {};
  const held = new Promise((done) => { release = done; });
  const begun = page.waitForRequest((r) => r.url().endsWith(PLACE) && r.method() === 'PUT');
  await page.route(`**${PLACE}`, async (route) => {
    if (route.request().method() === 'PUT') await held;
    await route.continue();
  });
  return { begun, release };
}

export const tests = [
  ['a screen that is opened again shows what was typed, also when it is not stored yet', async (clinic) => {
    await clinic.api('reception', 'DELETE', PLACE);
    const page = await clinic.enter('reception', '/patient/new');
    const { begun, release } = await hold(page);
    await page.getByLabel('Family name').fill('Waiting');
    await begun;
    await page.goto(`${clinic.base}/#/account`);
    await page.goto(`${clinic.base}/#/patient/new`);
    await page.getByLabel('Family name').waitFor();
    assert.equal(await page.getByLabel('Family name').inputValue(), 'Waiting');
    const stored = page.waitForResponse((r) => r.url().endsWith(PLACE) && r.request().method() === 'PUT');
    release();
    await stored;
    await page.getByText('Saved', { exact: false }).first().waitFor();
    const { data } = await clinic.api('reception', 'GET', PLACE);
    assert.match(JSON.stringify(data), /Waiting/);
    await clinic.api('reception', 'DELETE', PLACE);
  }],

  ['a form that was stored is not brought back by a late draft of it', async (clinic) => {
    await clinic.api('reception', 'DELETE', PLACE);
    const page = await clinic.enter('reception', '/patient/new');
    await page.getByLabel('Family name').fill('Late');
    await page.getByLabel('Given names').fill('Synthetic');
    await page.getByLabel('Date of birth').fill('1971-03-09');
    await page.getByLabel('Female', { exact: true }).check();
    const { begun, release } = await hold(page);
    await page.getByLabel('Number of the patient').fill('SYN-LATE');
    await begun;
    const made = page.waitForResponse((r) => r.url().endsWith('/fhir/Patient') && r.request().method() === 'POST');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    assert.equal((await made).status(), 201);
    for (let i = 0; i < 5; i++) await page.evaluate(() => fetch('/health').then((r) => r.text())); // time to be hasty
    const late = page.waitForResponse((r) => r.url().endsWith(PLACE) && r.request().method() === 'PUT');
    release();
    await late;
    await page.getByText('The patient is stored.').waitFor();
    await page.waitForLoadState('networkidle');
    const drafts = (await clinic.api('reception', 'GET', '/auth/draft')).data.drafts;
    assert.ok(!drafts.some((d) => d.key === 'register-new'), 'the draft is gone');
  }],

  ['an address that cannot be read is told, and breaks nothing', async (clinic) => {
    const page = await clinic.enter('reception', '/account');
    await page.goto(`${clinic.base}/#/patient/%zz`);
    await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
  }],
];
