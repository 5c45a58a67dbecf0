// SPDX-License-Identifier: Apache-2.0
// The own runs of the last day, and one of them while it is done.
import { go } from '../../app/router';
import { say } from '../../app/toasts';
import { request } from '../../api/http';
import type { Query } from '../../api/query';
import { formatTime } from '../../format';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button, LinkButton } from '../../ui/Button';
import { Empty, Loaded } from '../../ui/Loading';
import { Progress } from '../../ui/Meter';
import { Status, type StatusKind } from '../../ui/Status';
import { Table } from '../../ui/Table';
import type { Run, TrialAnswer } from './answer';
import { download } from './files';
import { Result } from './Result';
import { readSpec, type Spec } from './spec';
import { useRun } from './useRun';

export interface RunList {
  jobs: Run[];
}

const KINDS: Record<Run['state'], StatusKind> = {
  waiting: 'note',
  running: 'note',
  done: 'good',
  failed: 'danger',
  cancelled: 'unknown',
};

export const specOf = (run: Run | undefined): Spec | null =>
  run?.specification ? readSpec(run.specification) : null;

async function remove(id: string, after: () => void): Promise<void> {
  await request('DELETE', `/jobs/${id}`);
  after();
}

export function Runs({
  query,
  onCompose,
}: {
  query: Query<RunList>;
  onCompose: (spec: Spec) => void;
}) {
  const forget = (run: Run): void =>
    void remove(run.id, () => {
      say(t('trial.forgotten'));
      query.reload();
    });
  return (
    <Loaded query={query}>
      {({ jobs }) =>
        jobs.length === 0 ? (
          <Empty>{t('trial.no_runs')}</Empty>
        ) : (
          <Table
            caption={t('trial.runs')}
            rows={jobs}
            rowKey={(r) => r.id}
            columns={[
              {
                key: 'name',
                head: t('trial.name'),
                isHead: true,
                cell: (r) => <a href={`#/trial?run=${r.id}`}>{r.name ?? t('trial.unnamed')}</a>,
              },
              {
                key: 'state',
                head: t('trial.state'),
                cell: (r) => <Status kind={KINDS[r.state]}>{t(`trial.states.${r.state}`)}</Status>,
              },
              { key: 'created', head: t('trial.started'), cell: (r) => formatTime(r.created) },
              { key: 'expires', head: t('trial.kept_until'), cell: (r) => formatTime(r.expires) },
              {
                key: 'acts',
                head: t('trial.acts'),
                cell: (r) => {
                  const spec = specOf(r);
                  return (
                    <div class="row">
                      {spec && (
                        <Button kind="quiet" onClick={() => onCompose(spec)}>
                          {t('trial.compose_again')}
                        </Button>
                      )}
                      <Button kind="quiet" onClick={() => forget(r)}>
                        {t(
                          r.state === 'done' || r.state === 'failed'
                            ? 'trial.forget'
                            : 'trial.cancel',
                        )}
                      </Button>
                    </div>
                  );
                },
              },
            ]}
          />
        )
      }
    </Loaded>
  );
}

export function RunPage({
  id,
  run,
  onCompose,
  onEnd,
}: {
  id: string;
  run: Run | undefined;
  onCompose: (spec: Spec) => void;
  onEnd: () => void;
}) {
  const state = useRun(id);
  const spec = specOf(run);
  const cancel = (): void =>
    void remove(id, () => {
      say(t('trial.cancelled'));
      onEnd();
      go('/trial');
    });
  const save = (answer: TrialAnswer): void => download(`${answer.name ?? 'trial'}-result`, answer);
  return (
    <div class="stack">
      <div>
        <LinkButton to="/trial?tab=runs">{t('trial.runs')}</LinkButton>
      </div>
      {state.at === 'running' && (
        <section class="panel stack">
          <Progress
            label={state.isWaiting ? t('trial.waiting') : t('trial.running')}
            share={state.share}
          />
          <p class="soft">{t('trial.leave_help')}</p>
          <div class="row">
            <Button kind="danger" onClick={cancel}>
              {t('trial.cancel')}
            </Button>
          </div>
        </section>
      )}
      {state.at === 'gone' && <Empty>{t('trial.gone')}</Empty>}
      {state.at === 'failed' && (
        <Banner kind="danger" isAlert>
          {state.text}
        </Banner>
      )}
      {state.at === 'done' && (
        <Result
          answer={state.answer}
          onDownload={() => save(state.answer)}
          onCompose={spec ? () => onCompose(spec) : undefined}
        />
      )}
    </div>
  );
}
