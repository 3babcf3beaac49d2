// SPDX-License-Identifier: Apache-2.0
// Reads one JSON object a line, signs, presigns or verifies, and writes one JSON object a line, so
// that a test in another language can hold our signatures against another implementation's.
//
//   {"op": "sign" | "presign" | "verify", "access_key_id", "secret_access_key", "session_token",
//    "region", "date": "20261121T050000Z", "method", "headers": [["name", "value"], ...], ...}
//   sign     + "target", "payload_hash"; answers {"headers": [...]}
//   presign  + "scheme_and_host", "path_prefix", "key", "query": [...], "expires_in"; answers
//   {"url"} verify   + "target"; answers {"verified": true, "bucket", "key"}
// A failure answers {"error": code, "message": words}.
#include "codec/json.h"
#include "codec/time.h"
#include "s3/sigv4.h"
#include "s3/target.h"

#include <iostream>
#include <string>
#include <vector>

namespace {

using namespace slipway;

std::string text_of(codec::JsonView object, std::string_view key) {
    return std::string(object[key].as_string().value_or(std::string_view()));
}

std::vector<s3::NameValue> pairs_of(codec::JsonView list) {
    std::vector<s3::NameValue> pairs;
    for (const codec::JsonView pair : list.elements()) {
        pairs.push_back(s3::NameValue{pair.at(0).as_string().value_or(std::string_view()),
                                      pair.at(1).as_string().value_or(std::string_view())});
    }
    return pairs;
}

s3::Credentials credentials_of(codec::JsonView job) {
    s3::Credentials credentials;
    credentials.access_key_id = text_of(job, "access_key_id");
    credentials.secret_access_key = Secret(text_of(job, "secret_access_key"));
    credentials.session_token = text_of(job, "session_token");
    return credentials;
}

http::Request request_of(codec::JsonView job) {
    http::Request request;
    request.method = http::parse_method(text_of(job, "method"));
    request.target = text_of(job, "target");
    for (const auto& [name, value] : pairs_of(job["headers"])) {
        request.headers.add(std::string(name), std::string(value));
    }
    return request;
}

Result<void> sign(codec::JsonView job, Time now, codec::JsonWriter& answer) {
    const s3::Signer signer(credentials_of(job), text_of(job, "region"));
    http::Request request = request_of(job);
    if (auto signed_now = signer.sign(request, text_of(job, "payload_hash"), now); !signed_now) {
        return signed_now;
    }
    answer.key("headers");
    answer.begin_array();
    for (const http::Header& header : request.headers) {
        answer.begin_array();
        answer.string(header.name);
        answer.string(header.value);
        answer.end_array();
    }
    answer.end_array();
    return {};
}

Result<void> presign(codec::JsonView job, Time now, codec::JsonWriter& answer) {
    const s3::Signer signer(credentials_of(job), text_of(job, "region"));
    const std::string scheme_and_host = text_of(job, "scheme_and_host");
    const std::string path_prefix = text_of(job, "path_prefix");
    const std::string key = text_of(job, "key");
    const auto query = pairs_of(job["query"]);
    const auto headers = pairs_of(job["headers"]);
    s3::PresignRequest request;
    request.method = http::parse_method(text_of(job, "method"));
    request.scheme_and_host = scheme_and_host;
    request.path_prefix = path_prefix;
    request.key = key;
    request.query = query;
    request.headers = headers;
    request.expires_in = std::chrono::seconds(job["expires_in"].as_int64().value_or(0));
    SLIPWAY_TRY(url, signer.presign(request, now));
    answer.member("url", url);
    return {};
}

Result<void> verify(codec::JsonView job, Time now, codec::JsonWriter& answer) {
    const http::Request request = request_of(job);
    SLIPWAY_TRY(claim, s3::parse_authorization(request));
    SLIPWAY_TRY(target, s3::parse_target(request));
    const s3::Signer signer(credentials_of(job), text_of(job, "region"));
    if (auto verified = signer.verify(request, claim, now); !verified) {
        return verified;
    }
    answer.member("verified", true);
    answer.member("bucket", target.bucket);
    answer.member("key", target.key);
    return {};
}

Result<void> run(codec::JsonView job, codec::JsonWriter& answer) {
    SLIPWAY_TRY(now, codec::parse_amz_date(text_of(job, "date")));
    const std::string op = text_of(job, "op");
    if (op == "sign") {
        return sign(job, now, answer);
    }
    if (op == "presign") {
        return presign(job, now, answer);
    }
    return op == "verify" ? verify(job, now, answer)
                          : fail(ErrorKind::invalid_argument, "no such op: " + op);
}

std::string answer_to(const std::string& line) {
    std::string out;
    codec::JsonWriter answer(out);
    answer.begin_object();
    const auto job = codec::parse_json(line);
    const Result<void> done = job ? run(job->root(), answer) : fail(job.error());
    if (!done) {
        answer.member("error", done.error().code);
        answer.member("message", done.error().message);
    }
    answer.end_object();
    return out;
}

}  // namespace

int main() {
    std::string line;
    while (std::getline(std::cin, line)) {
        std::cout << answer_to(line) << std::endl;
    }
    return 0;
}
