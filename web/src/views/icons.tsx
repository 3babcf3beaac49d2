// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from "react";

/** Drawn on a 20 x 20 grid in the current colour. The button around an icon carries its name. */
function Icon({ children }: { children: ReactNode }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const CloseIcon = () => (
  <Icon>
    <path d="m5.5 5.5 9 9m0-9-9 9" />
  </Icon>
);

export const RetryIcon = () => (
  <Icon>
    <path d="M15.8 10a5.8 5.8 0 1 1-1.7-4.1M16 3.2v3.3h-3.3" />
  </Icon>
);

export const DownloadIcon = () => (
  <Icon>
    <path d="M10 3.5v9m0 0L6.3 8.8M10 12.5l3.7-3.7M4 16.5h12" />
  </Icon>
);

export const DeleteIcon = () => (
  <Icon>
    <path d="M4 5.8h12M8.2 5.6V3.8h3.6v1.8M5.6 5.8l.7 10.2h7.4l.7-10.2" />
    <path d="M8.6 8.7v4.5m2.8-4.5v4.5" />
  </Icon>
);

export const SearchIcon = () => (
  <Icon>
    <circle cx="8.8" cy="8.8" r="5" />
    <path d="m12.6 12.6 3.9 3.9" />
  </Icon>
);

export const CheckIcon = () => (
  <Icon>
    <path d="m4.5 10.5 3.7 3.7 7.3-8.2" />
  </Icon>
);

export const FolderIcon = () => (
  <Icon>
    <path d="M3 6.2V15a1 1 0 0 0 1 1h12a1 1 0 0 0 1-1V7.5a1 1 0 0 0-1-1H9.8L8.1 4.5H4a1 1 0 0 0-1 1z" />
  </Icon>
);

export const FileIcon = () => (
  <Icon>
    <path d="M5.5 3h5.8l3.7 3.8V16a1 1 0 0 1-1 1h-8.5a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1z" />
    <path d="M11 3.2V7h3.8" />
  </Icon>
);

/** The product's own picture: a boat on its way down to the water. */
export function DropPicture() {
  return (
    <svg className="drop-picture" viewBox="0 0 120 72" aria-hidden="true" focusable="false">
      <path className="water" d="M4 64q7-5 14 0t14 0 14 0 14 0 14 0 14 0 14 0 14 0" />
      <path className="ramp" d="M14 58 108 34" />
      <path className="hull" d="m33 39 52-13.3-6.5 12.6L42 47.5z" />
      <path className="sail" d="M57.5 30.5V6l18 19.5z" />
      <path className="sail-back" d="M53.5 31V13L41 34.3z" />
    </svg>
  );
}
