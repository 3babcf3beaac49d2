// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"
#include "cli/s3_flags.h"
#include "cli/values.h"

#include <memory>
#include <ostream>
#include <string>

namespace slipway::cli {
namespace {

constexpr const char* presign_footer =
    "Nothing is sent: whether the object is there and the keys are good shows when it is used.\n"
    "\n"
    "Exit codes: 0 done, 1 it failed, 2 the command line is wrong.";

struct PresignFlags {
    S3Flags s3;
    std::string place;
    std::string expires_in = "1h";
    bool put = false;
};

int presign(const PresignFlags& flags, const Surroundings& around) {
    const auto place = parse_object_uri(flags.place);
    if (!place) {
        return complain(around, place.error());
    }
    const auto expires_in = of_flag("--expires-in", parse_duration(flags.expires_in));
    if (!expires_in) {
        return complain(around, expires_in.error());
    }
    auto s3 = S3::open(flags.s3.options());
    if (!s3) {
        return complain(around, s3.error());
    }
    const auto url = flags.put ? (*s3)->presign_put(*place, *expires_in)
                               : (*s3)->presign_get(*place, *expires_in);
    if (!url) {
        return complain(around, url.error());
    }
    around.out << *url << '\n' << std::flush;
    return exit_done;
}

}  // namespace

void add_presign_command(CLI::App& app, const Surroundings& around, int& exit_code) {
    auto flags = std::make_shared<PresignFlags>();
    CLI::App* command =
        app.add_subcommand("presign", "Print a URL that lets its holder get or put one object");
    command->add_option("OBJECT", flags->place, "s3://BUCKET/KEY")->required();
    command->add_flag("--put", flags->put, "To send it, not to get it");
    command->add_option("--expires-in", flags->expires_in, "For how long: 1s to 7d [1h]")
        ->type_name("TIME");
    flags->s3.add_to(*command);
    command->footer(presign_footer);
    command->callback([flags, &around, &exit_code] { exit_code = presign(*flags, around); });
}

}  // namespace slipway::cli
