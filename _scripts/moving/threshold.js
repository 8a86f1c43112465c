// The threshold and its two kinds of errors: one histogram above the axis, one below.

"use strict";

(() => {
  const moving = (globalThis.moving ??= { parts: {} });
  const BAR = 10; // places of the grid of thresholds in one bar

  /** How many lie at or below a place of the grid, where the model says "negative". */
  const below = (counts, place) =>
    counts.slice(0, place + 1).reduce((sum, n) => sum + n, 0);

  /** What the model gets right and wrong with its threshold at a place of the grid. */
  function countsAt({ negative, positive }, place) {
    const trueNegatives = below(negative, place);
    const falseNegatives = below(positive, place);
    const falsePositives = below(negative, Infinity) - trueNegatives;
    const truePositives = below(positive, Infinity) - falseNegatives;
    const right = trueNegatives + truePositives;
    return {
      trueNegatives,
      falseNegatives,
      falsePositives,
      truePositives,
      ratio: falsePositives ? falseNegatives / falsePositives : null,
      accuracy: right / (right + falseNegatives + falsePositives),
    };
  }

  /** Bars of several places each; the first takes in those at zero. */
  function bars(counts) {
    const heights = Array((counts.length - 1) / BAR).fill(0);
    counts.forEach((n, k) => (heights[Math.max(Math.ceil(k / BAR) - 1, 0)] += n));
    return heights;
  }

  function draw(kit, data) {
    const { html, svg, write, count, percent, fixed } = moving;
    const steps = data.negative.length - 1;
    let [place] = kit.recall([[0, 1, 0.5]]).map((share) => Math.round(share * steps));
    const heights = { negative: bars(data.negative), positive: bars(data.positive) };
    const highest = Math.max(...heights.negative, ...heights.positive);
    const edges = Array.from({ length: steps / BAR + 1 }, (_, k) => (k * BAR) / steps);
    const [left, right, top, bottom] = [8, 8, 40, 84];
    const across = (width) => moving.scale(0, 1, left, width - right);

    const picture = kit.picture(
      "Histogram of the probability of positive: positive reviews above the axis, negative" +
        " ones below it, errors hatched. The table has the counts.",
      (width) => (width < 480 ? 310 : 350),
      (image, { width, height }) => {
        const x = across(width);
        const middle = (top + height - bottom) / 2;
        const reach = (middle - top) / highest;
        const at = x(place / steps);
        const named = { positive: "false negatives", negative: "false positives" };
        for (const [name, up, colour] of [["positive", -1, "c2"], ["negative", 1, "c1"]]) {
          const y = (n) => middle + up * n * reach;
          const shape = moving.outline(edges, heights[name], x, y);
          const stripes = moving.newId("stripes");
          // Positive ones are wrong left of the threshold, negative ones right of it.
          const wrong = up < 0 ? [0, at] : [at, width - at];
          const rightOnes = up < 0 ? [at, width - at] : [0, at];
          const [inRight, inWrong] = [rightOnes, wrong].map(([from, wide]) => {
            const id = moving.newId("clip");
            image.append(
              svg("clipPath", { id },
                svg("rect", { x: from, y: 0, width: Math.max(wide, 0), height })),
            );
            return `url(#${id})`;
          });
          image.append(
            svg(
              "pattern",
              { id: stripes, width: 6, height: 6, patternUnits: "userSpaceOnUse",
                patternTransform: `rotate(${45 * up})` },
              svg("rect", { width: 3, height: 6, class: `filled ${colour}` }),
            ),
            svg("path", { d: shape, class: `faint ${colour}`, "clip-path": inRight }),
            svg("path", { d: shape, fill: `url(#${stripes})`, "clip-path": inWrong }),
            svg("path", { d: shape, class: `lined ${colour}` }),
          );
          const y0 = up < 0 ? top - 10 : height - bottom + 16;
          image.append(
            write(up < 0 ? width - right : left, y0, `${name} reviews`,
              { class: `named ${colour}`, "text-anchor": up < 0 ? "end" : "start" }),
            write(up < 0 ? left : width - right, y0, named[name],
              { class: `named ${colour}`, "text-anchor": up < 0 ? "start" : "end" }),
          );
        }
        const ticks = moving.ticks(0, 1, 5);
        image.append(
          svg("line", { x1: x(0), x2: x(1), y1: middle, y2: middle, class: "axis" }),
          svg("line", { x1: at, x2: at, y1: 18, y2: height - bottom + 20, class: "mark" }),
          svg("circle", { cx: at, cy: middle, r: 7, class: "handle" }),
          write(moving.clamp(at, 36, width - 36), 14, "threshold", { "text-anchor": "middle" }),
        );
        moving.axis(image, x, height - 48, ticks, String, "predicted probability of positive");
      },
    );

    const facts = html("p", { class: "moving-facts" });
    const counts = html("div");
    function show() {
      const now = countsAt(data, place);
      const fact = (name, value) => html("span", {}, `${name} `, html("b", {}, value));
      const ratio = now.ratio === null ? "–" : fixed(now.ratio, 2);
      facts.replaceChildren(
        fact("Accuracy", percent(now.accuracy)),
        fact("False negatives to false positives", ratio),
      );
      counts.replaceChildren(
        moving.table("Test reviews", ["", "called negative", "called positive"], [
          ["negative", count(now.trueNegatives), `${count(now.falsePositives)} wrong`],
          ["positive", `${count(now.falseNegatives)} wrong`, count(now.truePositives)],
        ]),
      );
      kit.say(
        `Threshold ${fixed(place / steps, 2)}: ${count(now.falseNegatives)} false negatives,` +
          ` ${count(now.falsePositives)} false positives, accuracy ${percent(now.accuracy)}.`,
      );
    }
    function move(to) {
      place = moving.clamp(Math.round(to), 0, steps);
      slider.set(place);
      picture.repaint();
      show();
      kit.keep([place / steps]);
    }
    const slider = moving.slider(
      "Threshold",
      { min: 0, max: steps, step: steps / 100, value: place },
      (now) => fixed(now / steps, 2),
      move,
    );
    moving.drag(picture.frame, picture.frame, (x) => {
      const width = picture.frame.clientWidth;
      const step = steps / 100;
      move(step * Math.round((100 * (x - left)) / (width - left - right)));
    });
    picture.frame.classList.add("moving-drags");
    show();
    kit.show(slider.row, picture.frame, facts, counts);
  }

  moving.parts.threshold = { draw, countsAt };
  if (typeof module !== "undefined") module.exports = moving.parts.threshold;
})();
