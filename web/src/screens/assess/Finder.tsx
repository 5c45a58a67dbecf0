// SPDX-License-Identifier: Apache-2.0
// One of very many: what is typed narrows the list; arrows and Enter choose.
import { useId, useState } from 'preact/hooks';

import { t } from '../../text';
import { Field } from '../../ui/Field';

export interface Found { key: string; label: string; note?: string; words: string[] }

const SHOWN = 8;

const plain = (text: string): string => text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');

/** Those with a word that begins so come before those that merely hold it. */
function search(items: readonly Found[], text: string): Found[] {
  const wanted = plain(text.trim());
  if (!wanted) return [];
  const rank = (item: Found): number => {
    const words = item.words.map(plain);
    if (words.some((w) => w.startsWith(wanted))) return 0;
    if (words.some((w) => w.includes(` ${wanted}`))) return 1;
    return words.some((w) => w.includes(wanted)) ? 2 : 3;
  };
  return items.map((item) => ({ item, r: rank(item) })).filter((x) => x.r < 3).sort((a, b) => a.r - b.r).slice(0,
    SHOWN).map((x) => x.item);
}

/** onPick gets the found item, or the text as it was typed when freeLabel is given. */
export function Finder({ label, hint, items, onPick, freeLabel }: {
  label: string; hint?: string; items: readonly Found[]; onPick: (item: Found | null,
    text: string) => void; freeLabel?: (text: string) => string;
}) {
  const id = useId();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const found = search(items, text);
  const isFree = Boolean(freeLabel && text.trim());
  const count = found.length + (isFree ? 1 : 0);
  const take = (index: number): void => {
    const item = found[index];
    if (!item && !isFree) return;
    onPick(item ?? null, text.trim());
    setText('');
    setAt(0);
  };
  const key = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step && count) {
      event.preventDefault();
      setAt((at + step + count) % count);
    } else if (event.key === 'Enter' && count) {
      event.preventDefault();
      take(Math.min(at, count - 1));
    } else if (event.key === 'Escape') setText('');
  };
  const option = (index: number, main: string, note?: string) => (
    <li key={index} id={`${id}-${index}`} role="option" aria-selected={index === at}
      class={index === at ? 'at' : undefined}
      onPointerDown={(e) => { e.preventDefault(); take(index); }}>
      {main}{note && <span class="soft small"> {note}</span>}
    </li>
  );
  return (
    <div class="finder">
      <Field label={label} hint={hint}>
        {(c) => (
          <input {...c} class="input" type="text" role="combobox" autocomplete="off" spellcheck={false}
            aria-expanded={count > 0} aria-controls={`${id}-list`}
            aria-activedescendant={count > 0 ? `${id}-${at}` : undefined} aria-autocomplete="list" value={text}
              maxLength={200}
            onInput={(e) => { setText(e.currentTarget.value); setAt(0); }} onKeyDown={key} onBlur={() => setAt(0)} />
        )}
      </Field>
      <ul id={`${id}-list`} class="plain finder-list" role="listbox" aria-label={label} hidden={count === 0}>
        {found.map((f, i) => option(i, f.label, f.note))}
        {isFree && freeLabel && option(found.length, freeLabel(text.trim()))}
      </ul>
      {text.trim() && count === 0 && <p class="soft small" role="status">{t('assess.nothing_found')}</p>}
    </div>
  );
}
