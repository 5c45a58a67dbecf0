// SPDX-License-Identifier: Apache-2.0
// Accounts of people: what they may do here, who they are, whether their licence is valid.
import { useState } from 'preact/hooks';

import { useQuery } from '../../api/query';
import { t, tIf } from '../../text';
import { Button } from '../../ui/Button';
import { Loaded } from '../../ui/Loading';
import { Status } from '../../ui/Status';
import { Table } from '../../ui/Table';
import { AccountPanel, NewAccount } from './AccountPanel';
import { formOf, getAccounts, getPeople, type Account, type Person } from './api';
import { Licence, privilegeName } from './Licence';

function Privileges({ person }: { person: Person | undefined }) {
  const form = person && formOf(person);
  const all = form ? [...form.regions, ...form.guidance] : [];
  return all.length > 0 ? <span>{all.map(privilegeName).join(', ')}</span> : <span class="soft">{t('ui.none')}</span>;
}

function State({ account }: { account: Account }) {
  if (account.disabled) return <Status kind="danger">{t('admin.disabled')}</Status>;
  return (
    <span class="row">
      <Status kind={account.must_change_password ? 'note' : 'good'}>{account.must_change_password ? t('admin.first_password') : t('admin.active')}</Status>
      {account.second_factor && <span class="mark">{t('admin.second_factor')}</span>}
    </span>
  );
}

export function Staff() {
  const [open, setOpen] = useState<string | null>(null);
  const [isAdding, setAdding] = useState(false);
  const query = useQuery('admin-staff', async () => {
    const [accounts, people] = await Promise.all([getAccounts(), getPeople()]);
    return { accounts, people };
  });
  return (
    <Loaded query={query}>
      {({ accounts, people }) => {
        const personOf = (a: Account): Person | undefined => people.find((p) => p.practitioner.id === a.practitioner);
        const chosen = accounts.find((a) => a.login === open);
        return (
          <div class={chosen || isAdding ? 'admin-split' : 'stack'}>
            <section class="panel stack" aria-label={t('admin.part_staff')}>
              <div class="row spread">
                <h2>{t('admin.accounts', { n: accounts.length })}</h2>
                <Button kind="primary" onClick={() => { setOpen(null); setAdding(true); }}>{t('admin.new_account')}</Button>
              </div>
              <Table caption={t('admin.part_staff')} isCaptionHidden rows={accounts} rowKey={(a) => a.login} onOpen={(a) => { setAdding(false); setOpen(a.login); }} isSelected={(a) => a.login === open}
                columns={[
                  { key: 'login', head: t('admin.login'), cell: (a) => a.login, isHead: true },
                  { key: 'role', head: t('admin.role'), cell: (a) => tIf(`role.${a.role}`, a.role) },
                  { key: 'person', head: t('admin.person'), cell: (a) => { const p = personOf(a); return p ? formOf(p).name || <span class="soft">{t('admin.no_name')}</span> : <span class="soft">–</span>; } },
                  { key: 'licence', head: t('admin.licence'), cell: (a) => <Licence person={personOf(a)} /> },
                  { key: 'privileges', head: t('admin.privileges'), cell: (a) => <Privileges person={personOf(a)} /> },
                  { key: 'state', head: t('admin.state'), cell: (a) => <State account={a} /> },
                ]} />
            </section>
            {isAdding && <NewAccount people={people} onDone={() => { setAdding(false); query.reload(); }} onAdded={query.reload} />}
            {chosen && <AccountPanel key={chosen.login} account={chosen} people={people} onChanged={query.reload} onClose={() => setOpen(null)} />}
          </div>
        );
      }}
    </Loaded>
  );
}
