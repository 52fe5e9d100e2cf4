// What a person does at a page, and how a page is looked at.

import { createRequire } from 'node:module';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { WIDTHS } from './stage.mjs';

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];

export class Person {
  constructor(name, page, stage) {
    this.name = name;
    this.page = page;
    this.stage = stage;
  }

  /** Opens a page of ours and gives the status of the answer. */
  async go(address) {
    const answer = await this.page.goto(address);
    return answer?.status();
  }

  /**
   * Fills fields by their names. A text is typed, `true` ticks, an array ticks each value; radio buttons are chosen.
   *
   * @param {Record<string, string | boolean | string[]>} fields
   */
  async fill(fields, form = this.page.locator('main')) {
    for (const [name, value] of Object.entries(fields)) {
      const field = form.locator(`[name="${name}"]:not([type=hidden])`);
      await this.#unfold(field.first());
      if (Array.isArray(value)) {
        for (const each of value) await form.locator(`[name="${name}"][value="${each}"]`).check();
        continue;
      }
      const { tag, type } = await field.first().evaluate((e) => ({ tag: e.tagName, type: e.type }));
      if (tag === 'SELECT') await field.selectOption(value);
      else if (type === 'radio') await form.locator(`[name="${name}"][value="${value}"]`).check();
      else if (type === 'checkbox') await field.setChecked(Boolean(value));
      else await field.fill(value);
    }
  }

  /** Opens the folded part that a field lies in, as a person would: by its heading. */
  async #unfold(field) {
    const folded = field.locator('xpath=ancestor::details[not(@open)]');
    if (await folded.count()) await folded.last().locator('summary').first().click();
  }

  /** Presses the button or link of that name and waits for the page that follows. */
  async press(name, { exact = false } = {}) {
    const main = this.page.locator('main');
    const target = main.getByRole('button', { name, exact }).or(main.getByRole('link', { name, exact })).first();
    await target.click();
    await this.page.waitForLoadState();
  }

  /** Presses the button that sends `name=value`. */
  async send(name, value) {
    // The composer has a hidden twin of its save button in front, so that Enter in a field saves.
    await this.page.locator(`main button[name="${name}"][value="${value}"]`).last().click();
    await this.page.waitForLoadState();
  }

  /** Waits until a text is on the page, or in one part of it. */
  async sees(text, { within = 10_000, part = 'main' } = {}) {
    await this.page.locator(part).getByText(text).filter({ visible: true }).first().waitFor({ timeout: within });
  }

  /** The words of the page's main part. */
  words() {
    return this.page.locator('main').innerText();
  }

  /** Loads the page again until something holds: what happens behind the page has no event that it could wait for. */
  async reloadUntil(what, holds, within = 30_000) {
    const end = Date.now() + within;
    for (;;) {
      if (await holds(await this.words())) return;
      if (Date.now() > end) throw new Error(`${what}: not within ${within / 1000} s. The page says:\n${await this.words()}`);
      await this.page.waitForTimeout(250);
      await this.page.reload();
    }
  }

  /**
   * Looks at the page on a desk and on a phone: a picture of each, no sideways scroll, no accessibility fault.
   *
   * @param {string} name of the pictures
   * @param {{record?: string}} options `record` names the picture of the documentation
   */
  async look(name, { record, recordWidth = 'desk' } = {}) {
    const faults = [];
    for (const [width, size] of Object.entries(WIDTHS)) {
      await this.page.setViewportSize(size);
      const path = await this.stage.picture(`${name}-${size.width}.png`);
      await this.page.screenshot({ path, fullPage: true });
      if (record && this.stage.settings.screens && width === recordWidth) {
        const target = join(this.stage.settings.screens, record);
        await mkdir(dirname(target), { recursive: true });
        await copyFile(path, target);
      }
      const overflow = await this.page.evaluate(() => {
        const root = document.documentElement;
        return root.scrollWidth - root.clientWidth;
      });
      if (overflow > 1) faults.push(`${size.width} px: the page scrolls sideways by ${overflow} px`);
      faults.push(...(await this.#axe()).map((fault) => `${size.width} px: ${fault}`));
    }
    await this.page.setViewportSize(WIDTHS.desk);
    if (faults.length > 0) throw new Error(`${name} at ${this.page.url()}:\n${faults.join('\n')}`);
  }

  /** Accessibility faults of WCAG 2.0 to 2.2, A and AA. Evaluated in the page, since its policy forbids added scripts. */
  async #axe() {
    this.stage.axe += 1;
    await this.page.evaluate(axeSource);
    const violations = await this.page.evaluate(async (standards) => {
      const { violations } = await globalThis.axe.run(document, { runOnly: { type: 'tag', values: standards } });
      return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 4).map((n) => n.target.join(' ')).join('; ')}`);
    }, STANDARDS);
    return violations;
  }

  /** Goes to an element with the Tab key alone and checks that the place is visible. */
  async tabTo(selector, limit = 120) {
    for (let i = 0; i < limit; i += 1) {
      await this.page.keyboard.press('Tab');
      const at = await this.page.evaluate((wanted) => {
        const element = document.activeElement;
        if (!element || !element.matches(wanted)) return { there: false };
        const holders = [element, element.nextElementSibling, element.closest('label, div')].filter(Boolean);
        const visible = holders.some((holder) => {
          const own = getComputedStyle(holder);
          const before = getComputedStyle(holder, '::before');
          return [own, before].some((style) => style.outlineStyle !== 'none' || style.boxShadow !== 'none');
        });
        return { there: true, visible };
      }, selector);
      if (at.there && !at.visible) throw new Error(`${selector} has the keyboard, but nothing shows it`);
      if (at.there) return;
    }
    throw new Error(`${selector} cannot be reached with the Tab key`);
  }

  /** Types into a field that was reached with the keyboard. */
  async typeInto(selector, text) {
    await this.tabTo(selector);
    await this.page.keyboard.insertText(text);
  }
}
