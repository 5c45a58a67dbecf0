// SPDX-License-Identifier: Apache-2.0
// Whose record this is, on every screen of a patient: who, which side, what to mind, what is not
// known, and the ways between the patient's screens. A screen that has the overview hands it in.
import type { ComponentChildren } from 'preact';

import { currentProblem, useOverview, type Alert, type Overview, type Problem } from '../api/overview';
import type { Query } from '../api/query';
import { ageOn, formatDate } from '../format';
import { SCREENS } from '../screens';
import { useStore } from '../store';
import { t, tIf } from '../text';
import { Button } from '../ui/Button';
import { explainError } from '../ui/Loading';
import { Side, Status, type StatusKind } from '../ui/Status';
import { href, route } from './router';
import { useMe } from './Shell';

/** How grave an alert is, by shape and colour. Its word says it as well. */
export function kindOf(alert: Alert): StatusKind {
  if (alert.kind === 'stop') return 'danger';
  if (alert.kind === 'diary') return alert.level === 'U' ? 'warn' : alert.level === 'R' ? 'note' : 'danger';
  return alert.kind === 'fact' ? 'note' : 'warn';
}

/** A diary's alert begins with its level, which stands there already in the page's language. */
export const withoutLevel = (text: string | undefined): string => (text ?? '').replace(/^Diary, [^:]+: /, '');

export function alertText(alert: Alert): string {
  const text = alert.text ?? '';
  switch (alert.kind) {
    case 'diary': return t('patient.alert_diary', { level: tIf(`triage.${alert.level}`, t('triage.unknown')), text: withoutLevel(alert.text) });
    case 'stop': return t('patient.alert_stop', { text, id: alert.id ?? '' });
    case 'defer': return t('patient.alert_defer', { text, id: alert.id ?? '' });
    case 'allergy': return t('patient.alert_allergy', { text });
    default: return alert.value ? `${text}: ${alert.value}` : text;
  }
}

function Who({ o }: { o: Overview }) {
  const { person } = o;
  const age = ageOn(person.birth_date, o.today);
  return (
    <div class="person">
      <a class="person-name" href={href(`/patient/${person.id}`)}>{person.name ?? t('patient.no_name')}</a>
      <span>{age === undefined ? t('patient.age_unknown') : t('patient.age', { n: age })}</span>
      <span><span class="soft">{t('patient.born')}</span> {formatDate(person.birth_date)}</span>
      <span><span class="soft">{t('patient.number')}</span> {person.identifier ?? '–'}</span>
      {person.gender && <span class="soft">{tIf(`patient.gender_${person.gender}`, person.gender)}</span>}
    </div>
  );
}

/** Side in words and colour; the middle of the body has none. */
export function SideOf({ side }: { side: Problem['side'] | undefined }) {
  if (side === 'midline') return <span class="side both">{t('side.midline')}</span>;
  return <Side side={side ?? 'unknown'} />;
}

function What({ o }: { o: Overview }) {
  const problem = currentProblem(o);
  const others = (o.problems ?? []).length - 1;
  if (!problem) return <Status kind="unknown">{t('patient.no_problem')}</Status>;
  return (
    <div class="row">
      <SideOf side={problem.side} />
      <span class="strong">{problem.text ?? t('patient.no_problem')}</span>
      {!problem.current && <Status kind="unknown">{t('patient.which_problem')}</Status>}
      {others > 0 && <span class="soft">{t('patient.other_problems', { n: others })}</span>}
    </div>
  );
}

const SHOWN = 5;

function Chip({ alert }: { alert: Alert }) {
  return <li><Status kind={kindOf(alert)}>{alertText(alert)}{alert.kind === 'fact' && alert.since ? <span class="soft small"> {formatDate(alert.since)}</span> : null}</Status></li>;
}

/** Scrolls by the keyboard, too. */
function Popover({ label, children }: { label: string; children: ComponentChildren }) {
  return <div class="popover" role="group" aria-label={label} tabIndex={0}><ul class="plain">{children}</ul></div>;
}

function Alerts({ o }: { o: Overview }) {
  const alerts = o.alerts ?? [];
  const rest = alerts.slice(SHOWN);
  return (
    <div class="alerts">
      <ul class="plain" aria-label={t('patient.alerts')}>
        {alerts.slice(0, SHOWN).map((a, i) => <Chip key={`${a.kind}-${a.id ?? i}`} alert={a} />)}
        {o.allergies === 'none_known' && <li><Status kind="good">{t('patient.no_allergies', { date: formatDate(o.allergies_reviewed) })}</Status></li>}
        {o.allergies === 'unknown' && <li><Status kind="unknown">{t('patient.allergies_unknown')}</Status></li>}
        {!o.readable && <li><Status kind="danger">{t('patient.unreadable')}</Status></li>}
      </ul>
      {rest.length > 0 && (
        <details class="more">
          <summary>{t('patient.more_alerts', { n: rest.length })}</summary>
          <Popover label={t('patient.alerts')}>{rest.map((a, i) => <Chip key={`${a.kind}-${a.id ?? i}`} alert={a} />)}</Popover>
        </details>
      )}
      {(o.unknown ?? []).length > 0 && (
        <details class="more">
          <summary><Status kind="unknown">{t('patient.unknowns', { n: o.unknown.length })}</Status></summary>
          <Popover label={t('ui.unknown')}>
            {o.unknown.map((u) => <li key={u.id}>{u.text} <span class="soft small">{u.why === 'stale' ? t('patient.stale', { date: formatDate(u.as_of) }) : t('ui.unknown')}</span></li>)}
          </Popover>
        </details>
      )}
    </div>
  );
}

const WAYS = ['/patient/{}', '/patient/{}/assess', '/patient/{}/plan', '/patient/{}/session', '/patient/{}/review', '/patient/{}/documents'];

/** The patient's screens that this role has. */
function Ways({ id }: { id: string }) {
  const { role } = useMe();
  const { path } = useStore(route);
  const screens = SCREENS.filter((s) => WAYS.includes(s.pattern) && s.roles.includes(role));
  if (screens.length < 2) return null;
  const address = (pattern: string): string => pattern.replace('{}', encodeURIComponent(id));
  return (
    <nav class="ways no-print" aria-label={t('patient.ways')}>
      {screens.map((s) => (
        <a key={s.pattern} href={href(address(s.pattern))} aria-current={path === address(s.pattern) ? 'page' : undefined}>
          {s.pattern === '/patient/{}' ? t('patient.overview') : t(s.title)}
        </a>
      ))}
    </nav>
  );
}

function Head({ id, query }: { id: string; query: Query<Overview> }) {
  const o = query.data;
  return (
    <header class="patient-head panel" aria-label={t('patient.head')}>
      {query.error && !o ? (
        <div class="row" role="alert"><span class="strong">{explainError(query.error)}</span><Button onClick={query.reload}>{t('ui.retry')}</Button></div>
      ) : !o ? (
        <div class="person" role="status">{t('ui.loading')}</div>
      ) : (
        <>
          <div class="person-and-problem"><Who o={o} />{o.view === 'clinical' && <What o={o} />}</div>
          {o.view === 'clinical' && <Alerts o={o} />}
        </>
      )}
      <Ways id={id} />
    </header>
  );
}

function HeadAlone({ id }: { id: string }) {
  return <Head id={id} query={useOverview(id)} />;
}

export function PatientHeader({ id, query }: { id: string; query?: Query<Overview> }) {
  return query ? <Head id={id} query={query} /> : <HeadAlone id={id} />;
}
