// What the reader has set: which sliders stand where, with undo and redo, in the address behind #, and as TOML.

/** @typedef {{moved: Record<string, number>, rung: number, language: string}} Setting */

/** The settings so far; the last one counts. */
export class History {
  /** @param {Setting} first */
  constructor(first) {
    this.done = [first];
    this.undone = /** @type {Setting[]} */ ([]);
    this.drag = "";
  }

  get now() {
    return this.done[this.done.length - 1];
  }

  /** @param {Setting} setting @param {string} [drag] the slider that is being dragged: all of it is one step back */
  set(setting, drag = "") {
    if (drag && drag === this.drag) this.done.pop();
    this.done.push(setting);
    this.undone = [];
    this.drag = drag;
  }

  /** What comes next is a step of its own. */
  rest() {
    this.drag = "";
  }

  undo() {
    this.rest();
    if (this.done.length > 1) this.undone.push(/** @type {Setting} */ (this.done.pop()));
  }

  redo() {
    const back = this.undone.pop();
    if (back) this.done.push(back);
  }
}

/** What stands behind # for a setting. @param {Setting} setting */
export function linkOf(setting) {
  const words = Object.entries(setting.moved).map(([key, stop]) => `${encodeURIComponent(key)}=${stop}`);
  return [`language=${setting.language}`, `rung=${setting.rung}`, ...words].join("&");
}

/**
 * The setting of a link; null where it is none of this page's.
 * @param {string} link behind # @param {any} said what the page was made of @param {string} language
 * @returns {Setting | null}
 */
export function settingOf(link, said, language) {
  /** @type {Setting} */
  const made = { moved: {}, rung: said.rung, language };
  if (link.length > 4000) return null;
  for (const word of link.split("&").filter(Boolean)) {
    const at = word.lastIndexOf("=");
    let key;
    try {
      key = decodeURIComponent(word.slice(0, at));
    } catch {
      return null;
    }
    const value = word.slice(at + 1);
    const slider = said.sliders.find((/** @type {any} */ one) => one.key === key);
    const stop = /^\d{1,3}$/.test(value) ? Number(value) : -1;
    if (key === "language" && Object.hasOwn(said.texts, value)) made.language = value;
    else if (key === "rung" && stop >= 0 && stop < said.rungs) made.rung = stop;
    else if (slider && stop >= 0 && stop < slider.values.length) made.moved[key] = stop;
    else return null;
  }
  return made;
}

/** The scenario as TOML, with what sliders say. @param {any} said @param {Setting} setting */
export function tomlOf(said, setting) {
  return said.toml
    .map((/** @type {string | number} */ part) => {
      if (typeof part === "string") return part;
      const slider = said.sliders[part];
      const stop = setting.moved[slider.key];
      return stop === undefined ? slider.file : slider.values[stop];
    })
    .join("");
}
