// SPDX-License-Identifier: Apache-2.0
// What was done before: earlier treatments and sessions of the record. Read only.
import { formatDate } from '../../format';
import { t } from '../../text';
import { Table } from '../../ui/Table';
import { placeName } from './BodyChart';
import { codeWord, type Form } from './form';
import { Panel } from './Section';

export function History({ form }: { form: Form }) {
  const rows = [...form.record.intake.treatments].sort((a, b) => (b.day ?? '').localeCompare(a.day ?? ''));
  return (
    <Panel name="history">
      {rows.length === 0 && <p class="soft">{t('assess.no_history')}</p>}
      {rows.length > 0 && (
        <Table caption={t('assess.history_table')} isCaptionHidden rows={rows}
          rowKey={(r) => `${r.kind}${r.day}${r.region}${r.side}`} columns={[
          { key: 'day', head: t('assess.day'), cell: (r) => formatDate(r.day) },
          { key: 'what', head: t('assess.treatment'),
            cell: (r) => (r.kind === 'session' ? t('session.title') : codeWord(r.kind)), isHead: true },
          { key: 'where', head: t('assess.where'), cell: (r) => placeName(r.region, r.side) || '–' },
        ]} />
      )}
    </Panel>
  );
}
