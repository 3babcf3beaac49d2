// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"

#include <fmt/format.h>

#include <ostream>

namespace slipway::cli {

int token_command(const Surroundings& around) {
    const NewToken made = make_token();
    around.out << fmt::format(
        "token:  {}\n"
        "\n"
        "Give it to the user; it is shown only here. Into the settings file:\n"
        "\n"
        "[[users]]\n"
        "name = \"NAME\"\n"
        "token_sha256 = \"{}\"\n",
        made.token, made.sha256);
    return exit_done;
}

}  // namespace slipway::cli
