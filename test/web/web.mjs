// SPDX-License-Identifier: Apache-2.0
// The clinic's page in Debian's Chromium, before the real server: web.mjs [NAME...] runs all
// NAME.test.mjs or those that are named. TAP on standard output; "# budget" lines are counts of
// interactions. Each file exports `tests`: [[name, async (clinic) => {...}], ...]; it gets a clinic
// of its own (support/clinic.mjs), used by its tests in their order.
import fs from 'node:fs';
import path from 'node:path';

import { launch } from './support/browser.mjs';
import { openClinic } from './support/clinic.mjs';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const wanted = process.argv.slice(2);
const files = fs.readdirSync(here).filter((f) => f.endsWith('.test.mjs')).sort()
  .filter((f) => wanted.length === 0 || wanted.includes(f.replace('.test.mjs', '')));
let count = 0;

function tell(isGood, name, error) {
  count += 1;
  console.log(`${isGood ? 'ok' : 'not ok'} ${count} - ${name}`);
  if (error) console.log(String(error.stack ?? error).split('\n').slice(0, 12).map((l) => `# ${l}`).join('\n'));
}

const browser = await launch();
for (const file of files) {
  const suite = file.replace('.test.mjs', '');
  const { tests, options } = await import(path.join(here, file));
  let clinic;
  try {
    clinic = await openClinic(browser, suite, options);
  } catch (error) {
    tell(false, `${suite}: the clinic opens`, error);
    continue;
  }
  for (const [name, run] of tests) {
    try {
      await run(clinic);
      await clinic.settle();
      tell(true, `${suite}: ${name}`);
    } catch (error) {
      await clinic.keepPicture(name);
      tell(false, `${suite}: ${name}`, error);
      await clinic.settle().catch(() => {});
    }
  }
  await clinic.close();
}
await browser.close();
