// SPDX-License-Identifier: Apache-2.0
import { ApiError } from "../api/api_error.ts";
import type { Clock } from "./transport.ts";

/** How often one thing is tried before a person is asked. */
export const attempts_max = 3;
export const backoff_first_ms = 500;
export const backoff_ms_max = 15_000;
/** A server may ask for more patience than our own, within reason. */
export const retry_after_ms_max = 60_000;

/**
 * Capped exponential backoff with full jitter: after a shared failure the files come back spread
 * out, not all at once.
 *
 * attempt  1-based: the one that just failed.
 * random   0 up to 1.
 */
export function backoffMs(attempt: number, random: number, retry_after_ms: number | null): number {
  const ceiling = Math.min(backoff_ms_max, backoff_first_ms * 2 ** (attempt - 1));
  const asked = Math.min(retry_after_ms ?? 0, retry_after_ms_max);
  return asked + random * ceiling;
}

export interface RetryTools {
  clock: Clock;
  random: () => number;
}

/** Repeats a request to the server while its failure is transient, attempts_max times in all. */
export async function withRetries<T>(
  tools: RetryTools,
  signal: AbortSignal,
  request: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await request();
    } catch (error) {
      const again = error instanceof ApiError && error.transient && attempt < attempts_max;
      if (!again) throw error;
      await tools.clock.sleep(backoffMs(attempt, tools.random(), error.retry_after_ms), signal);
    }
  }
}
