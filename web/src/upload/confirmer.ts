// SPDX-License-Identifier: Apache-2.0
import type { UploadError } from "./item.ts";
import { withRetries, type RetryTools } from "./retry.ts";
import type { UploadTransport } from "./transport.ts";

/** Uploads that finish within this long are confirmed by one request. */
export const confirm_coalesce_ms = 100;
const confirm_batch_max = 100;

export type ConfirmOutcome = { ok: true } | { ok: false; error: UploadError; request: unknown };

/**
 * Confirms uploads as they finish, those that finish together in one request.
 *
 * Each key gets its own outcome. `request` is set when the request itself failed, so that the
 * file may well be stored.
 */
export class Confirmer {
  #waiting = new Map<string, ((outcome: ConfirmOutcome) => void)[]>();
  #flush_planned = false;

  constructor(
    private readonly transport: Pick<UploadTransport, "confirmUploads">,
    private readonly tools: RetryTools,
  ) {}

  confirm(s3_key: string): Promise<ConfirmOutcome> {
    return new Promise((resolve) => {
      const same = this.#waiting.get(s3_key);
      if (same) same.push(resolve);
      else this.#waiting.set(s3_key, [resolve]);
      if (this.#waiting.size >= confirm_batch_max) void this.#flush();
      else void this.#planFlush();
    });
  }

  async #planFlush(): Promise<void> {
    if (this.#flush_planned) return;
    this.#flush_planned = true;
    await this.tools.clock.sleep(confirm_coalesce_ms);
    this.#flush_planned = false;
    await this.#flush();
  }

  async #flush(): Promise<void> {
    const batch = this.#waiting;
    if (batch.size === 0) return;
    this.#waiting = new Map();
    const settle = (s3_key: string, outcome: ConfirmOutcome) => {
      for (const resolve of batch.get(s3_key) ?? []) resolve(outcome);
      batch.delete(s3_key);
    };
    try {
      const results = await withRetries(this.tools, new AbortController().signal, () =>
        this.transport.confirmUploads([...batch.keys()]),
      );
      for (const result of results) {
        if (result.status === "success") {
          settle(result.s3_key, { ok: true });
        } else {
          const code = result.code ?? "not_confirmed";
          const message = result.error ?? result.message;
          settle(result.s3_key, { ok: false, error: { code, message }, request: null });
        }
      }
      const message = "The server's answer says nothing about this file. Try again.";
      const error = { code: "no_answer", message };
      for (const s3_key of [...batch.keys()]) {
        settle(s3_key, { ok: false, error, request: error });
      }
    } catch (request) {
      const said = request instanceof Error ? request.message : "";
      const message = `The file is uploaded, but not confirmed: ${said} Retry confirms it.`;
      const error = { code: "confirm_failed", message };
      for (const s3_key of [...batch.keys()]) settle(s3_key, { ok: false, error, request });
    }
  }
}
