// SPDX-License-Identifier: Apache-2.0
#include "slipway/download.h"

#include "cli/commands.h"
#include "cli/s3_flags.h"
#include "cli/signals.h"
#include "cli/transfer_view.h"
#include "cli/values.h"

#include <chrono>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <utility>
#include <vector>

namespace slipway::cli {
namespace {

constexpr const char* get_footer =
    "SOURCE is s3://bucket/key, or s3://bucket/prefix/ for all that is below; TARGET is a\n"
    "directory, a file, or - for standard output. What is below a single prefix goes right below\n"
    "TARGET; of several each keeps its name. An object has its name only when it is whole and\n"
    "verified; keys that are no paths below TARGET are refused, each by itself.\n"
    "\n"
    "Exit codes: 0 all is there, 1 something is not, 2 the command line is wrong, 130 stopped by\n"
    "Ctrl+C.";

struct GetFlags {
    S3Flags s3;
    DownloadRequest request;
    std::vector<std::string> places;  // sources, and the target at the end
    std::string patience = "30s";
    DisplayFlags display;
};

Result<> complete_request(GetFlags& flags) {
    DownloadRequest& request = flags.request;
    request.target = flags.places.back();
    flags.places.pop_back();
    if (flags.places.empty() || request.target.starts_with("s3://")) {
        return fail(ErrorKind::invalid_argument,
                    "name what to get and then where to: s3://bucket/key TARGET (. is here)");
    }
    for (const std::string& place : flags.places) {
        SLIPWAY_TRY(source, parse_s3_uri(place));
        request.sources.push_back(std::move(source));
    }
    if (request.target == "-" && flags.display.json()) {
        return fail(ErrorKind::invalid_argument,
                    "--json and the object itself cannot both go to standard output");
    }
    SLIPWAY_TRY(patience, of_flag("--give-up-after", parse_duration(flags.patience)));
    request.no_progress_time_max = patience;
    return {};
}

int get(GetFlags& flags, const Surroundings& around) {
    if (const auto completed = complete_request(flags); !completed) {
        return complain(around, completed.error());
    }
    if (around.user_umask) {
        ::umask(*around.user_umask);  // these files are the user's, like those of any other tool
    }
    StopSignals signals;
    auto s3 = S3::open(flags.s3.options());
    if (!s3) {
        return complain(around, s3.error());
    }
    TransferView::Words words;
    words.into_s3 = false;
    words.would = "get";
    words.cancelled = "not brought";
    words.go_on = "what is whole is there; to go on, give the same command with --if-changed";
    auto style = flags.display.style(around);
    if (flags.request.target == "-" && style == TransferView::Style::lines) {
        style = TransferView::Style::quiet;
    }
    TransferView view(around, style, words);
    return view.run<Download>(**s3, std::move(flags.request), signals);
}

void add_speed(CLI::App& command, GetFlags& flags) {
    const std::string group = "How fast";
    command
        .add_option("--max-workers", flags.request.max_workers,
                    "A ceiling for requests at a time; without one it finds itself")
        ->type_name("N")
        ->check(CLI::Range(1U, 100'000U))
        ->group(group);
    command
        .add_option("--give-up-after", flags.patience,
                    "End when requests fail and nothing has come for so long [30s]")
        ->type_name("TIME")
        ->group(group);
}

}  // namespace

void add_get_command(CLI::App& app, const Surroundings& around, int& exit_code) {
    auto flags = std::make_shared<GetFlags>();
    DownloadRequest& request = flags->request;
    CLI::App* command = app.add_subcommand("get", "Bring objects from S3");
    command->add_option("SOURCE", flags->places, "s3://BUCKET/KEY, any number, and TARGET last")
        ->required();
    const std::string group = "What is brought";
    command->add_flag("-r,--recursive", request.recursive, "All that is below, also without a '/'")
        ->group(group);
    add_path_rules(*command, request.rules, group);
    command
        ->add_flag("--if-changed", request.if_changed,
                   "Skip what is there already with the same size and checksum")
        ->group(group);
    command->add_flag("--dry-run,--dryrun", request.dry_run, "Only tell what would be brought")
        ->group(group);
    add_switch_off(*command, "--no-verify-etag", request.verify_etag,
                   "For stores whose ETags look like MD5s and are none", group);
    add_speed(*command, *flags);
    flags->display.add_to(*command);
    flags->s3.add_to(*command);
    command->footer(get_footer);
    command->callback([flags, &around, &exit_code] { exit_code = get(*flags, around); });
}

}  // namespace slipway::cli
