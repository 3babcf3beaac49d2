// SPDX-License-Identifier: Apache-2.0
#include "cli/s3_flags.h"

#include "cli/commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ostream>

namespace slipway::cli {

void S3Flags::add_to(CLI::App& command) {
    const std::string group = "S3";
    command.add_option("--endpoint-url", options_.endpoint_url, "Another S3 than Amazon's")
        ->type_name("URL")
        ->group(group);
    command.add_option("--region", options_.region, "Region of the bucket")
        ->type_name("NAME")
        ->group(group);
    command.add_option("--profile", options_.profile, "Profile of the AWS config files")
        ->type_name("NAME")
        ->group(group);
    command.add_option("--addressing", options_.addressing, "path, virtual or auto [auto]")
        ->type_name("STYLE")
        ->group(group);
    command.add_option("--ca-bundle", options_.ca_bundle, "Certificate authorities (PEM)")
        ->type_name("FILE")
        ->group(group);
    add_switch_off(command, "--no-verify-ssl", options_.verify_tls, "Trust any server", group);
    add_switch_off(command, "--no-sign-request", options_.sign_requests,
                   "Send no signature: for public buckets", group);
}

Result<S3Uri> parse_object_uri(std::string_view text) {
    SLIPWAY_TRY(uri, parse_s3_uri(text));
    if (uri.key.empty()) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("'{}' names no object: write s3://bucket/key", text));
    }
    return uri;
}

void add_switch_off(CLI::App& command,
                    const std::string& name,
                    bool& on,
                    const std::string& help,
                    const std::string& group) {
    command
        .add_flag_callback(
            name, [&on] { on = false; }, help)
        ->group(group);
}

void add_path_rules(CLI::App& command, std::vector<PathRule>& rules, const std::string& group) {
    const auto rule = [&rules](bool include) {
        return [&rules, include](const std::string& pattern) {
            rules.push_back({include, pattern});
        };
    };
    // On parsing: their order on the command line counts.
    command
        .add_option_function<std::string>(
            "--exclude", rule(false), "Leave out paths like this (* ? [a-z]); the last rule counts")
        ->type_name("PATTERN")
        ->trigger_on_parse()
        ->group(group);
    command
        .add_option_function<std::string>("--include", rule(true),
                                          "Take what an --exclude before it leaves out")
        ->type_name("PATTERN")
        ->trigger_on_parse()
        ->group(group);
}

int complain(const Surroundings& around, const Error& error) {
    around.err << "slipway: " << error.message << '\n';
    return error.kind == ErrorKind::invalid_argument ? exit_usage : exit_failed;
}

void add_error(codec::JsonWriter& json, const Error& error) {
    json.member("error", error.message);
    json.member("kind", slipway::to_string(error.kind));
    if (!error.code.empty()) {
        json.member("code", error.code);
    }
    if (error.http_status != 0) {
        json.member("status", error.http_status);
    }
    if (!error.request_id.empty()) {
        json.member("request_id", error.request_id);
    }
}

std::string printable(std::string text) {
    std::ranges::replace_if(
        text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
    return text;
}

std::string show_bytes(std::uint64_t bytes) {
    constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    auto shown = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (shown >= 1000 && unit + 1 < units.size()) {
        shown /= 1024;
        ++unit;
    }
    if (unit == 0) {
        return std::to_string(bytes) + " B";
    }
    const auto tenths = static_cast<std::uint64_t>(std::lrint(shown * 10));
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " " + units[unit];
}

}  // namespace slipway::cli
