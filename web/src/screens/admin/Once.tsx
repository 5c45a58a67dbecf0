// SPDX-License-Identifier: Apache-2.0
// A secret that the server tells this once: shown until it is put away.
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';

export function Once({ title, secrets, text, onDone }: { title: string; secrets: readonly string[]; text: string; onDone: () => void }) {
  return (
    <Banner kind="warn" isAlert title={title} actions={<Button onClick={onDone}>{t('admin.noted')}</Button>}>
      <p>{text}</p>
      <ul class="plain admin-secrets">{secrets.map((s) => <li key={s}><code>{s}</code></li>)}</ul>
    </Banner>
  );
}
