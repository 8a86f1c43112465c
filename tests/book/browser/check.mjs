// Open every page of the built book in Chromium and print what was found, as JSON.
//
//     node check.mjs CHROMIUM BASE_URL FOLDER PAGE…
//
// BASE_URL and FOLDER are the same book, served and on disk; a PAGE is named as in
// book/index.html.
//
// This file only observes; what is a fault is decided in test_zz_browser.py.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";

const [executablePath, base, folder, ...pages] = process.argv.slice(2);
const axe = await readFile(
  createRequire(import.meta.url).resolve("axe-core"),
  "utf8",
);
const DESKTOP = { width: 1300, height: 900 };
const PHONE = { width: 360, height: 780 };
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** A fresh reader: nothing stored, nothing reached but the book. */
async function openReader(browser, viewport, colorScheme) {
  const context = await browser.newContext({ viewport, colorScheme });
  const faults = [];
  await context.route(
    (url) => url.protocol !== "file:" && url.origin !== new URL(base).origin,
    (route) => {
      faults.push(`asked outside the book: ${route.request().url()}`);
      return route.abort();
    },
  );
  const tab = await context.newPage();
  tab.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) {
      faults.push(`console: ${message.text()} (${message.location().url})`);
    }
  });
  tab.on("pageerror", (error) => faults.push(`script: ${error.message}`));
  tab.on("requestfailed", (request) =>
    faults.push(`failed: ${request.url()} (${request.failure()?.errorText})`),
  );
  tab.on("response", (response) => {
    if (response.status() >= 400) {
      faults.push(`status ${response.status()}: ${response.url()}`);
    }
  });
  return { context, tab, takeFaults: () => faults.splice(0) };
}

async function visit(tab, path, root = base) {
  // On a busy machine the network can be idle before the page is there.
  await tab.goto(new URL(path, root).href, { waitUntil: "load" });
  await tab.waitForLoadState("networkidle");
  // Pictures below the fold may load late; ask for them before they are judged.
  await tab.evaluate(async () => {
    const pictures = [...document.images];
    for (const picture of pictures) picture.loading = "eager";
    await Promise.all(pictures.map((picture) => picture.decode().catch(() => {})));
  });
}

const pictures = (tab) =>
  tab.$$eval("article img", (all) =>
    all.map(({ src, alt, naturalWidth }) => ({ src, alt, naturalWidth })),
  );

/** The logo that this theme shows, and what tells the page to the outside. */
const identity = (tab) =>
  tab.evaluate(() => {
    const content = (name) => document.querySelector(`meta[${name}]`)?.content ?? "";
    const logos = [...document.querySelectorAll("img.logo__image")];
    return {
      logos: logos.filter((logo) => logo.offsetWidth && logo.naturalWidth).length,
      icon: document.querySelector("link[rel~=icon]")?.href ?? "",
      description: content("name=description"),
      preview: content("property='og:image'"),
    };
  });

const tools = (tab) =>
  tab.evaluate(() => {
    const count = (selector) => document.querySelectorAll(selector).length;
    return {
      codeBlocks: count("article div.highlight pre"),
      copyButtons: count("article button.copybtn"),
      previousOrNext: count(".prev-next-area a"),
      sections: count("article h2"),
      contentsEntries: count(".page-toc a"),
      searchButtons: count(".search-button__button"),
      downloads: [...document.querySelectorAll("a.btn-download-source-button")].map(
        (link) => link.getAttribute("href"),
      ),
    };
  });

/** The prose of a page, without code and its outputs: where search terms come from. */
const prose = (tab) =>
  tab.$$eval("article p", (all) =>
    all
      .filter((paragraph) => !paragraph.closest(".cell_output, .run-time, #oracle, nav"))
      .map((paragraph) => paragraph.textContent)
      .join(" "),
  );

/** Open every fold by its own handle and say which ones stay shut. */
async function folds(tab) {
  const opened = { details: 0, solutions: 0, shut: [] };
  for (const fold of await tab.$$("article details")) {
    await (await fold.$("summary")).click();
    opened.details += 1;
    const seen = await fold.evaluate(
      (element) => element.open && element.lastElementChild.offsetHeight > 0,
    );
    if (!seen) opened.shut.push(await fold.innerText());
  }
  for (const fold of await tab.$$("article .admonition.dropdown")) {
    const content = await fold.$(":scope > :not(.admonition-title):not(button)");
    const before = await content.isVisible();
    await (await fold.$(".admonition-title")).click();
    opened.solutions += 1;
    await content.waitForElementState("visible", { timeout: 2000 }).catch(() => {});
    if (before || !(await content.isVisible())) {
      opened.shut.push(await fold.innerText());
    }
  }
  return opened;
}

/** Everything that reaches past the right edge and cannot be scrolled to. */
const overflow = (tab) =>
  tab.evaluate(() => {
    const edge = document.documentElement.clientWidth;
    const scrolls = (element) => {
      for (let up = element; up && up.tagName !== "ARTICLE"; up = up.parentElement) {
        const { overflowX, position } = getComputedStyle(up);
        if (["auto", "scroll"].includes(overflowX)) return true;
        if (position === "fixed") return true;
      }
      return false;
    };
    const wide = [...document.querySelectorAll("article, article *")].filter(
      (element) =>
        element.getBoundingClientRect().right > edge + 1 &&
        element.getClientRects().length &&
        !scrolls(element.parentElement),
    );
    return {
      page: document.documentElement.scrollWidth - edge,
      elements: wide.map((element) => element.outerHTML.slice(0, 160)),
    };
  });

/** Violations of WCAG 2.2 A and AA, one line for each element. */
async function accessibility(tab) {
  // From its top: a header that stays in view must not lie on what is looked at.
  await tab.evaluate(() => window.scrollTo(0, 0));
  await tab.evaluate(axe);
  const { violations } = await tab.evaluate(
    (tags) => window.axe.run({ runOnly: { type: "tag", values: tags } }),
    WCAG,
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, html, failureSummary }) => ({
      rule: id,
      help,
      target: target.flat().join(" "),
      html: html.slice(0, 160),
      why: failureSummary,
    })),
  );
}

/** Mean of red, green and blue (0 to 255) of what lies under and in the text. */
const brightness = (tab) =>
  tab.evaluate(() => {
    const mean = (colour) => {
      const [red, green, blue] = colour.match(/[\d.]+/g).map(Number);
      return (red + green + blue) / 3;
    };
    const style = (selector) => getComputedStyle(document.querySelector(selector));
    return {
      page: mean(style("body").backgroundColor),
      text: mean(style("article p, article dt").color),
    };
  });

/** Bytes of each file that a fresh reader fetches who reads a page to its end: as the file
    is, and as a server sends it that compresses, as GitHub Pages does. */
async function weight(browser, path, colorScheme) {
  const { context, tab } = await openReader(browser, DESKTOP, colorScheme);
  const files = [];
  tab.on("response", (response) => files.push(bytes(response)));
  await tab.goto(new URL(path, base).href, { waitUntil: "networkidle" });
  const height = await tab.evaluate(() => document.documentElement.scrollHeight);
  for (let y = 0; y < height; y += DESKTOP.height) {
    await tab.evaluate((top) => window.scrollTo(0, top), y);
    await tab.waitForTimeout(50);
  }
  await tab.waitForLoadState("networkidle");
  const found = await Promise.all(files);
  await context.close();
  return { path, theme: colorScheme, files: found };
}

async function bytes(response) {
  const { pathname } = new URL(response.url());
  const body = await response.body();
  const text = /\.(html|css|js|svg|json)$/.test(pathname);
  return { pathname, raw: body.length, sent: text ? gzipSync(body).length : body.length };
}

async function inspect(reader, path, alsoOnce) {
  await visit(reader.tab, path);
  const found = {
    brightness: await brightness(reader.tab),
    folds: await folds(reader.tab),
  };
  // With every fold open, and once the theme has seen it (it looks every 300 ms).
  await reader.tab.waitForTimeout(600);
  found.accessibility = await accessibility(reader.tab);
  if (alsoOnce) {
    found.pictures = await pictures(reader.tab);
    found.tools = await tools(reader.tab);
    found.identity = await identity(reader.tab);
    found.prose = await prose(reader.tab);
  }
  return { ...found, faults: reader.takeFaults() };
}

/** A downloaded copy, opened without a server. */
async function onDisk(reader, path) {
  await visit(reader.tab, path, pathToFileURL(`${folder}/`));
  return { faults: reader.takeFaults() };
}

async function onPhone(reader, path) {
  await visit(reader.tab, path);
  return { overflow: await overflow(reader.tab), faults: reader.takeFaults() };
}

/** For each page, the word of its prose that the fewest pages share. */
function searchTerms(proseOf) {
  const words = Object.entries(proseOf).map(([path, text]) => [
    path,
    new Set(text.match(/(?<![\p{L}\d_.-])\p{Ll}{6,}(?![\p{L}\d_.-])/gu)),
  ]);
  const pagesWith = (word) => words.filter(([, set]) => set.has(word)).length;
  return words.map(([path, set]) => [
    path,
    [...set].sort((a, b) => pagesWith(a) - pagesWith(b) || b.length - a.length)[0],
  ]);
}

async function search(reader, path, term) {
  await reader.tab.goto(new URL(`search.html?q=${term}`, base).href);
  const hit = `#search-results ul.search a[href*="${path}"]`;
  const found = await reader.tab
    .waitForSelector(hit, { timeout: 5000 })
    .then(() => true, () => false);
  await reader.tab.waitForLoadState("networkidle"); // it fetches excerpts
  return { path, term, found, faults: reader.takeFaults() };
}

async function lost(reader) {
  const deep = new URL("no/such/page.html", base).href;
  await reader.tab.goto(deep, { waitUntil: "networkidle" });
  const faults = reader
    .takeFaults()
    .filter((fault) => !fault.includes("status of 404") && !fault.endsWith(deep));
  const heading = await reader.tab.textContent("article h1");
  await reader.tab.click("article a");
  await reader.tab.waitForLoadState("networkidle");
  return { heading, arrives: new URL(reader.tab.url()).pathname, faults };
}

const browser = await chromium.launch({
  executablePath,
  // A container has neither the sandbox's privileges nor much shared memory.
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"],
});
try {
  const light = await openReader(browser, DESKTOP, "light");
  const dark = await openReader(browser, DESKTOP, "dark");
  const phone = await openReader(browser, PHONE, "light");
  const disk = await openReader(browser, DESKTOP, "light");
  const found = { pages: {}, search: [] };
  for (const path of pages) {
    const [inLight, inDark, small, copy] = await Promise.all([
      inspect(light, path, true),
      inspect(dark, path, false),
      onPhone(phone, path),
      onDisk(disk, path),
    ]);
    found.pages[path] = { light: inLight, dark: inDark, phone: small, disk: copy };
  }
  const proseOf = Object.fromEntries(
    pages.map((path) => [path, found.pages[path].light.prose]),
  );
  for (const [path, term] of searchTerms(proseOf)) {
    found.search.push(await search(light, path, term));
  }
  found.lost = await lost(light);
  found.weights = [];
  for (const path of ["book/index.html", "book/be-the-oracle.html"]) {
    for (const theme of ["light", "dark"]) {
      found.weights.push(await weight(browser, path, theme));
    }
  }
  console.log(JSON.stringify(found));
} finally {
  await browser.close();
}
