"use strict";
// What the page "Be the oracle" shows when the reader asks how it went.

globalThis.beTheOracleEnd = (() => {
  const { summary, observations } = globalThis.beTheOracleReport;
  const { randomAfter } = globalThis.beTheOracleModel;

  /** An element with a class, and text (never HTML) or other elements in it. */
  function element(kind, name, ...content) {
    const made = document.createElement(kind);
    if (name) made.className = name;
    made.append(...content);
    return made;
  }

  const of100 = (share) => (100 * share).toFixed(1);
  const kind = (label) => (label ? "positive" : "negative");
  const counted = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

  function onTime(found) {
    if (!found.labels) return "You have given no label yourself.";
    const unknown = found.cannotTell
      ? ` ${counted(found.cannotTell, "sentence")} you could not tell.`
      : "";
    return (
      `You gave ${counted(found.labels, "label")}. The one in the middle took` +
      ` ${found.seconds.toFixed(1)} seconds.${unknown}`
    );
  }

  function onAgreement(found) {
    const [low, high] = found.interval.map((share) => Math.round(100 * share));
    return (
      `You agree with the data set on ${found.agreed} of ${found.labels}:` +
      ` ${Math.round((100 * found.agreed) / found.labels)}% (95% interval ${low} to ${high}).`
    );
  }

  function onModel(materials, curve) {
    const labels = curve.length - 1;
    const random = randomAfter(materials.band, labels);
    const place =
      curve[labels] > random.high
        ? "above what nine of ten runs reach"
        : curve[labels] < random.low
          ? "below what nine of ten runs reach"
          : "inside that range, so the choice of sentences has not shown that it matters";
    return (
      `After ${counted(labels, "label")} the model is right on ${of100(curve[labels])} of` +
      ` 100 test sentences. After as many labels drawn at random, all as the data set has` +
      ` them, nine of ten of ${materials.band.runs} runs lay between ${of100(random.low)}` +
      ` and ${of100(random.high)}, on average at ${of100(random.mean)}. You are ${place}.`
    );
  }

  function onGuess(materials, guess, at, curve) {
    const came = of100(curve[Math.min(at, curve.length - 1)]);
    const off = Math.abs(guess - came);
    const verdict =
      off <= 3
        ? "Well guessed."
        : guess > came
          ? `It is harder than it looks: of each sentence the model sees ${materials.dimensions} numbers.`
          : "It learnt more than you gave it credit for.";
    return `You had guessed ${guess} of 100 after ${at} labels; it was ${came}. ${verdict}`;
  }

  function disagreements(found) {
    const rows = found.apart.map(({ text, label }) =>
      element(
        "li",
        "",
        element("q", "", text),
        ` You: ${kind(label)}. Data set: ${kind(1 - label)}.`,
      ),
    );
    return element(
      "details",
      "oracle-apart",
      element("summary", "", `The ${counted(rows.length, "sentence")} on which you differ`),
      element(
        "p",
        "",
        "Who is right? The data set has the verdict of the whole review; the sentence may" +
          " say something else. Where people differ, a model cannot do better than they.",
      ),
      element("ul", "", ...rows),
    );
  }

  /** The whole report; `game` is its guess and its answers. */
  function report(materials, game, curve, guessAt) {
    const found = summary(materials, game.answers);
    const lines = [onTime(found)];
    if (found.played) {
      lines.push(
        `The page gave ${counted(found.played, "label")} by itself, as the data set has them.`,
      );
    }
    if (found.labels) lines.push(onAgreement(found));
    lines.push(onModel(materials, curve));
    if (game.guess !== null && curve.length > guessAt) {
      lines.push(onGuess(materials, game.guess, guessAt, curve));
    }
    const parts = lines.map((text) => element("li", "", text));
    const striking = observations(found).map((text) => element("p", "oracle-striking", text));
    const apart = found.apart.length ? [disagreements(found)] : [];
    return [element("ul", "", ...parts), ...striking, ...apart];
  }

  return { element, kind, of100, counted, report };
})();
