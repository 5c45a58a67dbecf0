// SPDX-License-Identifier: Apache-2.0
import { t } from '../../text';

export function Diary() {
  return <main><h1 tabIndex={-1}>{t('diary.title')}</h1></main>;
}
