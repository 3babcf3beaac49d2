// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { judgePut } from "../../src/upload/put_verdict.ts";

const answer = (status: number, code = "", message = "") => ({
  status,
  body:
    code && `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  retry_after_ms: null,
});

it.each([
  [200, "", "stored"],
  [403, "AccessDenied", "expired"],
  [403, "ExpiredToken", "expired"],
  [412, "PreconditionFailed", "taken"],
  [500, "InternalError", "transient"],
  [503, "SlowDown", "transient"],
  [429, "", "transient"],
  [400, "RequestTimeout", "transient"],
  [400, "BadDigest", "transient"],
  [400, "IncompleteBody", "transient"],
  [409, "ConditionalRequestConflict", "transient"],
  [400, "EntityTooLarge", "refused"],
  [404, "NoSuchBucket", "refused"],
  [507, "", "refused"],
  [501, "NotImplemented", "refused"],
])("a PUT answered with %i %s is %s", (status, code, kind) => {
  expect(judgePut(answer(status, code)).kind).toBe(kind);
});

it("speaks of a checksum that does not match", () => {
  expect(judgePut(answer(400, "BadDigest"))).toMatchObject({
    code: "BadDigest",
    message: "The checksum did not match: the file was damaged on its way to the store.",
  });
});

it("quotes what the store said where there are no better words", () => {
  expect(judgePut(answer(400, "InvalidTag", "A tag &amp; more.")).kind).toBe("refused");
  expect(judgePut(answer(400, "InvalidTag", "A tag &amp; more."))).toMatchObject({
    message: "The store refused the file (400): A tag & more.",
  });
});

it("makes do with the status when the body is not XML", () => {
  const verdict = judgePut({ status: 502, body: "<html>Bad gateway</html>", retry_after_ms: null });
  expect(verdict).toEqual({
    kind: "transient",
    code: "http_502",
    message: "The store had a problem (502).",
  });
});
