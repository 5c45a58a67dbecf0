// SPDX-License-Identifier: Apache-2.0
// What is recorded goes out at once, one after the other. While the server does not answer it is
// kept and tried again until it does; nothing is written twice: a resource has the id that it was
// given here, is created only where there is none, and changed only over the version that was seen.
import { etagOf, readResource, type Resource } from '../../api/fhir';
import { ApiError, ConflictError, OfflineError, request } from '../../api/http';
import { store } from '../../store';

export interface Clash {
  key: string;
  mine: Resource;
  theirs: Resource;
}
export interface Refused {
  key: string;
  text: string;
}

export interface OutboxState {
  /** By "Type/id": as it is to be, sent or not. */
  local: ReadonlyMap<string, Resource>;
  /** What is not stored yet, in order. */
  queue: readonly string[];
  /** The server does not answer; it is tried again. */
  isWaiting: boolean;
  clash: Clash | null;
  refused: Refused | null;
}

const RETRY_MS = [1000, 2000, 4000, 8000];

export const keyOf = (r: Resource): string => `${r.resourceType}/${r.id}`;

/** Members in one order, without what the server adds: two that say the same are equal. */
export function canonical(value: unknown, isTop = true): string {
  if (Array.isArray(value)) return `[${value.map((v) => canonical(v, false)).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(
    ([k, v]) => v !== undefined && !(isTop && k === 'meta'),
  );
  return `{${members
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([k, v]) => `${k}:${canonical(v, false)}`)
    .join()}}`;
}

/** What the server said, in its own words. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof ApiError)) return '';
  const texts = error.issues.map(
    (i) => (i as { details?: { text?: string } }).details?.text ?? i.diagnostics ?? i.code,
  );
  return texts.map((text) => text.replace(/^rule [\w-]+: /, '')).join(' ');
}

const isTransient = (e: unknown): boolean =>
  e instanceof OfflineError ||
  (e instanceof ApiError && (e.status >= 500 || e.status === 429 || e.status === 401));

export class Outbox {
  readonly state = store<OutboxState>({
    local: new Map(),
    queue: [],
    isWaiting: false,
    clash: null,
    refused: null,
  });
  private stored = new Map<string, Resource>();
  private isBusy = false;
  private tries = 0;
  private timer = 0;

  /** What the server has; what is not sent yet stays as it is here. */
  load(resources: readonly Resource[]): void {
    const { local, queue } = this.state.get();
    const next = new Map(local);
    for (const r of resources) {
      this.stored.set(keyOf(r), r);
      if (!queue.includes(keyOf(r))) next.set(keyOf(r), r);
    }
    this.change({ local: next });
  }

  put(...resources: Resource[]): void {
    const { local, queue } = this.state.get();
    const next = new Map(local);
    const more = [...queue];
    for (const r of resources) {
      next.set(keyOf(r), r);
      if (!more.includes(keyOf(r))) more.push(keyOf(r));
    }
    this.change({ local: next, queue: more, refused: null });
    void this.pump();
  }

  isStored(key: string): boolean {
    return this.stored.has(key) && !this.state.get().queue.includes(key);
  }

  /** Resolves when nothing waits any more; false: a conflict or refusal stands in the way. */
  async flush(): Promise<boolean> {
    void this.pump();
    return new Promise((resolve) => {
      const look = (): boolean => {
        const s = this.state.get();
        if (s.queue.length > 0 && !s.clash && !s.refused) return false;
        resolve(s.queue.length === 0 && !s.refused);
        return true;
      };
      if (look()) return;
      const stop = this.state.watch(() => {
        if (look()) stop();
      });
    });
  }

  dismiss(): void {
    this.change({ refused: null });
  }

  /** Go on with what is stored. */
  takeTheirs(): void {
    const { clash, local, queue } = this.state.get();
    if (!clash) return;
    this.stored.set(clash.key, clash.theirs);
    this.change({
      clash: null,
      local: new Map(local).set(clash.key, clash.theirs),
      queue: queue.filter((k) => k !== clash.key),
    });
    void this.pump();
  }

  /** Go on with this, made of both, over what is stored. */
  takeMine(merged: Resource): void {
    const { clash, local } = this.state.get();
    if (!clash) return;
    this.stored.set(clash.key, clash.theirs);
    this.change({ clash: null, local: new Map(local).set(clash.key, merged) });
    void this.pump();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private change(part: Partial<OutboxState>): void {
    this.state.set({ ...this.state.get(), ...part });
  }

  private async pump(): Promise<void> {
    clearTimeout(this.timer);
    const { queue, clash } = this.state.get();
    const key = queue[0];
    if (this.isBusy || !key || clash) return;
    this.isBusy = true;
    const sent = this.state.get().local.get(key) as Resource;
    try {
      this.settle(key, sent, await this.write(key, sent));
    } catch (error) {
      await this.fail(key, sent, error);
    } finally {
      this.isBusy = false;
    }
    const after = this.state.get();
    if (after.queue.length > 0 && !after.clash && !after.isWaiting) void this.pump();
  }

  private async write(key: string, resource: Resource): Promise<Resource> {
    const before = this.stored.get(key);
    const options = before ? { ifMatch: etagOf(before) } : { headers: { 'if-none-match': '*' } };
    const { meta: _, ...body } = resource;
    return (await request<Resource>('PUT', `/fhir/${key}`, body, options)).data;
  }

  private settle(key: string, sent: Resource, answer: Resource): void {
    const { local, queue } = this.state.get();
    this.tries = 0;
    this.stored.set(key, answer);
    const isNewer = local.get(key) !== sent; // changed again meanwhile
    this.change({
      isWaiting: false,
      local: isNewer ? local : new Map(local).set(key, answer),
      queue: isNewer ? queue : queue.filter((k) => k !== key),
    });
  }

  private async fail(key: string, sent: Resource, error: unknown): Promise<void> {
    if (isTransient(error)) {
      this.wait();
    } else if (error instanceof ConflictError) {
      await this.meet(key, sent);
    } else {
      this.refuse(key, error);
    }
  }

  private wait(): void {
    const ms = RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)];
    this.change({ isWaiting: true });
    this.timer = window.setTimeout(() => void this.pump(), ms);
  }

  /** Another version is there: our own, when only its answer was lost; else somebody else's. */
  private async meet(key: string, sent: Resource): Promise<void> {
    const [type = '', id = ''] = key.split('/');
    try {
      const theirs = await readResource<Resource>(type, id);
      if (canonical(theirs) === canonical(sent)) this.settle(key, sent, theirs);
      else
        this.change({
          clash: { key, mine: this.state.get().local.get(key) ?? sent, theirs },
          isWaiting: false,
        });
    } catch (error) {
      if (isTransient(error)) this.wait();
      else this.refuse(key, error);
    }
  }

  /** A rule of the server: it is as it was before, and why is said. */
  private refuse(key: string, error: unknown): void {
    const { local, queue } = this.state.get();
    const next = new Map(local);
    const before = this.stored.get(key);
    if (before) next.set(key, before);
    else next.delete(key);
    this.change({
      local: next,
      queue: queue.filter((k) => k !== key),
      refused: { key, text: reasonOf(error) },
      isWaiting: false,
    });
  }
}
