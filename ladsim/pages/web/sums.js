// What a reader sees of many futures: sums of books, means, intervals, quantiles. The same rules as ladsim/measures; a test compares them.

/** Sum of each first-axis row of a book. @param {Float64Array} book @param {number} rows */
function rowSums(book, rows) {
  const each = book.length / rows;
  return Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let n = row * each; n < (row + 1) * each; n++) sum += book[n];
    return sum;
  });
}

/** Currency booked from the start until each month, as measures.value.profit_so_far. @param {import("./driver.js").Market} market @param {number} scale */
export function profitSoFar(market, scale) {
  const months = market.image.books.people[2];
  const booked = rowSums(market.book("money"), months);
  const own = rowSums(market.book("market_money"), months);
  let sum = 0;
  return booked.map((amount, month) => {
    sum += amount + own[month];
    return (sum * scale) / market.image.unit;
  });
}

/** People of the whole market on each rung at each month: [month][rung]. @param {import("./driver.js").Market} market @param {number} scale */
export function peopleOnRungs(market, scale) {
  const [, , months, segments, rungs] = market.image.books.people;
  const changes = market.book("people");
  const now = new Array(rungs).fill(0);
  return Array.from({ length: months }, (_, month) => {
    for (let n = 0; n < segments * rungs; n++) now[n % rungs] += changes[month * segments * rungs + n];
    return now.map((count) => count * scale);
  });
}

/**
 * Mean and 95 % interval by Student's t, as measures.mean_interval: futures that share a draw count as one.
 * @param {number[]} values @param {boolean} paired @param {number[]} student quantiles by degrees of freedom
 */
export function meanInterval(values, paired, student) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const size = paired ? 2 : 1;
  let units = 0, squares = 0;
  for (let n = 0; n < values.length; n += size, units++) {
    let sum = 0;
    for (const value of values.slice(n, n + size)) sum += value - mean;
    squares += sum * sum;
  }
  if (units < 2) return { mean, low: NaN, high: NaN };
  const half = (student[units - 1] * Math.sqrt((units / (units - 1)) * squares)) / values.length;
  return { mean, low: mean - half, high: mean + half };
}

/** Quantile by linear interpolation between order statistics, as measures.uncertainty.quantile. @param {number[]} values @param {number} q */
export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

/**
 * Which strategy is ahead, and whether that is sure.
 * As planning/compare.py decides it: what earns in every future as much as the market without any strategy is no candidate beside it, and
 * whoever the best cannot be told from is the one it is compared with.
 * @param {number[][]} profits by strategy and future
 * @param {boolean} paired @param {number[]} student @param {number} base place of the market without any strategy, −1 for none
 */
export function judge(profits, paired, student, base) {
  const means = profits.map((own) => own.reduce((a, b) => a + b, 0) / own.length);
  const ranked = means.map((_, place) => place).sort((a, b) => means[b] - means[a]);
  const ahead = (/** @type {number} */ one, /** @type {number} */ other) => {
    const each = profits[one].map((value, n) => Math.round((value - profits[other][n]) * 1e6) / 1e6);
    return { ...meanInterval(each, paired, student), same: each.every((value) => value === 0) };
  };
  const apart = ranked.filter((place) => base < 0 || place === base || !ahead(place, base).same);
  const order = apart.length > 1 ? apart : ranked;
  const best = order[0];
  const open = best === base ? undefined : order.find((place) => place !== best && place !== base && !(ahead(best, place).low > 0));
  const next = open ?? order[1];
  const found = { best, next, loses: means[best] < 0, gain: ahead(best, next), against: base < 0 ? null : ahead(best, base), kind: "" };
  const { gain, against } = found;
  if (gain.same) found.kind = "same";
  else if (Number.isNaN(gain.low)) found.kind = "few";
  else if (best === base) {
    const surely = order.every((place) => place === base || ahead(base, place).low > 0);
    found.kind = surely ? "none" : "tie_base";
  } else if (gain.low <= 0) found.kind = "tie";
  else found.kind = !against || against.low > 0 ? "choose" : "ahead";
  return found;
}
