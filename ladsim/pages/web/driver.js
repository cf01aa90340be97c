// Plays a market: puts the image in its place, lets the module draw the luck of one future, calls what Python would call, reads the books.
// Which order of calls is right, ladsim/engine/state.py (set_up) and ladsim/engine/kernel.py (Fast) say; a test compares every number.

import { Memory } from "./memory.js";

const DONE = 0, SHORT_OF_MESSAGES = 2, SHORT_OF_PLACES = 3, PAUSED = 4, TOO_MANY = 6, TOO_MUCH_MONEY = 7;
const AT_ONCE = 1 << 20; // events before the module pauses
const ARRAY = 48; // bytes in which an entry gives an array: number of items at 8, address at 24

/** What stops a market in a way that the page tells in words. */
export class Stopped extends Error {}

/** One strategy's market. */
export class Market {
  /**
   * @param {WebAssembly.Module} module
   * @param {any} kernel numbers of entries, where arguments are handed over
   * @param {any} image what Python says of this market's bytes
   * @param {Uint8Array} blob all bytes that images are made of
   */
  constructor(module, kernel, image, blob) {
    this.image = image;
    this.kernel = kernel;
    this.fresh = new Uint8Array(image.end - image.first);
    for (const [at, from, size] of image.chunks) this.fresh.set(blob.subarray(from, from + size), at - image.first);
    this.memory = new Memory(image.end + (image.end >> 2));
    const own = () => { throw new Error("a rule that is not in the module"); };
    const needs = WebAssembly.Module.imports(module);
    /** @type {any} */
    const given = {};
    for (const one of needs) {
      given[one.module] ??= {};
      given[one.module][one.name] = one.kind === "memory" ? this.memory.memory : own;
    }
    const exports = new WebAssembly.Instance(module, given).exports;
    this.enter = /** @type {(number: number, slots: number) => number} */ (exports.call);
    const cell = (/** @type {string} */ name) => Number(/** @type {WebAssembly.Global} */ (exports[name]).value);
    this.end = cell("heap_end");
    this.live = cell("heap_live");
    this.slots = Math.ceil(cell("__heap_base") / 64) * 64;
    this.record = image.address;
  }

  /** Call an entry: whole numbers may be texts, an array is [address, items]. @param {string} name @param {any[]} given */
  call(name, ...given) {
    const { memory } = this;
    let at = this.slots + this.kernel.given;
    for (const value of given.flat()) {
      if (value instanceof Real) memory.view.setFloat64(at, value.number, true);
      else memory.view.setBigInt64(at, BigInt.asIntN(64, BigInt(value)), true);
      at += 8;
    }
    const failed = this.enter(this.kernel.entries[name], this.slots);
    memory.renew();
    if (failed) throw new Stopped("rule");
    return memory.whole(this.slots);
  }

  /** The array that an entry has given: where it is, how many items. @returns {[number, number]} */
  given() {
    return [this.memory.view.getUint32(this.slots + 24, true), this.memory.whole(this.slots + 8)];
  }

  /** @param {string} name of a field of the market's record */
  field(name) {
    return this.record + this.image.fields[name];
  }

  /**
   * The market at time 0 of one future.
   * @param {any} luck which numbers the module draws with
   * @param {Array<[number, Uint8Array]>} changes bytes that differ from the image, and where
   */
  begin(luck, changes) {
    const { memory, image } = this;
    memory.bytes.set(this.fresh, image.first);
    for (const [at, bytes] of changes) memory.bytes.set(bytes, at);
    memory.setWhole(this.field("run"), BigInt.asIntN(64, BigInt(luck.run)));
    memory.setWhole(this.end, image.end);
    memory.setWhole(this.live, 0);
    this.call("rules.work_out_rates", this.record);
    this.call("state.draws_of", this.record, image.start);
    const draws = this.given();
    this.call("state.fill_places", draws, this.reals(luck.highest), this.wholes(luck.taken));
    const rungs = this.given();
    for (const [row, rung] of luck.pinned) memory.bytes[rungs[0] + row] = rung;
    this.call("state.fill_rows", this.record, rungs, image.segment);
    if (luck.arrivals.length) this.arrive(luck.arrivals, draws);
    if (image.views) this.call("state.fill_views", this.record, this.wholes(luck.words), this.reals(luck.shares));
    for (const [column, law, word, a, b] of luck.traits) {
      this.call("state.fill_trait", this.record, column, law, word, new Real(a), new Real(b));
    }
    memory.setWhole(this.end, image.end);
    memory.setWhole(this.live, 0);
  }

  /** @param {number[]} numbers @returns {[number, number]} */
  reals(numbers) {
    const at = this.memory.take(8 * numbers.length, this.end);
    numbers.forEach((number, n) => this.memory.view.setFloat64(at + 8 * n, number, true));
    return [at, numbers.length];
  }

  /** @param {Array<number | string>} numbers @returns {[number, number]} */
  wholes(numbers) {
    const at = this.memory.take(8 * numbers.length, this.end);
    numbers.forEach((number, n) => this.memory.setWhole(at + 8 * n, BigInt.asIntN(64, BigInt(number))));
    return [at, numbers.length];
  }

  /**
   * Give those who are outside the market their instants of arrival, in the order of their start draws, as Python's set_arrivals does.
   * @param {number[][]} arrivals @param {[number, number]} draws
   */
  arrive(arrivals, draws) {
    const { memory, image } = this;
    const [base, stride] = image.rows;
    const own = new Float64Array(memory.memory.buffer, draws[0], draws[1]);
    const waiting = [];
    for (let row = 0; row < draws[1]; row++) if (image.outside[memory.bytes[base + row * stride + image.rung]]) waiting.push(row);
    waiting.sort((a, b) => own[a] - own[b] || a - b);
    this.call("state.draws_of", this.record, image.arrival);
    const [at] = this.given();
    let next = 0;
    for (const [low, high, count, rung, flow] of arrivals) {
      for (let n = 0; n < count && next < waiting.length; n++, next++) {
        const row = waiting[next];
        const place = base + row * stride + image.arrivals.part;
        const instant = memory.view.getFloat64(at + 8 * row, true);
        memory.setWhole(place + image.arrivals.due, low + Math.max(1, Math.ceil(instant * (high - low))));
        memory.view.setUint8(place + image.arrivals.to, rung);
        memory.view.setUint16(place + image.arrivals.flow, flow, true);
      }
    }
  }

  /** Play to the horizon what `begin` has made. Throws Stopped where Python would refuse. */
  play() {
    for (const [name, ...given] of this.image.calls) {
      if (name === "market_arrays.accrue_rows") this.call(name, this.record, ...given);
      else if (name === "plan.accrue_to_the_end") {
        if (!this.call(name, this.record)) throw new Stopped("money");
      } else this.work(name, given);
      if (name === "kernel.begin_rows") this.memory.setWhole(this.field("place"), 0);
    }
    if (this.memory.view.getBigInt64(this.field("moved"), true) >= BigInt(this.image.most_money)) throw new Stopped("money");
  }

  /** Call an entry again and again, until it is done; make room in between. @param {string} name @param {number[]} given */
  work(name, given) {
    const { memory, image } = this;
    for (;;) {
      memory.setWhole(image.shared, 0);
      memory.setWhole(this.field("left"), AT_ONCE);
      const before = memory.whole(this.end);
      const answer = this.call(name, this.record, ...given);
      memory.setWhole(this.end, before);
      memory.setWhole(this.live, 0);
      if (answer === DONE) return;
      if (answer === SHORT_OF_MESSAGES) this.moreMessages();
      else if (answer === SHORT_OF_PLACES) this.morePlaces();
      else if (answer === TOO_MANY) throw new Stopped("messages");
      else if (answer === TOO_MUCH_MONEY) throw new Stopped("money");
      else if (answer !== PAUSED) throw new Stopped("rule");
    }
  }

  /** Double the room for messages. */
  moreMessages() {
    const { memory, image } = this;
    const pieces = memory.whole(this.field("pieces_size"));
    for (const [name, each] of [["queued_messages", image.piece_bytes], ["pieces", 8]]) {
      const old = memory.whole(this.field(`at_${name}`));
      const at = memory.take(2 * pieces * each, this.end);
      memory.bytes.copyWithin(at, old, old + pieces * each);
      memory.setWhole(this.field(`at_${name}`), at);
    }
    memory.setWhole(this.field("pieces_size"), 2 * pieces);
  }

  /** Room for the places of as many messages as wait for any tick. */
  morePlaces() {
    const { memory } = this;
    const [at, , ticks] = this.image.books.queue_count;
    let most = 0;
    for (let n = 0; n < ticks; n++) most = Math.max(most, memory.whole(at + 8 * n));
    const size = Math.max(1024, 2 * most);
    memory.setWhole(this.field("at_places"), memory.take(8 * size, this.end));
    memory.setWhole(this.field("places"), size);
  }

  /** A book as whole numbers, in Python's order. @param {string} name @returns {Float64Array} */
  book(name) {
    const [at, , ...shape] = this.image.books[name];
    const size = shape.reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b, 1);
    const numbers = new BigInt64Array(this.memory.memory.buffer, at, size);
    return Float64Array.from(numbers, Number);
  }
}

/** A number that an entry takes as a floating one. */
export class Real {
  /** @param {number} number */
  constructor(number) {
    this.number = number;
  }
}

/**
 * Changes that a list of words tells: [place, bytes] where place counts words of eight bytes from the image's begin.
 * @param {number} first @param {Array<[number, string]>} words @returns {Array<[number, Uint8Array]>}
 */
export function changesOf(first, words) {
  return words.map(([place, word]) => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt("0x" + word), true);
    return [first + 8 * place, bytes];
  });
}
