// SPDX-License-Identifier: Apache-2.0
#include "http/form_data.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace slipway::http {
namespace {

using Kind = FormEvent::Kind;

/// A form as read: parts with their data, and how it ended.
struct Read {
    std::vector<std::pair<FormPart, std::string>> parts;
    std::size_t ended = 0;  // of them
    bool form_ended = false;
    std::string code;  // of the error
    std::string message;

    friend bool operator==(const Read&, const Read&) = default;
};

void feed(FormDataParser& parser, std::string_view bytes, Read& read) {
    while (read.code.empty()) {
        const auto event = parser.next(bytes);
        if (!event) {
            read.code = event.error().code;
            read.message = event.error().message;
            return;
        }
        switch (event->kind) {
            case Kind::none:
                EXPECT_TRUE(bytes.empty());
                return;
            case Kind::part_begin:
                read.parts.emplace_back(parser.part(), "");
                break;
            case Kind::data:
                EXPECT_FALSE(event->data.empty());
                read.parts.back().second.append(event->data);
                break;
            case Kind::part_end:
                ++read.ended;
                break;
            case Kind::form_end:
                read.form_ended = true;
                break;
        }
    }
}

void end(const FormDataParser& parser, Read& read) {
    const auto finished = parser.finish();
    if (read.code.empty() && !finished) {
        read.code = finished.error().code;
        read.message = finished.error().message;
    }
}

Read read_form(std::string_view boundary, std::string_view body, std::size_t split = 0) {
    FormDataParser parser(boundary);
    Read read;
    feed(parser, body.substr(0, split), read);
    feed(parser, body.substr(split), read);
    end(parser, read);
    return read;
}

Read read_in_pieces(std::string_view boundary, std::string_view body, std::size_t piece) {
    FormDataParser parser(boundary);
    Read read;
    for (; !body.empty(); body.remove_prefix(std::min(piece, body.size()))) {
        feed(parser, body.substr(0, piece), read);
    }
    end(parser, read);
    return read;
}

std::string part(std::string_view headers, std::string_view data) {
    return "--xyz\r\nContent-Disposition: form-data; " + std::string(headers) + "\r\n\r\n" +
           std::string(data) + "\r\n";
}

/// One that has all there is: fields and files, near-boundaries in the data, preamble, epilogue.
std::string everything() {
    return "a preamble\r\n" + part("name=\"file_category\"", "kyc") +
           part("name=\"photo\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg",
                "\r\n--xy\r\n--x\r\r\n\r\n--xyY-\n--xyz") +
           part("name=\"empty\"; filename=\"\"\r\nContent-Type: application/octet-stream", "") +
           part("name=\"last\"; filename=b.txt", "\r\n") + "--xyz--\r\nan epilogue\r\n";
}

TEST(FormDataTest, FieldsAndFilesComeInOrder) {
    const Read read = read_form("xyz", everything());
    EXPECT_EQ(read.message, "");
    EXPECT_TRUE(read.form_ended);
    ASSERT_EQ(read.parts.size(), 4U);
    EXPECT_EQ(read.ended, 4U);
    EXPECT_EQ(read.parts[0].first, (FormPart{"file_category", std::nullopt, ""}));
    EXPECT_EQ(read.parts[0].second, "kyc");
    EXPECT_EQ(read.parts[1].first, (FormPart{"photo", "a.jpg", "image/jpeg"}));
    EXPECT_EQ(read.parts[1].second, "\r\n--xy\r\n--x\r\r\n\r\n--xyY-\n--xyz");
    EXPECT_EQ(read.parts[2].first, (FormPart{"empty", "", "application/octet-stream"}));
    EXPECT_EQ(read.parts[2].second, "");
    EXPECT_EQ(read.parts[3].first, (FormPart{"last", "b.txt", ""}));
    EXPECT_EQ(read.parts[3].second, "\r\n");
}

TEST(FormDataTest, WhereItIsSplitMakesNoDifference) {
    const std::string body = everything();
    const Read whole = read_form("xyz", body);
    for (std::size_t split = 0; split <= body.size(); ++split) {
        ASSERT_EQ(read_form("xyz", body, split), whole) << "split at " << split;
    }
    for (std::size_t piece = 1; piece < 40; ++piece) {
        ASSERT_EQ(read_in_pieces("xyz", body, piece), whole) << "pieces of " << piece;
    }
}

TEST(FormDataTest, ABoundaryIsFoundWhereverItIsInLargeData) {
    for (std::size_t size = 0; size < 300; ++size) {
        // Full of what begins and ends as the delimiter "\r\n--xyz" does, or is cut off.
        std::string data;
        while (data.size() < size) {
            data += data.size() % 3 == 0 ? "\r\n--xyYz" : "\r......z\r\n--xy";
        }
        data.resize(size);
        const Read read = read_form("xyz", part("name=\"f\"; filename=f", data) + "--xyz--\r\n");
        ASSERT_EQ(read.message, "") << size;
        ASSERT_EQ(read.parts.size(), 1U) << size;
        ASSERT_EQ(read.parts[0].second, data) << size;
    }
}

TEST(FormDataTest, CutAnywhereItIsTruncated) {
    const std::string body = everything();
    const std::size_t form_end = body.find("--xyz--") + 7;
    for (std::size_t size = body.find("--xyz") + 5; size < form_end; ++size) {
        const Read read = read_form("xyz", body.substr(0, size));
        ASSERT_EQ(read.code, "truncated_form") << size;
        ASSERT_FALSE(read.form_ended);
    }
    EXPECT_EQ(read_form("xyz", body.substr(0, form_end)).code, "");
}

TEST(FormDataTest, DataAreViewsOfWhatWasGiven) {
    FormDataParser parser("xyz");
    std::string body = part("name=a; filename=b", std::string(1000, 'x'));
    body.resize(body.size() - 2);
    std::string_view rest = body;
    EXPECT_EQ(parser.next(rest)->kind, Kind::part_begin);
    const auto event = parser.next(rest);
    EXPECT_EQ(event->data.size(), 1000U);
    EXPECT_EQ(event->data.data() + 1000, body.data() + body.size());
    EXPECT_FALSE(event->held);

    // What could begin a boundary is held back as a number, and comes from the parser's own copy.
    rest = "\r\n--x";
    EXPECT_EQ(parser.next(rest)->kind, Kind::none);
    rest = "!";
    const auto held = parser.next(rest);
    EXPECT_EQ(held->data, "\r\n--x");
    EXPECT_TRUE(held->held);
    EXPECT_EQ(parser.next(rest)->data, "!");
}

FormPart part_of(const std::string& headers) {
    const Read read = read_form("xyz", part(headers, "") + "--xyz--");
    EXPECT_EQ(read.message, "");
    return read.parts.empty() ? FormPart() : read.parts.front().first;
}

TEST(FormDataTest, NamesAreReadAsBrowsersWriteThem) {
    // Chromium, Firefox and Safari since 2021, after the WHATWG's rule.
    EXPECT_EQ(part_of("name=\"a%22b%0D%0Ac\"; filename=\"x\"").name, "a\"b\r\nc");
    EXPECT_EQ(part_of("name=\"a\"; filename=\"100%25.txt\"").file_name, "100%25.txt");
    // Older ones and libraries: backslashes, and Internet Explorer's paths.
    EXPECT_EQ(part_of("name=\"a\"; filename=\"say \\\"hi\\\" \\\\o.txt\"").file_name,
              "say \"hi\" \\o.txt");
    EXPECT_EQ(part_of("name=\"a\"; filename=\"C:\\fakepath\\a.jpg\"").file_name,
              "C:\\fakepath\\a.jpg");
    EXPECT_EQ(part_of("name=\"日本語\"; filename=\"übung; 1.txt\"").file_name, "übung; 1.txt");
    EXPECT_EQ(part_of("name=\"日本語\"; filename=\"x\"").name, "日本語");
    EXPECT_EQ(part_of("name=plain ; filename= token.txt").file_name, "token.txt");
    EXPECT_EQ(part_of("name=plain ; filename= token.txt").name, "plain");
    EXPECT_EQ(part_of("filename=\"name=\\\"x\\\"\"; name=\"real\"").name, "real");
    EXPECT_EQ(part_of("name=\"a\"").file_name, std::nullopt);
}

TEST(FormDataTest, TheExtendedFileNameCountsWhereThereIsNoOther) {
    EXPECT_EQ(part_of("name=a; filename*=UTF-8''na%C3%AFve.txt").file_name, "naïve.txt");
    EXPECT_EQ(part_of("name=a; filename*=UTF-8''x.txt; filename=\"y.txt\"").file_name, "y.txt");
    EXPECT_EQ(part_of("name=a; filename=\"y.txt\"; filename*=utf-8'en'x.txt").file_name, "y.txt");
    EXPECT_EQ(part_of("name=a; filename*=latin9''x.txt").file_name, std::nullopt);
}

TEST(FormDataTest, HeadersMayBeInAnyCaseAndFolded) {
    const Read read =
        read_form("xyz",
                  "--xyz \t\r\ncontent-type:text/plain\r\nX-Other: name=no\r\n"
                  "CONTENT-DISPOSITION: form-data;\r\n\tname=\"a\"\r\n\r\nb\r\n--xyz--");
    ASSERT_EQ(read.parts.size(), 1U) << read.message;
    EXPECT_EQ(read.parts[0].first, (FormPart{"a", std::nullopt, "text/plain"}));
}

TEST(FormDataTest, AFormMayHaveNoParts) {
    const Read read = read_form("xyz", "--xyz--\r\n");
    EXPECT_TRUE(read.form_ended);
    EXPECT_EQ(read.code, "");
    EXPECT_TRUE(read.parts.empty());
}

TEST(FormDataTest, AWrongBoundaryIsToldAsOne) {
    const std::string body = part("name=a", "b") + "--xyz--";
    EXPECT_EQ(read_form("abc", body).code, "wrong_boundary");
    EXPECT_NE(read_form("abc", body).message.find("--abc"), std::string::npos);
    EXPECT_EQ(read_form("abc", "").code, "wrong_boundary");
    // Not only at the end of all bytes.
    FormDataParser parser("abc");
    Read read;
    feed(parser, std::string(limits::form_outside_bytes_max + 1, 'x'), read);
    EXPECT_EQ(read.code, "wrong_boundary");
    // A boundary of which this one is a beginning.
    EXPECT_EQ(read_form("xy", body).code, "malformed_form");
}

TEST(FormDataTest, WhatIsMalformedIsRefused) {
    EXPECT_EQ(read_form("xyz", "--xyz\r\nContent-Type: text/plain\r\n\r\nb\r\n--xyz--").code,
              "malformed_form");
    EXPECT_EQ(read_form("xyz", "--xyz\r\nContent-Disposition: form-data\r\n\r\nb").code,
              "malformed_form");
    EXPECT_EQ(read_form("xyz", "--xyz\r\n\r\nb").code, "malformed_form");
    EXPECT_EQ(
        read_form("xyz", "--xyz--" + std::string(limits::form_outside_bytes_max + 1, 'x')).code,
        "malformed_form");
    EXPECT_EQ(read_form("xyz", "--xyz" + std::string(100, ' ')).code, "malformed_form");
}

TEST(FormDataTest, LimitsHold) {
    std::string body;
    for (std::size_t i = 0; i < limits::form_parts_max; ++i) {
        body += part("name=a", "");
    }
    EXPECT_EQ(read_form("xyz", body + "--xyz--").code, "");
    EXPECT_EQ(read_form("xyz", body + part("name=a", "") + "--xyz--").code, "too_many_parts");
    EXPECT_EQ(read_form("xyz", part("name=a; x=" + std::string(20'000, 'x'), "")).code,
              "part_header_too_large");
    EXPECT_EQ(read_in_pieces("xyz", "--xyz\r\n" + std::string(20'000, 'x'), 100).code,
              "part_header_too_large");
}

TEST(FormBoundaryTest, IsTakenFromTheContentType) {
    EXPECT_EQ(form_boundary("multipart/form-data; boundary=xyz"), "xyz");
    EXPECT_EQ(form_boundary("Multipart/Form-Data;charset=utf-8; Boundary=\"a b'()+_,-./:=?\""),
              "a b'()+_,-./:=?");
    EXPECT_EQ(form_boundary("multipart/form-data").error().code, "no_boundary");
    EXPECT_EQ(form_boundary("multipart/form-data; boundary=").error().code, "no_boundary");
    EXPECT_EQ(form_boundary("multipart/form-data; boundary=" + std::string(71, 'x')).error().code,
              "no_boundary");
    EXPECT_EQ(form_boundary("multipart/form-data; boundary=\"a\x01\"").error().code, "no_boundary");
    EXPECT_EQ(form_boundary("application/json").error().code, "not_a_form");
    EXPECT_EQ(form_boundary("").error().code, "not_a_form");
}

TEST(HeaderParameterTest, FindsTheOneOfThatName) {
    EXPECT_EQ(header_parameter("attachment; filename=\"a.jpg\"", "filename"), "a.jpg");
    EXPECT_EQ(header_parameter("attachment; x; y=1;filename=b", "filename"), "b");
    EXPECT_EQ(header_parameter("attachment", "filename"), std::nullopt);
    EXPECT_EQ(header_parameter("attachment; filename=\"unfinished", "filename"), "unfinished");
}

}  // namespace
}  // namespace slipway::http
