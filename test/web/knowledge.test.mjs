// SPDX-License-Identifier: Apache-2.0
// Reading the clinical tables, and a clinician's approval of a row.
import assert from 'node:assert/strict';

import { accessible, budget, hands } from './support/checks.mjs';

const row = (page) => page.getByRole('article');
const list = (page) => page.locator('.knowledge-scroll');

/** The physician's Practitioner of the example has a licence; a statement needs a name, too. */
async function nameDoctor(clinic) {
  const { data: me } = await clinic.api('physician', 'GET', '/auth/me');
  const { data } = await clinic.api('owner', 'GET', `/fhir/Practitioner/${me.practitioner}`);
  const named = { ...data, name: [{ text: 'Synthetic Doctor' }] };
  assert.equal((await clinic.api('owner', 'PUT', `/fhir/Practitioner/${me.practitioner}`, named)).status, 200);
}

export const tests = [
  ['every table is there, with how much of it is approved', async (clinic) => {
    const page = await clinic.enter('reception', '/knowledge');
    await list(page).getByRole('link').first().waitFor();
    assert.ok(await page.locator('.knowledge-tables .wide-only a').count() > 45);
    assert.match(await page.locator('.knowledge-tables a[href="#/knowledge/rules"]').innerText(), /0 \/ 112/);
    await accessible(page, 'knowledge');
    await clinic.picture(page, 'knowledge-tables');
  }],
  ['an address of a row leads to it: what it says, its sources, its conditions, its uses', async (clinic) => {
    const page = await clinic.enter('assistant', '/knowledge/rules/CI-07');
    await row(page).getByRole('heading', { level: 2 }).waitFor();
    for (const name of ['What it says', 'What follows, and when: the gravest that is true counts', 'How far to trust it']) {
      await row(page).getByRole('heading', { name }).waitFor();
    }
    const away = row(page).locator('a[target=_blank]').first();
    assert.match(await away.getAttribute('href'), /^https?:/);
    assert.match(await away.getAttribute('rel'), /noreferrer/);
    await row(page).getByText('not approved by a clinician').first().waitFor();
    await accessible(page, 'a rule');
    await clinic.picture(page, 'knowledge');
    await row(page).locator('ol').getByRole('link', { name: 'CI-07.defer' }).click();
    await row(page).getByText('med_vka').first().waitFor();
    await page.goBack();
    await row(page).locator('ol').getByRole('link', { name: 'CI-07.defer' }).waitFor();
  }],
  ['the list is filtered as one types, and walked by keyboard', async (clinic) => {
    const page = await clinic.enter('physician', '/knowledge/all');
    await list(page).getByRole('link').first().waitFor();
    await page.getByLabel('Text', { exact: true }).fill('inr');
    await page.waitForFunction(() => document.querySelectorAll('.knowledge-scroll li').length < 60);
    assert.ok(await list(page).getByRole('link').count() > 3);
    await accessible(page, 'rows found');
    await list(page).getByRole('link').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await row(page).getByRole('heading', { level: 2 }).waitFor();
    assert.ok(await list(page).getByRole('link').count() > 3, 'the list stays beside the row');
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.activeElement?.closest('.knowledge-rows'));
    await page.getByLabel('Text', { exact: true }).fill('nothing has this text');
    await page.getByText('No row fits.').waitFor();
    await accessible(page, 'no row');
  }],
  ['all 3,000 rows can be in the list', async (clinic) => {
    const page = await clinic.enter('physician', '/knowledge/all');
    const more = page.getByRole('button', { name: /^Show .* more$/ });
    await list(page).getByRole('link').first().waitFor();
    while (await more.count() > 0) {
      const before = await page.locator('.knowledge-scroll li').count();
      await more.click();
      await page.waitForFunction((was) => document.querySelectorAll('.knowledge-scroll li').length > was, before);
    }
    assert.ok(await page.locator('.knowledge-scroll li').count() > 3000);
    await page.locator('.knowledge-scroll a').nth(2500).click(); // far out of sight: drawn when it is scrolled to
    await row(page).getByRole('heading', { level: 2 }).waitFor();
  }],
  ['who has no licence is told so, and can do nothing', async (clinic) => {
    const page = await clinic.enter('owner', '/knowledge/rules/CI-07');
    await page.getByText('no Practitioner with a licence').first().waitFor();
    await page.getByRole('button', { name: 'Approve this row' }).click({ force: true });
    assert.equal(await page.getByRole('dialog').count(), 0);
    await accessible(page, 'cannot approve');
  }],
  ['a licensed physician approves a rule with its conditions, and takes it back', async (clinic) => {
    await nameDoctor(clinic);
    const page = await clinic.enter('physician', '/knowledge/rules/CI-07');
    const hand = hands(page);
    await hand.click(page.getByRole('button', { name: 'Approve this row' }));
    await page.getByRole('dialog').getByText('You state, as').waitFor();
    await accessible(page, 'statement');
    await clinic.picture(page, 'knowledge-approve');
    await hand.click(page.getByRole('button', { name: /^Approve as/ }));
    await row(page).getByText(/^Approved by .*licence/).waitFor();
    budget('approve a rule', hand.count, 3);
    await accessible(page, 'approved');
    const tiers = row(page).locator('ol').first();
    assert.equal(await tiers.getByText('not approved by a clinician').count(), 0, 'its conditions, too');
    await page.getByRole('button', { name: 'Withdraw the approval' }).click();
    await row(page).getByText('Approved by nobody yet').waitFor();
    await row(page).getByText('History (2 entries)').click();
    await row(page).getByRole('rowheader').first().waitFor();
    await accessible(page, 'withdrawn');
  }],
  ['what was approved is marked no more where it is used', async (clinic) => {
    const { data } = await clinic.api('physician', 'GET', '/knowledge/schedules/default_3x4wk');
    const { status } = await clinic.api('physician', 'POST', '/knowledge/schedules/default_3x4wk/approval', { hash: data.hash });
    assert.equal(status, 204);
    const after = await clinic.api('physician', 'GET', '/fhir/PlanDefinition/default-3x4wk');
    assert.equal(after.data.status, 'active');
  }],
  ['on a phone, at 200 % and in the dark one thing stands at a time', async (clinic) => {
    for (const o of [{ width: 390, height: 844 }, { zoom: 2 }, { dark: true }]) {
      const page = await clinic.enter('physician', '/knowledge/rules/CI-07', o);
      await row(page).getByRole('heading', { level: 2 }).waitFor();
      await accessible(page, JSON.stringify(o));
      await clinic.picture(page, `knowledge-${o.dark ? 'dark' : o.zoom ? 'zoom' : 'phone'}`);
      if (o.width) {
        await page.getByRole('button', { name: 'Back to the rows' }).click();
        await list(page).getByRole('link').first().waitFor();
        await accessible(page, 'rows on a phone');
        await clinic.picture(page, 'knowledge-phone-rows');
      }
    }
  }],
  ['a row that is not there says so, and can be left', async (clinic) => {
    const page = await clinic.enter('physician', '/knowledge/rules/CI-99');
    await page.getByRole('alert').waitFor();
    await accessible(page, 'no such row');
  }],
];
