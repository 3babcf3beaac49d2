// SPDX-License-Identifier: Apache-2.0
#include "engine/content_type.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace slipway::engine {
namespace {

using namespace std::string_view_literals;

TEST(ContentType, TheExtensionSaysIt) {
    const std::map<std::string_view, std::string_view> types = {
        {"index.html", "text/html"},
        {"IMG_0001.JPG", "image/jpeg"},
        {"film.Mp4", "video/mp4"},
        {"archive.tar.gz", "application/gzip"},
        {"segment.ts", "video/mp2t"},
        {"app.webmanifest", "application/manifest+json"},
        {"3.3g2", "video/3gpp2"},
        {"a.zst", "application/zstd"},
        {"table.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    };
    for (const auto& [name, type] : types) {
        EXPECT_EQ(content_type_by_name(name), type) << name;
    }
}

TEST(ContentType, ANameMaySayNothing) {
    for (const auto name : {"", "README", ".png", "a.", "a.unheard-of", "png", "v1.2",
                            "a.webmanifesto", "a.zzz", "a.\xff\xfe", "."}) {
        EXPECT_EQ(content_type_by_name(name), "") << name;
    }
}

TEST(ContentType, FirstBytesSayIt) {
    const std::map<std::string_view, std::string_view> types = {
        {"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"sv, "image/png"},
        {"\xff\xd8\xff\xe0\0\x10JFIF"sv, "image/jpeg"},
        {"GIF89a\1\0\1\0"sv, "image/gif"},
        {"RIFF\x24\0\0\0WEBPVP8 "sv, "image/webp"},
        {"RIFF\x24\0\0\0WAVEfmt "sv, "audio/wav"},
        {"%PDF-1.7\n%\xe2\xe3"sv, "application/pdf"},
        {"PK\x03\x04\x14\0"sv, "application/zip"},
        {"\x1f\x8b\x08\0"sv, "application/gzip"},
        {"\0\0\0\x20"
         "ftypisom\0\0\2\0isomiso2"sv,
         "video/mp4"},
        {"\0\0\0\x20"
         "ftypqt  \0\0\2\0qt  "sv,
         "video/quicktime"},
        {"\0\0\0\x1c"
         "ftypavif\0\0\0\0avifmif1"sv,
         "image/avif"},
        {"\0\0\0\x18"
         "ftypheic\0\0\0\0mif1heic"sv,
         "image/heic"},
        {"\0\0\0\x1c"
         "ftypmif1\0\0\0\0mif1avif"sv,
         "image/avif"},
        {"\0\0\0\x14"
         "ftypmif1\0\0\0\0mif1"sv,
         "image/heif"},
        {"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1\x42\x82\x84webm"sv, "video/webm"},
        {"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1\x42\x82\x88matroska"sv, "video/x-matroska"},
        {"ID3\4\0"sv, "audio/mpeg"},
        {"\xff\xfb\x90\x64"sv, "audio/mpeg"},
        {"#!/bin/sh\necho\tgr\xc3\xbc\xc3\x9f\x65\r\n"sv, "text/plain"},
    };
    for (const auto& [bytes, type] : types) {
        EXPECT_EQ(content_type_by_bytes(bytes), type) << bytes;
    }
}

TEST(ContentType, BytesMaySayNothing) {
    for (const auto bytes :
         {""sv, "\0\1\2"sv, "text\0text"sv, "gr\xfc\xdf"sv, "\x1b[31mred"sv,
          "\0\0\0\x20"
          "ftyp"sv,
          "\xc3\xc3"sv, "text\x80"sv, "text\xf0\x9f\x41"sv, "RIFF\0\0\0\0????"sv}) {
        EXPECT_EQ(content_type_by_bytes(bytes), "application/octet-stream") << bytes;
    }
}

TEST(ContentType, TextMayBeCutWithinACharacter) {
    const std::string text = "ab\xf0\x9f\x98\x80";  // three bytes of four are still its beginning
    for (std::size_t size = 1; size <= text.size(); ++size) {
        EXPECT_EQ(content_type_by_bytes(text.substr(0, size)), "text/plain") << size;
    }
}

TEST(ContentType, TheNameGoesBeforeTheBytes) {
    EXPECT_EQ(content_type_of("a.txt", "%PDF-1.4"), "text/plain");
    EXPECT_EQ(content_type_of("a", "%PDF-1.4"), "application/pdf");
    EXPECT_EQ(content_type_of("a", ""), "application/octet-stream");
}

}  // namespace
}  // namespace slipway::engine
