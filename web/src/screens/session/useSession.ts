// SPDX-License-Identifier: Apache-2.0
// A session being recorded: what is there, and everything that can be done. Each act is sent at
// once (outbox); what is not stored yet is already here.
import { useEffect, useMemo, useRef } from 'preact/hooks';

import type { Resource } from '../../api/fhir';
import { useStore } from '../../store';
import {
  administrationId,
  checklistId,
  mixId,
  newAdministration,
  newHarm,
  newMix,
  newResponse,
  newVial,
  newVitals,
  now,
  readAnswers,
  readGiven,
  readMix,
  readVial,
  readVitals,
  type Answer,
  type Answers,
  type Given,
  type Harm,
  type NewVial,
  type Vial,
  type Where,
} from './model';
import { keyOf, Outbox, type OutboxState } from './outbox';
import { chosenVials, type Loaded } from './record';
import type { Sheet, SheetItem, SheetMix, SheetSite } from './sheet';
import type { Vitals } from './vitals';

export interface SiteState {
  site: SheetSite;
  given: Given | null;
  isSkipped: boolean;
  isSent: boolean;
}

export interface Session {
  where: Where;
  sheet: Sheet;
  box: Outbox;
  state: OutboxState;
  procedure: Resource;
  answers: Answers;
  sites: readonly SiteState[];
  vials: ReadonlyMap<string, Vial>;
  mixes: ReadonlyMap<string, { useBy: string; vials: string[] }>;
  before: Vitals;
  after: Vitals;
  harms: readonly Resource[];
  answer(changes: Record<string, Partial<Answer>>): void;
  addVial(vial: NewVial): Resource;
  /** One that the clinic has. */
  useVial(stock: string, vial: Resource): void;
  dropVial(stock: string): void;
  mix(mix: SheetMix, checkedBy: string): void;
  give(site: SheetSite, given: Given): void;
  skip(site: SheetSite, given: Given, reason: string): void;
  undo(site: SheetSite): void;
  recordVitals(when: 'before' | 'after', vitals: Vitals): void;
  recordHarm(harm: Harm): void;
  isDone(item: SheetItem | undefined): boolean;
}

const CHECKLIST_TYPE = 'QuestionnaireResponse';

/** Phases of the checklist that are asked before the time-out. */
export const FIRST_PHASES = ['before_day', 'room', 'patient', 'consent', 'marking'];

/** Whether the answer lets the note be signed. */
export function isAnswered(item: SheetItem, answers: Answers): boolean {
  const value = answers.get(item.id)?.value;
  return value === true || (value === false && item.required !== 'yes') || !item.before_signing;
}

function siteStates(sheet: Sheet, session: string, s: OutboxState): SiteState[] {
  return sheet.sites.map((site) => {
    const key = `MedicationAdministration/${administrationId(session, site)}`;
    const resource = s.local.get(key);
    const counts = resource && resource.status !== 'entered-in-error';
    return {
      site,
      given: counts ? readGiven(resource) : null,
      isSkipped: resource?.status === 'not-done',
      isSent: !s.queue.includes(key),
    };
  });
}

function vialsOf(session: string, s: OutboxState): Map<string, Vial> {
  const out = new Map<string, Vial>();
  for (const [stock, id] of chosenVials(s.local.values(), session)) {
    const resource = s.local.get(`Medication/${id}`);
    if (resource) out.set(stock, readVial(resource));
  }
  return out;
}

function mixesOf(
  sheet: Sheet,
  session: string,
  s: OutboxState,
): Map<string, { useBy: string; vials: string[] }> {
  const out = new Map<string, { useBy: string; vials: string[] }>();
  for (const mix of sheet.mixes) {
    const resource = s.local.get(`Medication/${mixId(session, mix.label)}`);
    if (resource) out.set(mix.label, readMix(resource));
  }
  return out;
}

/** The acts; `get` is the state at the time of the act, not of the last drawing. */
function actsOf(where: Where, sheet: Sheet, box: Outbox) {
  const local = (): ReadonlyMap<string, Resource> => box.state.get().local;
  const responseKey = `${CHECKLIST_TYPE}/${checklistId(where.session)}`;
  const answersNow = (): Map<string, Answer> => new Map(readAnswers(local().get(responseKey)));

  const changed = (changes: Record<string, Partial<Answer>>): Resource => {
    const all = answersNow();
    for (const [id, change] of Object.entries(changes)) {
      const old = all.get(id) ?? { notes: {} };
      all.set(id, {
        value: 'value' in change ? change.value : old.value,
        notes: { ...old.notes, ...change.notes },
      });
    }
    return newResponse(where.session, where.patient, all, 'in-progress');
  };
  const answer = (changes: Record<string, Partial<Answer>>): void => box.put(changed(changes));

  /** The lines that the last site answers: injections, images, tally; the clock starts. */
  const afterSite = (resource: Resource): void => {
    const state = siteStates(sheet, where.session, {
      ...box.state.get(),
      local: new Map(local()).set(keyOf(resource), resource),
    });
    const isAll = state.every((s) => s.given) && state.some((s) => s.given && !s.isSkipped);
    box.put(resource);
    if (!isAll) return;
    const started = answersNow().get('CL-17')?.notes.start;
    const images = state.filter((s) => !s.isSkipped && s.site.guidance !== 'LM').length > 0;
    answer({
      'CL-13': { value: true },
      ...(images ? { 'CL-14': { value: true } } : {}),
      'CL-15': { value: true },
      'CL-17': { notes: { start: started || now() } },
    });
  };

  const choose = (stock: string, id: string): void =>
    answer({ 'CL-10': { notes: { [`vial.${stock}`]: id } } });
  return {
    answer,
    useVial(stock: string, vial: Resource): void {
      box.load([vial]);
      choose(stock, vial.id as string);
    },
    dropVial: (stock: string): void => choose(stock, ''),
    addVial(vial: NewVial): Resource {
      const count = [...local().keys()].filter((k) =>
        k.startsWith(`Medication/${where.session}-v`),
      ).length;
      const resource = newVial(`${where.session}-v${count + 1}`, vial);
      box.put(resource);
      choose(vial.stock, resource.id as string);
      return resource;
    },
    mix(mix: SheetMix, checkedBy: string): void {
      const made = newMix(
        where.session,
        mix,
        chosenVials(local().values(), where.session),
        sheet.limits.syringe_use_within_min,
      );
      box.put(made);
      const isLast = sheet.mixes.every((m) =>
        local().has(`Medication/${mixId(where.session, m.label)}`),
      );
      const notes = {
        [`mixed.${mix.label}`]: now(),
        ...(checkedBy ? { [`checked.${mix.label}`]: checkedBy } : {}),
      };
      answer({ 'CL-10': isLast ? { value: true, notes } : { notes } });
    },
    give: (site: SheetSite, given: Given): void =>
      afterSite(newAdministration(where, site, given, 'completed')),
    skip: (site: SheetSite, given: Given, reason: string): void =>
      afterSite(newAdministration(where, site, { ...given, reason }, 'not-done')),
    undo(site: SheetSite): void {
      const old = local().get(`MedicationAdministration/${administrationId(where.session, site)}`);
      if (!old) return;
      const { statusReason: _, ...rest } = old;
      box.put({ ...(rest as Resource), status: 'entered-in-error' });
      answer({
        'CL-13': { value: undefined },
        'CL-15': { value: undefined },
        'CL-17': { value: undefined, notes: { start: '' } },
      });
    },
    recordVitals: (when: 'before' | 'after', vitals: Vitals): void =>
      box.put(...newVitals(where, when, vitals)),
    recordHarm: (harm: Harm): void => box.put(newHarm(where, harm)),
  };
}

export function useSession(where: Where, loaded: Loaded): Session {
  const box = useRef<Outbox | null>(null);
  if (!box.current) {
    box.current = new Outbox();
    box.current.load(loaded.resources);
  }
  const out = box.current;
  const state = useStore(out.state);
  useEffect(() => {
    out.load(loaded.resources);
  }, [loaded]);
  useEffect(() => {
    const leave = (event: BeforeUnloadEvent): void => {
      if (out.state.get().queue.length > 0) event.preventDefault();
    };
    addEventListener('beforeunload', leave);
    return () => {
      removeEventListener('beforeunload', leave);
      out.stop();
    };
  }, []);
  const { sheet } = loaded;
  const acts = useMemo(() => actsOf(where, sheet, out), [where, sheet]);
  const answers = readAnswers(state.local.get(`${CHECKLIST_TYPE}/${checklistId(where.session)}`));
  return {
    where,
    sheet,
    box: out,
    state,
    procedure: state.local.get(`Procedure/${where.session}`) as Resource,
    answers,
    sites: siteStates(sheet, where.session, state),
    vials: vialsOf(where.session, state),
    mixes: mixesOf(sheet, where.session, state),
    before: readVitals(state.local.values(), where.session, 'before'),
    after: readVitals(state.local.values(), where.session, 'after'),
    harms: [...state.local.values()].filter(
      (r) => r.resourceType === 'AdverseEvent' && r.id?.startsWith(`${where.session}-`),
    ),
    ...acts,
    isDone: (item) => !item || isAnswered(item, answers),
  };
}
