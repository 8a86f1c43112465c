"use strict";
// What the page "Be the oracle" says at the end: how many labels, how fast, how often in
// agreement with the data set, and what is striking about them.

globalThis.beTheOracleReport = (() => {
  const CHANCE_NEEDS = 20; // fewer answers cannot be told from a coin's
  const FASTEST_READER = 10; // words a second; practised readers manage four or five

  /** The value in the middle; the mean of two; NaN of none. */
  function median(numbers) {
    const sorted = [...numbers].sort((one, other) => one - other);
    const half = sorted.length / 2;
    return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
  }

  /** Wilson's 95% interval for a share (Wilson 1927). */
  function shareInterval(hits, of) {
    const z = 1.959963984540054;
    const share = hits / of;
    const middle = (share + (z * z) / (2 * of)) / (1 + (z * z) / of);
    const reach =
      (z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of))) /
      (1 + (z * z) / of);
    return [Math.max(0, middle - reach), Math.min(1, middle + reach)];
  }

  const words = (text) => (text.match(/[\p{L}\p{N}’'-]+/gu) ?? []).length;

  /**
   * What a reader's answers come to. An answer is a row, a label (-1: cannot tell), the
   * seconds that it took, and whether the page gave it itself.
   */
  function summary(materials, answers) {
    const own = answers.filter(([, , , played]) => !played);
    const told = own.filter(([, label]) => label >= 0);
    const apart = told.filter(([row, label]) => label !== materials.labels[row]);
    const agreed = told.length - apart.length;
    return {
      labels: told.length,
      played: answers.filter(([, label, , played]) => played && label >= 0).length,
      cannotTell: own.length - told.length,
      positive: told.filter(([, label]) => label === 1).length,
      seconds: median(told.map(([, , seconds]) => seconds)),
      wordsPerSecond: median(
        told.map(([row, , seconds]) => words(materials.texts[row]) / seconds),
      ),
      agreed,
      interval: told.length ? shareInterval(agreed, told.length) : [NaN, NaN],
      apart: apart.map(([row, label]) => ({ text: materials.texts[row], label })),
    };
  }

  /** Sentences on what is striking, kindly put; none if nothing is. */
  function observations(found) {
    const said = [];
    const oneKind = found.positive === 0 || found.positive === found.labels;
    if (found.labels >= 8 && oneKind) {
      said.push(
        `All of your ${found.labels} labels are the same. Half of the sentences are of` +
          " the other kind, and a model that has seen one kind only has nothing to tell" +
          " apart: its curve stays at 50.",
      );
    } else if (found.labels >= CHANCE_NEEDS && found.interval[1] < 0.5) {
      said.push(
        "You disagree with the data set more often than a coin would. Were the two" +
          " buttons mixed up? The model cannot know: it has learnt the opposite.",
      );
    } else if (found.labels >= CHANCE_NEEDS && found.interval[0] <= 0.5) {
      said.push(
        "A coin would agree with the data set about as often. If you were trying out" +
          " what happens: this is what random labels do to a model. If not: these" +
          " sentences are hard, for they stand without the review around them.",
      );
    }
    if (found.labels >= 8 && found.wordsPerSecond > FASTEST_READER) {
      said.push(
        `You went through ${Math.round(found.wordsPerSecond)} words a second. Nobody reads` +
          " that fast, so some of these labels must be guesses; the model believes each.",
      );
    }
    return said;
  }

  return { median, shareInterval, summary, observations };
})();

if (typeof module !== "undefined") module.exports = globalThis.beTheOracleReport;
