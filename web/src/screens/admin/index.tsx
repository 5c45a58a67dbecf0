// SPDX-License-Identifier: Apache-2.0
// Administration: who works here, what programs may come in, the clinic's own settings, who did
// what, backups. Each part has an address: #/admin/audit.
import { go } from '../../app/router';
import { useMe } from '../../app/Shell';
import { t } from '../../text';
import { Tabs } from '../../ui/Tabs';
import type { ScreenProps } from '..';
import { Audit } from './Audit';
import { Backup } from './Backup';
import { Policies } from './Policies';
import { Services } from './Services';
import { Staff } from './Staff';

export { Account } from './Account';

const PARTS = ['staff', 'services', 'policies', 'audit', 'backup'] as const;
type Part = (typeof PARTS)[number];
const VIEWS = { staff: Staff, services: Services, policies: Policies, audit: Audit, backup: Backup };

export function Administration({ args }: ScreenProps) {
  const { role } = useMe();
  const parts = role === 'owner' ? PARTS : (['policies', 'audit'] as const);
  const first: Part = role === 'owner' ? 'staff' : 'audit';
  const active = parts.find((p) => p === args[0]) ?? first;
  const View = VIEWS[active];
  return (
    <div class="stack">
      <h1 tabIndex={-1}>{t('admin.title')}</h1>
      <Tabs<Part> label={t('admin.parts')} active={active} onTab={(part) => go(`/admin/${part}`)}
        tabs={parts.map((key) => ({ key, label: t(`admin.part_${key}`) }))}>
        <div class="admin"><View /></div>
      </Tabs>
    </div>
  );
}
