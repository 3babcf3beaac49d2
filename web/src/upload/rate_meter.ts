// SPDX-License-Identifier: Apache-2.0

const window_ms = 4_000;
const sample_ms_min = 200;

/** Bytes a second over the last few seconds, from running totals. */
export class RateMeter {
  readonly #samples: { at_ms: number; bytes: number }[] = [];

  /** bytes  sent in all so far; a total that shrinks (a retry began) starts afresh. */
  add(at_ms: number, bytes: number): void {
    const last = this.#samples.at(-1);
    if (last && bytes < last.bytes) this.#samples.length = 0;
    const before = this.#samples.at(-2);
    if (last && before && at_ms - before.at_ms < sample_ms_min) {
      last.at_ms = at_ms;
      last.bytes = bytes;
    } else {
      this.#samples.push({ at_ms, bytes });
    }
    while (this.#samples.length > 2 && this.#samples[1]!.at_ms < at_ms - window_ms) {
      this.#samples.shift();
    }
  }

  rate(now_ms: number): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || now_ms <= first.at_ms) return 0;
    return ((last.bytes - first.bytes) * 1000) / (now_ms - first.at_ms);
  }
}
