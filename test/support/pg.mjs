// SPDX-License-Identifier: Apache-2.0
// A private PostgreSQL for tests: its own folder, its own socket, no port. Stopped by who started it.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const BIN = '/usr/lib/postgresql/15/bin';

// PostgreSQL refuses to run as root; then its own account does it.
function as(command, args) {
  return process.getuid() === 0
    ? ['runuser', ['-u', 'postgres', '--', command, ...args]]
    : [command, args];
}

function run(command, args) {
  execFileSync(...as(command, args), { stdio: ['ignore', 'ignore', 'inherit'] });
}

export function startPostgres() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'enthesis-pg-'));
  const data = path.join(folder, 'data');
  let count = 0;
  if (process.getuid() === 0) execFileSync('chown', ['postgres:', folder]);
  fs.chmodSync(folder, 0o755);
  run(`${BIN}/initdb`, ['-D', data, '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '-U', 'test']);
  const control = (...args) => run(`${BIN}/pg_ctl`, ['-D', data, '-w', ...args]);
  const start = () =>
    control('-l', path.join(folder, 'log'), '-o', `-c listen_addresses= -k ${folder}`, 'start');
  start();
  return {
    start,
    stop: (mode = 'fast') => control('-m', mode, 'stop'),
    // A fresh database's URL.
    database() {
      const name = `test${++count}`;
      run(`${BIN}/createdb`, ['-h', folder, '-U', 'test', name]);
      return `postgresql://test@/${name}?host=${encodeURIComponent(folder)}`;
    },
    sql: (name, text) => run(`${BIN}/psql`, ['-h', folder, '-U', 'test', '-q', '-c', text, name]),
    remove() {
      try {
        control('-m', 'immediate', 'stop');
      } catch {
        // It is stopped already.
      }
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
