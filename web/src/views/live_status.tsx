// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from "react";
import type { UploadTotals } from "../upload/index.ts";

/** Often enough to follow, seldom enough to let a screen reader finish. */
const announce_ms = 5_000;

function statusOf({ files, queued, active, done, failed, cancelled }: UploadTotals): string {
  if (files === 0) return "";
  const troubles =
    (failed > 0 ? `, ${failed} failed` : "") + (cancelled > 0 ? `, ${cancelled} cancelled` : "");
  if (queued + active > 0) return `${done} of ${files} files uploaded${troubles}.`;
  return `Uploads finished: ${done} of ${files} files uploaded${troubles}.`;
}

/** Tells people who do not see the bars how the uploads go, and what else happened. */
export function LiveStatus({ totals, said }: { totals: UploadTotals; said: string }) {
  const [status, setStatus] = useState("");
  const latest = useRef("");
  latest.current = statusOf(totals);
  const finished = totals.queued + totals.active === 0;
  useEffect(() => {
    setStatus(latest.current);
    if (finished) return;
    const timer = setInterval(() => setStatus(latest.current), announce_ms);
    return () => clearInterval(timer);
  }, [finished, totals.failed]);
  return (
    <>
      <p className="visually-hidden" role="status" aria-live="polite" data-live="uploads">
        {status}
      </p>
      <p className="visually-hidden" role="status" aria-live="polite" data-live="said">
        {said}
      </p>
    </>
  );
}
