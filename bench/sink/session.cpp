// SPDX-License-Identifier: Apache-2.0
#include "session.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <thread>

namespace slipway::sink {

namespace {

constexpr std::size_t read_bytes = 4096;
constexpr std::size_t head_bytes_max = 64U << 10U;
constexpr std::size_t tail_bytes = 256;  // an aws-chunked body's last chunk and its trailer
constexpr std::string_view xml_start = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
constexpr std::string_view xml_namespace = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";
// With a dash, as a multipart upload's, so that no client takes it for the MD5.
constexpr std::string_view etag = "\"00000000000000000000000000000000-1\"";

std::string http_date() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::array<char, 40> text{};
    return {text.data(),
            std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc)};
}

// Numbers 0 to 1 that look random (splitmix64's finaliser), the same for the same seed and index.
double uniform(std::uint64_t seed, std::uint64_t index) {
    std::uint64_t x = seed * 0x9e3779b97f4a7c15ULL + index * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
    return static_cast<double>((x ^ (x >> 31U)) >> 11U) * 0x1p-53;
}

std::string element(std::string_view name, std::string_view content) {
    return std::string(xml_start)
        .append("<")
        .append(name)
        .append(xml_namespace)
        .append(">")
        .append(content)
        .append("</")
        .append(name)
        .append(">");
}

std::string place(const Request& request) {
    const auto slash = request.path.find('/', 1);
    return "<Bucket>" + request.path.substr(1, slash - 1) + "</Bucket><Key>" +
           request.path.substr(slash + 1) + "</Key>";
}

std::string etag_line() {
    return std::string("ETag: ").append(etag).append("\r\n");
}

}  // namespace

void Session::run() {
    while (read_head()) {
        const auto request = parse_request(head_);
        if (!request)
            return;
        ++counts_.requests;
        is_head_ = request->method == "HEAD";
        if (!serve(*request) || request->closes)
            return;
    }
}

bool Session::fill() {
    const std::size_t had = buffer_.size();
    buffer_.resize(had + read_bytes);
    const std::size_t got = transport_.read(buffer_.data() + had, read_bytes);
    buffer_.resize(had + got);
    return got > 0;
}

bool Session::read_head() {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
        if (buffer_.size() > head_bytes_max || !fill())
            return false;
    }
    head_ = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    return true;
}

bool Session::read_line(std::string& line) {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n")) == std::string::npos) {
        if (buffer_.size() > head_bytes_max || !fill())
            return false;
    }
    line = buffer_.substr(0, end);
    buffer_.erase(0, end + 2);
    return true;
}

bool Session::discard(std::uint64_t count) {
    const auto held = std::min<std::uint64_t>(count, buffer_.size());
    buffer_.erase(0, held);
    return transport_.discard(count - held);
}

bool Session::read_chunks(std::uint64_t& size, std::string& tail) {
    for (std::string line; read_line(line);) {
        std::uint64_t left = std::strtoull(line.c_str(), nullptr, 16);
        size += left;
        while (left > 0) {
            if (buffer_.empty() && !fill())
                return false;
            const auto step = std::min<std::uint64_t>(left, buffer_.size());
            tail.append(buffer_, 0, step);
            tail.erase(0, tail.size() - std::min(tail.size(), tail_bytes));
            buffer_.erase(0, step);
            left -= step;
        }
        const bool last = std::strtoull(line.c_str(), nullptr, 16) == 0;
        if (!read_line(line))
            return false;
        if (last) {
            while (!line.empty()) {
                if (!read_line(line))
                    return false;
            }
            return true;
        }
    }
    return false;
}

Session::Body Session::read_body(const Request& request) {
    if (request.expects_continue) {
        ++counts_.continues;
        transport_.write("HTTP/1.1 100 Continue\r\n\r\n");
    }
    Body body{.whole = false, .size = request.length, .checksums = request.checksums};
    std::string tail;
    if (request.chunked) {
        body.size = 0;
        body.whole = read_chunks(body.size, tail);
    } else if (request.has_trailer) {
        const auto end = std::min<std::uint64_t>(tail_bytes, request.length);
        body.whole = discard(request.length - end);
        while (body.whole && buffer_.size() < end)
            body.whole = fill();
        tail = buffer_.substr(0, end);
        buffer_.erase(0, end);
    } else {
        body.whole = discard(request.length);
    }
    if (request.has_trailer)
        body.checksums += trailing_checksum(tail);
    counts_.bytes += body.whole ? body.size : 0;
    body.size = request.decoded_length.value_or(body.size);
    return body;
}

Session::Fault Session::next_fault() {
    const double roll = uniform(options_.seed, counts_.data_requests++);
    if (roll < options_.slow_down)
        return Fault::slow_down;
    return roll < options_.slow_down + options_.reset ? Fault::reset : Fault::none;
}

bool Session::take_data(const Request& request) {
    const Fault fault = next_fault();
    if (fault == Fault::reset) {
        ++counts_.resets;
        discard(request.length / 2);
        transport_.reset();
        return false;
    }
    const Body body = read_body(request);
    if (!body.whole)
        return false;
    counts_.checksums += body.checksums.empty() ? 0 : 1;
    if (options_.delay.count() > 0)
        std::this_thread::sleep_for(options_.delay);
    if (fault == Fault::slow_down) {
        ++counts_.slow_downs;
        return fail("503 Slow Down", "SlowDown");
    }
    if (const auto upload = request.parameter("uploadId")) {
        const auto number = request.parameter("partNumber").value_or("0");
        const auto part = static_cast<unsigned>(std::strtoul(number.data(), nullptr, 10));
        if (!arrivals_.put_part(*upload, part, body.size))
            return fail("404 Not Found", "NoSuchUpload");
    } else {
        arrivals_.put(request.path, body.size);
    }
    return answer("200 OK", etag_line() + body.checksums);
}

bool Session::serve(const Request& request) {
    if (request.method == "PUT" && request.names_object()) {
        counts_.in_flight.enter();
        const bool goes_on = take_data(request);
        counts_.in_flight.leave();
        return goes_on;
    }
    const Body body = read_body(request);
    if (!body.whole)
        return false;
    if (request.method == "POST")
        return post(request, body);
    if (request.method == "PUT")
        return answer("200 OK", "");
    if (request.method == "GET" || request.method == "HEAD")
        return look_up(request);
    if (request.method == "DELETE") {
        if (const auto upload = request.parameter("uploadId"))
            arrivals_.abort(*upload);
        else
            arrivals_.remove(request.path);
        return answer("204 No Content", "");
    }
    return fail("405 Method Not Allowed", "MethodNotAllowed");
}

bool Session::post(const Request& request, const Body& body) {
    if (request.parameter("uploads")) {
        return answer(
            "200 OK", "",
            element("InitiateMultipartUploadResult",
                    place(request) + "<UploadId>" + arrivals_.start_upload() + "</UploadId>"));
    }
    if (const auto upload = request.parameter("uploadId")) {
        if (!arrivals_.complete(*upload, request.path))
            return fail("404 Not Found", "NoSuchUpload");
        return answer("200 OK", body.checksums,
                      element("CompleteMultipartUploadResult",
                              place(request) + "<ETag>" + std::string(etag) + "</ETag>"));
    }
    return fail("501 Not Implemented", "NotImplemented");
}

bool Session::look_up(const Request& request) {
    if (request.path == "/") {
        return answer("200 OK", "", element("ListAllMyBucketsResult", "<Buckets></Buckets>"));
    }
    if (request.names_object()) {
        const std::int64_t size = arrivals_.size_of(request.path);
        if (size < 0 || request.method == "GET")
            return fail("404 Not Found", "NoSuchKey");
        return answer("200 OK", etag_line() + "Last-Modified: " + http_date() + "\r\n", "", size);
    }
    if (request.parameter("location"))
        return answer("200 OK", "", element("LocationConstraint", ""));
    if (request.parameter("versioning"))
        return answer("200 OK", "", element("VersioningConfiguration", ""));
    if (request.parameter("object-lock"))
        return fail("404 Not Found", "ObjectLockConfigurationNotFoundError");
    return answer("200 OK", "x-amz-bucket-region: us-east-1\r\n",
                  is_head_ ? ""
                           : element("ListBucketResult",
                                     "<KeyCount>0</KeyCount><MaxKeys>1000</MaxKeys>"
                                     "<IsTruncated>false</IsTruncated>"));
}

bool Session::fail(std::string_view status, std::string_view code) {
    const std::string document = "<Code>" + std::string(code) + "</Code><Message>the sink's " +
                                 std::string(status) + "</Message>";
    return answer(status, "",
                  is_head_ ? "" : std::string(xml_start) + "<Error>" + document + "</Error>");
}

bool Session::answer(std::string_view status,
                     std::string_view headers,
                     std::string_view body,
                     std::int64_t length) {
    std::string text = "HTTP/1.1 ";
    text.reserve(512 + body.size());
    text.append(status).append("\r\nServer: sink\r\nDate: ").append(http_date());
    text.append("\r\nx-amz-request-id: 1\r\n").append(headers);
    if (!body.empty())
        text.append("Content-Type: application/xml\r\n");
    text.append("Content-Length: ");
    text.append(std::to_string(length < 0 ? static_cast<std::int64_t>(body.size()) : length));
    text.append("\r\n\r\n").append(body);
    return transport_.write(text);
}

}  // namespace slipway::sink
