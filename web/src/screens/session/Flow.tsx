// SPDX-License-Identifier: Apache-2.0
// The session as one flow of stages, full-screen: who, which stage, whether all is stored, and the
// emergency button are in sight all the time.
import { useEffect, useRef, useState } from 'preact/hooks';

import { useDraft, type Draft } from '../../api/draft';
import type { Patient, Resource } from '../../api/fhir';
import { t } from '../../text';
import { say } from '../../app/toasts';
import { Checklist } from './Checklist';
import { Discharge } from './Discharge';
import { Emergency } from './Emergency';
import { Frame } from './Frame';
import { HarmForm } from './HarmForm';
import { Mixing } from './Mixing';
import type { Given, Where } from './model';
import type { Loaded } from './record';
import { Sign } from './Sign';
import { Signed } from './Signed';
import { Sites } from './Sites';
import { isFinished, present, type Stage } from './stages';
import { TimeOut } from './TimeOut';
import { useSession, type Session } from './useSession';
import { Watch } from './Watch';

/** What is being typed or set and is no record yet; kept on the server, gone with the signature. */
export interface Typed {
  before: string;
  after: string;
  second: string;
  early: string;
  edits: Record<string, Partial<Given>>;
  next: string;
}

const EMPTY: Typed = { before: '', after: '', second: '', early: '', edits: {}, next: '' };

export interface StageProps {
  s: Session;
  patient: Patient;
  stock: readonly Resource[];
  draft: Draft<Typed>;
  onSigned: () => void;
}

const VIEWS = {
  checklist: Checklist,
  timeout: TimeOut,
  mixing: Mixing,
  sites: Sites,
  watch: Watch,
  discharge: Discharge,
};

/** The stage on the screen: the one that was chosen until it is finished, else the first open. */
function useStage(s: Session): [Stage, (stage: Stage) => void] {
  const [chosen, setChosen] = useState<Stage | null>(null);
  const stage = chosen ?? present(s);
  const isDone = isFinished(s, stage);
  const before = useRef({ stage, isDone });
  useEffect(() => {
    if (chosen && before.current.stage === stage && !before.current.isDone && isDone)
      setChosen(null);
    before.current = { stage, isDone };
  }, [stage, isDone]);
  return [stage, setChosen];
}

export function Flow({
  where,
  loaded,
  patient,
  onReload,
}: {
  where: Where;
  loaded: Loaded;
  patient: Patient;
  onReload: () => void;
}) {
  const s = useSession(where, loaded);
  const draft = useDraft<Typed>(`Procedure-${where.session}`, EMPTY);
  const [stage, setStage] = useStage(s);
  const [over, setOver] = useState<'' | 'emergency' | 'harm'>('');
  const heading = useRef<HTMLHeadingElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    if (isFirst.current) isFirst.current = false;
    else if (stage !== 'mixing') heading.current?.focus();
    scrollTo(0, 0);
  }, [stage, loaded.isSigned]);
  useEffect(() => {
    const look = (): void => {
      if (document.visibilityState === 'visible' && s.state.queue.length === 0) onReload();
    };
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [s.state.queue.length === 0]);
  const props: StageProps = {
    s,
    patient,
    stock: loaded.stock,
    draft: { ...draft, value: { ...EMPTY, ...draft.value } },
    onSigned: onReload,
  };
  const View = stage === 'sign' ? null : VIEWS[stage];
  return (
    <Frame
      s={s}
      patient={patient}
      stage={stage}
      isSigned={loaded.isSigned}
      draft={draft.state}
      onStage={setStage}
      onEmergency={() => setOver('emergency')}
      onHarm={() => setOver('harm')}
    >
      <h1 ref={heading} tabIndex={-1}>
        {loaded.isSigned ? t('session.note') : t(`session.stage_${stage}`)}
      </h1>
      {loaded.isSigned && <Signed s={s} onAdded={onReload} />}
      {!loaded.isSigned && View && <View key={stage} {...props} />}
      {!loaded.isSigned && stage === 'sign' && <Sign {...props} onStage={setStage} />}
      {over === 'emergency' && (
        <Emergency
          cards={s.sheet.emergencies}
          onClose={() => setOver('')}
          onHarm={() => setOver('harm')}
        />
      )}
      {over === 'harm' && (
        <HarmForm
          events={s.sheet.events}
          onClose={() => setOver('')}
          onRecord={(h) => {
            s.recordHarm(h);
            say(t('session.harm_recorded'));
          }}
        />
      )}
    </Frame>
  );
}
