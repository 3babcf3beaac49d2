// SPDX-License-Identifier: Apache-2.0

/** The server's JSON, named as on the wire. The upload package speaks these words too. */

export interface Tier {
  name: string;
  storage_class: string;
}

export interface Settings {
  user: string;
  file_size_max: number;
  batch_files_max: number;
  uploads_concurrent_max: number;
  tiers: Tier[];
  tier_default: string;
  version: string;
}

export type OnConflict = "rename" | "replace" | "fail";

export interface TicketRequest {
  file_name: string;
  content_type: string;
  file_size: number;
  tier: string;
  on_conflict?: OnConflict;
  /** The key of an earlier ticket for the same upload: the server signs that one again. */
  s3_key?: string;
}

/** Permission to store one object until `expires_at`, by the server's clock. */
export interface Ticket {
  index: number;
  file_name: string;
  presigned_url: string;
  s3_key: string;
  id: string;
  headers: Record<string, string>;
  expires_at: string;
}

export interface RefusedFile {
  index: number;
  file_name: string;
  error: string;
  code: string;
}

export interface TicketAnswer {
  successful: Ticket[];
  failed: RefusedFile[];
  /** The server's clock when it answered, so that a wrong clock here does no harm. */
  server_time_ms: number | null;
}

export interface ConfirmResult {
  s3_key: string;
  status: "success" | "failed";
  message: string;
  error?: string;
  code?: string;
}

export interface StoredFile {
  id: string;
  s3_key: string;
  file_name: string;
  file_size: number;
  content_type: string;
  tier: string;
  checksum: string | null;
  uploaded_at: string;
}

export interface FilePage {
  files: StoredFile[];
  next_cursor: string | null;
}

/** What a PUT to the store came to. Any HTTP status is an answer; a lost network is a throw. */
export interface PutAnswer {
  status: number;
  body: string;
  retry_after_ms: number | null;
}
