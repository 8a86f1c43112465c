// Label in a real JupyterLab, with keys and buttons, and print what was seen, as JSON.
//
//     node label.mjs CHROMIUM LAB TOKEN NOTEBOOK [FOLDER FOR PICTURES]
//
// LAB is the address of a JupyterLab whose app is exposed, NOTEBOOK a file there.
//
// This file only labels and observes; what is a fault is decided in
// tests/labelling/test_in_jupyterlab.py.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [executablePath, lab, token, notebook, pictures] = process.argv.slice(2);
const axe = await readFile(
  createRequire(import.meta.url).resolve("axe-core"),
  "utf8",
);
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const BOX = ".al-annotator";
const seen = { answers: [], faults: [], texts: [], brightness: {}, accessibility: {} };

/** A browser with nothing in it, in which the notebook is open. */
async function openBrowser(theme) {
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"],
  });
  const page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
  page.setDefaultTimeout(60_000);
  await page.route(
    (url) => url.origin !== new URL(lab).origin,
    (route) => {
      seen.faults.push(`asked outside: ${route.request().url()}`);
      return route.abort();
    },
  );
  page.on("pageerror", (error) => seen.faults.push(`script: ${error.message}`));
  await page.goto(new URL(`lab/tree/${notebook}?token=${token}`, lab).href);
  await page.waitForSelector(".jp-Notebook .jp-CodeCell");
  await page.evaluate(async (name) => {
    const { commands, shell } = window.jupyterapp;
    await commands.execute("apputils:change-theme", { theme: name });
    const { sessionContext } = shell.currentWidget;
    await sessionContext.ready;
    await sessionContext.session.kernel.info; // or it asks which kernel is meant
  }, theme);
  return { browser, page };
}

const command = (page, id) =>
  page.evaluate((name) => void window.jupyterapp.commands.execute(name), id);

/** What the annotator shows. */
const look = (page) =>
  page.evaluate((box) => {
    const words = (part) => document.querySelector(`${box} ${part}`)?.textContent ?? "";
    const heading = words(".al-heading");
    const row = heading.match(/row (\d+)/);
    return {
      heading,
      row: row ? Number(row[1]) : null,
      text: words(".al-text"),
      message: words(".al-message"),
      classes: [...document.querySelectorAll(`${box} .al-classes button`)].map(
        (button) => button.textContent,
      ),
      around: document.activeElement.closest(box)?.className ?? "",
      cells: [...document.querySelectorAll(".jp-Notebook .jp-Cell")].map(
        (cell) => cell.classList.contains("jp-CodeCell"),
      ),
    };
  }, BOX);

const drawing = (page) =>
  page.evaluate((box) => document.querySelector(`${box} .al-keys`).dataset.drawing, BOX);

/** Do something, and look at what is drawn then. */
async function after(page, deed) {
  const before = await drawing(page);
  await deed();
  await page.waitForFunction(
    ([box, old]) => document.querySelector(`${box} .al-keys`).dataset.drawing !== old,
    [BOX, before],
  );
  return look(page);
}

/** The class that the test expects of a row, from 0 up. */
const classOf = (row) => row % 4;

async function annotatorOf(page) {
  await page.waitForSelector(`${BOX} .al-text`);
  await page.waitForSelector(`${BOX} .al-keys`);
  await page.waitForSelector(`${BOX} .al-keys[data-drawing]`);
  await page.locator(`${BOX} .al-text`).scrollIntoViewIfNeeded();
}

/** Label so many texts, with keys or with clicks. */
async function label(page, count, way) {
  for (let done = 0; done < count; done += 1) {
    const { row, text } = await look(page);
    seen.texts.push([row, text]);
    const place = classOf(row);
    const shown = await after(page, () =>
      way === "keys"
        ? page.keyboard.press(String(place + 1))
        : page.click(`${BOX} .al-classes button:nth-of-type(${place + 1})`),
    );
    seen.answers.push({ row, way, message: shown.message });
  }
}

async function picture(page, name) {
  if (!pictures) return;
  await page.locator(BOX).screenshot({ path: `${pictures}/${name}.png` });
}

/** Violations of WCAG 2.2 A and AA in the annotator. */
async function accessibility(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(
    ([box, tags]) => window.axe.run(box, { runOnly: { type: "tag", values: tags } }),
    [BOX, WCAG],
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}

/** Mean of red, green and blue (0 to 255) of what lies under the annotator. */
const brightness = (page) =>
  page.evaluate((box) => {
    const colour = getComputedStyle(document.querySelector(box)).backgroundColor;
    const [red, green, blue] = colour.match(/[\d.]+/g).map(Number);
    return (red + green + blue) / 3;
  }, BOX);

/** What of the annotator is wider than a phone. */
const overflow = (page) =>
  page.evaluate((box) => {
    const root = document.querySelector(box);
    root.style.width = "360px";
    const edge = root.getBoundingClientRect().right;
    const wide = [...root.querySelectorAll("*")].filter(
      (element) =>
        element.getClientRects().length &&
        element.getBoundingClientRect().right > edge + 1 &&
        !element.closest(".al-text"),
    );
    return wide.map((element) => element.outerHTML.slice(0, 120));
  }, BOX);

async function firstSitting(page) {
  await command(page, "notebook:run-all-cells");
  await annotatorOf(page);
  seen.first = await look(page);

  // Three classes are given, the fourth is typed; digits in its name answer nothing.
  const field = page.locator(`${BOX} .al-new-class input`);
  await field.fill("");
  await field.pressSequentially("top 4");
  seen.added = await after(page, () => field.press("Enter"));

  await page.click(`${BOX} .al-text`);
  await label(page, 12, "keys");
  await label(page, 4, "clicks");
  await picture(page, "light");
  seen.accessibility.light = await accessibility(page);
  seen.brightness.light = await brightness(page);

  // A double click, a key that is held, a key with a modifier, a key of nothing.
  const before = await look(page);
  seen.texts.push([before.row, before.text]);
  const place = classOf(before.row);
  await after(page, () =>
    page.dblclick(`${BOX} .al-classes button:nth-of-type(${place + 1})`),
  );
  seen.answers.push({ row: before.row, way: "double click", message: "" });
  const held = await look(page);
  seen.texts.push([held.row, held.text]);
  await after(page, async () => {
    for (let time = 0; time < 4; time += 1) {
      await page.keyboard.down(String(classOf(held.row) + 1)); // repeats from the second
    }
    await page.keyboard.up(String(classOf(held.row) + 1));
  });
  seen.answers.push({ row: held.row, way: "held key", message: "" });
  seen.beforeNothing = await look(page);
  for (const key of ["Alt+1", "Shift+U", "9", "x"]) await page.keyboard.press(key);
  await page.waitForTimeout(200);
  seen.nothing = await look(page);

  seen.skipped = (await look(page)).row;
  seen.afterSkip = await after(page, () => page.keyboard.press("s"));
  // A wrong answer, taken back with a key and given again by a button.
  const wrong = await look(page);
  await after(page, () => page.keyboard.press(String(((classOf(wrong.row) + 1) % 4) + 1)));
  seen.undone = { wrong, then: await after(page, () => page.keyboard.press("u")) };
  await label(page, 1, "clicks");
  seen.cannotTell = (await look(page)).row;
  await after(page, () => page.keyboard.press("c"));
  seen.flagged = await after(page, () => page.keyboard.press("f"));
  await label(page, 8, "keys");

  // The kernel is started anew in the middle, and the cells are run again.
  seen.beforeRestart = await look(page);
  await page.evaluate((box) => document.querySelector(box).classList.add("old"), BOX);
  await command(page, "notebook:restart-run-all");
  await page.click(".jp-Dialog button.jp-mod-accept");
  await page.waitForSelector(`${BOX}:not(.old)`);
  await annotatorOf(page);
  seen.afterRestart = await look(page);
  await page.click(`${BOX} .al-text`);
  await label(page, 8, "keys");
  seen.beforeClose = await look(page);
}

async function secondSitting(page) {
  await command(page, "notebook:run-all-cells");
  await annotatorOf(page);
  seen.afterClose = await look(page);
  await page.click(`${BOX} .al-text`);
  await label(page, 60 - seen.answers.length, "keys");
  await picture(page, "dark");
  seen.accessibility.dark = await accessibility(page);
  seen.brightness.dark = await brightness(page);
  seen.overflow = await overflow(page);
  await picture(page, "narrow");
  seen.last = await look(page);
}

/** A sitting in a browser of its own, which is closed while the kernel goes on. */
async function sit(sitting, theme) {
  const { browser, page } = await openBrowser(theme);
  try {
    await sitting(page);
  } catch (error) {
    if (pictures) await page.screenshot({ path: `${pictures}/failed.png` });
    const outputs = await page.locator(".jp-OutputArea-output").allInnerTexts();
    throw new Error(`${outputs.join("\n")}\n${seen.faults.join("\n")}`, { cause: error });
  } finally {
    await browser.close();
  }
}

await sit(firstSitting, "JupyterLab Light");
await sit(secondSitting, "JupyterLab Dark");
console.log(JSON.stringify(seen));
