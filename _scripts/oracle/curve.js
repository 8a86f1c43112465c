"use strict";
// The drawing of the page "Be the oracle": the reader's learning curve beside the band of
// random labelling.

globalThis.beTheOracleCurve = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  const HEIGHT = 290;
  const EDGE = { left: 40, right: 14, top: 14, bottom: 42 };

  function part(parent, kind, attributes, text) {
    const made = document.createElementNS(SVG, kind);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  }

  /** Marks of an axis: whole steps from one end to the other. */
  function steps(from, to, step) {
    const first = Math.ceil(from / step - 1e-9) * step;
    const count = Math.floor((to - first) / step + 1e-9) + 1;
    return Array.from({ length: count }, (_, k) => first + k * step);
  }

  /**
   * Draw into a host as wide as it is. `curve` holds the accuracy before the first label
   * and after each; `guess` is what the reader expects after `guessAt` labels, or null.
   */
  function draw(host, { band, curve, guess, guessAt, description }) {
    const width = Math.max(260, host.clientWidth);
    const labels = curve.length - 1;
    const last = Math.max(60, Math.ceil((labels + 4) / 20) * 20);
    const lowest = Math.min(0.45, Math.floor(Math.min(...curve) * 20) / 20);
    const highest = Math.max(0.8, ...curve, guess === null ? 0 : guess / 100 + 0.04);
    const x = (at) =>
      EDGE.left + (at / last) * (width - EDGE.left - EDGE.right);
    const y = (share) =>
      HEIGHT -
      EDGE.bottom -
      ((share - lowest) / (highest - lowest)) * (HEIGHT - EDGE.top - EDGE.bottom);
    const line = (points) =>
      points.map(([at, share], k) => `${k ? "L" : "M"}${x(at)} ${y(share)}`).join("");

    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    svg.setAttribute("width", width);
    svg.setAttribute("height", HEIGHT);
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", description);

    for (const share of steps(lowest, highest, highest - lowest > 0.45 ? 0.1 : 0.05)) {
      part(svg, "line", {
        class: share > 0.499 && share < 0.501 ? "oracle-coin" : "oracle-grid",
        x1: EDGE.left, x2: width - EDGE.right, y1: y(share), y2: y(share),
      });
      part(
        svg,
        "text",
        { x: EDGE.left - 7, y: y(share) + 4, "text-anchor": "end" },
        Math.round(100 * share),
      );
    }
    for (const at of steps(0, last, last > 100 && width < 420 ? 40 : 20)) {
      part(
        svg,
        "text",
        { x: x(at), y: HEIGHT - EDGE.bottom + 18, "text-anchor": "middle" },
        at,
      );
    }
    part(
      svg,
      "text",
      { x: (EDGE.left + width) / 2, y: HEIGHT - 6, "text-anchor": "middle" },
      "labels",
    );

    const shown = band.labels.map((at, k) => [at, k]).filter(([at]) => at <= last);
    const above = shown.map(([at, k]) => [at, band.high[k]]);
    const below = shown.map(([at, k]) => [at, band.low[k]]).reverse();
    part(svg, "path", { class: "oracle-band", d: `${line([...above, ...below])}Z` });
    part(svg, "path", {
      class: "oracle-mean",
      d: line(shown.map(([at, k]) => [at, band.mean[k]])),
    });
    const [nameAt, nameK] = shown.at(-1);
    part(
      svg,
      "text",
      {
        class: "oracle-random-name",
        x: x(nameAt) - 4, y: y(band.low[nameK]) + 18, "text-anchor": "end",
      },
      "random labelling",
    );

    if (guess !== null) {
      const [at, height] = [x(guessAt), y(guess / 100)];
      part(svg, "path", {
        class: "oracle-guess",
        d: `M${at} ${height - 6}l6 6l-6 6l-6 -6Z`,
      });
      part(svg, "text", { x: at, y: height - 12, "text-anchor": "middle" }, "your guess");
    }
    part(svg, "path", { class: "oracle-curve", d: line(curve.map((share, at) => [at, share])) });
    part(svg, "circle", { class: "oracle-now", cx: x(labels), cy: y(curve[labels]), r: 5 });
    const room = x(labels) < width - 50;
    part(
      svg,
      "text",
      {
        class: "oracle-you",
        x: x(labels) + (room ? 9 : -9), y: y(curve[labels]) - 7,
        "text-anchor": room ? "start" : "end",
      },
      "you",
    );
    host.replaceChildren(svg);
  }

  return { draw };
})();
