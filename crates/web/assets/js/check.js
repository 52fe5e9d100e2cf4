// Asking the server what it notices, while someone types.

import { marksInUtf16 } from "./text.js";

/** @typedef {import("./mirror.js").Mirror} Mirror */
/** @typedef {import("./noticed.js").Noticed} Noticed */

const PAUSE = 250;

export class Checker {
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
