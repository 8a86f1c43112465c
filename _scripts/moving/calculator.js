// The calculator: how many labels each way to ask needs for a target, and what they cost.

"use strict";

(() => {
  const moving = (globalThis.moving ??= { parts: {} });
  const SECONDS = [5, 180]; // for one label, from a glance to three minutes

  const hours = (labels, seconds) => (labels === null ? null : (labels * seconds) / 3600);

  /** One minus a share and its interval: what is saved, at least and at most. Null is "not
   * known": where a share is 0 or has no end, one of the two has never reached the target. */
  function saving(share) {
    const [value, low, high] = share.map((s) => (s === null || s === 0 ? null : 1 - s));
    return [value, high, low];
  }

  /** Two ends in words; either may be unknown. */
  function between(low, high, inWords) {
    if (low === null && high === null) return "not known";
    if (low === null) return `at most ${inWords(high)}`;
    if (high === null) return `at least ${inWords(low)}`;
    return `${inWords(low)} to ${inWords(high)}`;
  }

  function draw(kit, data) {
    const { html, svg, write, count, percent, fixed } = moving;
    const { targets, arms, control } = data;
    const usual = Math.floor(targets.length / 2);
    const far = Math.max(...arms.map(({ up_to: end }) => end));
    let [target, seconds] = kit.recall([
      [targets[0], targets.at(-1), targets[usual]],
      [...SECONDS, Math.round(data.seconds)],
    ]);
    const gap = (place) => Math.abs(targets[place] - target);
    let at = targets.reduce((best, _, place) => (gap(place) < gap(best) ? place : best), 0);
    let other = 0;
    const colours = arms.map(({ name }) => (name === control ? "c5" : `c${((other += 1) - 1) % 4 + 1}`));
    const beyond = ({ up_to: end }) => `not within ${count(end)}`;
    const [left, right, row] = [10, 24, 44];

    const picture = kit.picture(
      "For each way to ask, the labels that it needs, with their interval. The table says the same.",
      () => arms.length * row + 52,
      (image, { width, height }) => {
        const x = moving.scale(0, far, left, width - right);
        const places = moving.ticks(0, far, width < 480 ? 3 : 6);
        for (const place of places) {
          const line = { x1: x(place), x2: x(place), y1: 0, y2: height - 44, class: "grid" };
          image.append(svg("line", line));
        }
        arms.forEach((arm, k) => {
          const [value, low, high] = arm.labels[at];
          const y = k * row + 32;
          image.append(write(left, y - 14, arm.name, { class: `named ${colours[k]}` }));
          if (low === null) {
            image.append(write(left, y + 5, beyond(arm)));
            return;
          }
          const end = x(high ?? arm.up_to);
          image.append(
            svg("line", { x1: x(low), x2: end, y1: y, y2: y, class: `lined ${colours[k]}` }),
            svg("line", { x1: x(low), x2: x(low), y1: y - 6, y2: y + 6, class: `lined ${colours[k]}` }),
            // An interval without an end is an arrow.
            high === null
              ? svg("path", { d: `M${end - 6} ${y - 5}l6 5l-6 5`, class: `lined ${colours[k]}` })
              : svg("line", { x1: end, x2: end, y1: y - 6, y2: y + 6, class: `lined ${colours[k]}` }),
          );
          if (value !== null) {
            image.append(svg("circle", { cx: x(value), cy: y, r: 5, class: `filled ${colours[k]}` }));
          }
        });
        moving.axis(image, x, height - 44, places, count, "labels needed");
      },
    );

    const results = html("div");
    const inHours = (time) => (time === null ? "–" : `${fixed(time, time < 10 ? 1 : 0)} h`);
    function show() {
      const rows = arms.map((arm) => {
        const [value, low, high] = arm.labels[at];
        const needs =
          value === null
            ? [beyond(arm)]
            : [count(value), html("small", {}, between(low, high, count))];
        const cells = [[arm.name], needs, [inHours(hours(value, seconds))]];
        if (!arm.share) return [...cells, ["–"]];
        const [saved, least, most] = saving(arm.share[at]);
        const whole = (share) => percent(share, 0);
        return [
          ...cells,
          saved === null
            ? ["–"]
            : [whole(saved), html("small", {}, between(least, most, whole))],
        ];
      });
      results.replaceChildren(
        moving.table(
          `To reach an accuracy of ${percent(targets[at])} for good, and what is saved against ${control}, with 95% intervals`,
          ["", "labels", "hours", "labels saved"],
          rows,
        ),
      );
      const sentences = arms.map(({ name, labels: all }) => {
        const [value] = all[at];
        if (value === null) return `${name} does not get there`;
        return `${name} ${count(value)} labels, ${inHours(hours(value, seconds))}`;
      });
      kit.say(`Accuracy ${percent(targets[at])}: ${sentences.join("; ")}.`);
      kit.keep([targets[at], seconds]);
    }

    const chosen = moving.slider(
      "Accuracy to reach",
      { min: 0, max: targets.length - 1, step: 1, value: at },
      (place) => percent(targets[place]),
      (place) => {
        at = place;
        picture.repaint();
        show();
      },
    );
    const pace = moving.slider(
      "Seconds for a label",
      { min: SECONDS[0], max: SECONDS[1], step: 1, value: seconds },
      (now) => `${now} s`,
      (now) => {
        seconds = now;
        show();
      },
    );
    show();
    kit.show(chosen.row, pace.row, picture.frame, results);
  }

  moving.parts.calculator = { draw, hours, saving, between };
  if (typeof module !== "undefined") module.exports = moving.parts.calculator;
})();
