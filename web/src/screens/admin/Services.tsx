// SPDX-License-Identifier: Apache-2.0
// Programs that may come in by themselves, and what for.
import { useState } from 'preact/hooks';

import { useQuery } from '../../api/query';
import { say } from '../../app/toasts';
import { formatTime } from '../../format';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Empty, explainError, Loaded } from '../../ui/Loading';
import { Status } from '../../ui/Status';
import { Table } from '../../ui/Table';
import { alterService, getServices, type Service } from './api';

export function Services() {
  const query = useQuery('admin-services', getServices);
  const [error, setError] = useState('');
  const set = (service: Service, disabled: boolean): void => {
    alterService(service.id, { disabled }).then(
      () => { say(t(disabled ? 'admin.said_disabled' : 'admin.said_enabled', { login: service.id }), () => set(service, !disabled)); query.reload(); },
      (e: unknown) => setError(explainError(e)),
    );
  };
  return (
    <Loaded query={query}>
      {(services) => (
        <section class="panel stack" aria-label={t('admin.part_services')}>
          <h2>{t('admin.part_services')}</h2>
          <p class="soft measure">{t('admin.services_text')}</p>
          {error && <Banner kind="danger" isAlert>{error}</Banner>}
          {services.length === 0 ? <Empty>{t('admin.no_services')}</Empty> : (
            <Table caption={t('admin.part_services')} isCaptionHidden rows={services} rowKey={(s) => s.id} columns={[
              { key: 'id', head: t('admin.service'), cell: (s) => s.id, isHead: true },
              { key: 'name', head: t('admin.name'), cell: (s) => s.name },
              { key: 'scopes', head: t('admin.scopes'), cell: (s) => <code>{s.scopes}</code> },
              { key: 'by', head: t('admin.by'), cell: (s) => t(`admin.by_${s.by}`) },
              { key: 'created', head: t('admin.created'), cell: (s) => formatTime(s.created) },
              { key: 'state', head: t('admin.state'), cell: (s) => <Status kind={s.disabled ? 'danger' : 'good'}>{s.disabled ? t('admin.disabled') : t('admin.active')}</Status> },
              { key: 'act', head: <span class="hidden-visually">{t('admin.act')}</span>, cell: (s) => <Button kind={s.disabled ? 'plain' : 'danger'} label={`${s.disabled ? t('admin.enable') : t('admin.disable')}: ${s.id}`} onClick={() => set(s, !s.disabled)}>{s.disabled ? t('admin.enable') : t('admin.disable')}</Button> },
            ]} />
          )}
        </section>
      )}
    </Loaded>
  );
}
