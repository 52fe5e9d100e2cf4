// A copy of unsaved words in the browser, for when the server is away. It exists only until the next save.

/**
 * @typedef {{ text: string, own: Record<string, string>, at: number }} Kept
 */

const PREFIX = "bedside-unsaved:";

/**
 * @param {string} post id of the post, "" for a new one
 * @param {{ text: string, own: Record<string, string> }} words
 */
export function keep(post, words) {
  try {
    localStorage.setItem(PREFIX + post, JSON.stringify({ ...words, at: Date.now() }));
    return true;
  } catch {
    return false;
  }
}

/** @param {string} post */
export function forget(post) {
  try {
    localStorage.removeItem(PREFIX + post);
  } catch {
    // Without storage nothing was kept.
  }
}

/**
 * @param {string} post
 * @returns {Kept | null}
 */
export function kept(post) {
  try {
    const raw = localStorage.getItem(PREFIX + post);
    if (!raw) return null;
    const value = JSON.parse(raw);
    return typeof value?.text === "string" && typeof value.own === "object" ? value : null;
  } catch {
    return null;
  }
}

/**
 * "10:42am", as the pages say it.
 * @param {Date} date
 */
export function clock(date) {
  const hours = date.getHours();
  const minutes = String(date.getMinutes()).padStart(2, "0");
  return `${hours % 12 === 0 ? 12 : hours % 12}:${minutes}${hours < 12 ? "am" : "pm"}`;
}
