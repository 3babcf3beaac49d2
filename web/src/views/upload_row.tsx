// SPDX-License-Identifier: Apache-2.0
import { memo, useLayoutEffect, useRef } from "react";
import { isSettled, type UploadItem, type UploadQueue, type UploadState } from "../upload/index.ts";
import { FileBadge } from "./file_badge.tsx";
import { formatBytes, formatRate, splitPath, tierLabel } from "./format.ts";
import { CheckIcon, CloseIcon, RetryIcon } from "./icons.tsx";

interface UploadRowProps {
  item: UploadItem;
  queue: UploadQueue;
  onRemoved: () => void;
}

/** One upload: what it is, how far it is, what can be done about it. */
export const UploadRow = memo(function UploadRow({ item, queue, onRemoved }: UploadRowProps) {
  const { folder, name } = splitPath(item.file_name);
  const cancellable = ["queued", "requesting", "uploading"].includes(item.state);
  const retryable = item.state === "failed" || item.state === "cancelled";
  const actions = useFocusOnSuccessor(item.state);
  return (
    <div className="upload-row" data-state={item.state} data-name={item.file_name}>
      <FileBadge name={item.file_name} content_type={item.content_type} />
      <div className="row-main">
        <div className="row-name" title={item.file_name}>
          {folder && <span className="row-folder">{folder}</span>}
          <span className="row-leaf">{name}</span>
        </div>
        <UploadStatus item={item} />
        <progress
          className="bar"
          aria-label={`Progress of ${item.file_name}`}
          max={Math.max(1, item.file_size)}
          value={item.state === "done" ? Math.max(1, item.file_size) : item.sent_bytes}
        />
      </div>
      <div className="row-actions" ref={actions}>
        {item.state === "done" && (
          <span className="done-mark">
            <CheckIcon />
          </span>
        )}
        {retryable && (
          <button
            className="icon-button"
            aria-label={`Retry ${item.file_name}`}
            title="Retry"
            onClick={() => queue.retry(item.id)}
          >
            <RetryIcon />
          </button>
        )}
        {cancellable && (
          <button
            className="icon-button"
            aria-label={`Cancel ${item.file_name}`}
            title="Cancel"
            onClick={() => queue.cancel(item.id)}
          >
            <CloseIcon />
          </button>
        )}
        {isSettled(item.state) && (
          <button
            className="icon-button"
            aria-label={`Remove ${item.file_name} from this list`}
            title="Remove from this list"
            onClick={() => {
              queue.remove(item.id);
              onRemoved();
            }}
          >
            <CloseIcon />
          </button>
        )}
      </div>
    </div>
  );
});

/** A pressed button that goes away hands the focus on to the one that takes its place. */
function useFocusOnSuccessor(state: UploadState) {
  const actions = useRef<HTMLDivElement>(null);
  const had_focus = useRef(false);
  useLayoutEffect(() => {
    const inside = () => actions.current?.contains(document.activeElement) ?? false;
    if (had_focus.current && document.activeElement === document.body) {
      actions.current?.querySelector("button")?.focus();
    }
    had_focus.current = inside();
    const { current } = actions;
    const note = () => (had_focus.current = inside());
    current?.addEventListener("focusin", note);
    return () => current?.removeEventListener("focusin", note);
  }, [state]);
  return actions;
}

function UploadStatus({ item }: { item: UploadItem }) {
  if (item.state === "failed") {
    return (
      <div className="row-meta row-error" title={item.error?.message}>
        {item.error?.message}
      </div>
    );
  }
  return (
    <div className="row-meta">
      <span className="row-state">{stateWords(item)}</span>
      <span className="row-tier">{tierLabel(item.tier)}</span>
    </div>
  );
}

function stateWords(item: UploadItem): string {
  const size = formatBytes(item.file_size);
  switch (item.state) {
    case "queued":
      return `${size} · Waiting`;
    case "requesting":
      return `${size} · Up next`;
    case "uploading": {
      const again = item.attempt > 1 ? ` · Attempt ${item.attempt}` : "";
      const rate = item.rate_bytes_per_s > 0 ? ` · ${formatRate(item.rate_bytes_per_s)}` : "";
      return `${formatBytes(item.sent_bytes)} of ${size}${rate}${again}`;
    }
    case "confirming":
      return `${size} · Checking`;
    case "done": {
      const renamed = item.stored_name !== null && item.stored_name !== item.file_name;
      return renamed ? `${size} · Saved as ${item.stored_name}` : `${size} · Uploaded`;
    }
    case "cancelled":
      return `${size} · Cancelled`;
    case "failed":
      return size;
  }
}
