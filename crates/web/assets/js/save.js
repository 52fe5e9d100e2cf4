// Saving by itself, and what happens when it cannot.

import { clock, forget, keep, kept } from "./keep.js";

const PAUSE = 1500;
const LONGEST = 10_000;
const AGAIN = 8000;

export class Saver {
  /**
   * @param {HTMLFormElement} form
   * @param {(words: string) => void} say
   */
  constructor(form, say) {
    this.form = form;
    this.say = say;
    this.status = document.getElementById("saved");
    this.post = form.dataset.post ?? "";
    this.timer = 0;
    /** When the oldest unsaved letter was typed. */
    this.since = 0;
    this.busy = false;
    this.stopped = false;
    this.saved = this.snapshot();
    this.offerKept();
    form.addEventListener("submit", () => {
      this.stopped = true;
      window.clearTimeout(this.timer);
      forget(this.post);
    });
    window.addEventListener("pagehide", () => this.leave());
    window.addEventListener("online", () => void this.save());
  }

  /** Everything that a save takes, as one string to compare. */
  snapshot() {
    return JSON.stringify(this.content());
  }

  content() {
    const data = new FormData(this.form);
    /** @type {Record<string, string>} */
    const own = {};
    /** @type {Record<string, string>} */
    const alts = {};
    for (const [name, value] of data) {
      if (typeof value !== "string") continue;
      if (name.startsWith("own_text_")) own[name.slice("own_text_".length)] = value;
      else if (/^alt_\d+$/.test(name)) alts[name.slice("alt_".length)] = value;
    }
    const one = (/** @type {string} */ name) => String(data.get(name) ?? "");
    return {
      text: one("text"),
      channels: data.getAll("channels").map(String),
      own_texts: own,
      alts,
      when: one("when"),
      date: one("date"),
      time: one("time"),
    };
  }

  /** Something was typed or ticked. */
  changed() {
    if (this.stopped) return;
    const now = Date.now();
    if (this.since === 0) this.since = now;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.save(), Math.max(0, Math.min(PAUSE, this.since + LONGEST - now)));
  }

  /** Nothing worth a draft of its own has been written yet. */
  empty() {
    const { text, own_texts } = this.content();
    return this.post === "" && text.trim() === "" && Object.values(own_texts).every((own) => own.trim() === "");
  }

  request() {
    const field = this.form.elements.namedItem("csrf");
    const revision = this.form.elements.namedItem("revision");
    return JSON.stringify({
      csrf: field instanceof HTMLInputElement ? field.value : "",
      revision: revision instanceof HTMLInputElement ? revision.value : "",
      ...this.content(),
    });
  }

  async save() {
    if (this.stopped || this.busy || this.empty()) return;
    const now = this.snapshot();
    if (now === this.saved) return;
    this.busy = true;
    this.since = 0;
    try {
      const answer = await fetch(this.form.dataset.autosave ?? "", {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json" },
        credentials: "same-origin",
        redirect: "manual",
        body: this.request(),
      });
      if (answer.status === 409) this.stale();
      else if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) this.signedOut();
      else if (!answer.ok) this.away();
      else if (answer.status === 202) this.waits(await answer.json());
      else this.done(await answer.json(), now);
    } catch {
      this.away();
    } finally {
      this.busy = false;
    }
    if (!this.stopped && this.snapshot() !== this.saved && this.timer === 0) this.changed();
  }

  /**
   * @param {import("./types.js").Saved} answer
   * @param {string} what the snapshot that was saved
   */
  done(answer, what) {
    forget(this.post);
    this.timer = 0;
    this.saved = what;
    if (answer.post_id && answer.post_id !== this.post) {
      this.post = answer.post_id;
      this.form.dataset.post = answer.post_id;
      this.form.action = answer.action;
      this.form.dataset.autosave = answer.autosave;
      // Coming back to the page finds the draft, not an empty one.
      history.replaceState(null, "", `${answer.action}/edit`);
    }
    for (const field of document.querySelectorAll('input[name="revision"]')) {
      if (field instanceof HTMLInputElement) field.value = answer.revision;
    }
    this.show(answer.words);
  }

  /** @param {string} words */
  show(words) {
    if (this.status) this.status.textContent = words;
  }

  keepHere() {
    const { text, own_texts } = this.content();
    return keep(this.post, { text, own: own_texts });
  }

  away() {
    const safe = this.keepHere();
    this.show(safe ? `Not saved yet: no answer. Kept in this browser ${clock(new Date())}` : "Not saved yet: no answer");
    this.timer = window.setTimeout(() => void this.save(), AGAIN);
  }

  /**
   * The server has it not and says why: an approval would end with it, or it is too long.
   * @param {import("./types.js").Saved} answer
   */
  waits(answer) {
    this.keepHere();
    this.show(answer.words);
  }

  signedOut() {
    this.keepHere();
    this.stopped = true;
    this.say("You are signed out. Your words are kept in this browser. Sign in again in another tab, then save.");
  }

  stale() {
    this.keepHere();
    this.stopped = true;
    this.say("Someone else changed this post meanwhile. Your words are still here: press “Save and leave” to see both.");
  }

  /** The page is going: what could not be saved stays in the browser. */
  leave() {
    if (this.stopped || this.empty() || this.snapshot() === this.saved) return;
    const sent = fetch(this.form.dataset.autosave ?? "", {
      method: "POST",
      headers: { "content-type": "application/json" },
      credentials: "same-origin",
      keepalive: true,
      body: this.request(),
    });
    this.keepHere();
    sent.then((answer) => answer.status === 200 && forget(this.post)).catch(() => {});
  }

  /** Words from last time that never reached the server. */
  offerKept() {
    const last = kept(this.post);
    const field = this.form.elements.namedItem("text");
    if (!last || !(field instanceof HTMLTextAreaElement)) return;
    const same = last.text === field.value && Object.values(last.own).every((own) => own.trim() === "");
    if (same || (last.text.trim() === "" && Object.values(last.own).every((own) => own.trim() === ""))) {
      forget(this.post);
      return;
    }
    const box = document.createElement("div");
    box.className = "bs-callout bs-callout--advise";
    const words = document.createElement("div");
    words.className = "bs-callout__words bs-stack";
    const title = document.createElement("p");
    title.className = "bs-callout__title";
    title.textContent = `Words from ${clock(new Date(last.at))} were not saved: Bedside was away.`;
    const text = document.createElement("p");
    text.className = "bs-pre bs-small";
    text.textContent = last.text;
    const buttons = document.createElement("p");
    buttons.className = "bs-buttons";
    const back = document.createElement("button");
    back.type = "button";
    back.className = "nhsuk-button nhsuk-button--secondary nhsuk-button--small";
    back.textContent = "Put them back";
    back.addEventListener("click", () => {
      field.focus();
      field.select();
      if (!document.execCommand("insertText", false, last.text)) field.value = last.text;
      for (const [channel, own] of Object.entries(last.own)) {
        const other = this.form.elements.namedItem(`own_text_${channel}`);
        if (other instanceof HTMLTextAreaElement && own !== "") other.value = own;
      }
      field.dispatchEvent(new Event("input", { bubbles: true }));
      box.remove();
    });
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "bs-button--quiet";
    drop.textContent = "Throw them away";
    drop.addEventListener("click", () => {
      forget(this.post);
      box.remove();
      field.focus();
    });
    buttons.append(back, drop);
    words.append(title, text, buttons);
    box.append(words);
    this.form.before(box);
  }
}
