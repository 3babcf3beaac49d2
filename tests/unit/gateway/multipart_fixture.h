// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "s3/multipart_documents.h"
#include "unit/gateway/gateway_fixture.h"

#include <string>
#include <vector>

namespace slipway::gateway {

/// Uploads in parts of a few bytes.
class MultipartTest : public GatewayTest {
  protected:
    using Parts = std::vector<s3::ListedPart>;
    using Method = http::Method;

    MultipartTest() { store.part_bytes_min = 5; }

    static std::string target(const std::string& key, const std::string& id) {
        return path(key) + "?uploadId=" + id;
    }

    /// The id of a new upload.
    std::string begin(const std::string& key, Pairs headers = {}) {
        const Answer answer = send(Method::post, path(key) + "?uploads", std::move(headers));
        EXPECT_EQ(answer.status, 200) << answer.body;
        return s3::parse_create_multipart(answer.body).value().upload_id;
    }

    Answer upload(const std::string& key,
                  const std::string& id,
                  const std::string& number,
                  std::string body,
                  Pairs headers = {}) {
        return send(Method::put, path(key) + "?partNumber=" + number + "&uploadId=" + id,
                    std::move(headers), std::move(body));
    }

    /// Uploads a part and tells what completing needs to know of it.
    s3::ListedPart part(const std::string& key,
                        const std::string& id,
                        unsigned number,
                        std::string body,
                        Pairs headers = {}) {
        const Answer answer =
            upload(key, id, std::to_string(number), std::move(body), std::move(headers));
        EXPECT_EQ(answer.status, 200) << answer.body;
        s3::ListedPart done;
        done.number = number;
        done.etag = answer.header("ETag").substr(1, 32);
        return done;
    }

    Answer complete(const std::string& key,
                    const std::string& id,
                    const Parts& parts,
                    Pairs headers = {}) {
        return send(Method::post, target(key, id), std::move(headers),
                    s3::complete_multipart_request_xml(parts));
    }

    /// An object of the parts "part-1", "part-2!" and "end".
    void put_in_parts(const std::string& key, Pairs headers = {}) {
        const std::string id = begin(key, std::move(headers));
        const Parts parts = {part(key, id, 1, "part-1"), part(key, id, 2, "part-2!"),
                             part(key, id, 3, "end")};
        EXPECT_EQ(complete(key, id, parts).status, 200);
    }
};

}  // namespace slipway::gateway
