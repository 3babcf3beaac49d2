// SPDX-License-Identifier: Apache-2.0
#include "engine/content_type.h"

#include "codec/utf8.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace slipway::engine {
namespace {

using Named = std::pair<std::string_view, std::string_view>;

/// The extensions that are met most, with the types of IANA's registry (2026-11); where it has
/// none, those of freedesktop's shared-mime-info. Not generated from Debian's media-types: there
/// .ts is a translation of Qt's and .rs a list of SIP's, and .yaml, .log, .parquet and .m2ts are
/// missing. .ts is MPEG: whoever serves HLS from a bucket needs it, TypeScript is not served as
/// such.
constexpr auto by_extension = std::to_array<Named>({
    {"3g2", "video/3gpp2"},
    {"3gp", "video/3gpp"},
    {"7z", "application/x-7z-compressed"},
    {"aac", "audio/aac"},
    {"ai", "application/postscript"},
    {"aif", "audio/aiff"},
    {"aiff", "audio/aiff"},
    {"apk", "application/vnd.android.package-archive"},
    {"apng", "image/apng"},
    {"arrow", "application/vnd.apache.arrow.file"},
    {"atom", "application/atom+xml"},
    {"avi", "video/x-msvideo"},
    {"avif", "image/avif"},
    {"bib", "text/x-bibtex"},
    {"bin", "application/octet-stream"},
    {"bmp", "image/bmp"},
    {"bz2", "application/x-bzip2"},
    {"c", "text/x-csrc"},
    {"cab", "application/vnd.ms-cab-compressed"},
    {"cbor", "application/cbor"},
    {"cc", "text/x-c++src"},
    {"cer", "application/pkix-cert"},
    {"cpp", "text/x-c++src"},
    {"cr2", "image/x-canon-cr2"},
    {"cr3", "image/x-canon-cr3"},
    {"crt", "application/x-x509-ca-cert"},
    {"css", "text/css"},
    {"csv", "text/csv"},
    {"dcm", "application/dicom"},
    {"deb", "application/vnd.debian.binary-package"},
    {"djvu", "image/vnd.djvu"},
    {"dmg", "application/x-apple-diskimage"},
    {"dng", "image/x-adobe-dng"},
    {"doc", "application/msword"},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"dwg", "image/vnd.dwg"},
    {"dxf", "image/vnd.dxf"},
    {"eml", "message/rfc822"},
    {"eot", "application/vnd.ms-fontobject"},
    {"eps", "application/postscript"},
    {"epub", "application/epub+zip"},
    {"exe", "application/vnd.microsoft.portable-executable"},
    {"fits", "image/fits"},
    {"flac", "audio/flac"},
    {"flv", "video/x-flv"},
    {"geojson", "application/geo+json"},
    {"gif", "image/gif"},
    {"glb", "model/gltf-binary"},
    {"gltf", "model/gltf+json"},
    {"go", "text/x-go"},
    {"gpx", "application/gpx+xml"},
    {"gz", "application/gzip"},
    {"h", "text/x-chdr"},
    {"h5", "application/x-hdf5"},
    {"hdf5", "application/x-hdf5"},
    {"heic", "image/heic"},
    {"heif", "image/heif"},
    {"hpp", "text/x-c++hdr"},
    {"htm", "text/html"},
    {"html", "text/html"},
    {"ico", "image/vnd.microsoft.icon"},
    {"ics", "text/calendar"},
    {"ini", "text/plain"},
    {"ipynb", "application/x-ipynb+json"},
    {"iso", "application/x-iso9660-image"},
    {"jar", "application/java-archive"},
    {"java", "text/x-java"},
    {"jfif", "image/jpeg"},
    {"jp2", "image/jp2"},
    {"jpe", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},
    {"js", "text/javascript"},
    {"json", "application/json"},
    {"jsonl", "application/jsonl"},
    {"jsonld", "application/ld+json"},
    {"jxl", "image/jxl"},
    {"kml", "application/vnd.google-earth.kml+xml"},
    {"kmz", "application/vnd.google-earth.kmz"},
    {"las", "application/vnd.las"},
    {"log", "text/plain"},
    {"lz4", "application/x-lz4"},
    {"m2ts", "video/mp2t"},
    {"m3u", "audio/x-mpegurl"},
    {"m3u8", "application/vnd.apple.mpegurl"},
    {"m4a", "audio/mp4"},
    {"m4v", "video/mp4"},
    {"map", "application/json"},
    {"markdown", "text/markdown"},
    {"md", "text/markdown"},
    {"mid", "audio/midi"},
    {"midi", "audio/midi"},
    {"mjs", "text/javascript"},
    {"mkv", "video/x-matroska"},
    {"mobi", "application/x-mobipocket-ebook"},
    {"mov", "video/quicktime"},
    {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},
    {"mpd", "application/dash+xml"},
    {"mpeg", "video/mpeg"},
    {"mpg", "video/mpeg"},
    {"msg", "application/vnd.ms-outlook"},
    {"msi", "application/x-msi"},
    {"nc", "application/x-netcdf"},
    {"ndjson", "application/x-ndjson"},
    {"nef", "image/x-nikon-nef"},
    {"obj", "model/obj"},
    {"odg", "application/vnd.oasis.opendocument.graphics"},
    {"odp", "application/vnd.oasis.opendocument.presentation"},
    {"ods", "application/vnd.oasis.opendocument.spreadsheet"},
    {"odt", "application/vnd.oasis.opendocument.text"},
    {"oga", "audio/ogg"},
    {"ogg", "audio/ogg"},
    {"ogv", "video/ogg"},
    {"opus", "audio/ogg"},
    {"otf", "font/otf"},
    {"p12", "application/pkcs12"},
    {"parquet", "application/vnd.apache.parquet"},
    {"pdf", "application/pdf"},
    {"pem", "application/x-pem-file"},
    {"php", "application/x-httpd-php"},
    {"png", "image/png"},
    {"pps", "application/vnd.ms-powerpoint"},
    {"ppt", "application/vnd.ms-powerpoint"},
    {"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {"ps", "application/postscript"},
    {"psd", "image/vnd.adobe.photoshop"},
    {"py", "text/x-python"},
    {"rar", "application/vnd.rar"},
    {"rb", "text/x-ruby"},
    {"rpm", "application/x-rpm"},
    {"rs", "text/rust"},
    {"rss", "application/rss+xml"},
    {"rtf", "application/rtf"},
    {"sh", "application/x-sh"},
    {"sql", "application/sql"},
    {"sqlite", "application/vnd.sqlite3"},
    {"sqlite3", "application/vnd.sqlite3"},
    {"srt", "application/x-subrip"},
    {"step", "model/step"},
    {"stl", "model/stl"},
    {"stp", "model/step"},
    {"svg", "image/svg+xml"},
    {"tar", "application/x-tar"},
    {"tex", "text/x-tex"},
    {"tgz", "application/gzip"},
    {"tif", "image/tiff"},
    {"tiff", "image/tiff"},
    {"toml", "application/toml"},
    {"torrent", "application/x-bittorrent"},
    {"ts", "video/mp2t"},
    {"tsv", "text/tab-separated-values"},
    {"ttc", "font/collection"},
    {"ttf", "font/ttf"},
    {"txt", "text/plain"},
    {"usdz", "model/vnd.usdz+zip"},
    {"vcf", "text/vcard"},
    {"vsd", "application/vnd.visio"},
    {"vtt", "text/vtt"},
    {"warc", "application/warc"},
    {"wasm", "application/wasm"},
    {"wav", "audio/wav"},
    {"weba", "audio/webm"},
    {"webm", "video/webm"},
    {"webmanifest", "application/manifest+json"},
    {"webp", "image/webp"},
    {"wma", "audio/x-ms-wma"},
    {"wmv", "video/x-ms-wmv"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
    {"xhtml", "application/xhtml+xml"},
    {"xls", "application/vnd.ms-excel"},
    {"xlsb", "application/vnd.ms-excel.sheet.binary.macroEnabled.12"},
    {"xlsm", "application/vnd.ms-excel.sheet.macroEnabled.12"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"xml", "application/xml"},
    {"xsl", "application/xslt+xml"},
    {"xslt", "application/xslt+xml"},
    {"xz", "application/x-xz"},
    {"yaml", "application/yaml"},
    {"yml", "application/yaml"},
    {"zip", "application/zip"},
    {"zst", "application/zstd"},
});

constexpr bool sorted = [] {
    for (std::size_t i = 1; i < by_extension.size(); ++i) {
        if (by_extension[i - 1].first >= by_extension[i].first) {
            return false;
        }
    }
    return true;
}();
static_assert(sorted, "binary search needs order, and each extension once");

constexpr std::size_t extension_bytes_max = 11;  // webmanifest

using namespace std::string_view_literals;

/// What files begin with.
constexpr auto by_magic = std::to_array<Named>({
    {"\x89PNG\r\n\x1a\n"sv, "image/png"},
    {"\xff\xd8\xff"sv, "image/jpeg"},
    {"GIF87a"sv, "image/gif"},
    {"GIF89a"sv, "image/gif"},
    {"II*\0"sv, "image/tiff"},
    {"MM\0*"sv, "image/tiff"},
    {"%PDF-"sv, "application/pdf"},
    {"%!PS"sv, "application/postscript"},
    {"PK\x03\x04"sv, "application/zip"},
    {"PK\x05\x06"sv, "application/zip"},
    {"\x1f\x8b\x08"sv, "application/gzip"},
    {"BZh"sv, "application/x-bzip2"},
    {"\xfd\x37zXZ\0"sv, "application/x-xz"},
    {"\x28\xb5\x2f\xfd"sv, "application/zstd"},
    {"7z\xbc\xaf\x27\x1c"sv, "application/x-7z-compressed"},
    {"OggS"sv, "application/ogg"},
    {"fLaC"sv, "audio/flac"},
    {"ID3"sv, "audio/mpeg"},
    {"\xff\xfb"sv, "audio/mpeg"},
    {"\xff\xf3"sv, "audio/mpeg"},
    {"\xff\xf2"sv, "audio/mpeg"},
    {"SQLite format 3\0"sv, "application/vnd.sqlite3"},
    {"PAR1"sv, "application/vnd.apache.parquet"},
    {"\0asm"sv, "application/wasm"},
    {"wOF2"sv, "font/woff2"},
});

/// The brands of ISO base media files; the others are MP4.
constexpr auto by_brand = std::to_array<Named>({
    {"avif", "image/avif"},
    {"avis", "image/avif"},
    {"heic", "image/heic"},
    {"heix", "image/heic"},
    {"heim", "image/heic"},
    {"heis", "image/heic"},
    {"hevc", "image/heic"},
    {"hevx", "image/heic"},
    {"mif1", "image/heif"},
    {"msf1", "image/heif"},
    {"M4A ", "audio/mp4"},
    {"M4B ", "audio/mp4"},
    {"qt  ", "video/quicktime"},
});

std::string_view type_of_brand(std::string_view brand) {
    const auto* known = std::ranges::find(by_brand, brand, &Named::first);
    return known == by_brand.end() ? std::string_view() : known->second;
}

/// ISO base media: a box of its own size, "ftyp", the major brand, a version, and brands it is
/// compatible with. HEIF's general brand says less than the one behind it.
std::string_view type_of_ftyp(std::string_view bytes) {
    const std::string_view major = type_of_brand(bytes.substr(8, 4));
    if (major != "image/heif") {
        return major.empty() ? "video/mp4" : major;
    }
    for (std::size_t at = 16; at + 4 <= bytes.size(); at += 4) {
        const std::string_view type = type_of_brand(bytes.substr(at, 4));
        if (type == "image/avif" || type == "image/heic") {
            return type;
        }
    }
    return major;
}

std::string_view type_of_riff(std::string_view bytes) {
    const std::string_view form = bytes.substr(8, 4);
    if (form == "WEBP") {
        return "image/webp";
    }
    if (form == "WAVE") {
        return "audio/wav";
    }
    return form == "AVI " ? "video/x-msvideo" : std::string_view();
}

bool is_control(unsigned char byte) {
    const bool of_text = byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f';
    return (byte < 0x20 && !of_text) || byte == 0x7f;
}

/// UTF-8 that may end within a character, as what was cut off a longer text does.
bool is_text(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t sequence = codec::utf8_sequence_bytes(bytes);
        if (sequence == 0) {
            return bytes.size() < 4 && static_cast<unsigned char>(bytes.front()) >= 0xc2 &&
                   std::all_of(bytes.begin() + 1, bytes.end(),
                               [](char c) { return (static_cast<unsigned char>(c) >> 6U) == 2; });
        }
        if (is_control(static_cast<unsigned char>(bytes.front()))) {
            return false;
        }
        bytes.remove_prefix(sequence);
    }
    return true;
}

}  // namespace

std::string_view content_type_by_name(std::string_view name) {
    const std::size_t dot = name.rfind('.');
    // ".png" is a hidden file without an extension.
    if (dot == std::string_view::npos || dot == 0 || name.size() - dot - 1 > extension_bytes_max) {
        return {};
    }
    std::string extension(name.substr(dot + 1));
    std::ranges::transform(extension, extension.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    const auto* known = std::ranges::lower_bound(by_extension, extension, {}, &Named::first);
    return known != by_extension.end() && known->first == extension ? known->second
                                                                    : std::string_view();
}

std::string_view content_type_by_bytes(std::string_view first_bytes) {
    for (const auto& [magic, type] : by_magic) {
        if (first_bytes.starts_with(magic)) {
            return type;
        }
    }
    std::string_view type;
    if (first_bytes.size() >= 12 && first_bytes.substr(4, 4) == "ftyp") {
        type = type_of_ftyp(first_bytes);
    } else if (first_bytes.size() >= 12 && first_bytes.starts_with("RIFF")) {
        type = type_of_riff(first_bytes);
    } else if (first_bytes.starts_with("\x1a\x45\xdf\xa3")) {
        const bool webm = first_bytes.find("webm") != std::string_view::npos;
        type = webm ? "video/webm" : "video/x-matroska";
    } else if (!first_bytes.empty() && is_text(first_bytes)) {
        type = "text/plain";
    }
    return type.empty() ? "application/octet-stream" : type;
}

std::string_view content_type_of(std::string_view name, std::string_view first_bytes) {
    const std::string_view type = content_type_by_name(name);
    return type.empty() ? content_type_by_bytes(first_bytes) : type;
}

}  // namespace slipway::engine
