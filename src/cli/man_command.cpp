// SPDX-License-Identifier: Apache-2.0
// The manual page, from the commands and flags as they are declared.
#include "slipway/version.h"

#include "cli/commands.h"

#include <fmt/format.h>

#include <ostream>
#include <string>
#include <string_view>

namespace slipway::cli {
namespace {

/// Text that roff shows as it is: '-' is a hyphen to it, and a dot begins a request.
std::string roff(std::string_view text) {
    std::string safe;
    bool line_begins = true;
    for (const char c : text) {
        if (line_begins && (c == '.' || c == '\'')) {
            safe += "\\&";
        }
        if (c == '\\') {
            safe += "\\e";
        } else if (c == '-') {
            safe += "\\-";
        } else {
            safe += c;
        }
        line_begins = c == '\n';
    }
    return safe;
}

std::string flag_line(const CLI::Option& option) {
    std::string names;
    for (const std::string& name : option.get_snames()) {
        names += (names.empty() ? "" : ", ") + ("\\fB\\-" + roff(name) + "\\fR");
    }
    for (const std::string& name : option.get_lnames()) {
        names += (names.empty() ? "" : ", ") + ("\\fB\\-\\-" + roff(name) + "\\fR");
    }
    if (option.get_positional()) {
        names = "\\fI" + roff(option.get_name()) + "\\fR";
    } else if (option.get_items_expected_max() > 0) {
        names += " \\fI" + roff(option.get_type_name()) + "\\fR";
    }
    return fmt::format(".TP\n{}\n{}\n", names, roff(option.get_description()));
}

/// With those of the commands below it; `above` is what comes before its name.
std::string command_section(const CLI::App& command, const std::string& above) {
    const std::string name = above + " " + command.get_name();
    std::string text =
        fmt::format(".SS \"{}\"\n{}.\n", roff(name), roff(command.get_description()));
    for (const CLI::Option* option : command.get_options()) {
        text += flag_line(*option);
    }
    if (!command.get_footer().empty()) {
        text += fmt::format(".PP\n.nf\n{}\n.fi\n", roff(command.get_footer()));
    }
    for (const CLI::App* below : command.get_subcommands([](const CLI::App*) { return true; })) {
        text += command_section(*below, name);
    }
    return text;
}

std::string page(const CLI::App& app) {
    std::string text = fmt::format(
        ".TH SLIPWAY 1 \"\" \"slipway {}\" \"User Commands\"\n"
        ".SH NAME\nslipway \\- many files into S3 at once\n"
        ".SH SYNOPSIS\n\\fBslipway\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n"
        ".SH COMMANDS\n",
        roff(version()));
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        text += command_section(*command, "slipway");
    }
    text +=
        ".SH ENVIRONMENT\n"
        "Keys, region and endpoint come from where the AWS tools have them: \\fBAWS_*\\fR "
        "variables,\n"
        "\\fI~/.aws/config\\fR, \\fI~/.aws/credentials\\fR. Proxies: \\fBhttp_proxy\\fR,\n"
        "\\fBhttps_proxy\\fR, \\fBno_proxy\\fR.\n"
        ".SH EXIT STATUS\n"
        "0 done; 1 something failed; 2 the command line or a setting is wrong; 130 stopped by\n"
        "Ctrl+C.\n";
    return text;
}

}  // namespace

void add_man_command(CLI::App& app, const Surroundings& around) {
    app.add_subcommand("man", "Print the manual page: slipway man | man -l -")
        ->callback([&app, &around] { around.out << page(app); });
}

}  // namespace slipway::cli
