// SPDX-License-Identifier: Apache-2.0
import { memo } from "react";
import type { StoredFile } from "../api/types.ts";
import { FileBadge } from "./file_badge.tsx";
import { formatBytes, formatDay, formatMoment, splitPath, tierLabel } from "./format.ts";
import { DeleteIcon, DownloadIcon } from "./icons.tsx";

interface FileRowProps {
  file: StoredFile;
  download_url: string;
  onFolder: (folder: string) => void;
  onDelete: (file: StoredFile) => void;
}

export const FileRow = memo(function FileRow(props: FileRowProps) {
  const { file, download_url, onFolder, onDelete } = props;
  const { folder, name } = splitPath(file.file_name);
  return (
    <div className="file-row" data-name={file.file_name}>
      <FileBadge name={file.file_name} content_type={file.content_type} />
      <div className="file-name">
        <span className="row-leaf" title={file.file_name}>
          {name}
        </span>
        {folder && (
          <button
            className="folder-link"
            aria-label={`Show only files in ${folder}`}
            onClick={() => onFolder(folder)}
          >
            {folder}
          </button>
        )}
      </div>
      <div className="file-facts">
        <span className="file-size">{formatBytes(file.file_size)}</span>
        <span className="file-tier">
          <span className="tier-chip" data-tier={file.tier}>
            {tierLabel(file.tier)}
          </span>
        </span>
        <time
          className="file-date"
          dateTime={file.uploaded_at}
          title={formatMoment(file.uploaded_at)}
        >
          {formatDay(file.uploaded_at, new Date())}
        </time>
      </div>
      <div className="row-actions">
        <a
          className="icon-button"
          href={download_url}
          download
          title="Download"
          aria-label={`Download ${file.file_name}`}
        >
          <DownloadIcon />
        </a>
        <button
          className="icon-button"
          title="Delete"
          aria-label={`Delete ${file.file_name}`}
          onClick={() => onDelete(file)}
        >
          <DeleteIcon />
        </button>
      </div>
    </div>
  );
});
