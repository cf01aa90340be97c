// Words and figures in the reader's language. Texts come from ladsim's catalogues; nothing is put into the page as markup.

const LOCALES = { en: "en-GB", da: "da-DK", nb: "nb-NO" };

/** With a minus sign, not a hyphen. @param {string} text */
const minus = (text) => text.replace("-", "−");

/** Words of one language. */
export class Words {
  /** @param {any} texts by key @param {string} language @param {string} currency */
  constructor(texts, language, currency) {
    this.texts = texts;
    this.language = language;
    this.locale = LOCALES[/** @type {"en"} */ (language)];
    this.currency = currency;
  }

  /** A text, its {places} filled in. @param {string} key @param {Record<string, string | number>} [values] */
  say(key, values = {}) {
    return this.texts[key].replace(/\{(\w+)\}/g, (/** @type {string} */ whole, /** @type {string} */ name) => (name in values ? String(values[name]) : whole));
  }

  /** A number with three digits that count. @param {number} value */
  number(value) {
    return minus(new Intl.NumberFormat(this.locale, { maximumSignificantDigits: 3 }).format(value));
  }

  /** An amount in the scenario's currency. @param {number} value */
  money(value) {
    const compact = Math.abs(value) >= 1e6 ? { notation: /** @type {const} */ ("compact"), compactDisplay: /** @type {const} */ ("short") } : {};
    const format = { style: /** @type {const} */ ("currency"), currency: this.currency, maximumSignificantDigits: 3, ...compact };
    try {
      return minus(new Intl.NumberFormat(this.locale, format).format(value));
    } catch {
      return `${this.currency} ${this.number(value)}`;
    }
  }

  /** People, whole ones, of many three digits that count. @param {number} value */
  people(value) {
    const whole = Math.round(value);
    return minus(new Intl.NumberFormat(this.locale, Math.abs(whole) < 1000 ? {} : { maximumSignificantDigits: 3 }).format(whole));
  }
}

/**
 * An element with attributes and children; texts are texts, never markup.
 * @param {string} name @param {Record<string, any>} [attributes] @param {...(Node | string)} children
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null) made.setAttribute(key, String(value));
  }
  made.append(...children);
  return made;
}
