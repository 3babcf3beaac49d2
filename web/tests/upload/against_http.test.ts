// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, it } from "vitest";
import {
  ApiError,
  DriveClient,
  UploadQueue,
  type UploadTransport,
} from "../../src/upload/index.ts";
import { ApiDouble } from "../support/api_double.mjs";

let double: ApiDouble;
let client: DriveClient;
let queue: UploadQueue;

beforeEach(async () => {
  double = await new ApiDouble().start();
  const signed_in: typeof fetch = (url, init) =>
    fetch(url, { ...init, headers: { ...init?.headers, Authorization: `Bearer ${double.token}` } });
  client = new DriveClient({ base_url: double.url, fetch: signed_in });
  const transport: UploadTransport = {
    requestTickets: (files, signal) => client.requestTickets(files, signal),
    confirmUploads: (s3_keys, signal) => client.confirmUploads(s3_keys, signal),
    // Node has no XMLHttpRequest; the browser test covers the real one.
    putObject: async (url, headers, body, onProgress, signal) => {
      const answer = await fetch(url, { method: "PUT", headers, body, signal }).catch((error) => {
        throw signal.aborted ? error : new ApiError(0, "The store is away.", "network_lost");
      });
      onProgress(body.size);
      return { status: answer.status, body: await answer.text(), retry_after_ms: null };
    },
  };
  queue = new UploadQueue({ transport, random: () => 0.01 });
});

afterEach(() => double.stop());

function finished(): Promise<void> {
  return new Promise((resolve) => {
    const stop = queue.subscribe(() => {
      const { queued, active } = queue.getSnapshot().totals;
      if (queued + active > 0) return;
      stop();
      resolve();
    });
  });
}

it("takes 200 files through faults of the store; the list holds them, byte for byte", async () => {
  let faults = 0;
  double.failPut = (key: string, attempt: number) => {
    const number = Number(/(\d+)/.exec(key)![1]);
    if (attempt > 1 || number % 7 > 2) return undefined;
    faults++;
    if (number % 7 === 0) return { status: 503, code: "SlowDown" };
    if (number % 7 === 1) return { drop: true };
    return { status: 403, code: "AccessDenied", message: "Request has expired" };
  };
  queue.configure(await client.settings());
  const names = Array.from({ length: 200 }, (_, index) => `dir & co/f ${index} +é%#?.txt`);
  queue.add(
    names.map((file_name, index) => ({ file_name, file: new Blob([`content ${index}`]) })),
    { tier: "glacier" },
  );
  await finished();
  expect(queue.getSnapshot().totals).toMatchObject({ done: 200, failed: 0 });
  expect(faults).toBeGreaterThan(80);
  expect(double.puts_active_max).toBeLessThanOrEqual(10);

  const listed = [];
  let cursor: string | null = null;
  do {
    const page = await client.listFiles({ prefix: "dir & co/", limit: 70, cursor });
    listed.push(...page.files);
    cursor = page.next_cursor;
  } while (cursor !== null);
  expect(listed.map((file) => file.file_name).sort()).toEqual([...names].sort());
  expect(new Set(listed.map((file) => file.tier))).toEqual(new Set(["glacier"]));
  const one = listed.find((file) => file.file_name === names[42])!;
  expect(await (await fetch(client.downloadUrl(one.id), { headers: bearer() })).text()).toBe(
    "content 42",
  );
  await client.deleteFile(one.id);
  expect((await client.listFiles({ prefix: names[42]!, limit: 10, cursor: null })).files).toEqual(
    [],
  );
});

const bearer = () => ({ Authorization: `Bearer ${double.token}` });

it("keeps both of two files of one name, and says what the second is called", async () => {
  queue.add([{ file_name: "a.txt", file: new Blob(["1"]) }], { tier: "standard" });
  await finished();
  queue.add([{ file_name: "a.txt", file: new Blob(["2"]) }], { tier: "standard" });
  await finished();
  expect(queue.getSnapshot().items.map((item) => item.stored_name)).toEqual(["a.txt", "a (1).txt"]);
});

it("says what the server says: problem details, lost sessions, lost networks", async () => {
  double.failApi = (route: string) =>
    route === "GET /api/files/"
      ? { status: 400, error: "limit is too large", code: "bad_limit" }
      : undefined;
  const refused = client.listFiles({ prefix: "", limit: 1, cursor: null });
  await expect(refused).rejects.toMatchObject({
    status: 400,
    code: "bad_limit",
    message: "limit is too large",
  });
  const stranger = new DriveClient({ base_url: double.url });
  await expect(stranger.settings()).rejects.toMatchObject({ status: 401 });
  const nowhere = new DriveClient({ base_url: "http://127.0.0.1:1" });
  await expect(nowhere.settings()).rejects.toMatchObject({ status: 0, code: "network_lost" });
});
