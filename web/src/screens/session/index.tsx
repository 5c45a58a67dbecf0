// SPDX-License-Identifier: Apache-2.0
// The session: #/patient/ID/session begins one from the plan, #/patient/ID/session/PROCEDURE goes
// on with it, on this device or another.
import { useMemo } from 'preact/hooks';
import type { ComponentChildren } from 'preact';

import { readResource, type Patient } from '../../api/fhir';
import { useQuery } from '../../api/query';
import { Notices, useMe } from '../../app/Shell';
import { Toasts } from '../../app/toasts';
import { t } from '../../text';
import { Loaded } from '../../ui/Loading';
import type { ScreenProps } from '..';
import { Flow } from './Flow';
import { Bar } from './Frame';
import { waitingSession, readSession, type Loaded as Record, type Waiting } from './record';
import { readSheet, type Sheet } from './sheet';
import { Start } from './Start';

/** Around what is no flow yet. */
function Outside({
  patient,
  side,
  children,
}: {
  patient: Patient | undefined;
  side?: string;
  children: ComponentChildren;
}) {
  const who = useMe();
  return (
    <div class="session">
      <header class="session-head no-print">
        <Bar patient={patient} side={side} />
      </header>
      <Notices who={who} />
      <main id="main" class="main stack" tabIndex={-1}>
        <h1 tabIndex={-1}>{t('session.title')}</h1>
        {children}
      </main>
      <Toasts />
    </div>
  );
}

function Begin({ id, onStarted }: { id: string; onStarted?: () => void }) {
  const query = useQuery<{ patient: Patient; sheet: Sheet; waiting: Waiting }>(
    `begin-${id}`,
    async () => {
      const [patient, sheet, waiting] = await Promise.all([
        readResource<Patient>('Patient', id),
        readSheet(id),
        waitingSession(id),
      ]);
      return { patient, sheet, waiting };
    },
  );
  return (
    <Outside patient={query.data?.patient} side={query.data?.sheet.side}>
      <Loaded query={query}>
        {(d) => (
          <Start sheet={d.sheet} patient={d.patient} waiting={d.waiting} onStarted={onStarted} />
        )}
      </Loaded>
    </Outside>
  );
}

function Go({ id, session }: { id: string; session: string }) {
  const who = useMe();
  const query = useQuery<{ patient: Patient; loaded: Record }>(`session-${session}`, async () => {
    const [patient, loaded] = await Promise.all([
      readResource<Patient>('Patient', id),
      readSession(id, session),
    ]);
    return { patient, loaded };
  });
  const where = useMemo(
    () => ({ session, patient: id, practitioner: who.practitioner }),
    [session, id, who.practitioner],
  );
  const procedure = query.data?.loaded.resources.find((r) => r.id === session);
  if (procedure?.status === 'preparation') return <Begin id={id} onStarted={query.reload} />;
  if (!query.data)
    return (
      <Outside patient={undefined}>
        <Loaded query={query}>{() => null}</Loaded>
      </Outside>
    );
  return (
    <Flow
      where={where}
      loaded={query.data.loaded}
      patient={query.data.patient}
      onReload={query.reload}
    />
  );
}

export function SessionScreen({ args: [id = '', session] }: ScreenProps) {
  return session ? <Go key={session} id={id} session={session} /> : <Begin key={id} id={id} />;
}
