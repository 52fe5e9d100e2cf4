// Write: checks while one types, shows marks, counts and previews, saves by itself.

import { Checker } from "./check.js";
import { Mirror } from "./mirror.js";
import { Noticed } from "./noticed.js";
import { showPictures } from "./pictures.js";
import { Previews } from "./previews.js";
import { Saver } from "./save.js";
import { marksInUtf16 } from "./text.js";
import { showWhen } from "./when.js";

/** @typedef {import("./text.js").Mark} Mark */

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
