"use strict";
// What the page "Be the oracle" computes: logistic regression, fitted to the optimum, and
// which sentence to ask for. alutils computes the same; a test holds the two together.

globalThis.beTheOracleModel = (() => {
  /** Whole numbers of two bytes from base64, as an array. */
  function wholeNumbers(base64) {
    const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
    return new Int16Array(bytes.buffer);
  }

  /** The page's data, ready to compute with: rows of numbers, labels, orders of asking. */
  function unpack(data) {
    const numbers = wholeNumbers(data.features);
    const order = wholeNumbers(data.orders);
    const rows = Array.from({ length: data.pool + data.test }, (_, row) =>
      Array.from(
        numbers.subarray(row * data.dimensions, (row + 1) * data.dimensions),
        (number) => number / data.scale,
      ),
    );
    return {
      ...data,
      rows,
      labels: Array.from(data.labels, Number),
      orders: Array.from({ length: order.length / data.pool }, (_, seed) =>
        Array.from(order.subarray(seed * data.pool, (seed + 1) * data.pool)),
      ),
    };
  }

  const sum = (numbers) => numbers.reduce((total, one) => total + one, 0);
  const product = (one, other) => sum(one.map((number, k) => number * other[k]));

  /** The x with matrix x = right side, by elimination; the matrix is positive definite. */
  function solved(matrix, right) {
    const rows = matrix.map((row, k) => [...row, right[k]]);
    rows.forEach((pivot, k) => {
      for (const row of rows.slice(k + 1)) {
        const times = row[k] / pivot[k];
        for (let column = k; column < row.length; column += 1) {
          row[column] -= times * pivot[column];
        }
      }
    });
    const found = [];
    for (let k = rows.length - 1; k >= 0; k -= 1) {
      const known = sum(found.map((value, j) => rows[k][k + 1 + j] * value));
      found.unshift((rows[k][rows.length] - known) / rows[k][k]);
    }
    return found;
  }

  /** Half the squared weights (not the intercept, which comes last) and C times the loss. */
  function objective(weights, rows, labels, C) {
    const held = product(weights.slice(0, -1), weights) / 2;
    const losses = rows.map((row, k) => {
      const against = (labels[k] ? -1 : 1) * product(row, weights);
      return Math.max(against, 0) + Math.log1p(Math.exp(-Math.abs(against)));
    });
    return held + C * sum(losses);
  }

  /** Weights and intercept of logistic regression, by Newton's method. */
  function optimum(features, labels, C) {
    const rows = features.map((row) => [...row, 1]);
    const size = rows[0].length;
    let weights = new Array(size).fill(0);
    for (let step = 0; step < 100; step += 1) {
      const answers = rows.map((row) => probability(product(row, weights)));
      const gradient = weights.map(
        (weight, j) =>
          (j < size - 1 ? weight : 0) +
          C * sum(rows.map((row, k) => row[j] * (answers[k] - labels[k]))),
      );
      if (Math.max(...gradient.map(Math.abs)) < 1e-10) break;
      const curvature = weights.map((_, i) =>
        weights.map(
          (__, j) =>
            (i === j && j < size - 1 ? 1 : 0) +
            C * sum(rows.map((row, k) => row[i] * row[j] * answers[k] * (1 - answers[k]))),
        ),
      );
      const way = solved(curvature, gradient);
      const before = objective(weights, rows, labels, C);
      // A whole step can lead too far; a part of it leads down.
      let part = 1;
      let next = weights.map((weight, j) => weight - way[j]);
      while (part > 1e-6 && objective(next, rows, labels, C) > before + 1e-12) {
        part /= 2;
        next = weights.map((weight, j) => weight - part * way[j]);
      }
      weights = next;
    }
    return weights;
  }

  const probability = (towards) => 1 / (1 + Math.exp(-towards));

  /**
   * What has been learnt from answers, pairs of a row and a label: a function from a row
   * to the probability that it is positive. An answer of -1 (cannot tell) teaches nothing.
   */
  function learnt(materials, answers) {
    const told = answers.filter(([, label]) => label >= 0);
    const positive = told.filter(([, label]) => label === 1).length;
    if (positive === 0 || positive === told.length) {
      const alike = (positive + 1) / (told.length + 2);
      return () => alike;
    }
    const weights = optimum(
      told.map(([row]) => materials.rows[row]),
      told.map(([, label]) => label),
      materials.C,
    );
    return (row) => probability(product([...materials.rows[row], 1], weights));
  }

  /** The row to ask for next, or -1 if there is none left. */
  function nextRow(materials, { strategy, seed, answers }) {
    const asked = new Set(answers.map(([row]) => row));
    const pool = materials.orders[seed].filter((row) => !asked.has(row));
    const labels = answers.filter(([, label]) => label >= 0).length;
    const young = strategy === "doubt" && labels < materials.randomFirst;
    if (strategy === "random" || young || !pool.length) return pool[0] ?? -1;
    const model = learnt(materials, answers);
    const certainty = (row) => Math.abs(2 * model(row) - 1);
    const found = pool.map(certainty);
    return pool[found.indexOf(Math.min(...found))];
  }

  /** Share of the test sentences that a model gets right. */
  function accuracy(materials, model) {
    let right = 0;
    for (let row = materials.pool; row < materials.rows.length; row += 1) {
      right += Number(model(row) > 0.5) === materials.labels[row] ? 1 : 0;
    }
    return right / materials.test;
  }

  /** Accuracy before the first label and after each; the first ones may be known. */
  function learningCurve(materials, answers, known = []) {
    const told = answers.filter(([, label]) => label >= 0);
    return Array.from(
      { length: told.length + 1 },
      (_, labels) =>
        known[labels] ?? accuracy(materials, learnt(materials, told.slice(0, labels))),
    );
  }

  /** What random labelling knows after so many labels: mean, and the middle 90 percent. */
  function randomAfter(band, labels) {
    const last = band.labels.length - 1;
    const at = Math.min(labels, band.labels[last]);
    const k = Math.max(1, band.labels.findIndex((one) => one >= at));
    const [left, right] = [band.labels[k - 1], band.labels[k]];
    const between = (values) =>
      values[k - 1] + ((values[k] - values[k - 1]) * (at - left)) / (right - left);
    return { mean: between(band.mean), low: between(band.low), high: between(band.high) };
  }

  return { unpack, learnt, nextRow, accuracy, learningCurve, randomAfter };
})();

if (typeof module !== "undefined") module.exports = globalThis.beTheOracleModel;
