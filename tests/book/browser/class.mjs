// Go through the slides in Chromium as who teaches does, print the summary, and say what
// was seen, as JSON.
//
//     node class.mjs CHROMIUM SLIDES SUMMARY PDF
//
// SLIDES and SUMMARY are addresses; the summary is printed to the file PDF.
//
// This file only observes; what is a fault is decided in tests/book/test_class.py.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [executablePath, slides, summary, pdf] = process.argv.slice(2);
const axe = await readFile(
  createRequire(import.meta.url).resolve("axe-core"),
  "utf8",
);
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const seen = { faults: [], slides: [] };

/** What the slide at hand shows. */
const look = (tab) =>
  tab.evaluate(() => {
    const slide = window.Reveal.getCurrentSlide();
    const shown = (element) => element?.getClientRects().length > 0;
    const pictures = [...slide.querySelectorAll("img")];
    return {
      title: slide.querySelector("h1, h2, h3").textContent,
      shown: shown(slide),
      height: slide.scrollHeight,
      pictures: pictures.map(({ alt, naturalWidth }) => ({ alt, naturalWidth })),
      notes: slide.querySelector("aside.notes")?.textContent.trim() ?? "",
      notesShown: shown(slide.querySelector("aside.notes")),
      braces: slide.textContent.includes("{{"),
    };
  });

async function violations(tab) {
  await tab.evaluate(axe);
  const found = await tab.evaluate(
    // It would fetch the styles once more, which a page on disk may not.
    (tags) =>
      window.axe.run({ preload: false, runOnly: { type: "tag", values: tags } }),
    WCAG,
  );
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`),
  );
}

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"],
});
try {
  const tab = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  await tab.route(
    (url) => url.protocol !== "file:",
    (route) => {
      seen.faults.push(`asked outside: ${route.request().url()}`);
      return route.abort();
    },
  );
  tab.on("pageerror", (error) => seen.faults.push(`script: ${error.message}`));
  tab.on("requestfailed", (request) => seen.faults.push(`failed: ${request.url()}`));
  tab.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) {
      seen.faults.push(`console: ${message.text()}`);
    }
  });
  await tab.goto(slides, { waitUntil: "load" });
  const total = await tab.evaluate(() => window.Reveal.getTotalSlides());
  for (let place = 0; place < total; place += 1) {
    const slide = await look(tab);
    // Of each kind one: the title, a figure, a table, code.
    const kind = await tab.evaluate(
      () =>
        ["h1", "img", "table", "pre"].find((tag) =>
          window.Reveal.getCurrentSlide().querySelector(tag),
        ) ?? "",
    );
    if (kind && !seen.slides.some((other) => other.kind === kind)) {
      slide.accessibility = await violations(tab);
    }
    seen.slides.push({ ...slide, kind });
    await tab.keyboard.press("ArrowRight");
  }
  await tab.keyboard.press("ArrowLeft");
  seen.back = (await look(tab)).title;
  await tab.goto(summary, { waitUntil: "load" });
  await tab.pdf({ path: pdf, preferCSSPageSize: true });
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}
