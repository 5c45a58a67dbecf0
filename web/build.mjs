// SPDX-License-Identifier: Apache-2.0
// build.mjs OUT DEPFILE EMBED: the page as one C file: every file of it, plain and packed, for
// src/server/page.c. DEPFILE tells ninja what it was made from, EMBED is tools/embed.
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const web = path.dirname(new URL(import.meta.url).pathname);
const [out, depfile, embed] = process.argv.slice(2).map((p) => path.resolve(p));
const folder = `${out}.files`;
// What travels before the first screen of the clinic, or of a patient's phone, stands there.
const LIMIT = 150 * 1024;

fs.rmSync(folder, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: web,
  entryPoints: { app: 'src/main.tsx', style: 'styles/app.css' },
  outdir: folder,
  entryNames: '[name]',
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minify: true,
  metafile: true,
  legalComments: 'none',
  target: ['chrome110', 'firefox115', 'safari16.4'],
  logLevel: 'warning',
});

// English is in the script; each other language is a file that is fetched when it is chosen.
const languages = fs.readdirSync(path.join(web, 'text')).filter((f) => f.endsWith('.json') && f !== 'en.json');
const plain = ['index.html', 'icon.svg', ...languages.map((f) => `text/${f}`)];
for (const file of plain) {
  const text = fs.readFileSync(path.join(web, file), 'utf8');
  fs.writeFileSync(path.join(folder, path.basename(file)), file.endsWith('.json') ? JSON.stringify(JSON.parse(text)) : text);
}

const made = fs.readdirSync(folder).sort().map((f) => path.join(folder, f));
const packed = new Map();
for (const file of made) {
  const bytes = gzipSync(fs.readFileSync(file), { level: 9 });
  packed.set(path.basename(file), bytes.length);
  fs.writeFileSync(`${file}.gz`, bytes);
}

/** A script and all that it imports before it runs. */
function withImports(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  const output = Object.entries(metafile.outputs).find(([f]) => path.basename(f) === name)[1];
  for (const i of output.imports) if (i.kind === 'import-statement') withImports(path.basename(i.path), found);
  return found;
}

const nameOf = (entry) => path.basename(Object.entries(metafile.outputs).find(([, o]) => o.entryPoint === entry)[0]);
for (const screen of ['today', 'diary']) {
  const files = new Set([...withImports('app.js'), ...withImports(nameOf(`src/screens/${screen}/index.tsx`)), 'style.css', 'index.html', 'icon.svg']);
  const total = [...files].reduce((sum, f) => sum + packed.get(f), 0);
  if (total > LIMIT) {
    console.error(`the page up to the screen ${screen} is ${total} bytes packed, more than ${LIMIT}: leave something out`);
    process.exit(1);
  }
}
execFileSync(embed, ['EN_PAGE_FILES', out, ...made, ...made.map((f) => `${f}.gz`)]);
const inputs = [...Object.keys(metafile.inputs), ...plain, 'package-lock.json'];
fs.writeFileSync(depfile, `${out}: ${inputs.map((f) => path.resolve(web, f).replaceAll(' ', '\\ ')).join(' \\\n  ')}\n`);
