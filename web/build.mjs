// SPDX-License-Identifier: Apache-2.0
// build.mjs OUT [DEPFILE]: the page's files in OUT, each beside its gzip, for tools/embed to put
// into the binary. DEPFILE tells ninja what they were made from.
import { build } from 'esbuild';
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const web = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const [out, depfile] = process.argv.slice(2);
const LIMIT = 150 * 1024; // of all files, as they travel: a clinic's network may be slow
const TARGET = ['chrome110', 'firefox115', 'safari16.4'];

const common = {
  absWorkingDir: web,
  bundle: true,
  minify: true,
  metafile: true,
  write: true,
  legalComments: 'none',
  target: TARGET,
  logLevel: 'warning',
};

const script = await build({
  ...common,
  entryPoints: ['src/main.tsx'],
  outfile: path.resolve(out, 'app.js'),
  format: 'esm',
  jsx: 'automatic',
  jsxImportSource: 'preact',
});
const sheet = await build({
  ...common,
  entryPoints: ['styles/app.css'],
  outfile: path.resolve(out, 'app.css'),
});

// One catalogue of texts a language; English is in the script.
const languages = fs.readdirSync(path.join(web, 'text')).filter((f) => f.endsWith('.json') && f !== 'en.json');
const plain = ['index.html', 'icon.svg', ...languages.map((f) => `text/${f}`)];
for (const file of plain) {
  const text = fs.readFileSync(path.join(web, file), 'utf8');
  const small = file.endsWith('.json') ? JSON.stringify(JSON.parse(text)) : text;
  fs.writeFileSync(path.join(out, path.basename(file)), small);
}

let total = 0;
const made = ['app.js', 'app.css', ...plain.map((f) => path.basename(f))];
for (const file of made) {
  const packed = gzipSync(fs.readFileSync(path.join(out, file)), { level: 9 });
  total += packed.length;
  fs.writeFileSync(path.join(out, `${file}.gz`), packed);
}
if (total > LIMIT) {
  console.error(`the page is ${total} bytes packed, more than ${LIMIT}: leave something out`);
  process.exit(1);
}
if (depfile) {
  const inputs = [script, sheet].flatMap((r) => Object.keys(r.metafile.inputs));
  const all = [...inputs, ...plain, 'package-lock.json'].map((f) => path.resolve(web, f).replaceAll(' ', '\\ '));
  fs.writeFileSync(depfile, `${path.join(out, 'app.js')}: ${[...new Set(all)].join(' \\\n  ')}\n`);
}
