// SPDX-License-Identifier: Apache-2.0
// What was just done, said without getting in the way, with its undo.
import { Button } from '../ui/Button';
import { store, useStore } from '../store';
import { t } from '../text';

interface Toast {
  id: number;
  text: string;
  undo?: (() => void) | undefined;
}

const SHOWN_MS = 8000;
const toasts = store<Toast[]>([]);
let count = 0;

function dismiss(id: number): void {
  toasts.set(toasts.get().filter((x) => x.id !== id));
}

/** Say it. With undo it stays until it is used or eight seconds have passed without focus in it. */
export function say(text: string, undo?: () => void): void {
  const id = ++count;
  toasts.set([...toasts.get().slice(-2), { id, text, undo }]);
  const end = (): void => {
    if (document.activeElement?.closest('.toast')) setTimeout(end, SHOWN_MS);
    else dismiss(id);
  };
  setTimeout(end, SHOWN_MS);
}

export function Toasts() {
  const list = useStore(toasts);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {list.map((x) => (
        <div class="toast" key={x.id}>
          <span>{x.text}</span>
          {x.undo && <Button onClick={() => { x.undo?.(); dismiss(x.id); }}>{t('ui.undo')}</Button>}
          <Button kind="quiet" label={t('ui.dismiss')} onClick={() => dismiss(x.id)}>×</Button>
        </div>
      ))}
    </div>
  );
}
