// The seesaw of the cold start: step through recorded queries, guess what each brings, and
// move the mark at which the test reviews are cut.

"use strict";

(() => {
  const moving = (globalThis.moving ??= { parts: {} });
  const TAIL = 0.002; // share of a hill that may lie outside the picture, on each side
  const BARS = 45;

  const total = (counts) => counts.reduce((sum, n) => sum + n, 0);
  const below = (counts, place) => total(counts.slice(0, place + 1));

  /** Share of the test reviews that are right, if those above a place are called positive. */
  function accuracyAt({ test: { negative, positive } }, place) {
    const right = below(negative, place) + total(positive) - below(positive, place);
    return right / (total(negative) + total(positive));
  }

  /** The places between which all hills lie but for their tails, one half among them. */
  function rangeOf({ thresholds, rounds }) {
    const ends = rounds.flatMap(({ pool }) => {
      const least = TAIL * total(pool);
      const places = pool.map((_, k) => k);
      return [
        places.findIndex((k) => below(pool, k) > least),
        places.findLastIndex((k) => total(pool.slice(k)) > least),
      ];
    });
    return [
      Math.max(Math.min(...ends, thresholds / 2 - 4) - 2, 0),
      Math.min(Math.max(...ends, thresholds / 2 + 4) + 2, thresholds),
    ];
  }

  /** What a query brought, mostly: "positive", "negative" or "neither". */
  function outcome({ asked, asked_positive: positive }) {
    if (2 * positive === asked) return "neither";
    return 2 * positive > asked ? "positive" : "negative";
  }

  function draw(kit, data) {
    const { html, svg, write, count, percent, fixed } = moving;
    const { thresholds, rounds } = data;
    const [low, high] = rangeOf(data);
    const wide = Math.max(Math.round((high - low) / BARS), 1);
    const edges = [];
    for (let k = low; k < high + wide; k += wide) edges.push(k);
    // A bar holds what lies above its left edge, up to its right one.
    const heights = rounds.map(({ pool }) =>
      edges.slice(1).map((edge, k) => below(pool, edge) - below(pool, edges[k])),
    );
    const highest = Math.max(...heights.flat());
    let [at, mark] = kit.recall([
      [0, rounds.length - 1, 0],
      [low / thresholds, high / thresholds, 0.5],
    ]);
    [at, mark] = [Math.round(at), Math.round(mark * thresholds)];
    let [guesses, hits] = [0, 0];
    const [left, right, top, bottom] = [12, 12, 64, 74];
    const across = (width) => moving.scale(low, edges.at(-1), left, width - right);

    const picture = kit.picture(
      "Histogram of the probability of positive over the reviews that are left, the hill, with" +
        " the hill before it as a dashed outline, and short lines for the next query.",
      (width) => (width < 480 ? 290 : 330),
      (image, { width, height }) => {
        const x = across(width);
        const y = moving.scale(0, highest, height - bottom, top);
        const path = (k, kind) =>
          image.append(svg("path", { d: moving.outline(edges, heights[k], x, y), class: kind }));
        path(at, "faint c3");
        path(at, "lined c3");
        if (at > 0) path(at - 1, "lined c5 dashed");
        for (const probability of rounds[at].next) {
          const line = x(moving.clamp(probability * thresholds, low, edges.at(-1)));
          const [y1, y2] = [height - bottom + 4, height - bottom + 20];
          image.append(svg("line", { x1: line, x2: line, y1, y2, class: "lined c4" }));
        }
        const vertical = (place, from, kind) =>
          image.append(
            svg("line", { x1: x(place), x2: x(place), y1: from, y2: height - bottom, class: kind }),
          );
        vertical(thresholds / 2, 28, "mark dashed");
        vertical(mark, 16, "mark");
        const near = (place, room) => moving.clamp(x(place), left + room, width - right - room);
        image.append(
          svg("circle", { cx: x(mark), cy: 20, r: 7, class: "handle" }),
          write(near(mark, 30) + (x(mark) > width / 2 ? -12 : 12), 16, "mark",
            { "text-anchor": x(mark) > width / 2 ? "end" : "start" }),
          write(x(thresholds / 2) + (mark > thresholds / 2 ? -6 : 6), 40, "no idea",
            { "text-anchor": mark > thresholds / 2 ? "end" : "start" }),
        );
        if (at > 0) {
          const peaks = [heights[at - 1], heights[at]].map((h) => [h.indexOf(Math.max(...h)), h]);
          const first = peaks[0][0] <= peaks[1][0];
          for (const [k, [peak, h]] of peaks.entries()) {
            const side = first === (k === 0) ? "end" : "start";
            const over = (x(edges[peak]) + x(edges[peak + 1])) / 2;
            image.append(
              write(over, y(h[peak]) - 5, ["before", "now"][k],
                { class: `named ${["c5", "c3"][k]}`, "text-anchor": side }),
            );
          }
        }
        const places = moving.ticks(low / thresholds, high / thresholds, width < 480 ? 4 : 7);
        const axisAt = height - bottom + 26;
        const inPlaces = (share) => x(share * thresholds);
        moving.axis(image, inPlaces, axisAt, places, String, "predicted probability of positive");
      },
    );

    const before = html("p");
    const facts = html("p", { class: "moving-facts" });
    const bar = html("div", { class: "moving-bar", "aria-hidden": "true" });
    const question = html("p", { class: "moving-question" });
    const guess = html(
      "div",
      { class: "moving-buttons" },
      moving.button("Mostly negative", () => next("negative")),
      moving.button("Mostly positive", () => next("positive")),
    );
    const again = html(
      "div",
      { class: "moving-buttons" },
      moving.button("Start again", () => {
        [at, guesses, hits] = [0, 0, 0];
        before.textContent = "From the start again.";
        moving.swap(again, guess);
        show();
        kit.say(`${before.textContent} ${question.textContent}`);
      }),
    );

    function next(guessed) {
      at += 1;
      const { asked, asked_positive: positive, middle } = rounds[at];
      const came = outcome(rounds[at]);
      guesses += 1;
      hits += came === guessed ? 1 : 0;
      const verdict =
        came === "neither" ? "Half and half" : came === guessed ? "As you guessed" : "Not as you guessed";
      const was = rounds[at - 1].middle;
      const way = Math.abs(middle - was) < 0.0005 ? "stayed" : middle > was ? "moved right" : "moved left";
      before.textContent =
        `${verdict}: ${positive} of the ${asked} are positive. Trained with them, the hill has` +
        ` ${way}; its middle was at ${fixed(was, 3)} and is at ${fixed(middle, 3)}.`;
      if (at === rounds.length - 1) moving.swap(guess, again);
      show();
      kit.say(`${before.textContent} ${question.textContent}`);
    }

    function show() {
      const now = rounds[at];
      const share = now.positive / now.labels;
      const fact = (name, value) => html("span", {}, `${name} `, html("b", {}, value));
      facts.replaceChildren(
        fact("Labels", count(now.labels)),
        fact("positive among them", percent(share, 0)),
        fact("accuracy, cut at one half", percent(accuracyAt(now, thresholds / 2))),
        fact("cut at the mark", percent(accuracyAt(now, mark))),
      );
      bar.style.setProperty("--share", percent(1 - share));
      question.textContent =
        at < rounds.length - 1
          ? `The next query asks for the ${rounds[at + 1].asked} reviews at the dashed line, on` +
            " the strip below the hill. What will most of them be?"
          : "That was the last query of this run." +
            (guesses ? ` You guessed ${hits} of ${guesses}.` : "");
      picture.repaint();
      kit.keep([at, mark / thresholds]);
    }

    function move(to) {
      mark = moving.clamp(Math.round(to), low, high);
      slider.set(mark);
      show();
      kit.say(
        `Cut at ${fixed(mark / thresholds, 2)}: accuracy ${percent(accuracyAt(rounds[at], mark))}.`,
      );
    }
    const slider = moving.slider(
      "Move the mark",
      { min: low, max: high, step: 1, value: mark },
      (place) => fixed(place / thresholds, 3),
      move,
    );
    moving.drag(picture.frame, picture.frame, (x) => {
      const width = picture.frame.clientWidth;
      move(moving.scale(left, width - right, low, edges.at(-1))(x));
    });
    picture.frame.classList.add("moving-drags");
    const last = at === rounds.length - 1;
    [guess.hidden, again.hidden] = [last, !last];
    before.textContent =
      at === 0
        ? `The first ${rounds[0].labels} labels are of reviews drawn at random.`
        : `Query ${at} of this run.`;
    show();
    kit.show(before, facts, bar, picture.frame, question, guess, again, slider.row);
  }

  moving.parts.seesaw = { draw, accuracyAt, rangeOf, outcome };
  if (typeof module !== "undefined") module.exports = moving.parts.seesaw;
})();
