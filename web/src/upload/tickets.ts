// SPDX-License-Identifier: Apache-2.0
import type { TicketAnswer, TicketRequest } from "../api/types.ts";
import type { HeldTicket } from "./file_transfer.ts";
import type { UploadError } from "./item.ts";
import { withRetries, type RetryTools } from "./retry.ts";
import type { UploadTransport } from "./transport.ts";

export type TicketOutcome = { held: HeldTicket } | { error: UploadError };

/**
 * Asks for one ticket a file; outcomes come in the order of `requests`.
 *
 * A request that names an earlier ticket which the server no longer has is asked again as a new
 * upload. Errors: ApiError when the request as a whole failed, after retries.
 */
export async function issueTickets(
  transport: Pick<UploadTransport, "requestTickets">,
  tools: RetryTools,
  requests: TicketRequest[],
  signal: AbortSignal,
): Promise<TicketOutcome[]> {
  const ask = async (files: TicketRequest[]) => {
    const answer = await withRetries(tools, signal, () => transport.requestTickets(files, signal));
    return outcomesOf(files, answer, tools.clock.now());
  };
  const outcomes = await ask(requests);
  const gone = requests.flatMap((request, index) =>
    request.s3_key !== undefined && "error" in outcomes[index]! ? [index] : [],
  );
  if (gone.length > 0) {
    const anew = gone.map((index) => {
      const { s3_key: _, ...request } = requests[index]!;
      return request;
    });
    const answers = await ask(anew);
    gone.forEach((index, position) => (outcomes[index] = answers[position]!));
  }
  return outcomes;
}

function outcomesOf(files: TicketRequest[], answer: TicketAnswer, now_ms: number): TicketOutcome[] {
  const message = "The server's answer says nothing about this file. Try again.";
  const outcomes: TicketOutcome[] = files.map(() => ({ error: { code: "no_answer", message } }));
  for (const { index, code, error } of answer.failed) {
    if (index in outcomes) outcomes[index] = { error: { code, message: error } };
  }
  for (const ticket of answer.successful) {
    if (!(ticket.index in outcomes)) continue;
    // Both ends by the server's clock: how long it lasts is right even where ours is wrong.
    const lasts_ms = Date.parse(ticket.expires_at) - (answer.server_time_ms ?? now_ms);
    const ends_at_ms = Number.isNaN(lasts_ms) ? Infinity : now_ms + lasts_ms;
    outcomes[ticket.index] = { held: { ticket, ends_at_ms } };
  }
  return outcomes;
}
