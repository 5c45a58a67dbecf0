// SPDX-License-Identifier: Apache-2.0
// A score that has just been told: entered here, and the forecast moves.
import { useState } from 'preact/hooks';

import { say } from '../../app/toasts';
import { formatDate, formatNumber, today } from '../../format';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { explainError } from '../../ui/Loading';
import { NumberField } from '../../ui/NumberField';
import { DateField } from '../../ui/TextField';
import { saveScores, takeBack, type Instrument, type Score } from './data';

function hintOf(i: Instrument): string {
  const worst = t(i.direction === 'higher_worse' ? 'review.high_is_worse' : 'review.high_is_better');
  const last = i.last === undefined ? '' : t('review.last_was', { value: formatNumber(i.last), date: formatDate(i.last_day) });
  return [t('review.range', { low: String(i.low ?? 0), high: String(i.high ?? '…') }), worst, last].filter(Boolean).join('; ');
}

function given(values: Record<string, number | null>): Score[] {
  return Object.entries(values).flatMap(([instrument, value]) => (value === null ? [] : [{ instrument, value }]));
}

export function NewScore({ patient, instruments, onSaved }: { patient: string; instruments: readonly Instrument[]; onSaved: () => void }) {
  const [day, setDay] = useState(today());
  const [values, setValues] = useState<Record<string, number | null>>({});
  const [round, setRound] = useState(0);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const scores = given(values);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!scores.length) return setProblem(t('review.no_score'));
    if (!day || day > today()) return setProblem(t('review.day_wrong'));
    setBusy(true);
    setProblem('');
    try {
      const made = await saveScores(patient, day, scores);
      setValues({});
      setRound(round + 1);
      say(t('review.score_saved'), () => void takeBack(made).then(onSaved));
      onSaved();
    } catch (error) {
      setProblem(explainError(error));
    } finally {
      setBusy(false);
    }
    return undefined;
  };
  return (
    <form class="panel stack tight" onSubmit={(e) => void submit(e)} noValidate aria-labelledby="score-title">
      <h2 id="score-title">{t('review.new_score')}</h2>
      {problem && <Banner kind="danger" isAlert>{problem}</Banner>}
      <div class="scores">
        <DateField label={t('review.day')} value={day} onInput={setDay} max={today()} isRequired />
        {instruments.map((i) => (
          <NumberField key={`${i.id} ${round}`} label={i.title} hint={hintOf(i)} value={values[i.id] ?? null} min={i.low} max={i.high} step={1}
            onValue={(value) => setValues({ ...values, [i.id]: value })} />
        ))}
      </div>
      <div class="row"><Button type="submit" kind="primary" isBusy={isBusy}>{t('review.save_score')}</Button></div>
    </form>
  );
}
