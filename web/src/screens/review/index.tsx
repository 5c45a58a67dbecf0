// SPDX-License-Identifier: Apache-2.0
import { t } from '../../text';
import type { ScreenProps } from '..';

export function Review(_: ScreenProps) {
  return <h1 tabIndex={-1}>{t('review.title')}</h1>;
}
