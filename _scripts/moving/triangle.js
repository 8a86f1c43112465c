// The triangle of three classes: two reviews to move, and which of them each score asks for.

"use strict";

(() => {
  const moving = (globalThis.moving ??= { parts: {} });
  const ROWS = Math.sqrt(3) / 2; // height of a triangle with sides of 1
  const STEP = 0.02; // of a side, for one press of an arrow key
  const TURN = 720; // directions in which a line of equal doubt is looked for

  const scores = {
    "least confidence": (p) => 1 - Math.max(...p),
    margin: (p) => {
      const [first, second] = [...p].sort((a, b) => b - a);
      return 1 - (first - second);
    },
    entropy: (p) => -p.reduce((sum, q) => sum + (q > 0 ? q * Math.log2(q) : 0), 0),
  };

  /** Where probabilities lie: the first class at (0, 0), the second at (1, 0). */
  const place = ([, second, third]) => [second + third / 2, third * ROWS];

  /** The probabilities at a place, or those at the nearest edge outside the triangle. */
  function probabilities([x, y]) {
    const third = y / ROWS;
    const second = x - third / 2;
    const inside = [1 - second - third, second, third].map((p) => Math.max(p, 0));
    const sum = inside[0] + inside[1] + inside[2];
    return inside.map((p) => p / sum);
  }

  /** One class gets a probability; the others share what is left as they did before. */
  function withProbability(p, k, now) {
    const rest = 1 - p[k];
    return p.map((old, j) => {
      if (j === k) return now;
      return rest > 1e-9 ? (old / rest) * (1 - now) : (1 - now) / 2;
    });
  }

  /** Pieces of the line on which a score is as high as at p. From the centre outwards each
   * score only falls, so there is one such place in each direction, or none. */
  function contour(score, p) {
    const height = score(p);
    const pieces = [];
    let open = false;
    for (let k = 0; k <= TURN; k += 1) {
      const angle = (2 * Math.PI * k) / TURN;
      const third = Math.sin(angle) / ROWS;
      const second = Math.cos(angle) - third / 2;
      const way = [-second - third, second, third];
      const edge = Math.min(...way.map((w) => (w < 0 ? -1 / (3 * w) : Infinity)));
      const at = (far) => way.map((w) => Math.max(1 / 3 + far * w, 0));
      if (score(at(edge)) > height) {
        open = false;
        continue;
      }
      let [near, far] = [0, edge];
      for (let halving = 0; halving < 40; halving += 1) {
        const middle = (near + far) / 2;
        if (score(at(middle)) > height) near = middle;
        else far = middle;
      }
      if (!open) pieces.push([]);
      open = true;
      pieces.at(-1).push(at(far));
    }
    return pieces;
  }

  /** Which of two a score asks for first: 0, 1, or null for either. */
  function first(score, [a, b]) {
    const [one, other] = [score(a), score(b)];
    if (Math.abs(one - other) < 1e-9) return null;
    return one > other ? 0 : 1;
  }

  function draw(kit, data) {
    const { html, svg, write, percent, fixed } = moving;
    const { classes } = data;
    const names = ["A", "B"];
    const lines = ["c1", "c2 dashed", "c3 dotted"];
    const usual = data.points.map((p) => p.slice(0, 2)).flat();
    const kept = kit.recall(usual.map((p) => [0, 1, p]));
    const points = [kept.slice(0, 2), kept.slice(2)].map(([one, other]) =>
      probabilities(place([one, other, 1 - one - other])),
    );
    let chosen = 0;
    let toPixels, fromPixels;
    const path = (piece) =>
      `M${piece.map((p) => toPixels(place(p)).map((n) => n.toFixed(1)).join(" ")).join("L")}`;

    const picture = kit.picture(
      "A triangle with a class at each corner, the two reviews in it, and for each score the line" +
        " on which it doubts as much as at the chosen review.",
      (width) => Math.min(width - 48, 420) * ROWS + 56,
      (image, { width, height }) => {
        const side = Math.min(width - 48, 420);
        const corner = [(width - side) / 2, height - 28];
        toPixels = ([x, y]) => [corner[0] + x * side, corner[1] - y * side];
        fromPixels = ([x, y]) => [(x - corner[0]) / side, (corner[1] - y) / side];
        const corners = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
        image.append(svg("path", { d: `${path(corners)}Z`, class: "mark", fill: "none" }));
        corners.forEach((p, k) => {
          const [x, y] = toPixels(place(p));
          image.append(
            write(x, k === 2 ? y - 10 : y + 20, classes[k], { "text-anchor": "middle" }),
          );
        });
        Object.values(scores).forEach((score, k) => {
          for (const piece of contour(score, points[chosen])) {
            image.append(svg("path", { d: path(piece), class: `lined ${lines[k]}` }));
          }
        });
        points.forEach((p, k) => {
          const [x, y] = toPixels(place(p));
          handles[k].style.left = `${x}px`;
          handles[k].style.top = `${y}px`;
        });
      },
    );

    function grip(k) {
      const handle = html("button", { type: "button", class: "moving-point" }, names[k]);
      const to = (at) => {
        points[k] = probabilities(at);
        choose(k);
      };
      handle.addEventListener("keydown", (event) => {
        const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
        const move = way[event.key];
        if (!move) return;
        event.preventDefault();
        to(place(points[k]).map((n, j) => n + STEP * move[j]));
      });
      handle.addEventListener("focus", () => choose(k));
      moving.drag(handle, picture.frame, (x, y) => to(fromPixels([x, y])));
      return handle;
    }
    const handles = [0, 1].map(grip);

    const results = html("div");
    const radios = moving.radios("Lines and sliders are those of review", { 0: "A", 1: "B" }, "0",
      (value) => choose(Number(value)));
    const sliders = classes.map((name, k) =>
      moving.slider(name, { min: 0, max: 1, step: 0.01, value: points[0][k] }, (now) => percent(now, 0),
        (now) => {
          points[chosen] = withProbability(points[chosen], k, now);
          show();
        }),
    );

    function choose(k) {
      chosen = k;
      for (const input of radios.querySelectorAll("input")) input.checked = input.value === `${k}`;
      show();
    }
    function show() {
      sliders.forEach((slider, k) => slider.set(points[chosen][k]));
      handles.forEach((handle, k) => {
        const shares = classes.map((name, j) => `${name} ${percent(points[k][j], 0)}`);
        handle.setAttribute("aria-label", `${names[k]}: ${shares.join(", ")}. Arrow keys move it.`);
        handle.classList.toggle("chosen", k === chosen);
      });
      const asked = Object.values(scores).map((score) => names[first(score, points)] ?? "either");
      const key = (k) =>
        svg("svg", { width: 30, height: 10, "aria-hidden": "true" },
          svg("line", { x1: 0, x2: 30, y1: 5, y2: 5, class: `lined ${lines[k]}` }));
      results.replaceChildren(
        moving.table("Doubt, and which review is asked for first", ["", "A", "B", "first"],
          Object.entries(scores).map(([name, score], k) => [
            [key(k), ` ${name}`],
            ...points.map((p) => fixed(score(p), 3)),
            html("b", {}, asked[k]),
          ])),
      );
      picture.repaint();
      kit.keep(points.flatMap((p) => p.slice(0, 2)));
      const sentences = Object.keys(scores).map((name, k) => `${name}: ${asked[k]}`);
      kit.say(`${handles[chosen].ariaLabel} First by ${sentences.join("; ")}.`);
    }

    const stage = html("div", { class: "moving-stage" }, picture.frame, ...handles);
    show();
    kit.show(stage, radios, ...sliders.map(({ row }) => row), results);
  }

  moving.parts.triangle = { draw, scores, contour, first, probabilities, place, withProbability };
  if (typeof module !== "undefined") module.exports = moving.parts.triangle;
})();
