// SPDX-License-Identifier: Apache-2.0
// Debian's Chromium, kept from talking to anybody but the server under test. Its headless shell opens
// a window seven times as fast as the whole browser, which draws a frame of its own around each.
import fs from 'node:fs';

import { chromium } from 'playwright-core';

const ARGUMENTS = [
  '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-domain-reliability', '--disable-breakpad',
  '--no-pings', '--disable-dev-shm-usage', '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1',
  '--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication,CertificateTransparencyComponentUpdater',
];

const SHELL = '/usr/bin/chromium-headless-shell';

export function launch() {
  const executablePath = process.env.CHROMIUM ?? (fs.existsSync(SHELL) ? SHELL : '/usr/bin/chromium');
  return chromium.launch({ executablePath, chromiumSandbox: false, args: ARGUMENTS });
}
