// SPDX-License-Identifier: Apache-2.0

/** A request that the server refused, or that never got an answer (`status` 0). */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    readonly status: number,
    message: string,
    readonly code: string,
    readonly retry_after_ms: number | null = null,
  ) {
    super(message);
  }

  /** The same request may well succeed a moment later. */
  get transient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export function networkLost(what: string): ApiError {
  return new ApiError(
    0,
    `${what} cannot be reached. Check the network and try again.`,
    "network_lost",
  );
}

/** Reads Retry-After, given in seconds or as a date (RFC 9110, 10.2.3). */
export function parseRetryAfter(value: string | null, now_ms: number): number | null {
  if (value === null || value.trim() === "") return null;
  if (/^\d+$/.test(value.trim())) return Number(value.trim()) * 1000;
  const date_ms = Date.parse(value);
  return Number.isNaN(date_ms) ? null : Math.max(0, date_ms - now_ms);
}

/** Turns an error answer (application/problem+json, or whatever a proxy sent) into words. */
export async function apiErrorOf(response: Response): Promise<ApiError> {
  let message = "";
  let code = `http_${response.status}`;
  try {
    const problem: unknown = await response.json();
    if (typeof problem === "object" && problem !== null) {
      const fields = problem as Record<string, unknown>;
      const words = fields["error"] ?? fields["detail"] ?? fields["title"];
      if (typeof words === "string") message = words;
      if (typeof fields["code"] === "string") code = fields["code"];
    }
  } catch {
    // Not JSON: a proxy in between answered. The status alone must do.
  }
  if (message === "") message = `The server answered with status ${response.status}.`;
  const retry_after = parseRetryAfter(response.headers.get("Retry-After"), Date.now());
  return new ApiError(response.status, message, code, retry_after);
}
