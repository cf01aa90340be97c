// Plays futures of a page in node and prints a checksum of every book.  node play.mjs WEB FOLDER FUTURE…
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
const [, , web, folder, ...futures] = process.argv;
const { Market, changesOf } = await import(pathToFileURL(`${web}/driver.js`));
const { unpacked } = await import(pathToFileURL(`${web}/memory.js`));
const said = JSON.parse(readFileSync(`${folder}/said.json`));
const blob = await unpacked(new Uint8Array(readFileSync(`${folder}/blob.gz`)));
const module = await WebAssembly.compile(readFileSync(`${folder}/kernel.wasm`));
const found = [];
for (const image of said.markets) {
  const market = new Market(module, said.kernel, image, blob);
  for (const future of futures.map(Number)) {
    const began = performance.now();
    market.begin(image.lucks[future], changesOf(image.first, image.draws[said.paired && image.draws.length > 1 ? future >> 1 : 0]));
    const middle = performance.now();
    market.play();
    const books = {};
    for (const [name, [at, size]] of Object.entries(image.books)) {
      if (name === "queue_count") continue;
      books[name] = createHash("sha256").update(market.memory.bytes.subarray(at, at + size)).digest("hex").slice(0, 16);
    }
    found.push({ strategy: image.strategy, future, books, ms: [middle - began, performance.now() - middle] });
  }
}
console.log(JSON.stringify(found));
