// SPDX-License-Identifier: Apache-2.0
// The trial lab: a researcher composes a trial, is told what is wrong at its place, runs it, looks
// at the answer, saves both.
import assert from 'node:assert/strict';
import fs from 'node:fs';

import { accessible, budget, hands } from './support/checks.mjs';

const wait = (page, name, level) =>
  page.getByRole('heading', { name, ...(level ? { level } : {}) }).waitFor();

async function small(page) {
  await page.getByLabel('Virtual patients of each arm').fill('500');
}

/** Until the run's answer is shown. */
const done = (page) => page.getByRole('button', { name: 'Download the result' }).waitFor();

/** A field shows this value, sooner or later: what is read or chosen is drawn a moment after. */
const shows = (page, value) =>
  page.waitForFunction((v) => [...document.querySelectorAll('input')].some((i) => i.value === v), value);

export const tests = [
  [
    'from a template to the answer, by a researcher',
    async (clinic) => {
      const page = await clinic.enter('researcher', '/trial');
      const hand = hands(page);
      await accessible(page, 'compose');
      await clinic.picture(page, 'trial-compose');
      await hand.choose(page.getByLabel('Template'), 'tennis-elbow');
      await shows(page, 'Tennis elbow: 20 % dextrose against saline');
      await hand.fill(page.getByLabel('Virtual patients of each arm'), '500');
      await hand.click(page.getByRole('button', { name: 'Run the trial' }));
      await done(page);
      budget('a trial from a template', hand.count, 5);
      await accessible(page, 'answer');
      await clinic.picture(page, 'trial-answer');
      const rows = page
        .getByRole('table', { name: /what a trial of this size would report/ })
        .getByRole('row');
      assert.equal(await rows.count(), 6, 'one row for each explanation, and the mixture');
      await page.getByRole('radio', { name: 'H0 no specific effect' }).check();
      await page
        .getByLabel('Outcome', { exact: true })
        .selectOption({ label: 'Pain fell by 50 % or more' });
      await page
        .getByText('What each arm would report: Pain fell by 50 % or more', { exact: true })
        .waitFor();
      await accessible(page, 'answer of an explanation');
    },
  ],
  [
    'what is wrong is told at its field, and can be mended',
    async (clinic) => {
      const page = await clinic.enter('researcher', '/trial');
      await page.getByLabel('Template').selectOption('knee-oa');
      await small(page);
      const first = page.getByRole('region', { name: 'Arm 1' });
      await first.getByLabel('Patients in this arm').fill('');
      await first.getByLabel('Weeks of sessions', { exact: true }).fill('9, 5');
      await page.getByLabel('Entry threshold').fill('pain is bad');
      await page.getByRole('button', { name: 'Run the trial' }).click();
      const alert = page.getByRole('alert');
      await alert.waitFor();
      assert.ok(await alert.evaluate((e) => e === document.activeElement));
      await accessible(page, 'problems');
      await clinic.picture(page, 'trial-problems');
      for (const label of ['Patients in this arm', 'Weeks of sessions']) {
        assert.equal(
          await first.getByLabel(label, { exact: true }).getAttribute('aria-invalid'),
          'true',
          label,
        );
      }
      assert.equal(await page.getByLabel('Entry threshold').getAttribute('aria-invalid'), 'true');
      await alert.getByRole('link', { name: '/population/entry' }).click();
      assert.equal(
        await page.evaluate(() => document.activeElement.closest('[data-place]').dataset.place),
        '/population/entry',
      );
      await page.getByLabel('Entry threshold').fill('nrs >= 4');
      await first.getByLabel('Patients in this arm').fill('20');
      await first.getByLabel('Weeks of sessions', { exact: true }).fill('1, 5');
      await page.getByRole('button', { name: 'Run the trial' }).click();
      await done(page);
    },
  ],
  [
    'a specification goes to a file and comes back as it was; so does the answer',
    async (clinic) => {
      const page = await clinic.enter('physician', '/trial');
      await page.getByLabel('Template').selectOption('planned');
      await small(page);
      const spec = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Download the specification' }).click();
      const file = await (await spec).path();
      const saved = JSON.parse(fs.readFileSync(file, 'utf8'));
      assert.deepEqual(
        { ...saved, patients: undefined },
        {
          ...JSON.parse(fs.readFileSync('examples/trials/planned.json', 'utf8')),
          patients: undefined,
        },
      );
      assert.equal(saved.patients, 500);
      await page.getByLabel('Template').selectOption('empty');
      await page
        .getByLabel('Open a specification')
        .setInputFiles({
          name: 'trial.json',
          mimeType: 'application/json',
          buffer: fs.readFileSync(file),
        });
      await shows(page, saved.name);
      assert.equal(await page.getByLabel('Wanted power').inputValue(), '0.8');
      await page
        .getByLabel('Open a specification')
        .setInputFiles({
          name: 'other.json',
          mimeType: 'application/json',
          buffer: Buffer.from('{"a":1}'),
        });
      await page.getByText('This file holds no specification').waitFor();
      await page.getByLabel('Try up to').fill('32');
      await page.getByRole('button', { name: 'Run the trial' }).click();
      await done(page);
      await wait(page, 'How many patients it needs');
      await accessible(page, 'answer with a size');
      const result = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Download the result' }).click();
      const answer = JSON.parse(fs.readFileSync(await (await result).path(), 'utf8'));
      assert.ok(answer.hypotheses.H0 && answer.size.tried.length > 0);
    },
  ],
  [
    'a run is listed, goes on without the page, can be cancelled; what was composed is kept',
    async (clinic) => {
      const page = await clinic.enter('researcher', '/trial');
      await page.getByLabel('Template').selectOption('low-back-pain');
      await page.getByLabel('Name', { exact: true }).fill('A long run');
      await page.getByLabel('Virtual patients of each arm').fill('1000000');
      const kept = page.waitForResponse(
        (r) => r.url().endsWith('/auth/draft/trial') && r.request().method() === 'PUT',
      );
      await page.getByRole('button', { name: 'Run the trial' }).click();
      await page.getByRole('progressbar').waitFor();
      await kept;
      await accessible(page, 'running');
      await page.getByRole('link', { name: 'Runs' }).click();
      const row = page.getByRole('row', { name: /A long run/ });
      await row.waitFor();
      await accessible(page, 'runs');
      await clinic.picture(page, 'trial-runs');
      await row.getByRole('link', { name: 'A long run' }).click();
      await page.getByRole('button', { name: 'Cancel the run' }).click();
      await page.getByText('The run was cancelled.').waitFor();
      await page.getByRole('tab', { name: 'Runs' }).click();
      await page.getByRole('row', { name: /A long run/ }).waitFor({ state: 'detached' });
      await page.reload();
      await page.getByRole('tab', { name: 'Compose' }).click();
      await shows(page, 'A long run');
    },
  ],
  [
    'small and dark are sound, and tabs go by keyboard',
    async (clinic) => {
      for (const o of [{ width: 390, height: 844 }, { dark: true }, { zoom: 2 }]) {
        const page = await clinic.enter('owner', '/trial', o);
        await accessible(page, JSON.stringify(o));
        await page.getByRole('tab', { name: 'Compose' }).focus();
        await page.keyboard.press('ArrowRight');
        await page.waitForFunction(
          () =>
            document.activeElement?.getAttribute('aria-selected') === 'true' &&
            document.activeElement.textContent === 'Runs',
        );
        await accessible(page, `runs ${JSON.stringify(o)}`);
      }
    },
  ],
];
