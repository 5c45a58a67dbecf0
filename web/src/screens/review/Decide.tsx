// SPDX-License-Identifier: Apache-2.0
// What the clinician decides, in own words. The advice advises; it decides nothing.
import { useState } from 'preact/hooks';

import { useDraft } from '../../api/draft';
import type { Query } from '../../api/query';
import { useMe } from '../../app/Shell';
import { say } from '../../app/toasts';
import { formatTime } from '../../format';
import { t, tIf } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button, LinkButton } from '../../ui/Button';
import { Choice } from '../../ui/Choice';
import { DraftState } from '../../ui/DraftState';
import { explainError } from '../../ui/Loading';
import { TextArea } from '../../ui/TextField';
import { DECISIONS, decisionOf, saveDecision, undoDecision, wordsOf, type Decision, type Review } from './data';

interface Draft { decision: string; words: string }
const EMPTY: Draft = { decision: '', words: '' };

function Earlier({ decisions }: { decisions: readonly Decision[] }) {
  if (!decisions.length) return null;
  return (
    <details>
      <summary>{t('review.earlier', { n: decisions.length })}</summary>
      <ul class="plain stack tight">
        {decisions.map((d) => (
          <li key={d.id}><strong>{tIf(`review.advice_${decisionOf(d)}`, decisionOf(d))}</strong> <span class="soft">{formatTime(d.date)}</span><br />{wordsOf(d)}</li>
        ))}
      </ul>
    </details>
  );
}

export function Decide({ patient, r, target, decisions }: { patient: string; r: Review; target: string | undefined; decisions: Query<Decision[]> }) {
  const who = useMe();
  const draft = useDraft<Draft>(`review-${patient}`, EMPTY);
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const mayDecide = who.role === 'physician' || who.role === 'owner';
  const { decision, words } = draft.value;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!mayDecide) return setProblem(t('review.not_yours'));
    if (!decision) return setProblem(t('review.choose'));
    if (!words.trim()) return setProblem(t(decision === r.advice ? 'review.words_missing' : 'review.words_against'));
    setBusy(true);
    setProblem('');
    try {
      const label = tIf(`review.advice_${decision}`, decision);
      const made = await saveDecision(patient, { decision, label, words: words.trim(), advice: `${t('review.advice')}: ${t(`review.advice_${r.advice}`)}. ${r.reason ?? ''}`, target, practitioner: who.practitioner });
      await draft.forget();
      draft.set(EMPTY);
      decisions.reload();
      say(t('review.decided'), () => void undoDecision(made).then(decisions.reload));
    } catch (error) {
      setProblem(explainError(error));
    } finally {
      setBusy(false);
    }
    return undefined;
  };
  return (
    <form class="panel stack tight" onSubmit={(e) => void submit(e)} noValidate aria-labelledby="decide-title">
      <div class="row spread"><h2 id="decide-title">{t('review.decide')}</h2><DraftState state={draft.state} /></div>
      {problem && <Banner kind="danger" isAlert>{problem}</Banner>}
      <Choice label={t('review.decision')} hint={t('review.decision_hint', { advice: t(`review.advice_${r.advice}`) })} value={decision || null}
        options={DECISIONS.map((d) => ({ value: d as string, label: t(`review.advice_${d}`) }))} onValue={(d) => draft.set({ decision: d, words })} />
      <TextArea label={t('review.words')} hint={t('review.words_hint')} value={words} onInput={(w) => draft.set({ decision, words: w })} isRequired />
      <div class="row">
        <Button type="submit" kind="primary" isBusy={isBusy} why={mayDecide ? undefined : t('review.not_yours')}>{t('review.record')}</Button>
        <LinkButton to={`/patient/${patient}/plan`}>{t('review.change_plan')}</LinkButton>
        {decision === 'rediagnose' && <LinkButton to={`/patient/${patient}/documents?type=letter`}>{t('review.to_letter')}</LinkButton>}
      </div>
      <Earlier decisions={decisions.data ?? []} />
    </form>
  );
}
