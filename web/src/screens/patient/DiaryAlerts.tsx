// SPDX-License-Identifier: Apache-2.0
// What the patient wrote that somebody must answer. It stays until a clinician says that it is
// answered; two who do so at once see each other's change.
import { useState } from 'preact/hooks';

import { isConflict, readResource, update, type Resource } from '../../api/fhir';
import type { Alert, Overview } from '../../api/overview';
import { alertText, kindOf } from '../../app/PatientHeader';
import { useMe } from '../../app/Shell';
import { say } from '../../app/toasts';
import { formatDate } from '../../format';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Conflict, differences } from '../../ui/Conflict';
import { explainError } from '../../ui/Loading';
import { Status } from '../../ui/Status';

interface Clash { mine: Resource; theirs: Resource }

function useAnswer(flag: string, onDone: () => void) {
  const [state, setState] = useState<{ isBusy: boolean; error?: unknown; clash?: Clash | undefined; read?: Resource }>({ isBusy: false });
  const put = async (mine: Resource): Promise<void> => {
    setState({ isBusy: true });
    try {
      await update(mine);
      say(t('patient.answered'));
      onDone();
    } catch (error) {
      if (!isConflict(error)) return setState({ isBusy: false, error });
      setState({ isBusy: false, clash: { mine, theirs: await readResource<Resource>('Flag', flag) } });
    }
  };
  /** The version that is shown now is the one that is answered. */
  const answer = async (): Promise<void> => {
    try {
      await put({ ...(await readResource<Resource>('Flag', flag)), status: 'inactive' });
    } catch (error) {
      setState({ isBusy: false, error });
    }
  };
  return { ...state, answer, put, drop: () => setState({ isBusy: false }) };
}

function One({ alert, onDone }: { alert: Alert; onDone: () => void }) {
  const { role } = useMe();
  const flag = alert.id ?? '';
  const answer = useAnswer(flag, onDone);
  const { clash } = answer;
  return (
    <li class="stack tight">
      <Status kind={kindOf(alert)} isFilled={alert.level === 'E'}>{alertText(alert)}</Status>
      <span class="soft small">{formatDate(alert.since)}</span>
      {Boolean(answer.error) && <Banner kind="danger" isAlert>{explainError(answer.error)}</Banner>}
      {clash && (
        <Conflict rows={differences(clash.mine, clash.theirs)} onTheirs={() => { answer.drop(); onDone(); }}
          onMine={() => void answer.put({ ...clash.mine, ...(clash.theirs.meta ? { meta: clash.theirs.meta } : {}) })} />
      )}
      {!clash && <div><Button onClick={() => void answer.answer()} isBusy={answer.isBusy} why={role === 'assistant' ? t('patient.clinician_only') : undefined}>{t('patient.mark_answered')}</Button></div>}
    </li>
  );
}

export function DiaryAlerts({ o, onDone }: { o: Overview; onDone: () => void }) {
  const alerts = o.alerts.filter((a) => a.kind === 'diary');
  if (alerts.length === 0) return null;
  return (
    <section class="panel" aria-label={t('patient.diary_alerts')}>
      <h2 id="diary-alerts" tabIndex={-1}>{t('patient.diary_alerts')}</h2>
      <ul class="plain stack">{alerts.map((a) => <One key={a.id} alert={a} onDone={onDone} />)}</ul>
    </section>
  );
}
