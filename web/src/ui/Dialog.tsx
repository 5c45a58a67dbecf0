// SPDX-License-Identifier: Apache-2.0
// A question that must be answered first: only for what cannot be undone, and for conflicts.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

import { t } from '../text';
import { Button } from './Button';

export function Dialog({ title, children, onClose, actions }: { title: ComponentChildren; children: ComponentChildren; onClose: () => void; actions?: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    dialog.current?.showModal();
    return () => before?.focus?.();
  }, []);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={id} onCancel={(e) => { e.preventDefault(); onClose(); }}>
      <div class="stack">
        <h2 id={id}>{title}</h2>
        <div class="stack tight">{children}</div>
        <div class="row end">
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          {actions}
        </div>
      </div>
    </dialog>
  );
}
