// SPDX-License-Identifier: Apache-2.0
// Around every screen of the clinic: where one can go, who is logged in, what is wrong right now.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { online } from '../api/http';
import { logout, me, type Me } from '../api/session';
import { SCREENS } from '../screens';
import { useStore } from '../store';
import { chooseLanguage, language, LANGUAGES, t, tIf } from '../text';
import { Banner } from '../ui/Banner';
import { Button } from '../ui/Button';
import { href } from './router';
import { THEMES, theme, chooseTheme, type Theme } from './theme';
import { Toasts } from './toasts';

function Navigation({ who, path }: { who: Me; path: string }) {
  const items = SCREENS.filter((s) => s.nav && s.roles.includes(who.role));
  const isHere = (pattern: string): boolean => (pattern === '/' ? path === '/' : path.startsWith(pattern));
  return (
    <nav class="nav" aria-label={t('shell.nav')}>
      {items.map((s) => (
        <a key={s.pattern} href={href(s.pattern)} aria-current={isHere(s.pattern) ? 'page' : undefined}>{t(s.title)}</a>
      ))}
    </nav>
  );
}

function Preferences({ who }: { who: Me }) {
  const chosen = useStore(theme);
  const spoken = useStore(language);
  return (
    <div class="row">
      <label class="hidden-visually" for="language">{t('shell.language')}</label>
      <select id="language" class="input pick" value={spoken} onChange={(e) => void chooseLanguage(e.currentTarget.value)}>
        {Object.entries(LANGUAGES).map(([code, name]) => <option key={code} value={code}>{name}</option>)}
      </select>
      <label class="hidden-visually" for="theme">{t('shell.theme')}</label>
      <select id="theme" class="input pick" value={chosen} onChange={(e) => chooseTheme(e.currentTarget.value as Theme)}>
        {THEMES.map((name) => <option key={name} value={name}>{t(`shell.theme_${name}`)}</option>)}
      </select>
      <a href={href('/account')}>{who.login}{who.login !== who.role && <span class="soft"> ({tIf(`role.${who.role}`, who.role)})</span>}</a>
      <Button kind="quiet" onClick={() => void logout()}>{t('shell.logout')}</Button>
    </div>
  );
}

/** Two minutes before the silence ends the session. */
const WARN_S = 120;

function useIdleWarning(who: Me): boolean {
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    let last = Date.now();
    const touch = (): void => { last = Date.now(); };
    const idle = who.idle_s ?? 1800;
    const timer = setInterval(() => setNear((Date.now() - last) / 1000 > idle - WARN_S), 5000);
    const kinds = ['pointerdown', 'keydown'] as const;
    kinds.forEach((k) => addEventListener(k, touch));
    return () => { clearInterval(timer); kinds.forEach((k) => removeEventListener(k, touch)); };
  }, [who]);
  return isNear;
}

export function Notices({ who }: { who: Me }) {
  const isOnline = useStore(online);
  const isNear = useIdleWarning(who);
  return (
    <div class="notices" aria-live="polite">
      {!isOnline && <Banner kind="warn">{t('shell.offline')}</Banner>}
      {isNear && <Banner kind="note">{t('shell.idle')}</Banner>}
      {who.is_demo && <Banner kind="note">{t('shell.demo')}</Banner>}
    </div>
  );
}

export function Shell({ who, path, children }: { who: Me; path: string; children: ComponentChildren }) {
  return (
    <div class="shell">
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); document.getElementById('main')?.focus(); }}>{t('shell.skip')}</a>
      <header class="top no-print">
        <a class="brand" href={href('/')}><img src="/icon.svg" alt="" />Enthesis</a>
        <Navigation who={who} path={path} />
        <Preferences who={who} />
      </header>
      <Notices who={who} />
      <main id="main" class="main" tabIndex={-1}>{children}</main>
      <Toasts />
    </div>
  );
}

export function useMe(): Me {
  const who = useStore(me);
  if (!who) throw new Error('nobody is logged in');
  return who;
}
