// SPDX-License-Identifier: Apache-2.0
import type { PutAnswer } from "../api/types.ts";

export type PutVerdict =
  | { kind: "stored" }
  | { kind: "transient"; code: string; message: string }
  /** The URL is dead; a fresh one may do. */
  | { kind: "expired"; code: string; message: string }
  /** Something is there already under this key, and the URL may not replace it. */
  | { kind: "taken"; code: string; message: string }
  | { kind: "refused"; code: string; message: string };

// S3 answers these with a 4xx, yet the same request may succeed: the bytes were cut or damaged on
// their way, or another request was in the way.
const transient_codes = new Set([
  "RequestTimeout",
  "IncompleteBody",
  "BadDigest",
  "XAmzContentChecksumMismatch",
  "OperationAborted",
  "ConditionalRequestConflict",
  "SlowDown",
]);

const words: Record<string, string> = {
  BadDigest: "The checksum did not match: the file was damaged on its way to the store.",
  XAmzContentChecksumMismatch:
    "The checksum did not match: the file was damaged on its way to the store.",
  EntityTooLarge: "The store refused the file: it is larger than allowed.",
  EntityTooSmall: "The store refused the file: it is smaller than declared.",
  IncompleteBody: "The connection broke before the whole file arrived.",
  RequestTimeout: "The connection was too slow or broke before the whole file arrived.",
  SlowDown: "The store is too busy. Try again in a little while.",
  ServiceUnavailable: "The store is too busy. Try again in a little while.",
  SignatureDoesNotMatch: "The store refused the upload's signature, also a fresh one.",
  InsufficientStorage: "The store is full.",
  NoSuchBucket: "The bucket that files go to does not exist. Tell whoever runs the server.",
};

/** Reads what the store's answer to a PUT means. S3 gives errors as a small XML document. */
export function judgePut(answer: PutAnswer): PutVerdict {
  if (answer.status >= 200 && answer.status < 300) return { kind: "stored" };
  const code = element(answer.body, "Code") ?? `http_${answer.status}`;
  const said = element(answer.body, "Message");
  const message = words[code] ?? refusal(answer.status, said);
  if (answer.status === 403) {
    return {
      kind: "expired",
      code,
      message:
        words[code] ?? `The store refused the upload, also with a fresh link${quoted(said)}.`,
    };
  }
  if (answer.status === 412) {
    const taken = "Another file with this name appeared while this one was uploading.";
    return { kind: "taken", code, message: taken };
  }
  // 501 and 505 will not get better; 507 needs a person.
  const server_side = answer.status >= 500 && ![501, 505, 507].includes(answer.status);
  const transient = server_side || [408, 429].includes(answer.status) || transient_codes.has(code);
  return { kind: transient ? "transient" : "refused", code, message };
}

function refusal(status: number, said: string | null): string {
  if (status === 413) return words["EntityTooLarge"]!;
  if (status === 429) return words["SlowDown"]!;
  if (status === 507) return words["InsufficientStorage"]!;
  if (status >= 500) return `The store had a problem (${status})${quoted(said)}.`;
  return `The store refused the file (${status})${quoted(said)}.`;
}

function quoted(said: string | null): string {
  return said === null || said === "" ? "" : `: ${said.replace(/[.\s]+$/, "")}`;
}

const entities: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function element(xml: string, name: string): string | null {
  const found = new RegExp(`<${name}>([^<]{0,1000})</${name}>`).exec(xml);
  if (!found) return null;
  return found[1]!.replace(/&(lt|gt|amp|quot|apos);/g, (_, entity: string) => entities[entity]!);
}
