// SPDX-License-Identifier: Apache-2.0
import { useCallback, useMemo, useRef, useState } from "react";
import type { Uploads } from "../react/use_uploads.ts";
import type { UploadItem, UploadState, UploadTotals } from "../upload/index.ts";
import { formatBytes, formatCount, formatDuration, formatRate } from "./format.ts";
import { UploadRow } from "./upload_row.tsx";
import { useNarrow, VirtualList } from "./virtual_list.tsx";

type Filter = "all" | "active" | "failed" | "done";

const filters: { name: Filter; label: string; states: UploadState[] | null }[] = [
  { name: "all", label: "All", states: null },
  {
    name: "active",
    label: "In progress",
    states: ["uploading", "confirming", "requesting", "queued"],
  },
  { name: "failed", label: "Failed", states: ["failed", "cancelled"] },
  { name: "done", label: "Done", states: ["done"] },
];

function countOf(filter: Filter, totals: UploadTotals): number {
  if (filter === "active") return totals.active + totals.queued;
  if (filter === "failed") return totals.failed + totals.cancelled;
  return filter === "done" ? totals.done : totals.files;
}

export function UploadPanel({ uploads }: { uploads: Uploads }) {
  const { items, totals, queue } = uploads;
  const [filter, setFilter] = useState<Filter>("all");
  const scroller = useRef<HTMLDivElement>(null);
  const row_height = useNarrow() ? 84 : 72;
  const focusList = useCallback(() => scroller.current?.focus({ preventScroll: true }), []);
  const shown = useMemo(() => {
    const states = filters.find(({ name }) => name === filter)!.states;
    return states === null ? items : items.filter((item) => states.includes(item.state));
  }, [items, filter]);

  return (
    <section className="panel" aria-labelledby="uploads-heading">
      <UploadSummary uploads={uploads} />
      <div className="panel-tools">
        <div className="filters" role="group" aria-label="Which uploads to show">
          {filters.map(({ name, label }) => (
            <button
              key={name}
              className="filter"
              aria-pressed={filter === name}
              data-bad={name === "failed" && totals.failed > 0}
              onClick={() => setFilter(name)}
            >
              {label} <span className="count">{countOf(name, totals).toLocaleString("en")}</span>
            </button>
          ))}
        </div>
        <UploadActions uploads={uploads} focusList={focusList} />
      </div>
      <div className="upload-scroller" ref={scroller} tabIndex={-1}>
        <VirtualList<UploadItem>
          rows={shown}
          keyOf={(item) => item.id}
          row_height={row_height}
          label="Uploads"
          scroller={scroller}
          render={(item) => <UploadRow item={item} queue={queue} onRemoved={focusList} />}
        />
        {shown.length === 0 && <p className="nothing">No uploads of this kind.</p>}
      </div>
    </section>
  );
}

function UploadSummary({ uploads }: { uploads: Uploads }) {
  const { totals } = uploads;
  const heading = headline(uploads);
  const percent =
    totals.bytes_total === 0 ? 100 : Math.floor((100 * totals.bytes_sent) / totals.bytes_total);
  return (
    <div className="summary" data-finished={totals.active + totals.queued === 0}>
      <div className="summary-line">
        <h2 id="uploads-heading">{heading}</h2>
        <span className="summary-percent">{percent} %</span>
      </div>
      <progress
        className="bar bar-total"
        aria-label="Progress of all uploads"
        max={Math.max(1, totals.bytes_total)}
        value={totals.bytes_total === 0 ? 1 : totals.bytes_sent}
      />
      <p className="summary-numbers">
        <span>
          {formatBytes(totals.bytes_sent)} of {formatBytes(totals.bytes_total)}
        </span>
        {totals.rate_bytes_per_s > 0 && <span>{formatRate(totals.rate_bytes_per_s)}</span>}
        {totals.eta_s !== null && <span>{formatDuration(totals.eta_s)} left</span>}
        {totals.failed > 0 && <span className="bad">{totals.failed} failed</span>}
        {totals.cancelled > 0 && <span>{totals.cancelled} cancelled</span>}
      </p>
    </div>
  );
}

function headline({ totals, paused, online }: Uploads): string {
  const left = totals.active + totals.queued;
  if (left === 0) {
    return totals.done > 0
      ? `${formatCount(totals.done, "file", "files")} uploaded`
      : "Nothing was uploaded";
  }
  if (!online) return "Waiting for the network";
  if (paused) {
    return totals.active > 0 ? `Pausing after ${totals.active} in progress` : "Paused";
  }
  const wanted = totals.files - totals.failed - totals.cancelled;
  const done = totals.done.toLocaleString("en");
  return `Uploading: ${done} of ${formatCount(wanted, "file", "files")}`;
}

interface UploadActionsProps {
  uploads: Uploads;
  focusList: () => void;
}

function UploadActions({ uploads: { totals, paused, queue }, focusList }: UploadActionsProps) {
  const left = totals.active + totals.queued;
  // These buttons go away once pressed; the focus must not go with them.
  const thenFocusList = (act: () => void) => () => {
    act();
    focusList();
  };
  const clear = () => {
    queue.clear();
    document.getElementById("files-heading")?.focus({ preventScroll: true });
  };
  return (
    <div className="panel-actions">
      {totals.failed > 0 && (
        <button className="button small" onClick={thenFocusList(() => queue.retryFailed())}>
          Retry failed
        </button>
      )}
      {left > 0 && (
        <button className="button small" onClick={() => (paused ? queue.resume() : queue.pause())}>
          {paused ? "Resume" : "Pause"}
        </button>
      )}
      {left > 0 && (
        <button className="button small" onClick={thenFocusList(() => queue.cancelAll())}>
          Cancel all
        </button>
      )}
      {left === 0 && (
        <button className="button small" onClick={clear}>
          Clear list
        </button>
      )}
      {left > 0 && totals.done + totals.cancelled > 0 && (
        <button className="button small" onClick={thenFocusList(() => queue.clearFinished())}>
          Clear finished
        </button>
      )}
    </div>
  );
}
