// SPDX-License-Identifier: Apache-2.0
import { ApiError, apiErrorOf, networkLost } from "./api_error.ts";
import type { ConfirmResult, FilePage, Settings, TicketAnswer, TicketRequest } from "./types.ts";

export interface DriveClientOptions {
  /** Origin of the server; empty is the page's own. */
  base_url?: string;
  fetch?: typeof globalThis.fetch;
}

/**
 * The server's JSON API, one method a route.
 *
 * Every method rejects with ApiError, or with an AbortError when its signal fires.
 */
export class DriveClient {
  readonly #base_url: string;
  readonly #fetch: typeof globalThis.fetch;

  constructor(options: DriveClientOptions = {}) {
    this.#base_url = options.base_url ?? "";
    this.#fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
  }

  async settings(signal?: AbortSignal): Promise<Settings> {
    const response = await this.#send("GET", "/api/settings/", undefined, signal);
    return readJson<Settings>(response);
  }

  async requestTickets(files: TicketRequest[], signal?: AbortSignal): Promise<TicketAnswer> {
    const response = await this.#send("POST", "/api/files/upload/", { files }, signal);
    const date_ms = Date.parse(response.headers.get("Date") ?? "");
    const answer = await readJson<TicketAnswer>(response);
    return {
      successful: answer.successful ?? [],
      failed: answer.failed ?? [],
      server_time_ms: Number.isNaN(date_ms) ? null : date_ms,
    };
  }

  async confirmUploads(s3_keys: string[], signal?: AbortSignal): Promise<ConfirmResult[]> {
    const path = "/api/files/confirm_uploads/";
    const response = await this.#send("POST", path, { s3_keys }, signal);
    const answer = await readJson<{ results?: ConfirmResult[] }>(response);
    return answer.results ?? [];
  }

  /** One page of confirmed files whose names start with `prefix`. */
  async listFiles(
    query: { prefix: string; limit: number; cursor: string | null },
    signal?: AbortSignal,
  ): Promise<FilePage> {
    const parameters = new URLSearchParams({ prefix: query.prefix, limit: String(query.limit) });
    if (query.cursor !== null) parameters.set("cursor", query.cursor);
    const response = await this.#send("GET", `/api/files/?${parameters}`, undefined, signal);
    return readJson<FilePage>(response);
  }

  async deleteFile(id: string): Promise<void> {
    await this.#send("DELETE", `/api/files/${encodeURIComponent(id)}`);
  }

  downloadUrl(id: string): string {
    return `${this.#base_url}/api/files/${encodeURIComponent(id)}/download`;
  }

  async #send(
    method: string,
    path: string,
    body?: unknown,
    signal?: AbortSignal,
  ): Promise<Response> {
    const init: RequestInit = { method, credentials: "same-origin", headers: {} };
    if (signal) init.signal = signal;
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { "Content-Type": "application/json" };
    }
    let response: Response;
    try {
      response = await this.#fetch(this.#base_url + path, init);
    } catch (error) {
      if (signal?.aborted) throw error;
      throw networkLost("The server");
    }
    if (!response.ok) throw await apiErrorOf(response);
    return response;
  }
}

async function readJson<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch {
    // A captive portal or a cut connection: 200, but not our answer.
    throw new ApiError(502, "The server's answer was cut short or is not JSON.", "bad_answer");
  }
}
