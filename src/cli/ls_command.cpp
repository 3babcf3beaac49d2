// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"
#include "cli/s3_flags.h"
#include "codec/json.h"
#include "codec/time.h"

#include <fmt/format.h>

#include <memory>
#include <ostream>
#include <string>
#include <string_view>

namespace slipway::cli {
namespace {

constexpr const char* ls_footer =
    "Without an argument: the buckets. One level, as far as the next '/'; PRE is what lies "
    "deeper.\n"
    "Times are UTC.\n"
    "\n"
    "Exit codes: 0 done, 1 there is nothing or it failed, 2 the command line is wrong.";

struct LsFlags {
    S3Flags s3;
    std::string place;
    bool recursive = false;
    bool json = false;
    bool human = false;
};

std::string entry_json(const S3Uri& place, const ListEntry& entry) {
    std::string text;
    codec::JsonWriter json(text);
    json.begin_object();
    json.member("bucket", place.bucket);
    if (entry.prefix.empty()) {
        json.member("key", entry.object.key);
        json.member("size", entry.object.size);
        json.member("last_modified", codec::iso8601_seconds(entry.object.last_modified));
        json.member("etag", entry.object.etag);
        json.member("storage_class", entry.object.headers.storage_class);
    } else {
        json.member("prefix", entry.prefix);
    }
    json.end_object();
    return text;
}

/// "2026-11-21 05:00:00       1234 name", as aws cli writes it.
std::string entry_line(const ListEntry& entry, std::size_t folder_bytes, bool human) {
    if (!entry.prefix.empty()) {
        return fmt::format("{:>30} {}", "PRE", printable(entry.prefix.substr(folder_bytes)));
    }
    std::string time = codec::iso8601_seconds(entry.object.last_modified).substr(0, 19);
    time[10] = ' ';
    const std::string size =
        human ? show_bytes(entry.object.size) : std::to_string(entry.object.size);
    return fmt::format("{} {:>10} {}", time, size,
                       printable(entry.object.key.substr(folder_bytes)));
}

int list_buckets(const LsFlags& flags, S3& s3, const Surroundings& around) {
    const auto buckets = s3.list_buckets();
    if (!buckets) {
        return complain(around, buckets.error());
    }
    for (const std::string& bucket : *buckets) {
        std::string text;
        codec::JsonWriter json(text);
        json.begin_object();
        json.member("bucket", bucket);
        json.end_object();
        around.out << (flags.json ? text : bucket) << '\n';
    }
    return exit_done;
}

int list_objects(const LsFlags& flags, const S3Uri& place, S3& s3, const Surroundings& around) {
    ListRequest request;
    request.bucket = place.bucket;
    request.prefix = place.key;
    request.delimiter = flags.recursive ? "" : "/";
    // One level is told by names alone, as in a folder; all of it by whole keys.
    const std::size_t folder_bytes = flags.recursive ? 0 : place.key.rfind('/') + 1;
    bool found = false;
    const auto listed = s3.list(request, [&](const ListEntry& entry) {
        found = true;
        around.out << (flags.json ? entry_json(place, entry)
                                  : entry_line(entry, folder_bytes, flags.human))
                   << '\n';
        return around.out.good();  // `| head` has seen enough
    });
    if (!listed) {
        return complain(around, listed.error());
    }
    if (!found && !place.key.empty()) {
        around.err << "slipway: nothing begins with " << printable(to_string(place)) << '\n';
        return exit_failed;
    }
    return exit_done;
}

int ls(const LsFlags& flags, const Surroundings& around) {
    S3Uri place;
    if (!flags.place.empty()) {
        auto parsed = parse_s3_uri(flags.place);
        if (!parsed) {
            return complain(around, parsed.error());
        }
        place = *std::move(parsed);
    }
    auto s3 = S3::open(flags.s3.options());
    if (!s3) {
        return complain(around, s3.error());
    }
    const int code = flags.place.empty() ? list_buckets(flags, **s3, around)
                                         : list_objects(flags, place, **s3, around);
    around.out.flush();
    return code;
}

}  // namespace

void add_ls_command(CLI::App& app, const Surroundings& around, int& exit_code) {
    auto flags = std::make_shared<LsFlags>();
    CLI::App* command = app.add_subcommand("ls", "List buckets, or the objects of one");
    command->add_option("PLACE", flags->place, "s3://BUCKET or s3://BUCKET/PREFIX");
    command->add_flag("-r,--recursive", flags->recursive, "All that is below, by whole keys");
    command->add_flag("--human,--human-readable", flags->human, "Sizes as 12.3 MiB");
    command->add_flag("--json", flags->json, "Each entry as a line of JSON");
    flags->s3.add_to(*command);
    command->footer(ls_footer);
    command->callback([flags, &around, &exit_code] { exit_code = ls(*flags, around); });
}

}  // namespace slipway::cli
