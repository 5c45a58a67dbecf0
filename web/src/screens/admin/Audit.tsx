// SPDX-License-Identifier: Apache-2.0
// Who did what, and who saw what, newest first. #/admin/audit?patient=ID is one patient's own.
import { useState } from 'preact/hooks';

import { post } from '../../api/http';
import { resourcesOf, type Bundle, type CodeableConcept, type Coding, type Resource } from '../../api/fhir';
import { useQuery } from '../../api/query';
import { route } from '../../app/router';
import { formatTime } from '../../format';
import { t, tIf } from '../../text';
import { Button } from '../../ui/Button';
import { Select } from '../../ui/Choice';
import { Empty, Loaded } from '../../ui/Loading';
import { Status } from '../../ui/Status';
import { Table } from '../../ui/Table';
import { DateField, TextField } from '../../ui/TextField';
import { ChainCheck } from './ChainCheck';

interface Entity { what?: { reference?: string }; name?: string; type?: Coding; query?: string }

export interface AuditEvent extends Resource {
  recorded: string;
  action: string;
  outcome: string;
  outcomeDesc?: string;
  subtype?: Coding[];
  agent: { altId?: string; role?: CodeableConcept[]; network?: { address?: string } }[];
  entity?: Entity[];
}

interface Asked { agent: string; patient: string; from: string; to: string; action: string; subtype: string; outcome: string }

const PAGE = 100;
const ACTIONS = ['C', 'R', 'U', 'D', 'E'] as const;
const OUTCOMES = ['0', '4', '8', '12'] as const;

/** By form: whose record it is about must not stand in an address. */
function formOf(asked: Asked, page: string | null): string {
  const form = new URLSearchParams({ _count: String(PAGE) });
  for (const key of ['agent', 'patient', 'action', 'subtype', 'outcome'] as const) if (asked[key].trim()) form.set(key, asked[key].trim());
  if (asked.from) form.append('date', `ge${asked.from}`);
  if (asked.to) form.append('date', `le${asked.to}`);
  if (page) form.set('_page', page);
  return form.toString();
}

async function search(asked: Asked, page: string | null, signal?: AbortSignal): Promise<{ events: AuditEvent[]; next: string | null }> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const bundle = await post<Bundle>('/fhir/AuditEvent/_search', formOf(asked, page), signal ? { headers, signal } : { headers });
  const next = bundle.link?.find((l) => l.relation === 'next')?.url;
  return { events: resourcesOf<AuditEvent>(bundle), next: next ? new URL(next).searchParams.get('_page') : null };
}

const patientOf = (e: AuditEvent): string => (e.entity ?? []).map((x) => /^Patient\/([^/]+)/.exec(x.what?.reference ?? '')?.[1] ?? '').find(Boolean) ?? '';

function objectOf(e: AuditEvent): string {
  const object = (e.entity ?? []).find((x) => !/^Patient\//.test(x.what?.reference ?? '')) ?? e.entity?.[0];
  if (!object) return '';
  return object.what?.reference ?? [object.type?.code, object.name].filter(Boolean).join(' ');
}

function queryOf(e: AuditEvent): string {
  const query = (e.entity ?? []).find((x) => x.query)?.query;
  return query ? new TextDecoder().decode(Uint8Array.from(atob(query), (c) => c.charCodeAt(0))) : '';
}

export const whatOf = (e: AuditEvent): string => tIf(`admin.subtype.${e.subtype?.[0]?.code ?? ''}`, e.subtype?.[0]?.code ?? '');

function Events({ events }: { events: readonly AuditEvent[] }) {
  return (
    <Table caption={t('admin.audit_caption')} isCaptionHidden rows={events} rowKey={(e) => e.id ?? e.recorded} columns={[
      { key: 'when', head: t('knowledge.date'), cell: (e) => formatTime(e.recorded), isHead: true },
      { key: 'who', head: t('knowledge.who'), cell: (e) => <>{e.agent[0]?.altId} <span class="soft">{e.agent[0]?.role?.[0]?.coding?.[0]?.code}</span></> },
      { key: 'what', head: t('knowledge.what'), cell: (e) => <>{tIf(`admin.action.${e.action}`, e.action)}: {whatOf(e)}</> },
      { key: 'whose', head: t('admin.whose'), cell: (e) => patientOf(e) && <code>{patientOf(e)}</code> },
      { key: 'on', head: t('admin.object'), cell: (e) => <><code class="small">{objectOf(e)}</code>{(e.outcomeDesc || queryOf(e)) && <div class="soft small">{e.outcomeDesc ?? queryOf(e)}</div>}</> },
      { key: 'outcome', head: t('admin.outcome'), cell: (e) => <Status kind={e.outcome === '0' ? 'good' : 'danger'}>{tIf(`admin.outcome_${e.outcome}`, e.outcome)}</Status> },
      { key: 'from', head: t('admin.address'), cell: (e) => e.agent[0]?.network?.address },
    ]} />
  );
}

function Filters({ onAsk, first }: { onAsk: (asked: Asked) => void; first: Asked }) {
  const [asked, setAsked] = useState(first);
  const put = (part: Partial<Asked>): void => setAsked({ ...asked, ...part });
  const any = { value: 'any', label: t('knowledge.any') };
  return (
    <form class="admin-filter" role="search" aria-label={t('admin.audit_filter')} onSubmit={(e) => { e.preventDefault(); onAsk(asked); }}>
      <TextField label={t('admin.audit_who')} value={asked.agent} onInput={(agent) => put({ agent })} maxLength={80} />
      <TextField label={t('admin.audit_whose')} value={asked.patient} onInput={(patient) => put({ patient })} maxLength={64} />
      <DateField label={t('admin.audit_from')} value={asked.from} onInput={(from) => put({ from })} />
      <DateField label={t('admin.audit_to')} value={asked.to} onInput={(to) => put({ to })} />
      <Select label={t('admin.audit_action')} value={asked.action || 'any'} onValue={(x) => put({ action: x === 'any' ? '' : x })} options={[any, ...ACTIONS.map((value) => ({ value, label: t(`admin.action.${value}`) }))]} />
      <TextField label={t('admin.audit_kind')} hint={t('admin.audit_kind_hint')} value={asked.subtype} onInput={(subtype) => put({ subtype })} maxLength={40} />
      <Select label={t('admin.outcome')} value={asked.outcome || 'any'} onValue={(x) => put({ outcome: x === 'any' ? '' : x })} options={[any, ...OUTCOMES.map((value) => ({ value, label: t(`admin.outcome_${value}`) }))]} />
      <Button type="submit" kind="primary">{t('admin.audit_search')}</Button>
    </form>
  );
}

export function Audit() {
  const first: Asked = { agent: '', patient: route.get().query.get('patient') ?? '', from: '', to: '', action: '', subtype: '', outcome: '' };
  const [asked, setAsked] = useState(first);
  const [older, setOlder] = useState<{ events: AuditEvent[]; next: string | null } | null>(null);
  const [round, setRound] = useState(0);
  const query = useQuery(`audit-${round}-${JSON.stringify(asked)}`, (signal) => search(asked, null, signal));
  const ask = (next: Asked): void => {
    setOlder(null);
    setAsked(next);
    setRound((n) => n + 1);
  };
  const more = async (events: AuditEvent[], next: string): Promise<void> => {
    const page = await search(asked, next);
    setOlder({ events: [...events, ...page.events], next: page.next });
  };
  return (
    <div class="stack">
      <ChainCheck />
      <section class="panel stack" aria-label={t('admin.part_audit')}>
        <h2>{t('admin.part_audit')}</h2>
        <p class="soft measure">{t('admin.audit_text')}</p>
        <Filters first={first} onAsk={ask} />
        <Loaded query={query}>
          {(page) => {
            const { events, next } = older ?? page;
            if (events.length === 0) return <Empty>{t('admin.audit_none')}</Empty>;
            return (
              <>
                <p class="small soft" role="status">{next ? t('admin.audit_newest', { n: events.length }) : t('admin.audit_all', { n: events.length })}</p>
                <Events events={events} />
                {next && <div class="row"><Button onClick={() => void more(events, next)}>{t('admin.audit_more')}</Button></div>}
              </>
            );
          }}
        </Loaded>
      </section>
    </div>
  );
}
