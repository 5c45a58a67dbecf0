// SPDX-License-Identifier: Apache-2.0
// The console of a plan: from the verdict to an approved plan, by mouse and by keyboard alone; what
// is shown are the server's numbers.
import assert from 'node:assert/strict';

import { accessible as sound, budget, hands } from './support/checks.mjs';
import { bring } from './support/plan.mjs';

const PASSWORD = 'Your password, once more';
const ids = {};

async function idOf(clinic, file) {
  ids[file] ??= await bring(clinic, file, `plan-${file}`);
  return ids[file];
}

/** From the top: what lies half below the sticky head is not a small target. */
async function accessible(page, state) {
  await page.evaluate(() => scrollTo(0, 0));
  await sound(page, state);
}

/** The console of a case, its forecast there. */
async function open(clinic, file, o = {}) {
  const id = await idOf(clinic, file);
  await clinic.api(o.role ?? 'physician', 'DELETE', `/auth/draft/plan-${id}`);
  const page = await clinic.enter(o.role ?? 'physician', `/patient/${id}/plan`, {
    width: 1440,
    height: 1000,
    ...o,
  });
  if (o.isBlocked) await page.getByRole('heading', { name: 'Why', exact: true }).waitFor();
  else await calculated(page);
  return { page, id };
}

/** Until nothing is being calculated any more. */
async function calculated(page) {
  await page.getByRole('heading', { name: 'What to expect' }).waitFor();
  await page.waitForFunction(() => !document.querySelector('.plan [aria-busy="true"]'));
}

/** Until the second session has another date than this. */
async function dateChanges(page, before) {
  await page.waitForFunction(
    (old) => document.querySelectorAll('.dates input')[1]?.value !== old,
    before,
  );
  await calculated(page);
}

const part = (page, name) => page.getByRole('tab', { name }).click();

const parameters = (given) => ({
  resourceType: 'Parameters',
  ...(Object.keys(given).length > 0 && {
    parameter: Object.entries(given).map(([name, valueString]) => ({ name, valueString })),
  }),
});

async function asked(clinic, id, given = {}) {
  const answer = await clinic.api('physician', 'POST', `/clinic/plan/${id}`, parameters(given));
  assert.equal(answer.status, 200, JSON.stringify(answer.data).slice(0, 300));
  return answer.data;
}

const plansOf = async (clinic, id) =>
  ((await clinic.api('physician', 'GET', `/fhir/CarePlan?patient=${id}`)).data.entry ?? []).map(
    (e) => e.resource,
  );

export const tests = [
  [
    'a physician comes from the verdict to an approved plan',
    async (clinic) => {
      const { page, id } = await open(clinic, 'knee-oa');
      const hand = hands(page);
      await accessible(page, 'plan A');
      await clinic.picture(page, 'plan');
      await hand.click(page.getByRole('button', { name: 'Prepare Plan A for your signature' }));
      await page.getByLabel(PASSWORD).waitFor();
      await accessible(page, 'before signing');
      const kept = (await plansOf(clinic, id)).at(0);
      assert.equal(kept.status, 'draft');
      await hand.fill(page.getByLabel(PASSWORD), clinic.logins.physician.password);
      await hand.click(page.getByRole('button', { name: 'Approve and sign' }));
      await page.getByText('3 sessions wait to be booked.').waitFor();
      await accessible(page, 'approved');
      const plan = (await plansOf(clinic, id)).find((p) => p.id === kept.id);
      assert.equal(plan.status, 'active');
      const signed = await clinic.api(
        'physician',
        'GET',
        `/fhir/Provenance?target=CarePlan/${plan.id}`,
      );
      assert.ok(
        signed.data.entry.some((e) =>
          e.resource.signature?.[0].type.some((c) => c.code === 'approve'),
        ),
      );
      const booked = await clinic.api(
        'physician',
        'GET',
        `/fhir/Appointment?patient=${id}&status=proposed`,
      );
      assert.equal(booked.data.entry.length, 3);
      budget('from the verdict to an approved plan', hand.count, 6);
    },
  ],
  [
    'a wrong password approves nothing and says so',
    async (clinic) => {
      const { page, id } = await open(clinic, 'tennis-elbow');
      await page.getByRole('button', { name: 'Prepare Plan A for your signature' }).click();
      await page.getByRole('button', { name: 'Approve and sign' }).click();
      await page.getByText('Sign with your password or a code.').waitFor();
      await page.getByLabel(PASSWORD).fill('not the password');
      await page.getByRole('button', { name: 'Approve and sign' }).click();
      await page.getByText('this is not your present password').waitFor();
      await accessible(page, 'wrong password');
      assert.ok((await plansOf(clinic, id)).every((p) => p.status === 'draft'));
    },
  ],
  [
    'the tables hold the numbers of the server',
    async (clinic) => {
      const { page, id } = await open(clinic, 'achilles');
      const { forecast } = await asked(clinic, id);
      const n = (v) =>
        new Intl.NumberFormat('en-GB', {
          minimumFractionDigits: 1,
          maximumFractionDigits: 1,
        }).format(v);
      const share = (v) => (v < 0.005 ? '<1 %' : `${Math.round(v * 100)}%`);
      const rows = {
        'Plan A': 'plan',
        'Saline injections': 'saline',
        Exercise: 'exercise',
        Nothing: 'none',
      };
      for (const hypothesis of ['mixed', 'H0']) {
        if (hypothesis === 'H0') await page.locator('label', { hasText: /^H0: / }).click();
        const table = page.getByRole('region', { name: /the same in numbers/ });
        for (const [label, arm] of Object.entries(rows)) {
          const cells = await table
            .getByRole('row', { name: label })
            .getByRole('cell')
            .allInnerTexts();
          const bands = forecast.arms.find((x) => x.id === arm).pain[hypothesis];
          assert.equal(cells.length, bands.length);
          bands.forEach((b, i) =>
            assert.equal(
              cells[i].replace(/\s+/g, ' '),
              `${n(b[2])} ${n(b[1])}–${n(b[3])} (${n(b[0])}–${n(b[4])}) ${share(b[5])}`,
              `${label} ${hypothesis}`,
            ),
          );
        }
      }
      await page.locator('figure.chart summary').first().click();
      const chart = await page.locator('figure.chart table').first().innerText();
      for (const b of forecast.arms[0].pain.H0)
        assert.ok(chart.includes(`${n(b[2])} (${n(b[0])} – ${n(b[4])})`), 'the chart in words');
      const said = await page.locator('.honest').innerText();
      const saline = forecast.improvement.find((i) => i.arm === 'saline');
      assert.ok(
        said.includes(`saline injections bring ${Math.round(saline.share_of_plan * 100)}%`),
        said,
      );
    },
  ],
  [
    'sites are chosen by click and by keyboard, with undo and redo; the dose follows',
    async (clinic) => {
      const { page } = await open(clinic, 'achilles');
      const boxes = page.locator('.site-list input[type="checkbox"]');
      const before = await page.locator('.site-list input:checked').count();
      const numbers = await page.locator('.drawing .pin').count();
      assert.equal(numbers, await boxes.count(), 'each site has its pin');
      const free = page.locator('.site-list input:not(:checked):not(:disabled)').first();
      await free.focus();
      await page.keyboard.press('Space');
      await page.getByRole('tab', { name: `Sites (${before + 1})` }).waitFor();
      await page.locator('.drawing .pin.chosen').first().click();
      await page.getByRole('tab', { name: `Sites (${before})` }).waitFor();
      await page.getByRole('button', { name: /^Undo/ }).click();
      await page.getByRole('tab', { name: `Sites (${before + 1})` }).waitFor();
      await page.keyboard.press('Control+z');
      await page.getByRole('tab', { name: `Sites (${before})` }).waitFor();
      await page.getByRole('button', { name: /^Redo/ }).click();
      await page.getByRole('tab', { name: `Sites (${before + 1})` }).waitFor();
      assert.match(await page.locator('.editors .dose').first().innerText(), /of \d+ mg/);
      assert.ok(
        (await page
          .locator('.site-list')
          .getByText(/At risk: /)
          .count()) > 0,
        'structures at risk are named',
      );
    },
  ],
  [
    'the solution answers to each choice, and says when the maximum is passed',
    async (clinic) => {
      const { page, id } = await open(clinic, 'tennis-elbow');
      await part(page, 'Solution');
      await accessible(page, 'solution');
      const { plan } = await asked(clinic, id, { 'volume-scale': '1.5' });
      const mix = plan.mixes[0];
      await page.getByLabel('Volume', { exact: true }).fill('1.5');
      await page
        .locator('.mix')
        .first()
        .getByText(`Draw up ${mix.parts[0].ml.toFixed(1)} mL ${mix.parts[0].title}`)
        .waitFor();
      await calculated(page);
      const shown = await page.locator('.mix').first().innerText();
      assert.ok(shown.includes(`${mix.osmolarity_mosm_per_l.toLocaleString('en')} mosm/L`), shown);
      for (const p of mix.parts)
        assert.ok(shown.includes(`Draw up ${p.ml.toFixed(1)} mL ${p.title}`), p.title);
      await page.getByLabel('In skin blebs').fill('900');
      await page.getByText('Above the maximum').first().waitFor();
      await page.getByRole('heading', { name: 'Why', exact: true }).waitFor();
      assert.equal(await page.locator('.mix').count(), 0, 'nothing to carry out');
      assert.equal(await page.getByRole('heading', { name: 'Approve' }).count(), 0);
      await accessible(page, 'above the maximum');
      await page.getByRole('button', { name: 'Back to the usual plan' }).first().click();
      await page
        .getByText(/^Within/)
        .first()
        .waitFor();
    },
  ],
  [
    'sessions are dragged, typed, moved by arrow keys; the server enforces the interval',
    async (clinic) => {
      const { page } = await open(clinic, 'knee-oa');
      await part(page, /Sessions/);
      await page.getByLabel('Later sessions move along').uncheck();
      const second = page.getByRole('slider', { name: 'Session 2', exact: true });
      const box = await second.boundingBox();
      const y = box.y + box.height / 2;
      await page.mouse.move(box.x + box.width / 2, y);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width / 2 + 12, y, { steps: 4 });
      await page.mouse.up();
      await dateChanges(page, '2026-03-30');
      const dragged = await page.locator('input[type="date"]').nth(1).inputValue();
      assert.ok(dragged > '2026-03-30', dragged);
      await second.focus();
      await page.keyboard.press('ArrowRight');
      await dateChanges(page, dragged);
      const next = await page.locator('input[type="date"]').nth(1).inputValue();
      assert.equal((Date.parse(next) - Date.parse(dragged)) / 86400000, 1);
      await page.locator('input[type="date"]').nth(1).fill('2026-03-05');
      await page.getByText(/must lie at least 7 days after the one before/).waitFor();
      await accessible(page, 'a date that is too early');
      await page.getByRole('button', { name: 'Take it back' }).click();
      await calculated(page);
      await page.locator('input[type="date"]').nth(1).fill('2026-03-12');
      await page.getByText('shorter than the schedule').first().waitFor();
      assert.equal(
        await page.getByText('if the review says so').count(),
        0,
        'own dates are all firm',
      );
      await accessible(page, 'sessions');
    },
  ],
  [
    'a point of the search becomes plan B, beside plan A on one chart',
    async (clinic) => {
      const { page } = await open(clinic, 'tennis-elbow');
      await page.getByRole('button', { name: 'Search for plans' }).click();
      await page.getByRole('progressbar').waitFor();
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await page.getByRole('button', { name: 'Search for plans' }).click();
      await page
        .getByRole('region', { name: 'The options that are lettered in the chart' })
        .waitFor();
      await accessible(page, 'options');
      const points = page.locator('.pareto .option');
      const rows = page
        .getByRole('region', { name: 'The options that are lettered in the chart' })
        .locator('tbody tr');
      assert.equal(await points.count(), await rows.count(), 'each lettered point has its row');
      await page.locator('.pareto .option[tabindex="0"]').focus();
      for (
        let i = 0;
        i < (await points.count()) &&
        !(await page.evaluate(() => document.activeElement.classList.contains('plan')));
        i += 1
      )
        await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'What changed between A and B' }).waitFor();
      await calculated(page);
      await page.getByRole('checkbox', { name: 'Plan B' }).waitFor();
      await accessible(page, 'plan A beside plan B');
      await clinic.picture(page, 'plan-compared');
      await page.getByRole('button', { name: 'Swap A and B' }).click();
      await calculated(page);
      await page.getByRole('button', { name: 'Drop plan B' }).click();
      await page.getByRole('button', { name: 'Compare with a second plan' }).waitFor();
    },
  ],
  [
    'a blocked case says why and what else there is, and shows no plan',
    async (clinic) => {
      for (const [file, sign] of [
        ['hot-joint', 'nobody may override'],
        ['unknown-weight', 'To ask or measure'],
      ]) {
        const { page } = await open(clinic, file, { isBlocked: true });
        await page.getByText(sign).first().waitFor();
        const why = await page.locator('.findings').first().innerText();
        assert.match(why, /^(Stop|Defer|Not decided)/, `${file}: the gravest reason stands first`);
        await accessible(page, file);
        for (const gone of ['.drawing', '.mix', '.timeline', '.uplot', '.signing'])
          assert.equal(await page.locator(gone).count(), 0, `${file} ${gone}`);
        await page.getByRole('link', { name: 'Referral letter' }).waitFor();
      }
    },
  ],
  [
    'what is chosen is kept and comes back',
    async (clinic) => {
      const { page, id } = await open(clinic, 'achilles');
      await part(page, 'Solution');
      const kept = page.waitForResponse(
        (r) => r.url().includes('/auth/draft/') && r.request().method() === 'PUT',
      );
      await page.getByLabel('Dextrose', { exact: true }).fill('20');
      await kept;
      await page.getByText('Saved', { exact: true }).waitFor();
      await page.reload();
      await calculated(page);
      await part(page, 'Solution');
      assert.equal(await page.getByLabel('Dextrose', { exact: true }).inputValue(), '20');
      await clinic.api('physician', 'DELETE', `/auth/draft/plan-${id}`);
    },
  ],
  [
    'who may not inject gets no plan, and is told why',
    async (clinic) => {
      const { page } = await open(clinic, 'tennis-elbow', { role: 'assistant', isBlocked: true });
      await page.getByText('This was judged for your account').waitFor();
      assert.equal(await page.getByRole('button', { name: /Prepare Plan A/ }).count(), 0);
      await accessible(page, 'assistant');
    },
  ],
  [
    'dark, 200 % zoom and a phone are sound',
    async (clinic) => {
      for (const o of [{ dark: true }, { zoom: 2 }, { width: 390, height: 844 }]) {
        const { page } = await open(clinic, 'knee-oa', o);
        await accessible(page, JSON.stringify(o));
        await part(page, /Sessions/);
        await accessible(page, `sessions ${JSON.stringify(o)}`);
      }
    },
  ],
  [
    'the whole way by keyboard: sites, dates, second plan, signature',
    async (clinic) => {
      const { page, id } = await open(clinic, 'plantar-fascia');
      const hand = hands(page);
      const to = async (locator) => {
        await locator.waitFor();
        const goal = await locator.elementHandle();
        for (let i = 0; i < 200; i += 1) {
          if (await page.evaluate((e) => document.activeElement === e, goal)) return;
          await page.keyboard.press('Tab');
        }
        throw new Error('not reached by Tab');
      };
      await to(page.getByRole('tab', { name: /Sites/ }));
      await hand.press('ArrowRight');
      await hand.press('ArrowRight');
      await to(page.getByRole('slider', { name: 'Session 2', exact: true }));
      const before = await page.locator('.dates input').nth(1).inputValue();
      await hand.press('PageUp');
      await dateChanges(page, before);
      await to(page.getByRole('button', { name: 'Prepare Plan A for your signature' }));
      await hand.press('Enter');
      await page.getByLabel(PASSWORD).waitFor();
      await page.waitForFunction(() => document.activeElement?.getAttribute('type') === 'password');
      await page.keyboard.type(clinic.logins.physician.password);
      await hand.press('Enter');
      await page.getByText('The plan is approved.').first().waitFor();
      assert.ok((await plansOf(clinic, id)).some((p) => p.status === 'active'));
      console.log(
        `# budget a plan with another date, by keyboard: ${hand.count} keys besides Tab and the password`,
      );
    },
  ],
];
