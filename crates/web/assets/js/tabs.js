// Real tabs over sections that otherwise stand one below the other.

export class Tabs {
  /**
   * @param {HTMLElement} set holds the sections
   * @param {string} label what the tabs choose between
   */
  constructor(set, label) {
    this.set = set;
    this.list = document.createElement("div");
    this.list.className = "bs-tabs";
    this.list.setAttribute("role", "tablist");
    this.list.setAttribute("aria-label", label);
    this.list.addEventListener("keydown", (event) => this.key(event));
    set.before(this.list);
    set.classList.add("has-tabs");
    /** @type {string} */
    this.chosen = "";
    /** @type {Set<string>} */
    this.offered = new Set();
  }

  /** @returns {HTMLElement[]} */
  sections() {
    return [...this.set.querySelectorAll(":scope > section")].filter((one) => one instanceof HTMLElement);
  }

  /**
   * Offers the sections of these channels.
   * @param {Set<string>} channels
   */
  offer(channels) {
    this.offered = channels;
    const shown = this.sections().filter((section) => channels.has(section.dataset.channel ?? ""));
    if (!shown.some((section) => section.dataset.channel === this.chosen)) this.chosen = shown[0]?.dataset.channel ?? "";
    this.list.replaceChildren(...shown.map((section) => this.tab(section)));
    this.list.hidden = shown.length === 0;
    this.draw();
  }

  /**
   * @param {HTMLElement} section
   * @returns {HTMLButtonElement}
   */
  tab(section) {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.id = `tab-${section.id}`;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", section.id);
    tab.dataset.channel = section.dataset.channel;
    tab.textContent = section.dataset.name ?? "";
    tab.addEventListener("click", () => this.choose(section.dataset.channel ?? ""));
    section.setAttribute("role", "tabpanel");
    section.setAttribute("aria-labelledby", tab.id);
    section.removeAttribute("aria-label");
    return tab;
  }

  /** @param {string} channel */
  choose(channel) {
    this.chosen = channel;
    this.draw();
  }

  draw() {
    for (const section of this.sections()) {
      section.hidden = !(this.offered.has(section.dataset.channel ?? "") && section.dataset.channel === this.chosen);
    }
    for (const tab of this.list.querySelectorAll("button")) {
      const mine = tab.dataset.channel === this.chosen;
      tab.setAttribute("aria-selected", String(mine));
      tab.tabIndex = mine ? 0 : -1;
    }
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const tabs = [...this.list.querySelectorAll("button")];
    const now = tabs.findIndex((tab) => tab.dataset.channel === this.chosen);
    const to = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined || tabs.length === 0) return;
    event.preventDefault();
    const tab = tabs[(to + tabs.length) % tabs.length];
    this.choose(tab.dataset.channel ?? "");
    tab.focus();
  }
}
