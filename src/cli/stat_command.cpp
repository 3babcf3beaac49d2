// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"
#include "cli/s3_flags.h"
#include "codec/json.h"
#include "codec/time.h"

#include <fmt/format.h>

#include <array>
#include <memory>
#include <ostream>
#include <string>
#include <utility>

namespace slipway::cli {
namespace {

constexpr const char* stat_footer =
    "Exit codes: 0 it is there, 1 it is not or it failed, 2 the command line is wrong.";

struct StatFlags {
    S3Flags s3;
    std::string place;
    bool json = false;
};

/// What is only shown where the store says it.
using Fact = std::pair<const char*, std::string>;

std::array<Fact, 6> facts_of(const ObjectHeaders& headers) {
    return {Fact{"content_type", headers.content_type},
            Fact{"cache_control", headers.cache_control},
            Fact{"content_disposition", headers.content_disposition},
            Fact{"content_encoding", headers.content_encoding},
            Fact{"content_language", headers.content_language},
            Fact{"expires", headers.expires}};
}

std::string stat_json(const S3Uri& place, const ObjectSummary& object) {
    std::string text;
    codec::JsonWriter json(text);
    json.begin_object();
    json.member("bucket", place.bucket);
    json.member("key", object.key);
    json.member("size", object.size);
    json.member("last_modified", codec::iso8601_seconds(object.last_modified));
    json.member("etag", object.etag);
    json.member("storage_class", object.headers.storage_class);
    for (const auto& [name, value] : facts_of(object.headers)) {
        if (!value.empty()) {
            json.member(name, value);
        }
    }
    if (!object.checksum.empty()) {
        json.member("checksum_algorithm", object.checksum_algorithm);
        json.member("checksum", object.checksum);
    }
    json.key("metadata");
    json.begin_object();
    for (const auto& [name, value] : object.headers.metadata) {
        json.member(name, value);
    }
    json.end_object();
    json.end_object();
    return text;
}

void show(const S3Uri& place, const ObjectSummary& object, std::ostream& out) {
    const auto line = [&out](std::string_view name, const std::string& value) {
        if (!value.empty()) {
            out << fmt::format("{:<20} {}\n", name, printable(value));
        }
    };
    line("object", to_string(place));
    line("size", object.size < 1000 ? show_bytes(object.size)
                                    : fmt::format("{} ({})", object.size, show_bytes(object.size)));
    line("last_modified", codec::iso8601_seconds(object.last_modified));
    line("etag", object.etag);
    if (!object.checksum.empty()) {
        line("checksum", object.checksum_algorithm + " " + object.checksum);
    }
    line("storage_class", object.headers.storage_class);
    for (const auto& [name, value] : facts_of(object.headers)) {
        line(name, value);
    }
    for (const auto& [name, value] : object.headers.metadata) {
        line("metadata " + name, value);
    }
}

int stat(const StatFlags& flags, const Surroundings& around) {
    const auto place = parse_object_uri(flags.place);
    if (!place) {
        return complain(around, place.error());
    }
    auto s3 = S3::open(flags.s3.options());
    if (!s3) {
        return complain(around, s3.error());
    }
    const auto object = (*s3)->stat(*place);
    if (!object) {
        return complain(around, object.error());
    }
    if (flags.json) {
        around.out << stat_json(*place, *object) << '\n';
    } else {
        show(*place, *object, around.out);
    }
    around.out.flush();
    return exit_done;
}

}  // namespace

void add_stat_command(CLI::App& app, const Surroundings& around, int& exit_code) {
    auto flags = std::make_shared<StatFlags>();
    CLI::App* command = app.add_subcommand("stat", "Tell what is known of an object");
    command->add_option("OBJECT", flags->place, "s3://BUCKET/KEY")->required();
    command->add_flag("--json", flags->json, "As a line of JSON");
    flags->s3.add_to(*command);
    command->footer(stat_footer);
    command->callback([flags, &around, &exit_code] { exit_code = stat(*flags, around); });
}

}  // namespace slipway::cli
