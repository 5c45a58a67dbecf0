// SPDX-License-Identifier: Apache-2.0
// What a screen is while it has nothing to show: waiting, failed, empty.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { ApiError, OfflineError } from '../api/http';
import type { Query } from '../api/query';
import { t } from '../text';
import { Button } from './Button';

/** Shown only after a moment: what comes at once does not flicker. */
export function Loading({ what }: { what?: string }) {
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 250);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="state" role="status">
      {isSlow && <><p>{what ?? t('ui.loading')}</p><div class="loading-bar" /></>}
    </div>
  );
}

export function explainError(error: unknown): string {
  if (error instanceof OfflineError) return t('ui.offline');
  if (error instanceof ApiError) return error.status === 403 ? t('ui.forbidden') : error.message;
  return t('ui.broken_help');
}

export function ErrorBox({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return (
    <div class="state" role="alert">
      <p class="strong">{t('ui.failed')}</p>
      <p>{explainError(error)}</p>
      {error instanceof ApiError && error.requestId && <p class="small">{t('ui.request_id', { id: error.requestId })}</p>}
      {onRetry && <div class="row"><Button onClick={onRetry}>{t('ui.retry')}</Button></div>}
    </div>
  );
}

export function Empty({ children, actions }: { children: ComponentChildren; actions?: ComponentChildren }) {
  return (
    <div class="state">
      <div>{children}</div>
      {actions && <div class="row">{actions}</div>}
    </div>
  );
}

/** The three states of a query around what shows its data. */
export function Loaded<T>({ query, children, what }: { query: Query<T>; children: (data: T) => ComponentChildren; what?: string }) {
  if (query.error && query.data === undefined) return <ErrorBox error={query.error} onRetry={query.reload} />;
  if (query.data === undefined) return <Loading what={what} />;
  return <>{children(query.data)}</>;
}
