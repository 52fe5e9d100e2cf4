// What Bedside noticed: the list, the bar and sheet of a phone, and acting on one finding.

import { toUtf16, withSpace } from "./text.js";

/** @typedef {import("./mirror.js").Mirror} Mirror */

/** How long a solved finding stays before the list is redrawn. */
const SOLVED = 1200;

export class Noticed {
  /**
   * @param {HTMLFormElement} form
   * @param {Mirror} mirror
   */
  constructor(form, mirror) {
    this.form = form;
    this.mirror = mirror;
    this.section = /** @type {HTMLElement} */ (document.getElementById("noticed"));
    this.body = /** @type {HTMLElement} */ (document.getElementById("findings"));
    this.count = document.getElementById("noticed-count");
    this.bar = document.getElementById("notice-bar");
    this.sheet = document.getElementById("sheet");
    this.live = document.getElementById("said");
    this.html = this.body.innerHTML;
    this.spoken = "";
    this.speaking = 0;
    this.solvedAt = 0;
    this.waiting = 0;
    /** "Show word" was pressed in the sheet: focus goes to the field, not back to the bar. */
    this.toField = false;
    this.home = document.createComment("noticed");
    this.section.before(this.home);
    this.section.addEventListener("click", (event) => this.press(event));
    this.bar?.addEventListener("click", () => this.open());
    if (this.sheet instanceof HTMLDialogElement) {
      this.sheet.addEventListener("close", () => this.closed());
      this.sheet.addEventListener("click", (event) => {
        if (event.target === this.sheet) this.close();
      });
    }
    window.matchMedia("(min-width: 860px)").addEventListener("change", () => this.close());
  }

  /**
   * Takes the answer to a check.
   * @param {import("./types.js").CheckAnswer} answer
   */
  take(answer) {
    window.clearTimeout(this.waiting);
    const rest = this.solvedAt + SOLVED - Date.now();
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (rest > 0 && !still) {
      this.waiting = window.setTimeout(() => this.draw(answer), rest);
    } else {
      this.draw(answer);
    }
    this.tell(answer.summary);
  }

  /** @param {import("./types.js").CheckAnswer} answer */
  draw(answer) {
    const total = answer.findings_html.split("<li ").length - 1;
    if (this.count) {
      this.count.textContent = String(total);
      this.count.hidden = total === 0;
    }
    if (this.bar) {
      this.bar.dataset.tone = answer.tone;
      const words = document.getElementById("bar-words");
      if (words) words.textContent = answer.summary || "Nothing to check yet";
      const icon = document.getElementById("bar-icon");
      const drawn = drawing(answer.tone);
      if (icon && drawn) icon.replaceChildren(drawn);
    }
    if (answer.findings_html === this.html) return;
    this.html = answer.findings_html;
    const open = new Set([...this.body.querySelectorAll("details[open]")].map((one) => keyOf(one)));
    const focused = this.body.contains(document.activeElement) ? document.activeElement : null;
    const focusedKey = focused ? keyOf(focused) : "";
    const focusedKind = focused ? kindOf(focused) : "";
    const fresh = document.createElement("template");
    fresh.innerHTML = answer.findings_html;
    this.body.replaceChildren(fresh.content);
    for (const details of this.body.querySelectorAll("details")) details.open = open.has(keyOf(details));
    if (focused) {
      const same = [...this.body.querySelectorAll("li")].find((item) => keyOf(item) === focusedKey);
      const control = same?.querySelector(focusedKind);
      (control instanceof HTMLElement ? control : this.section).focus({ preventScroll: true });
    }
  }

  /**
   * Says the sum to a screen reader, once typing has paused, and only when it is another one.
   * @param {string} summary
   */
  tell(summary) {
    window.clearTimeout(this.speaking);
    if (!this.live || summary === this.spoken) return;
    this.speaking = window.setTimeout(() => {
      this.spoken = summary;
      if (this.live) this.live.textContent = summary;
    }, 1000);
  }

  /** @param {MouseEvent} event */
  press(event) {
    const target = event.target instanceof Element ? event.target.closest("button") : null;
    if (!target) return;
    if ("done" in target.dataset) {
      this.close();
      return;
    }
    const item = target.closest("li");
    if (!item) return;
    if ("show" in target.dataset) this.show(item);
    else if (target.dataset.use !== undefined) this.use(item, target.dataset.use);
  }

  /**
   * The field and the place of a finding's words now, or nothing when they are gone.
   * @param {HTMLElement} item
   * @returns {{ field: HTMLTextAreaElement, start: number, end: number } | null}
   */
  place(item) {
    const name = item.dataset.field ?? "text";
    const field = this.form.elements.namedItem(name);
    if (!(field instanceof HTMLTextAreaElement)) return null;
    if (field === this.mirror.field) {
      const mark = this.mirror.find(Number(item.dataset.n));
      return mark ? { field, start: mark.start, end: mark.end } : null;
    }
    const [start, end] = toUtf16(field.value, [Number(item.dataset.start), Number(item.dataset.end)]);
    return end > start ? { field, start, end } : null;
  }

  /** @param {HTMLElement} item */
  show(item) {
    const place = this.place(item);
    if (!place) return;
    this.toField = this.sheet instanceof HTMLDialogElement && this.sheet.open;
    this.close();
    place.field.closest("details")?.setAttribute("open", "");
    place.field.focus({ preventScroll: true });
    place.field.setSelectionRange(place.start, place.end);
    place.field.scrollIntoView({ block: "center" });
  }

  /**
   * Puts other words in place of a finding's, as an edit that the field's own undo takes back.
   * @param {HTMLElement} item
   * @param {string} words
   */
  use(item, words) {
    const place = this.place(item);
    if (!place) return;
    const inSheet = this.sheet instanceof HTMLDialogElement && this.sheet.open;
    const where = document.activeElement;
    // A field behind an open dialog cannot take focus, and only a focused one takes an edit that can be undone.
    if (inSheet && this.sheet instanceof HTMLDialogElement) this.sheet.close();
    const [start, end] = words === "" ? withSpace(place.field.value, place.start, place.end) : [place.start, place.end];
    place.field.focus({ preventScroll: true });
    place.field.setSelectionRange(start, end);
    const done = words === "" ? document.execCommand("delete") : document.execCommand("insertText", false, words);
    if (!done) {
      place.field.setRangeText(words, start, end, "end");
      place.field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.solve(item);
    if (inSheet) {
      this.open();
      if (where instanceof HTMLElement) this.section.focus({ preventScroll: true });
    }
  }

  /** @param {HTMLElement} item */
  solve(item) {
    this.solvedAt = Date.now();
    const head = item.querySelector(".bs-finding__head");
    const tick = drawing("tick");
    if (head) {
      const words = document.createElement("span");
      words.className = "bs-tag bs-tag--bare bs-tone-ok";
      if (tick) words.append(tick);
      words.append("Solved");
      head.replaceChildren(words);
    }
    item.classList.add("is-solved");
    for (const control of item.querySelectorAll("button, summary")) control.setAttribute("tabindex", "-1");
    if (this.live) this.live.textContent = `Solved: ${item.querySelector("h3")?.textContent ?? ""}`;
    this.spoken = "";
  }

  open() {
    if (!(this.sheet instanceof HTMLDialogElement) || this.sheet.open) return;
    this.sheet.append(this.section);
    this.sheet.showModal();
    this.section.focus({ preventScroll: true });
  }

  close() {
    if (this.sheet instanceof HTMLDialogElement && this.sheet.open) this.sheet.close();
  }

  closed() {
    // The event comes late: a sheet that was closed for an edit is open again by now.
    if (this.sheet instanceof HTMLDialogElement && this.sheet.open) return;
    this.home.after(this.section);
    if (!this.toField && window.matchMedia("(max-width: 859.98px)").matches) this.bar?.focus({ preventScroll: true });
    this.toField = false;
  }
}

/**
 * A drawing from the page's own store of them.
 * @param {string} tone
 * @returns {Node | null}
 */
function drawing(tone) {
  const store = document.getElementById("tone-icons");
  if (!(store instanceof HTMLTemplateElement)) return null;
  return store.content.querySelector(`[data-tone="${tone}"] svg`)?.cloneNode(true) ?? null;
}

/**
 * What a finding is, whatever its number: the same finding keeps its open answer and its focus.
 * @param {Element} element
 */
function keyOf(element) {
  const item = element.closest("li");
  if (!item) return "";
  return [item.dataset.severity, item.dataset.field, item.querySelector("h3")?.textContent, item.querySelector(".bs-finding__quote")?.textContent].join("|");
}

/** @param {Element} control */
function kindOf(control) {
  if (control.matches("summary")) return "summary";
  if (control.hasAttribute("data-show")) return "[data-show]";
  return "[data-use]";
}
