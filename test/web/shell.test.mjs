// SPDX-License-Identifier: Apache-2.0
// The way in and what stands around every screen.
import assert from 'node:assert/strict';
import fs from 'node:fs';

import { accessible } from './support/checks.mjs';

const heading = (page) => page.locator('#main h1').first().innerText();

export const tests = [
  ['a wrong password is told, and nothing typed is lost', async (clinic) => {
    const page = await clinic.window();
    await page.goto(clinic.base);
    await accessible(page, 'login');
    await page.getByLabel('Login', { exact: true }).fill('owner');
    await page.getByLabel('Password', { exact: true }).fill('wrong wrong wrong');
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    await page.getByRole('alert').waitFor();
    assert.equal(await page.getByLabel('Login', { exact: true }).inputValue(), 'owner');
    await accessible(page, 'login refused');
  }],
  ['each role sees the screens that it may use, and no other', async (clinic) => {
    const expected = {
      owner: ['Today', 'Registry', 'Trial lab', 'Knowledge', 'Administration'],
      physician: ['Today', 'Registry', 'Trial lab', 'Knowledge'],
      assistant: ['Today', 'Knowledge'],
      reception: ['Today', 'Knowledge'],
      researcher: ['Registry', 'Trial lab', 'Knowledge'],
      auditor: ['Knowledge', 'Administration'],
    };
    for (const [role, screens] of Object.entries(expected)) {
      const page = await clinic.enter(role);
      assert.deepEqual(await page.locator('header nav a').allInnerTexts(), screens, role);
    }
  }],
  ['an address of another role, and one that leads nowhere, say so', async (clinic) => {
    const page = await clinic.enter('reception', '/admin');
    assert.equal(await heading(page), 'Not for your role');
    await page.goto(`${clinic.base}/#/no/such/place`);
    await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
    await accessible(page, 'nowhere');
  }],
  ['a session that ended asks for the login over the screen', async (clinic) => {
    const page = await clinic.enter('physician', '/account');
    await page.context().clearCookies();
    await page.evaluate(() => { location.hash = '/'; });
    await page.getByRole('heading', { name: 'Log in again' }).waitFor();
    await accessible(page, 'login over');
    await page.getByLabel('Password', { exact: true }).fill(clinic.logins.physician.password);
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    await page.getByRole('heading', { name: 'Today' }).waitFor();
  }],
  ['the page is one of keyboard: skip link, navigation, focus on the heading', async (clinic) => {
    const page = await clinic.enter('owner', '/account');
    await page.keyboard.press('Tab');
    await page.goto(`${clinic.base}/#/knowledge`);
    await page.getByRole('heading', { name: 'Knowledge', level: 1 }).waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1' || document.activeElement?.hasAttribute('data-first-focus'));
  }],
  ['dark, light and 200 % are sound', async (clinic) => {
    for (const o of [{ dark: true }, { zoom: 2 }, { width: 390, height: 844 }]) {
      const page = await clinic.enter('owner', '/account', o);
      await accessible(page, JSON.stringify(o));
    }
  }],
  ['Turkish has every text of English, with the same places for values', async () => {
    const read = (name) => JSON.parse(fs.readFileSync(`web/text/${name}.json`, 'utf8'));
    const texts = (tree, path = '') => Object.entries(tree).flatMap(([key, value]) => (
      typeof value === 'string' ? [[path + key, [...value.matchAll(/\{\w+\}/g)].map(String).sort().join()]] : texts(value, `${path}${key}.`)));
    assert.deepEqual(texts(read('tr')).sort(), texts(read('en')).sort());
  }],
  ['the page speaks Turkish when asked, and goes on doing so', async (clinic) => {
    const page = await clinic.enter('physician');
    await page.getByLabel('Language').selectOption('tr');
    await page.getByRole('heading', { name: 'Bugün', level: 1 }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Bugün', level: 1 }).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'tr');
    await accessible(page, 'Turkish');
  }],
  ['the page is below 150 KB as it travels, its policy strict', async (clinic) => {
    const answer = await fetch(clinic.base);
    assert.match(answer.headers.get('content-security-policy'), /default-src 'none'.*require-trusted-types-for 'script'/);
    for (const [what, open] of [
      ['Today, login included', () => clinic.enter('physician')],
      ["a patient's phone", async () => { const page = await clinic.window(); await page.goto(clinic.link); await page.locator('h1').waitFor(); return page; }],
    ]) {
      const page = await open();
      const total = await page.evaluate(() => [...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')]
        .filter((e) => e.initiatorType !== 'fetch').reduce((sum, e) => sum + e.encodedBodySize, 0));
      console.log(`# budget the page up to ${what}: ${total} bytes as they travel (at most 153600)`);
      assert.ok(total > 10000 && total < 150 * 1024, `${what}: ${total} bytes`);
    }
  }],
  ['the page is ready soon', async (clinic) => {
    const page = await clinic.enter('physician');
    await page.reload();
    await page.locator('#main h1').waitFor();
    const ms = await page.evaluate(() => performance.now());
    console.log(`# budget a loaded page is ready again after ${Math.round(ms)} ms (300 wanted, on a quiet machine)`);
  }],
];
