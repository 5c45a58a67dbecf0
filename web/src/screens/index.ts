// SPDX-License-Identifier: Apache-2.0
// All screens: where they stand, who may see them, whether they are in the navigation. The server
// decides what may be asked; this only keeps dead ends away.
import type { ComponentType } from 'preact';

import type { Role } from '../api/session';
import type { TextKey } from '../text';
import { lazily } from './lazily';

export interface ScreenProps {
  /** What stands at the {} of the pattern. */
  args: string[];
}

export interface Screen {
  pattern: string;
  title: TextKey;
  View: ComponentType<ScreenProps & { onReady: () => void }>;
  roles: readonly Role[];
  nav?: boolean;
  /** Without the shell around it (the session on a tablet). */
  isFull?: boolean;
}

const EVERYBODY: readonly Role[] = ['owner', 'physician', 'assistant', 'reception', 'researcher', 'auditor'];
const DESK: readonly Role[] = ['owner', 'physician', 'assistant', 'reception'];
const CARE: readonly Role[] = ['owner', 'physician', 'assistant'];
const RESEARCH: readonly Role[] = ['owner', 'physician', 'researcher'];

// Each part of the page is fetched when it is first asked for: a patient's phone loads no console.
const Today = lazily(() => import('./today'), 'Today');
const PatientScreen = lazily(() => import('./patient'), 'PatientScreen');
const Assessment = lazily(() => import('./assess'), 'Assessment');
const Registration = lazily(() => import('./assess'), 'Registration');
const PlanScreen = lazily(() => import('./plan'), 'PlanScreen');
const SessionScreen = lazily(() => import('./session'), 'SessionScreen');
const Review = lazily(() => import('./review'), 'Review');
const Documents = lazily(() => import('./documents'), 'Documents');
const Registry = lazily(() => import('./registry'), 'Registry');
const TrialLab = lazily(() => import('./trial'), 'TrialLab');
const Knowledge = lazily(() => import('./knowledge'), 'Knowledge');
const Administration = lazily(() => import('./admin'), 'Administration');
const Account = lazily(() => import('./admin'), 'Account');

export const SCREENS: readonly Screen[] = [
  { pattern: '/', title: 'today.title', View: Today, roles: DESK, nav: true },
  { pattern: '/patient/new', title: 'register.title', View: Registration, roles: DESK },
  { pattern: '/patient/{}', title: 'patient.title', View: PatientScreen, roles: DESK },
  { pattern: '/patient/{}/edit', title: 'register.edit', View: Registration, roles: DESK },
  { pattern: '/patient/{}/assess', title: 'assess.title', View: Assessment, roles: CARE },
  { pattern: '/patient/{}/plan', title: 'plan.title', View: PlanScreen, roles: CARE },
  { pattern: '/patient/{}/session', title: 'session.title', View: SessionScreen, roles: CARE, isFull: true },
  { pattern: '/patient/{}/session/{}', title: 'session.title', View: SessionScreen, roles: CARE, isFull: true },
  { pattern: '/patient/{}/review', title: 'review.title', View: Review, roles: CARE },
  { pattern: '/patient/{}/documents', title: 'documents.title', View: Documents, roles: CARE },
  { pattern: '/registry', title: 'registry.title', View: Registry, roles: RESEARCH, nav: true },
  { pattern: '/trial', title: 'trial.title', View: TrialLab, roles: RESEARCH, nav: true },
  { pattern: '/knowledge', title: 'knowledge.title', View: Knowledge, roles: EVERYBODY, nav: true },
  { pattern: '/knowledge/{}', title: 'knowledge.title', View: Knowledge, roles: EVERYBODY },
  { pattern: '/knowledge/{}/{}', title: 'knowledge.title', View: Knowledge, roles: EVERYBODY },
  { pattern: '/admin', title: 'admin.title', View: Administration, roles: ['owner', 'auditor'], nav: true },
  { pattern: '/admin/{}', title: 'admin.title', View: Administration, roles: ['owner', 'auditor'] },
  { pattern: '/account', title: 'account.title', View: Account, roles: EVERYBODY },
];
