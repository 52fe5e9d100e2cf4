// Shapes of the server's answers; see `view::findings::CheckAnswer` and `view::compose::Saved`.

/**
 * @typedef {{ channel: string, name: string, count: number, limit: number, words: string, over: boolean }} Count
 * @typedef {{
 *   findings_html: string, marks: import("./text.js").Mark[], counts: Count[], summary: string, tone: string,
 * }} CheckAnswer
 * @typedef {{
 *   words: string, saved_at: string, revision: string, action: string, autosave: string, post_id: string,
 * }} Saved
 */

export {};
