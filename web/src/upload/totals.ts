// SPDX-License-Identifier: Apache-2.0
import type { UploadItem, UploadTotals } from "./item.ts";

/** Sums up. What failed or was cancelled is not counted in the bytes: the bar reaches its end. */
export function totalsOf(items: readonly UploadItem[], rate_bytes_per_s: number): UploadTotals {
  const count = { queued: 0, active: 0, done: 0, failed: 0, cancelled: 0 };
  let bytes_total = 0;
  let bytes_sent = 0;
  for (const item of items) {
    const settled_badly = item.state === "failed" || item.state === "cancelled";
    if (!settled_badly) {
      bytes_total += item.file_size;
      bytes_sent += item.sent_bytes;
    }
    if (item.state === "queued" || item.state === "requesting") count.queued++;
    else if (item.state === "uploading" || item.state === "confirming") count.active++;
    else count[item.state]++;
  }
  const left = bytes_total - bytes_sent;
  const eta_s = rate_bytes_per_s > 0 && left > 0 ? left / rate_bytes_per_s : null;
  return { files: items.length, ...count, bytes_total, bytes_sent, rate_bytes_per_s, eta_s };
}
