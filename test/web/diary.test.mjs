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
    assert.ok(
      answer.status < 300,
      `${method} ${target}: ${answer.status} ${JSON.stringify(answer.data).slice(0, 300)}`,
    );
    return answer.data;
  };
  const knee = [
    { coding: [{ system: 'https://enthesis.org/fhir/CodeSystem/region', code: 'knee' }] },
    { coding: [{ system: 'https://enthesis.org/fhir/CodeSystem/side', code: 'right' }] },
  ];
  await must('PUT', `/fhir/Patient/${id}`, {
    resourceType: 'Patient',
    id,
    name: [{ given: [given], family: 'Person' }],
    birthDate: '1970-05-01',
    gender: 'female',
  });
  await must('PUT', `/fhir/Condition/${id}-c`, {
    resourceType: 'Condition',
    id: `${id}-c`,
    subject: { reference: `Patient/${id}` },
    clinicalStatus: {
      coding: [
        { system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' },
      ],
    },
    code: {
      coding: [{ system: 'https://enthesis.org/fhir/CodeSystem/condition', code: 'oa_knee' }],
    },
    bodySite: [knee[1]],
  });
  await must('PUT', `/fhir/Procedure/${id}-p`, {
    resourceType: 'Procedure',
    id: `${id}-p`,
    status: 'completed',
    subject: { reference: `Patient/${id}` },
    performedDateTime: '2026-02-28',
    code: {
      coding: [
        { system: 'https://enthesis.org/fhir/CodeSystem/procedure', code: 'prolotherapy-session' },
      ],
    },
    bodySite: knee,
  });
  for (const [day, value] of [
    ['2026-02-20', 6],
    ['2026-02-28', 7],
  ]) {
    await must('PUT', `/fhir/Observation/${id}-${day}`, {
      resourceType: 'Observation',
      id: `${id}-${day}`,
      status: 'final',
      subject: { reference: `Patient/${id}` },
      effectiveDateTime: day,
      code: {
        coding: [{ system: 'https://enthesis.org/fhir/CodeSystem/instrument', code: 'nrs' }],
      },
      valueQuantity: {
        value,
        unit: '{score}',
        system: 'http://unitsofmeasure.org',
        code: '{score}',
      },
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
    if (at.startsWith('scale.'))
      await act(page.getByRole('radio', { name: said[at] ?? '4', exact: true }));
    else if (at === 'fever' || at === 'expected' || at === 'follow' || at === 'more') {
      for (const group of await page.getByRole('group').all())
        await act(group.getByRole('radio', { name: said[at] ?? 'No', exact: true }));
    } else if (at === 'drugs')
      await act(page.getByRole('checkbox', { name: said[at] ?? 'Nothing' }));
    else if (at !== 'last')
      await act(page.getByRole('checkbox', { name: said[at] ?? 'None of these' }));
    await act(next(page));
    await page.waitForFunction((before) => location.hash !== `#/d/${before}`, at);
  }
  assert.fail('the questions never end');
}

export const tests = [
  [
    'the whole way by touch: questions, check, what to do, chart, aftercare, earlier days',
    async (clinic) => {
      await treated(clinic, 'phone1', 'Synthetic');
      const link = await linkFor(clinic, 'phone1');
      const page = await clinic.window(PHONE);
      const hand = hands(page);
      await page.goto(link);
      await page.getByRole('heading', { name: 'Hello Synthetic' }).waitFor();
      assert.ok(!page.url().includes('link='), 'the token leaves the address');
      assert.equal(
        await page.getByText('Person', { exact: true }).count(),
        0,
        'the family name is not shown',
      );
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
      await page
        .getByRole('heading', { name: 'You do not need to call because of these answers' })
        .waitFor();
      await accessible(page, 'answer');
      budget("a day's diary by touch", hand.count, 30);
      for (const name of [
        'Your aftercare',
        'Your chart',
        'What you told us so far',
        'When to call us',
      ]) {
        await page.goto(`${clinic.base}/#/`);
        await page.getByRole('link', { name }).tap();
        await page.getByRole('heading', { name, level: 1 }).waitFor();
        await accessible(page, name);
        await clinic.picture(page, `diary-${name.toLowerCase().replace(/\W+/g, '-')}`);
      }
      await page.goto(`${clinic.base}/#/aftercare`);
      assert.ok(
        (await page.locator('li[aria-current=date]').count()) > 3,
        "today's lines are marked",
      );
      const kept = await clinic.api('owner', 'GET', '/fhir/QuestionnaireResponse?patient=phone1');
      assert.equal(kept.data.entry.length, 1);
    },
  ],
  [
    'the whole way by keyboard, with an error on the way',
    async (clinic) => {
      await treated(clinic, 'phone2', 'Synthetic');
      const page = await clinic.window({ width: 390, height: 844 });
      await page.goto(await linkFor(clinic, 'phone2'));
      await page.getByRole('heading', { name: 'Hello Synthetic' }).waitFor();
      const key = async (locator, name) => {
        for (
          let i = 0;
          i < 60 && !(await locator.evaluate((e) => e === document.activeElement));
          i += 1
        )
          await page.keyboard.press('Tab');
        assert.ok(await locator.evaluate((e) => e === document.activeElement), 'reached by Tab');
        await page.keyboard.press(name);
      };
      await key(page.getByRole('button', { name: "Start today's diary" }), 'Enter');
      await page.waitForFunction(
        () => location.hash === '#/d/emergency' && document.activeElement?.tagName === 'H1',
      );
      await key(next(page), 'Enter');
      const alert = page.getByRole('alert');
      await alert.waitFor();
      assert.ok(
        await alert.evaluate((e) => e === document.activeElement),
        'the summary of errors has the focus',
      );
      await accessible(page, 'error');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter'); // leads to the field
      assert.equal(await page.evaluate(() => document.activeElement.type), 'checkbox');
      const radio = async (locator) => {
        // one of a group: arrows choose
        const group = locator.locator('xpath=ancestor::fieldset[1]').getByRole('radio');
        await key(group.first(), ' ');
        for (let i = 0; i < 20 && !(await locator.isChecked()); i += 1)
          await page.keyboard.press('ArrowDown');
        assert.ok(await locator.isChecked());
      };
      const act = async (locator) => {
        const kind = await locator.evaluate((e) => e.type);
        await (kind === 'radio'
          ? radio(locator)
          : key(locator, kind === 'checkbox' ? ' ' : 'Enter'));
      };
      await answer(page, act, async () => {}, { fever: 'I am not sure', 'scale.nrs': '7' });
      await key(page.getByRole('button', { name: 'Send to the clinic' }), 'Enter');
      await page.waitForFunction(
        () => location.hash === '#/result' && document.activeElement?.tagName === 'H1',
      );
    },
  ],
  [
    'a sign of an emergency is sent at once, and the answer comes first',
    async (clinic) => {
      await treated(clinic, 'phone3', 'Synthetic');
      const page = await clinic.window({ ...PHONE, dark: true });
      await page.goto(await linkFor(clinic, 'phone3'));
      await page.getByRole('button', { name: "Start today's diary" }).tap();
      await page.getByRole('checkbox', { name: 'You are short of breath' }).tap();
      await next(page).tap();
      await page.getByRole('heading', { name: 'Call for an ambulance now', level: 1 }).waitFor();
      await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
      await accessible(page, 'emergency, dark');
      await clinic.picture(page, 'diary-emergency-dark');
      const flags = await clinic.api('owner', 'GET', '/fhir/Flag?patient=phone3');
      assert.equal(flags.data.entry[0].resource.code.coding[0].code, 'E');
      const today = await clinic.api('physician', 'GET', '/clinic/today');
      assert.ok(JSON.stringify(today.data).includes('phone3'), "the clinic's Today shows it");
      // Later the same day, all is better: the page says so, and the alert stays until somebody looked.
      await page.getByRole('link', { name: 'To the start page' }).tap();
      await page.getByRole('button', { name: "Change today's answers" }).tap();
      await page.getByRole('checkbox', { name: 'None of these' }).tap();
      await next(page).tap();
      await answer(
        page,
        (l) => l.tap(),
        async () => {},
      );
      await page.getByRole('button', { name: 'Send to the clinic' }).tap();
      await page
        .getByRole('heading', { name: 'You do not need to call because of these answers' })
        .waitFor();
      await page.getByText('The clinic has been told').waitFor();
      const after = await clinic.api('owner', 'GET', '/fhir/Flag?patient=phone3');
      assert.deepEqual(
        [
          after.data.entry.length,
          after.data.entry[0].resource.status,
          after.data.entry[0].resource.code.coding[0].code,
        ],
        [1, 'active', 'E'],
      );
    },
  ],
  [
    'answers that are changed while the earlier ones are under way are sent as well',
    async (clinic) => {
      await treated(clinic, 'phone-hasty', 'Synthetic');
      const page = await clinic.window(PHONE);
      await page.goto(await linkFor(clinic, 'phone-hasty'));
      await page.getByRole('button', { name: "Start today's diary" }).tap();
      const isPost = (r) => r.url().endsWith('/diary') && r.method() === 'POST';
      let release = () => {};
      const held = new Promise((done) => {
        release = done;
      });
      await page.route('**/diary', async (route) => {
        if (route.request().method() === 'POST') await held;
        await route.continue();
      });
      const first = page.waitForRequest(isPost);
      await page.getByRole('checkbox', { name: 'You are short of breath' }).tap();
      await next(page).tap();
      await first;
      await page.waitForFunction(() => location.hash === '#/d/check');
      await page.evaluate(() => {
        location.hash = '/d/emergency?check';
      });
      await page.getByRole('checkbox', { checked: false }).first().tap();
      await next(page).tap();
      await page.waitForFunction(() => location.hash === '#/d/check');
      const second = page.waitForRequest(isPost);
      release();
      const sent = (await second).postDataJSON().symptoms;
      assert.equal(Object.values(sent).filter((x) => x === true).length, 2);
    },
  ],
  [
    'the connection is lost in the middle: nothing typed is lost, it is sent when it is back',
    async (clinic) => {
      await treated(clinic, 'phone4', 'Synthetic');
      const page = await clinic.window(PHONE);
      await page.goto(await linkFor(clinic, 'phone4'));
      await page.getByRole('button', { name: "Start today's diary" }).tap();
      await page.context().setOffline(true);
      await answer(
        page,
        (l) => l.tap(),
        async () => {},
        { 'scale.nrs': '9' },
      );
      await page.getByRole('button', { name: 'Send to the clinic' }).tap();
      await page.getByRole('heading', { name: 'Not sent yet' }).waitFor();
      await accessible(page, 'not sent yet');
      await clinic.picture(page, 'diary-offline');
      await page.context().setOffline(false);
      await page.getByText('Thank you. Your answers are with the clinic.').waitFor();
      const kept = await clinic.api('owner', 'GET', '/fhir/QuestionnaireResponse?patient=phone4');
      assert.equal(kept.data.entry.length, 1);
      assert.ok(JSON.stringify(kept.data).includes('"valueInteger":9'));
    },
  ],
  [
    'a page that the telephone put away goes on where it was',
    async (clinic) => {
      await treated(clinic, 'phone5', 'Synthetic');
      const page = await clinic.window(PHONE);
      await page.goto(await linkFor(clinic, 'phone5'));
      await page.getByRole('button', { name: "Start today's diary" }).tap();
      await page.getByRole('checkbox', { name: 'None of these' }).tap();
      const saved = page.waitForResponse(
        (r) => r.url().endsWith('/auth/draft/diary') && r.request().method() === 'PUT',
      );
      await next(page).tap();
      await page.getByRole('radio', { name: 'Yes' }).tap();
      await saved;
      await page
        .waitForResponse(
          (r) => r.url().endsWith('/auth/draft/diary') && r.request().method() === 'PUT',
        )
        .catch(() => {});
      await page.reload();
      await page.getByRole('heading', { name: 'Do you have a fever' }).waitFor();
      assert.ok(await page.getByRole('radio', { name: 'Yes' }).isChecked());
    },
  ],
  [
    'another telephone changed the day meanwhile: both are shown, nothing is overwritten',
    async (clinic) => {
      await treated(clinic, 'phone6', 'Synthetic');
      const [one, two] = [await clinic.window(PHONE), await clinic.window(PHONE)];
      for (const page of [one, two]) {
        await page.goto(await linkFor(clinic, 'phone6'));
        await page.getByRole('button', { name: "Start today's diary" }).tap();
        await answer(
          page,
          (l) => l.tap(),
          async () => {},
          { 'scale.nrs': page === one ? '3' : '8' },
        );
      }
      await one.getByRole('button', { name: 'Send to the clinic' }).tap();
      await one.getByText('Thank you. Your answers are with the clinic.').waitFor();
      await two.getByRole('button', { name: 'Send to the clinic' }).tap();
      await two
        .getByRole('heading', { name: 'Changed by somebody else meanwhile', level: 1 })
        .waitFor();
      await two.getByRole('cell', { name: '3', exact: true }).waitFor();
      await accessible(two, 'conflict');
      await two.getByRole('button', { name: 'Go on with yours' }).tap();
      await two.getByRole('button', { name: 'Send to the clinic' }).tap();
      await two.getByText('Thank you. Your answers are with the clinic.').waitFor();
      const kept = await clinic.api('owner', 'GET', '/diary/phone6');
      assert.deepEqual([kept.data.entry.scores.nrs, kept.data.entry.version], [8, 2]);
    },
  ],
  [
    'a link that was used, or whose time is over, says what to do',
    async (clinic) => {
      await treated(clinic, 'phone7', 'Synthetic');
      const link = await linkFor(clinic, 'phone7');
      const page = await clinic.window(PHONE);
      await page.goto(link);
      await page.getByRole('heading', { name: 'Hello Synthetic' }).waitFor();
      const again = await clinic.window(PHONE);
      await again.goto(link);
      await again.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
      await accessible(again, 'used link');
      await clinic.picture(again, 'diary-link-used');
      await clinic.api('owner', 'DELETE', '/auth/links/phone7');
      await page.getByRole('button', { name: "Start today's diary" }).tap();
      await page.getByRole('heading', { name: 'Your time on this page is over' }).waitFor();
      await accessible(page, 'time over');
    },
  ],
  [
    'small, large and dark are sound',
    async (clinic) => {
      await treated(clinic, 'phone8', 'Synthetic');
      const link = await linkFor(clinic, 'phone8', 9);
      for (const o of [
        { width: 320, height: 640, touch: true },
        { width: 390, height: 844, zoom: 2, touch: true },
        { width: 1280, height: 800, dark: true },
      ]) {
        const page = await clinic.window(o);
        await page.goto(link);
        await page.getByRole('heading', { name: 'Hello Synthetic' }).waitFor();
        await accessible(page, `start ${JSON.stringify(o)}`);
        for (const at of ['/chart', '/aftercare']) {
          await page.goto(`${clinic.base}/#${at}`);
          await page.locator('main h1').waitFor();
          await accessible(page, `${at} ${JSON.stringify(o)}`);
        }
        await page.goto(`${clinic.base}/#/`);
        await page.getByRole('button', { name: /Start today|Go on where/ }).click();
        await accessible(page, `emergency ${JSON.stringify(o)}`);
        const small = await page.evaluate(
          () =>
            [...document.querySelectorAll('main input, main .button')].filter(
              (e) => e.getBoundingClientRect().height < 44,
            ).length,
        );
        assert.equal(small, 0, 'targets of 44 px');
      }
    },
  ],
];
