// SPDX-License-Identifier: Apache-2.0
import { useState, useSyncExternalStore } from "react";
import {
  browser_network,
  browserTransport,
  DriveClient,
  onNextFrame,
  UploadQueue,
  type UploadSnapshot,
} from "../upload/index.ts";

export interface Uploads extends UploadSnapshot {
  /** add, cancel, retry and the rest; the same object for the component's life. */
  readonly queue: UploadQueue;
}

/** The page's uploads. A component that uses it renders at most once a frame while they run. */
export function useUploads(client?: DriveClient): Uploads {
  const [queue] = useState(
    () =>
      new UploadQueue({
        transport: browserTransport(client ?? new DriveClient()),
        network: browser_network,
        schedule: onNextFrame,
      }),
  );
  const snapshot = useSyncExternalStore(queue.subscribe, queue.getSnapshot);
  return { ...snapshot, queue };
}
