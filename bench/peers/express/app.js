// SPDX-License-Identifier: Apache-2.0

// app.js PORT WORKERS: the documented upload route with express, multer and multer-s3, which streams
// each file into an upload of the AWS SDK. Its workers share the port, as node:cluster has it.
"use strict";

const cluster = require("node:cluster");
const crypto = require("node:crypto");
const path = require("node:path");

const bucket = "slipway";
const username = "username";

function serve(port) {
  const { S3Client } = require("@aws-sdk/client-s3");
  const express = require("express");
  const multer = require("multer");
  const multerS3 = require("multer-s3");

  const s3 = new S3Client({
    region: "us-east-1",
    endpoint: process.env.PEER_S3_ENDPOINT,
    forcePathStyle: true,
    credentials: {
      accessKeyId: process.env.PEER_ACCESS_KEY,
      secretAccessKey: process.env.PEER_SECRET_KEY,
    },
    // Its own checksum besides the SHA-256 that signs each body would only cost more.
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  const key = (request, file, done) => {
    const name = crypto.randomBytes(16).toString("hex") + path.extname(file.originalname);
    done(null, `${request.body.file_category}/user_${username}/${file.fieldname}/${name}`);
  };
  const contentType = (request, file, done) => done(null, file.mimetype);
  const upload = multer({ storage: multerS3({ s3, bucket, key, contentType }) });

  const app = express();
  app.post("/api/uploads/", upload.any(), (request, response) => {
    const stored = request.files.map((file) => [file.fieldname, `s3://${bucket}/${file.key}`]);
    response.json({
      status: "success",
      uploaded_files: Object.fromEntries(stored),
      uploaded_count: stored.length,
      total_files: request.files.length,
    });
  });
  app.listen(port, "127.0.0.1");
}

const [port, workers] = process.argv.slice(2).map(Number);
if (cluster.isPrimary) {
  for (let i = 0; i < workers; ++i) cluster.fork();
  cluster.on("exit", () => process.exit(1));
} else {
  serve(port);
}
