// SPDX-License-Identifier: Apache-2.0
import { networkLost, parseRetryAfter } from "./api_error.ts";
import type { PutAnswer } from "./types.ts";

/** No byte moved for this long: the connection is dead, though nobody said so. */
const stall_ms_max = 60_000;
/** All bytes are sent; the store may take this long to make them durable and answer. */
const answer_ms_max = 300_000;

// Browsers send these themselves and refuse to have them set (Fetch standard, forbidden headers).
const browser_sets = new Set(["content-length", "host", "connection"]);

/**
 * PUTs a file to its presigned URL, with progress.
 *
 * XMLHttpRequest, because fetch still reports no upload progress in any browser (2026-11).
 * Resolves for every HTTP status; rejects with ApiError status 0 when the network is lost and
 * with the signal's reason when cancelled.
 */
export function putObject(
  url: string,
  headers: Record<string, string>,
  body: Blob,
  onProgress: (sent_bytes: number) => void,
  signal: AbortSignal,
): Promise<PutAnswer> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const request = new XMLHttpRequest();
    let watchdog: ReturnType<typeof setTimeout> | undefined;
    const watch = (timeout_ms: number) => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => request.abort(), timeout_ms);
    };
    const cancel = () => request.abort();
    signal.addEventListener("abort", cancel, { once: true });
    const settle = () => {
      clearTimeout(watchdog);
      signal.removeEventListener("abort", cancel);
    };

    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) {
      if (!browser_sets.has(name.toLowerCase())) request.setRequestHeader(name, value);
    }
    request.upload.onprogress = (event) => {
      onProgress(event.loaded);
      // Only from the first byte on: before it the request waits its turn in the browser, which
      // opens six connections to a host at most.
      watch(stall_ms_max);
    };
    request.upload.onload = () => watch(answer_ms_max);
    request.onload = () => {
      settle();
      const retry_after_ms = parseRetryAfter(exposedHeader(request, "retry-after"), Date.now());
      resolve({ status: request.status, body: request.responseText, retry_after_ms });
    };
    request.onerror = () => {
      settle();
      reject(networkLost("The store"));
    };
    request.onabort = () => {
      settle();
      reject(signal.aborted ? signal.reason : networkLost("The store"));
    };
    request.send(body);
  });
}

/** Asking for a header that CORS hides is an error in the console; the list has only the others. */
function exposedHeader(request: XMLHttpRequest, name: string): string | null {
  for (const line of request.getAllResponseHeaders().split("\r\n")) {
    const colon = line.indexOf(":");
    if (line.slice(0, colon).toLowerCase() === name) return line.slice(colon + 1).trim();
  }
  return null;
}
