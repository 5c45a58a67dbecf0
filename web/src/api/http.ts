// SPDX-License-Identifier: Apache-2.0
// Requests to the server's public API. Everything the page knows comes through here.
import { store } from '../store';

export interface Issue {
  severity: string;
  code: string;
  details?: { text?: string };
  diagnostics?: string;
  expression?: string[];
}

/** A refusal: the server's OperationOutcome. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly issues: Issue[],
    readonly requestId: string,
  ) {
    super(issues.map((i) => i.details?.text ?? i.diagnostics ?? i.code).join('; ') || `status ${status}`);
  }
}

/** Somebody changed the same resource meanwhile (412 to an If-Match). */
export class ConflictError extends ApiError {}

/** The server did not answer at all. */
export class OfflineError extends Error {
  constructor() {
    super('the server does not answer');
  }
}

export interface Answer<T> {
  status: number;
  data: T;
  headers: Headers;
}

export interface RequestOptions {
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Version that the change rests on: W/"3" becomes If-Match. */
  ifMatch?: string | undefined;
  keepalive?: boolean;
  /** Do not ask for a login on 401: the caller is the login. */
  isLogin?: boolean;
}

/** Whether the last request reached the server. */
export const online = store(true);

let csrf: string | null = null;
export function setCsrf(token: string | null): void {
  csrf = token;
}

/** Set by app/session: resolves when somebody logged in again and the request may be repeated,
 * rejects when it may not. */
let loginAgain: (() => Promise<void>) | null = null;
export function onUnauthorized(ask: () => Promise<void>): void {
  loginAgain = ask;
}

function typeOf(path: string): string {
  return path.startsWith('/fhir') ? 'application/fhir+json' : 'application/json';
}

async function send(method: string, path: string, body: unknown, o: RequestOptions): Promise<Response> {
  const headers: Record<string, string> = { accept: typeOf(path), ...o.headers };
  if (body !== undefined && !headers['content-type']) headers['content-type'] = typeOf(path);
  if (csrf && method !== 'GET') headers['x-csrf-token'] = csrf;
  if (o.ifMatch) headers['if-match'] = o.ifMatch;
  const init: RequestInit = { method, headers, credentials: 'same-origin', cache: 'no-store' };
  if (body !== undefined) init.body = typeof body === 'string' ? body : JSON.stringify(body);
  if (o.signal) init.signal = o.signal;
  if (o.keepalive) init.keepalive = true;
  try {
    const answer = await fetch(path, init);
    online.set(true);
    return answer;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    online.set(false);
    throw new OfflineError();
  }
}

async function read(answer: Response): Promise<unknown> {
  const text = await answer.text();
  const isJson = (answer.headers.get('content-type') ?? '').includes('json');
  return isJson && text ? JSON.parse(text) : text;
}

function refusal(answer: Response, data: unknown): ApiError {
  const issues = (data as { issue?: Issue[] } | null)?.issue ?? [];
  const id = answer.headers.get('x-request-id') ?? '';
  return answer.status === 412 ? new ConflictError(412, issues, id) : new ApiError(answer.status, issues, id);
}

/** Ask. A refusal is thrown as ApiError, no answer as OfflineError. A session that ended is asked
 * for again over the screen, and the request goes on with the new one. */
export async function request<T>(
  method: string,
  path: string,
  body?: unknown,
  options: RequestOptions = {},
): Promise<Answer<T>> {
  let answer = await send(method, path, body, options);
  if (answer.status === 401 && !options.isLogin && loginAgain) {
    await loginAgain();
    answer = await send(method, path, body, options);
  }
  const data = await read(answer);
  if (!answer.ok) throw refusal(answer, data);
  return { status: answer.status, data: data as T, headers: answer.headers };
}

/** A file as it is: a PDF. */
export async function getBlob(path: string): Promise<Blob> {
  const ask = (): Promise<Response> => send('GET', path, undefined, { headers: { accept: '*/*' } });
  let answer = await ask();
  if (answer.status === 401 && loginAgain) {
    await loginAgain();
    answer = await ask();
  }
  if (!answer.ok) throw refusal(answer, await read(answer));
  return answer.blob();
}

export async function get<T>(path: string, options?: RequestOptions): Promise<T> {
  return (await request<T>('GET', path, undefined, options)).data;
}

export async function post<T>(path: string, body?: unknown, options?: RequestOptions): Promise<T> {
  return (await request<T>('POST', path, body, options)).data;
}

/** A search whose parameters must not stand in an address: names, birth dates. */
export async function searchByForm<T>(type: string, parameters: Record<string, string>, signal?: AbortSignal): Promise<T> {
  const options: RequestOptions = { headers: { 'content-type': 'application/x-www-form-urlencoded' } };
  if (signal) options.signal = signal;
  return post<T>(`/fhir/${type}/_search`, new URLSearchParams(parameters).toString(), options);
}
