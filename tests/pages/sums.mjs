// What the page makes of numbers: reads {paths, profits, ...} from stdin, prints what its functions give.  node sums.mjs WEB
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
const web = process.argv[2];
const { judge, meanInterval, quantile } = await import(pathToFileURL(`${web}/sums.js`));
const { settingOf, linkOf, tomlOf } = await import(pathToFileURL(`${web}/state.js`));
const given = JSON.parse(readFileSync(0));
const out = {};
if (given.values) {
  out.intervals = [true, false].map((paired) => meanInterval(given.values, paired, given.student));
  out.quantiles = given.q.map((q) => quantile(given.values, q));
}
if (given.profits) out.judged = given.profits.map((profits) => judge(profits, false, given.student, given.base));
if (given.links) out.settings = given.links.map((link) => settingOf(link, given.said, "en"));
if (given.setting) {
  out.toml = tomlOf(given.said, given.setting);
  out.link = settingOf(linkOf(given.setting), given.said, "en");
}
console.log(JSON.stringify(out));
