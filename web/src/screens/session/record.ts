// SPDX-License-Identifier: Apache-2.0
// All that is recorded of a session, read at once.
import { idOf, resourcesOf, type Bundle, type Reference, type Resource } from '../../api/fhir';
import { post } from '../../api/http';
import { today } from '../../format';
import { administrationId, checklistId, mixId, planOf, readAnswers, readMix } from './model';
import { readSheet, type Sheet } from './sheet';

const STOCK = 'https://enthesis.org/fhir/CodeSystem/stock';

/** One answer for several searches; what one of them is refused is as if it had found nothing. */
async function batch(urls: readonly string[]): Promise<Resource[]> {
  const entry = urls.map((url) => ({ request: { method: 'GET', url } }));
  const answer = await post<Bundle>('/fhir', { resourceType: 'Bundle', type: 'batch', entry });
  return (answer.entry ?? []).flatMap((e) => {
    const found = e.resource;
    if (!found) return [];
    return found.resourceType === 'Bundle' ? resourcesOf(found as Bundle) : [found];
  });
}

export interface Loaded {
  sheet: Sheet;
  resources: Resource[];
  /** Vials of the clinic that may serve. */
  stock: Resource[];
  isSigned: boolean;
}

/** Which vials were chosen, by stock, as the checklist's line on mixing says. */
export function chosenVials(resources: Iterable<Resource>, session: string): Map<string, string> {
  const out = new Map<string, string>();
  for (const r of resources) {
    if (r.id !== checklistId(session) || r.resourceType !== 'QuestionnaireResponse') continue;
    for (const [name, value] of Object.entries(readAnswers(r).get('CL-10')?.notes ?? {})) {
      if (name.startsWith('vial.') && value) out.set(name.slice(5), value);
    }
  }
  return out;
}

function medicationsOf(sheet: Sheet, session: string, first: readonly Resource[]): string[] {
  const ids = [
    ...chosenVials(first, session).values(),
    ...sheet.mixes.map((m) => mixId(session, m.label)),
  ];
  return ids.length > 0 ? [`Medication?_id=${ids.join()}`] : [];
}

export async function readStock(sheet: Sheet): Promise<Resource[]> {
  const stocks = [...new Set(sheet.mixes.flatMap((m) => m.parts.map((p) => p.stock)))];
  if (stocks.length === 0) return [];
  const codes = encodeURIComponent(stocks.map((s) => `${STOCK}|${s}`).join());
  return batch([`Medication?code=${codes}&status=active&_sort=-_lastUpdated&_count=200`]);
}

export async function readSession(patient: string, session: string): Promise<Loaded> {
  const first = await batch([
    `Procedure/${session}`,
    `QuestionnaireResponse?part-of=Procedure/${session}`,
    `Observation?part-of=Procedure/${session}&_count=200`,
    `Provenance?target=Procedure/${session}`,
    `DocumentReference?related=Procedure/${session}`,
    `AdverseEvent?subject=Patient/${patient}&_count=200`,
  ]);
  const procedure = first.find((r) => r.resourceType === 'Procedure' && r.id === session);
  if (!procedure || idOf(procedure.subject as Reference) !== patient)
    throw new Error('no such session');
  const sheet = await readSheet(patient, planOf(procedure));
  const ids = sheet.sites.map((s) => administrationId(session, s));
  const second = await batch([
    ...medicationsOf(sheet, session, first),
    ...(ids.length > 0 ? [`MedicationAdministration?_id=${ids.join()}`] : []),
  ]);
  const mixed = second
    .filter((r) => r.resourceType === 'Medication' && r.ingredient)
    .flatMap((r) => readMix(r).vials);
  const missing = mixed.filter((id) => !second.some((r) => r.id === id));
  const third = missing.length > 0 ? await batch([`Medication?_id=${missing.join()}`]) : [];
  return {
    sheet,
    resources: [...first, ...second, ...third].filter((r) => r.resourceType !== 'OperationOutcome'),
    stock: await readStock(sheet),
    isSigned: procedure.status === 'completed',
  };
}

/** What there is already: a session of today that was begun and not signed, or one that was
 * prepared, with its checklist. */
export interface Waiting {
  open?: Resource | undefined;
  prepared?: Resource | undefined;
  response?: Resource | undefined;
}

export async function waitingSession(patient: string): Promise<Waiting> {
  const code = encodeURIComponent(
    'https://enthesis.org/fhir/CodeSystem/procedure|prolotherapy-session',
  );
  const sessions = `Procedure?patient=Patient/${patient}&code=${code}`;
  const found = await batch([
    `${sessions}&status=in-progress&date=${today()}`,
    `${sessions}&status=preparation`,
  ]);
  const open = found.find((r) => r.status === 'in-progress');
  const prepared = found.find((r) => r.status === 'preparation');
  if (!prepared) return { open };
  const responses = await batch([`QuestionnaireResponse?part-of=Procedure/${prepared.id}`]);
  return {
    open,
    prepared,
    response: responses.find((r) => r.id === checklistId(prepared.id ?? '')),
  };
}
