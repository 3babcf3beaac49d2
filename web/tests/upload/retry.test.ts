// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { parseRetryAfter } from "../../src/api/api_error.ts";
import { formatBytes } from "../../src/upload/byte_size.ts";
import { RateMeter } from "../../src/upload/rate_meter.ts";
import { backoff_ms_max, backoffMs, retry_after_ms_max } from "../../src/upload/retry.ts";

it("backs off with full jitter up to a cap that doubles, then stays", () => {
  expect(backoffMs(1, 0, null)).toBe(0);
  expect(backoffMs(1, 1, null)).toBe(500);
  expect(backoffMs(2, 1, null)).toBe(1_000);
  expect(backoffMs(3, 0.5, null)).toBe(1_000);
  expect(backoffMs(50, 1, null)).toBe(backoff_ms_max);
});

it("waits at least as long as the server asks for, within reason", () => {
  expect(backoffMs(1, 0, 3_000)).toBe(3_000);
  expect(backoffMs(1, 0, 86_400_000)).toBe(retry_after_ms_max);
});

it("reads Retry-After as seconds and as a date", () => {
  expect(parseRetryAfter("7", 0)).toBe(7_000);
  expect(parseRetryAfter("Thu, 01 Jan 1970 00:00:09 GMT", 4_000)).toBe(5_000);
  expect(parseRetryAfter("soon", 0)).toBeNull();
  expect(parseRetryAfter(null, 0)).toBeNull();
});

it("measures the rate over the last seconds only", () => {
  const meter = new RateMeter();
  for (let second = 0; second <= 10; second++) meter.add(second * 1_000, second * 100);
  expect(meter.rate(10_000)).toBe(100);
  for (let second = 11; second <= 20; second++)
    meter.add(second * 1_000, 1_000 + (second - 10) * 900);
  expect(meter.rate(20_000)).toBe(900);
});

it("lets the rate fall when nothing arrives, and starts afresh with a retry", () => {
  const meter = new RateMeter();
  meter.add(0, 0);
  meter.add(1_000, 1_000);
  expect(meter.rate(1_000)).toBe(1_000);
  expect(meter.rate(10_000)).toBe(100);
  meter.add(11_000, 0);
  meter.add(12_000, 50);
  expect(meter.rate(12_000)).toBe(50);
});

it.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [1_500, "2 kB"],
  [999_600, "1.0 MB"],
  [800_000_000, "800 MB"],
  [1_234_000_000, "1.2 GB"],
])("writes %i as %s", (bytes, words) => expect(formatBytes(bytes)).toBe(words));
