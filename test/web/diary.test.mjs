// SPDX-License-Identifier: Apache-2.0
// A patient's own page by one-time link, on a phone: the whole way, by touch and by keyboard; what
// happens without a connection, with a link that is over, with two telephones.
import assert from 'node:assert/strict';

import { accessible, budget, hands } from './support/checks.mjs';

const PHONE = { width: 390, height: 844, touch: true };

/** A session two days ago, scores before it: what a diary's page shows. */
async function treated(clinic, id, given) {
  const must = async (method, target, body) => {
    const answer = await clinic.api('owner', method, target, body);
    assert.ok(answer.status < 300, `${method} ${target}: ${answer.status} ${JSON.stringify(answer.data).slice(0, 300)}`);
    return answer.data;
  };
  const knee = [{ coding: [{ system: 'https://enthesis.org/fhir/CodeSystem/region', code: 'knee' }] }, { coding: [{ system: 'https://enthesis.org/fhir/CodeSystem/side', code: 'right' }] }];
  await must('PUT', `/fhir/Patient/${id}`, { resourceType: 'Patient', id, name: [{ given: [given], family: 'Person' }], birthDate: '1970-05-01', gender: 'female' });
  await must('PUT', `/fhir/Condition/${id}-c`, {
    resourceType: 'Condition', id: `${id}-c`, subject: { reference: `Patient/${id}` }, clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] },
    code: { coding: [{ system: 'https://enthesis.org/fhir/CodeSystem/condition', code: 'oa_knee' }] }, bodySite: [knee[1]],
  });
  await must('PUT', `/fhir/Procedure/${id}-p`, {
    resourceType: 'Procedure', id: `${id}-p`, status: 'completed', subject: { reference: `Patient/${id}` }, performedDateTime: '2026-02-28',
    code: { coding: [{ system: 'https://enthesis.org/fhir/CodeSystem/procedure', code: 'prolotherapy-session' }] }, bodySite: knee,
  });
  for (const [day, value] of [['2026-02-20', 6], ['2026-02-28', 7]]) {
    await must('PUT', `/fhir/Observation/${id}-${day}`, {
      resourceType: 'Observation', id: `${id}-${day}`, status: 'final', subject: { reference: `Patient/${id}` }, effectiveDateTime: day,
      code: { coding: [{ system: 'https://enthesis.org/fhir/CodeSystem/instrument', code: 'nrs' }] }, valueQuantity: { value, unit: '{score}', system: 'http://unitsofmeasure.org', code: '{score}' },
    });
  }
}

async function linkFor(clinic, patient, uses = 1) {
  const answer = await clinic.api('owner', 'POST', '/auth/links', { patient, uses });
  assert.equal(answer.status, 201);
  return answer.data.link;
}

const heading = (page) => page.locator('main h1').first().innerText();
const next = (page) => page.getByRole('button', { name: 'Continue' });

/** Every list step with "none", every other with what is said; a look at each page. */
async function answer(page, act, look, said = {}) {
  for (let i = 0; i < 20; i += 1) {
    const at = new URL(page.url()).hash.replace('#/d/', '');
    await look(at);
    if (at === 'check') return;
    if (at.startsWith('scale.')) await act(page.getByRole('radio', { name: said[at] ?? '4', exact: true }));
    else if (at === 'fever' || at === 'expected' || at === 'follow' || at === 'more') {
      for (const group of await page.getByRole('group').all()) await act(group.getByRole('radio', { name: said[at] ?? 'No', exact: true }));
    } else if (at === 'drugs') await act(page.getByRole('checkbox', { name: said[at] ?? 'Nothing' }));
    else if (at !== 'last') await act(page.getByRole('checkbox', { name: said[at] ?? 'None of these' }));
    await act(next(page));
    await page.waitForFunction((before) => location.hash !== `#/d/${before}`, at);
  }
  assert.fail('the questions never end');
}

export const tests = [
  ['the whole way by touch: questions, check, what to do, chart, aftercare, earlier days', async (clinic) => {
    await treated(clinic, 'phone1', 'Synthetic');
    const link = await linkFor(clinic, 'phone1');
    const page = await clinic.window(PHONE);
    const hand = hands(page);
    await page.goto(link);
    await page.getByRole('heading', { name: 'Hello Synthetic' }).waitFor();
    assert.ok(!page.url().includes('link='), 'the token leaves the address');
    assert.equal(await page.getByText('Person', { exact: true }).count(), 0, 'the family name is not shown');
    await accessible(page, 'start');
    await clinic.picture(page, 'diary-start');
    await hand.tap(page.getByRole('button', { name: "Start today's diary" }));
    await page.waitForFunction(() => location.hash === '#/d/emergency');
    await answer(page, hand.tap, async (at) => {
      await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
      await accessible(page, at);
      if (at === 'scale.nrs') await clinic.picture(page, 'diary-pain');
      if (at === 'check') await clinic.picture(page, 'diary-check');
    });
    assert.equal(await heading(page), 'Check your answers');
    await hand.tap(page.getByRole('button', { name: 'Send to the clinic' }));
    await page.getByRole('heading', { name: 'You do not need to call because of these answers' }).waitFor();
    await accessible(page, 'answer');
    budget("a day's diary by touch", hand.count, 30);
    for (const name of ['Your aftercare', 'Your chart', 'What you told us so far', 'When to call us']) {
      await page.goto(`${clinic.base}/#/`);
      await page.getByRole('link', { name }).tap();
      await page.getByRole('heading', { name, level: 1 }).waitFor();
      await accessible(page, name);
      await clinic.picture(page, `diary-${name.toLowerCase().replace(/\W+/g, '-')}`);
    }
    await page.goto(`${clinic.base}/#/aftercare`);
    assert.ok(await page.locator('li[aria-current=date]').count() > 3, "today's lines are marked");
    const kept = await clinic.api('owner', 'GET', '/fhir/QuestionnaireResponse?patient=phone1');
    assert.equal(kept.data.entry.length, 1);
  }],
];
