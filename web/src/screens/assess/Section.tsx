// SPDX-License-Identifier: Apache-2.0
// A group of questions: those that the verdict waits for and those that are answered; the others
// are folded away. What was shown once stays where it is, so that nobody clicks beside it; when
// nothing waits for it any more, it is grey.
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';

import { t, tIf } from '../../text';
import { Button } from '../../ui/Button';
import { Status } from '../../ui/Status';
import { factsOf, HAS_NO_TO_ALL, isAnswered, isOpen, type Form } from './form';
import { factKey, seenOf, shownOf, withAnswer } from './model';
import { Question } from './Question';
import type { Fact } from './types';

export const groupTitle = (group: string): string => tIf(`assess.group.${group}`, group);

export interface Count { answered: number; open: number }

export function countOf(form: Form, group: string): Count {
  const facts = factsOf(form, group);
  return { answered: facts.filter((f) => isAnswered(form, f)).length,
    open: facts.filter((f) => isOpen(form, f)).length };
}

/** No rule waits for them, but a forecast and each review do. */
const ALWAYS: readonly string[] = ['scores'];

/** "no" or "none" to every open question that can be answered so. */
function noToAll(form: Form, open: readonly Fact[]): void {
  let next = form.typed;
  let n = 0;
  for (const fact of open) {
    const value = fact.type === 'bool' ? false : fact.values?.includes('none') ? 'none' : undefined;
    if (value === undefined) continue;
    const seen = seenOf(shownOf(next, form.record.intake, fact).known, form.day);
    next = withAnswer(next, factKey(fact.id), { value, day: form.day, ...(seen ? { seen } : {}) });
    n += 1;
  }
  form.change(next, t('assess.no_to', { n }));
}

export function Heading({ name, count, actions }: { name: string; count?: Count; actions?: ComponentChildren }) {
  return (
    <header class="row spread">
      <h2 id={`t-${name}`}>{groupTitle(name)}</h2>
      <div class="row">
        {actions}
        {count && count.open > 0 && <Status kind="unknown">{t('assess.open', { n: count.open })}</Status>}
        {count && count.open === 0 && count.answered > 0 && <Status kind="good">{t('assess.complete')}</Status>}
      </div>
    </header>
  );
}

export function Panel({ name, children, count,
  actions }: { name: string; children: ComponentChildren; count?: Count; actions?: ComponentChildren }) {
  return (
    <section id={`s-${name}`} class="panel stack tight" aria-labelledby={`t-${name}`} tabIndex={-1}>
      <Heading name={name} {...(count ? { count } : {})} {...(actions ? { actions } : {})} />
      {children}
    </section>
  );
}

/** children stand above the questions. */
export function FactSection({ form, group, children }: { form: Form; group: string; children?: ComponentChildren }) {
  const sticky = useRef(new Set<string>());
  const facts = factsOf(form, group);
  const isShown = (f: Fact): boolean => isOpen(form, f)
    || (isAnswered(form, f) && !form.record.intake.facts.some((k) => k.fact === f.id && k.derived));
  for (const f of facts) if (isShown(f)) sticky.current.add(f.id);
  const shown = facts.filter((f) => sticky.current.has(f.id) || ALWAYS.includes(group));
  const others = facts.filter((f) => !shown.includes(f));
  const open = shown.filter((f) => isOpen(form, f));
  const canNo = HAS_NO_TO_ALL.includes(group) && open.filter((f) => f.type === 'bool'
    || f.values?.includes('none')).length > 1;
  const actions = canNo && (
    <Button label={t('assess.no_to_rest_of', { group: groupTitle(group) })}
      onClick={() => noToAll(form, open)}>{t('assess.no_to_rest')}</Button>
  );
  return (
    <Panel name={group} count={countOf(form, group)} {...(actions ? { actions } : {})}>
      {children}
      {shown.length > 0 && <div class="questions">{shown.map((f) => <Question key={f.id} form={form}
        fact={f} />)}</div>}
      {shown.length === 0 && !children && <p class="soft">{t('assess.nothing_asked')}</p>}
      {others.length > 0 && (
        <details>
          <summary>{t('assess.others', { n: others.length })}</summary>
          <div class="questions">{others.map((f) => <Question key={f.id} form={form} fact={f} />)}</div>
        </details>
      )}
    </Panel>
  );
}
