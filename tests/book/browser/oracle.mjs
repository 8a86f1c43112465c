// Be a newcomer on the page "Be the oracle", and print what was seen, as JSON.
//
//     node oracle.mjs CHROMIUM FOLDER [FOLDER FOR PICTURES]
//
// FOLDER holds the built book. The newcomer is right in nine of ten. The page's clock is
// wound by hand, so that nobody waits for three seconds a sentence.
//
// This file only labels and observes; what is a fault is decided in
// tests/book/test_be_the_oracle.py.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [executablePath, folder, pictures] = process.argv.slice(2);
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core"), "utf8");
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const PAGE = "book/be-the-oracle.html";
const KINDS = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml" };
const LABELS = 60;

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  try {
    const content = await readFile(join(folder, decodeURIComponent(pathname)));
    response.setHeader("Content-Type", KINDS[extname(pathname)] ?? "application/octet-stream");
    response.end(content);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const base = `http://127.0.0.1:${server.address().port}/`;
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"],
});

/** A fresh reader at the page; `before` runs in it before the page's own scripts. */
async function reader({ width = 1280, theme = "light", before, root = base, hash = "", ...more }) {
  const context = await browser.newContext({
    viewport: { width, height: width < 500 ? 780 : 900 },
    colorScheme: theme,
    ...more,
  });
  const tab = await context.newPage();
  const seen = { faults: [] };
  tab.on("pageerror", (error) => seen.faults.push(`script: ${error.message}`));
  tab.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) seen.faults.push(message.text());
  });
  tab.on("request", (request) => {
    if (!request.url().startsWith(root)) seen.faults.push(`asked: ${request.url()}`);
  });
  tab.on("response", (response) => {
    if (response.status() >= 400) seen.faults.push(`${response.status()} ${response.url()}`);
  });
  if (before) await tab.addInitScript(before);
  if (more.javaScriptEnabled !== false) await tab.clock.install();
  await tab.goto(new URL(`${PAGE}${hash}`, root).href, { waitUntil: "networkidle" });
  if (more.javaScriptEnabled !== false) await tab.clock.pauseAt(Date.now() + 60_000);
  return { context, tab, seen };
}

/** What the page shows. */
const look = (tab) =>
  tab.evaluate(() => {
    const part = (name) => document.querySelector(`#oracle ${name}`);
    const words = (name) => part(name)?.textContent ?? "";
    const shown = (name) => Boolean(part(name)?.getClientRects().length);
    const sentence = words(".oracle-sentence");
    return {
      sentence,
      row: globalThis.beTheOracleData.texts.indexOf(sentence),
      why: words(".oracle-why"),
      answered: words(".oracle-answered"),
      told: words(".oracle-told"),
      notice: shown(".oracle-notice") ? words(".oracle-notice") : "",
      heard: words(".oracle-heard"),
      offered: shown(".oracle-offer"),
      start: shown(".oracle-start"),
      end: shown(".oracle-end") ? part(".oracle-end").innerText : "",
      strategy: part("input[type=radio]:checked").value,
      crossed: (() => {
        const texts = [...document.querySelectorAll("#oracle svg text")].map((one) => [
          one.textContent,
          one.getBoundingClientRect(),
        ]);
        return texts.flatMap(([one, a], k) =>
          texts
            .slice(k + 1)
            .filter(([, b]) => a.left < b.right && b.left < a.right)
            .filter(([, b]) => a.top < b.bottom && b.top < a.bottom)
            .map(([other]) => `${one} on ${other}`),
        );
      })(),
      curve: part("svg")?.getAttribute("aria-label") ?? "",
      focus: document.activeElement.className || document.activeElement.textContent,
      stored: (() => {
        try {
          return localStorage.getItem("be-the-oracle");
        } catch {
          return null;
        }
      })(),
      hash: location.hash,
    };
  });

/** The row of the sentence shown, and its label in the data set. */
const shown = (tab) =>
  tab.evaluate(() => {
    const { texts, labels } = globalThis.beTheOracleData;
    const row = texts.indexOf(document.querySelector(".oracle-sentence").textContent);
    return [row, Number(labels[row])];
  });

/** What a newcomer says: wrong for every tenth. */
const newcomer = (row, right) => (row % 10 ? right : 1 - right);

const pass = (tab, seconds = 3) => tab.clock.fastForward(seconds * 1000);

async function answer(tab, way, label) {
  if (way === "keys") return tab.keyboard.press(label ? "p" : "1");
  return tab.locator(".oracle-answer").nth(label).click();
}

async function label(tab, way, count, says = newcomer, seconds = 3) {
  const rows = [];
  for (let done = 0; done < count; done += 1) {
    await pass(tab, seconds);
    const [row, right] = await shown(tab);
    rows.push(row);
    await answer(tab, way, says(row, right, done));
  }
  return rows;
}

/** Press a key until the focus is where it should be. */
async function goTo(tab, selector) {
  for (let pressed = 0; pressed < 100; pressed += 1) {
    if (await tab.evaluate((s) => document.activeElement.matches(s), selector)) return;
    await tab.keyboard.press("Tab");
  }
  throw new Error(`the Tab key does not reach ${selector}`);
}

async function press(tab, way, selector) {
  if (way === "mouse") return tab.click(selector);
  await goTo(tab, selector);
  return tab.keyboard.press("Enter");
}

async function guess(tab, way) {
  if (way === "keys") {
    await goTo(tab, "#oracle-guess");
    for (let k = 0; k < 20; k += 1) await tab.keyboard.press("ArrowRight");
  } else {
    await tab.locator("#oracle-guess").fill("70");
  }
  await press(tab, way, ".oracle-start button");
}

async function violations(tab) {
  await tab.clock.resume(); // axe waits by it
  await tab.evaluate(() => window.scrollTo(0, 0));
  await tab.evaluate(axe);
  return tab.evaluate(async (tags) => {
    const found = await window.axe.run("article", { runOnly: { type: "tag", values: tags } });
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 120)} ${failureSummary}`),
    );
  }, WCAG);
}

async function picture(tab, name) {
  if (pictures) await tab.screenshot({ path: `${pictures}/${name}.png` });
}

const overflow = (tab) =>
  tab.evaluate(() => {
    const edge = document.documentElement.clientWidth;
    const wide = [...document.querySelectorAll("#oracle, #oracle *")].filter(
      (one) => one.getClientRects().length && one.getBoundingClientRect().right > edge + 1,
    );
    return wide.map((one) => one.outerHTML.slice(0, 100));
  });

/** Ten minutes of a newcomer, from the guess to the end. */
async function sitting(theme, width, way) {
  const { context, tab, seen } = await reader({ theme, width });
  const first = await look(tab);
  const tree = { start: await tab.locator("#oracle").ariaSnapshot() };
  await picture(tab, `${theme}-${width}-start`);
  await guess(tab, way);
  const begun = await look(tab);
  const rows = await label(tab, way, 12);
  tree.middle = await tab.locator("#oracle").ariaSnapshot();
  const middle = await look(tab);
  await picture(tab, `${theme}-${width}-middle`);
  rows.push(...(await label(tab, way, LABELS - 12)));
  const found = { first, begun, middle, rows, tree, ...(await theEnd(tab, way)) };
  await picture(tab, `${theme}-${width}-end`);
  found.apart = await tab.locator(".oracle-apart li").allInnerTexts();
  tree.end = await tab.locator("#oracle").ariaSnapshot();
  found.still = await tab.locator(".oracle-still").isVisible();
  await tab.emulateMedia({ media: "print" });
  found.print = {
    still: await tab.locator(".oracle-still").isVisible(),
    part: await tab.locator("#oracle").isVisible(),
  };
  await context.close();
  return { theme, width, way, ...found, faults: seen.faults };
}

/** The report, with every fold open. */
async function theEnd(tab, way) {
  await press(tab, way, ".oracle-offer button");
  const ended = await look(tab);
  await press(tab, way, ".oracle-apart summary");
  await press(tab, way, ".oracle-rules summary");
  return { ended, violations: await violations(tab), overflow: await overflow(tab) };
}

/** The same labels, and the guess before them, at another width or in another theme. */
async function visit(theme, width, stored) {
  const { context, tab, seen } = await reader({ theme, width });
  await picture(tab, `${theme}-${width}-start`);
  const found = { violations: await violations(tab), overflow: await overflow(tab) };
  await tab.evaluate((text) => localStorage.setItem("be-the-oracle", text), stored);
  await tab.reload({ waitUntil: "networkidle" });
  await picture(tab, `${theme}-${width}-back`);
  const end = await theEnd(tab, "mouse");
  await picture(tab, `${theme}-${width}-end`);
  await context.close();
  return {
    theme, width, way: "none",
    ended: end.ended,
    violations: [...found.violations, ...end.violations],
    overflow: [...found.overflow, ...end.overflow],
    faults: seen.faults,
  };
}

/** Reloading, undoing, playing, other rules, deleting. */
async function books() {
  const { context, tab, seen } = await reader({ hash: "#strategy=random&seed=3" });
  await guess(tab, "mouse");
  const found = { start: await look(tab) };
  await label(tab, "keys", 5);
  found.five = await look(tab);
  await pass(tab);
  await tab.keyboard.press("3"); // cannot tell
  found.left = await look(tab);
  await tab.keyboard.press("u");
  found.back = await look(tab);
  await tab.keyboard.press("u");
  await tab.reload({ waitUntil: "networkidle" });
  found.reloaded = await look(tab);

  await tab.click("text=Let it play");
  await tab.clock.runFor(3100);
  found.played = await look(tab);
  await tab.click("text=Stop playing");
  await tab.clock.runFor(3000);
  found.stopped = await look(tab);

  await tab.click(".oracle-rules summary");
  await tab.check("input[value=doubt]");
  found.other = await look(tab);
  await tab.check("input[value=random]");
  found.again = await look(tab);
  await tab.click("text=Delete everything");
  found.deleted = await look(tab);
  await tab.goto("about:blank");
  await tab.goto(`${base}${PAGE}`, { waitUntil: "networkidle" });
  found.anew = await look(tab);
  await context.close();
  return { ...found, faults: seen.faults };
}

/** Answers faster than anybody reads: at once, twice, and by a key that is held. */
async function haste() {
  const { context, tab, seen } = await reader({});
  await guess(tab, "mouse");
  await tab.evaluate(() => {
    for (let k = 0; k < 5; k += 1) document.querySelector(".oracle-answer").click();
  });
  const found = { atOnce: await look(tab) };
  await pass(tab);
  await tab.locator(".oracle-answer").first().dblclick();
  found.twice = await look(tab);
  await pass(tab);
  await tab.locator(".oracle-card").focus();
  for (let k = 0; k < 4; k += 1) {
    await tab.keyboard.down("2");
    await pass(tab);
  }
  found.held = await look(tab);
  for (const key of ["Control+1", "9", "x"]) await tab.keyboard.press(key);
  found.nothing = await look(tab);
  await context.close();
  return { ...found, faults: seen.faults };
}

/** Readers who label everything alike, by a coin, with the two buttons mixed up, or faster
    than anybody reads. */
async function oddReaders() {
  const ways = {
    alike: () => 1,
    coin: (row, right, done) => Number(done % 4 < 2),
    mixedUp: (row, right) => 1 - newcomer(row, right),
    hasty: newcomer,
  };
  const found = {};
  for (const [name, says] of Object.entries(ways)) {
    const { context, tab, seen } = await reader({});
    await guess(tab, "mouse");
    await label(tab, "keys", 40, says, name === "hasty" ? 0.5 : 3);
    await press(tab, "mouse", ".oracle-offer button");
    found[name] = { ...(await look(tab)), faults: seen.faults };
    await picture(tab, `reader-${name}`);
    await context.close();
  }
  return found;
}

/** A page that cannot save, or finds what is none of its own, or has no server. */
async function odd() {
  const found = {};
  // A browser with no room left, and one that is told to let no page store anything.
  const full = () => {
    const plain = Storage.prototype.setItem;
    Storage.prototype.setItem = function (key, ...more) {
      if (key === "be-the-oracle") throw new DOMException("full", "QuotaExceededError");
      return plain.call(this, key, ...more);
    };
  };
  const refuse = () => {
    for (const name of ["localStorage", "sessionStorage"]) {
      Object.defineProperty(window, name, {
        configurable: true,
        get() {
          throw new DOMException("denied", "SecurityError");
        },
      });
    }
  };
  const old = () => {
    if (sessionStorage.getItem("set")) return;
    sessionStorage.setItem("set", "1");
    localStorage.setItem("be-the-oracle", '{"version":0,"labels":[1,2]}');
  };
  const foreign = () => localStorage.setItem("be-the-oracle", "<b>none</b>");
  const root = pathToFileURL(`${folder}/`).href;
  const ways = { full: { before: full }, refused: { before: refuse }, old: { before: old }, foreign: { before: foreign }, file: { root } };
  for (const [name, way] of Object.entries(ways)) {
    const { context, tab, seen } = await reader(way);
    found[name] = { opened: await look(tab) };
    found[name].theme = await tab.evaluate(() => document.documentElement.dataset.theme);
    await guess(tab, "mouse");
    await label(tab, "keys", 2);
    found[name].used = await look(tab);
    await tab.reload({ waitUntil: "networkidle" });
    found[name].reloaded = await look(tab);
    found[name].faults = seen.faults;
    await context.close();
  }
  const { context, tab } = await reader({ javaScriptEnabled: false });
  found.scriptless = {
    still: await tab.locator(".oracle-still img.only-light").isVisible(),
    words: await tab.locator(".oracle-still").innerText(),
  };
  await context.close();
  return found;
}

try {
  const sittings = [await sitting("light", 1280, "mouse"), await sitting("dark", 360, "keys")];
  const { stored } = sittings[0].ended;
  const visits = [await visit("dark", 1280, stored), await visit("light", 360, stored)];
  const found = { sittings, visits };
  console.log(
    JSON.stringify({ ...found, books: await books(), haste: await haste(), odd: await odd(), readers: await oddReaders() }),
  );
} finally {
  await browser.close();
  server.close();
}
