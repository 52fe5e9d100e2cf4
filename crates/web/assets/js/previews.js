// How the post will look on each channel that is ticked.

import { Tabs } from "./tabs.js";

export class Previews {
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
