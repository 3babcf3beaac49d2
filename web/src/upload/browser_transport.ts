// SPDX-License-Identifier: Apache-2.0
import type { DriveClient } from "../api/drive_client.ts";
import { putObject } from "../api/put_object.ts";
import type { Network, UploadTransport } from "./transport.ts";

export function browserTransport(client: DriveClient): UploadTransport {
  return {
    requestTickets: (files, signal) => client.requestTickets(files, signal),
    confirmUploads: (s3_keys, signal) => client.confirmUploads(s3_keys, signal),
    putObject,
  };
}

export const browser_network: Network = {
  online: () => navigator.onLine,
  onChange: (listener) => {
    window.addEventListener("online", listener);
    window.addEventListener("offline", listener);
    return () => {
      window.removeEventListener("online", listener);
      window.removeEventListener("offline", listener);
    };
  },
};

/** A hidden tab gets no frames, yet its title and its status should stay true. */
const hidden_notify_ms = 1_000;

export function onNextFrame(notify: () => void): void {
  let told = false;
  const once = () => {
    if (told) return;
    told = true;
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    notify();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, hidden_notify_ms);
}
