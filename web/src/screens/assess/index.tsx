// SPDX-License-Identifier: Apache-2.0
import { t } from '../../text';
import type { ScreenProps } from '..';

export function Assessment(_: ScreenProps) {
  return <h1 tabIndex={-1}>{t('assess.title')}</h1>;
}

export function Registration(_: ScreenProps) {
  return <h1 tabIndex={-1}>{t('register.title')}</h1>;
}
