// SPDX-License-Identifier: Apache-2.0
// Who changed what and when: the versions of the patient's own data, and what decisions rest on.
import { useState } from 'preact/hooks';

import { resourcesOf, textOf, type Bundle, type CodeableConcept, type Patient, type Reference, type Resource } from '../../api/fhir';
import { get } from '../../api/http';
import { useQuery } from '../../api/query';
import { formatTime } from '../../format';
import { t, tIf } from '../../text';
import { Empty, Loaded } from '../../ui/Loading';
import { Table } from '../../ui/Table';
import { differences } from '../../ui/Conflict';

interface Provenance extends Resource {
  recorded?: string;
  activity?: CodeableConcept;
  agent?: { who?: Reference & { identifier?: { value?: string } } }[];
  target?: Reference[];
}

interface Change { key: string; when: string; who: string; what: string }

/** What a version says otherwise than the one before. */
function versionChanges(versions: readonly Patient[]): Change[] {
  return versions.map((v, i) => {
    const before = versions[i + 1];
    const fields = before ? differences(before, v).map((d) => d.what).join(', ') : '';
    return {
      key: `version-${v.meta?.versionId}`, when: v.meta?.lastUpdated ?? '', who: '–',
      what: before ? t('patient.version', { n: v.meta?.versionId ?? '', what: fields || t('ui.none') }) : t('patient.version_first', { n: v.meta?.versionId ?? '' }),
    };
  });
}

function whoOf(p: Provenance): string {
  const who = p.agent?.[0]?.who;
  return who?.display ?? who?.identifier?.value ?? who?.reference ?? '–';
}

function decisions(list: readonly Provenance[]): Change[] {
  return list.map((p) => {
    const code = p.activity?.coding?.[0]?.code ?? '';
    const targets = [...new Set((p.target ?? []).map((r) => r.reference?.split('/')[0] ?? ''))].join(', ');
    return { key: p.id ?? '', when: p.recorded ?? '', who: whoOf(p), what: `${tIf(`event.${code}`, code || textOf(p.activity))} (${targets})` };
  });
}

async function readChanges(patient: string, signal: AbortSignal): Promise<Change[]> {
  const [versions, provenance] = await Promise.all([
    get<Bundle>(`/fhir/Patient/${patient}/_history?_count=20`, { signal }).catch(() => undefined), // not every role has it
    get<Bundle>(`/fhir/Patient/${patient}/Provenance?_sort=-recorded&_count=40`, { signal }),
  ]);
  const all = [...versionChanges(resourcesOf<Patient>(versions, 'Patient')), ...decisions(resourcesOf<Provenance>(provenance, 'Provenance'))];
  return all.sort((a, b) => b.when.localeCompare(a.when));
}

function Changes({ patient }: { patient: string }) {
  const query = useQuery(`changes-${patient}`, (signal) => readChanges(patient, signal));
  return (
    <Loaded query={query}>
      {(rows) => (rows.length === 0 ? <Empty>{t('patient.no_changes')}</Empty> : (
        <Table caption={t('patient.history')} isCaptionHidden rows={rows} rowKey={(c) => c.key} columns={[
          { key: 'when', head: t('patient.when'), cell: (c) => formatTime(c.when) },
          { key: 'who', head: t('patient.who'), cell: (c) => c.who },
          { key: 'what', head: t('patient.what'), cell: (c) => c.what, isHead: true },
        ]} />
      ))}
    </Loaded>
  );
}

export function History({ patient }: { patient: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="panel" onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>{t('patient.history')}</summary>
      {isOpen && <Changes patient={patient} />}
    </details>
  );
}
