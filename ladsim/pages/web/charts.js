// A fan chart in SVG: for each strategy a band that holds 80 % of the futures, and the line of their means.

const NS = "http://www.w3.org/2000/svg";
const LEFT = 74, RIGHT = 14, TOP = 12, BOTTOM = 34;

/** @param {string} name @param {Record<string, any>} attributes @param {string} [text] */
function shape(name, attributes, text) {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Round marks for an axis. @param {number} low @param {number} high @param {number} wanted */
export function marks(low, high, wanted) {
  const rough = (high - low || Math.abs(high) || 1) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? 10 * power;
  const made = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n++) made.push(n * step || 0); // no −0
  return made;
}

/**
 * Draw a fan chart into a figure.
 * @param {Element} into
 * @param {{months: number[], title: string, axis: string, format: (n: number) => string,
 *   series: Array<{name: string, place: number, middle: number[], low: number[], high: number[]}>}} said
 */
export function fanChart(into, said) {
  const wide = Math.max(300, Math.round(into.clientWidth || 640)), tall = 300;
  const all = said.series.flatMap((one) => [...one.low, ...one.high, ...one.middle]);
  let low = Math.min(0, ...all), high = Math.max(0, ...all);
  if (low === high) high = low + 1;
  const last = said.months[said.months.length - 1];
  const x = (/** @type {number} */ month) => LEFT + (month / last) * (wide - LEFT - RIGHT);
  const y = (/** @type {number} */ value) => TOP + ((high - value) / (high - low)) * (tall - TOP - BOTTOM);
  const svg = shape("svg", { viewBox: `0 0 ${wide} ${tall}`, role: "img", "aria-label": said.title });
  for (const mark of marks(low, high, 5)) {
    svg.append(shape("line", { class: mark === 0 ? "zero" : "grid", x1: LEFT, x2: wide - RIGHT, y1: y(mark), y2: y(mark) }));
    svg.append(shape("text", { class: "mark", x: LEFT - 8, y: y(mark) + 4, "text-anchor": "end" }, said.format(mark)));
  }
  for (const mark of marks(0, last, wide < 420 ? 4 : 8).filter(Number.isInteger)) {
    svg.append(shape("text", { class: "mark", x: x(mark), y: tall - 16, "text-anchor": "middle" }, String(mark)));
  }
  svg.append(shape("text", { class: "mark", x: wide - RIGHT, y: tall - 2, "text-anchor": "end" }, said.axis));
  const path = (/** @type {number[]} */ values) => values.map((value, n) => `${x(said.months[n]).toFixed(1)},${y(value).toFixed(1)}`);
  for (const one of said.series) {
    const band = [...path(one.high), ...path(one.low).reverse()].join(" ");
    svg.append(shape("polygon", { class: `band band${one.place}`, points: band }));
  }
  for (const one of said.series) svg.append(shape("polyline", { class: `line line${one.place}`, points: path(one.middle).join(" ") }));
  into.replaceChildren(svg);
}
