// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "../../src/upload/index.ts";

/** Time that stands still until a test moves it. */
export class ManualClock implements Clock {
  now_ms = 1_000_000;
  #sleepers: { at_ms: number; wake: () => void }[] = [];

  now(): number {
    return this.now_ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = () => reject(signal?.reason);
      signal?.addEventListener("abort", cancel, { once: true });
      const wake = () => {
        signal?.removeEventListener("abort", cancel);
        resolve();
      };
      this.#sleepers.push({ at_ms: this.now_ms + ms, wake });
    });
  }

  /** Moves on in the order of the sleepers, letting each one's work happen at its own time. */
  async advance(ms: number): Promise<void> {
    const end_ms = this.now_ms + ms;
    for (;;) {
      await settled();
      const next = this.#sleepers
        .filter((sleeper) => sleeper.at_ms <= end_ms)
        .sort((a, b) => a.at_ms - b.at_ms)[0];
      if (!next) break;
      this.now_ms = Math.max(this.now_ms, next.at_ms);
      this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== next);
      next.wake();
    }
    this.now_ms = end_ms;
  }
}

/** Lets everything that can go on without time passing go on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}
