"use strict";
// The page "Be the oracle": what its buttons and keys do, what is said, and the order of
// things.

(() => {
  const model = globalThis.beTheOracleModel;
  const saved = globalThis.beTheOracleSaved;
  const { kind, of100, counted, report } = globalThis.beTheOracleEnd;

  const OFFERED = 40; // labels after which the page offers its report
  const MOST = 150; // labels after which it asks for no more
  const TOO_SOON = 250; // milliseconds in which nobody has read a new sentence
  const PLAYS_EVERY = 1000;

  const materials = model.unpack(globalThis.beTheOracleData);
  const { orders } = materials;
  const page = globalThis.beTheOracleParts.all(saved.STRATEGIES, materials, OFFERED);
  let { state, said } = saved.read(materials);
  let rules = saved.rulesOfAddress(materials, state.last);
  let curve, row, shownAt, playing;

  const game = () => (state.games[saved.nameOf(rules)] ??= { guess: null, answers: [] });
  const labels = () => curve.length - 1;

  /** Say something to who listens; who looks sees it elsewhere. */
  const say = (...words) => (page.heard.textContent = words.join(" "));

  function whyThisOne() {
    if (rules.strategy === "random") return "Drawn at random.";
    if (rules.strategy === "doubt" && labels() < materials.randomFirst) {
      return `Drawn at random, as the first ${materials.randomFirst} are.`;
    }
    const told = game().answers.filter(([, label]) => label >= 0);
    return new Set(told.map(([, label]) => label)).size < 2
      ? "It has not seen both kinds, so it doubts all alike: drawn at random."
      : "Of all that are left, the model doubts this one most.";
  }

  /** Compute from the answers, as far as the curve is not known, and show what comes next. */
  function refresh(known) {
    const { answers } = game();
    curve = model.learningCurve(materials, answers, known);
    row = labels() < MOST ? model.nextRow(materials, { ...rules, answers }) : -1;
    show();
    shownAt = performance.now();
  }

  function show() {
    const begun = game().guess !== null;
    const over = row < 0;
    page.start.hidden = begun;
    page.labelling.hidden = !begun;
    page.why.textContent = over ? "That was the last one." : whyThisOne();
    page.sentence.textContent = over
      ? `You have given ${counted(labels(), "label")}, and the page asks for no more.`
      : materials.texts[row];
    for (const one of [page.negative, page.positive, page.cannot, page.play]) {
      one.setAttribute("aria-disabled", over);
    }
    page.undo.setAttribute("aria-disabled", !game().answers.length);
    page.offer.hidden = labels() < OFFERED || !page.end.hidden;
    page.offered.textContent = over ? "" : `${labels()} labels. Go on as you like, or: `;
    page.told.textContent = standing();
    for (const radio of page.radios) radio.checked = radio.value === rules.strategy;
    page.seeds.value = rules.seed;
    page.notice.textContent = said;
    page.notice.hidden = !said;
    draw();
  }

  function standing() {
    const { low, high } = model.randomAfter(materials.band, labels());
    return labels()
      ? `After ${counted(labels(), "label")}: ${of100(curve[labels()])}. Nine of ten runs of` +
          ` random labelling: ${of100(low)} to ${of100(high)}.`
      : "No label yet: right on 50 of 100, as a coin is.";
  }

  function draw() {
    if (page.labelling.hidden) return;
    globalThis.beTheOracleCurve.draw(page.drawing, {
      band: materials.band,
      curve,
      guess: game().guess,
      guessAt: OFFERED,
      description: `Learning curve. ${standing()} You guessed ${game().guess} after ${OFFERED}.`,
    });
  }

  function keep() {
    state.last = rules;
    said = saved.write(state);
    saved.writeAddress(rules);
  }

  function begin() {
    game().guess = Number(page.slider.value);
    keep();
    refresh();
    say(page.sentence.textContent);
    page.labelling.scrollIntoView();
    page.card.focus({ preventScroll: true });
  }

  function opinion(chance) {
    const sure = Math.round(100 * Math.max(chance, 1 - chance));
    if (!labels()) return "The model knew nothing yet.";
    if (sure === 50) return "The model could not decide.";
    return `The model had guessed ${kind(chance > 0.5)}, ${sure}% sure.`;
  }

  /** An answer of the reader's, or of the data set's where the page plays by itself. */
  function answer(label, played = false) {
    if (row < 0) return;
    const seconds = (performance.now() - shownAt) / 1000;
    if (!played && seconds * 1000 < TOO_SOON) {
      page.answered.textContent = "That was faster than anyone can read: not counted.";
      say(page.answered.textContent);
      return;
    }
    if (!played) letPlay(false);
    const thought = opinion(model.learnt(materials, game().answers)(row));
    game().answers.push([row, label, Math.round(seconds * 100) / 100, played]);
    page.end.hidden = true;
    keep();
    refresh(curve);
    const who = played ? "The data set says" : "You said";
    const what = label < 0 ? "Left out." : `${who} ${kind(label)}.`;
    page.answered.textContent = `${what} ${thought}`;
    if (!played) say(page.answered.textContent, "Next:", page.sentence.textContent);
    else if (labels() % 10 === 0) say(standing());
  }

  function takeBack() {
    letPlay(false);
    const taken = game().answers.pop();
    if (!taken) return;
    page.end.hidden = true;
    keep();
    refresh(taken[1] < 0 ? curve : curve.slice(0, -1));
    page.answered.textContent = "Taken back.";
    say("Taken back.", page.sentence.textContent);
  }

  function letPlay(on) {
    clearInterval(playing);
    playing = on && row >= 0 ? setInterval(step, PLAYS_EVERY) : undefined;
    page.play.setAttribute("aria-pressed", Boolean(playing));
    page.play.textContent = playing ? "Stop playing" : "Let it play";
  }

  function step() {
    if (document.hidden) return;
    answer(materials.labels[row], true);
    if (row < 0) letPlay(false);
  }

  function showEnd() {
    letPlay(false);
    page.endText.replaceChildren(...report(materials, game(), curve, OFFERED));
    page.goOn.hidden = row < 0;
    page.end.hidden = false;
    page.endTitle.focus();
    page.offer.hidden = true;
  }

  /** Another game: the one that these rules name. */
  function change(to) {
    letPlay(false);
    rules = to;
    page.end.hidden = true;
    page.answered.textContent = "";
    keep();
    refresh();
    say(page.start.hidden ? page.sentence.textContent : page.question.textContent);
    if (page.folded.contains(document.activeElement)) return;
    (page.start.hidden ? page.card : page.slider).focus();
  }

  function forget() {
    letPlay(false);
    saved.remove();
    state = saved.fresh(materials);
    rules = state.last;
    said = "Deleted. Nothing of yours is saved any more.";
    page.end.hidden = true;
    page.answered.textContent = "";
    saved.writeAddress(rules);
    refresh();
    say(said);
  }

  const KEYS = {
    1: page.negative,
    n: page.negative,
    2: page.positive,
    p: page.positive,
    3: page.cannot,
    u: page.undo,
  };
  // Only within the part, so that no key is taken from anything else on the page.
  page.labelling.addEventListener("keydown", (event) => {
    const meant = KEYS[event.key.toLowerCase()];
    if (!meant || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation(); // the theme has keys of its own
    meant.click();
  });

  const on = (part, does) => part.addEventListener("click", does);
  on(page.begin, begin);
  on(page.negative, () => answer(0));
  on(page.positive, () => answer(1));
  on(page.cannot, () => answer(-1));
  on(page.undo, takeBack);
  on(page.play, () => letPlay(!playing));
  on(page.seeEnd, showEnd);
  on(page.goOn, () => page.card.focus());
  on(page.again, () => change({ ...rules, seed: (rules.seed + 1) % orders.length }));
  on(page.remove, forget);
  for (const radio of page.radios) {
    radio.addEventListener("change", () => change({ ...rules, strategy: radio.value }));
  }
  page.seeds.addEventListener("change", () =>
    change({ ...rules, seed: Number(page.seeds.value) }),
  );
  document.addEventListener("visibilitychange", () => (shownAt = performance.now()));
  window.addEventListener("resize", draw);
  window.addEventListener("hashchange", () => {
    const named = saved.rulesOfAddress(materials, rules);
    if (saved.nameOf(named) !== saved.nameOf(rules)) change(named);
  });

  page.end.hidden = true;
  const { notice, start, labelling, end, folded, heard } = page;
  document.getElementById("oracle").append(notice, start, labelling, end, folded, heard);
  document.documentElement.classList.add("oracle-runs"); // and the still picture goes
  refresh();
  said ||= saved.write(state);
  show();
  letPlay(false);
})();
