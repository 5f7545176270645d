// The colours of both palettes, read from the stylesheet: text 4.5 to 1 on whatever it stands, borders, focus and marks 3 to 1.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const CSS = readFileSync(new URL("../../web-ui/assets/look.css", import.meta.url), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");

/** What is read, and on what it stands. */
const TEXT = {
  ink: ["paper", "card", "sunken", "wax-soft"],
  "ink-2": ["paper", "card", "sunken", "wax-soft", "ok-soft", "warn-soft", "bad-soft"],
  "ink-3": ["card", "sunken"],
  wax: ["card", "sunken"],
  "wax-ink": ["wax", "wax-hovered"],
  ok: ["ok-soft"],
  warn: ["warn-soft"],
  bad: ["card", "bad-soft"],
  "add-ink": ["add"],
  "cut-ink": ["cut"],
};

/** What has to be seen: borders of fields and buttons, the focus, what is chosen, the dot. */
const SHAPES = {
  "line-strong": ["paper", "card", "sunken"],
  wax: ["paper", "card", "sunken", "wax-soft", "ok-soft"],
  bad: ["card", "sunken"],
  ok: ["card"],
  "ink-2": ["card", "sunken"],
};

/** Lines that only adorn: nothing has to be understood from them. */
const ADORNMENT = ["line"];

/** The colours that a block gives to variables, as red, green and blue. */
function colours(block) {
  const found = block.matchAll(/--([\w-]+):\s*(#(?:[0-9a-f]{3}){1,2})\b/g);
  const palette = Object.fromEntries([...found].map(([, name, hex]) => [name, channels(hex)]));
  // color-mix() in the rule for the main button under the pointer.
  const [, share] = /\.primary:hover \{ background: color-mix\(in srgb, var\(--wax\) (\d+)%, var\(--ink\)\); \}/.exec(CSS);
  palette["wax-hovered"] = palette.wax.map((each, index) => (each * share + palette.ink[index] * (100 - share)) / 100);
  return palette;
}

function channels(hex) {
  const digits = hex.length === 4 ? [...hex.slice(1)].map((each) => each + each) : hex.slice(1).match(/../g);
  return digits.map((each) => Number.parseInt(each, 16));
}

/** WCAG's relative luminance. */
function luminance(rgb) {
  const [red, green, blue] = rgb.map((each) => each / 255).map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function block(pattern) {
  const found = pattern.exec(CSS);
  assert.ok(found, `${pattern} is not in the stylesheet`);
  return found[1];
}

const PALETTES = {
  light: block(/^:root \{([^}]*)\}/m),
  dark: block(/^:root\[data-theme="dark"\] \{([^}]*)\}/m),
};

for (const [name, text] of Object.entries(PALETTES)) {
  test(`everything can be read and seen in the ${name} palette`, () => {
    const palette = colours(text);
    const weak = [];
    for (const [pairs, least] of [[TEXT, 4.5], [SHAPES, 3]]) {
      for (const [front, backs] of Object.entries(pairs)) {
        for (const back of backs) {
          const ratio = contrast(palette[front], palette[back]);
          if (ratio < least) weak.push(`${front} on ${back}: ${ratio.toFixed(2)}, needs ${least}`);
        }
      }
    }
    assert.deepEqual(weak, []);
    const known = new Set([TEXT, SHAPES].flatMap((pairs) => Object.entries(pairs).flat(2)).concat(ADORNMENT));
    assert.deepEqual(Object.keys(palette).filter((each) => !known.has(each)), [], "of no known use");
  });
}

test("the dark palette is the same whether the system or a person chose it", () => {
  const bySystem = block(/prefers-color-scheme: dark\) \{ :root:not\(\[data-theme="light"\]\) \{([^}]*)\}/);
  assert.deepEqual(colours(bySystem), colours(PALETTES.dark));
});

test("no rule has a colour of its own", () => {
  const rules = CSS.replace(/^(@media[^{]*\{ )?:root[^{]*\{[^}]*\}/gm, "").replace(/@media print \{[\s\S]*?\n\}/, "");
  assert.deepEqual(rules.match(/#[0-9a-f]{3,8}\b|\b(rgb|hsl|oklch)a?\(/gi) ?? [], []);
});

test("the measure is WCAG's", () => {
  assert.equal(contrast([0, 0, 0], [255, 255, 255]), 21);
  assert.equal(contrast([119, 119, 119], [255, 255, 255]).toFixed(2), "4.48");
});
