// SPDX-License-Identifier: Apache-2.0
// What must hold on every screen in every state.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** No rule of WCAG 2.2 AA that axe knows is broken; and what axe does not look at. */
export async function accessible(page, state) {
  await page.evaluate(AXE);
  const found = await page.evaluate((tags) => globalThis.axe.run(document, { runOnly: { type: 'tag', values: tags } }), TAGS);
  const broken = found.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.target} ${n.any[0]?.message ?? ''}`).join(' | ')}`);
  assert.deepEqual(broken, [], `${state}: axe`);
  assert.deepEqual(await unlabelled(page), [], `${state}: inputs without a label`);
  assert.deepEqual(await chartsWithoutTable(page), [], `${state}: charts without a table`);
  assert.deepEqual(await wide(page), [], `${state}: wider than the window`);
}

/** axe takes a placeholder for a name; we do not. */
function unlabelled(page) {
  return page.evaluate(() => [...document.querySelectorAll('input, select, textarea')]
    .filter((e) => e.type !== 'hidden' && e.checkVisibility())
    .filter((e) => !(e.labels?.length || e.getAttribute('aria-label') || e.getAttribute('aria-labelledby')))
    .map((e) => e.outerHTML.slice(0, 120)));
}

function chartsWithoutTable(page) {
  return page.evaluate(() => [...document.querySelectorAll('figure.chart')].filter((f) => !f.querySelector('table')).map((f) => f.querySelector('figcaption')?.textContent ?? 'figure'));
}

/** Nothing but what scrolls by itself may be wider than the window: at 200 % zoom, on a phone. */
function wide(page) {
  return page.evaluate(() => (document.documentElement.scrollWidth > document.documentElement.clientWidth + 1 ? [`${document.documentElement.scrollWidth} px`] : []));
}

/** Hands that count: every click, tap, filled field, chosen option and pressed key. */
export function hands(page) {
  const counter = { count: 0 };
  const counted = (act) => async (locator, ...rest) => {
    counter.count += 1;
    await act(typeof locator === 'string' ? page.locator(locator) : locator, ...rest);
  };
  counter.click = counted((l) => l.click());
  counter.tap = counted((l) => l.tap());
  counter.fill = counted((l, text) => l.fill(text));
  counter.check = counted((l) => l.check());
  counter.choose = counted((l, value) => l.selectOption(value));
  counter.press = async (key) => {
    counter.count += 1;
    await page.keyboard.press(key);
  };
  /** A scanner types fast and ends with Enter: one interaction. */
  counter.scan = async (text) => {
    counter.count += 1;
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
  };
  return counter;
}

export function budget(what, count, most) {
  console.log(`# budget ${what}: ${count} interactions (at most ${most})`);
  assert.ok(count <= most, `${what} takes ${count} interactions, at most ${most} are wanted`);
}
