// Runs the browser stories, one after the other, each on a Bedside of its own with an empty folder.
//
//   node run.mjs [STORY...]
//
// Settings come from the environment; `cargo xtask test --only browser` sets them all:
//   BEDSIDE_BIN           the program to drive
//   BEDSIDE_CHROMIUM      the browser
//   BEDSIDE_RESULTS       where screenshots, logs and browser.json go
//   BEDSIDE_TEST_PDS      a Bluesky server, BEDSIDE_TEST_SMTP and BEDSIDE_TEST_SMTP_DIR a mail server
//   BEDSIDE_RECORD=1      also keep the pictures that the documentation shows, in docs/screens

import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './lib/browser.mjs';
import { startBedside } from './lib/bedside.mjs';
import { Stage } from './lib/stage.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const setting = (name, fallback) => process.env[name] || fallback;
const settings = {
  bin: setting('BEDSIDE_BIN', join(here, '../target/debug/bedside')),
  chromium: setting('BEDSIDE_CHROMIUM', '/usr/bin/chromium'),
  results: setting('BEDSIDE_RESULTS', join(here, '../test-results')),
  pds: setting('BEDSIDE_TEST_PDS'),
  smtp: setting('BEDSIDE_TEST_SMTP'),
  smtpDir: setting('BEDSIDE_TEST_SMTP_DIR'),
  screens: setting('BEDSIDE_RECORD') ? join(here, '../docs/screens') : undefined,
};

const wanted = process.argv.slice(2);
const files = (await readdir(join(here, 'stories'))).filter((file) => file.endsWith('.mjs')).sort();
const names = files.map((file) => basename(file, '.mjs'));
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`There is no story ${unknown.join(', ')}. The stories are: ${names.join(', ')}.`);
  process.exit(2);
}

await mkdir(settings.results, { recursive: true });
// A run that was stopped half-way leaves its folders.
for (const left of (await readdir(settings.results)).filter((name) => name.startsWith('data-'))) {
  await rm(join(settings.results, left), { recursive: true, force: true });
}
const browser = await launch(settings.chromium);
const total = { stories: 0, failed: 0, steps: 0, axe: 0, screenshots: 0 };
try {
  for (const name of names.filter((name) => wanted.length === 0 || wanted.includes(name))) {
    console.log(`\n${name}`);
    const began = performance.now();
    const module = await import(`./stories/${name}.mjs`);
    const missing = (module.needs ?? []).filter((key) => !settings[key]);
    if (missing.length > 0) {
      if (process.env.BEDSIDE_TEST_ALL) throw new Error(`${name} needs ${missing.join(', ')}, which is not set`);
      console.log(`  left out: needs ${missing.join(', ')}`);
      continue;
    }
    const stage = new Stage(name, browser, settings);
    let bedside;
    try {
      bedside = await startBedside(name, settings);
      await module.default({ stage, bedside, ...bedside, ...settings });
      stage.hasNoComplaints();
    } catch (error) {
      total.failed += 1;
      console.log(`  FAILED in "${stage.current}"\n${indented(error.stack ?? error)}`);
      await stage.keepEvidence();
      if (bedside) console.log(indented(`The server's last words:\n${bedside.lastWords()}`));
    } finally {
      await stage.close();
      await bedside?.stop();
    }
    total.stories += 1;
    total.steps += stage.steps;
    total.axe += stage.axe;
    total.screenshots += stage.screenshots;
    console.log(`  ${stage.steps} steps, ${stage.axe} accessibility checks, ${seconds(began)} s`);
  }
} finally {
  await browser.close();
}
await writeFile(join(settings.results, 'browser.json'), `${JSON.stringify(total)}\n`);
console.log(`\n${total.stories} stories, ${total.failed} failed; ${total.axe} accessibility checks, ${total.screenshots} screenshots`);
process.exit(total.failed === 0 ? 0 : 1);

function seconds(began) {
  return ((performance.now() - began) / 1000).toFixed(1);
}

function indented(text) {
  return String(text).replace(/^/gm, '    ');
}
