// The lottery of seeds: two single runs of one and the same code, and what lies between them.

"use strict";

(() => {
  const moving = (globalThis.moving ??= { parts: {} });
  const SEED = 2011; // the same pairs for every reader
  const MOST = 2000;
  const BIN = 0.2; // points of accuracy

  /** Numbers from 0 to 1 by chance, always the same ones (mulberry32, Ettinger 2017). */
  function chance(seed) {
    let state = seed;
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
  }

  /** Two different runs of one arm: its name, their seeds and accuracies. */
  function pair(arms, random) {
    const below = (n) => Math.floor(random() * n);
    const { name, seeds, accuracy } = arms[below(arms.length)];
    const first = below(seeds.length);
    const second = (first + 1 + below(seeds.length - 1)) % seeds.length;
    const both = [first, second];
    return { name, seeds: both.map((k) => seeds[k]), accuracy: both.map((k) => accuracy[k]) };
  }

  /** The first of many pairs that are so far apart that one could take it for a finding. */
  function telling(arms, apart, random) {
    let drawn = pair(arms, random);
    for (let k = 0; k < 500 && distance(drawn) < apart; k += 1) drawn = pair(arms, random);
    return drawn;
  }

  const distance = ({ accuracy: [one, other] }) => Math.abs(one - other);

  /** Of all pairs that could be drawn within an arm, how many are that far apart, of how many. */
  function allPairs(arms, apart) {
    let [far, of] = [0, 0];
    for (const { accuracy } of arms) {
      accuracy.forEach((one, k) => {
        for (const other of accuracy.slice(k + 1)) {
          of += 1;
          far += distance({ accuracy: [one, other] }) >= apart - 1e-12 ? 1 : 0;
        }
      });
    }
    return { far, of };
  }

  function draw(kit, data) {
    const { html, svg, write, count, percent, fixed } = moving;
    const { arms, apart } = data;
    // The nearest first, so that no name lies on the line of another.
    const gaps = Object.entries(data.gaps)
      .map(([name, gap]) => [name, 100 * Math.abs(gap)])
      .sort((one, other) => one[1] - other[1]);
    const points = (share, digits = 2) => fixed(100 * share, digits);
    const random = chance(SEED);
    const [before] = kit.recall([[0, MOST, -1]]).map(Math.round);
    const opening = telling(arms, apart, random);
    const pairs = Array.from({ length: Math.max(before, 0) }, () => pair(arms, random));
    const shown = () => pairs.at(-1) ?? opening;
    const widest = Math.max(
      ...arms.map(({ accuracy }) => 100 * (Math.max(...accuracy) - Math.min(...accuracy))),
      ...gaps.map(([, gap]) => gap),
    );
    const bins = Math.floor(widest / BIN) + 1;
    const edges = Array.from({ length: bins + 1 }, (_, k) => k * BIN);
    const farOnes = allPairs(arms, apart);

    const [left, right, top, bottom] = [10, 16, 20 + 18 * gaps.length, 48];
    const picture = kit.picture(
      "Histogram of how far apart the drawn pairs are, with lines for the example's differences.",
      () => 230 + 18 * gaps.length,
      (image, { width, height }) => {
        const x = moving.scale(0, edges.at(-1), left, width - right);
        const heights = Array(bins).fill(0);
        for (const drawn of pairs) heights[Math.floor((100 * distance(drawn)) / BIN + 1e-9)] += 1;
        // A few pairs are small steps, so that each draw is seen to add one.
        const y = moving.scale(0, Math.max(...heights, 8), height - bottom, top);
        const shape = moving.outline(edges, heights, x, y);
        image.append(
          svg("path", { d: shape, class: "faint c5" }),
          svg("path", { d: shape, class: "lined c5" }),
        );
        gaps.forEach(([name, gap], k) => {
          const text = `${width < 480 ? "" : "the example, "}${name}: ${fixed(gap, 2)}`;
          const y1 = 18 + 18 * k;
          const late = x(gap) > width / 2;
          image.append(
            svg("line", { x1: x(gap), x2: x(gap), y1: y1 - 11, y2: height - bottom, class: "lined c2" }),
            write(x(gap) + (late ? -6 : 6), y1, text,
              { class: "named c2", "text-anchor": late ? "end" : "start" }),
          );
        });
        const latest = x(100 * distance(shown()));
        image.append(svg("circle", { cx: latest, cy: height - bottom, r: 6, class: "handle" }));
        const places = moving.ticks(0, edges.at(-1), width < 480 ? 4 : 8);
        moving.axis(image, x, height - 42, places, String, "points between the two");
      },
    );

    const runs = html("p", { class: "moving-facts" });
    const verdict = html("p");
    const facts = html("p", { class: "moving-facts" });
    const fact = (name, value) => html("span", {}, `${name} `, html("b", {}, value));
    const question = html("p", { class: "moving-question" }, "Which is the better method?");
    const answers = html(
      "div",
      { class: "moving-buttons" },
      moving.button("Method A", () => answer("Method A")),
      moving.button("Method B", () => answer("Method B")),
      moving.button("I cannot tell", () => answer(null)),
    );
    const more = html(
      "div",
      { class: "moving-buttons" },
      moving.button("Draw two more", () => drawMore(1)),
      moving.button("Draw 100 pairs", () => drawMore(100)),
    );
    const revealed = html("div", {}, picture.frame, facts);

    function answer(method) {
      const { name, seeds } = opening;
      const gap = points(distance(opening));
      verdict.textContent =
        (method ? "Neither is. " : "Nobody can. ") +
        `Both are ${name}, the same code, with seeds ${seeds.join(" and ")}. The ${gap} points` +
        " between them are luck. Is such a pair rare? Draw more of them.";
      question.hidden = true;
      revealed.hidden = false;
      moving.swap(answers, more);
      show();
    }
    function drawMore(number) {
      for (let k = 0; k < number && pairs.length < MOST; k += 1) pairs.push(pair(arms, random));
      latest();
      show();
    }
    function latest() {
      const { seeds } = shown();
      const full = pairs.length === MOST ? " That is enough; no more are drawn." : "";
      verdict.textContent =
        `The same code again, with seeds ${seeds.join(" and ")}:` +
        ` ${points(distance(shown()))} points apart.${full}`;
    }
    function show() {
      const [one, other] = shown().accuracy;
      runs.replaceChildren(fact("Method A:", percent(one, 2)), fact("Method B:", percent(other, 2)));
      if (revealed.hidden) return;
      const far = pairs.filter((drawn) => distance(drawn) >= apart - 1e-12).length;
      const far100 = points(apart, 1);
      facts.replaceChildren(
        fact("Pairs drawn since", count(pairs.length)),
        fact(`${far100} points or more apart`, count(far)),
        fact(`and of all ${count(farOnes.of)} possible pairs`, percent(farOnes.far / farOnes.of, 0)),
      );
      picture.repaint();
      kit.keep([pairs.length]);
      kit.say(
        `${verdict.textContent} Of ${count(pairs.length)} pairs, ${count(far)} are ${far100} points` +
          " or more apart.",
      );
    }

    const fresh = before < 0;
    [revealed.hidden, more.hidden, answers.hidden, question.hidden] = [fresh, fresh, !fresh, !fresh];
    if (!fresh) latest();
    show();
    kit.show(runs, question, answers, verdict, more, revealed);
  }

  moving.parts.lottery = { draw, chance, pair, telling, allPairs };
  if (typeof module !== "undefined") module.exports = moving.parts.lottery;
})();
