// On every page: focus on what is wrong, one press is one act, room for the phone's keyboard.

/** The error summary is where a page with errors begins. */
function focusOnErrors() {
  const summary = document.querySelector("[data-focus]");
  if (summary instanceof HTMLElement) summary.focus();
}

/**
 * A second press while the first is on its way would do the same thing twice.
 * @param {SubmitEvent} event
 */
function onlyOnce(event) {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
}

/** A page that comes back by the back button can be sent again. */
function openAgain() {
  for (const form of document.querySelectorAll("form[data-sent]")) form.removeAttribute("data-sent");
}

/** Hides the bottom bar while the keyboard is up, and keeps what hangs above it in sight. */
function watchKeyboard() {
  const view = window.visualViewport;
  if (!view) return;
  let tallest = view.height;
  const measure = () => {
    tallest = Math.max(tallest, view.height);
    const typing = document.activeElement?.matches("textarea, input, [contenteditable]") ?? false;
    const open = typing && tallest - view.height > 140;
    document.documentElement.classList.toggle("keyboard", open);
    const hidden = open ? Math.max(0, window.innerHeight - view.height - view.offsetTop) : 0;
    document.documentElement.style.setProperty("--keyboard", `${Math.round(hidden)}px`);
  };
  view.addEventListener("resize", measure);
  view.addEventListener("scroll", measure);
  // Turning the phone changes what "tallest" means.
  window.matchMedia("(orientation: portrait)").addEventListener("change", () => {
    tallest = 0;
    measure();
  });
}

focusOnErrors();
watchKeyboard();
document.addEventListener("submit", onlyOnce);
window.addEventListener("pageshow", openAgain);
