// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from "vitest";
import { ApiError, UploadQueue, type Network, type UploadItem } from "../../src/upload/index.ts";
import { ManualClock, settled } from "../support/manual_clock.ts";
import { ScriptedTransport, type Put } from "../support/scripted_transport.ts";

let clock: ManualClock;
let transport: ScriptedTransport;
let queue: UploadQueue;
const lost = () => new ApiError(0, "The store cannot be reached.", "network_lost");

beforeEach(() => {
  clock = new ManualClock();
  transport = new ScriptedTransport(clock);
  queue = new UploadQueue({ transport, clock, random: () => 0.5, uploads_concurrent_max: 4 });
});

function add(count: number, size = 10, tier = "standard"): number[] {
  const files = Array.from({ length: count }, (_, index) => ({
    file_name: `f${index}.txt`,
    file: new File([new Uint8Array(size)], `f${index}.txt`, { type: "text/plain" }),
  }));
  return queue.add(files, { tier });
}

function item(id: number): UploadItem {
  return queue.getSnapshot().items.find((one) => one.id === id)!;
}

const states = () => queue.getSnapshot().items.map((one) => one.state);
const hold = (_: Put) => {};

describe("a queue of files", () => {
  it("uploads and confirms every file, never more than the limit at a time", async () => {
    add(50);
    await clock.advance(10_000);
    expect(states()).toEqual(Array(50).fill("done"));
    expect(transport.active_max).toBe(4);
    expect(transport.confirm_batches.flat().sort()).toEqual(
      Array.from({ length: 50 }, (_, index) => `alice/f${index}.txt`).sort(),
    );
  });

  it("sends exactly the headers of the ticket, and the tier in the request", async () => {
    add(1, 10, "glacier");
    await clock.advance(1_000);
    expect(transport.ticket_batches[0]).toEqual([
      {
        file_name: "f0.txt",
        content_type: "text/plain",
        file_size: 10,
        tier: "glacier",
        on_conflict: "rename",
      },
    ]);
    const { headers } = transport.puts_begun[0]!;
    expect(headers).toEqual({ "Content-Type": "text/plain", "x-amz-storage-class": "glacier" });
  });

  it("asks for tickets just before their use, never for the whole queue", async () => {
    transport.onPut = hold;
    add(1_000);
    await settled();
    expect(transport.puts.length).toBe(4);
    // 4 under way and 2 in hand, and not one more however long it takes.
    await clock.advance(600_000);
    expect(transport.ticket_batches.flat().length).toBe(6);
    for (const put of transport.puts) put.answer(200);
    await clock.advance(1_000);
    expect(transport.ticket_batches.flat().length).toBeLessThanOrEqual(12);
  });

  it("renews a ticket that grew old while it waited for a slot", async () => {
    transport.expires_ms = 60_000;
    transport.onPut = hold;
    add(5);
    await settled();
    await clock.advance(50_000);
    transport.onPut = (put) => put.answer(200);
    for (const put of transport.puts) put.answer(200);
    await clock.advance(1_000);
    expect(item(5).state).toBe("done");
    expect(transport.ticket_batches.at(-1)![0]!.s3_key).toBe("alice/f4.txt");
  });

  it("confirms what finishes together in one request, without waiting for the rest", async () => {
    transport.onPut = hold;
    add(4);
    await settled();
    transport.puts[0]!.answer(200);
    transport.puts[0]!.answer(200);
    await settled();
    expect(states().filter((state) => state === "confirming").length).toBe(2);
    await clock.advance(100);
    expect(transport.confirm_batches.map((batch) => batch.length)).toEqual([2]);
    expect(states().filter((state) => state === "done").length).toBe(2);
    expect(transport.puts.length).toBe(2);
  });

  it("reports progress of each file and in all, with rate and time left", async () => {
    transport.onPut = hold;
    const [id] = add(1, 1_000);
    await settled();
    transport.puts[0]!.progress(0);
    await clock.advance(1_000);
    transport.puts[0]!.progress(250);
    await settled();
    expect(item(id!)).toMatchObject({ sent_bytes: 250, rate_bytes_per_s: 250 });
    const { totals } = queue.getSnapshot();
    expect(totals).toMatchObject({ bytes_sent: 250, bytes_total: 1_000, rate_bytes_per_s: 250 });
    expect(totals.eta_s).toBe(3);
  });

  it("fails one file that is too large without asking, in words", async () => {
    queue.configure({ uploads_concurrent_max: 4, file_size_max: 100 });
    add(1, 101);
    const [ok] = add(1, 100);
    await clock.advance(1_000);
    expect(item(1).error).toEqual({
      code: "file_too_large",
      message: "The file is too large: it has 101 bytes, the limit is 100 bytes a file.",
    });
    expect(item(ok!).state).toBe("done");
  });

  it("fails alone what the server refuses, with the server's words", async () => {
    transport.onTicket = (file) =>
      file.file_name === "f1.txt" ? { code: "invalid_file_name", error: "Bad name." } : null;
    add(3);
    await clock.advance(1_000);
    expect(states()).toEqual(["done", "failed", "done"]);
    expect(item(2).error).toEqual({ code: "invalid_file_name", message: "Bad name." });
  });

  it("tells listeners once for many changes", async () => {
    let told = 0;
    queue.subscribe(() => told++);
    add(500);
    await Promise.resolve();
    expect(told).toBe(1);
    expect(queue.getSnapshot().items.length).toBe(500);
  });
});

describe("failures on the way", () => {
  it("repeats a transient failure after a growing backoff, three attempts in all", async () => {
    transport.onPut = (put) => put.answer(503, "SlowDown");
    add(1);
    await settled();
    expect(transport.puts_begun.length).toBe(1);
    await clock.advance(249);
    expect(transport.puts_begun.length).toBe(1);
    await clock.advance(1);
    expect(transport.puts_begun.length).toBe(2);
    await clock.advance(500);
    expect(transport.puts_begun.length).toBe(3);
    expect(item(1)).toMatchObject({ state: "failed", attempt: 3 });
    expect(item(1).error!.message).toContain("too busy");
    await clock.advance(600_000);
    expect(transport.puts_begun.length).toBe(3);
  });

  it("does not repeat what the store refuses for good", async () => {
    transport.onPut = (put) => put.answer(400, "EntityTooLarge");
    add(1);
    await clock.advance(60_000);
    expect(transport.puts_begun.length).toBe(1);
    expect(item(1).error!.message).toContain("larger than allowed");
  });

  it("says that the network was lost when it stays away", async () => {
    transport.onPut = (put) => put.lose(lost());
    add(1);
    await clock.advance(60_000);
    expect(transport.puts_begun.length).toBe(3);
    expect(item(1).error).toEqual({ code: "network_lost", message: lost().message });
  });

  it("goes on with a fresh URL for the same upload after a 403, once", async () => {
    transport.onPut = (put) => put.answer(put.url.endsWith("n=1") ? 403 : 200, "AccessDenied");
    add(1);
    await clock.advance(1_000);
    expect(item(1).state).toBe("done");
    expect(transport.ticket_batches.map((batch) => batch[0]!.s3_key)).toEqual([
      undefined,
      "alice/f0.txt",
    ]);

    transport.onPut = (put) => put.answer(403, "SignatureDoesNotMatch");
    const [id] = queue.add([{ file_name: "again", file: new Blob(["x"]) }], { tier: "standard" });
    await clock.advance(60_000);
    expect(item(id!).error!.code).toBe("SignatureDoesNotMatch");
    expect(transport.puts_begun.length).toBe(4);
  });

  it("takes 'already there' for its own object after a lost answer; confirm decides", async () => {
    let attempts = 0;
    transport.onPut = (put) =>
      attempts++ === 0 ? put.lose(lost()) : put.answer(412, "PreconditionFailed");
    add(1);
    await clock.advance(10_000);
    expect(item(1).state).toBe("done");

    transport.onPut = (put) => put.answer(412, "PreconditionFailed");
    const [id] = queue.add([{ file_name: "x", file: new Blob(["x"]) }], { tier: "standard" });
    await clock.advance(10_000);
    expect(item(id!).error!.message).toContain("Another file with this name");
  });

  it("tells a file that changed on disk from a lost network", async () => {
    transport.onPut = (put) => put.lose(lost());
    const file = new Blob(["abc"]);
    file.slice = () => {
      throw new DOMException("changed", "NotReadableError");
    };
    queue.add([{ file_name: "gone.txt", file }], { tier: "standard" });
    await clock.advance(60_000);
    expect(transport.puts_begun.length).toBe(1);
    expect(item(1).error).toMatchObject({ code: "file_changed" });
    expect(item(1).error!.message).toContain("changed, moved or deleted");
  });

  it("waits for the network without spending attempts", async () => {
    let online = true;
    let changed = () => {};
    const network: Network = {
      online: () => online,
      onChange: (listener) => {
        const before = changed;
        changed = () => (before(), listener());
        return () => {};
      },
    };
    queue = new UploadQueue({ transport, clock, network, uploads_concurrent_max: 1 });
    let cuts = 0;
    transport.onPut = (put) => {
      if (cuts++ >= 5) return put.answer(200);
      online = false;
      put.lose(lost());
    };
    add(2);
    for (let outage = 0; outage < 5; outage++) {
      await clock.advance(60_000);
      expect(transport.puts_begun.length).toBe(outage + 1);
      expect(queue.getSnapshot().online).toBe(false);
      online = true;
      changed();
    }
    await clock.advance(1_000);
    expect(states()).toEqual(["done", "done"]);
  });

  it("repeats the ticket request, then fails its files in words; a retry gets through", async () => {
    let down = true;
    transport.onTickets = () => {
      if (down) throw new ApiError(503, "The catalog is locked.", "unavailable");
    };
    add(2);
    await clock.advance(60_000);
    expect(transport.ticket_batches.length).toBe(3);
    expect(states()).toEqual(["failed", "failed"]);
    expect(item(1).error).toEqual({ code: "unavailable", message: "The catalog is locked." });
    down = false;
    queue.retryFailed();
    await clock.advance(1_000);
    expect(states()).toEqual(["done", "done"]);
  });

  it("keeps the files and stops when the session ended", async () => {
    transport.onTickets = () => {
      throw new ApiError(401, "Sign in.", "unauthenticated");
    };
    add(30);
    await clock.advance(60_000);
    expect(transport.ticket_batches.length).toBe(1);
    expect(queue.getSnapshot().signed_out).toBe(true);
    expect(new Set(states())).toEqual(new Set(["queued"]));
  });
});

describe("confirmation", () => {
  it("sends again what the server found short, as the same upload", async () => {
    let short = true;
    transport.onConfirm = () =>
      short ? { status: "failed", error: "Only 3 bytes arrived.", code: "size_mismatch" } : {};
    const [id] = add(1);
    await clock.advance(1_000);
    expect(item(id!).error).toEqual({ code: "size_mismatch", message: "Only 3 bytes arrived." });
    short = false;
    queue.retry(id!);
    await clock.advance(1_000);
    expect(item(id!).state).toBe("done");
    expect(transport.puts_begun.length).toBe(2);
    expect(transport.ticket_batches.at(-1)![0]!.s3_key).toBe("alice/f0.txt");
  });

  it("only confirms again when the confirmation itself was lost", async () => {
    let down = true;
    transport.onConfirm = () => {
      if (down) throw new ApiError(0, "The server cannot be reached.", "network_lost");
      return {};
    };
    const [id] = add(1);
    await clock.advance(60_000);
    expect(transport.confirm_batches.length).toBe(3);
    expect(item(id!).error!.message).toContain("uploaded, but not confirmed");
    down = false;
    queue.retry(id!);
    await clock.advance(1_000);
    expect(item(id!).state).toBe("done");
    expect(transport.puts_begun.length).toBe(1);
  });
});

describe("what a person does", () => {
  it("cancels one file in mid-upload; its slot goes to the next", async () => {
    transport.onPut = hold;
    const ids = add(5);
    await settled();
    queue.cancel(ids[0]!);
    await settled();
    expect(item(ids[0]!)).toMatchObject({ state: "cancelled", sent_bytes: 0, error: null });
    expect(transport.puts.map((put) => put.file_name)).toEqual([
      "f1.txt",
      "f2.txt",
      "f3.txt",
      "f4.txt",
    ]);
  });

  it("cancels during the ticket request and the backoff, too", async () => {
    const [asked] = add(1);
    queue.cancel(asked!);
    await clock.advance(1_000);
    expect(transport.puts_begun.length).toBe(0);

    transport.onPut = (put) => put.answer(500);
    const [backing_off] = queue.add([{ file_name: "b", file: new Blob(["x"]) }], {
      tier: "standard",
    });
    await settled();
    queue.cancel(backing_off!);
    await clock.advance(60_000);
    expect(transport.puts_begun.length).toBe(1);
    expect(states()).toEqual(["cancelled", "cancelled"]);
  });

  it("cancels all, and takes a cancelled file up again ahead of the others", async () => {
    transport.onPut = hold;
    const ids = add(20);
    await settled();
    queue.cancelAll();
    await settled();
    expect(new Set(states())).toEqual(new Set(["cancelled"]));
    transport.onPut = (put) => put.answer(200);
    queue.retry(ids[7]!);
    await clock.advance(1_000);
    expect(item(ids[7]!).state).toBe("done");
    expect(queue.getSnapshot().totals).toMatchObject({ done: 1, cancelled: 19 });
  });

  it("asks for a new upload when the server forgot the earlier ticket", async () => {
    transport.onPut = hold;
    const [id] = add(1);
    await settled();
    queue.cancel(id!);
    transport.onPut = (put) => put.answer(200);
    transport.onTicket = (file) =>
      file.s3_key ? { code: "upload_not_found", error: "Gone." } : null;
    queue.retry(id!);
    await clock.advance(1_000);
    expect(item(id!).state).toBe("done");
  });

  it("pauses: what is under way ends, nothing begins until resumed", async () => {
    transport.onPut = hold;
    add(8);
    await settled();
    queue.pause();
    for (const put of transport.puts) put.answer(200);
    await clock.advance(1_000);
    expect(states().filter((state) => state === "done").length).toBe(4);
    expect(transport.puts.length).toBe(0);
    transport.onPut = (put) => put.answer(200);
    queue.resume();
    await clock.advance(1_000);
    expect(states()).toEqual(Array(8).fill("done"));
  });

  it("clears what is finished and keeps what failed", async () => {
    transport.onPut = (put) => put.answer(put.file_name === "f1.txt" ? 400 : 200);
    add(3);
    await clock.advance(1_000);
    queue.clearFinished();
    await settled();
    expect(queue.getSnapshot().items.map((one) => one.file_name)).toEqual(["f1.txt"]);
    queue.remove(2);
    await settled();
    expect(queue.getSnapshot().items).toEqual([]);
  });

  it("clears all that is settled, never what is under way", async () => {
    transport.onPut = (put) => (put.file_name === "f1.txt" ? put.answer(400) : undefined);
    add(2);
    await clock.advance(1_000);
    queue.remove(1);
    queue.clear();
    await settled();
    expect(queue.getSnapshot().items.map((one) => one.file_name)).toEqual(["f0.txt"]);
  });
});
