// SPDX-License-Identifier: Apache-2.0
import { ApiError } from "../api/api_error.ts";
import type { PutAnswer, Ticket } from "../api/types.ts";
import type { UploadError } from "./item.ts";
import { judgePut, type PutVerdict } from "./put_verdict.ts";
import { attempts_max, backoffMs, type RetryTools } from "./retry.ts";
import { untilOnline, type Network, type UploadTransport } from "./transport.ts";

/** Why one file did not make it. */
export class UploadFailure extends Error {
  override readonly name = "UploadFailure";
  constructor(readonly error: UploadError) {
    super(error.message);
  }
}

/** A ticket, and when it ends by our own clock. */
export interface HeldTicket {
  ticket: Ticket;
  ends_at_ms: number;
}

/** A ticket with less left than this is renewed before use: the request must still reach S3. */
export const ticket_ms_min = 20_000;

export interface TransferOptions {
  transport: UploadTransport;
  tools: RetryTools;
  network: Network;
  body: Blob;
  held: HeldTicket;
  renew: (signal: AbortSignal) => Promise<HeldTicket>;
  onProgress: (sent_bytes: number) => void;
  onAttempt: (attempt: number) => void;
  signal: AbortSignal;
}

/**
 * Sends one file to the store until it is there.
 *
 * Transient failures are repeated after a backoff; a refused URL is renewed once and the upload
 * goes on with the fresh one; while the browser is offline nothing counts as an attempt.
 * Errors  UploadFailure: in words. The signal's reason: cancelled.
 */
export async function transferFile(options: TransferOptions): Promise<void> {
  const { tools, network, signal } = options;
  let held = options.held;
  let renewed = false;
  let answer_lost = false;
  for (let attempt = 1; ;) {
    await untilOnline(network, signal);
    if (held.ends_at_ms - tools.clock.now() < ticket_ms_min) held = await options.renew(signal);
    signal.throwIfAborted();
    options.onAttempt(attempt);
    const { verdict, retry_after_ms } = await putOnce(options, held.ticket);
    if (verdict.kind === "stored") return;
    if (verdict.kind === "expired" && !renewed) {
      renewed = true;
      held = await options.renew(signal);
      continue;
    }
    // The attempt whose answer got lost may have stored the file: then it is our own object that
    // stands in the way. Confirming compares it with what was promised, so that decides.
    if (verdict.kind === "taken" && answer_lost) return;
    if (verdict.code === "network_lost") {
      answer_lost = true;
      if (!network.online()) continue;
    }
    if (verdict.kind !== "transient" || attempt >= attempts_max) {
      throw new UploadFailure({ code: verdict.code, message: verdict.message });
    }
    await tools.clock.sleep(backoffMs(attempt, tools.random(), retry_after_ms), signal);
    attempt++;
  }
}

type Judged = { verdict: PutVerdict; retry_after_ms: number | null };

async function putOnce(options: TransferOptions, ticket: Ticket): Promise<Judged> {
  const { transport, body, onProgress, signal } = options;
  let answer: PutAnswer;
  try {
    const { presigned_url, headers } = ticket;
    answer = await transport.putObject(presigned_url, headers, body, onProgress, signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof ApiError)) throw error;
    // Browsers report a file that changed under the upload as a lost network. Reading tells.
    await assertReadable(body);
    const { code, message } = error;
    return { verdict: { kind: "transient", code, message }, retry_after_ms: error.retry_after_ms };
  }
  return { verdict: judgePut(answer), retry_after_ms: answer.retry_after_ms };
}

async function assertReadable(body: Blob): Promise<void> {
  try {
    await body.slice(0, 1).arrayBuffer();
  } catch {
    throw new UploadFailure({
      code: "file_changed",
      message:
        "The file was changed, moved or deleted on this computer while it was uploading. " +
        "Choose it again to upload what it is now.",
    });
  }
}
