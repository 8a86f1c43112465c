// The prices: what it costs to stop by a rule, by a budget or not at all, as errors grow dear.

"use strict";

(() => {
  const moving = (globalThis.moving ??= { parts: {} });

  /** Places of the rules with the lowest regret at a price. */
  function cheapest(rules, at) {
    const values = rules.map(({ regrets }) => regrets[at][0]);
    const least = Math.min(...values);
    return values.flatMap((value, k) => (value === least ? [k] : []));
  }

  function draw(kit, data) {
    const { html, svg, write, count } = moving;
    const { texts, places } = data;
    const usual = Math.max(texts.indexOf(data.decides), 0);
    let [place, at] = kit
      .recall([
        [0, places.length - 1, 0],
        [0, texts.length - 1, usual],
      ])
      .map(Math.round);
    const [left, right, row] = [10, 24, 44];
    const rules = () => places[place].rules;

    const picture = kit.picture(
      "For each way to stop, its regret in labels, with its interval. The table says the same.",
      () => rules().length * row + 52,
      (image, { width, height }) => {
        const far = Math.max(...rules().map(({ regrets }) => regrets[at][2]), 1);
        const x = moving.scale(0, far, left, width - right);
        const marks = moving.ticks(0, far, width < 480 ? 3 : 6);
        for (const mark of marks) {
          const line = { x1: x(mark), x2: x(mark), y1: 0, y2: height - 44, class: "grid" };
          image.append(svg("line", line));
        }
        rules().forEach(({ name, regrets }, k) => {
          const [value, low, high] = regrets[at];
          const [y, colour] = [k * row + 32, `c${k + 1}`];
          image.append(
            write(left, y - 14, name, { class: `named ${colour}` }),
            svg("line", { x1: x(low), x2: x(high), y1: y, y2: y, class: `lined ${colour}` }),
            ...[low, high].map((end) =>
              svg("line", { x1: x(end), x2: x(end), y1: y - 6, y2: y + 6, class: `lined ${colour}` }),
            ),
            svg("circle", { cx: x(value), cy: y, r: 5, class: `filled ${colour}` }),
          );
        });
        moving.axis(image, x, height - 44, marks, count, "regret, in labels");
      },
    );

    const results = html("div");
    function show() {
      const best = cheapest(rules(), at);
      const rows = rules().map(({ name, regrets }, k) => {
        const [value, low, high] = regrets[at];
        const between = html("small", {}, `${count(low)} to ${count(high)}`);
        return [[name], [count(value), between], [best.includes(k) ? "cheapest" : "–"]];
      });
      results.replaceChildren(
        moving.table(
          `Regret in labels, mean and 95% interval, if the model is there for ${count(texts[at])} texts`,
          ["", "regret", ""],
          rows,
        ),
      );
      const names = best.map((k) => rules()[k].name).join(" and ");
      const least = count(rules()[best[0]].regrets[at][0]);
      kit.say(
        `${places[place].name}, ${count(texts[at])} texts: cheapest is ${names}, with a regret of ${least} labels.`,
      );
      kit.keep([place, at]);
      picture.repaint();
    }

    const where = moving.radios(
      "Where?",
      Object.fromEntries(places.map(({ name }, k) => [k, name])),
      String(place),
      (value) => {
        place = Number(value);
        show();
      },
    );
    const chosen = moving.slider(
      "Texts that the model is there for",
      { min: 0, max: texts.length - 1, step: 1, value: at },
      (k) => count(texts[k]),
      (k) => {
        at = k;
        show();
      },
    );
    show();
    kit.show(where, chosen.row, picture.frame, results);
  }

  moving.parts.prices = { draw, cheapest };
  if (typeof module !== "undefined") module.exports = moving.parts.prices;
})();
