// SPDX-License-Identifier: Apache-2.0
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { DriveClient } from "./api/drive_client.ts";
import { App } from "./views/app.tsx";
import "./views/styles/base.css";
import "./views/styles/uploads.css";
import "./views/styles/files.css";

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App client={new DriveClient()} />
  </StrictMode>,
);
