// SPDX-License-Identifier: Apache-2.0
import type { ConfirmResult, PutAnswer, TicketAnswer, TicketRequest } from "../api/types.ts";

/** All that the queue needs from the world. The browser's is in browser_transport.ts. */
export interface UploadTransport {
  requestTickets(files: TicketRequest[], signal?: AbortSignal): Promise<TicketAnswer>;
  putObject(
    url: string,
    headers: Record<string, string>,
    body: Blob,
    onProgress: (sent_bytes: number) => void,
    signal: AbortSignal,
  ): Promise<PutAnswer>;
  confirmUploads(s3_keys: string[], signal?: AbortSignal): Promise<ConfirmResult[]>;
}

export interface Network {
  online(): boolean;
  /** Calls back at each change; returns how to stop. */
  onChange(listener: () => void): () => void;
}

/** Time, so that tests need not wait. */
export interface Clock {
  now(): number;
  /** Rejects with the signal's reason when it fires first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const system_clock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const cancel = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", cancel);
        resolve();
      }, ms);
      signal?.addEventListener("abort", cancel, { once: true });
    }),
};

export const always_online: Network = { online: () => true, onChange: () => () => {} };

export async function untilOnline(network: Network, signal: AbortSignal): Promise<void> {
  while (!network.online()) {
    await new Promise<void>((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const done = () => {
        stop();
        signal.removeEventListener("abort", cancel);
      };
      const stop = network.onChange(() => {
        done();
        resolve();
      });
      const cancel = () => {
        done();
        reject(signal.reason);
      };
      signal.addEventListener("abort", cancel, { once: true });
    });
  }
}
