// SPDX-License-Identifier: Apache-2.0
// Who is logged in. A session that ends asks for a login over the screen; what was being written
// stays there.
import { fixToday } from '../format';
import { store } from '../store';
import { ApiError, get, onUnauthorized, post, setCsrf } from './http';

export type Role = 'owner' | 'physician' | 'assistant' | 'reception' | 'researcher' | 'auditor' | 'patient';

/** The server refuses shorter ones; said before it is asked. */
export const PASSWORD_LETTERS = 12;

export interface Me {
  login: string;
  role: Role;
  practitioner?: string;
  patient?: string;
  csrf: string;
  must_change_password?: boolean;
  second_factor?: boolean;
  idle_s?: number;
  ends_s?: number;
  /** The server's day, when it was started with --today. */
  today?: string;
  is_demo?: boolean;
}

/** undefined: not asked yet; null: nobody. */
export const me = store<Me | null | undefined>(undefined);
/** The session ended while somebody worked. */
export const isExpired = store(false);

let waiting: { resolve: () => void; reject: (e: unknown) => void }[] = [];

function enter(who: Me): void {
  setCsrf(who.csrf);
  fixToday(who.today ?? null);
  me.set(who);
}

onUnauthorized(() => {
  if (!me.get()) {
    me.set(null);
    return Promise.reject(new ApiError(401, [], ''));
  }
  isExpired.set(true);
  return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
});

export async function resume(): Promise<void> {
  try {
    enter((await get<Me>('/auth/me', { isLogin: true })));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    me.set(null);
  }
}

/** Log in, at the start or over the screen. Somebody else over another's screen: it starts anew,
 * nothing of the other is shown. */
export async function login(name: string, password: string, code: string): Promise<void> {
  const before = me.get();
  const who = await post<Me>('/auth/login', code ? { login: name, password, code } : { login: name, password }, { isLogin: true });
  if (before && (before.login !== who.login || before.role !== who.role)) {
    location.hash = '';
    location.reload();
    return;
  }
  enter(who);
  isExpired.set(false);
  for (const w of waiting.splice(0)) w.resolve();
}

/** Come in by a patient's one-time link. */
export async function enterByLink(token: string): Promise<void> {
  enter(await post<Me>('/auth/link', { token }, { isLogin: true }));
}

export async function changePassword(current: string, next: string): Promise<void> {
  await post('/auth/password', { current, new: next });
  await resume();
}

export async function logout(): Promise<void> {
  try {
    await post('/auth/logout', undefined, { isLogin: true });
  } finally {
    leave();
  }
}

/** Forget everything of this session. */
export function leave(): void {
  waiting.splice(0).forEach((w) => w.reject(new ApiError(401, [], '')));
  location.hash = '';
  location.reload();
}
