// SPDX-License-Identifier: Apache-2.0
// Documents: what can be made and why not, a sheet as HTML, issuing, the patient's signature, paper.
import assert from 'node:assert/strict';
import fs from 'node:fs';

import { accessible, budget, hands } from './support/checks.mjs';

const at = (patient, query = '') => `/patient/${patient}/documents${query}`;
const sheet = (page) => page.locator('.paper');
const line = (page, name) => page.getByRole('navigation', { name: 'All documents' }).getByRole('button', { name });
const issuedOf = async (clinic, patient, type) => {
  const system = encodeURIComponent('https://enthesis.org/fhir/CodeSystem/document|');
  const { data } = await clinic.api('physician', 'GET', `/fhir/DocumentReference?patient=${patient}&type=${system}${type}`);
  return (data.entry ?? []).map((e) => e.resource);
};

export const tests = [
  ['every document reads as headings, lists and tables, and is sound for a screen reader', async (clinic) => {
    const page = await clinic.enter('physician', at('demo-planned'));
    for (const [name, heading] of [
      ['Leaflet', 'Prolotherapy: information for you'], ['Consent form', 'Consent to prolotherapy'], ['Aftercare', 'After your injection'],
      ['Plan', /osteoarthritis/], ['Forecast', /osteoarthritis/], ['Letter of referral', /osteoarthritis/],
    ]) {
      await line(page, name).click();
      await sheet(page).getByRole('heading', { name: heading, level: 2 }).waitFor();
      assert.ok(await sheet(page).getByRole('heading', { level: 3 }).count() > 1, `${name} has headings`);
      await accessible(page, name);
    }
    assert.match(page.url(), /type=letter/, 'a document has an address');
    await clinic.picture(page, 'documents-letter');
  }],
  ['a plan that may not be carried out has no papers for the patient, and says why rule by rule', async (clinic) => {
    const page = await clinic.enter('physician', at('demo-red-flag', '?type=leaflet'));
    await page.getByText('There is none now: no injection may be planned now').waitFor();
    assert.ok(await page.locator('.preview li').count() > 0, 'the rules are listed');
    const issue = page.getByRole('button', { name: /^Issue/ });
    assert.equal(await issue.getAttribute('aria-disabled'), 'true');
    await page.getByRole('link', { name: 'To the assessment' }).waitFor();
    await accessible(page, 'blocked');
    await line(page, 'Letter of referral').click();
    await sheet(page).getByRole('heading', { name: 'Red flags' }).waitFor();
    await page.evaluate(() => scrollTo(0, 0));
    await accessible(page, 'letter of a blocked plan');
  }],
  ['issued, it is kept as it is; the consent is recorded with its witness; taken back, it is over', async (clinic) => {
    const page = await clinic.enter('physician', at('demo-planned', '?type=consent'));
    await sheet(page).waitFor();
    const hand = hands(page);
    await hand.click(page.getByRole('button', { name: 'Record that it was taken back' }));
    await page.getByRole('dialog').waitFor();
    await accessible(page, 'taking a consent back');
    await hand.click(page.getByRole('dialog').getByRole('button', { name: 'The patient took it back' }));
    await page.getByText('Issue the form first').waitFor();
    const start = hand.count;
    await hand.click(page.getByRole('button', { name: 'Issue', exact: true }));
    await page.getByLabel('Who saw it signed').waitFor();
    await hand.click(page.getByRole('button', { name: 'Record: the patient signed' }));
    await page.getByText('Say who saw it signed.').waitFor();
    await accessible(page, 'signature with what is missing');
    await hand.fill(page.getByLabel('Who saw it signed'), 'Synthetic Witness, assistant');
    await hand.check(page.getByLabel('The patient has a copy'));
    await hand.click(page.getByRole('button', { name: 'Record: the patient signed' }));
    await page.getByText('Consent holds.').waitFor();
    budget('issue a consent form and record the signature', hand.count - start, 6);
    await accessible(page, 'consent recorded');
    const [document] = await issuedOf(clinic, 'demo-planned', 'consent');
    assert.equal(document.docStatus, 'final');
    const { data } = await clinic.api('physician', 'GET', '/fhir/Consent?patient=demo-planned&status=active');
    assert.equal(data.entry.length, 1);
    const consent = data.entry[0].resource;
    assert.equal(consent.sourceReference.reference, `DocumentReference/${document.id}`);
    const { data: origin } = await clinic.api('physician', 'GET', `/fhir/Provenance?target=Consent/${consent.id}`);
    assert.match(JSON.stringify(origin), /Synthetic Witness/);
    await page.getByLabel('Version').selectOption({ index: 1 });
    await sheet(page).getByRole('heading', { name: 'Consent to prolotherapy' }).waitFor();
  }],
  ['the PDF of the server is downloaded under a name without the patient', async (clinic) => {
    const page = await clinic.enter('physician', at('demo-planned', '?type=aftercare'));
    await sheet(page).waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download PDF' }).click()]);
    assert.equal(download.suggestedFilename(), 'aftercare.pdf');
    const bytes = fs.readFileSync(await download.path());
    assert.equal(bytes.subarray(0, 5).toString(), '%PDF-');
  }],
  ['only the sheet is printed, with head and foot on every page', async (clinic) => {
    const page = await clinic.enter('physician', at('demo-planned', '?type=consent'));
    await sheet(page).waitFor();
    await page.emulateMedia({ media: 'print' });
    const shown = await page.evaluate(() => [...document.querySelectorAll('header.top, .shelf, .preview button, #main h1, .patient-header')]
      .filter((e) => e.checkVisibility()).map((e) => e.outerHTML.slice(0, 60)));
    assert.deepEqual(shown, []);
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('.pages thead')).display), 'table-header-group');
    const pdf = await page.pdf({ preferCSSPageSize: true });
    assert.ok(pdf.length > 10000);
  }],
  ['the note of a signed session says so, and another session can be chosen', async (clinic) => {
    const page = await clinic.enter('physician', at('demo-mid-course', '?type=note'));
    await sheet(page).getByText(/The signature covers \d+ records/).waitFor();
    const options = await page.getByLabel('Session', { exact: true }).locator('option').count();
    assert.ok(options > 1, 'several sessions');
    await page.getByLabel('Session', { exact: true }).selectOption({ index: 1 });
    await page.waitForFunction(() => location.hash.includes('session='));
    await sheet(page).waitFor();
    await accessible(page, 'session note');
    await clinic.picture(page, 'documents-note');
  }],
  ['an assistant prints what a physician issued, and is told who issues', async (clinic) => {
    const made = await clinic.api('physician', 'POST', '/fhir/Patient/demo-planned/$document?type=leaflet');
    assert.equal(made.status, 200);
    const page = await clinic.enter('assistant', at('demo-planned', '?type=leaflet'));
    await sheet(page).waitFor();
    assert.match(await page.getByLabel('Version').locator('option:checked').innerText(), /^Issued on/);
    await accessible(page, 'assistant');
    await line(page, 'Letter of referral').click();
    await sheet(page).getByRole('heading', { name: 'Red flags' }).waitFor();
    const issue = page.getByRole('button', { name: /^Issue/ });
    assert.equal(await issue.getAttribute('aria-disabled'), 'true');
    assert.match(await issue.textContent(), /a physician issues documents/);
  }],
  ['very long lists, dark, a phone and 200 % are sound', async (clinic) => {
    for (const o of [{ dark: true }, { width: 390, height: 844 }, { zoom: 2 }]) {
      for (const patient of ['demo-long', 'demo-both-knees']) {
        const page = await clinic.enter('physician', at(patient, '?type=plan'), o);
        await sheet(page).or(page.getByLabel('Problem', { exact: true })).or(page.locator('.preview')).first().waitFor();
        await accessible(page, `${patient} ${JSON.stringify(o)}`);
      }
    }
  }],
  ['whole by keyboard: from the list to the sheet', async (clinic) => {
    const page = await clinic.enter('physician', at('demo-planned', '?type=consent'));
    await line(page, 'Leaflet').focus();
    await page.keyboard.press('Enter');
    await sheet(page).getByRole('heading', { name: 'Prolotherapy: information for you' }).waitFor();
  }],
];
