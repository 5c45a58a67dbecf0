// SPDX-License-Identifier: Apache-2.0
// The emergency cards: one tap away in every stage, their steps on the screen at once. They came
// with the session, so they are there when the server is not.
import { useEffect, useRef, useState } from 'preact/hooks';

import { t } from '../../text';
import { Button } from '../../ui/Button';
import { Marks } from './parts';
import type { SheetCard } from './sheet';

export function Emergency({
  cards,
  onClose,
  onHarm,
}: {
  cards: readonly SheetCard[];
  onClose: () => void;
  onHarm: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [chosen, setChosen] = useState(cards[0]?.id);
  const card = cards.find((c) => c.id === chosen) ?? cards[0];
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    dialog.current?.showModal();
    return () => before?.focus?.();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="emergency"
      aria-labelledby="emergency-title"
      onCancel={(e) => {
        e.preventDefault();
        onClose();
      }}
    >
      <header class="row spread">
        <h2 id="emergency-title">{t('session.emergency')}</h2>
        <div class="row">
          <Button isLarge onClick={onHarm}>
            {t('session.record_harm')}
          </Button>
          <Button isLarge onClick={onClose}>
            {t('ui.close')}
          </Button>
        </div>
      </header>
      <div class="emergency-body">
        <ul class="plain stack tight" aria-label={t('session.which_emergency')}>
          {cards.map((c) => (
            <li key={c.id}>
              <Button isLarge isPressed={c.id === card?.id} onClick={() => setChosen(c.id)}>
                {c.title}
              </Button>
            </li>
          ))}
        </ul>
        {card && (
          <article class="stack tight" aria-live="polite">
            <h3>
              {card.title} <Marks of={card} />
            </h3>
            <p>{card.trigger}</p>
            <ol class="emergency-steps">
              {card.steps.map((step) => (
                <li key={step}>{step}</li>
              ))}
            </ol>
          </article>
        )}
      </div>
    </dialog>
  );
}
