// SPDX-License-Identifier: Apache-2.0
// A running `enthesis serve` for tests: on a free port, with a logged-in owner.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const PROGRAM = process.env.ENTHESIS ?? 'build/enthesis';
const PASSWORD = 'a long enough password 1';

export function newFolder() {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'enthesis-serve-'));
}

// Starts the program and waits until it says where it listens. notice: what it wrote before.
export async function startServer(data, args = []) {
  const where = args.includes('--listen') ? [] : ['--listen', '127.0.0.1:0'];
  const child = spawn(PROGRAM, ['serve', '--data', data, ...where, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  const base = await new Promise((resolve, reject) => {
    const look = (chunk) => {
      text += chunk;
      const found = /(https?:\/\/127\.0\.0\.1:\d+)/.exec(text);
      if (found) resolve(found[1]);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    ended.then(() => reject(new Error(`the server did not start: ${text}`)));
  });
  return {
    base,
    fhir: `${base}/fhir`,
    ended,
    pid: child.pid,
    text: () => text,
    kill: (signal = 'SIGTERM') => child.kill(signal),
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}

// Headers that carry the session; logs in, at the first start with the password from the notice.
export async function login(server, name = 'owner', password = PASSWORD) {
  const post = (url, body, headers = {}) =>
    fetch(`${server.base}${url}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const first = /with the password (\S+)/.exec(server.text())?.[1];
  const session = async (word) => {
    const answer = await post('/auth/login', { login: name, password: word });
    if (answer.status !== 200) return null;
    const cookie = answer.headers.getSetCookie?.()[0] ?? answer.headers.get('set-cookie');
    const { csrf } = await answer.json();
    return { cookie: cookie.split(';')[0], 'x-csrf-token': csrf };
  };
  const known = await session(password);
  if (known) return known;
  const fresh = await session(first);
  if (!fresh) throw new Error('nobody can log in');
  const changed = await post('/auth/password', { current: first, new: password }, fresh);
  if (!changed.ok) throw new Error(`the password was not changed: ${changed.status}`);
  return session(password);
}

// The demo clinic in a folder of its own (data: an existing one, to start it again): base,
// password of all logins (named like their roles), link of a patient's diary.
export async function startDemo(args = [], data = path.join(newFolder(), 'demo')) {
  const server = await startServer(data, ['--demo', ...args]);
  while (!/#link=\S+\n/.test(server.text())) await new Promise((resolve) => setTimeout(resolve, 5));
  const text = server.text();
  return {
    ...server,
    data,
    password: /Password\s+(\S+)/.exec(text)?.[1],
    link: /(http\S+#link=\S+)/.exec(text)?.[1],
    remove: () => fs.rmSync(path.dirname(data), { recursive: true, force: true }),
  };
}
