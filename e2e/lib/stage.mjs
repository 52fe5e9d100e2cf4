// One story's people, each with a browser of their own, and everything that is kept of what they saw.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Person } from './person.mjs';

/** Widths at which every page is looked at: a desk and a phone. */
export const WIDTHS = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

export class Stage {
  steps = 0;
  axe = 0;
  screenshots = 0;
  current = 'the start';
  #people = [];
  #complaints = [];

  constructor(name, browser, settings) {
    this.name = name;
    this.browser = browser;
    this.settings = settings;
  }

  /** Brings a person in, with a browser that remembers nothing. */
  async person(name, { script = true, dark = false } = {}) {
    const context = await this.browser.newContext({
      viewport: WIDTHS.desk,
      locale: 'en-GB',
      timezoneId: 'Europe/London',
      javaScriptEnabled: script,
      colorScheme: dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(10_000);
    return this.#watched(name, await context.newPage());
  }

  /** The same person, signed in as they are, in a second tab. */
  async tab(person) {
    return this.#watched(`${person.name}, second tab`, await person.page.context().newPage());
  }

  #watched(name, page) {
    page.on('pageerror', (error) => this.#complain(name, `script error: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error' && !isAnswer(message.text())) this.#complain(name, `console: ${message.text()}`);
    });
    page.on('response', (response) => {
      if (response.status() >= 500) this.#complain(name, `${response.status()} at ${new URL(response.url()).pathname}`);
    });
    page.on('request', (request) => {
      const { protocol, hostname } = new URL(request.url());
      if (protocol.startsWith('http') && !['127.0.0.1', 'localhost'].includes(hostname)) {
        this.#complain(name, `asked ${hostname}: pages must not reach outside`);
      }
    });
    const person = new Person(name, page, this);
    this.#people.push(person);
    return person;
  }

  /** Does one step, named as a person would say it. */
  async step(name, run) {
    this.current = name;
    const result = await run();
    this.steps += 1;
    console.log(`  - ${name}`);
    return result;
  }

  #complain(name, words) {
    this.#complaints.push(`${this.current}: ${name}: ${words}`);
  }

  /** Fails when a page broke its own rules while it looked well. */
  hasNoComplaints() {
    if (this.#complaints.length > 0) {
      throw new Error(`The pages complained:\n${[...new Set(this.#complaints)].join('\n')}`);
    }
  }

  /** Where a picture of this story goes. */
  async picture(file) {
    const folder = join(this.settings.results, 'screens', this.name);
    await mkdir(folder, { recursive: true });
    this.screenshots += 1;
    return join(folder, file);
  }

  /** The last thing that each person saw, for whoever looks into a failure. */
  async keepEvidence() {
    for (const person of this.#people) {
      const path = await this.picture(`failed-${person.name.replaceAll(/\W+/g, '-').toLowerCase()}.png`);
      const kept = await person.page.screenshot({ path, fullPage: true }).then(() => path, () => 'no picture');
      console.log(`    ${person.name} was at ${person.page.url()} (${kept})`);
    }
    for (const words of new Set(this.#complaints)) console.log(`    ${words}`);
  }

  async close() {
    for (const person of this.#people) await person.page.context().close();
  }
}

/** Chromium calls every answer of 400 and above an error; whether it is one is for the story to say. */
function isAnswer(text) {
  return /^Failed to load resource: the server responded with a status of 4\d\d/.test(text);
}
