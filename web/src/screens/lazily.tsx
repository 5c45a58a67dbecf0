// SPDX-License-Identifier: Apache-2.0
// A screen whose code is fetched when it is first shown.
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { ErrorBox, Loading } from '../ui/Loading';

/** `name` of the module that `load` fetches, as a component; calls onReady once it is there. A
 * failed fetch says so and can be tried again. */
export function lazily<P extends object, N extends string>(load: () => Promise<Record<N, ComponentType<P>>>, name: N): ComponentType<P & { onReady: () => void }> {
  let View: ComponentType<P> | null = null;
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
