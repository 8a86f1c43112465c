// Move every part of one page, by keyboard and by mouse, and print what was seen, as JSON.
//
//     node moving.mjs CHROMIUM PAGE
//
// PAGE is a file. This script only observes; what is a fault is decided in test_moving.py.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [executablePath, page] = process.argv.slice(2);
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core"), "utf8");
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const plain = pathToFileURL(page).href;

const faults = [];
async function open(browser, options, query = "") {
  const context = await browser.newContext(options);
  const tab = await context.newPage();
  tab.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) faults.push(message.text());
  });
  tab.on("pageerror", (error) => faults.push(error.message));
  tab.on("request", (request) => {
    if (!/^(file|data):/.test(request.url())) faults.push(`asked for ${request.url()}`);
  });
  await tab.goto(plain + query);
  return tab;
}

const seen = (tab, selector) =>
  tab.$$eval(selector, (all) => all.map((one) => one.checkVisibility()));
const text = (tab, part) => tab.innerText(`[data-part=${part}]`);
const parts = (tab) => tab.$$eval(".moving", (all) => all.map((one) => one.dataset.part));

/** What each part says after its controls were used by the keyboard alone, in their order. */
async function byKeyboard(tab) {
  const found = {};
  for (const part of await parts(tab)) {
    const before = await text(tab, part);
    const reached = [];
    let lost = 0;
    await tab.evaluate((name) => {
      const start = document.querySelector(`[data-part=${name}]`);
      start.tabIndex = -1;
      start.focus();
      start.removeAttribute("tabindex");
    }, part);
    const focused = () =>
      tab.evaluate((name) => {
        const now = document.activeElement;
        if (!now.closest(`[data-part=${name}]`)) return null;
        const words = now.labels?.[0]?.textContent ?? now.ariaLabel ?? now.textContent;
        return { kind: now.type, words, outline: getComputedStyle(now).outlineStyle };
      }, part);
    await tab.keyboard.press("Tab");
    for (let now = await focused(); now && reached.length < 12; now = await focused()) {
      reached.push(now);
      await tab.keyboard.press(now.kind === "button" ? "Enter" : "ArrowRight");
      await tab.keyboard.press("ArrowRight");
      if (!(await focused())) lost += 1;
      await tab.keyboard.press("Tab");
    }
    found[part] = { before, after: await text(tab, part), reached, lost };
  }
  await tab.waitForTimeout(700);
  for (const part of Object.keys(found)) {
    found[part].said = await tab.textContent(`[data-part=${part}] .moving-says`);
  }
  return found;
}

/** Drag over the picture, or its points, and say what has become of the words. */
async function byMouse(tab) {
  const changed = {};
  for (const part of await parts(tab)) {
    const drags = `[data-part=${part}] :is(.moving-drags, .moving-point)`;
    const handle = await tab.$(drags);
    if (!handle) continue;
    await handle.scrollIntoViewIfNeeded();
    const before = await text(tab, part);
    const box = await handle.boundingBox();
    await tab.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await tab.mouse.down();
    await tab.mouse.move(box.x + box.width / 2 + 60, box.y + box.height / 2 - 40);
    await tab.mouse.up();
    changed[part] = before !== (await text(tab, part));
  }
  return changed;
}

async function violations(tab, theme) {
  await tab.evaluate((name) => {
    document.documentElement.dataset.theme = name;
    window.scrollTo(0, 0);
  }, theme);
  if (!(await tab.evaluate(() => "axe" in window))) await tab.evaluate(axe);
  const found = await tab.evaluate(
    // Without preload: a page from a file may not read its own style sheets.
    (tags) =>
      window.axe.run(".moving", { runOnly: { type: "tag", values: tags }, preload: false }),
    WCAG,
  );
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
  );
}

const past = (tab) =>
  tab.evaluate(() => {
    const right = (one) => one.getBoundingClientRect().right;
    const edge = document.documentElement.clientWidth;
    const wide = [...document.querySelectorAll(".moving, .moving *:not(.moving-says)")].filter(
      (one) =>
        one.checkVisibility() && right(one) > Math.min(edge, right(one.closest(".moving"))) + 0.5,
    );
    return wide.map((one) => one.outerHTML.slice(0, 160));
  });

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const found = {};
  const desktop = await open(browser, { viewport: { width: 1280, height: 900 } });
  found.names = await parts(desktop);
  found.untouched = desktop.url() === plain;
  found.atFirst = await violations(desktop, "light");
  found.keyboard = await byKeyboard(desktop);
  found.mouse = await byMouse(desktop);
  found.light = await violations(desktop, "light");
  found.dark = await violations(desktop, "dark");
  found.screen = {
    stills: await seen(desktop, "figure img"),
    captions: await seen(desktop, "figcaption"),
  };
  await desktop.emulateMedia({ media: "print" });
  found.print = {
    stills: await seen(desktop, "figure img"),
    moving: await seen(desktop, ".moving"),
  };
  const address = new URL(desktop.url());
  found.kept = Object.fromEntries(
    found.names.map((part) => [part, address.searchParams.get(part)]),
  );

  const phone = await open(
    browser,
    { viewport: { width: 360, height: 780 } },
    address.search,
  );
  found.phone = {
    past: await past(phone),
    threshold: await phone.inputValue("[data-part=threshold] input"),
  };
  await phone.setViewportSize({ width: 320, height: 780 });
  await phone.waitForTimeout(200);
  found.narrower = await past(phone);

  const nonsense = found.names.map((part) => `${part}=1e9_x__-3`).join("&");
  const odd = await open(browser, {}, `?${nonsense}`);
  found.odd = await seen(odd, ".moving .moving-picture svg, .moving button");

  const broken = await open(browser, {});
  found.faults = faults.splice(0);
  await broken.route("**/moving/seesaw.js", (route) => route.abort());
  await broken.reload();
  found.broken = {
    stills: await seen(broken, "figure img"),
    warned: faults.splice(0).filter((fault) => fault.includes("does not move")).length,
  };

  const quiet = await open(browser, { javaScriptEnabled: false });
  found.without = {
    heights: await Promise.all(
      (await quiet.locator("figure img, .moving").all()).map(
        async (one) => (await one.boundingBox())?.height ?? 0,
      ),
    ),
  };
  console.log(JSON.stringify(found));
} finally {
  await browser.close();
}
