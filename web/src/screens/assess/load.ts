// SPDX-License-Identifier: Apache-2.0
// Reading what the form needs, and storing what was typed.
import { resourcesOf, searchAll, transaction, update, type Bundle, type CodeableConcept, type Resource } from '../../api/fhir';
import { get, post } from '../../api/http';
import { RULE } from './codes';
import type { Written } from './entries';
import type { Intake, Questions, Record_ } from './types';

let asked: Promise<Questions> | null = null;

/** The same for everybody, and for as long as the page lives. */
export function loadQuestions(): Promise<Questions> {
  asked ??= get<Questions>('/clinic/questions').catch((error: unknown) => {
    asked = null;
    throw error;
  });
  return asked;
}

export async function loadRecord(patient: string): Promise<Record_> {
  const list = (type: string): Promise<Resource[]> => searchAll(`Patient/${patient}/${type}?_count=200`, 500);
  const [intake, conditions, medications, allergies] = await Promise.all([
    get<Intake>(`/clinic/intake/${patient}`), list('Condition'), list('MedicationStatement'),
      list('AllergyIntolerance'),
  ]);
  return { intake, conditions, medications, allergies };
}

/** All of it or nothing; 412 when somebody else wrote one of it meanwhile. */
export async function storeWritten(written: readonly Written[]): Promise<void> {
  if (written.length > 0) await transaction(written.map((w) => w.entry));
}

const tierOf = (issue: Resource): string | undefined =>
  (issue.evidence as { code: CodeableConcept[] }[] | undefined)?.[0]?.code.find((c) => c.coding?.[0]?.system === RULE)?.coding?.[0]?.code;

/** Judge a problem as it is stored now, 0 the first, and keep the verdict; reasons to go on are kept with their findings. */
export async function storeVerdict(patient: string, target: number, overrides: Record<string, string>,
  author: string | undefined, day: string): Promise<void> {
  const parameter = [{ name: 'target', valueInteger: target + 1 }];
  const bundle = await post<Bundle>(`/fhir/Patient/${patient}/$assess`,
    { resourceType: 'Parameters', parameter });
  for (const issue of resourcesOf(bundle, 'DetectedIssue')) {
    const reason = overrides[tierOf(issue) ?? ''];
    if (!reason) continue;
    const done = { action: { text: reason }, date: day,
      ...(author ? { author: { reference: `Practitioner/${author}` } } : {}) };
    await update({ ...issue, mitigation: [...((issue.mitigation as object[] | undefined) ?? []), done] });
  }
}
