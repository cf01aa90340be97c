// The page: sliders on one side, the verdict and the charts on the other. Every figure comes out of the market's own books.

import { fanChart } from "./charts.js";
import { changesOf, Market, Stopped } from "./driver.js";
import { fromBase64, unpacked } from "./memory.js";
import { History, linkOf, settingOf, tomlOf } from "./state.js";
import { judge, meanInterval, peopleOnRungs, profitSoFar, quantile } from "./sums.js";
import { element, Words } from "./text.js";

/** @param {string} id */
const data = async (id) => unpacked(fromBase64(/** @type {HTMLElement} */ (document.getElementById(id)).textContent ?? ""));

/** A page of one market. */
class Page {
  /** @param {any} said @param {Market[]} markets */
  constructor(said, markets) {
    this.said = said;
    this.markets = markets;
    this.root = /** @type {HTMLElement} */ (document.getElementById("page"));
    const asked = settingOf(location.hash.slice(1), said, said.language);
    this.history = new History(asked ?? { moved: {}, rung: said.rung, language: said.language });
    this.wrongLink = asked === null;
    this.turn = 0;
    /** @type {Array<Array<{profit: number[], people: number[][]}>>} by strategy and future */
    this.found = [];
    this.changes = markets.map((market, place) => ({
      draws: market.image.draws.map((/** @type {any} */ words) => words),
      stops: said.sliders.map((/** @type {any} */ slider) => slider.words[place]),
    }));
    this.build();
    this.play();
    addEventListener("hashchange", () => this.follow());
    addEventListener("resize", () => this.draw());
  }

  get setting() {
    return this.history.now;
  }

  /** Words of the language that is set. */
  get words() {
    return new Words(this.said.texts[this.setting.language], this.setting.language, this.said.currency);
  }

  /** Another setting; played unless only words or the view have changed. @param {Partial<import("./state.js").Setting>} change @param {string} [drag] */
  set(change, drag = "") {
    this.history.set({ ...this.setting, ...change }, drag);
    this.changed(change.moved !== undefined);
  }

  /** @param {boolean} plays */
  changed(plays) {
    try {
      history.replaceState(null, "", `#${linkOf(this.setting)}`);
    } catch {
      // Some browsers allow so many changes of the address in a while, and no more: the button still gives the link.
    }
    this.wrongLink = false;
    if (document.documentElement.lang === this.setting.language) this.refresh();
    else this.build();
    if (plays) this.play();
    else this.draw();
  }

  /** Take the setting of a link that was put into the address. */
  follow() {
    const asked = settingOf(location.hash.slice(1), this.said, this.setting.language);
    this.wrongLink = asked === null;
    if (asked !== null) this.history.set(asked);
    this.build();
    this.play();
  }

  /** The words that differ from the image in one future of one strategy. @param {number} place @param {number} future */
  changesIn(place, future) {
    const own = this.changes[place];
    const words = new Map(own.draws[own.draws.length > 1 ? future >> 1 : 0]);
    this.said.sliders.forEach((/** @type {any} */ slider, /** @type {number} */ n) => {
      const stop = this.setting.moved[slider.key];
      if (stop !== undefined) for (const [at, word] of own.stops[n][stop]) words.set(at, word);
    });
    return changesOf(this.markets[place].image.first, [...words]);
  }

  /** Play all futures, one after the other; what there is by then is shown after the first, and at the end. */
  async play() {
    const turn = ++this.turn;
    const began = performance.now();
    const found = this.markets.map(() => /** @type {any[]} */ ([]));
    this.problem = "";
    for (let future = 0; future < this.said.futures; future++) {
      try {
        const played = this.markets.map((market, place) => {
          market.begin(market.image.lucks[future], this.changesIn(place, future));
          market.play();
          return { profit: profitSoFar(market, this.said.scale), people: peopleOnRungs(market, this.said.scale) };
        });
        played.forEach((one, place) => found[place].push(one));
      } catch (error) {
        this.problem = error instanceof Stopped ? error.message : "rule";
        this.found = found; // never the figures of another setting beside this one
        break;
      }
      this.found = found;
      if (future % 4 === 0 || future === this.said.futures - 1) this.draw();
      if (future === 0) document.body.dataset.firstMs = (performance.now() - began).toFixed(1);
      await new Promise((go) => setTimeout(go));
      if (turn !== this.turn) return;
    }
    this.draw();
    document.body.dataset.played = String(found[0].length);
    document.body.dataset.allMs = (performance.now() - began).toFixed(1);
  }

  /** Lay the page out in the language that is set. */
  build() {
    const { said, words } = this;
    document.documentElement.lang = this.setting.language;
    document.title = words.say("title", { name: words.say("heading") });
    const button = (/** @type {string} */ key, /** @type {() => void} */ act) =>
      element("button", { type: "button", id: key, onclick: act }, words.say(key));
    const languages = element(
      "select",
      { id: "language", "aria-label": words.say("language"), onchange: (/** @type {any} */ event) => this.set({ language: event.target.value }) },
      ...Object.keys(said.texts).map((one) => element("option", { value: one, selected: one === this.setting.language, lang: one }, said.texts[one].own_name)),
    );
    this.verdict = element("p", { id: "verdict", "aria-live": "polite" });
    this.more = element("p", { id: "more" });
    this.progress = element("p", { id: "progress" });
    this.warning = element("p", { id: "warning", role: "alert" });
    this.profit = element("div", { class: "chart", id: "profit" });
    this.rung = element("div", { class: "chart", id: "rung" });
    this.table = element("div", { class: "scroll", tabindex: 0, id: "table" });
    this.link = element("input", { id: "address", readonly: true, hidden: true, "aria-label": words.say("link") });
    const rungs = element(
      "select",
      { id: "rungs", "aria-label": words.say("rung"), onchange: (/** @type {any} */ event) => this.set({ rung: Number(event.target.value) }) },
      ...Array.from({ length: said.rungs }, (_, n) => element("option", { value: n, selected: n === this.setting.rung }, words.say(`rung_${n}`))),
    );
    this.legends = [0, 1].map(() =>
      element("p", { class: "legend" }, ...this.markets.map((_, place) => element("span", { class: `key key${place}` }, words.say(`strategy_${place}`)))),
    );
    this.inputs = said.sliders.map((/** @type {any} */ slider, /** @type {number} */ n) => this.slider(slider, n));
    this.root.replaceChildren(
      element("header", {}, element("p", { class: "overline" }, words.say("overline", { people: words.people(said.people), months: said.months[said.months.length - 1], market: words.people(said.market) })), element("h1", {}, words.say("heading")), languages),
      this.warning,
      this.verdict,
      this.more,
      this.progress,
      element(
        "div",
        { class: "sides" },
        element(
          "section",
          { "aria-labelledby": "what_if" },
          element("h2", { id: "what_if" }, words.say("what_if")),
          element("div", { class: "tools" }, button("undo", () => { this.history.undo(); this.changed(true); }), button("redo", () => { this.history.redo(); this.changed(true); }), button("reset", () => this.set({ moved: {} }))),
          ...(said.sliders.length ? this.inputs.map((/** @type {any} */ one) => one.box) : [element("p", {}, words.say("no_sliders"))]),
        ),
        element(
          "section",
          { "aria-labelledby": "profit_title" },
          element("h2", { id: "profit_title" }, words.say("profit")),
          this.legends[0],
          this.profit,
          element("h2", {}, element("label", { for: "rungs" }, words.say("people_on")), " ", rungs),
          this.legends[1],
          this.rung,
          element("p", { class: "note" }, words.say("band")),
          this.table,
          element("div", { class: "tools" }, button("link", () => this.share()), button("csv", () => this.save("csv")), button("toml", () => this.save("toml"))),
          this.link,
        ),
      ),
      element("footer", {}, element("p", {}, words.say("about", { version: said.version, futures: said.futures, seed: said.seed })), element("p", {}, words.say("again")), element("pre", { tabindex: 0 }, said.command), ...(said.needs.length ? [element("p", {}, words.say("needs", { files: said.needs.join(", ") }))] : [])),
    );
    this.refresh();
  }

  /** A slider with its words. @param {any} slider @param {number} n */
  slider(slider, n) {
    const { words } = this;
    const output = element("output", { for: `slider_${n}` });
    const input = /** @type {HTMLInputElement} */ (
      element("input", {
        type: "range", id: `slider_${n}`, min: 0, max: slider.values.length - 1, step: 1,
        oninput: (/** @type {any} */ event) => this.set({ moved: { ...this.setting.moved, [slider.key]: Number(event.target.value) } }, slider.key),
        onchange: () => this.history.rest(),
      })
    );
    const back = element(
      "button",
      { type: "button", class: "back", onclick: () => { const { [slider.key]: _, ...moved } = this.setting.moved; this.set({ moved }); } },
      words.say("as_in_file"),
    );
    const box = element(
      "div",
      { class: "slider" },
      element("label", { for: `slider_${n}` }, words.say(`slider_${n}`)),
      output,
      input,
      element("p", { class: "range" }, element("span", {}, words.texts[`stops_${n}`][0]), back, element("span", {}, words.texts[`stops_${n}`][slider.values.length - 1])),
      element("p", { class: "source" }, words.say("source", { source: slider.source === "" ? words.say("decision") : slider.source === "-" ? words.say("no_source") : slider.source })),
    );
    return { box, input, output, back };
  }

  /** Let sliders and buttons stand as the setting says. */
  refresh() {
    const { said, words } = this;
    said.sliders.forEach((/** @type {any} */ slider, /** @type {number} */ n) => {
      const stop = this.setting.moved[slider.key];
      const { input, output, back } = this.inputs[n];
      input.value = String(stop ?? slider.middle);
      const told = stop === undefined ? words.texts[`file_${n}`] : words.texts[`stops_${n}`][stop];
      output.textContent = told;
      input.setAttribute("aria-valuetext", told);
      back.hidden = stop === undefined;
    });
    /** @type {any} */ (document.getElementById("undo")).disabled = this.history.done.length < 2;
    /** @type {any} */ (document.getElementById("redo")).disabled = this.history.undone.length === 0;
    /** @type {any} */ (document.getElementById("reset")).disabled = Object.keys(this.setting.moved).length === 0;
    /** @type {any} */ (document.getElementById("rungs")).value = String(this.setting.rung);
    /** @type {HTMLElement} */ (this.warning).textContent = this.wrongLink ? words.say("wrong_link") : "";
    /** @type {any} */ (this.link).hidden = true;
  }

  /** Draw what has been played. */
  draw() {
    const { said, words, found } = this;
    if (this.problem) /** @type {HTMLElement} */ (this.warning).textContent = words.say(`stopped_${this.problem}`);
    if (!found.length || !found[0].length) {
      if (this.problem) this.clear();
      return;
    }
    const of = (/** @type {(run: any) => number[]} */ take) =>
      found.map((runs, place) => {
        const paths = runs.map(take);
        const at = (/** @type {(values: number[]) => number} */ sum) => said.months.map((/** @type {number} */ _, /** @type {number} */ n) => sum(paths.map((path) => path[n])));
        return { name: words.say(`strategy_${place}`), place, middle: at((v) => v.reduce((a, b) => a + b, 0) / v.length), low: at((v) => quantile(v, 0.1)), high: at((v) => quantile(v, 0.9)) };
      });
    const axis = words.say("months");
    const { rung } = this.setting;
    fanChart(/** @type {Element} */ (this.profit), { months: said.months, axis, title: words.say("profit"), series: of((run) => run.profit), format: (n) => words.money(n) });
    fanChart(/** @type {Element} */ (this.rung), { months: said.months, axis, title: words.say(`rung_${rung}`), series: of((run) => run.people.map((/** @type {number[]} */ line) => line[rung])), format: (n) => words.people(n) });
    this.tell();
  }

  /** Show no figures. */
  clear() {
    for (const part of [this.verdict, this.more, this.progress, this.profit, this.rung, this.table]) /** @type {HTMLElement} */ (part).replaceChildren();
  }

  /** Whether two futures still share a draw of something: not where every number that is drawn was moved. */
  get paired() {
    return (
      this.said.paired &&
      this.changes.some((own) => {
        const moved = new Set();
        this.said.sliders.forEach((/** @type {any} */ slider, /** @type {number} */ n) => {
          const stop = this.setting.moved[slider.key];
          if (stop !== undefined) for (const [at] of own.stops[n][stop]) moved.add(at);
        });
        const first = new Map(own.draws[0]);
        return own.draws.some((/** @type {any[]} */ draw) => {
          const there = new Map(draw);
          return [...first.keys(), ...there.keys()].some((at) => !moved.has(at) && first.get(at) !== there.get(at));
        });
      })
    );
  }

  /** The verdict in words, once all futures are played, and the table. */
  tell() {
    const { said, words, found } = this;
    const count = found[0].length;
    const ends = found.map((runs) => runs.map((run) => run.profit[run.profit.length - 1]));
    const all = count === said.futures;
    const verdict = /** @type {HTMLElement} */ (this.verdict), beside = /** @type {HTMLElement} */ (this.more);
    /** @type {HTMLElement} */ (this.progress).textContent = all ? words.say("played", { futures: count }) : words.say("playing", { n: count, futures: said.futures });
    if (all && found.length > 1) {
      const told = judge(ends, this.paired, said.student, said.base);
      const more = words.say(told.loses ? "loses" : "earns", { amount: words.money(Math.abs(told.gain.mean)) });
      const values = { more, one: words.say(`strategy_${told.best}`), other: words.say(`strategy_${told.next}`), amount: words.money(told.gain.mean), low: words.money(told.gain.low), high: words.money(told.gain.high), months: said.months[said.months.length - 1], futures: count };
      verdict.textContent = words.say(`verdict_${told.kind}`, values);
      const { against } = told;
      const says = against && told.best !== said.base && told.next !== said.base && !Number.isNaN(against.low) && !against.same;
      beside.textContent = says ? words.say(against.low > 0 ? "pays" : "pays_unsure", { one: values.one, amount: words.money(against.mean), low: words.money(against.low), high: words.money(against.high) }) : "";
    } else if (all) {
      const own = meanInterval(ends[0], this.paired, said.student);
      const few = Number.isNaN(own.low);
      verdict.textContent = words.say(few ? "verdict_few" : "expects", { amount: words.money(own.mean), low: words.money(own.low), high: words.money(own.high), months: said.months[said.months.length - 1], futures: count });
    } else {
      verdict.textContent = words.say("wait");
      beside.textContent = "";
    }
    const { rung } = this.setting, { paired } = this;
    const rows = found.map((runs, place) => {
      const profit = meanInterval(ends[place], paired, said.student);
      const people = meanInterval(runs.map((run) => run.people[run.people.length - 1][rung]), paired, said.student);
      const cell = (/** @type {any} */ value, /** @type {(n: number) => string} */ format) => element("td", {}, format(value.mean), element("small", {}, Number.isNaN(value.low) ? "" : words.say("between", { low: format(value.low), high: format(value.high) })));
      return element("tr", {}, element("th", { scope: "row" }, element("span", { class: `key key${place}` }, words.say(`strategy_${place}`))), cell(profit, (n) => words.money(n)), cell(people, (n) => words.people(n)));
    });
    const head = ["strategy", "profit_end", "people_end"].map((key) => element("th", { scope: "col" }, words.say(key, { rung: words.say(`rung_${rung}`) })));
    /** @type {HTMLElement} */ (this.table).replaceChildren(element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows)));
  }

  /** Show the link, and copy it where that is allowed. */
  share() {
    const field = /** @type {HTMLInputElement} */ (this.link);
    field.value = `${location.href.split("#")[0]}#${linkOf(this.setting)}`;
    field.hidden = false;
    field.select();
    navigator.clipboard?.writeText(field.value).catch(() => {});
  }

  /** Hand a file to the reader. @param {"csv" | "toml"} kind */
  save(kind) {
    const text = kind === "toml" ? tomlOf(this.said, this.setting) : this.csv();
    const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    element("a", { href: url, download: `${this.said.name}.${kind}` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }

  /** Everything that is drawn, a row for each month of each future. */
  csv() {
    const { said } = this;
    const lines = [["strategy", "future", "month", "profit_so_far", ...said.rung_names].join(",")];
    this.found.forEach((runs, place) =>
      runs.forEach((run, future) =>
        said.months.forEach((/** @type {number} */ month, /** @type {number} */ n) => lines.push([said.strategies[place], future, month, run.profit[n], ...run.people[n]].join(","))),
      ),
    );
    return lines.join("\r\n") + "\r\n";
  }
}

/** Read what Python has put into the page, and begin. */
async function begin() {
  const root = /** @type {HTMLElement} */ (document.getElementById("page"));
  try {
    const said = JSON.parse(new TextDecoder().decode(await data("said")));
    const [blob, kernel] = await Promise.all([data("bytes"), data("kernel")]);
    const module = await WebAssembly.compile(/** @type {any} */ (kernel));
    const page = new Page(said, said.markets.map((/** @type {any} */ image) => new Market(module, said.kernel, image, blob)));
    /** @type {any} */ (window).page = page;
    document.body.dataset.usable = performance.now().toFixed(0);
  } catch (error) {
    root.replaceChildren(element("p", { role: "alert" }, root.dataset.broken ?? ""));
    throw error;
  }
}

if (typeof document !== "undefined") begin();
