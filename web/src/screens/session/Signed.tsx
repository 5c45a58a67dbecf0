// SPDX-License-Identifier: Apache-2.0
// After the signature: the note stays as it is; what comes to mind later is added to it.
import { useState } from 'preact/hooks';

import { useDraft } from '../../api/draft';
import { extensionOf, type Identifier, type Reference, type Resource } from '../../api/fhir';
import { post } from '../../api/http';
import { useMe } from '../../app/Shell';
import { formatTime } from '../../format';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button, LinkButton } from '../../ui/Button';
import { DraftState } from '../../ui/DraftState';
import { TextArea } from '../../ui/TextField';
import { Note } from './Note';
import { reasonOf } from './outbox';
import type { Session } from './useSession';

interface Agent {
  who?: Reference & { identifier?: Identifier };
}

function signatureOf(resources: Iterable<Resource>, session: string): Resource | undefined {
  for (const r of resources) {
    const targets = (r.target as Reference[] | undefined) ?? [];
    if (
      r.resourceType === 'Provenance' &&
      r.signature &&
      targets.some((x) => x.reference?.startsWith(`Procedure/${session}`))
    )
      return r;
  }
  return undefined;
}

function textOfDocument(d: Resource): string {
  const data =
    (d.content as { attachment?: { data?: string } }[] | undefined)?.[0]?.attachment?.data ?? '';
  return new TextDecoder().decode(Uint8Array.from(atob(data), (c) => c.charCodeAt(0)));
}

function Addenda({ s, onAdded }: { s: Session; onAdded: () => void }) {
  const draft = useDraft(`addendum-${s.where.session}`, { text: '' });
  const [error, setError] = useState('');
  const { role } = useMe();
  const documents = [...s.state.local.values()].filter(
    (r) => r.resourceType === 'DocumentReference',
  );
  const add = async (): Promise<void> => {
    setError('');
    try {
      await post(`/fhir/Procedure/${s.where.session}/$addendum`, {
        resourceType: 'Parameters',
        parameter: [{ name: 'text', valueString: draft.value.text }],
      });
      draft.set({ text: '' });
      await draft.forget();
      onAdded();
    } catch (e) {
      setError(reasonOf(e) || t('ui.offline'));
    }
  };
  return (
    <section class="panel stack">
      <h2>{t('session.addenda')}</h2>
      {documents.length === 0 && <p class="soft">{t('session.no_addenda')}</p>}
      <ul class="plain stack tight">
        {documents.map((d) => (
          <li key={d.id}>
            <span class="soft">{formatTime(d.date as string)}</span>
            <p>{textOfDocument(d)}</p>
          </li>
        ))}
      </ul>
      {(role === 'physician' || role === 'owner') && (
        <>
          {error && (
            <Banner kind="danger" isAlert>
              {error}
            </Banner>
          )}
          <TextArea
            label={t('session.addendum')}
            value={draft.value.text}
            onInput={(text) => draft.set({ text })}
          />
          <div class="row">
            <Button
              isLarge
              onClick={() => void add()}
              why={draft.value.text.trim() ? undefined : t('session.addendum_empty')}
            >
              {t('session.add')}
            </Button>
            <DraftState state={draft.state} />
          </div>
        </>
      )}
    </section>
  );
}

export function Signed({ s, onAdded }: { s: Session; onAdded: () => void }) {
  const signature = signatureOf(s.state.local.values(), s.where.session);
  const agent = (signature?.agent as Agent[] | undefined)?.[0]?.who;
  const harm = extensionOf(s.procedure, 'session-ae-grade')?.valueInteger;
  return (
    <div class="stack">
      <Banner
        kind="good"
        title={t('session.signed')}
        actions={
          <LinkButton isLarge to={`/patient/${s.where.patient}`}>
            {t('session.to_patient')}
          </LinkButton>
        }
      >
        {t('session.signed_by', {
          who: agent?.identifier?.value ?? agent?.reference ?? '–',
          time: formatTime(signature?.recorded as string | undefined),
        })}{' '}
        {t('session.locked')}
        {typeof harm === 'number' && harm > 0 && ` ${t('session.grade', { n: harm })}`}
      </Banner>
      <Note s={s} />
      <Addenda s={s} onAdded={onAdded} />
    </div>
  );
}
