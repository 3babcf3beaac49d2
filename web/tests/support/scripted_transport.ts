// SPDX-License-Identifier: Apache-2.0
import type { ConfirmResult, PutAnswer, TicketAnswer, TicketRequest } from "../../src/api/types.ts";
import type { Clock, UploadTransport } from "../../src/upload/index.ts";

export interface Put {
  url: string;
  headers: Record<string, string>;
  file_name: string;
  progress: (bytes: number) => void;
  answer: (status: number, code?: string) => void;
  lose: (error: Error) => void;
}

/** The server and the store, answering as a test says. By default all goes well. */
export class ScriptedTransport implements UploadTransport {
  ticket_batches: TicketRequest[][] = [];
  confirm_batches: string[][] = [];
  /** PUTs under way that `onPut` did not answer. */
  puts: Put[] = [];
  puts_begun: Put[] = [];
  active_max = 0;
  expires_ms = 3_600_000;
  #active = 0;
  #signed = 0;

  constructor(private readonly clock: Clock) {}

  onPut: (put: Put) => void = (put) => put.answer(200);
  onConfirm: (s3_key: string) => Partial<ConfirmResult> = () => ({ status: "success" });
  onTickets: (files: TicketRequest[]) => void = () => {};
  onTicket: (file: TicketRequest) => { code: string; error: string } | null = () => null;

  async requestTickets(files: TicketRequest[]): Promise<TicketAnswer> {
    this.ticket_batches.push(files);
    this.onTickets(files);
    const answer: TicketAnswer = { successful: [], failed: [], server_time_ms: this.clock.now() };
    files.forEach((file, index) => {
      const { file_name } = file;
      const refused = this.onTicket(file);
      if (refused) {
        answer.failed.push({ index, file_name, ...refused });
        return;
      }
      const s3_key = file.s3_key ?? `alice/${file_name}`;
      answer.successful.push({
        index,
        file_name,
        presigned_url: `https://store.test/${s3_key}?n=${++this.#signed}`,
        s3_key,
        id: s3_key.replaceAll("/", "-"),
        headers: { "Content-Type": file.content_type, "x-amz-storage-class": file.tier },
        expires_at: new Date(this.clock.now() + this.expires_ms).toISOString(),
      });
    });
    return answer;
  }

  putObject(
    url: string,
    headers: Record<string, string>,
    _body: Blob,
    progress: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<PutAnswer> {
    this.active_max = Math.max(this.active_max, ++this.#active);
    let cancel = () => {};
    return new Promise<PutAnswer>((resolve, reject) => {
      const put: Put = {
        url,
        headers,
        file_name: new URL(url).pathname.slice("/alice/".length),
        progress,
        answer: (status, code) => {
          const body = code ? `<Error><Code>${code}</Code><Message>said</Message></Error>` : "";
          resolve({ status, body, retry_after_ms: null });
        },
        lose: reject,
      };
      this.puts.push(put);
      this.puts_begun.push(put);
      const gone = () => (this.puts = this.puts.filter((other) => other !== put));
      cancel = () => (gone(), reject(signal.reason));
      signal.addEventListener("abort", cancel, { once: true });
      const { answer, lose } = put;
      put.answer = (status, code) => (gone(), answer(status, code));
      put.lose = (error) => (gone(), lose(error));
      this.onPut(put);
    }).finally(() => {
      this.#active--;
      signal.removeEventListener("abort", cancel);
    });
  }

  async confirmUploads(s3_keys: string[]): Promise<ConfirmResult[]> {
    this.confirm_batches.push(s3_keys);
    return s3_keys.map((s3_key) => ({
      s3_key,
      status: "success",
      message: "Upload confirmed",
      ...this.onConfirm(s3_key),
    }));
  }
}
