// Parts of a page that a reader moves: their frame, controls and axes, and where their state
// is kept. Each part is drawn by a script of its own, <part>.js, which may be loaded
// before this one or after it. The pages and what may be relied on: alutils/figures/moving.py.

"use strict";

(() => {
  const moving = (globalThis.moving ??= { parts: {} });
  const QUIET = 500; // milliseconds without a change before it is said aloud
  let ids = 0;

  const count = (number) => Math.round(number).toLocaleString("en-GB");
  /** With so many digits, a true minus, and no zero below zero. */
  const fixed = (number, digits) => {
    const text = Math.abs(number).toFixed(digits);
    return number < 0 && Number(text) ? `−${text}` : text;
  };
  const percent = (share, digits = 1) => `${fixed(100 * share, digits)}%`;
  const clamp = (number, low, high) => Math.min(Math.max(number, low), high);
  const scale = (low, high, from, to) => (value) =>
    from + ((value - low) / (high - low)) * (to - from);
  /** Round numbers from low to high, about so many. */
  function ticks(low, high, about) {
    const rough = (high - low) / about;
    const ten = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((k) => k * ten).find((k) => k >= rough - 1e-12);
    const first = Math.ceil(low / step - 1e-9);
    const last = Math.floor(high / step + 1e-9);
    return Array.from({ length: last - first + 1 }, (_, k) =>
      Number(((first + k) * step).toPrecision(12)),
    );
  }

  function made(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes ?? {})) {
      if (typeof value === "function") node.addEventListener(name, value);
      else if (value !== null) node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  }
  const html = (tag, attributes, ...children) =>
    made(document.createElement(tag), attributes, children);
  const svg = (tag, attributes, ...children) =>
    made(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
  const write = (x, y, text, attributes) => svg("text", { x, y, ...attributes }, text);
  const newId = (name) => `moving-${name}-${(ids += 1)}`;

  const button = (text, click) => html("button", { type: "button", click }, text);

  /** A range with its name and its value in words; `set` moves it without a report. */
  function slider(name, { min, max, step, value }, inWords, changed) {
    const id = newId("slider");
    const input = html("input", { type: "range", id, min, max, step });
    const shown = html("span", { class: "moving-value", "aria-hidden": "true" });
    const show = () => {
      shown.textContent = inWords(Number(input.value));
      input.setAttribute("aria-valuetext", shown.textContent);
    };
    const set = (now) => {
      input.value = now;
      show();
    };
    input.addEventListener("input", () => {
      show();
      changed(Number(input.value));
    });
    set(value);
    const label = html("label", { for: id }, name);
    const row = html("div", { class: "moving-slider" }, label, input, shown);
    return { row, set, value: () => Number(input.value) };
  }

  /** One of a few, as radio buttons under a question. */
  function radios(question, choices, chosen, changed) {
    const name = newId("radios");
    const labels = Object.entries(choices).map(([value, text]) => {
      const input = html("input", { type: "radio", name, value });
      input.checked = value === chosen;
      input.addEventListener("change", () => changed(value));
      return html("label", {}, input, ` ${text}`);
    });
    return html("fieldset", {}, html("legend", {}, question), ...labels);
  }

  /** A table: names for its columns, and rows whose first cell names the row. */
  function table(caption, headers, rows) {
    const line = ([first, ...cells]) =>
      html(
        "tr",
        {},
        html("th", { scope: "row" }, ...[first].flat()),
        ...cells.map((cell) => html("td", {}, ...[cell].flat())),
      );
    return html(
      "table",
      {},
      html("caption", {}, caption),
      html("thead", {}, html("tr", {}, ...headers.map((h) => html("th", { scope: "col" }, h)))),
      html("tbody", {}, ...rows.map(line)),
    );
  }

  /** Hide one group of controls and show another; the focus moves along. */
  function swap(from, to) {
    const focused = from.contains(document.activeElement);
    to.hidden = false;
    if (focused) to.querySelector("button").focus();
    from.hidden = true;
  }

  /** A horizontal axis with its ticks and, below them, its name. */
  function axis(image, x, y, places, inWords, name) {
    const ends = [x(places[0]), x(places.at(-1))];
    image.append(svg("line", { x1: ends[0], x2: ends[1], y1: y, y2: y, class: "axis" }));
    for (const place of places) {
      const at = x(place);
      image.append(
        svg("line", { x1: at, x2: at, y1: y, y2: y + 5, class: "axis" }),
        write(at, y + 18, inWords(place), { "text-anchor": "middle" }),
      );
    }
    const middle = (ends[0] + ends[1]) / 2;
    image.append(write(middle, y + 36, name, { "text-anchor": "middle" }));
  }

  /** An outline of steps over heights, for a path; edges has one number more. */
  function outline(edges, heights, x, y) {
    const steps = heights.map((h, k) => `V${y(h)}H${x(edges[k + 1])}`);
    return `M${x(edges[0])} ${y(0)}${steps.join("")}V${y(0)}Z`;
  }

  /** What a part gets to draw itself with. */
  function kitOf(host, part) {
    const live = html("p", { class: "moving-says", "aria-live": "polite" });
    const pictures = [];
    let waiting;
    return {
      /** Show controls and pictures, in this order. */
      show(...children) {
        host.append(...children, live);
        for (const painted of pictures) painted.fit();
      },
      /** Say it aloud, once nothing has changed for a moment. */
      say(text) {
        if (!live.isConnected) return; // nothing has been moved yet
        clearTimeout(waiting);
        waiting = setTimeout(() => {
          live.textContent = text;
        }, QUIET);
      },
      /** A picture, painted at the pixels at which it is shown and again when they change. */
      picture(name, height, paint) {
        const frame = html("div", { class: "moving-picture" });
        let width = 0;
        const repaint = () => {
          if (!width) return;
          const size = { width, height: height(width) };
          const image = svg("svg", { ...size, role: "img", "aria-label": name });
          paint(image, size);
          frame.replaceChildren(image);
        };
        const fit = () => {
          const now = Math.floor(frame.clientWidth);
          if (now === width) return;
          width = now;
          repaint();
        };
        new ResizeObserver(fit).observe(frame);
        pictures.push({ fit });
        return { frame, repaint };
      },
      /** Numbers kept in the page's address, one range for each; or the given ones. */
      recall(ranges) {
        const kept = new URLSearchParams(location.search).get(part);
        const numbers = (kept ?? "").split("_").map((text) => (text ? Number(text) : NaN));
        return ranges.map(([low, high, usual], k) =>
          Number.isFinite(numbers[k]) && numbers.length === ranges.length
            ? clamp(numbers[k], low, high)
            : usual,
        );
      },
      keep(numbers) {
        if (!live.isConnected) return;
        try {
          const address = new URL(location.href);
          address.searchParams.set(part, numbers.map((n) => Number(n.toFixed(4))).join("_"));
          history.replaceState(history.state, "", address);
        } catch {
          // A page from a file may have no address to change; the part works without.
        }
      },
    };
  }

  /** Follow a pointer that holds a handle, in pixels from the corner of a picture. */
  function drag(handle, frame, moved) {
    const tell = (event) => {
      const box = frame.getBoundingClientRect();
      moved(event.clientX - box.left, event.clientY - box.top);
    };
    handle.addEventListener("pointerdown", (event) => {
      handle.setPointerCapture(event.pointerId);
      tell(event);
    });
    handle.addEventListener("pointermove", (event) => {
      if (handle.hasPointerCapture(event.pointerId)) tell(event);
    });
  }

  function start() {
    for (const host of document.querySelectorAll(".moving[data-part]")) {
      const { part } = host.dataset;
      const script = host.querySelector("script");
      try {
        moving.parts[part].draw(kitOf(host, part), JSON.parse(script.textContent));
        host.classList.add("moves");
        // Its still picture has a cell of its own behind it: bookbuild/stills.py.
        host.closest(".cell")?.nextElementSibling?.classList.add("moving-still");
      } catch (error) {
        // The still picture stays, which says the same.
        host.replaceChildren(script);
        console.warn(`${part} does not move:`, error);
      }
    }
  }

  Object.assign(moving, {
    count, fixed, percent, clamp, scale, ticks, html, svg, write, newId,
    button, slider, radios, table, swap, axis, outline, drag,
  });
  if (typeof document === "undefined") module.exports = moving;
  else if (document.readyState !== "complete") {
    document.addEventListener("DOMContentLoaded", start);
  } else start();
})();
