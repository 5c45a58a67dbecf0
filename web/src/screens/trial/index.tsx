// SPDX-License-Identifier: Apache-2.0
// The trial lab: what would a trial with these arms, of this size, report? Nobody's data is in it.
import { useEffect, useRef, useState } from 'preact/hooks';

import { go, route } from '../../app/router';
import { useDraft } from '../../api/draft';
import { ApiError, get, request } from '../../api/http';
import { useQuery } from '../../api/query';
import { useStore } from '../../store';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Select } from '../../ui/Choice';
import { DraftState } from '../../ui/DraftState';
import { Tabs } from '../../ui/Tabs';
import { Problems } from './fields';
import { download } from './files';
import { Form } from './Form';
import { RunPage, Runs, type RunList } from './Runs';
import { emptySpec, problemsOf, readSpec, toSend, type Spec } from './spec';
import { TEMPLATES } from './templates';

/** "/arms/1/n" in words, as far as a form's user knows them. */
function Summary({ problems }: { problems: readonly [string, string][] }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (problems.length) box.current?.focus();
  }, [problems]);
  if (!problems.length) return null;
  const jump = (event: Event, place: string): void => {
    event.preventDefault();
    const parts = place.split('/');
    for (let n = parts.length; n > 1; n -= 1) {
      const field = document.querySelector<HTMLElement>(
        `[data-place="${CSS.escape(parts.slice(0, n).join('/'))}"] :is(input, select)`,
      );
      if (field) return field.focus();
    }
  };
  return (
    <div class="banner danger trial-problems" role="alert" tabIndex={-1} ref={box}>
      <div>
        <strong>{t('trial.problems', { n: problems.length })}</strong>
        <ul>
          {problems.map(([place, text]) => (
            <li key={place + text}>
              <a href="#" onClick={(e) => jump(e, place)}>
                <code>{place || '/'}</code>
              </a>{' '}
              {text}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function Begin({ onSpec }: { onSpec: (spec: Spec) => void }) {
  const [error, setError] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const open = async (files: FileList | null): Promise<void> => {
    const text = await files?.[0]?.text();
    if (text === undefined) return;
    const spec = readSpec(text);
    setError(spec ? '' : t('trial.no_spec'));
    if (spec) onSpec(spec);
    if (input.current) input.current.value = '';
  };
  const template = (id: string): void =>
    onSpec(id === 'empty' ? emptySpec() : structuredClone(TEMPLATES[id] ?? emptySpec()));
  return (
    <section class="panel stack tight" aria-label={t('trial.begin')}>
      <div class="row">
        <Select
          label={t('trial.template')}
          value={null}
          empty={t('trial.choose')}
          onValue={template}
          options={[
            ...Object.entries(TEMPLATES).map(([id, spec]) => ({
              value: id,
              label: spec.name ?? id,
            })),
            { value: 'empty', label: t('trial.empty') },
          ]}
        />
        <label class="field">
          <span class="label">{t('trial.open_file')}</span>
          <input
            ref={input}
            class="input"
            type="file"
            accept=".json,application/json"
            onChange={(e) => void open(e.currentTarget.files)}
          />
        </label>
      </div>
      {error && (
        <Banner kind="danger" isAlert>
          {error}
        </Banner>
      )}
    </section>
  );
}

export function TrialLab() {
  const at = useStore(route);
  const draft = useDraft<Spec>('trial', structuredClone(TEMPLATES['knee-oa'] ?? emptySpec()));
  const runs = useQuery<RunList>('trial-runs', (signal) => get<RunList>('/jobs', { signal }));
  const [problems, setProblems] = useState<[string, string][]>([]);
  const [isBusy, setBusy] = useState(false);
  const spec = draft.value;
  const runId = at.query.get('run');
  const tab = runId || at.query.get('tab') === 'runs' ? 'runs' : 'compose';

  const compose = (next: Spec): void => {
    setProblems([]);
    draft.set(next);
    go('/trial');
  };
  const start = async (): Promise<void> => {
    setBusy(true);
    setProblems([]);
    try {
      const answer = await request('POST', '/fhir/$trial', toSend(spec));
      const id = (answer.headers.get('content-location') ?? '').split('/').pop() ?? '';
      runs.reload();
      go(`/trial?run=${id}`);
    } catch (error) {
      setProblems(
        error instanceof ApiError && error.issues.length
          ? problemsOf(error.issues)
          : [['', error instanceof Error ? error.message : '']],
      );
    } finally {
      setBusy(false);
    }
  };

  return (
    <div class="stack trial">
      <header class="row spread">
        <h1 tabIndex={-1}>{t('trial.title')}</h1>
        {tab === 'compose' && <DraftState state={draft.state} />}
      </header>
      <p class="soft measure">{t('trial.intro')}</p>
      <Tabs
        label={t('trial.title')}
        active={tab}
        onTab={(key) => go(key === 'runs' ? '/trial?tab=runs' : '/trial')}
        tabs={[
          { key: 'compose', label: t('trial.compose') },
          { key: 'runs', label: t('trial.runs') },
        ]}
      >
        {runId && (
          <RunPage
            key={runId}
            id={runId}
            run={runs.data?.jobs.find((j) => j.id === runId)}
            onCompose={compose}
            onEnd={runs.reload}
          />
        )}
        {!runId && tab === 'runs' && <Runs query={runs} onCompose={compose} />}
        {tab === 'compose' && (
          <Problems.Provider value={problems}>
            <form
              class="stack"
              noValidate
              onSubmit={(e) => {
                e.preventDefault();
                void start();
              }}
            >
              <Begin onSpec={compose} />
              <Summary problems={problems} />
              <Form spec={spec} set={draft.set} />
              <div class="row trial-run">
                <Button kind="primary" type="submit" isBusy={isBusy}>
                  {t('trial.run')}
                </Button>
                <Button onClick={() => download(spec.name || 'trial', toSend(spec))}>
                  {t('trial.download_spec')}
                </Button>
              </div>
            </form>
          </Problems.Provider>
        )}
      </Tabs>
    </div>
  );
}
