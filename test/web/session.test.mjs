// SPDX-License-Identifier: Apache-2.0
// The session on a tablet: from the plan to the signed note, whatever happens to server and
// network.
import assert from 'node:assert/strict';

import { accessible, budget, hands } from './support/checks.mjs';
import {
  button,
  checklist,
  discharge,
  giving,
  heading,
  mixing,
  open,
  openAtSites,
  sign,
  sites,
  start,
  stored,
  timeOut,
  watch,
} from './support/flow.mjs';
import {
  code,
  planned,
  prepare,
  PRODUCTS,
  readyPatient,
  searched,
  stock,
  vial,
} from './support/sessions.mjs';
import { codeOf } from './support/totp.mjs';

const given = (clinic, patient) =>
  searched(clinic, `MedicationAdministration?patient=Patient/${patient}`);
const sent = (page) =>
  page.waitForFunction(
    () =>
      !document.body.innerText.includes('Not saved yet') &&
      document.body.innerText.includes('All stored'),
  );

export const tests = [
  [
    'a physician takes six sites from the plan to the signed note in 25 interactions',
    async (clinic) => {
      await stock(clinic);
      const patient = await readyPatient(clinic, 'six');
      const page = await open(clinic, 'physician', patient);
      const h = hands(page);
      const stages = [
        ['start', start],
        ['checklist', checklist],
        ['time-out', timeOut],
        ['mixing', mixing],
        ['sites', sites],
        ['watch', watch],
        ['discharge', discharge],
      ];
      for (const [name, act] of stages) {
        await page.locator('#main h1').waitFor();
        if (name !== 'start') await stored(page);
        await accessible(page, name);
        await clinic.picture(page, `session-${name}`);
        await act(page, h);
      }
      await stored(page);
      await accessible(page, 'signature');
      await clinic.picture(page, 'session-signature');
      await sign(clinic, page, h);
      await accessible(page, 'signed');
      await clinic.picture(page, 'session-signed');
      budget('six-site session from opening to the signed note', h.count, 25);
      const [procedure] = await searched(
        clinic,
        `Procedure?patient=Patient/${patient}&status=completed`,
      );
      assert.ok(procedure, 'the session is completed');
      const list = await given(clinic, patient);
      assert.equal(list.length, 6);
      assert.ok(
        list.every((g) => g.status === 'completed' && g.meta.versionId === '1'),
        'each is written once',
      );
      const signatures = await searched(clinic, `Provenance?target=Procedure/${procedure.id}`);
      assert.equal(signatures.filter((p) => p.signature).length, 1);
    },
  ],
  [
    'a signed note is locked, and an addendum is added to it',
    async (clinic) => {
      const [procedure] = await searched(clinic, 'Procedure?patient=Patient/six&status=completed');
      const page = await clinic.enter('physician', `/patient/six/session/${procedure.id}`, {
        width: 1280,
        height: 800,
      });
      await page.getByText('The note is locked.').waitFor();
      assert.equal(await giving(page).count(), 0);
      await page.getByLabel('Addendum').fill('Called at home: well.');
      await button(page, 'Add to the note').click();
      await page.getByText('Called at home: well.').and(page.locator('p')).waitFor();
      assert.equal(
        (await searched(clinic, `DocumentReference?related=Procedure/${procedure.id}`)).length,
        1,
      );
      const answer = await clinic.api(
        'physician',
        'PUT',
        `/fhir/Procedure/${procedure.id}`,
        procedure,
      );
      assert.equal(answer.status, 409);
    },
  ],
  [
    'an assistant prepares everything and cannot sign; a physician signs on another device',
    async (clinic) => {
      const patient = await readyPatient(clinic, 'prepared');
      const page = await open(clinic, 'assistant', patient);
      const h = hands(page);
      await start(page, h);
      await checklist(page, h);
      await page.getByLabel('Second person').fill('Assistant One');
      await button(page, 'Time-out done, both agree').click();
      await heading(page, 'Mixing');
      await mixing(page, h, { by: 'Assistant One' });
      await sites(page, h);
      await watch(page, h);
      await discharge(page, h);
      await page.getByText('A physician signs it').waitFor();
      await accessible(page, 'signature of an assistant');
      assert.equal(await button(page, 'Sign the note').count(), 0);
      await stored(page);
      const other = await clinic.enter('physician', page.url().split('#')[1], {
        width: 1280,
        height: 800,
      });
      await heading(other, 'Signature');
      await other.getByText('Assistant One').waitFor();
      await clinic.picture(other, 'session-signature-wide');
      await other.getByLabel('Password of physician').fill('not the right password');
      await button(other, 'Sign the note').click();
      await other.getByText('Not signed:').waitFor();
      await sign(clinic, other, hands(other));
    },
  ],
  [
    'the server dies in mid-session and comes back: nothing is lost, nothing is written twice',
    async (clinic) => {
      const patient = await readyPatient(clinic, 'lost');
      const page = await openAtSites(clinic, 'physician', patient);
      await giving(page).first().click();
      await sent(page);
      await clinic.server.stop('SIGKILL');
      await giving(page).first().click();
      await page.getByText('Not saved yet').first().waitFor();
      await giving(page).first().click();
      await accessible(page, 'server unreachable');
      await clinic.picture(page, 'session-unreachable');
      await clinic.restart();
      await page.clock.fastForward('00:30');
      // A demo's start ends its sessions.
      await page.getByRole('heading', { name: 'Log in again' }).waitFor();
      await page.getByLabel('Password', { exact: true }).fill(clinic.logins.physician.password);
      await button(page, 'Log in').click();
      await sent(page);
      const list = await given(clinic, patient);
      assert.equal(list.filter((g) => g.status === 'completed').length, 3);
      assert.ok(
        list.every((g) => g.meta.versionId === '1'),
        'each is written once',
      );
    },
  ],
  [
    'the server stops answering for a while: what is ticked waits and is sent',
    async (clinic) => {
      const patient = await readyPatient(clinic, 'frozen');
      const page = await openAtSites(clinic, 'physician', patient);
      clinic.pause();
      await giving(page).first().click();
      await page
        .getByText(/given at/)
        .first()
        .waitFor();
      await page.getByText('not saved yet', { exact: true }).waitFor();
      clinic.proceed();
      await sent(page);
      assert.equal((await given(clinic, patient)).length, 1);
    },
  ],
  [
    'an answer that is lost on its way leads to no second administration',
    async (clinic) => {
      const patient = await readyPatient(clinic, 'echo');
      const page = await openAtSites(clinic, 'physician', patient);
      let lost = 0;
      await page.route('**/fhir/MedicationAdministration/*', async (route) => {
        if (route.request().method() !== 'PUT' || lost > 0) return route.continue();
        lost += 1;
        await route.fetch(); // the server has it; the tablet never hears so
        return route.abort();
      });
      await giving(page).first().click();
      await page.getByText('Not saved yet').first().waitFor();
      await page.clock.fastForward('00:05');
      await sent(page);
      const list = await given(clinic, patient);
      assert.equal(lost, 1);
      assert.deepEqual(
        list.map((g) => [g.status, g.meta.versionId]),
        [['completed', '1']],
      );
      assert.equal(await page.getByText('Changed by somebody else').count(), 0);
    },
  ],
  [
    'the session times out in mid-session: the login comes over the screen, everything is there',
    async (clinic) => {
      const patient = await readyPatient(clinic, 'idle');
      const page = await openAtSites(clinic, 'physician', patient);
      await giving(page).first().click();
      await sent(page);
      await page.getByText(/^As it will be with the next: Medial collateral/).waitFor();
      await page.context().clearCookies();
      await giving(page).first().click();
      await page.getByRole('heading', { name: 'Log in again' }).waitFor();
      await page.getByLabel('Password', { exact: true }).fill(clinic.logins.physician.password);
      await button(page, 'Log in').click();
      await sent(page);
      await heading(page, 'Sites');
      assert.equal(
        (await given(clinic, patient)).filter((g) => g.status === 'completed').length,
        2,
      );
    },
  ],
  [
    'two devices on one session: what differs is shown, nothing is overwritten',
    async (clinic) => {
      const patient = await readyPatient(clinic, 'both');
      const page = await open(clinic, 'physician', patient);
      const h = hands(page);
      await start(page, h);
      await stored(page);
      const other = await clinic.enter('assistant', page.url().split('#')[1], {
        width: 1280,
        height: 800,
      });
      await heading(other, 'Checklist');
      await page.getByRole('checkbox', { name: /^Emergency kit/ }).check();
      await stored(page);
      await other.getByRole('checkbox', { name: /^Sites and side/ }).check();
      await other.getByText('Changed by somebody else meanwhile').first().waitFor();
      await accessible(other, 'conflict');
      await clinic.picture(other, 'session-conflict');
      const [before] = await searched(
        clinic,
        `QuestionnaireResponse?subject=Patient/${patient}&part-of:missing=false`,
      );
      assert.ok(
        JSON.stringify(before).includes('CL-03') && !JSON.stringify(before).includes('CL-08'),
        'nothing is overwritten',
      );
      await button(other, 'Go on with yours').click();
      await stored(other);
      const [after] = await searched(
        clinic,
        `QuestionnaireResponse?subject=Patient/${patient}&part-of:missing=false`,
      );
      assert.ok(
        JSON.stringify(after).includes('CL-03') && JSON.stringify(after).includes('CL-08'),
        'both answers are there',
      );
    },
  ],
  [
    'an expired vial, an unknown product, what is no code are told; typed and chosen vials serve',
    async (clinic) => {
      const patient = await readyPatient(clinic, 'vials');
      const page = await open(clinic, 'physician', patient);
      const h = hands(page);
      await start(page, h);
      await checklist(page, h);
      await timeOut(page, h);
      await page.getByLabel('Scan a vial').and(page.locator(':focus')).waitFor();
      await h.scan(code('dextrose_50', { expiry: '260228', lot: 'OLD' }));
      await page.getByText('Do not use Dextrose 50 % (hydrous), lot OLD:').waitFor();
      await page.getByText('it is expired').waitFor();
      await accessible(page, 'expired vial');
      await clinic.picture(page, 'session-expired');
      await page.getByLabel('Scan a vial').focus();
      await h.scan('hello');
      await page.getByText('This is no GS1 code').waitFor();
      await h.scan(code('dextrose_50', { gtin: '09506000199993', lot: 'NEW' }));
      await page.getByText('A product that the clinic has not had.').waitFor();
      await button(page, 'Dextrose 50 % (hydrous)').click();
      await page.getByText('lot NEW, until').waitFor();
      // As a DataMatrix sends it: no brackets, FNC1 behind fields of open length, no day.
      await page
        .getByLabel('Scan a vial')
        .fill(`]d201${PRODUCTS.lidocaine_1}1727010010L9\x1d21S77`);
      await page.getByLabel('Scan a vial').press('Enter');
      await page.getByText('lot L9, until').waitFor();
      await button(page, 'Type it').nth(2).click();
      await page.getByLabel('Lot', { exact: true }).fill('T1');
      await page.getByLabel('Expiry', { exact: true }).fill('2027-06-30');
      await button(page, 'Use it').click();
      await page.getByText('may be used').nth(2).waitFor();
      await button(page, 'Syringe A is mixed, labelled, checked').click();
      await button(page, 'Syringe B is mixed, labelled, checked').click();
      await heading(page, 'Sites');
      await sent(page);
      const medications = await searched(clinic, 'Medication?lot-number=L9');
      assert.equal(medications[0].batch.expirationDate, '2027-01-31');
      assert.deepEqual(
        medications[0].identifier.map((i) => i.value),
        [`${PRODUCTS.lidocaine_1}.S77`, PRODUCTS.lidocaine_1],
      );
    },
  ],
  [
    'a vial that another patient was given of is refused from stock',
    async (clinic) => {
      const used = vial('used-vial', 'saline_09', { lot: 'USED' });
      await clinic.api('owner', 'PUT', '/fhir/Medication/used-vial', used);
      await readyPatient(clinic, 'first', { isApproved: false });
      const administration = {
        resourceType: 'MedicationAdministration',
        status: 'completed',
        medicationReference: { reference: 'Medication/used-vial' },
        subject: { reference: 'Patient/first' },
        effectiveDateTime: '2026-03-02T08:00:00Z',
        dosage: { dose: { value: 1, unit: 'mL' } },
      };
      assert.equal(
        (await clinic.api('owner', 'POST', '/fhir/MedicationAdministration', administration))
          .status,
        201,
      );
      const patient = await readyPatient(clinic, 'second');
      const page = await open(clinic, 'physician', patient);
      const h = hands(page);
      await start(page, h);
      await checklist(page, h);
      await timeOut(page, h);
      await button(page, 'From stock').nth(2).click();
      await button(page, /lot USED/).click();
      await page
        .getByText('Do not use Sodium chloride 0.9 %, preservative-free, lot USED:')
        .waitFor();
      await page.getByText('was given to another patient').waitFor();
    },
  ],
  [
    'the totals warn near the limit and the server refuses beyond it',
    async (clinic) => {
      const patient = await readyPatient(clinic, 'limit');
      const page = await openAtSites(clinic, 'physician', patient);
      const [session] = await searched(clinic, `Procedure?patient=Patient/${patient}`);
      const totals = async () =>
        (
          await clinic.api('physician', 'POST', `/clinic/session/${session.id}/totals`, {
            given: [],
          })
        ).data;
      assert.equal((await totals()).anaesthetic, 'fine');
      // Lidocaine of another treatment today: the patient may have 200 mg; a mL here is 2 mg.
      const beside = { ...vial('block', 'lidocaine_1', { lot: 'N1' }) };
      await clinic.api('owner', 'PUT', '/fhir/Medication/block', beside);
      const block = (ml) =>
        clinic.api('owner', 'PUT', '/fhir/MedicationAdministration/limit-block', {
          resourceType: 'MedicationAdministration',
          id: 'limit-block',
          status: 'completed',
          medicationReference: { reference: 'Medication/block' },
          subject: { reference: 'Patient/limit' },
          effectiveDateTime: `2026-03-02T${new Date().toISOString().slice(11)}`,
          dosage: { dose: { value: ml, unit: 'mL' } },
        });
      assert.equal((await block(18.8)).status, 201); // with 12 mg in the joint: exactly 200 mg
      await button(page, 'Change KNE-01').click();
      await page.getByRole('button', { name: 'More by 0.1 mL' }).click();
      await page.getByText(/200\.2 of 200 mg, over/).waitFor();
      await page.getByText('of all sites within 24 h would exceed').first().waitFor();
      await accessible(page, 'over the limit');
      await clinic.picture(page, 'session-over');
      await giving(page).first().click({ force: true });
      assert.equal(
        (await given(clinic, patient)).filter((g) => g.partOf).length,
        0,
        'it is not given',
      );
      await page.getByRole('button', { name: 'Less by 0.1 mL' }).click();
      await page.getByText(/200\.0 of 200 mg, near the limit/).waitFor();
      await giving(page).first().click();
      await sent(page);
      assert.equal(
        (await given(clinic, patient)).filter((g) => g.partOf).length,
        1,
        'at the limit it is',
      );
      // Beyond it the server refuses also what a page would send all the same.
      await page
        .getByRole('button', { name: /^Given 1 mL: Medial collateral ligament, tibial/ })
        .click();
      await page.getByText('Refused by a rule:').first().waitFor();
      assert.equal(
        (await given(clinic, patient)).filter((g) => g.partOf && g.status === 'completed').length,
        1,
      );
    },
  ],
  [
    'a site is skipped with its reason, undone, and given otherwise than planned',
    async (clinic) => {
      const patient = await readyPatient(clinic, 'skip');
      const page = await openAtSites(clinic, 'physician', patient);
      await button(page, 'Skip KNE-02').click();
      await page.getByLabel('Why is KNE-02 skipped?').fill('skin lesion');
      await button(page, 'Skip it').click();
      await page.getByText('skipped: skin lesion').waitFor();
      await sent(page);
      assert.deepEqual(
        (await given(clinic, patient)).map((g) => [g.status, g.statusReason[0].text]),
        [['not-done', 'skin lesion']],
      );
      await button(page, 'Undo KNE-02').click();
      await sent(page);
      assert.equal((await given(clinic, patient))[0].status, 'entered-in-error');
      await button(page, 'Change KNE-02').click();
      await page.getByLabel('Volume at KNE-02').fill('0.8');
      await page.getByLabel('Needle', { exact: true }).fill('27 G 1 in');
      await page.getByRole('radio', { name: 'tingling, stopped' }).check();
      await accessible(page, 'a site changed');
      await page.getByRole('button', { name: /^Given 0\.8 mL/ }).click();
      await sent(page);
      const [g] = await given(clinic, patient);
      assert.equal(g.status, 'completed');
      assert.equal(g.dosage.dose.value, 0.8);
      assert.ok(
        JSON.stringify(g.extension).includes('27 G 1 in') &&
          JSON.stringify(g.extension).includes('paraesthesia'),
      );
    },
  ],
  [
    '"as last time" takes volume, needle and guidance of the last signed session',
    async (clinic) => {
      const patient = 'demo-mid-course';
      const past = await given(clinic, patient);
      const detail = (g, name) => g.extension.find((x) => x.url.endsWith(name));
      // A plan that differs from what was given before, so that its values cannot pass for that.
      await planned(clinic, patient, 'sites=ANK-01%3B%20ANK-02&volume-scale=2&guidance=LM');
      // With a session under way, which is the newest: it is no pattern for itself.
      const page = await openAtSites(clinic, 'physician', patient);
      assert.equal(await button(page, /^Given 2 mL/).count(), 1);
      await button(page, 'Change ANK-02').click();
      await page.getByLabel('Needle', { exact: true }).fill('30 G 0.5 in');
      await page.getByRole('radio', { name: 'blood on aspiration, withdrawn' }).check();
      await button(page, 'As last time (2 Feb 2026)').click();
      await accessible(page, 'as last time');
      assert.equal(await button(page, /^Given 1 mL/).count(), 2);
      await giving(page).first().click();
      await page.getByText('1 mL given at').waitFor();
      await giving(page).first().click();
      await sent(page);
      const now = (await given(clinic, patient)).filter((g) => !past.some((p) => p.id === g.id));
      const said = now
        .map((g) => [
          g.dosage.site.coding[0].code,
          g.dosage.dose.value,
          detail(g, 'needle').valueString,
          detail(g, 'guidance').valueCode,
          detail(g, 'reaction')?.valueString,
        ])
        .sort();
      assert.deepEqual(said, [
        ['ANK-01', 1, '27 G 1 in', 'US', undefined],
        ['ANK-02', 1, '27 G 1 in', 'US', 'blood'],
      ]);
    },
  ],
  [
    'the observation clock goes on over a reload; it can be ended earlier with a reason',
    async (clinic) => {
      const patient = await readyPatient(clinic, 'clock');
      const page = await openAtSites(clinic, 'physician', patient);
      for (let left = 6; left > 0; left -= 1) {
        await giving(page).first().click();
        await page.waitForFunction(
          (n) =>
            [...document.querySelectorAll('button')].filter((b) => /^Given /.test(b.textContent))
              .length < n,
          left,
        );
      }
      await heading(page, 'Observation');
      await stored(page);
      await page.clock.fastForward('10:00');
      await page
        .getByRole('timer')
        .filter({ hasText: /^(19|20):/ })
        .waitFor();
      await page.reload();
      await heading(page, 'Observation');
      await page
        .getByRole('timer')
        .filter({ hasText: /^(19|20|29|30):/ })
        .waitFor();
      await button(page, 'End it earlier').click();
      await page.getByLabel('Why is the observation ended earlier?').fill('taken over by the ward');
      await button(page, 'End it now').click();
      await page.getByText('Ended earlier: taken over by the ward').waitFor();
    },
  ],
  [
    'the emergency cards are one tap away without a server; harm is recorded',
    async (clinic) => {
      const patient = await readyPatient(clinic, 'harm');
      const page = await open(clinic, 'physician', patient);
      await start(page, hands(page));
      await stored(page);
      clinic.pause();
      await button(page, 'Emergency').click();
      await page.getByText('Adrenaline (epinephrine) 1 mg/mL into the muscle').waitFor();
      await accessible(page, 'emergency');
      await clinic.picture(page, 'session-emergency');
      await button(page, /^Local anaesthetic systemic toxicity/).click();
      await page.getByText('Stop injecting. Call for help').waitFor();
      clinic.proceed();
      await page.locator('dialog').getByRole('button', { name: 'Adverse event' }).click();
      await page.getByLabel('What happened').selectOption('AE-VASO');
      await page.getByLabel('In words').fill('recovered in two minutes');
      await accessible(page, 'adverse event');
      await button(page, 'Record it').click();
      await page.getByText('The adverse event is recorded.').waitFor();
      await sent(page);
      const [event] = await searched(clinic, `AdverseEvent?subject=Patient/${patient}`);
      assert.equal(event.event.coding[0].code, 'AE-VASO');
    },
  ],
  [
    'no plan, a draft, a missing consent: said before the start',
    async (clinic) => {
      const patient = await readyPatient(clinic, 'draft', { isApproved: false, hasConsent: false });
      const page = await open(clinic, 'physician', patient);
      await page.getByText('The plan is not approved yet').first().waitFor();
      await page.getByText('No active consent is in the record').waitFor();
      await accessible(page, 'not ready');
      await button(page, /^Start the session/).click({ force: true });
      assert.equal((await searched(clinic, `Procedure?patient=Patient/${patient}`)).length, 0);
    },
  ],
  [
    'a session that was prepared is begun with what was noted, at its own address',
    async (clinic) => {
      const patient = await readyPatient(clinic, 'noted');
      await prepare(clinic, patient);
      const page = await clinic.enter(
        'physician',
        `/patient/${patient}/session/${patient}-prepared`,
      );
      await button(page, 'Start the session').click();
      await heading(page, 'Checklist');
      assert.ok(await page.getByRole('checkbox', { name: /^Instructions sent/ }).isChecked());
      const sessions = await searched(clinic, `Procedure?patient=Patient/${patient}`);
      assert.deepEqual(
        sessions.map((p) => [p.id, p.status]),
        [[`${patient}-prepared`, 'in-progress']],
      );
    },
  ],
  [
    'the whole way by keyboard: every stage, no mouse',
    async (clinic) => {
      const patient = await readyPatient(clinic, 'keys');
      const page = await open(clinic, 'physician', patient, { width: 1280, height: 800 });
      await heading(page, 'Session');
      const to = async (locator) => {
        for (let i = 0; i < 80; i += 1) {
          if (await locator.evaluate((e) => e === document.activeElement)) return;
          await page.keyboard.press('Tab');
        }
        assert.fail('not reached by Tab');
      };
      const act = async (locator, key = 'Enter') => {
        await to(locator);
        await page.keyboard.press(key);
      };
      await act(button(page, 'Start the session'));
      await heading(page, 'Checklist');
      for (const line of [/^Emergency kit/, /^Identity/, /^Consent signed/, /^Sites and side/])
        await act(page.getByRole('checkbox', { name: line }), ' ');
      await to(page.getByLabel('Vital signs before', { exact: true }));
      await page.keyboard.type('128/78 72 98 36.7');
      await page.keyboard.press('Enter');
      await act(button(page, 'Confirm these 2'));
      await heading(page, 'Time-out');
      await act(button(page, 'Time-out done alone'));
      await heading(page, 'Mixing');
      for (const product of Object.keys(PRODUCTS)) {
        await to(page.getByLabel('Scan a vial'));
        await page.keyboard.type(code(product));
        await page.keyboard.press('Enter');
      }
      await page.getByText('may be used').nth(2).waitFor();
      await act(button(page, 'Syringe A is mixed, labelled, checked'));
      await act(button(page, 'Syringe B is mixed, labelled, checked'));
      await heading(page, 'Sites');
      await act(page.getByRole('checkbox', { name: /^Hand hygiene/ }), ' ');
      for (let left = 6; left > 0; left -= 1) {
        await act(giving(page).first());
        await page.waitForFunction(
          (n) =>
            [...document.querySelectorAll('button')].filter((b) => /^Given /.test(b.textContent))
              .length < n,
          left,
        );
      }
      await heading(page, 'Observation');
      await page.clock.fastForward('31:00');
      await to(page.getByLabel('Vital signs before discharge', { exact: true }));
      await page.keyboard.type('124/76 70 98 36.6');
      await page.keyboard.press('Enter');
      await heading(page, 'Discharge');
      await act(button(page, 'All of it holds: discharge'));
      await heading(page, 'Signature');
      await to(page.getByLabel('Password of physician'));
      await page.keyboard.type(clinic.logins.physician.password);
      await page.keyboard.press('Enter');
      await heading(page, 'Session note');
      await page.getByText('The note is locked.').waitFor();
      await to(page.getByLabel('Addendum'));
      await page.keyboard.type('Called at home: well.');
      await act(button(page, 'Add to the note'));
      await page.getByText('Called at home: well.').and(page.locator('p')).waitFor();
      const sessions = await searched(clinic, `Procedure?patient=Patient/${patient}`);
      assert.deepEqual(
        sessions.map((p) => p.status),
        ['completed'],
      );
    },
  ],
  [
    'dark, 1280 x 800 and 200 % are sound',
    async (clinic) => {
      const patient = await readyPatient(clinic, 'looks');
      const page = await openAtSites(clinic, 'physician', patient);
      const at = page.url().split('#')[1];
      for (const o of [
        { width: 1280, height: 800, dark: true },
        { width: 1280, height: 800, zoom: 2 },
        { width: 390, height: 844 },
      ]) {
        const other = await clinic.enter('physician', at, o);
        await heading(other, 'Sites');
        await other.getByText('Lidocaine', { exact: true }).waitFor();
        await accessible(other, JSON.stringify(o));
        if (o.dark) await clinic.picture(other, 'session-sites-dark');
      }
    },
  ],
  [
    'every target is at least 44 px',
    async (clinic) => {
      const [session] = await searched(clinic, 'Procedure?patient=Patient/looks');
      const page = await clinic.enter('physician', `/patient/looks/session/${session.id}`, {
        width: 1024,
        height: 768,
      });
      for (const stage of [
        'Checklist',
        'Time-out',
        'Mixing',
        'Sites',
        'Observation',
        'Discharge',
        'Signature',
      ]) {
        await page.getByRole('navigation').getByRole('button', { name: stage }).click();
        await heading(page, stage);
        const small = await page.evaluate(() =>
          [...document.querySelectorAll('button, a[href], input, select, textarea')]
            .filter((e) => e.checkVisibility())
            .map((e) => e.closest('label.tick, label.choice') ?? e)
            .filter((e) => e.getBoundingClientRect().height < 44)
            .map((e) => e.textContent.slice(0, 40)),
        );
        assert.deepEqual(small, [], stage);
      }
    },
  ],
  [
    'an account with a second factor signs by its code, or by the password',
    async (clinic) => {
      const patient = await readyPatient(clinic, 'factor');
      const page = await open(clinic, 'physician', patient);
      const h = hands(page);
      for (const act of [start, checklist, timeOut, mixing, sites, watch, discharge])
        await act(page, h);
      await stored(page);
      assert.equal(await page.getByRole('radio', { name: /^Code/ }).count(), 0);
      // The account gets one meanwhile, which ends its sessions.
      const auth = async (name, body) =>
        (await clinic.api('physician', 'POST', `/auth/totp/${name}`, body)).data;
      const { secret } = await auth('begin', { password: clinic.logins.physician.password });
      const on = await auth('confirm', { code: codeOf(secret, clinic.day) });
      await page.reload();
      await button(page, 'I have a second factor').click();
      await page.getByLabel('Code of the second factor').fill(on.recovery_codes[0]);
      await clinic.logIn(page, 'physician');
      await heading(page, 'Signature');
      await page.getByLabel('Password of physician').waitFor();
      await page.getByRole('radio', { name: 'Code of the second factor' }).check();
      await accessible(page, 'signature by a code');
      const code = page.getByLabel("Code of physician's second factor");
      await code.fill('000000');
      await button(page, 'Sign the note').click();
      await page.getByText('the code is wrong, or was used before').waitFor();
      await code.fill(codeOf(secret, clinic.day, 1));
      await button(page, 'Sign the note').click();
      await heading(page, 'Session note');
      await page.getByText('The note is locked.').waitFor();
    },
  ],
];
