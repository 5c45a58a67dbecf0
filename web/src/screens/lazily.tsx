// SPDX-License-Identifier: Apache-2.0
// A screen whose code is fetched when it is first shown.
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { ErrorBox, Loading } from '../ui/Loading';
import type { ScreenProps } from '.';

/** `name` of the module that `load` fetches, as a component; calls onReady once it is there. A
 * failed fetch says so and can be tried again. */
export function lazily<N extends string>(load: () => Promise<Record<N, ComponentType<ScreenProps>>>, name: N): ComponentType<ScreenProps & { onReady: () => void }> {
  let View: ComponentType<ScreenProps> | null = null;
  return function Lazy(props) {
    const [, redraw] = useState(0);
    const [error, setError] = useState<unknown>(null);
    const fetchIt = (): void => {
      setError(null);
      load().then((module) => { View = module[name]; redraw((n) => n + 1); }, setError);
    };
    useEffect(() => { if (!View) fetchIt(); }, []);
    useEffect(() => { if (View) props.onReady(); }, [View]);
    if (error) return <ErrorBox error={error} onRetry={fetchIt} />;
    return View ? <View {...props} /> : <Loading />;
  };
}
