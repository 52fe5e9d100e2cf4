// A real Chromium that talks to nobody but the pages under test.

import { chromium } from 'playwright-core';

/** Launches the browser. The sandbox is off because it needs rights that containers do not give; all pages are ours. */
export function launch(executablePath) {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
