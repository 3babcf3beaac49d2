// SPDX-License-Identifier: Apache-2.0
import { ApiError } from "../api/api_error.ts";
import type { OnConflict, TicketRequest } from "../api/types.ts";
import { formatBytes } from "./byte_size.ts";
import { Confirmer } from "./confirmer.ts";
import { transferFile, UploadFailure, type HeldTicket } from "./file_transfer.ts";
import { isSettled, type UploadError, type UploadItem, type UploadSnapshot } from "./item.ts";
import { RateMeter } from "./rate_meter.ts";
import type { RetryTools } from "./retry.ts";
import { issueTickets, type TicketOutcome } from "./tickets.ts";
import { totalsOf } from "./totals.ts";
import {
  always_online,
  system_clock,
  type Clock,
  type Network,
  type UploadTransport,
} from "./transport.ts";

export interface UploadQueueOptions {
  transport: UploadTransport;
  network?: Network;
  clock?: Clock;
  /** 0 up to 1, for the jitter. */
  random?: () => number;
  /** When to tell the listeners, once for many changes; the browser's is a frame. */
  schedule?: (notify: () => void) => void;
  uploads_concurrent_max?: number;
  file_size_max?: number;
}

export interface AddOptions {
  tier: string;
  on_conflict?: OnConflict;
}

const uploads_concurrent_default = 10;
const rate_tick_ms = 500;

/** What the queue knows of one file beyond what the page sees. */
interface Entry {
  item: UploadItem;
  body: Blob;
  abort: AbortController;
  meter: RateMeter;
  held: HeldTicket | null;
  /** Key of the latest ticket, so that a later attempt goes on with the same upload. */
  s3_key: string | null;
  /** The store has it; only the confirmation is missing. */
  stored: boolean;
}

/**
 * Uploads files, `uploads_concurrent_max` at a time.
 *
 * Tickets are asked for in small batches just before they are used, so that no URL expires while
 * its file waits. Subscribers get one immutable snapshot for many changes.
 */
export class UploadQueue {
  readonly #transport: UploadTransport;
  readonly #network: Network;
  readonly #tools: RetryTools;
  readonly #schedule: (notify: () => void) => void;
  readonly #confirmer: Confirmer;
  readonly #entries = new Map<number, Entry>();
  /** In the order to go: those that a person retried come first. */
  readonly #retried = new Set<Entry>();
  readonly #waiting = new Set<Entry>();
  readonly #ready = new Set<Entry>();
  readonly #active = new Set<Entry>();
  readonly #listeners = new Set<() => void>();
  readonly #total_meter = new RateMeter();
  #concurrent_max: number;
  #file_size_max: number;
  #wire_bytes = 0;
  #next_id = 1;
  #asking = false;
  #paused = false;
  #signed_out = false;
  #pump_planned = false;
  #notify_planned = false;
  #ticking = false;
  #snapshot: UploadSnapshot;

  constructor(options: UploadQueueOptions) {
    this.#transport = options.transport;
    this.#network = options.network ?? always_online;
    this.#tools = { clock: options.clock ?? system_clock, random: options.random ?? Math.random };
    this.#schedule = options.schedule ?? queueMicrotask;
    this.#concurrent_max = options.uploads_concurrent_max ?? uploads_concurrent_default;
    this.#file_size_max = options.file_size_max ?? Infinity;
    this.#confirmer = new Confirmer(this.#transport, this.#tools);
    this.#snapshot = this.#takeSnapshot();
    this.#network.onChange(() => {
      this.#changed();
      this.#planPump();
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): UploadSnapshot => this.#snapshot;

  configure(limits: { uploads_concurrent_max: number; file_size_max: number }): void {
    this.#concurrent_max = Math.max(1, limits.uploads_concurrent_max);
    this.#file_size_max = limits.file_size_max;
    this.#planPump();
  }

  /** Returns the ids of the new items, in order. */
  add(files: Iterable<{ file_name: string; file: Blob }>, options: AddOptions): number[] {
    const ids: number[] = [];
    for (const { file_name, file } of files) {
      const item: UploadItem = {
        id: this.#next_id++,
        file_name,
        file_size: file.size,
        content_type: file.type || "application/octet-stream",
        tier: options.tier,
        on_conflict: options.on_conflict ?? "rename",
        state: "queued",
        sent_bytes: 0,
        rate_bytes_per_s: 0,
        attempt: 1,
        stored_name: null,
        error: null,
      };
      const entry: Entry = {
        item,
        body: file,
        abort: new AbortController(),
        meter: new RateMeter(),
        held: null,
        s3_key: null,
        stored: false,
      };
      this.#entries.set(item.id, entry);
      ids.push(item.id);
      this.#enqueue(entry, this.#waiting);
    }
    return ids;
  }

  /** An upload that is being confirmed can no longer be cancelled: it is stored. */
  cancel(id: number): void {
    const entry = this.#entries.get(id);
    if (!entry || !["queued", "requesting", "uploading"].includes(entry.item.state)) return;
    for (const set of [this.#retried, this.#waiting, this.#ready, this.#active]) set.delete(entry);
    this.#update(entry, { state: "cancelled", sent_bytes: 0, rate_bytes_per_s: 0 });
    entry.abort.abort(new DOMException("Cancelled", "AbortError"));
    this.#planPump();
  }

  cancelAll(): void {
    for (const id of this.#entries.keys()) this.cancel(id);
  }

  retry(id: number): void {
    const entry = this.#entries.get(id);
    if (!entry || !["failed", "cancelled"].includes(entry.item.state)) return;
    entry.abort = new AbortController();
    this.#update(entry, { error: null, attempt: 1, sent_bytes: 0, rate_bytes_per_s: 0 });
    if (entry.stored) void this.#confirm(entry, entry.abort.signal);
    else this.#enqueue(entry, this.#retried);
  }

  retryFailed(): void {
    for (const [id, entry] of this.#entries) if (entry.item.state === "failed") this.retry(id);
  }

  /** Takes what is done or cancelled off the list; what failed stays until it is dealt with. */
  clearFinished(): void {
    this.#drop(({ state }) => state === "done" || state === "cancelled");
  }

  /** Takes all that is settled off the list, failures too. */
  clear(): void {
    this.#drop(({ state }) => isSettled(state));
  }

  /** Takes one settled item off the list. */
  remove(id: number): void {
    this.#drop((item) => item.id === id && isSettled(item.state));
  }

  #drop(unwanted: (item: UploadItem) => boolean): void {
    for (const [id, { item }] of this.#entries) if (unwanted(item)) this.#entries.delete(id);
    this.#changed();
  }

  /** Uploads under way go on to their end; no other begins. */
  pause(): void {
    this.#paused = true;
    this.#changed();
  }

  resume(): void {
    this.#paused = false;
    this.#changed();
    this.#planPump();
  }

  #enqueue(entry: Entry, into: Set<Entry>): void {
    if (entry.item.file_size > this.#file_size_max) {
      const limit = formatBytes(this.#file_size_max);
      const size = formatBytes(entry.item.file_size);
      const message = `The file is too large: it has ${size}, the limit is ${limit} a file.`;
      this.#fail(entry, { code: "file_too_large", message });
      return;
    }
    this.#update(entry, { state: "queued" });
    into.add(entry);
    this.#planPump();
  }

  /** Files that are added or finish together are dealt with together. */
  #planPump(): void {
    if (this.#pump_planned) return;
    this.#pump_planned = true;
    queueMicrotask(() => {
      this.#pump_planned = false;
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#paused || this.#signed_out || !this.#network.online()) return;
    for (const entry of this.#ready) {
      if (this.#active.size >= this.#concurrent_max) break;
      this.#ready.delete(entry);
      this.#active.add(entry);
      void this.#run(entry, entry.held!);
    }
    // One more round of tickets than there are free slots is kept in hand, so that small files do
    // not wait for a round trip each; no more, so that none of them gets old.
    const ready_max = Math.ceil(this.#concurrent_max / 2);
    if (this.#asking || this.#ready.size > ready_max / 2) return;
    const wanted = this.#concurrent_max - this.#active.size + ready_max - this.#ready.size;
    const batch = this.#take(wanted);
    if (batch.length > 0) void this.#askTickets(batch);
  }

  #take(count: number): Entry[] {
    const batch: Entry[] = [];
    for (const set of [this.#retried, this.#waiting]) {
      for (const entry of set) {
        if (batch.length >= count) return batch;
        set.delete(entry);
        batch.push(entry);
      }
    }
    return batch;
  }

  async #askTickets(batch: Entry[]): Promise<void> {
    this.#asking = true;
    const signals = batch.map((entry) => entry.abort.signal);
    for (const entry of batch) this.#update(entry, { state: "requesting" });
    let outcomes: TicketOutcome[];
    try {
      outcomes = await this.#issue(batch, new AbortController().signal);
    } catch (error) {
      this.#asking = false;
      batch.forEach((entry, index) => {
        if (!signals[index]!.aborted) this.#ticketsRefused(entry, error);
      });
      this.#planPump();
      return;
    }
    this.#asking = false;
    batch.forEach((entry, index) => {
      const outcome = outcomes[index]!;
      if ("held" in outcome) this.#hold(entry, outcome.held);
      // Cancelled meanwhile, and perhaps queued again since.
      if (signals[index]!.aborted) return;
      if ("held" in outcome) this.#ready.add(entry);
      else this.#fail(entry, outcome.error);
    });
    this.#planPump();
  }

  #ticketsRefused(entry: Entry, error: unknown): void {
    if (error instanceof ApiError && error.status === 401) {
      // Nothing is wrong with the file: it waits until the person is signed in again.
      this.#signed_out = true;
      this.#update(entry, { state: "queued" });
      this.#waiting.add(entry);
      return;
    }
    this.#fail(entry, errorOf(error));
  }

  #issue(batch: Entry[], signal: AbortSignal): Promise<TicketOutcome[]> {
    const requests = batch.map((entry): TicketRequest => {
      const { file_name, content_type, file_size, tier, on_conflict } = entry.item;
      const request = { file_name, content_type, file_size, tier, on_conflict };
      return entry.s3_key === null ? request : { ...request, s3_key: entry.s3_key };
    });
    return issueTickets(this.#transport, this.#tools, requests, signal);
  }

  #hold(entry: Entry, held: HeldTicket): HeldTicket {
    entry.held = held;
    entry.s3_key = held.ticket.s3_key;
    const stored_name = entry.s3_key.slice(entry.s3_key.indexOf("/") + 1);
    if (stored_name !== entry.item.stored_name) this.#update(entry, { stored_name });
    return held;
  }

  async #run(entry: Entry, held: HeldTicket): Promise<void> {
    const { signal } = entry.abort;
    this.#update(entry, { state: "uploading" });
    void this.#tick();
    try {
      await transferFile({
        transport: this.#transport,
        tools: this.#tools,
        network: this.#network,
        body: entry.body,
        held,
        signal,
        onAttempt: (attempt) => this.#update(entry, { attempt, sent_bytes: 0 }),
        onProgress: (sent_bytes) => {
          if (!signal.aborted) this.#progress(entry, sent_bytes);
        },
        renew: async (renew_signal) => {
          const [outcome] = await this.#issue([entry], renew_signal);
          if ("error" in outcome!) throw new UploadFailure(outcome.error);
          return this.#hold(entry, outcome!.held);
        },
      });
    } catch (error) {
      if (signal.aborted) return;
      this.#active.delete(entry);
      if (error instanceof ApiError && error.status === 401) this.#ticketsRefused(entry, error);
      else this.#fail(entry, errorOf(error));
      this.#planPump();
      return;
    }
    if (signal.aborted) return;
    this.#active.delete(entry);
    this.#planPump();
    await this.#confirm(entry, signal);
  }

  async #confirm(entry: Entry, signal: AbortSignal): Promise<void> {
    entry.stored = true;
    const sent_bytes = entry.item.file_size;
    this.#update(entry, { state: "confirming", sent_bytes, rate_bytes_per_s: 0 });
    const outcome = await this.#confirmer.confirm(entry.s3_key!);
    if (signal.aborted) return;
    if (outcome.ok) {
      this.#update(entry, { state: "done" });
      return;
    }
    // What the server looked at and did not accept has to be sent again.
    entry.stored = outcome.request !== null;
    if (outcome.request instanceof ApiError && outcome.request.status === 401) {
      this.#signed_out = true;
    }
    this.#fail(entry, outcome.error);
  }

  #fail(entry: Entry, error: UploadError): void {
    this.#update(entry, { state: "failed", error, rate_bytes_per_s: 0 });
  }

  #progress(entry: Entry, sent_bytes: number): void {
    const sent = Math.min(sent_bytes, entry.item.file_size);
    const now = this.#tools.clock.now();
    this.#wire_bytes += Math.max(0, sent - entry.item.sent_bytes);
    this.#total_meter.add(now, this.#wire_bytes);
    entry.meter.add(now, sent);
    this.#update(entry, { sent_bytes: sent, rate_bytes_per_s: entry.meter.rate(now) });
  }

  /** Rates fall when nothing arrives any more, which no progress event tells. */
  async #tick(): Promise<void> {
    if (this.#ticking) return;
    this.#ticking = true;
    while (this.#active.size > 0) {
      await this.#tools.clock.sleep(rate_tick_ms);
      const now = this.#tools.clock.now();
      for (const entry of this.#active) {
        this.#update(entry, { rate_bytes_per_s: entry.meter.rate(now) });
      }
    }
    this.#ticking = false;
    this.#changed();
  }

  #update(entry: Entry, change: Partial<UploadItem>): void {
    entry.item = { ...entry.item, ...change };
    this.#changed();
  }

  #changed(): void {
    if (this.#notify_planned) return;
    this.#notify_planned = true;
    this.#schedule(() => {
      this.#notify_planned = false;
      this.#snapshot = this.#takeSnapshot();
      for (const listener of this.#listeners) listener();
    });
  }

  #takeSnapshot(): UploadSnapshot {
    const items = Array.from(this.#entries.values(), (entry) => entry.item);
    const rate = this.#active.size > 0 ? this.#total_meter.rate(this.#tools.clock.now()) : 0;
    return {
      items,
      totals: totalsOf(items, rate),
      paused: this.#paused,
      online: this.#network.online(),
      signed_out: this.#signed_out,
    };
  }
}

function errorOf(error: unknown): UploadError {
  if (error instanceof UploadFailure) return error.error;
  if (error instanceof ApiError) return { code: error.code, message: error.message };
  const said = error instanceof Error ? error.message : String(error);
  return { code: "unexpected", message: `The upload stopped unexpectedly: ${said}` };
}
