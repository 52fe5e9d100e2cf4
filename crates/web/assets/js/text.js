// Positions in a text. Findings count Unicode scalar values, the browser counts UTF-16 units.

/**
 * @typedef {"block" | "warn" | "advise"} Severity
 * @typedef {{ n: number, severity: Severity, field: string, start: number, end: number }} Mark
 * @typedef {{ start: number, end: number, severity: Severity | null }} Stretch
 */

const WEIGHT = { advise: 1, warn: 2, block: 3 };

/**
 * The UTF-16 position of each of several scalar positions; beyond the end gives the end.
 * @param {string} text
 * @param {number[]} scalars
 * @returns {number[]}
 */
export function toUtf16(text, scalars) {
  const order = scalars.map((_, i) => i).sort((a, b) => scalars[a] - scalars[b]);
  const found = new Array(scalars.length).fill(text.length);
  let unit = 0;
  let scalar = 0;
  for (const i of order) {
    while (scalar < scalars[i] && unit < text.length) {
      const code = text.codePointAt(unit) ?? 0;
      unit += code > 0xffff ? 2 : 1;
      scalar += 1;
    }
    found[i] = unit;
  }
  return found;
}

/**
 * The scalar position of a UTF-16 position. Inside a pair it is the pair's own.
 * @param {string} text
 * @param {number} unit
 * @returns {number}
 */
export function toScalar(text, unit) {
  let scalar = 0;
  for (let at = 0; at < unit && at < text.length; scalar += 1) {
    const wide = (text.codePointAt(at) ?? 0) > 0xffff;
    if (wide && at + 2 > unit) return scalar;
    at += wide ? 2 : 1;
  }
  return scalar;
}

/**
 * Marks as the browser counts; marks without length are left out.
 * @param {string} text
 * @param {Mark[]} marks in scalar values
 * @returns {Mark[]}
 */
export function marksInUtf16(text, marks) {
  const places = toUtf16(text, marks.flatMap((mark) => [mark.start, mark.end]));
  return marks
    .map((mark, i) => ({ ...mark, start: places[2 * i], end: places[2 * i + 1] }))
    .filter((mark) => mark.end > mark.start);
}

/**
 * Moves marks along with an edit, so that they stay under their words until the next answer. A mark whose words were
 * touched is dropped.
 * @param {string} before
 * @param {string} after
 * @param {Mark[]} marks in UTF-16 units
 * @returns {Mark[]}
 */
export function follow(before, after, marks) {
  if (before === after) return marks;
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const touchedTo = before.length - tail;
  const shift = after.length - before.length;
  return marks.flatMap((mark) => {
    if (mark.end <= head) return [mark];
    if (mark.start >= touchedTo) return [{ ...mark, start: mark.start + shift, end: mark.end + shift }];
    return [];
  });
}

/**
 * Cuts a text into stretches, each with the worst severity that lies over it.
 * @param {number} length
 * @param {Mark[]} marks in UTF-16 units
 * @returns {Stretch[]}
 */
export function stretches(length, marks) {
  const edges = new Set([0, length]);
  for (const mark of marks) {
    edges.add(Math.min(mark.start, length));
    edges.add(Math.min(mark.end, length));
  }
  const cuts = [...edges].sort((a, b) => a - b);
  /** @type {Stretch[]} */
  const found = [];
  for (let i = 0; i + 1 < cuts.length; i += 1) {
    const [start, end] = [cuts[i], cuts[i + 1]];
    /** @type {Severity | null} */
    let severity = null;
    for (const mark of marks) {
      const over = mark.start < end && mark.end > start;
      if (over && (severity === null || WEIGHT[mark.severity] > WEIGHT[severity])) severity = mark.severity;
    }
    const last = found.at(-1);
    if (last && last.severity === severity && severity === null) last.end = end;
    else found.push({ start, end, severity });
  }
  return found;
}

/**
 * Widens what is taken out by one space, so that no two spaces and no space before a comma are left.
 * @param {string} text
 * @param {number} start
 * @param {number} end
 * @returns {[number, number]}
 */
export function withSpace(text, start, end) {
  const before = text[start - 1];
  const after = text[end];
  if (before === " " && (after === undefined || /[\s.,;:!?)]/.test(after))) return [start - 1, end];
  if (after === " " && (before === undefined || before === "\n")) return [start, end + 1];
  return [start, end];
}
