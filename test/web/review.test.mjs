// SPDX-License-Identifier: Apache-2.0
// The review: advice with its reasons, a score that moves the forecast, a decision in own words.
import assert from 'node:assert/strict';

import { accessible, budget, hands } from './support/checks.mjs';

// A forecast takes a second on a free processor; a busy machine may need many.
const PATIENCE = { timeout: 120000 };
const open = async (clinic, role, patient, o = {}) => {
  const page = await clinic.enter(role, `/patient/${patient}/review`, o);
  await page.getByRole('heading', { name: 'A new score' }).waitFor(PATIENCE);
  return page;
};
const advice = (page) => page.locator('.advice-word').innerText();
const scoresOf = async (clinic, patient) => {
  const code = encodeURIComponent('https://enthesis.org/fhir/CodeSystem/instrument|nrs');
  const { data } = await clinic.api('physician', 'GET', `/fhir/Observation?patient=${patient}&code=${code}&date=${clinic.day}`);
  return (data.entry ?? []).map((e) => e.resource);
};

export const tests = [
  ['each course has its state and its advice, in words, with a table beside each chart', async (clinic) => {
    for (const [patient, response, word] of [
      ['demo-responder', 'Responder', 'Continue'], ['demo-non-responder', 'No response', 'Stop'], ['demo-relapse', 'Partial responder', 'Maintain'],
    ]) {
      const page = await open(clinic, 'physician', patient);
      assert.equal(await advice(page), word, patient);
      await page.locator('.recommendation').getByText(response, { exact: true }).waitFor();
      await page.getByText('It does not tell who gains from more injections').waitFor();
      assert.equal(await page.locator('figure.chart').count(), 2, `${patient}: pain and function`);
      await accessible(page, patient);
      await clinic.picture(page, `review-${patient.replace('demo-', '')}`);
    }
  }],
  ['a rule tells its values, source, grade and that nobody approved it', async (clinic) => {
    const page = await open(clinic, 'physician', 'demo-non-responder');
    const reasons = page.getByRole('region', { name: 'Reasons' });
    await reasons.locator('summary').first().click();
    await reasons.getByText(/Source:/).first().waitFor();
    await reasons.getByText('not approved by a clinician').first().waitFor();
    await accessible(page, 'a rule opened');
  }],
  ['a new score is saved, and the forecast moves', async (clinic) => {
    const page = await open(clinic, 'physician', 'demo-mid-course');
    const shift = page.locator('.shift').first();
    const before = await shift.innerText();
    const hand = hands(page);
    await hand.click(page.getByRole('button', { name: 'Save the score' }));
    await page.getByText('Give at least one score.').waitFor();
    await accessible(page, 'no score given');
    const start = hand.count;
    await hand.fill(page.getByLabel(/^Pain, numeric rating/), '9');
    await hand.click(page.getByRole('button', { name: 'Save the score' }));
    await page.waitForFunction(([text]) => {
      const now = document.querySelector('.shift')?.innerText;
      return now && now !== text;
    }, [before], PATIENCE);
    budget('enter a score and see the forecast move', hand.count - start, 3);
    const [made] = await scoresOf(clinic, 'demo-mid-course');
    assert.equal(made.valueQuantity.value, 9);
    assert.match(await shift.innerText(), /before this score/);
  }],
  ['a value out of its range is refused where it stands', async (clinic) => {
    const page = await open(clinic, 'physician', 'demo-responder');
    await page.getByLabel(/^Pain, numeric rating/).fill('11');
    await page.getByText('At most 10').waitFor();
    await accessible(page, 'out of range');
  }],
  ['a decision needs own words, is kept with the review, and what was typed survives a new visit', async (clinic) => {
    const page = await open(clinic, 'physician', 'demo-non-responder');
    const hand = hands(page);
    await hand.check(page.getByRole('radio', { name: 'Continue' }));
    await hand.click(page.getByRole('button', { name: 'Record the decision' }));
    await page.getByText('This is not what is recommended: say why.').waitFor();
    await accessible(page, 'a decision against the advice');
    const draft = page.waitForResponse((r) => r.url().includes('/auth/draft/') && r.request().method() === 'PUT' && (r.request().postData() ?? '').includes('Synthetic words'));
    await hand.fill(page.getByLabel('In your own words'), 'Synthetic words: the ultrasound shows a tear.');
    await draft;
    await page.reload();
    await page.getByRole('heading', { name: 'A new score' }).waitFor(PATIENCE);
    await page.waitForFunction(() => document.querySelector('textarea')?.value.startsWith('Synthetic words'));
    await hand.check(page.getByRole('radio', { name: 'Re-diagnose' }));
    await page.getByRole('link', { name: 'Letter of referral' }).waitFor();
    await hand.click(page.getByRole('button', { name: 'Record the decision' }));
    await page.getByText('The decision is recorded.').waitFor(PATIENCE);
    budget('record a decision', hand.count - 2, 4);
    const code = encodeURIComponent('https://enthesis.org/fhir/CodeSystem/decision|rediagnose');
    const { data } = await clinic.api('physician', 'GET', `/fhir/DocumentReference?patient=demo-non-responder&type=${code}`);
    const kept = data.entry[0].resource;
    assert.match(atob(kept.content[0].attachment.data), /^Synthetic words/);
    assert.match(kept.context.related[0].reference, /^GuidanceResponse\//);
    assert.match(kept.description, /Recommendation: Stop/);
    await page.getByText('1 earlier decision').waitFor();
    await accessible(page, 'decided');
  }],
  ['an assistant enters scores and is told who decides; without a session there is nothing to review', async (clinic) => {
    const page = await open(clinic, 'assistant', 'demo-responder');
    const button = page.getByRole('button', { name: /Record the decision/ });
    assert.equal(await button.getAttribute('aria-disabled'), 'true');
    const fresh = await open(clinic, 'physician', 'demo-planned');
    await fresh.getByText('No session is recorded yet').waitFor();
    await accessible(fresh, 'not begun');
  }],
  ['dark, a phone and 200 % are sound', async (clinic) => {
    for (const o of [{ dark: true }, { width: 390, height: 844 }, { zoom: 2 }]) {
      const page = await open(clinic, 'physician', 'demo-relapse', o);
      await accessible(page, JSON.stringify(o));
    }
  }],
];
