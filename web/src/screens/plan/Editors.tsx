// SPDX-License-Identifier: Apache-2.0
// The plan that is being changed: where, what and when, the dose always in sight.
import { useState } from 'preact/hooks';

import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { ErrorBox, Loading } from '../../ui/Loading';
import { Tabs } from '../../ui/Tabs';
import { Doses } from './Dose';
import { Mixer } from './Mixer';
import { Sites } from './Sites';
import { refusalOf, type Editing, type Live } from './state';
import { When } from './When';

type Part = 'sites' | 'mixer' | 'schedule';

/** What is chosen for the plan that is being changed. */
export function Editors({ live, editing }: { live: Live; editing: Editing }) {
  const [part, setPart] = useState<Part>('sites');
  const [movesAll, setMovesAll] = useState(true);
  const answer = live.answer;
  const letter = editing.plans.edited;
  const choices = editing.plans[letter] ?? {};
  if (!answer)
    return live.error ? <ErrorBox error={live.error} onRetry={live.retry} /> : <Loading />;
  const side = answer.targets.find((x) => x.is_planned)?.side ?? 'unknown';
  const refusal = refusalOf(live.error);
  const firm = answer.plan?.sessions.filter((s) => !s.is_optional).length;
  const tabs = [
    {
      key: 'sites' as const,
      label: t('plan.tab_sites', { n: answer.atlas.filter((s) => s.is_planned).length }),
    },
    { key: 'mixer' as const, label: t('plan.mixer') },
    {
      key: 'schedule' as const,
      label: firm === undefined ? t('plan.schedule') : t('plan.tab_sessions', { n: firm }),
    },
  ];
  return (
    <section
      class={`panel editors stack tight series-edge-${letter}`}
      aria-label={t('plan.editor', { plan: t(`plan.arm.${letter}`) })}
      aria-busy={live.isStale || undefined}
    >
      <h2>{t(`plan.arm.${letter}`)}</h2>
      {answer.dose && <Doses dose={answer.dose} />}
      {refusal && (
        <Banner
          kind="danger"
          isAlert
          title={t('plan.refused')}
          actions={editing.undo && <Button onClick={editing.undo}>{t('plan.take_back')}</Button>}
        >
          {refusal}
        </Banner>
      )}
      {Boolean(live.error) && !refusal && <ErrorBox error={live.error} onRetry={live.retry} />}
      <Tabs tabs={tabs} active={part} onTab={setPart} label={t('plan.parts')}>
        {part === 'sites' && <Sites answer={answer} side={side} onEdit={editing.edit} />}
        {part === 'mixer' && <Mixer answer={answer} choices={choices} onEdit={editing.edit} />}
        {part === 'schedule' && (
          <When
            answer={answer}
            choices={choices}
            onEdit={editing.edit}
            movesAll={movesAll}
            onMovesAll={setMovesAll}
          />
        )}
      </Tabs>
    </section>
  );
}
