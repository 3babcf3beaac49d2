// SPDX-License-Identifier: Apache-2.0
#include "cli/settings.h"
#include "cli/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <type_traits>
#include <utility>

namespace slipway::cli {
namespace {

using Text = std::string ServeOptions::*;
using List = std::vector<std::string> ServeOptions::*;
using Check = Result<void> (*)(std::string_view);

Result<void> any(std::string_view) {
    return {};
}

Result<void> not_empty(std::string_view text) {
    if (text.empty()) {
        return fail(ErrorKind::invalid_argument, "it is empty");
    }
    return {};
}

/// The first part of keys.
Result<void> user_name(std::string_view text) {
    if (text.empty() || text == "." || text == ".." || text.find('/') != text.npos) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("not a user's name: '{}'; it begins their keys, so it is not "
                                "empty and has no '/'",
                                text));
    }
    return {};
}

Result<void> one_of(std::string_view text, std::initializer_list<std::string_view> choices) {
    std::string listed;
    for (const std::string_view choice : choices) {
        if (text == choice) {
            return {};
        }
        listed.append(listed.empty() ? "" : ", ").append(choice);
    }
    return fail(ErrorKind::invalid_argument, fmt::format("'{}' is none of {}", text, listed));
}

Result<void> addressing(std::string_view text) {
    return one_of(text, {"auto", "path", "virtual"});
}

Result<void> log_level(std::string_view text) {
    return one_of(text, {"trace", "debug", "info", "warn", "error", "off"});
}

Result<void> endpoint(std::string_view text) {
    return text == "aws" ? Result<void>() : check_url(text);
}

/// A key that SigV4's header could not carry, or that no client can type, is refused.
Result<void> access_key(std::string_view text) {
    for (const char c : text) {
        if (c <= ' ' || c > '~' || c == '/' || c == ',') {
            return fail(ErrorKind::invalid_argument,
                        "an access key has visible ASCII letters without '/' and ','");
        }
    }
    return text.size() < 3
               ? fail(ErrorKind::invalid_argument, "an access key has at least 3 letters")
               : Result<void>();
}

Result<void> secret_key(std::string_view text) {
    return text.size() < 8
               ? fail(ErrorKind::invalid_argument, "a secret key has at least 8 letters")
               : Result<void>();
}

template <Text member, Check check>
Result<> assign_text(ServeOptions& options, std::string_view text) {
    SLIPWAY_CHECK(check(text));
    options.*member = text;
    return {};
}

template <Text member>
std::string show_text(const ServeOptions& options) {
    return options.*member;
}

template <std::uint64_t ServeOptions::*member, std::uint64_t least>
Result<> assign_size(ServeOptions& options, std::string_view text) {
    SLIPWAY_TRY(bytes, parse_size(text));
    if (bytes < least) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("'{}' is less than {}", text, show_size(least)));
    }
    options.*member = bytes;
    return {};
}

template <std::uint64_t ServeOptions::*member>
std::string show_bytes(const ServeOptions& options) {
    return show_size(options.*member);
}

template <unsigned ServeOptions::*member, unsigned least, unsigned most>
Result<> assign_count(ServeOptions& options, std::string_view text) {
    SLIPWAY_TRY(number, parse_count(text, least, most));
    options.*member = static_cast<unsigned>(number);
    return {};
}

template <unsigned ServeOptions::*member>
std::string show_count(const ServeOptions& options) {
    return std::to_string(options.*member);
}

template <std::chrono::seconds ServeOptions::*member, std::int64_t least, std::int64_t most>
Result<> assign_time(ServeOptions& options, std::string_view text) {
    SLIPWAY_TRY(time, parse_duration(text));
    if (time < std::chrono::seconds(least) || time > std::chrono::seconds(most)) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("'{}' is not from {} to {}", text,
                                show_duration(std::chrono::seconds(least)),
                                show_duration(std::chrono::seconds(most))));
    }
    options.*member = time;
    return {};
}

template <std::chrono::seconds ServeOptions::*member>
std::string show_time(const ServeOptions& options) {
    return show_duration(options.*member);
}

Result<void> origin(std::string_view text) {
    return text == "*" ? Result<void>() : check_url(text);
}

/// "https://a.example, https://b.example"
template <List member, Check check>
Result<> assign_list(ServeOptions& options, std::string_view text) {
    std::vector<std::string> list;
    while (!text.empty()) {
        const auto comma = text.find(',');
        std::string_view entry = text.substr(0, comma);
        entry.remove_prefix(std::min(entry.find_first_not_of(' '), entry.size()));
        entry = entry.substr(0, entry.find_last_not_of(' ') + 1);
        SLIPWAY_CHECK(check(entry));
        list.emplace_back(entry);
        text.remove_prefix(comma == text.npos ? text.size() : comma + 1);
    }
    options.*member = std::move(list);
    return {};
}

template <List member>
std::string show_list(const ServeOptions& options) {
    return fmt::format("{}", fmt::join(options.*member, ", "));
}

template <Text member, Check check = any>
constexpr Setting text(std::string_view name,
                       std::string_view group,
                       std::string_view form,
                       std::string_view help,
                       std::string_view store_flag = "") {
    return {name,  group,     form, help, &assign_text<member, check>, &show_text<member>,
            false, store_flag};
}

template <Text member, Check check = any>
constexpr Setting secret(std::string_view name,
                         std::string_view group,
                         std::string_view help,
                         std::string_view store_flag = "") {
    return {name, group,     "SECRET", help, &assign_text<member, check>, &show_text<member>,
            true, store_flag};
}

template <unsigned ServeOptions::*member, unsigned least, unsigned most>
constexpr Setting count(std::string_view name,
                        std::string_view group,
                        std::string_view help,
                        std::string_view store_flag = "") {
    return {name,  group,     "N", help, &assign_count<member, least, most>, &show_count<member>,
            false, store_flag};
}

template <std::uint64_t ServeOptions::*member, std::uint64_t least>
constexpr Setting size(std::string_view name,
                       std::string_view group,
                       std::string_view help,
                       std::string_view store_flag = "") {
    return {name,  group,     "SIZE", help, &assign_size<member, least>, &show_bytes<member>,
            false, store_flag};
}

template <std::chrono::seconds ServeOptions::*member, std::int64_t least, std::int64_t most>
constexpr Setting duration(std::string_view name,
                           std::string_view group,
                           std::string_view help,
                           std::string_view store_flag = "") {
    return {name,  group,     "TIME", help, &assign_time<member, least, most>, &show_time<member>,
            false, store_flag};
}

using O = ServeOptions;

constexpr std::string_view where = "Where it listens and keeps its data";
constexpr std::string_view who = "Who may use it";
constexpr std::string_view store = "The embedded store";
constexpr std::string_view other = "Another S3 instead of the embedded store";
constexpr std::string_view bounds = "Limits";
constexpr std::string_view process = "The process";
constexpr unsigned count_max = 1'000'000;
// A few chunks for each of a few connections; with none a body would wait for ever.
constexpr std::uint64_t memory_min = 1ULL << 20;

constexpr auto table = std::to_array<Setting>({
    text<&O::listen, check_address>(
        "listen", where, "ADDR", "Address of the upload server; port 0 takes a free one"),
    text<&O::store_listen, check_address>(
        "store_listen", where, "ADDR", "Address of the embedded store; likewise", "--listen"),
    text<&O::public_url, check_url>(
        "public_url", where, "URL", "How browsers reach the upload server, if not by its address"),
    text<&O::public_store_url, check_url>("public_store_url",
                                          where,
                                          "URL",
                                          "How browsers reach the store, if not by its address",
                                          "--public-url"),
    text<&O::data_dir, not_empty>("data_dir",
                                  where,
                                  "DIR",
                                  "Objects, uploads and keys; empty: $XDG_DATA_HOME/slipway",
                                  "--data-dir"),

    text<&O::user, user_name>(
        "user", who, "NAME", "Name of the default user: the first part of their keys"),
    secret<&O::token, not_empty>(
        "token", who, "Token of the default user; made anew at each start when not given"),
    {"allowed_origins", who, "URL,...",
     "Origins of other pages that may call the API with a token, separated by commas",
     &assign_list<&O::allowed_origins, origin>, &show_list<&O::allowed_origins>, false, ""},

    text<&O::bucket, not_empty>(
        "bucket",
        store,
        "NAME",
        "The bucket, made when it is missing; slipway store has none of itself",
        "--bucket"),
    text<&O::store_access_key, access_key>(
        "store_access_key",
        store,
        "KEY",
        "Access key; made and kept in the data directory when not given",
        "--store-access-key"),
    secret<&O::store_secret_key, secret_key>(
        "store_secret_key", store, "Secret key; likewise", "--store-secret-key"),
    text<&O::keys_file>("keys_file",
                        store,
                        "PATH",
                        "File with further keys, each bound to buckets and read or write",
                        "--keys-file"),
    {"public_read_buckets", store, "NAME,...",
     "Buckets whose objects everybody may read, separated by commas",
     &assign_list<&O::public_read_buckets, not_empty>, &show_list<&O::public_read_buckets>, false,
     "--public-read-buckets"},
    text<&O::request_log>("request_log",
                          store,
                          "PATH",
                          "A line of JSON about each request to the store is appended here; - for "
                          "standard output",
                          "--request-log"),
    duration<&O::restore_delay, 0, 7 * 86'400>(
        "restore_delay",
        store,
        "How long it takes to restore an object of class GLACIER or DEEP_ARCHIVE",
        "--restore-delay"),

    text<&O::s3_endpoint, endpoint>(
        "s3_endpoint", other, "URL", "Its URL, or 'aws' for what the AWS environment says"),
    text<&O::s3_profile>("s3_profile", other, "NAME", "Profile in the shared AWS files"),
    text<&O::s3_addressing, addressing>(
        "s3_addressing", other, "STYLE", "path, virtual or auto: path for an endpoint URL"),
    text<&O::region>(
        "region", other, "NAME", "Region; empty: the AWS environment's, or us-east-1", "--region"),

    size<&O::file_size_max, 1>("file_size_max", bounds, "Largest file"),
    count<&O::batch_files_max, 1, count_max>("batch_files_max", bounds, "Most files in a request"),
    count<&O::concurrent_uploads_max, 1, 10'000>(
        "concurrent_uploads_max", bounds, "Most files of a form stored at the same time"),
    count<&O::confirm_concurrency, 1, 1'000>(
        "confirm_concurrency", bounds, "Most confirmations of a request at the same time"),
    duration<&O::url_expiry, 1, 7 * 86'400>("url_expiry", bounds, "How long a URL can be used"),
    duration<&O::confirm_grace, 1, 30 * 86'400>(
        "confirm_grace",
        bounds,
        "How long after that an upload can be confirmed before it is removed"),
    count<&O::connections_max, 1, count_max>(
        "connections_max", bounds, "Most open connections of a port", "--connections-max"),
    size<&O::memory, memory_min>("memory", bounds, "Memory for bodies on their way", "--memory"),

    count<&O::io_threads, 0, 1'024>(
        "io_threads", process, "Threads for requests; 0: one a processor", "--io-threads"),
    count<&O::disk_threads, 1, 1'024>(
        "disk_threads", process, "Threads for files", "--disk-threads"),
    duration<&O::drain_time_max, 0, 86'400>("drain_time_max",
                                            process,
                                            "How long requests under way may take to finish at the "
                                            "end",
                                            "--drain-time-max"),
    text<&O::ready_file>("ready_file",
                         process,
                         "PATH",
                         "Written as JSON with the URLs and the process id once it answers",
                         "--ready-file"),
    text<&O::log_level, log_level>(
        "log_level", process, "LEVEL", "trace, debug, info, warn, error or off", "--log-level"),
});

}  // namespace

std::span<const Setting> settings() {
    return table;
}

}  // namespace slipway::cli
