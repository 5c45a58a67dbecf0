// SPDX-License-Identifier: Apache-2.0
// Around every page of the diary: whose clinic it is, the language. No way into the clinic's screens.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { chooseLanguage, language, LANGUAGES, t } from '../../text';

/** at: what names the page; when it changes, the heading gets the focus and is read aloud. */
export function Frame({
  at,
  clinic,
  children,
}: {
  at: string;
  clinic?: string | null | undefined;
  children: ComponentChildren;
}) {
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = `${t('diary.title')} – Enthesis`;
    main.current?.querySelector<HTMLElement>('[data-first], h1')?.focus();
    scrollTo(0, 0);
  }, [at]);
  return (
    <div class="diary">
      <header class="d-head">
        <span class="brand">
          <img src="/icon.svg" alt="" />
          {clinic ?? t('diary.clinic')}
        </span>
      </header>
      <main id="main" ref={main}>
        {children}
      </main>
      <footer class="d-foot">
        <label>
          {t('shell.language')}{' '}
          <select
            class="d-input short"
            value={language.get()}
            onChange={(e) => void chooseLanguage(e.currentTarget.value)}
          >
            {Object.entries(LANGUAGES).map(([code, name]) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </footer>
    </div>
  );
}
