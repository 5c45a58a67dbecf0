// SPDX-License-Identifier: Apache-2.0
// The owner's and the auditor's journeys, and everybody's own account.
import assert from 'node:assert/strict';
import fs from 'node:fs';

import { accessible, budget, hands } from './support/checks.mjs';
import { codeOf } from './support/totp.mjs';

const part = (page, name) => page.getByRole('tab', { name });
const dialog = (page) => page.getByRole('dialog');

export const tests = [
  ['the owner makes an account; its password is shown this once', async (clinic) => {
    const page = await clinic.enter('owner', '/admin');
    await page.getByRole('row', { name: /physician/ }).first().waitFor();
    await accessible(page, 'staff');
    const hand = hands(page);
    await hand.click(page.getByRole('button', { name: 'New account' }));
    await accessible(page, 'new account');
    await hand.fill(page.getByLabel('Login', { exact: true }), 'second.doctor');
    await hand.click(page.getByRole('button', { name: 'Create the account' }));
    await page.getByText('It is shown this once').waitFor();
    budget('make an account', hand.count, 4);
    await accessible(page, 'first password');
    const password = await page.locator('.admin-secrets code').innerText();
    clinic.logins.second = { login: 'second.doctor', password };
    await page.getByRole('button', { name: 'I have noted it' }).click();
    await page.getByRole('row', { name: /second\.doctor.*First password not changed yet/ }).waitFor();
    const other = await clinic.window();
    await other.goto(clinic.base);
    await clinic.logIn(other, 'second');
    await other.getByRole('heading', { name: 'Choose a password of your own' }).waitFor();
  }],
  ['who somebody is: name, licence, privileges; an expired licence is marked', async (clinic) => {
    const page = await clinic.enter('owner', '/admin/staff');
    await page.getByRole('row', { name: /second\.doctor/ }).click();
    await page.getByLabel('Person', { exact: true }).selectOption({ label: 'A new person …' });
    const form = page.getByRole('form', { name: 'Person' });
    await form.getByLabel('Name', { exact: true }).fill('Synthetic Second Doctor');
    await form.getByLabel('Licence', { exact: true }).fill('SYN-0002');
    await form.getByLabel('Valid to').fill('2026-02-28');
    await form.getByText('expired on').waitFor();
    await form.getByLabel('Knee').check();
    await form.getByLabel('Ultrasound').check();
    await accessible(page, 'person');
    await form.getByRole('button', { name: 'Save the person' }).click();
    const row = page.getByRole('row', { name: /second\.doctor.*Synthetic Second Doctor/ });
    await row.getByText('expired on').waitFor();
    await row.getByText('Knee, Ultrasound').waitFor();
    await accessible(page, 'staff with an expired licence');
    await clinic.picture(page, 'admin-staff');
    await page.getByRole('form', { name: 'Person' }).getByLabel('Valid to').fill('2027-02-28');
    await page.getByRole('form', { name: 'Person' }).getByRole('button', { name: 'Save the person' }).click();
    await row.getByText('valid to').waitFor();
  }],
  ['two who change one person: both versions are shown, nothing is overwritten', async (clinic) => {
    const page = await clinic.enter('owner', '/admin/staff');
    await page.getByRole('row', { name: /second\.doctor/ }).click();
    const form = page.getByRole('form', { name: 'Person' });
    await form.getByLabel('Name', { exact: true }).waitFor();
    const { data: accounts } = await clinic.api('owner', 'GET', '/auth/accounts');
    const { practitioner } = accounts.accounts.find((a) => a.login === 'second.doctor');
    const { data } = await clinic.api('owner', 'GET', `/fhir/Practitioner/${practitioner}`);
    await clinic.api('owner', 'PUT', `/fhir/Practitioner/${practitioner}`, { ...data, name: [{ text: 'Synthetic Doctor, renamed' }] });
    await form.getByLabel('Licence', { exact: true }).fill('SYN-0003');
    await form.getByRole('button', { name: 'Save the person' }).click();
    await form.getByText('Changed by somebody else meanwhile').first().waitFor();
    await form.getByRole('cell', { name: 'Synthetic Doctor, renamed' }).waitFor();
    await accessible(page, 'conflict');
    await form.getByRole('button', { name: 'Go on with what is stored' }).click();
    assert.equal(await form.getByLabel('Name', { exact: true }).inputValue(), 'Synthetic Doctor, renamed');
  }],
  ['an account is disabled, with undo; a new password ends its sessions', async (clinic) => {
    const page = await clinic.enter('owner', '/admin/staff');
    await page.getByRole('row', { name: /second\.doctor/ }).click();
    await page.getByRole('button', { name: 'Disable', exact: true }).click();
    await page.getByRole('row', { name: /second\.doctor.*Disabled/ }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Disable', exact: true }).waitFor();
    await page.getByRole('button', { name: 'New password', exact: true }).click();
    await accessible(page, 'new password?');
    await dialog(page).getByRole('button', { name: 'New password', exact: true }).click();
    await page.getByText('It is shown this once').waitFor();
    assert.notEqual(await page.locator('.admin-secrets code').innerText(), clinic.logins.second.password);
    await page.getByRole('row', { name: /^owner/ }).first().click();
    await page.getByRole('button', { name: /^Disable/ }).click({ force: true });
    assert.equal(await page.getByText('owner is disabled').count(), 0, 'nobody locks himself out');
  }],
  ['services are listed and can be kept out', async (clinic) => {
    const made = await clinic.api('owner', 'POST', '/auth/clients', { id: 'ehr', name: 'Synthetic EHR', scopes: 'system/Patient.rs' });
    assert.equal(made.status, 201);
    const page = await clinic.enter('owner', '/admin/services');
    await page.getByRole('button', { name: 'Disable: ehr' }).click();
    await page.getByRole('button', { name: 'Let in again: ehr' }).waitFor();
    await accessible(page, 'services');
  }],
  ['the owner sets a policy, with a reason; it is marked as the clinic’s own, and goes back', async (clinic) => {
    const page = await clinic.enter('owner', '/admin/policies');
    await page.getByRole('row', { name: /Warmth or cold/ }).click();
    await accessible(page, 'policy');
    const panel = page.getByRole('region', { name: 'Warmth or cold after the session' });
    const hand = hands(page);
    await hand.choose(panel.getByLabel('Value', { exact: true }), 'cold');
    await hand.click(panel.getByRole('button', { name: 'Set for this clinic' }));
    await panel.getByText('Write why').waitFor();
    await hand.fill(panel.getByLabel('Why', { exact: true }), 'our patients prefer it');
    await hand.click(panel.getByRole('button', { name: 'Set for this clinic' }));
    await page.getByRole('row', { name: /Warmth or cold.*cold.*This clinic's own/ }).waitFor();
    budget('set a policy', hand.count, 4);
    await accessible(page, 'policy set');
    await clinic.picture(page, 'admin-policies');
    const { data } = await clinic.api('owner', 'GET', '/knowledge/policies/thermal');
    assert.match(data.title, /this clinic's own/);
    assert.deepEqual(data.sources.map((s) => s.id), ['clinic']);
    await panel.getByLabel('Why', { exact: true }).fill('back');
    await panel.getByRole('button', { name: 'Back to the shipped value' }).click();
    await page.getByRole('row', { name: /Warmth or cold.*As shipped/ }).waitFor();
    await panel.getByRole('rowheader').nth(1).waitFor();
  }],
  ['a value that the tables do not permit is refused in words', async (clinic) => {
    const page = await clinic.enter('owner', '/admin/policies');
    await page.getByRole('row', { name: /Weeks of the forecast/ }).click();
    const panel = page.getByRole('region', { name: 'Weeks of the forecast' });
    await panel.getByLabel('Value', { exact: true }).fill('12; 5');
    await panel.getByLabel('Why', { exact: true }).fill('a try');
    await panel.getByRole('button', { name: 'Set for this clinic' }).click();
    await panel.getByText(/rising numbers of 1 to 260/).waitFor();
    assert.equal(await panel.getByLabel('Value', { exact: true }).inputValue(), '12; 5');
    await accessible(page, 'policy refused');
  }],
  ['the auditor finds who saw a patient, and checks the chain', async (clinic) => {
    const { data: found } = await clinic.api('physician', 'GET', '/fhir/Patient?_count=1');
    const { id } = found.entry[0].resource;
    await clinic.api('physician', 'GET', `/fhir/Patient/${id}`);
    const page = await clinic.enter('auditor', `/admin/audit?patient=${id}`);
    assert.deepEqual(await page.getByRole('tab').allInnerTexts(), ['Policies', 'Audit trail']);
    await page.getByRole('row', { name: new RegExp(`physician.*Read: read.*${id}`) }).first().waitFor();
    await accessible(page, 'audit of a patient');
    await clinic.picture(page, 'admin-audit');
    await page.getByLabel('Whose (id of the patient)').fill('');
    await page.getByLabel('Who (login)').fill('auditor');
    await page.getByLabel('Kind', { exact: true }).fill('login');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('row', { name: /auditor.*login/ }).first().waitFor();
    await page.getByLabel('Who (login)').fill('nobody.at.all');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByText('No entry fits.').waitFor();
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByText('The trail is whole.').waitFor();
    const heads = (await page.locator('.admin-secrets code').allInnerTexts()).join(' ');
    await accessible(page, 'chain');
    await page.getByText('Compare with heads noted before').click();
    await page.getByLabel('Noted heads').fill(heads);
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByText('The noted heads are in it.').waitFor();
  }],
  ['the parts are gone through by keyboard, each with its address', async (clinic) => {
    const page = await clinic.enter('owner', '/admin');
    await part(page, 'Staff').focus();
    for (const name of ['Services', 'Policies', 'Audit trail', 'Backup']) {
      await page.keyboard.press('ArrowRight');
      await page.waitForFunction((is) => document.activeElement?.textContent === is, name);
    }
    assert.match(page.url(), /#\/admin\/backup$/);
    await page.goBack();
    await page.getByRole('tab', { name: 'Audit trail', selected: true }).waitFor();
  }],
  ['older entries follow, page after page', async (clinic) => {
    const page = await clinic.enter('owner', '/admin/audit');
    await page.getByRole('button', { name: 'Older entries' }).click();
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length > 100);
  }],
  ['the owner takes a backup, saves it, and it is gone from the server', async (clinic) => {
    const page = await clinic.enter('owner', '/admin/backup');
    await page.getByText('No backup was taken from this page yet.').waitFor();
    await accessible(page, 'backup');
    const fill = async (passphrase, again, password) => {
      await page.getByLabel('Passphrase of the file').fill(passphrase);
      await page.getByLabel('Passphrase once more').fill(again);
      await page.getByLabel('Your own password').fill(password);
      await page.getByRole('button', { name: 'Take a backup' }).click();
    };
    await fill('correct horse battery', 'correct horse', clinic.logins.owner.password);
    await page.getByText('The two passphrases differ.').waitFor();
    await fill('correct horse battery', 'correct horse battery', 'wrong wrong wrong');
    await page.getByRole('alert').waitFor();
    await fill('correct horse battery', 'correct horse battery', clinic.logins.owner.password);
    await page.getByText('The backup is ready.').waitFor({ timeout: 120000 });
    await accessible(page, 'backup ready');
    await clinic.picture(page, 'admin-backup');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Save the file' }).click()]);
    assert.equal(download.suggestedFilename(), 'clinic.backup');
    assert.ok(fs.statSync(await download.path()).size > 10000);
    await page.getByRole('button', { name: 'Remove it from the server' }).click();
    await page.getByText(/^Last backup/).waitFor();
  }],
  ['everybody changes the own password', async (clinic) => {
    const page = await clinic.enter('assistant', '/account');
    await accessible(page, 'account');
    const form = page.getByRole('form', { name: 'Password' });
    await form.getByLabel('Present password').fill(clinic.logins.assistant.password);
    await form.getByLabel('New password', { exact: true }).fill('short');
    await form.getByLabel('New password once more').fill('short');
    await form.getByRole('button', { name: 'Change the password' }).click();
    await form.getByText('needs at least 12 letters').waitFor();
    await form.getByLabel('New password', { exact: true }).fill('quite another good one');
    await form.getByLabel('New password once more').fill('quite another good one');
    await form.getByRole('button', { name: 'Change the password' }).click();
    await page.getByText('The password is changed.').waitFor();
    clinic.logins.assistant.password = 'quite another good one';
  }],
  ['a second factor with recovery codes, and logging out everywhere', async (clinic) => {
    const page = await clinic.enter('reception', '/account');
    const factor = page.getByRole('region', { name: 'Second factor' });
    await factor.getByLabel('Present password').fill(clinic.logins.reception.password);
    await factor.getByRole('button', { name: 'Begin' }).click();
    const secret = (await factor.locator('.admin-secrets code').innerText()).replace(/\s/g, '');
    await accessible(page, 'second factor begun');
    await factor.getByLabel('Code').fill(codeOf(secret, clinic.day));
    await factor.getByRole('button', { name: 'Turn it on' }).click();
    await factor.getByText('Recovery codes').waitFor();
    assert.ok(await factor.locator('.admin-secrets li').count() >= 8);
    await accessible(page, 'recovery codes');
    const recovery = await factor.locator('.admin-secrets code').first().innerText();
    await factor.getByRole('button', { name: 'I have noted it' }).click();
    await factor.getByText('On', { exact: true }).waitFor();
    await clinic.picture(page, 'account');
    await page.getByRole('button', { name: 'Log out everywhere' }).click();
    await accessible(page, 'log out everywhere?');
    await dialog(page).getByRole('button', { name: 'Log out everywhere' }).click();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    await page.getByRole('button', { name: 'I have a second factor' }).click();
    await page.getByLabel('Code of the second factor').fill(recovery);
    await clinic.logIn(page, 'reception');
    await page.locator('#main h1').first().waitFor();
  }],
  ['on a phone, at 200 % and in the dark', async (clinic) => {
    for (const o of [{ width: 390, height: 844 }, { zoom: 2 }, { dark: true }]) {
      for (const at of ['staff', 'policies', 'audit']) {
        const page = await clinic.enter('owner', `/admin/${at}`, o);
        await page.getByRole('row').nth(2).waitFor();
        await accessible(page, `${at} ${JSON.stringify(o)}`);
        if (o.dark || o.width) await clinic.picture(page, `admin-${at}-${o.dark ? 'dark' : 'phone'}`);
      }
    }
  }],
];
