// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"
#include "cli/s3_flags.h"
#include "codec/json.h"

#include <fmt/format.h>

#include <memory>
#include <ostream>
#include <string>
#include <vector>

namespace slipway::cli {
namespace {

constexpr const char* rm_footer =
    "TARGET is s3://bucket/key; with --recursive all that is below s3://bucket/folder. Deleting\n"
    "what is not there is no failure, as in S3.\n"
    "\n"
    "Exit codes: 0 all is gone, 1 something is not, 2 the command line is wrong.";

struct RmFlags {
    S3Flags s3;
    std::vector<std::string> targets;
    RemoveRequest request;
    bool json = false;
    bool quiet = false;
};

std::string event_json(const RemoveEvent& event, bool dry_run) {
    std::string text;
    codec::JsonWriter json(text);
    json.begin_object();
    json.member("event", event.error ? "failed" : dry_run ? "would_remove" : "removed");
    json.member("bucket", event.object.bucket);
    json.member("key", event.object.key);
    if (event.error) {
        add_error(json, *event.error);
    }
    json.end_object();
    return text;
}

void tell(const RmFlags& flags, const Surroundings& around, const RemoveEvent& event) {
    const std::string place = printable(to_string(event.object));
    if (flags.json) {
        around.out << event_json(event, flags.request.dry_run) << '\n';
    } else if (event.error) {
        around.err << "failed  " << place << ": " << printable(event.error->message) << '\n';
    } else if (!flags.quiet) {
        around.out << (flags.request.dry_run ? "would remove  " : "removed  ") << place << '\n';
    }
}

int rm(RmFlags& flags, const Surroundings& around) {
    for (const std::string& target : flags.targets) {
        auto parsed = parse_s3_uri(target);
        if (!parsed) {
            return complain(around, parsed.error());
        }
        flags.request.targets.push_back(*std::move(parsed));
    }
    auto s3 = S3::open(flags.s3.options());
    if (!s3) {
        return complain(around, s3.error());
    }
    const auto report = (*s3)->remove_all(
        flags.request, [&](const RemoveEvent& event) { tell(flags, around, event); });
    around.out.flush();
    if (!report) {
        return complain(around, report.error());
    }
    return report->failed > 0 ? exit_failed : exit_done;
}

}  // namespace

void add_rm_command(CLI::App& app, const Surroundings& around, int& exit_code) {
    auto flags = std::make_shared<RmFlags>();
    CLI::App* command = app.add_subcommand("rm", "Delete objects");
    command->add_option("TARGET", flags->targets, "s3://BUCKET/KEY, any number")->required();
    const std::string group = "What is deleted";
    command
        ->add_flag("-r,--recursive", flags->request.recursive, "All that is below, too: a folder")
        ->group(group);
    add_path_rules(*command, flags->request.rules, group);
    command
        ->add_flag("--dry-run,--dryrun", flags->request.dry_run, "Only tell what would be deleted")
        ->group(group);
    auto* json = command->add_flag("--json", flags->json, "Each object as a line of JSON");
    command->add_flag("-q,--quiet", flags->quiet, "Only what failed")->excludes(json);
    flags->s3.add_to(*command);
    command->footer(rm_footer);
    command->callback([flags, &around, &exit_code] { exit_code = rm(*flags, around); });
}

}  // namespace slipway::cli
