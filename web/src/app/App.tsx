// SPDX-License-Identifier: Apache-2.0
// Which screen stands at the present address, for the one who is logged in.
import { useEffect, useErrorBoundary } from 'preact/hooks';

import { isExpired, me, type Me } from '../api/session';
import { SCREENS, type Screen } from '../screens';
import { lazily } from '../screens/lazily';
import { useStore } from '../store';
import { language, t } from '../text';
import { Button } from '../ui/Button';
import { Loading } from '../ui/Loading';
import { FirstPassword, Login } from './Login';
import { href, match, route } from './router';
import { Shell } from './Shell';

const Diary = lazily(() => import('../screens/diary'), 'Diary');
const nothing = (): void => {};

/** "/" is the first screen of those that a role has. */
function find(who: Me, path: string): { screen: Screen; args: string[] } | null {
  const first = SCREENS.find((s) => s.nav && s.roles.includes(who.role));
  if (path === '/' && first) return { screen: first, args: [] };
  for (const screen of SCREENS) {
    const args = match(screen.pattern, path);
    if (args) return { screen, args };
  }
  return null;
}

function Nowhere({ title, text }: { title: string; text: string }) {
  useEffect(arrive, [title]);
  return (
    <div class="state">
      <h1 tabIndex={-1}>{title}</h1>
      <p>{text}</p>
      <div class="row"><a class="button" href={href('/')}>{t('shell.home')}</a></div>
    </div>
  );
}

/** The heading gets the focus, so that a screen reader says where one is. */
function arrive(): void {
  const asked = document.querySelector<HTMLElement>('[data-first-focus]');
  (asked ?? document.querySelector<HTMLElement>('main h1'))?.focus();
  scrollTo(0, 0);
}

function useTitle(title: string): void {
  // Never a patient's name: titles stay in histories.
  useEffect(() => { document.title = `${title} – Enthesis`; }, [title]);
}

/** A mistake of the page: said, and nothing else is pulled along. */
function Guarded({ screen, args }: { screen: Screen; args: string[] }) {
  const [error, reset] = useErrorBoundary();
  if (error) {
    return (
      <div class="state" role="alert">
        <h1 tabIndex={-1}>{t('ui.broken')}</h1>
        <p>{t('ui.broken_help')}</p>
        <div class="row"><Button onClick={reset}>{t('ui.retry')}</Button></div>
      </div>
    );
  }
  return <screen.View args={args} onReady={arrive} />;
}

function Inside({ who }: { who: Me }) {
  const at = useStore(route);
  const found = find(who, at.path);
  const title = found ? t(found.screen.title) : t('shell.nowhere');
  useTitle(title);
  if (found?.screen.isFull && found.screen.roles.includes(who.role)) return <Guarded key={at.path} screen={found.screen} args={found.args} />;
  return (
    <Shell who={who} path={at.path}>
      {!found && <Nowhere title={t('shell.nowhere')} text={t('shell.nowhere_help')} />}
      {found && !found.screen.roles.includes(who.role) && <Nowhere title={t('shell.not_yours')} text={t('shell.not_yours_help')} />}
      {found && found.screen.roles.includes(who.role) && <Guarded key={at.path} screen={found.screen} args={found.args} />}
    </Shell>
  );
}

export function App() {
  const who = useStore(me);
  const expired = useStore(isExpired);
  const spoken = useStore(language);
  if (location.hash.startsWith('#link=') || who?.role === 'patient') return <Diary key={spoken} args={[]} onReady={nothing} />;
  if (who === undefined) return <Loading />;
  if (who === null) return <Login key={spoken} />;
  if (who.must_change_password) return <FirstPassword key={spoken} />;
  return (
    <>
      <div key={spoken} inert={expired}><Inside who={who} /></div>
      {expired && <Login isOver />}
    </>
  );
}
