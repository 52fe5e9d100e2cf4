// When it goes out, said in words.

/**
 * Shows the day and time only when they matter, and says them in words.
 * @param {HTMLFormElement} form
 */
export function showWhen(form) {
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
