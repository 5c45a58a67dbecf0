// SPDX-License-Identifier: Apache-2.0
// A patient's own page: comes in by a one-time link, sees and writes the own diary, nothing else.
// The address holds the page's step only (#/d/fever): no browser sends it anywhere.
import { useEffect, useState } from 'preact/hooks';

import { replace, route } from '../../app/router';
import { get } from '../../api/http';
import { useQuery } from '../../api/query';
import { enterByLink, isExpired, me } from '../../api/session';
import { useStore } from '../../store';
import { ErrorBox, Loading } from '../../ui/Loading';
import { Frame } from './Frame';
import { Inside } from './Inside';
import { LinkOver } from './LinkOver';
import type { DiaryData } from './types';

type Entering = { at: 'asking' } | { at: 'in' } | { at: 'failed'; error: unknown };

/** The token is used once and goes from the address at once. */
function useLink(): [Entering, () => void] {
  const [token] = useState(() =>
    location.hash.startsWith('#link=') ? location.hash.slice('#link='.length) : '',
  );
  const [state, setState] = useState<Entering>(token ? { at: 'asking' } : { at: 'in' });
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (!token) return;
    enterByLink(token).then(
      () => {
        replace('/');
        setState({ at: 'in' });
      },
      (error: unknown) => setState({ at: 'failed', error }),
    );
  }, [round]);
  return [
    state,
    () => {
      setState({ at: 'asking' });
      setRound((r) => r + 1);
    },
  ];
}

function Loaded() {
  const query = useQuery('diary', (signal) => get<DiaryData>('/diary', { signal }));
  const at = useStore(route);
  const over = useStore(isExpired);
  const diary = query.data;
  if (over)
    return (
      <Frame at="over">
        <LinkOver isSession />
      </Frame>
    );
  if (!diary) {
    return (
      <Frame at="loading">
        {query.error ? <ErrorBox error={query.error} onRetry={query.reload} /> : <Loading />}
      </Frame>
    );
  }
  return (
    <Frame at={at.path} clinic={diary.clinic.name}>
      <Inside
        diary={diary}
        path={at.path}
        query={at.query}
        onFresh={query.put}
        onReload={query.reload}
      />
    </Frame>
  );
}

export function Diary() {
  const [link, again] = useLink();
  const who = useStore(me);
  if (link.at === 'asking')
    return (
      <Frame at="asking">
        <Loading />
      </Frame>
    );
  if (link.at === 'failed')
    return (
      <Frame at="failed">
        <LinkOver error={link.error} onRetry={again} />
      </Frame>
    );
  return who?.role === 'patient' ? <Loaded /> : null;
}
