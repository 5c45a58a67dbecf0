// SPDX-License-Identifier: Apache-2.0
// A link that opens nothing any more, and what to do about it.
import { ApiError } from '../../api/http';
import { t } from '../../text';
import { Button } from '../../ui/Button';

/** isSession: it was open, and its time is over. */
export function LinkOver({
  error,
  isSession,
  onRetry,
}: {
  error?: unknown;
  isSession?: boolean;
  onRetry?: () => void;
}) {
  const isOffline = !isSession && !(error instanceof ApiError);
  const isWait = error instanceof ApiError && error.status === 429;
  const kind = isOffline ? 'offline' : isWait ? 'wait' : isSession ? 'session' : 'used';
  return (
    <div class="d-page">
      <h1 tabIndex={-1}>{t(`diary.over.${kind}_title`)}</h1>
      <p>{t(`diary.over.${kind}`)}</p>
      {(kind === 'used' || kind === 'session') && <p>{t('diary.over.ask')}</p>}
      <p class="strong">{t('diary.over.urgent')}</p>
      {onRetry && (isOffline || isWait) && (
        <Button isLarge onClick={onRetry}>
          {t('ui.retry')}
        </Button>
      )}
    </div>
  );
}
