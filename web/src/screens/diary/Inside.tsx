// SPDX-License-Identifier: Apache-2.0
// The way through today's questions: one page each, check, send, what to do.
import { useEffect, useRef } from 'preact/hooks';

import { useDraft } from '../../api/draft';
import { get } from '../../api/http';
import { go, replace } from '../../app/router';
import { t } from '../../text';
import { Button } from '../../ui/Button';
import { Conflict, differences } from '../../ui/Conflict';
import { Loading } from '../../ui/Loading';
import { Home, ResultPage } from './Home';
import { bodyOf, emptyTyped, stepsOf, typedOf, type Step } from './model';
import { AftercarePage, CallsPage, ChartPage, EntriesPage } from './Pages';
import { Back, ClinicNumbers } from './parts';
import { useSending, type Sending } from './send';
import { StepPage } from './Steps';
import { Lines, linesOf } from './Summary';
import type { DiaryData, Typed } from './types';

/** Between "check your answers" and the answer. */
function SendState({
  diary,
  state,
  onAgain,
}: {
  diary: DiaryData;
  state: Sending;
  onAgain: () => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const isStuck = state.at === 'waiting' || state.at === 'refused';
  useEffect(() => {
    // it stands on top of the answers: nobody has to look for it
    if (isStuck) box.current?.scrollIntoView({ block: 'center' });
  }, [isStuck]);
  return (
    <div role="status" class="stack tight" ref={box}>
      {state.at === 'sending' && <p>{t('diary.sending')}</p>}
      {state.at === 'waiting' && (
        <div class="d-inset">
          <h2>{t('diary.waiting_title')}</h2>
          <p>{t('diary.waiting')}</p>
          <ClinicNumbers clinic={diary.clinic} />
        </div>
      )}
      {state.at === 'refused' && state.status !== 412 && (
        <div class="d-inset">
          <h2>{t('diary.refused')}</h2>
          <p>{state.text}</p>
          <Button isLarge onClick={onAgain}>
            {t('diary.again_today')}
          </Button>
        </div>
      )}
    </div>
  );
}

function CheckPage({
  diary,
  typed,
  steps,
  state,
  onSend,
  onAgain,
  back,
}: {
  diary: DiaryData;
  typed: Typed;
  steps: readonly Step[];
  state: Sending;
  onSend: () => void;
  onAgain: () => void;
  back: string;
}) {
  return (
    <div class="d-page">
      <Back to={back} />
      <h1 tabIndex={-1}>{t('diary.check')}</h1>
      <SendState diary={diary} state={state} onAgain={onAgain} />
      <Lines lines={linesOf(diary, typed, steps)} onChange={(step) => `/d/${step}?check`} />
      <Button
        kind="primary"
        isLarge
        onClick={onSend}
        isBusy={state.at === 'sending' || state.at === 'waiting'}
      >
        {t('diary.send')}
      </Button>
    </div>
  );
}

interface Props {
  diary: DiaryData;
  path: string;
  query: URLSearchParams;
  onFresh: (diary: DiaryData) => void;
  onReload: () => void;
}

const ALERTING = ['E', 'S', 'U'];

export function Inside(p: Props) {
  const { diary } = p;
  const draft = useDraft<Typed | null>('diary', null);
  const sending = useSending();
  const typed = draft.value?.day === diary.today ? draft.value : null;
  const steps = typed ? stepsOf(diary, typed) : [];
  const stepId = p.path.startsWith('/d/') ? p.path.slice(3) : '';
  const index = steps.findIndex((s) => s.id === stepId);
  const step = steps[index];
  const alerted =
    sending.state.at === 'sent'
      ? sending.state.answer.alerted
      : ALERTING.includes(diary.entry?.level ?? 'R');

  const begin = (next: Typed): void => {
    sending.reset();
    draft.set(next);
    go(`/d/${stepsOf(diary, next)[0]?.id ?? 'check'}`);
  };
  const start = (): void =>
    typed
      ? go(`/d/${steps[0]?.id}`)
      : begin(diary.entry ? typedOf(diary.entry) : emptyTyped(diary.today));
  const send = (): void => {
    if (typed) sending.send(bodyOf(diary, typed));
  };
  const forward = (): void => {
    const isGrave =
      step?.id === 'emergency' && step.facts.some((f) => typed?.lists.emergency?.includes(f));
    if (isGrave) send(); // what cannot wait is sent before anything else is asked
    go(isGrave || p.query.has('check') ? '/d/check' : `/d/${steps[index + 1]?.id ?? 'check'}`);
  };

  const drop = (): void => {
    draft.set(null);
    draft.forget().catch(() => undefined); // the server forgets old drafts by itself
  };

  useEffect(() => {
    if (sending.state.at !== 'sent') return;
    const { entry } = sending.state.answer;
    p.onFresh({
      ...diary,
      entry,
      entries: [entry, ...diary.entries.filter((e) => e.day !== entry.day)],
    });
    drop();
    replace('/result');
    p.onReload();
  }, [sending.state.at]);
  useEffect(() => {
    // what is stored now is shown beside what was typed
    if (sending.state.at === 'refused' && sending.state.status === 412) p.onReload();
  }, [sending.state.at]);

  /** The day's entry changed, or a new day began: look again with what is stored. */
  const again = async (keep: boolean): Promise<void> => {
    const fresh = await get<DiaryData>('/diary');
    p.onFresh(fresh);
    if (keep && typed)
      begin({
        ...typed,
        key: crypto.randomUUID(),
        day: fresh.today,
        version: fresh.entry?.version ?? 0,
      });
    else {
      sending.reset();
      drop();
    }
    go(keep ? '/d/check' : '/');
  };

  if (sending.state.at === 'refused' && sending.state.status === 412 && typed && stepId) {
    const theirs = diary.entry ? bodyOf(diary, typedOf(diary.entry)) : {};
    return (
      <div class="d-page">
        <h1 tabIndex={-1}>{t('conflict.title')}</h1>
        <Conflict
          rows={differences(bodyOf(diary, typed), theirs).filter(
            (r) => !['key', 'version'].includes(r.what),
          )}
          onTheirs={() => void again(false)}
          onMine={() => void again(true)}
        />
      </div>
    );
  }
  if (draft.state === 'loading') return <Loading />;
  if (p.path === '/aftercare') return <AftercarePage diary={diary} />;
  if (p.path === '/chart') return <ChartPage diary={diary} />;
  if (p.path === '/entries') return <EntriesPage diary={diary} />;
  if (p.path === '/calls') return <CallsPage diary={diary} />;
  if (p.path === '/result' && diary.entry) return <ResultPage diary={diary} alerted={alerted} />;
  if (typed && stepId === 'check') {
    const last = steps[steps.length - 1]?.id;
    return (
      <CheckPage
        diary={diary}
        typed={typed}
        steps={steps}
        state={sending.state}
        onSend={send}
        onAgain={() => void again(true)}
        back={last ? `/d/${last}` : '/'}
      />
    );
  }
  if (typed && step) {
    const back = p.query.has('check') ? '/d/check' : index > 0 ? `/d/${steps[index - 1]?.id}` : '/';
    const count = t('diary.count', { at: index + 1, of: steps.length });
    return (
      <StepPage
        key={step.id}
        diary={diary}
        typed={typed}
        set={draft.set}
        step={step}
        back={back}
        count={count}
        onContinue={forward}
      />
    );
  }
  return (
    <Home
      diary={diary}
      alerted={alerted}
      hasDraft={Boolean(typed)}
      onStart={start}
      onChange={start}
    />
  );
}
