// SPDX-License-Identifier: Apache-2.0
// The note: all that a signature is about to lock, or has locked.
import { formatClock, formatDate, formatNumber, formatTime } from '../../format';
import { codeOf, textOf, type CodeableConcept, type Resource } from '../../api/fhir';
import { t, tIf } from '../../text';
import { Side, sideOf } from '../../ui/Status';
import { Table } from '../../ui/Table';
import { gradeOf, startOf, type Given } from './model';
import { ml, vitalsText } from './parts';
import type { SheetSite } from './sheet';
import type { Session } from './useSession';

interface Row {
  site: SheetSite;
  given: Given;
  isSkipped: boolean;
}

function amount({ site, given, isSkipped }: Row): string {
  if (isSkipped) return t('session.skipped', { reason: given.reason ?? '' });
  return given.ml === site.ml
    ? ml(given.ml)
    : t('session.not_as_planned', { given: ml(given.ml), planned: ml(site.ml) });
}

function Sites({ s }: { s: Session }) {
  const rows: Row[] = s.sites.flatMap((x) =>
    x.given ? [{ site: x.site, given: x.given, isSkipped: x.isSkipped }] : [],
  );
  return (
    <Table
      caption={t('session.stage_sites')}
      rows={rows}
      rowKey={(r) => r.site.site + r.site.side}
      columns={[
        {
          key: 'site',
          head: t('session.site'),
          isHead: true,
          cell: (r) => `${r.site.structure} (${r.site.site})`,
        },
        { key: 'side', head: t('session.side'), cell: (r) => <Side side={sideOf(r.site.side)} /> },
        { key: 'ml', head: t('session.volume'), isNumber: true, cell: (r) => amount(r) },
        { key: 'mix', head: t('session.syringe_head'), cell: (r) => r.given.mix },
        { key: 'needle', head: t('session.needle'), cell: (r) => r.given.needle || '–' },
        {
          key: 'guidance',
          head: t('session.guidance'),
          cell: (r) => tIf(`session.guidance_${r.given.guidance}`, r.given.guidance),
        },
        {
          key: 'reaction',
          head: t('session.reaction'),
          cell: (r) => tIf(`session.reaction_${r.given.reaction || 'none'}`, r.given.reaction),
        },
        { key: 'time', head: t('session.time'), cell: (r) => formatClock(r.given.at) },
      ]}
    />
  );
}

function Stock({ s }: { s: Session }) {
  const rows = [...s.vials.values()];
  return (
    <Table
      caption={t('session.vials')}
      rows={rows}
      rowKey={(v) => v.id}
      columns={[
        {
          key: 'title',
          head: t('session.product'),
          isHead: true,
          cell: (v) => s.sheet.stocks.find((x) => x.stock === v.stock)?.title ?? v.stock,
        },
        { key: 'lot', head: t('session.lot_number'), cell: (v) => v.lot },
        { key: 'expiry', head: t('session.expiry'), cell: (v) => formatDate(v.expiry) },
      ]}
    />
  );
}

function Harms({ harms }: { harms: readonly Resource[] }) {
  if (harms.length === 0) return <p>{t('session.no_harm')}</p>;
  return (
    <ul>
      {harms.map((h) => (
        <li key={h.id}>
          <span class="status danger">{textOf(h.event as CodeableConcept)}</span> (
          {codeOf(h.event as CodeableConcept)}, {t('session.grade', { n: gradeOf(h) })})
        </li>
      ))}
    </ul>
  );
}

export function Note({ s }: { s: Session }) {
  const given = s.sites.flatMap((x) => (x.given && !x.isSkipped ? [x.given] : []));
  const done = s.sheet.checklist.filter((i) => s.answers.get(i.id)?.value === true).length;
  const names = s.answers.get('CL-09')?.notes.names;
  const early = s.answers.get('CL-17')?.notes.early;
  return (
    <section class="panel stack note" aria-label={t('session.note')}>
      <dl class="definition">
        <dt>{t('session.what')}</dt>
        <dd>
          {s.sheet.condition} <Side side={sideOf(s.sheet.side)} />
        </dd>
        <dt>{t('session.began')}</dt>
        <dd>{formatTime(startOf(s.procedure))}</dd>
        <dt>{t('session.volume')}</dt>
        <dd>{ml(given.reduce((sum, g) => sum + g.ml, 0))}</dd>
        <dt>{t('session.stage_checklist')}</dt>
        <dd>{t('session.lines_done', { n: done })}</dd>
        <dt>{t('session.stage_timeout')}</dt>
        <dd>{names || t('session.alone')}</dd>
        <dt>{t('session.vitals')}</dt>
        <dd>
          {vitalsText(s.before)} → {vitalsText(s.after)}
        </dd>
        {early && (
          <>
            <dt>{t('session.stage_watch')}</dt>
            <dd>{t('session.watch_ended_early', { reason: early })}</dd>
          </>
        )}
        <dt>{t('session.harm')}</dt>
        <dd>
          <Harms harms={s.harms} />
        </dd>
      </dl>
      <Sites s={s} />
      <Stock s={s} />
      <p class="soft small">
        {t('session.knowledge', {
          version: s.sheet.knowledge,
          dextrose: formatNumber(
            given.reduce(
              (sum, g) =>
                sum + (g.ml * (s.sheet.sites.find((x) => x.site === g.site)?.percent ?? 0)) / 100,
              0,
            ),
            2,
          ),
        })}
      </p>
    </section>
  );
}
