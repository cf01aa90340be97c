// The memory of one market: numbers at addresses, and arrays handed out behind what the image fills. No number of the model is made here.

const PAGE = 65536;

/** Memory of WebAssembly; views of it are made anew where it has grown. */
export class Memory {
  /** @param {number} bytes that it must have at once */
  constructor(bytes) {
    this.memory = new WebAssembly.Memory({ initial: Math.max(64, Math.ceil(bytes / PAGE) + 16) });
    this.renew();
  }

  /** Views of all of it: to be called after each call into the module, which may have asked for more. */
  renew() {
    if (this.bytes && this.bytes.buffer === this.memory.buffer) return;
    this.bytes = new Uint8Array(this.memory.buffer);
    this.view = new DataView(this.memory.buffer);
  }

  /** @param {number} at @returns {number} a whole number, exact below 2^53 */
  whole(at) {
    return Number(this.view.getBigInt64(at, true));
  }

  /** @param {number} at @param {number | bigint} value */
  setWhole(at, value) {
    this.view.setBigInt64(at, BigInt(value), true);
  }

  /** Room for an array of zeros behind all others. @param {number} size in bytes @param {number} cell where the end of what is handed out stands */
  take(size, cell) {
    const begin = Math.ceil(this.whole(cell) / 64) * 64;
    const missing = begin + size - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE) + 16);
    this.renew();
    this.bytes.fill(0, begin, begin + size);
    this.setWhole(cell, begin + size);
    return begin;
  }
}

/** Unpack bytes that Python has packed with gzip. @param {Uint8Array} packed @returns {Promise<Uint8Array>} */
export async function unpacked(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** @param {string} text in base 64 @returns {Uint8Array} */
export function fromBase64(text) {
  const raw = atob(text.trim());
  const bytes = new Uint8Array(raw.length);
  for (let n = 0; n < raw.length; n++) bytes[n] = raw.charCodeAt(n);
  return bytes;
}
