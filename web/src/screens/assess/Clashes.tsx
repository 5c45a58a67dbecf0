// SPDX-License-Identifier: Apache-2.0
// What somebody else stored meanwhile, beside what was typed here. Each is decided by itself.
import { textOf, type CodeableConcept, type Resource } from '../../api/fhir';
import { formatDate } from '../../format';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Table } from '../../ui/Table';
import { placeName } from './BodyChart';
import type { Form } from './form';
import { conditionOf, type Clash } from './model';
import { valueWord } from './Question';
import { groupTitle } from './Section';
import type { Answer, Known, KnownExam, KnownProblem, ListChange } from './types';

function whatOf(form: Form, clash: Clash): string {
  const [kind = '', id = '', side = ''] = clash.key.split(':');
  if (kind === 'fact') return form.questions.facts.find((f) => f.id === id)?.title ?? id;
  if (kind === 'problem') return groupTitle('problem');
  if (kind === 'medications' || kind === 'allergies') return groupTitle(kind === 'medications' ? 'medicines'
    : 'allergy');
  const name = form.questions.atlas.find((s) => s.id === id)?.structure ?? form.questions.movements.find((m) => m.id === id)?.title ?? id;
  return side ? `${name}, ${side}` : name;
}

function problemWord(form: Form, p: KnownProblem | undefined): string {
  if (!p) return t('assess.gone');
  const condition = conditionOf(form.questions, p.condition);
  return [condition?.title ?? p.text ?? '', placeName(condition?.region, p.side),
    p.onset ? t('assess.since', { date: formatDate(p.onset) }) : ''].filter(Boolean).join(', ');
}

function listWord(c: ListChange): string {
  if (c.op === 'stop') return t('assess.stopped_on', { date: formatDate(c.until) });
  return c.op === 'none' ? t('ui.none') : t('assess.taken_back');
}

function resourceWord(r: Resource | undefined): string {
  if (!r) return t('assess.gone');
  const name = textOf((r.medicationCodeableConcept ?? r.code) as CodeableConcept);
  return `${name} (${String(r.status ?? textOf(r.clinicalStatus as CodeableConcept))})`;
}

function mineWord(form: Form, c: Clash): string {
  if (c.key === 'problem') return problemWord(form, c.mine as KnownProblem);
  if ('op' in c.mine) return listWord(c.mine);
  return valueWord((c.mine as Answer).value, (c.mine as Answer).unit);
}

function theirsWord(form: Form, c: Clash): string {
  if (c.key === 'problem') return problemWord(form, c.theirs as KnownProblem | undefined);
  if ('op' in c.mine) return resourceWord(c.theirs as Resource | undefined);
  const theirs = c.theirs as Known | KnownExam;
  return valueWord('is_unknown' in theirs && theirs.is_unknown ? null : theirs.value,
    'unit' in theirs ? theirs.unit : undefined);
}

export function Clashes({ form, clashes,
  onDecide }: { form: Form; clashes: readonly Clash[]; onDecide: (clash: Clash, isMine: boolean) => void }) {
  return (
    <section class="panel stack tight" aria-label={t('conflict.title')} id="clashes" tabIndex={-1}>
      <Banner kind="warn" isAlert title={t('conflict.title')}>{t('conflict.text')}</Banner>
      <Table caption={t('conflict.table')} rows={clashes} rowKey={(c) => c.key} columns={[
        { key: 'what', head: t('conflict.what'), cell: (c) => whatOf(form, c), isHead: true },
        { key: 'theirs', head: t('conflict.theirs'), cell: (c) => theirsWord(form, c) },
        { key: 'mine', head: t('conflict.mine'), cell: (c) => mineWord(form, c) },
        {
          key: 'choose', head: t('assess.decide'), cell: (c) => (
            <span class="row">
              <Button label={t('assess.theirs_of', { what: whatOf(form, c) })}
                onClick={() => onDecide(c, false)}>{t('assess.take_theirs')}</Button>
              <Button label={t('assess.mine_of', { what: whatOf(form, c) })}
                onClick={() => onDecide(c, true)}>{t('assess.keep_mine')}</Button>
            </span>
          ),
        },
      ]} />
    </section>
  );
}
