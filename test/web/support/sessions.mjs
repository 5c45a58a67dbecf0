// SPDX-License-Identifier: Apache-2.0
// Patients who are ready for a session of six sites: an approved plan, a consent, vials in stock.
import assert from 'node:assert/strict';
import fs from 'node:fs';

export const SITES = 'KNE-01; KNE-02; KNE-03; KNE-04; KNE-05; KNE-06';
/** GTINs with right check digits; what the clinic has had of them before. */
export const PRODUCTS = {
  dextrose_50: '09506000134352',
  lidocaine_1: '09506000134369',
  saline_09: '09506000134376',
};
const SYSTEM = 'https://enthesis.org/fhir/';

async function must(clinic, role, ...request) {
  const answer = await clinic.api(role, ...request);
  assert.ok(
    answer.status < 300,
    `${request[0]} ${request[1]}: ${answer.status} ${JSON.stringify(answer.data).slice(0, 400)}`,
  );
  return answer.data;
}

/** A vial that stands in the record, so that its product is known. */
export function vial(
  id,
  stock,
  { lot = 'A1', expiry = '2027-01-31', gtin = PRODUCTS[stock] } = {},
) {
  return {
    resourceType: 'Medication',
    id,
    status: 'active',
    identifier: [
      { system: `${SYSTEM}NamingSystem/vial`, value: id },
      ...(gtin ? [{ system: 'https://www.gs1.org/gtin', value: gtin }] : []),
    ],
    code: { coding: [{ system: `${SYSTEM}CodeSystem/stock`, code: stock }] },
    batch: { lotNumber: lot, expirationDate: expiry },
  };
}

export async function stock(clinic) {
  const known = Object.keys(PRODUCTS).map((p) => vial(`known-${p.replace('_', '-')}`, p));
  await transaction(clinic, 'owner', known.map(put));
}

function consent(patient) {
  return {
    resourceType: 'Consent',
    id: `${patient}-consent`,
    status: 'active',
    scope: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'treatment' }],
    },
    category: [{ text: 'treatment' }],
    patient: { reference: `Patient/${patient}` },
    dateTime: '2026-03-02',
    policyRule: { text: "the clinic's" },
  };
}

const put = (r) => ({ resource: r, request: { method: 'PUT', url: `${r.resourceType}/${r.id}` } });

const transaction = (clinic, role, entry) =>
  must(clinic, role, 'POST', '/fhir', { resourceType: 'Bundle', type: 'transaction', entry });

/** The example's patient under another id, with what a session needs. */
export async function readyPatient(clinic, id, { hasConsent = true, isApproved = true } = {}) {
  const text = fs.readFileSync('examples/cases/knee-oa.json', 'utf8');
  const resources = JSON.parse(text.replaceAll('Patient/patient', `Patient/${id}`))
    .entry.map((e) => e.resource)
    .filter((r) => !r.resourceType.startsWith('Practitioner'))
    .map((r) => ({ ...r, id: r.resourceType === 'Patient' ? id : `${id}-${r.id}` }));
  if (hasConsent) resources.push(consent(id));
  await transaction(clinic, 'owner', resources.map(put));
  await planned(clinic, id, `sites=${encodeURIComponent(SITES)}`, { isApproved });
  return id;
}

/** A plan of this patient's, as it is asked for; approved. */
export async function planned(clinic, id, query, { isApproved = true } = {}) {
  const target = `/fhir/Patient/${id}/$plan?${query}&patients=64`;
  const bundle = await must(clinic, 'physician', 'POST', target);
  const plan = bundle.entry.map((e) => e.resource).find((r) => r.resourceType === 'CarePlan');
  assert.ok(plan, `${id} has no plan: ${JSON.stringify(bundle).slice(0, 300)}`);
  const parameter = [
    { name: 'version', valueString: plan.meta.versionId },
    { name: 'password', valueString: clinic.logins.physician.password },
  ];
  const body = { resourceType: 'Parameters', parameter };
  if (isApproved)
    await must(clinic, 'physician', 'POST', `/fhir/CarePlan/${plan.id}/$approve`, body);
}

/** What a scanner types for a vial of this product. */
export function code(product, { expiry = '270131', lot = 'B7', gtin = PRODUCTS[product] } = {}) {
  return `(01)${gtin}(17)${expiry}(10)${lot}`;
}

export const searched = async (clinic, query) =>
  ((await must(clinic, 'owner', 'GET', `/fhir/${query}`)).entry ?? []).map((e) => e.resource);

const reference = (type, id) => ({ reference: `${type}/${id}` });
const moment = () => `2026-03-02T${new Date().toISOString().slice(11)}`;

/** A session that has come as far as the sites, written as the page writes it. Its fragment. */
export async function sessionAtSites(clinic, patient) {
  const sheet = await must(clinic, 'physician', 'GET', `/clinic/session/${patient}`);
  const id = `${patient}-session`;
  const concept = (x) => ({
    coding: [
      { system: `${SYSTEM}CodeSystem/site`, code: x.site },
      { system: `${SYSTEM}CodeSystem/side`, code: x.side },
    ],
  });
  const procedure = {
    resourceType: 'Procedure',
    id,
    status: 'in-progress',
    subject: reference('Patient', patient),
    performedPeriod: { start: moment() },
    extension: [{ url: `${SYSTEM}StructureDefinition/session-guidance`, valueCode: 'US' }],
    basedOn: [reference('CarePlan', sheet.plan)],
    code: { coding: [{ system: `${SYSTEM}CodeSystem/procedure`, code: 'prolotherapy-session' }] },
    bodySite: sheet.sites.map(concept),
  };
  const stocks = Object.keys(PRODUCTS);
  const vials = stocks.map((product, i) => vial(`${id}-v${i + 1}`, product, { lot: 'B7' }));
  const inner = stocks.map((product, i) => ({
    linkId: `CL-10.vial.${product}`,
    answer: [{ valueString: `${id}-v${i + 1}` }],
  }));
  const yes = [
    'CL-01',
    'CL-02',
    'CL-03',
    'CL-04',
    'CL-05',
    'CL-07',
    'CL-08',
    'CL-09',
    'CL-10',
    'CL-11',
  ];
  const checklist = {
    resourceType: 'QuestionnaireResponse',
    id: `${id}-checklist`,
    status: 'in-progress',
    subject: reference('Patient', patient),
    partOf: [reference('Procedure', id)],
    item: [
      ...yes.map((linkId) => ({
        linkId,
        answer: [{ valueBoolean: true, ...(linkId === 'CL-10' ? { item: inner } : {}) }],
      })),
      { linkId: 'CL-06', answer: [{ valueBoolean: false }] },
    ],
  };
  const mixes = sheet.mixes.map((m) => ({
    resourceType: 'Medication',
    id: `${id}-mix-${m.label}`,
    status: 'active',
    batch: { expirationDate: '2026-03-02T23:59:59Z' },
    ingredient: m.parts.map((p) => ({
      itemReference: reference('Medication', `${id}-v${stocks.indexOf(p.stock) + 1}`),
      strength: {
        numerator: { value: Number((p.ml / m.ml).toFixed(4)), unit: 'mL' },
        denominator: { value: 1, unit: 'mL' },
      },
    })),
  }));
  const pulse = [
    ['systolic', '8480-6', 128, 'mm[Hg]'],
    ['diastolic', '8462-4', 78, 'mm[Hg]'],
    ['heart-rate', '8867-4', 72, '/min'],
  ].map(([name, loinc, value, unit]) => ({
    resourceType: 'Observation',
    id: `${id}-before-${name}`,
    status: 'final',
    partOf: [reference('Procedure', id)],
    subject: reference('Patient', patient),
    effectiveDateTime: moment(),
    code: { coding: [{ system: 'http://loinc.org', code: loinc }] },
    valueQuantity: { value, unit, code: unit, system: 'http://unitsofmeasure.org' },
  }));
  const entry = [procedure, checklist, ...vials, ...mixes, ...pulse].map(put);
  await transaction(clinic, 'physician', entry);
  return `/patient/${patient}/session/${id}`;
}

/** A session that an assistant noted before the day: nothing of it was done yet. */
export async function prepare(clinic, patient) {
  const id = `${patient}-prepared`;
  const system = `${SYSTEM}CodeSystem/procedure`;
  const procedure = {
    resourceType: 'Procedure',
    id,
    status: 'preparation',
    subject: reference('Patient', patient),
    code: { coding: [{ system, code: 'prolotherapy-session' }] },
  };
  const checklist = {
    resourceType: 'QuestionnaireResponse',
    id: `${id}-checklist`,
    status: 'in-progress',
    subject: reference('Patient', patient),
    partOf: [reference('Procedure', id)],
    item: [{ linkId: 'CL-02', answer: [{ valueBoolean: true }] }],
  };
  await transaction(clinic, 'assistant', [procedure, checklist].map(put));
}
