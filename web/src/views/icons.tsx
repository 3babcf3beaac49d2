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
    <path d="m5.500 5.500 9 9m0-9-9 9" />
  </Icon>
);

export const RetryIcon = () => (
  <Icon>
    <path d="M15.800 10a5.800 5.800 0 1 1-1.700-4.100M16 3.200v3.300h-3.300" />
  </Icon>
);

export const DownloadIcon = () => (
  <Icon>
    <path d="M10 3.500v9m0 0L6.300 8.800M10 12.500l3.700-3.700M4 16.500h12" />
  </Icon>
);

export const DeleteIcon = () => (
  <Icon>
    <path d="M4 5.800h12M8.200 5.600V3.800h3.600v1.800M5.600 5.800l.7 10.200h7.400l.7-10.200M8.600 8.700v4.500m2.800-4.500v4.500" />
  </Icon>
);

export const SearchIcon = () => (
  <Icon>
    <circle cx="8.800" cy="8.800" r="5" />
    <path d="m12.600 12.600 3.900 3.900" />
  </Icon>
);

export const CheckIcon = () => (
  <Icon>
    <path d="m4.500 10.500 3.700 3.700 7.300-8.200" />
  </Icon>
);

export const FolderIcon = () => (
  <Icon>
    <path d="M3 6.200V15a1 1 0 0 0 1 1h12a1 1 0 0 0 1-1V7.500a1 1 0 0 0-1-1H9.800L8.100 4.500H4a1 1 0 0 0-1 1z" />
  </Icon>
);

export const FileIcon = () => (
  <Icon>
    <path d="M5.500 3h5.800l3.700 3.800V16a1 1 0 0 1-1 1h-8.500a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM11 3.200V7h3.800" />
  </Icon>
);

/** The product's own picture: a boat on its way down to the water. */
export function DropPicture() {
  return (
    <svg className="drop-picture" viewBox="0 0 120 72" aria-hidden="true" focusable="false">
      <path className="water" d="M4 64q7-5 14 0t14 0 14 0 14 0 14 0 14 0 14 0 14 0" />
      <path className="ramp" d="M14 58 108 34" />
      <path className="hull" d="m33 39 52-13.300-6.500 12.600L42 47.500z" />
      <path className="sail" d="M57.500 30.500V6l18 19.500z" />
      <path className="sail-back" d="M53.500 31V13L41 34.300z" />
    </svg>
  );
}
