// SPDX-License-Identifier: Apache-2.0

/** The upload package: what a page, with or without React, builds on. */
export { ApiError } from "../api/api_error.ts";
export { DriveClient } from "../api/drive_client.ts";
export type * from "../api/types.ts";
export { browser_network, browserTransport, onNextFrame } from "./browser_transport.ts";
export { formatBytes } from "./byte_size.ts";
export { entriesOf, filesOfInput, walkEntries } from "./dropped_files.ts";
export type { Picked, PickedFile, UnreadablePath } from "./dropped_files.ts";
export { isSettled } from "./item.ts";
export type { UploadError, UploadItem, UploadSnapshot, UploadState, UploadTotals } from "./item.ts";
export type { Clock, Network, UploadTransport } from "./transport.ts";
export { UploadQueue } from "./upload_queue.ts";
export type { AddOptions, UploadQueueOptions } from "./upload_queue.ts";
