// SPDX-License-Identifier: Apache-2.0
// What can be read between two entries: aftercare, the own chart, what was told, when to call.
import { FanChart, type Fan, type Point } from '../../chart/FanChart';
import { dayOf, formatWeekday } from '../../format';
import { t, tIf } from '../../text';
import { Mark } from '../../ui/Status';
import { Table } from '../../ui/Table';
import { Back, ClinicNumbers } from './parts';
import { entryLines, Lines } from './Summary';
import type { Aftercare, DiaryData } from './types';
import { onScreen, place } from './words';

function range(line: Aftercare): string {
  if (line.from && line.to)
    return t('diary.from_to', { from: formatWeekday(line.from), to: formatWeekday(line.to) });
  return line.to ? t('diary.until', { to: formatWeekday(line.to) }) : t('diary.any_time');
}

export function AftercareLines({ lines }: { lines: readonly Aftercare[] }) {
  return (
    <ol class="d-aftercare plain">
      {lines.map((line) => (
        <li
          key={line.id}
          class={line.is_today ? 'today' : undefined}
          aria-current={line.is_today ? 'date' : undefined}
        >
          <h3>
            {line.title} {line.is_today && <span class="d-today">{t('diary.holds_today')}</span>}
          </h3>
          <p class="soft">{range(line)}</p>
          <p>{onScreen(line.text)}</p>
        </li>
      ))}
    </ol>
  );
}

export function AftercarePage({ diary }: { diary: DiaryData }) {
  const lines = diary.aftercare.filter((l) => !l.id.startsWith('AC-15')); // the numbers stand below
  return (
    <div class="d-page">
      <Back to="/" />
      <h1 tabIndex={-1}>{t('diary.aftercare')}</h1>
      {lines.length === 0 && <p>{t('diary.aftercare_none')}</p>}
      {diary.last_session && (
        <p>
          {t('diary.aftercare_of', { day: formatWeekday(diary.last_session), place: place(diary) })}
        </p>
      )}
      <AftercareLines lines={[...lines].sort((a, b) => Number(b.is_today) - Number(a.is_today))} />
      {lines.some((l) => !l.approved) && (
        <p>
          <Mark kind="unapproved" />
        </p>
      )}
      <ClinicNumbers clinic={diary.clinic} />
    </div>
  );
}

/** Weeks since the first day that is shown. */
function weeksFrom(start: string): (iso: string) => number {
  return (iso) => Math.round(((dayOf(iso) - dayOf(start)) / 7) * 10) / 10;
}

export function ChartPage({ diary }: { diary: DiaryData }) {
  const { points, sessions, expected } = diary.chart;
  const main = diary.questions.scores[0];
  const own = points.filter((p) => p.score === main?.id);
  const days = [
    ...points.map((p) => p.day),
    ...expected.map((e) => e.day),
    ...sessions.map((s) => s.day),
  ].sort();
  const weeks = weeksFrom(days[0] ?? diary.today);
  const fan: Fan = {
    key: 'expected',
    label: t('diary.expected'),
    colour: 1,
    x: expected.map((e) => weeks(e.day)),
    median: expected.map((e) => e.middle),
    band90: expected.map((e): [number, number] => [e.low, e.high]),
  };
  const marks = [...sessions]
    .sort((a, b) => a.day.localeCompare(b.day))
    .map((s, i) => ({ x: weeks(s.day), label: String(i + 1) }));
  const dots = own.map((p): Point => ({
    x: weeks(p.day),
    y: p.value,
    label: formatWeekday(p.day),
  }));
  const rows = [...new Set(points.map((p) => p.day))].sort().reverse();
  return (
    <div class="d-page">
      <Back to="/" />
      <h1 tabIndex={-1}>{t('diary.chart')}</h1>
      {points.length === 0 && <p>{t('diary.chart_none')}</p>}
      {own.length > 0 && main && (
        <>
          <p>
            {expected.length ? t('diary.chart_expected') : t('diary.chart_own')}{' '}
            {sessions.length > 0 && t('diary.chart_sessions')}
          </p>
          <FanChart
            title={tIf(`diary.score.${main.id}.short`, main.title)}
            xLabel={t('diary.weeks')}
            yLabel={t('diary.pain_axis')}
            yRange={[main.low, main.high]}
            fans={expected.length ? [fan] : []}
            points={dots}
            marks={marks}
            height={260}
          />
        </>
      )}
      {points.length > 0 && (
        <Table
          caption={t('diary.chart_table')}
          rows={rows}
          rowKey={(d) => d}
          columns={[
            { key: 'day', head: t('diary.day'), cell: (d) => formatWeekday(d), isHead: true },
            ...diary.questions.scores.map((s) => ({
              key: s.id,
              head: tIf(`diary.score.${s.id}.short`, s.title),
              isNumber: true,
              cell: (d: string) =>
                points
                  .filter((p) => p.day === d && p.score === s.id)
                  .map((p) => String(p.value))
                  .join(', ') || '–',
            })),
          ]}
        />
      )}
    </div>
  );
}

export function EntriesPage({ diary }: { diary: DiaryData }) {
  return (
    <div class="d-page">
      <Back to="/" />
      <h1 tabIndex={-1}>{t('diary.entries')}</h1>
      {diary.entries.length === 0 && <p>{t('diary.entries_none')}</p>}
      {diary.entries.map((e) => (
        <section key={e.day} aria-label={formatWeekday(e.day)}>
          <h2>
            {e.day === diary.today
              ? t('diary.today_day', { day: formatWeekday(e.day) })
              : formatWeekday(e.day)}
          </h2>
          <Lines lines={entryLines(diary, e)} />
        </section>
      ))}
    </div>
  );
}

export function CallsPage({ diary }: { diary: DiaryData }) {
  return (
    <div class="d-page">
      <Back to="/" />
      <h1 tabIndex={-1}>{t('diary.calls')}</h1>
      <ClinicNumbers clinic={diary.clinic} />
      <ul class="plain stack">
        {diary.calls.map((c) => (
          <li key={c.id}>{onScreen(c.text, c.id)}</li>
        ))}
      </ul>
      {diary.calls.some((c) => !c.approved) && (
        <p>
          <Mark kind="unapproved" />
        </p>
      )}
    </div>
  );
}
