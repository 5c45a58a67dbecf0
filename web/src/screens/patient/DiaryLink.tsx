// SPDX-License-Identifier: Apache-2.0
// A one-time link to the patient's own diary. It is shown once: whoever has it can write as the
// patient, so it is neither kept nor listed.
import { useRef, useState } from 'preact/hooks';

import { get, post, request } from '../../api/http';
import { useQuery } from '../../api/query';
import { say } from '../../app/toasts';
import { formatDate } from '../../format';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { explainError } from '../../ui/Loading';

interface OpenLink { created: string; expires: string; created_by: string; uses_left: number }
interface Made { link: string; expires: string }

const DAYS = 30;

function Shown({ made }: { made: Made }) {
  const field = useRef<HTMLInputElement>(null);
  const copy = async (): Promise<void> => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(made.link);
      say(t('link.copied'));
    } catch {
      say(t('link.copy_by_hand')); // no clipboard without TLS: it is selected
    }
  };
  return (
    <div class="stack tight">
      <Banner kind="good" isAlert title={t('link.made')}>{t('link.once', { date: formatDate(made.expires) })}</Banner>
      <label for="diary-link">{t('link.address')}</label>
      <input id="diary-link" ref={field} class="input" readOnly value={made.link} onFocus={(e) => e.currentTarget.select()} />
      <div><Button kind="primary" onClick={() => void copy()}>{t('link.copy')}</Button></div>
    </div>
  );
}

export function DiaryLink({ patient }: { patient: string }) {
  const open = useQuery(`links-${patient}`, (signal) => get<{ links: OpenLink[] }>(`/auth/links/${patient}`, { signal }));
  const [made, setMade] = useState<Made | null>(null);
  const [error, setError] = useState<unknown>(null);
  const run = (work: Promise<unknown>): void => {
    setError(null);
    work.then(open.reload, setError);
  };
  const make = (): void => run(post<Made>('/auth/links', { patient, days: DAYS, uses: 1 }).then(setMade));
  const end = (): void => run(request('DELETE', `/auth/links/${patient}`).then(() => { setMade(null); say(t('link.ended')); }));
  const links = open.data?.links ?? [];
  return (
    <details class="panel">
      <summary>{t('link.title')}{links.length > 0 ? ` (${t('link.open', { n: links.length })})` : ''}</summary>
      <div class="stack tight">
        <p class="soft">{t('link.why', { n: DAYS })}</p>
        {Boolean(error) && <Banner kind="danger" isAlert>{explainError(error)}</Banner>}
        {made ? <Shown made={made} /> : <div><Button onClick={make}>{t('link.make')}</Button></div>}
        {links.length > 0 && (
          <>
            <ul class="small">{links.map((l) => <li key={l.created}>{t('link.line', { who: l.created_by, made: formatDate(l.created), until: formatDate(l.expires), n: l.uses_left })}</li>)}</ul>
            <div><Button kind="danger" onClick={end}>{t('link.end')}</Button></div>
          </>
        )}
      </div>
    </details>
  );
}
