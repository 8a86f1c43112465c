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

  /** The room of a name, from corner to corner. */
  function roomOf(text, x, y, anchor) {
    const wide = 7 * text.length;
    const left = x - { start: 0, middle: wide / 2, end: wide }[anchor];
    return [left, y - 12, left + wide, y + 4];
  }

  const overlap = (one, other) =>
    one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];

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
    const spots = curve.map((share, at) => [x(at), y(share)]);
    const taken = spots.map(([h, v]) => [h - 2, v - 2, h + 2, v + 2]);
    /** A name at the first of some places where it lies on nothing; or at the first. */
    function name(text, className, anchor, places) {
      const isFree = ([h, v]) =>
        !taken.some((other) => overlap(other, roomOf(text, h, v, anchor)));
      const [h, v] = places.find(isFree) ?? places[0];
      taken.push(roomOf(text, h, v, anchor));
      part(svg, "text", { class: className, x: h, y: v, "text-anchor": anchor }, text);
    }

    part(svg, "path", { class: "oracle-curve", d: line(curve.map((share, at) => [at, share])) });
    const [nowX, nowY] = spots.at(-1);
    if (guess !== null) {
      const [at, height] = [x(guessAt), y(guess / 100)];
      part(svg, "path", {
        class: "oracle-guess",
        d: `M${at} ${height - 6}l6 6l-6 6l-6 -6Z`,
      });
      taken.push([at - 7, height - 7, at + 7, height + 7]);
      name("your guess", "", "middle", [[at, height - 12], [at, height + 22]]);
    }
    part(svg, "circle", { class: "oracle-now", cx: nowX, cy: nowY, r: 5 });
    const room = nowX < width - 50;
    const beside = nowX + (room ? 9 : -9);
    name("you", "oracle-you", room ? "start" : "end", [
      [beside, nowY - 7],
      [beside, nowY + 17],
      [beside, nowY + 31],
    ]);
    const [nameAt, nameK] = shown.at(-1);
    const [high, low] = [y(band.high[nameK]), y(band.low[nameK])];
    const places = [low + 18, high - 10, low + 36, high - 28].map((v) => [x(nameAt) - 4, v]);
    name("random labelling", "oracle-random-name", "end", places);
    host.replaceChildren(svg);
  }

  return { draw };
})();
