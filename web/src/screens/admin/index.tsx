// SPDX-License-Identifier: Apache-2.0
import { t } from '../../text';
import type { ScreenProps } from '..';

export function Administration(_: ScreenProps) {
  return <h1 tabIndex={-1}>{t('admin.title')}</h1>;
}

export function Account(_: ScreenProps) {
  return <h1 tabIndex={-1}>{t('account.title')}</h1>;
}
