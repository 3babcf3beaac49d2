// SPDX-License-Identifier: Apache-2.0
import type { OnConflict } from "../api/types.ts";

/**
 * queued → requesting (a ticket is asked for, or in hand and waiting for a free slot) → uploading
 * → confirming → done. failed and cancelled are left by a retry only.
 */
export type UploadState =
  "queued" | "requesting" | "uploading" | "confirming" | "done" | "failed" | "cancelled";

export interface UploadError {
  /** For programs: the server's or the store's code, or one of ours. */
  code: string;
  /** For people. */
  message: string;
}

/** One file on its way, as the page sees it. Immutable: a change makes a new one. */
export interface UploadItem {
  readonly id: number;
  readonly file_name: string;
  readonly file_size: number;
  readonly content_type: string;
  readonly tier: string;
  readonly on_conflict: OnConflict;
  readonly state: UploadState;
  readonly sent_bytes: number;
  readonly rate_bytes_per_s: number;
  /** Which attempt is being made; above 1, earlier ones failed on the way. */
  readonly attempt: number;
  /** The name the file got, which differs from file_name when that was taken. */
  readonly stored_name: string | null;
  readonly error: UploadError | null;
}

export interface UploadTotals {
  readonly files: number;
  readonly queued: number;
  readonly active: number;
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Bytes of everything that is done or still to come. */
  readonly bytes_total: number;
  readonly bytes_sent: number;
  readonly rate_bytes_per_s: number;
  readonly eta_s: number | null;
}

export interface UploadSnapshot {
  readonly items: readonly UploadItem[];
  readonly totals: UploadTotals;
  readonly paused: boolean;
  readonly online: boolean;
  /** The server no longer knows this browser: a new link is needed. */
  readonly signed_out: boolean;
}

export function isSettled(state: UploadState): boolean {
  return state === "done" || state === "failed" || state === "cancelled";
}
