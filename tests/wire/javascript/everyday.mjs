// SPDX-License-Identifier: Apache-2.0
// What programs do every day with the AWS SDK for JavaScript, at its default settings.
// node everyday.mjs NAME BUCKET: endpoint and keys come from the environment, as the SDK has it.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CopyObjectCommand, CreateBucketCommand, CreateMultipartUploadCommand, DeleteBucketCommand,
  DeleteObjectCommand, DeleteObjectsCommand, GetObjectAttributesCommand, GetObjectCommand,
  GetObjectTaggingCommand, HeadObjectCommand, ListBucketsCommand, ListMultipartUploadsCommand,
  ListObjectVersionsCommand, PutObjectCommand, PutObjectTaggingCommand, S3Client,
  UploadPartCopyCommand, CompleteMultipartUploadCommand, paginateListObjectsV2, waitUntilObjectExists,
  waitUntilObjectNotExists,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

const [name, Bucket] = process.argv.slice(2);
const client = new S3Client({ maxAttempts: 1 });
const MIB = 1 << 20;

const bytesOf = async (answer) => Buffer.from(await answer.Body.transformToByteArray());
const get = async (Key, more = {}) =>
  bytesOf(await client.send(new GetObjectCommand({ Bucket, Key, ...more })));
const put = (Key, Body, more = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const refused = (promise, code) =>
  assert.rejects(promise, (error) => assert.equal(error.name, code) === undefined);
const md5 = (data) => createHash("md5").update(data).digest("hex");

// A stream whose size nobody knows, in pieces of odd sizes.
const streamOf = (data) => Readable.from((function* () {
  for (let at = 0; at < data.length; at += 99_991) yield data.subarray(at, at + 99_991);
})());

const everyday = {
  async objects() {
    const stored = await put("a b+ü/日本.txt", "hello", {
      ContentType: "text/plain", Metadata: { k: "v" }, StorageClass: "STANDARD_IA" });
    assert.equal(stored.ETag, `"${md5("hello")}"`);
    assert.ok(stored.ChecksumCRC32);
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: "a b+ü/日本.txt" }));
    assert.deepEqual([head.ContentLength, head.ContentType, head.Metadata, head.StorageClass],
      [5, "text/plain", { k: "v" }, "STANDARD_IA"]);
    assert.equal((await get("a b+ü/日本.txt")).toString(), "hello");
    assert.equal((await get("a b+ü/日本.txt", { Range: "bytes=1-2" })).toString(), "el");
    await refused(put("a b+ü/日本.txt", "x", { IfNoneMatch: "*" }), "PreconditionFailed");
    await refused(get("missing"), "NoSuchKey");
    await refused(client.send(new HeadObjectCommand({ Bucket, Key: "missing" })), "NotFound");
    await client.send(new CopyObjectCommand(
      { Bucket, Key: "copy", CopySource: encodeURIComponent(`${Bucket}/a b+ü/日本.txt`) }));
    await waitUntilObjectExists({ client, maxWaitTime: 20 }, { Bucket, Key: "copy" });
    await client.send(new DeleteObjectCommand({ Bucket, Key: "copy" }));
    await waitUntilObjectNotExists({ client, maxWaitTime: 20 }, { Bucket, Key: "copy" });
  },

  async buckets() {
    const Other = `${Bucket}-other`;
    await client.send(new CreateBucketCommand({ Bucket: Other }));
    const names = (await client.send(new ListBucketsCommand({}))).Buckets.map((each) => each.Name);
    assert.ok(names.includes(Other) && names.includes(Bucket));
    await client.send(new PutObjectCommand({ Bucket: Other, Key: "a", Body: "x" }));
    await refused(client.send(new DeleteBucketCommand({ Bucket: Other })), "BucketNotEmpty");
    const { Versions } = await client.send(new ListObjectVersionsCommand({ Bucket: Other }));
    assert.deepEqual(Versions.map((each) => [each.Key, each.VersionId, each.IsLatest]),
      [["a", "null", true]]);
    await client.send(new DeleteObjectsCommand({ Bucket: Other, Delete: {
      Objects: Versions.map(({ Key, VersionId }) => ({ Key, VersionId })) } }));
    await client.send(new DeleteBucketCommand({ Bucket: Other }));
    await refused(client.send(new PutObjectCommand({ Bucket: Other, Key: "a", Body: "x" })),
      "NoSuchBucket");
  },

  async listing() {
    const keys = Array.from({ length: 25 }, (_, i) => `d${i % 3}/${String(i).padStart(2, "0")} ü`);
    await Promise.all(keys.map((key) => put(key, "x")));
    const found = [];
    for await (const page of paginateListObjectsV2({ client, pageSize: 7 }, { Bucket }))
      found.push(...page.Contents.map((entry) => entry.Key));
    assert.deepEqual(found, [...keys].sort());
    const folders = [];
    for await (const page of paginateListObjectsV2({ client, pageSize: 2 },
      { Bucket, Delimiter: "/" })) folders.push(...page.CommonPrefixes.map((each) => each.Prefix));
    assert.deepEqual(folders, ["d0/", "d1/", "d2/"]);
    const { Deleted } = await client.send(new DeleteObjectsCommand(
      { Bucket, Delete: { Objects: keys.map((Key) => ({ Key })) } }));
    assert.equal(Deleted.length, keys.length);
  },

  async streams() {
    // Of known length the body is sent as aws-chunked with a checksum behind it.
    const data = randomBytes(9 * MIB);
    await put("stream", streamOf(data), { ContentLength: data.length });
    assert.ok(data.equals(await get("stream")));
    const head = await client.send(new HeadObjectCommand(
      { Bucket, Key: "stream", ChecksumMode: "ENABLED" }));
    assert.equal(head.ETag, `"${md5(data)}"`);
    assert.ok(head.ChecksumCRC32);
    assert.equal(head.ContentEncoding, undefined);
  },

  async uploads() {
    const data = randomBytes(17 * MIB + 1);
    let progress = 0;
    const upload = new Upload({ client, params: {
      Bucket, Key: "large", Body: streamOf(data), ContentType: "video/mp4" } });
    upload.on("httpUploadProgress", ({ loaded }) => { progress = Math.max(progress, loaded); });
    const done = await upload.done();
    assert.match(done.ETag, /-4"$/);
    assert.equal(progress, data.length);
    assert.ok(data.equals(await get("large")));
    const second = await client.send(new GetObjectCommand({ Bucket, Key: "large", PartNumber: 2 }));
    assert.equal(second.PartsCount, 4);
    assert.ok(data.subarray(5 * MIB, 10 * MIB).equals(await bytesOf(second)));
    const attributes = await client.send(new GetObjectAttributesCommand({ Bucket, Key: "large",
      ObjectAttributes: ["ETag", "Checksum", "ObjectParts", "ObjectSize", "StorageClass"] }));
    assert.deepEqual([attributes.ObjectSize, attributes.ObjectParts.TotalPartsCount],
      [data.length, 4]);
    // A small one goes up in one piece.
    const small = await new Upload({ client, params: { Bucket, Key: "small", Body: "hi" } }).done();
    assert.equal(small.ETag, `"${md5("hi")}"`);
  },

  async aborted() {
    const upload = new Upload({ client, params: {
      Bucket, Key: "given-up", Body: streamOf(randomBytes(16 * MIB)) } });
    upload.on("httpUploadProgress", () => upload.abort());
    await refused(upload.done(), "AbortError");
    // The SDK cleans up behind the answer.
    const open = async () =>
      (await client.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads;
    for (let tries = 0; await open() && tries < 100; ++tries) await sleep(50);
    assert.equal(await open(), undefined);
    await refused(get("given-up"), "NoSuchKey");
  },

  async copies_in_parts() {
    const data = randomBytes(11 * MIB);
    await put("source", data);
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({ Bucket, Key: "target" }));
    const Parts = [];
    for (const [PartNumber, range] of [[1, `bytes=0-${6 * MIB - 1}`],
      [2, `bytes=${6 * MIB}-${11 * MIB - 1}`]]) {
      const { CopyPartResult } = await client.send(new UploadPartCopyCommand({ Bucket,
        Key: "target", UploadId, PartNumber, CopySource: `${Bucket}/source`,
        CopySourceRange: range }));
      Parts.push({ PartNumber, ETag: CopyPartResult.ETag });
    }
    await client.send(new CompleteMultipartUploadCommand(
      { Bucket, Key: "target", UploadId, MultipartUpload: { Parts } }));
    assert.ok(data.equals(await get("target")));
  },

  async tags() {
    await put("tagged", "x", { Tagging: "a=1&b=x%20y" });
    const tags = async () =>
      (await client.send(new GetObjectTaggingCommand({ Bucket, Key: "tagged" }))).TagSet;
    assert.deepEqual(await tags(), [{ Key: "a", Value: "1" }, { Key: "b", Value: "x y" }]);
    await client.send(new PutObjectTaggingCommand(
      { Bucket, Key: "tagged", Tagging: { TagSet: [{ Key: "Größe", Value: "a+b=c" }] } }));
    assert.deepEqual(await tags(), [{ Key: "Größe", Value: "a+b=c" }]);
  },

  async checksums() {
    for (const ChecksumAlgorithm of ["CRC32", "CRC32C", "SHA1", "SHA256"]) {
      const stored = await put("sum", "hello", { ChecksumAlgorithm });
      const field = `Checksum${ChecksumAlgorithm}`;
      const head = await client.send(
        new HeadObjectCommand({ Bucket, Key: "sum", ChecksumMode: "ENABLED" }));
      assert.ok(stored[field]);
      assert.equal(head[field], stored[field]);
      assert.equal((await get("sum")).toString(), "hello");
    }
    await refused(put("sum", "hello", { ChecksumCRC32: "AAAAAA==" }), "BadDigest");
  },

  async presigned() {
    const url = await getSignedUrl(client,
      new PutObjectCommand({ Bucket, Key: "signed ü", ContentType: "text/plain" }));
    const stored = await fetch(url,
      { method: "PUT", body: "hello", headers: { "Content-Type": "text/plain" } });
    assert.equal(stored.status, 200, await stored.text());
    const down = await fetch(
      await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: "signed ü",
        ResponseContentDisposition: 'attachment; filename="a.txt"' }), { expiresIn: 60 }));
    assert.equal(down.headers.get("content-disposition"), 'attachment; filename="a.txt"');
    assert.equal(await down.text(), "hello");
    assert.equal((await fetch(url.replace("signed", "stolen"), { method: "PUT", body: "x" })).status,
      403);
  },

  async presigned_post() {
    const { url, fields } = await createPresignedPost(client, { Bucket, Key: "posted/${filename}",
      Conditions: [["content-length-range", 1, 1000], ["starts-with", "$Content-Type", "text/"]],
      Fields: { "x-amz-meta-from": "a form" }, Expires: 60 });
    const post = (body, more = {}) => {
      const form = new FormData();
      for (const [field, value] of Object.entries({ ...fields, "Content-Type": "text/plain",
        ...more })) form.append(field, value);
      form.append("file", new Blob([body]), "a b.txt");
      return fetch(url, { method: "POST", body: form });
    };
    const stored = await post("hello");
    assert.equal(stored.status, 204, await stored.text());
    assert.equal((await get("posted/a b.txt")).toString(), "hello");
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: "posted/a b.txt" }));
    assert.deepEqual([head.ContentType, head.Metadata], ["text/plain", { from: "a form" }]);
    assert.match(await (await post("x".repeat(1001))).text(), /<Code>EntityTooLarge</);
    assert.match(await (await post("x", { "Content-Type": "image/png" })).text(), /AccessDenied/);
    assert.equal((await post("x", { key: "elsewhere" })).status, 403);
  },
};

await everyday[name]();
