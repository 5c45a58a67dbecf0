// SPDX-License-Identifier: Apache-2.0
// A case of examples/ as a patient of its own in the clinic under test.
import assert from 'node:assert/strict';
import fs from 'node:fs';

const STAFF = ['Practitioner', 'PractitionerRole'];

/** Every id gets the patient's name before it, so that cases do not meet; staff stays whose it is. */
export async function bring(clinic, file, name) {
  const { entry } = JSON.parse(fs.readFileSync(`examples/cases/${file}.json`, 'utf8'));
  const own = new Set(
    entry
      .filter((e) => !STAFF.includes(e.resource.resourceType) && e.resource.id)
      .map((e) => `${e.resource.resourceType}/${e.resource.id}`),
  );
  const rename = (address) => (own.has(address) ? address.replace('/', `/${name}-`) : address);
  const put = async (resource) => {
    const text = JSON.stringify(resource).replace(
      /"reference":"([^"]+)"/g,
      (_, address) => `"reference":"${rename(address)}"`,
    );
    const target = resource.id
      ? ['PUT', `/fhir/${resource.resourceType}/${resource.id}`]
      : ['POST', `/fhir/${resource.resourceType}`];
    const answer = await clinic.api('owner', ...target, JSON.parse(text));
    assert.ok(
      answer.status < 300,
      `${file} ${target}: ${answer.status} ${JSON.stringify(answer.data).slice(0, 300)}`,
    );
  };
  for (const { resource } of entry) {
    await put(
      STAFF.includes(resource.resourceType) || !resource.id
        ? resource
        : { ...resource, id: `${name}-${resource.id}` },
    );
  }
  const patient = entry.find((e) => e.resource.resourceType === 'Patient').resource.id;
  return `${name}-${patient}`;
}
