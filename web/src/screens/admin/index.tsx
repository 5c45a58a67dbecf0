// SPDX-License-Identifier: Apache-2.0
// Administration: who works here, what programs may come in, the clinic's own settings, who did
// what, backups. Each part has an address: #/admin/audit.
import { useEffect, useState } from 'preact/hooks';

import { route } from '../../app/router';
import { useMe } from '../../app/Shell';
import { useStore } from '../../store';
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
  const at = useStore(route);
  const [part, setPart] = useState(args[0]);
  useEffect(() => setPart(args[0]), [at]);
  const active = parts.find((p) => p === part) ?? first;
  const open = (next: Part): void => { // the address follows; the tabs stay, and the focus in them
    history.pushState(null, '', `#/admin/${next}`);
    setPart(next);
  };
  const View = VIEWS[active];
  return (
    <div class="stack">
      <h1 tabIndex={-1}>{t('admin.title')}</h1>
      <Tabs<Part> label={t('admin.parts')} active={active} onTab={open}
        tabs={parts.map((key) => ({ key, label: t(`admin.part_${key}`) }))}>
        <div class="admin"><View /></div>
      </Tabs>
    </div>
  );
}
