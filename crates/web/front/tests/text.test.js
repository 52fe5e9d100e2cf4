// Run with `npm test` in crates/web/front.
import assert from "node:assert/strict";
import { test } from "node:test";

import { follow, marksInUtf16, stretches, toScalar, toUtf16, withSpace } from "../../assets/js/text.js";

/** @returns {import("../../assets/js/text.js").Mark} */
const mark = (n, severity, start, end) => ({ n, severity, field: "text", start, end });

test("scalar positions become UTF-16 positions past emoji and combining marks", () => {
  const text = "a😀b👩‍⚕️é c";
  const scalars = [...text];
  for (let i = 0; i <= scalars.length; i += 1) {
    assert.deepEqual(toUtf16(text, [i]), [scalars.slice(0, i).join("").length]);
    assert.equal(toScalar(text, scalars.slice(0, i).join("").length), i);
  }
  assert.deepEqual(toUtf16(text, [99, 0]), [text.length, 0]);
});

test("a position inside a pair is the pair's own", () => {
  assert.equal(toScalar("😀b", 1), 0);
  assert.equal(toScalar("😀b", 2), 1);
});

test("marks without length are left out", () => {
  assert.deepEqual(marksInUtf16("😀 Mrs Okafor", [mark(1, "block", 2, 12), mark(2, "warn", 3, 3)]), [mark(1, "block", 3, 13)]);
});

test("marks follow what is typed before them and go when their words are touched", () => {
  const before = "See Mrs Okafor today";
  const name = mark(1, "block", 4, 14);
  assert.deepEqual(follow(before, "Do see Mrs Okafor today", [name]), [mark(1, "block", 7, 17)]);
  assert.deepEqual(follow(before, "See Mrs Okafor today!", [name]), [name]);
  assert.deepEqual(follow(before, "See Mrs Okfor today", [name]), []);
  assert.deepEqual(follow(before, before, [name]), [name]);
  assert.deepEqual(follow(before, "", [name]), []);
});

test("the worst line is drawn where findings overlap", () => {
  const found = stretches(10, [mark(1, "advise", 0, 6), mark(2, "block", 4, 8)]);
  assert.deepEqual(found, [
    { start: 0, end: 4, severity: "advise" },
    { start: 4, end: 6, severity: "block" },
    { start: 6, end: 8, severity: "block" },
    { start: 8, end: 10, severity: null },
  ]);
  assert.deepEqual(stretches(0, []), []);
});

test("stretches always cover the text once", () => {
  let seed = 7;
  const next = (/** @type {number} */ n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
  for (let round = 0; round < 500; round += 1) {
    const length = next(40);
    const marks = Array.from({ length: next(5) }, (_, i) => {
      const start = next(length + 1);
      return mark(i + 1, ["advise", "warn", "block"][next(3)], start, Math.min(length, start + next(9)));
    });
    let at = 0;
    for (const { start, end } of stretches(length, marks)) {
      assert.equal(start, at);
      assert.ok(end > start);
      at = end;
    }
    assert.equal(at, length);
  }
});

test("taking words out leaves no double space", () => {
  const cut = (text, words) => {
    const at = text.indexOf(words);
    const [start, end] = withSpace(text, at, at + words.length);
    return text.slice(0, start) + text.slice(end);
  };
  assert.equal(cut("injections, 20% off til Sunday.", "20% off"), "injections, til Sunday.");
  assert.equal(cut("injections, 20% off.", "20% off"), "injections,.");
  assert.equal(cut("20% off today", "20% off"), "today");
});
