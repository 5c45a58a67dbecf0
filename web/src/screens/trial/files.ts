// SPDX-License-Identifier: Apache-2.0
// Saving to a file of this machine.

/** A name that every system takes. */
const clean = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60) || 'trial';

export function download(name: string, value: unknown): void {
  const url = URL.createObjectURL(
    new Blob([`${JSON.stringify(value, null, 2)}\n`], { type: 'application/json' }),
  );
  const link = document.createElement('a');
  link.href = url;
  link.download = `${clean(name)}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
