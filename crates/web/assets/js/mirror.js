// The layer behind the text that carries the marks: same type, same width, transparent words.
//
// The field itself stays a plain textarea, so spelling, dictation, undo and screen readers are the browser's own.

import { follow, stretches } from "./text.js";

/** @typedef {import("./text.js").Mark} Mark */

const NUMBER_SIZE = 17;

export class Mirror {
  /** @param {HTMLTextAreaElement} field inside an element of its own */
  constructor(field) {
    this.field = field;
    this.text = field.value;
    /** @type {Mark[]} in UTF-16 units of `text` */
    this.marks = [];
    this.layer = document.createElement("div");
    this.layer.className = "bs-mirror";
    this.layer.setAttribute("aria-hidden", "true");
    this.numbers = document.createElement("div");
    this.numbers.className = "bs-numbers";
    this.numbers.setAttribute("aria-hidden", "true");
    field.before(this.layer);
    field.after(this.numbers);
    /** @type {{ node: Text, start: number }[]} */
    this.pieces = [];
    field.addEventListener("scroll", () => this.scroll(), { passive: true });
    new ResizeObserver(() => this.place()).observe(field);
    void document.fonts.ready.then(() => this.place());
    this.draw();
  }

  /** Takes the field's new text; marks move along with what was typed. */
  typed() {
    this.marks = follow(this.text, this.field.value, this.marks);
    this.text = this.field.value;
    this.draw();
  }

  /**
   * Shows the marks of the present text.
   * @param {Mark[]} marks in UTF-16 units
   */
  show(marks) {
    this.text = this.field.value;
    this.marks = marks;
    this.draw();
  }

  /**
   * Where a finding's words are now.
   * @param {number} n
   * @returns {Mark | undefined}
   */
  find(n) {
    return this.marks.find((mark) => mark.n === n);
  }

  draw() {
    const nodes = [];
    this.pieces = [];
    for (const { start, end, severity } of stretches(this.text.length, this.marks)) {
      const node = document.createTextNode(this.text.slice(start, end));
      this.pieces.push({ node, start });
      if (severity === null) {
        nodes.push(node);
      } else {
        const mark = document.createElement("mark");
        mark.dataset.severity = severity;
        mark.append(node);
        nodes.push(mark);
      }
    }
    // A last empty line has no height of its own without something in it.
    nodes.push(document.createTextNode("\u200b"));
    this.layer.replaceChildren(...nodes);
    this.place();
  }

  /** Hangs the numbers under the ends of their words. They lie in a layer of their own and take no room. */
  place() {
    this.scroll();
    const home = this.layer.getBoundingClientRect();
    const down = this.layer.scrollTop;
    /** @type {{ left: number, top: number }[]} */
    const taken = [];
    const chips = [];
    for (const mark of [...this.marks].sort((a, b) => a.end - b.end || a.n - b.n)) {
      const box = this.lastBox(mark);
      if (!box) continue;
      const top = box.bottom - home.top + down - 2;
      let left = Math.min(box.right - home.left - NUMBER_SIZE / 2, home.width - NUMBER_SIZE - 2);
      while (taken.some((other) => Math.abs(other.top - top) < NUMBER_SIZE && Math.abs(other.left - left) < NUMBER_SIZE + 1)) {
        left += 1;
      }
      taken.push({ left, top });
      const chip = document.createElement("span");
      chip.className = `bs-number bs-number--${mark.severity}`;
      chip.textContent = String(mark.n);
      chip.style.left = `${left}px`;
      chip.style.top = `${top}px`;
      chips.push(chip);
    }
    const sheet = document.createElement("div");
    sheet.append(...chips);
    sheet.style.transform = `translateY(${-down}px)`;
    this.numbers.replaceChildren(sheet);
  }

  /**
   * The rectangle of the last line that a mark's words stand on.
   * @param {Mark} mark
   * @returns {DOMRect | undefined}
   */
  lastBox(mark) {
    const from = this.spot(mark.start);
    const to = this.spot(mark.end);
    if (!from || !to) return undefined;
    const range = document.createRange();
    range.setStart(from.node, from.offset);
    range.setEnd(to.node, to.offset);
    const boxes = [...range.getClientRects()].filter((box) => box.width > 0);
    return boxes.at(-1);
  }

  /** @param {number} at */
  spot(at) {
    for (const { node, start } of this.pieces) {
      if (at <= start + node.length) return { node, offset: at - start };
    }
    return undefined;
  }

  scroll() {
    this.layer.scrollTop = this.field.scrollTop;
    const sheet = this.numbers.firstElementChild;
    if (sheet instanceof HTMLElement) sheet.style.transform = `translateY(${-this.layer.scrollTop}px)`;
  }
}
