# SPDX-License-Identifier: Apache-2.0
"""What hostile requests are made of: S3's operations and documents, and values that are odd."""

SUBRESOURCES = """accelerate acl analytics attributes cors delete encryption intelligent-tiering
inventory legal-hold lifecycle location logging metadataTable metrics notification object-lock
ownershipControls partNumber policy policyStatus publicAccessBlock replication requestPayment
restore retention select session tagging torrent uploadId uploads versionId versioning versions
website append renameObject x-id list-type response-content-type nonsense""".split()

# METHOD TARGET [BODY]: B a bucket, K a key, U the id of an open upload.
OPERATIONS = """
GET /
HEAD /B
GET /B
PUT /B
PUT /B location
DELETE /nobody
GET /B?list-type=2&prefix=a&delimiter=%2F&max-keys=3
GET /B?list-type=2&continuation-token=abc&start-after=x&fetch-owner=true&encoding-type=url
GET /B?marker=a&delimiter=%2F&max-keys=2&encoding-type=url
GET /B?versions&key-marker=a&version-id-marker=null&max-keys=2
GET /B?uploads&prefix=a&max-uploads=2&key-marker=a&upload-id-marker=b
GET /B?location
GET /B?versioning
PUT /B?versioning versioning
GET /B?acl
PUT /B?acl acl
GET /B?cors
PUT /B?cors cors
DELETE /B?cors
GET /B?lifecycle
PUT /B?lifecycle lifecycle
DELETE /B?lifecycle
GET /B?tagging
PUT /B?tagging tagging
DELETE /B?tagging
GET /B?policyStatus
PUT /B?policy policy
GET /B?publicAccessBlock
PUT /B?publicAccessBlock publicAccessBlock
GET /B?ownershipControls
PUT /B?ownershipControls ownershipControls
POST /B?delete delete
POST /B form
OPTIONS /B/K
GET /B/K
GET /B/K?response-content-type=text%2Fx&response-cache-control=no-store&partNumber=1
HEAD /B/K
HEAD /B/K?partNumber=1
PUT /B/K data
PUT /B/K data
PUT /B/K
DELETE /B/K
DELETE /B/K?versionId=null
GET /B/K?acl
PUT /B/K?acl acl
GET /B/K?tagging
PUT /B/K?tagging tagging
DELETE /B/K?tagging
GET /B/K?attributes
POST /B/K?restore restore
POST /B/K?select&select-type=2 select
POST /B/K?uploads
PUT /B/K?partNumber=1&uploadId=U data
PUT /B/K?partNumber=2&uploadId=U
GET /B/K?uploadId=U&max-parts=2&part-number-marker=0
POST /B/K?uploadId=U complete
DELETE /B/K?uploadId=U
""".strip().splitlines()

XMLNS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
DOCUMENTS = {
    "location": f"<CreateBucketConfiguration {XMLNS}><LocationConstraint>eu-west-1"
                "</LocationConstraint></CreateBucketConfiguration>",
    "versioning": f"<VersioningConfiguration {XMLNS}><Status>Enabled</Status>"
                  "</VersioningConfiguration>",
    "acl": f"<AccessControlPolicy {XMLNS}><Owner><ID>me</ID></Owner><AccessControlList><Grant>"
           f'<Grantee {XSI} xsi:type="Group"><URI>http://acs.amazonaws.com/groups/global/AllUsers'
           "</URI></Grantee><Permission>READ</Permission></Grant></AccessControlList>"
           "</AccessControlPolicy>",
    "cors": "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*"
            "</AllowedOrigin><AllowedHeader>*</AllowedHeader><MaxAgeSeconds>9</MaxAgeSeconds>"
            "</CORSRule></CORSConfiguration>",
    "lifecycle": "<LifecycleConfiguration><Rule><ID>r</ID><Status>Enabled</Status><Filter><Prefix>"
                 "a</Prefix></Filter><Expiration><Days>1</Days></Expiration>"
                 "<AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation>"
                 "</AbortIncompleteMultipartUpload></Rule></LifecycleConfiguration>",
    "tagging": "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>",
    "policy": '{"Version":"2012-10-17","Statement":[]}',
    "publicAccessBlock": "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>"
                         "</PublicAccessBlockConfiguration>",
    "ownershipControls": "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter"
                         "</ObjectOwnership></Rule></OwnershipControls>",
    "delete": "<Delete><Quiet>false</Quiet><Object><Key>a</Key></Object><Object><Key>b</Key>"
              "<VersionId>null</VersionId></Object></Delete>",
    "restore": "<RestoreRequest><Days>1</Days><GlacierJobParameters><Tier>Expedited</Tier>"
               "</GlacierJobParameters></RestoreRequest>",
    "select": "<SelectObjectContentRequest><Expression>select *</Expression>"
              "</SelectObjectContentRequest>",
    "complete": f"<CompleteMultipartUpload {XMLNS}><Part><PartNumber>1</PartNumber>"
                "<ETag>&quot;5d41402abc4b2a76b9719d911017c592&quot;</ETag></Part>"
                "</CompleteMultipartUpload>",
}

KEYS = ["a", "b", "dir/a", "a b", "ü/日本", "a+b%", "x" * 1024]
ODD_TEXT = ["", " ", "\x00", "\x7f", "%", "%zz", "%00", "..", "../../etc/passwd", "/", "//", "\\",
            "\xff\xfe", "ü", "\u202e", "null", "-1", "0", "1", "00", "+1", "1e9", "2147483648",
            "18446744073709551616", "9" * 400, "A" * 3000, "a" * 9000, "<x>", "&#0;", "]]>", "'\"",
            "{}", "[]", "true", "*", "?", "#", "\r\n", "\t", ";", "a=b&c=d", "NaN", "bytes=0-0",
            "%E0%80%80", "%F0%9F%8E%89", "\ud7ff", "=?utf-8?q?=41?="]
# What a header may hold and still be sent in one line.
HEADERS = {
    "Content-MD5": ["1B2M2Y8AsgTpgAmY7PhCfg==", "bad", "AAAA"],
    "Content-Type": ["text/plain", "multipart/form-data", "multipart/form-data; boundary=", "\xff"],
    "Content-Encoding": ["gzip", "aws-chunked", "aws-chunked,aws-chunked", ","],
    "Cache-Control": ["no-store"], "Content-Disposition": ["inline"], "Expires": ["never"],
    "Expect": ["100-continue", "200-ok"], "Range": ["bytes=0-", "bytes=-0", "bytes=5-1",
                                                    "bytes=0-0,2-3", "lines=1-2", "bytes=9-"],
    "If-Match": ["*", '"x"', "x,y", "W/\"x\""], "If-None-Match": ["*", '"x"'],
    "If-Modified-Since": ["Sat, 21 Nov 2026 00:00:00 GMT", "yesterday"],
    "If-Unmodified-Since": ["Sat, 21 Nov 2020 00:00:00 GMT", "0"],
    "Origin": ["http://a.example", "null", "*"],
    "Access-Control-Request-Method": ["GET", "BREW"],
    "Access-Control-Request-Headers": ["a,b", ","],
    "x-amz-acl": ["private", "public-read", "public-ready"],
    "x-amz-grant-read": ['uri="http://acs.amazonaws.com/groups/global/AllUsers"', "id="],
    "x-amz-copy-source": ["/B/K", "B/K", "B/K?versionId=null", "/", "nowhere", "B/%"],
    "x-amz-copy-source-range": ["bytes=0-1", "bytes=1-0", "bytes=0-99999999999"],
    "x-amz-copy-source-if-match": ['"x"', "*"],
    "x-amz-metadata-directive": ["COPY", "REPLACE", "MERGE"],
    "x-amz-tagging-directive": ["COPY", "REPLACE"],
    "x-amz-tagging": ["a=1&b=2", "a=1&a=2", "&&&", "=", "%"],
    "x-amz-storage-class": ["STANDARD", "GLACIER", "DEEP_ARCHIVE", "ICE"],
    "x-amz-meta-a": ["b", "ü", "x" * 2100],
    "x-amz-mp-object-size": ["5", "-5", "x"], "x-amz-max-parts": ["1", "-1"],
    "x-amz-object-attributes": ["ETag, ObjectParts", "Nothing", ","],
    "x-amz-part-number-marker": ["1", "x"], "x-amz-bypass-governance-retention": ["true"],
    "x-amz-expected-bucket-owner": ["somebody"], "x-amz-request-payer": ["requester"],
    "x-amz-checksum-algorithm": ["CRC32", "SHA256", "MD4"],
    "x-amz-sdk-checksum-algorithm": ["CRC32", "CRC64NVME", ""],
    "x-amz-checksum-type": ["FULL_OBJECT", "COMPOSITE", "HALF"],
    "x-amz-checksum-crc32": ["NhCmhg==", "bad", "AAAAAA=="], "x-amz-checksum-crc32c": ["mnG7TA=="],
    "x-amz-checksum-crc64nvme": ["M3eFcAZSQlc=", "x"], "x-amz-checksum-sha1": ["AA=="],
    "x-amz-checksum-sha256": ["LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="],
    "x-amz-checksum-mode": ["ENABLED"], "x-amz-trailer": ["x-amz-checksum-crc32", "x", ","],
    "x-amz-decoded-content-length": ["5", "-1", "99999999999999999999", "0"],
    "x-amz-server-side-encryption": ["AES256"], "x-amz-security-token": ["token"],
    "x-amz-write-offset-bytes": ["0"], "x-amz-object-lock-mode": ["COMPLIANCE"],
    "x-amz-website-redirect-location": ["/x"], "x-amz-date": ["20200101T000000Z", "now"],
    "Date": ["Sat, 21 Nov 2026 00:00:00 GMT", "x"], "Transfer-Encoding": ["chunked", "gzip"],
    "Connection": ["close", "upgrade"], "Host": ["bucket.localhost", "", "a:b:c", "[::1"],
    "Content-Length": ["0", "-1", "5x", "99999999999999999999", "3"],
    "X-HTTP-Method-Override": ["DELETE"], "TE": ["trailers"], "Trailer": ["x-amz-checksum-crc32"],
}
METHODS = ["GET", "PUT", "POST", "HEAD", "DELETE", "OPTIONS", "PATCH", "BREW", "get"]
