"use strict";
// What the page "Be the oracle" keeps: games in the browser's storage, and which game is
// shown in the address.

globalThis.beTheOracleSaved = (() => {
  const KEY = "be-the-oracle";
  const VERSION = 1;
  const STRATEGIES = ["doubt", "random", "doubt-at-once"];

  const nameOf = ({ strategy, seed }) => `${strategy} ${seed}`;

  /** Whether something is a game that this page could have saved. */
  function isGame(game, materials) {
    if (!game || !Array.isArray(game.answers)) return false;
    if (!(game.guess === null || (game.guess >= 0 && game.guess <= 100))) return false;
    const rows = new Set(game.answers.map((answer) => answer?.[0]));
    return (
      rows.size === game.answers.length &&
      game.answers.every(
        (answer) =>
          Array.isArray(answer) &&
          Number.isInteger(answer[0]) &&
          answer[0] >= 0 &&
          answer[0] < materials.pool &&
          [-1, 0, 1].includes(answer[1]) &&
          answer[2] >= 0 &&
          typeof answer[3] === "boolean",
      )
    );
  }

  function isState(state, materials) {
    return (
      state?.version === VERSION &&
      state.data === materials.digest &&
      isRules(state.last, materials) &&
      state.games !== null &&
      typeof state.games === "object" &&
      Object.values(state.games).every((game) => isGame(game, materials))
    );
  }

  const isRules = (rules, materials) =>
    STRATEGIES.includes(rules?.strategy) && rules.seed in materials.orders;

  const fresh = (materials) => ({
    version: VERSION,
    data: materials.digest,
    last: { strategy: "doubt", seed: 0 },
    games: {},
  });

  /** The saved state, and a sentence if it cannot be had. */
  function read(materials) {
    let text;
    try {
      text = localStorage.getItem(KEY);
    } catch {
      return { state: fresh(materials), said: refused };
    }
    if (text === null) return { state: fresh(materials), said: "" };
    let state = null;
    try {
      state = JSON.parse(text);
    } catch {
      // No JSON, so none of ours.
    }
    if (isState(state, materials)) return { state, said: "" };
    return {
      state: fresh(materials),
      said:
        "Labels that an older version of this page had saved do not fit its sentences" +
        " any more and were left out: you begin anew.",
    };
  }

  const refused =
    "This browser lets the page save nothing. It works all the same, but closing or" +
    " reloading it forgets your labels.";

  /** Save the state; a sentence if the browser refuses. */
  function write(state) {
    try {
      localStorage.setItem(KEY, JSON.stringify(state));
      return localStorage.forgets ? refused : ""; // _templates/layout.html
    } catch {
      return refused;
    }
  }

  function remove() {
    try {
      localStorage.removeItem(KEY);
    } catch {
      // Then there was nothing to remove.
    }
  }

  /** The rules that the address names; those given where it names none, or wrong ones. */
  function rulesOfAddress(materials, otherwise) {
    const named = new URLSearchParams(location.hash.slice(1));
    const rules = { strategy: named.get("strategy"), seed: Number(named.get("seed")) - 1 };
    return isRules(rules, materials) ? rules : otherwise;
  }

  function writeAddress({ strategy, seed }) {
    const named = new URLSearchParams({ strategy, seed: seed + 1 });
    history.replaceState(null, "", `#${named}`);
  }

  return { STRATEGIES, fresh, nameOf, read, write, remove, rulesOfAddress, writeAddress };
})();
