// Write: checks while one types, shows marks, counts and previews, saves by itself.

import { Mirror } from "./mirror.js";
import { Noticed } from "./noticed.js";
import { showPictures } from "./pictures.js";
import { Saver } from "./save.js";
import { Tabs } from "./tabs.js";
import { marksInUtf16 } from "./text.js";

/** @typedef {import("./text.js").Mark} Mark */

const PAUSE = 250;

const form = document.getElementById("compose");
const field = document.getElementById("text");
if (form instanceof HTMLFormElement && field instanceof HTMLTextAreaElement) start(form, field);

/**
 * @param {HTMLFormElement} form
 * @param {HTMLTextAreaElement} field
 */
function start(form, field) {
  document.documentElement.classList.add("composing");
  const mirror = new Mirror(field);
  mirror.show(marksInUtf16(field.value, marksOfPage()));
  const noticed = new Noticed(form, mirror);
  const saver = new Saver(form, say);
  const previews = new Previews(form, field);
  const checker = new Checker(form, mirror, noticed);

  form.addEventListener("input", (event) => {
    if (event.target === field) mirror.typed();
    previews.update();
    checker.soon();
    saver.changed();
  });
  form.addEventListener("change", () => {
    previews.update();
    showWhen(form);
  });
  // The browser may have put back what was typed before the page was left.
  window.addEventListener("pageshow", () => {
    if (mirror.text !== field.value) {
      mirror.typed();
      checker.soon();
    }
    previews.update();
    showWhen(form);
  });
  previews.update();
  showWhen(form);

  const input = document.getElementById("pictures");
  const list = document.getElementById("picture-list");
  if (input instanceof HTMLInputElement && list) showPictures(input, list);
}

/**
 * The marks of the text that the server rendered.
 * @returns {Mark[]}
 */
function marksOfPage() {
  return [...document.querySelectorAll("#findings li[data-field='text']")]
    .filter((item) => item instanceof HTMLElement)
    .map((item) => ({
      n: Number(item.dataset.n),
      severity: /** @type {import("./text.js").Severity} */ (item.dataset.severity),
      field: "text",
      start: Number(item.dataset.start),
      end: Number(item.dataset.end),
    }));
}

/**
 * A message that must be seen, above the form.
 * @param {string} words
 */
function say(words) {
  const box = document.createElement("p");
  box.className = "bs-callout bs-callout--warn";
  box.setAttribute("role", "alert");
  box.textContent = words;
  form?.before(box);
}

class Checker {
  /**
   * @param {HTMLFormElement} form
   * @param {Mirror} mirror
   * @param {Noticed} noticed
   */
  constructor(form, mirror, noticed) {
    this.form = form;
    this.mirror = mirror;
    this.noticed = noticed;
    this.timer = 0;
    this.turn = 0;
    /** @type {AbortController | null} */
    this.under = null;
  }

  soon() {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.check(), PAUSE);
  }

  async check() {
    this.under?.abort();
    this.under = new AbortController();
    this.turn += 1;
    const turn = this.turn;
    const text = this.mirror.field.value;
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value === "string") body.append(name, value);
    }
    try {
      const answer = await fetch(this.form.dataset.check ?? "/check", {
        method: "POST",
        headers: { accept: "application/json" },
        credentials: "same-origin",
        redirect: "error",
        body,
        signal: this.under.signal,
      });
      if (!answer.ok) throw new Error("no answer");
      /** @type {import("./types.js").CheckAnswer} */
      const said = await answer.json();
      // An answer about words that have changed since would put its marks under the wrong ones.
      if (turn !== this.turn || text !== this.mirror.field.value) return;
      this.mirror.show(marksInUtf16(text, said.marks.filter((mark) => mark.field === "text")));
      this.noticed.take(said);
      count(said.counts);
      trouble("");
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      if (turn === this.turn) trouble("Bedside could not check this just now. It checks again before anything goes out.");
    }
  }
}

/** @param {string} words */
function trouble(words) {
  const old = document.getElementById("check-trouble");
  if (words === "") {
    old?.remove();
    return;
  }
  if (old) return;
  const line = document.createElement("p");
  line.id = "check-trouble";
  line.className = "bs-trouble";
  line.setAttribute("role", "status");
  line.textContent = words;
  document.getElementById("findings")?.before(line);
}

/** @param {import("./types.js").Count[]} counts */
function count(counts) {
  const list = document.getElementById("counts");
  if (!list) return;
  list.replaceChildren(
    ...counts.map((one) => {
      const item = document.createElement("li");
      item.dataset.channel = one.channel;
      item.className = one.over ? "is-over" : "";
      const number = String(one.count);
      if (!one.over && one.words.startsWith(number)) {
        const bold = document.createElement("b");
        bold.textContent = number;
        item.append(bold, one.words.slice(number.length));
      } else {
        item.textContent = one.words;
      }
      return item;
    }),
  );
}

class Previews {
  /**
   * @param {HTMLFormElement} form
   * @param {HTMLTextAreaElement} field
   */
  constructor(form, field) {
    this.form = form;
    this.field = field;
    this.set = document.getElementById("previews");
    this.tabs = this.set ? new Tabs(this.set, "How it will look on") : null;
    this.offered = "";
  }

  update() {
    if (!this.set || !this.tabs) return;
    const channels = new FormData(this.form).getAll("channels").map(String);
    for (const section of this.tabs.sections()) {
      section.classList.remove("bs-js");
      const own = section.querySelector("textarea[data-own]");
      const words = own instanceof HTMLTextAreaElement && own.value.trim() !== "" ? own.value : this.field.value;
      const shown = section.querySelector(".bs-preview__text");
      if (shown && shown.textContent !== words) shown.textContent = words;
    }
    if (channels.join() === this.offered) return;
    this.offered = channels.join();
    this.tabs.offer(new Set(channels));
    const card = this.set.closest(".bs-card");
    if (card instanceof HTMLElement) card.hidden = channels.length === 0;
  }
}

/**
 * Shows the day and time only when they matter, and says them in words.
 * @param {HTMLFormElement} form
 */
function showWhen(form) {
  const data = new FormData(form);
  const fields = document.getElementById("when-fields");
  if (fields) fields.hidden = data.get("when") !== "at";
  const words = document.querySelector(".bs-when-words");
  const date = String(data.get("date") ?? "");
  const time = String(data.get("time") ?? "");
  if (!words || !/^\d{4}-\d\d-\d\d$/.test(date) || !/^\d\d:\d\d/.test(time)) return;
  // The practice's own wall time, whatever this machine's zone is.
  const at = new Date(`${date}T${time.slice(0, 5)}:00Z`);
  const before = `${date}T${time.slice(0, 5)}`;
  if (Number.isNaN(at.getTime()) || words.getAttribute("data-at") === before) return;
  const first = words.getAttribute("data-at") === null;
  words.setAttribute("data-at", before);
  if (first && words.querySelector("time")) return;
  const day = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" }).format(at).replace(",", "");
  const hours = at.getUTCHours();
  const clock = `${hours % 12 === 0 ? 12 : hours % 12}:${String(at.getUTCMinutes()).padStart(2, "0")}${hours < 12 ? "am" : "pm"}`;
  const zone = fields?.dataset.zone ?? "";
  words.textContent = `${day} at ${clock}${zone ? ` (${zone})` : ""}`;
}
