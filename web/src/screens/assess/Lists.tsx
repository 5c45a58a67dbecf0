// SPDX-License-Identifier: Apache-2.0
// Medicines and allergies: what the record lists, what is added, stopped or taken back.
import { useState } from 'preact/hooks';

import { formatDate } from '../../format';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Status } from '../../ui/Status';
import { DateField } from '../../ui/TextField';
import { Finder, type Found } from './Finder';
import type { Form } from './form';
import { itemsOf, noneOf, withChange, type Item } from './model';
import { FactSection } from './Section';
import type { ListChange, ListKind, Named } from './types';

const GROUP: Record<ListKind, 'medicines' | 'allergy'> = { medications: 'medicines', allergies: 'allergy' };
const name = (kind: ListKind): string => t(kind === 'medications' ? 'assess.medicine' : 'assess.allergen');

/** Whether a rule knows the name: a whole word of it. */
function isRecognised(names: readonly Named[], text: string): boolean {
  const words = ` ${text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ')} `;
  return names.some((n) => n.names.some((word) => words.includes(` ${word.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ')} `)));
}

function take(form: Form, kind: ListKind, change: Omit<ListChange, 'day'>, what: string): void {
  form.change(withChange(kind, form.record, form.typed, { ...change, day: form.day }), what);
}

function without(form: Form, kind: ListKind, index: number, what: string): void {
  form.change({ ...form.typed, [kind]: form.typed[kind].filter((_, i) => i !== index) }, what);
}

function Stop({ form, kind, item }: { form: Form; kind: ListKind; item: Item }) {
  const [isAsking, setAsking] = useState(false);
  const [day, setDay] = useState(form.day);
  const place = { resource: `${item.resource?.resourceType}/${item.resource?.id}`,
    version: Number(item.resource?.meta?.versionId) };
  if (!isAsking) return <Button kind="quiet" label={t('assess.stopped_of', { what: item.text })}
    onClick={() => setAsking(true)}>{t('assess.stopped')}</Button>;
  return (
    <span class="row">
      <DateField isShort hasFocus label={t('assess.last_dose')} value={day} max={form.day} onInput={setDay} />
      <Button onClick={() => { take(form, kind, { op: 'stop', until: day, ...place },
        item.text); setAsking(false); }}>{t('ui.save')}</Button>
      <Button kind="quiet" onClick={() => setAsking(false)}>{t('ui.cancel')}</Button>
    </span>
  );
}

function Line({ form, kind, item, names }: { form: Form; kind: ListKind; item: Item; names: readonly Named[] }) {
  const place = { resource: `${item.resource?.resourceType}/${item.resource?.id}`,
    version: Number(item.resource?.meta?.versionId) };
  const isChanged = item.change !== undefined && item.index !== undefined;
  const isVoid = item.change?.op === 'void';
  return (
    <li class="row spread">
      <span class="row">
        <strong class={isVoid ? 'struck' : undefined}>{item.text}</strong>
        {item.isStopped && <span class="soft">{t('assess.stopped_on', { date: formatDate(item.end) })}</span>}
        {isVoid && <span class="soft">{t('assess.taken_back')}</span>}
        {item.since && !isChanged && <span class="soft small">{t('assess.said_on',
          { date: formatDate(item.since) })}</span>}
        {!isRecognised(names, item.text) && <Status kind="unknown">{t('assess.not_recognised')}</Status>}
      </span>
      {form.mayDiagnose && (
        <span class="row">
          {isChanged && <Button kind="quiet" label={t('assess.undo_of', { what: item.text })}
            onClick={() => without(form, kind, item.index ?? -1, item.text)}>{t('ui.undo')}</Button>}
          {!isChanged && kind === 'medications' && !item.isStopped && <Stop form={form} kind={kind} item={item} />}
          {!isChanged && (
            <Button kind="quiet" label={t('assess.wrong_of', { what: item.text })}
              onClick={() => take(form, kind, { op: 'void', ...place }, item.text)}>{t('assess.wrong')}</Button>
          )}
        </span>
      )}
    </li>
  );
}

/** One entry a name, so that "Marevan" finds it as well as "warfarin". */
const foundOf = (names: readonly Named[]): Found[] =>
  names.map((n) => ({ key: n.id, label: n.names[0] ?? n.id, note: n.names.slice(1, 4).join(', '), words: n.names }));

export function ListSection({ form, kind }: { form: Form; kind: ListKind }) {
  const names = kind === 'medications' ? form.questions.drugs : form.questions.allergens;
  const items = itemsOf(kind, form.record, form.typed);
  const none = noneOf(kind, form.record);
  const saysNone = form.typed[kind].some((c) => c.op === 'none')
    || (items.length === 0 && none !== undefined && !form.typed[kind].some((c) => c.op === 'void'));
  const sayNone = (): void => {
    const place = none ? { resource: `${none.resourceType}/${none.id}`, version: Number(none.meta?.versionId) } : {};
    take(form, kind, { op: 'none', ...place }, t(kind === 'medications' ? 'assess.none_taken' : 'assess.none_known'));
  };
  return (
    <FactSection form={form} group={GROUP[kind]}>
      {!form.mayDiagnose && <Banner kind="note">{t('assess.physician_only')}</Banner>}
      {items.length > 0 && <ul class="plain list-lines">{items.map((i, n) => <Line key={n} form={form} kind={kind}
        item={i} names={names} />)}</ul>}
      {items.length === 0 && (
        <p class="row">
          {saysNone ? <Status kind="good">{t(kind === 'medications' ? 'assess.none_taken'
            : 'assess.none_known')}</Status> : <span class="soft">{t('assess.list_empty')}</span>}
          {form.mayDiagnose && !form.typed[kind].some((c) => c.op === 'none') && (
            <Button onClick={sayNone}>{t(kind === 'medications' ? 'assess.say_none_taken'
              : 'assess.say_none_known')}</Button>
          )}
        </p>
      )}
      {form.mayDiagnose && (
        <Finder label={t('assess.add_of', { what: name(kind) })} items={foundOf(names)}
          freeLabel={(text) => t('assess.add_as_typed', { text })}
          onPick={(item, text) => take(form, kind, { op: 'add', text: item?.label ?? text }, item?.label ?? text)} />
      )}
      {items.some((i) => !isRecognised(names, i.text)) && <p class="soft small">{t('assess.not_recognised_help')}</p>}
    </FactSection>
  );
}
