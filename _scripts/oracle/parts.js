"use strict";
// The parts of the page "Be the oracle", made once, so that focus is never lost. What they
// do is in page.js.

globalThis.beTheOracleParts = (() => {
  const { element } = globalThis.beTheOracleEnd;
  const RULES = {
    doubt: (first) => `what the model doubts, after ${first} random ones`,
    random: () => "random ones only",
    "doubt-at-once": () => "what the model doubts, from the first label on",
  };

  function button(name, text, key) {
    const made = element("button", name, text);
    made.type = "button";
    if (key) {
      made.append(" ", element("kbd", "", key.split(" ")[0]));
      made.setAttribute("aria-keyshortcuts", key);
    }
    return made;
  }

  /** The card, its buttons, and the drawing beside them. */
  function forLabelling() {
    const parts = {
      why: element("p", "oracle-why"),
      sentence: element("p", "oracle-sentence"),
      negative: button("oracle-answer", "Negative", "1 n"),
      positive: button("oracle-answer", "Positive", "2 p"),
      answered: element("p", "oracle-answered"),
      cannot: button("", "Can’t tell", "3"),
      undo: button("", "Undo", "u"),
      play: button("", "Let it play"),
      offered: element("span", ""),
      seeEnd: button("oracle-ask", "See how you did"),
      drawing: element("div", "oracle-drawing"),
      told: element("p", "oracle-told"),
    };
    parts.card = element("div", "oracle-card", parts.why, parts.sentence);
    parts.card.tabIndex = -1;
    parts.card.setAttribute("role", "group");
    parts.card.setAttribute("aria-label", "Sentence to label");
    parts.offer = element("p", "oracle-offer", parts.offered, parts.seeEnd);
    const left = element(
      "div",
      "oracle-left",
      parts.card,
      element("div", "oracle-answers", parts.negative, parts.positive),
      parts.answered,
      element("div", "oracle-others", parts.cannot, parts.undo, parts.play),
      parts.offer,
    );
    const title = element("p", "oracle-title", "Right, of 100 test sentences");
    const right = element("div", "oracle-right", title, parts.drawing, parts.told);
    return { ...parts, labelling: element("div", "oracle-labelling", left, right) };
  }

  /** The guess, before anything is labelled. */
  function forGuessing(offeredAt) {
    const slider = element("input", "");
    Object.assign(slider, { type: "range", min: 30, max: 100, value: 50 });
    slider.id = "oracle-guess";
    const guessed = element("output", "", "50");
    guessed.htmlFor = slider.id;
    const question = element(
      "label",
      "",
      "First, a guess. The model knows nothing yet: on sentences that it has never seen, it" +
        " is right on 50 of 100, as a coin is. On how many will it be right after your" +
        ` first ${offeredAt} labels?`,
    );
    question.htmlFor = slider.id;
    const begin = button("oracle-ask", "That is my guess: start");
    const scale = element("span", "", "of 100");
    const row = element("div", "oracle-slider", slider, guessed, scale);
    slider.addEventListener("input", () => (guessed.value = slider.value));
    return { slider, question, begin, start: element("div", "oracle-start", question, row, begin) };
  }

  function forTheEnd() {
    const endTitle = element("h3", "", "How you did");
    endTitle.tabIndex = -1;
    const endText = element("div", "");
    const goOn = button("", "Go on labelling");
    const again = button("", "Play again, with other sentences first");
    const buttons = element("div", "oracle-others", goOn, again);
    const end = element("section", "oracle-end", endTitle, endText, buttons);
    return { end, endTitle, endText, goOn, again };
  }

  /** Strategy, seed, and the button that deletes. */
  function forRules(strategies, { orders, randomFirst }) {
    const seeds = element("select", "");
    seeds.id = "oracle-seed";
    orders.forEach((_, seed) => seeds.append(new Option(seed + 1, seed)));
    const seedName = element("label", "", "Seed, which sets the random sentences ");
    seedName.htmlFor = seeds.id;
    const radios = strategies.map((strategy) => {
      const radio = element("input", "");
      Object.assign(radio, { type: "radio", name: "oracle-strategy", value: strategy });
      return radio;
    });
    const choices = radios.map((radio) =>
      element("label", "", radio, ` ${RULES[radio.value](randomFirst)}`),
    );
    const remove = button("", "Delete everything that this page has saved");
    const folded = element(
      "details",
      "oracle-rules",
      element("summary", "", "Change the rules, or delete what is saved"),
      element(
        "p",
        "",
        "Each strategy and each seed is a game of its own, and what you did in the others" +
          " stays as it is. The address of this page says which one you see, so that you" +
          " can send it to somebody.",
      ),
      element("fieldset", "", element("legend", "", "It asks for"), ...choices),
      element("p", "", seedName, seeds),
      element("p", "", "Your labels stay in this browser. ", remove),
    );
    return { folded, seeds, radios, remove };
  }

  function all(strategies, materials, offeredAt) {
    const heard = element("p", "oracle-heard");
    heard.setAttribute("role", "status");
    return {
      heard,
      notice: element("p", "oracle-notice"),
      ...forLabelling(),
      ...forGuessing(offeredAt),
      ...forTheEnd(),
      ...forRules(strategies, materials),
    };
  }

  return { all };
})();
