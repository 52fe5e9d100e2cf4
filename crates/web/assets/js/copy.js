// Copying a text with one press, for posting by hand and for links.

/**
 * Copies without the clipboard interface, which browsers keep from pages that are not on https.
 * @param {HTMLElement} source
 * @returns {boolean}
 */
function copyBySelection(source) {
  const selection = window.getSelection();
  if (!selection) return false;
  const range = document.createRange();
  range.selectNodeContents(source);
  selection.removeAllRanges();
  selection.addRange(range);
  return document.execCommand("copy");
}

/**
 * @param {HTMLElement} source
 * @returns {Promise<boolean>}
 */
async function copy(source) {
  try {
    await navigator.clipboard.writeText(source.textContent ?? "");
    return true;
  } catch {
    return copyBySelection(source);
  }
}

/** @param {HTMLElement} button */
async function pressed(button) {
  const source = document.getElementById(button.dataset.copy ?? "");
  const words = button.querySelector("[data-words]");
  if (!source || !words) return;
  const before = button.dataset.before ?? words.textContent ?? "";
  button.dataset.before = before;
  words.setAttribute("role", "status");
  words.textContent = (await copy(source)) ? "Copied" : "Could not copy: select the words and copy them";
  window.setTimeout(() => {
    words.textContent = before;
  }, 4000);
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
  if (button instanceof HTMLElement) void pressed(button);
});
