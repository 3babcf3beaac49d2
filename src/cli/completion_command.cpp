// SPDX-License-Identifier: Apache-2.0
// Completion scripts for shells, from the commands and flags as they are declared.
#include "cli/commands.h"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

namespace slipway::cli {
namespace {

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<const CLI::Option*> flags_of(const CLI::App& command) {
    return command.get_options([](const CLI::Option* option) { return !option->get_positional(); });
}

bool takes_value(const CLI::Option& option) {
    return option.get_items_expected_max() > 0;
}

/// "--long" and "-s" of one flag.
std::vector<std::string> spellings(const CLI::Option& option) {
    std::vector<std::string> names;
    for (const std::string& name : option.get_lnames()) {
        names.push_back("--" + name);
    }
    for (const std::string& name : option.get_snames()) {
        names.push_back("-" + name);
    }
    return names;
}

/// In single quotes for any of the shells.
std::string quoted(std::string text) {
    std::string safe;
    for (const char c : text) {
        safe += c == '\'' ? std::string("’") : std::string(1, c);
    }
    return "'" + safe + "'";
}

/// What zsh's _arguments would read as syntax.
std::string zsh_text(const std::string& text) {
    std::string safe;
    for (const char c : text) {
        if (c == '[' || c == ']' || c == ':' || c == '\\') {
            safe += '\\';
        }
        safe += c;
    }
    return safe;
}

std::string bash_flags(const CLI::App& command) {
    std::string flags;
    for (const CLI::Option* flag : flags_of(command)) {
        for (const std::string& spelling : spellings(*flag)) {
            flags += (flags.empty() ? "" : " ") + spelling;
        }
    }
    return flags;
}

std::string bash(const CLI::App& app) {
    std::string names;
    std::string cases;
    for (const CLI::App* command : commands_of(app)) {
        names += " " + command->get_name();
        std::string below;
        for (const CLI::App* inner : commands_of(*command)) {
            below += (below.empty() ? "" : " ") + inner->get_name();
            cases += fmt::format("    \"{} {}\") words=\"{}\" ;;\n", command->get_name(),
                                 inner->get_name(), bash_flags(*inner));
        }
        cases += fmt::format("    \"{} \"*) words=\"{}\" below=\"{}\" ;;\n", command->get_name(),
                             bash_flags(*command), below);
    }
    return fmt::format(
        "# bash completion for slipway: . <(slipway completion bash)\n"
        "_slipway() {{\n"
        "  local words=\"{} --help --version\"\n"
        "  if [ \"$COMP_CWORD\" -gt 1 ]; then\n"
        "    words=\n"
        "    local below=\n"
        "    case \"${{COMP_WORDS[1]}} ${{COMP_WORDS[2]}}\" in\n{}"
        "    esac\n"
        "    [ \"$COMP_CWORD\" -eq 2 ] || below=\n"
        "    case \"${{COMP_WORDS[COMP_CWORD]}}\" in -*) ;; *) words=\"$below\" ;; esac\n"
        "  fi\n"
        "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"${{COMP_WORDS[COMP_CWORD]}}\")\n"
        "}}\n"
        "complete -o default -F _slipway slipway\n",
        names.substr(1), cases);
}

/// The arguments of one command.
std::string zsh_case(const CLI::App& command, const std::string& path) {
    std::string below;
    for (const CLI::App* inner : commands_of(command)) {
        below += (below.empty() ? "" : " ") + inner->get_name();
    }
    std::string text = fmt::format("  \"{}\")\n    _arguments -s{} '*:file:_files'", path,
                                   below.empty() ? "" : fmt::format(" '1: :({})'", below));
    for (const CLI::Option* flag : flags_of(command)) {
        for (const std::string& spelling : spellings(*flag)) {
            const std::string value =
                takes_value(*flag) ? ":" + zsh_text(flag->get_type_name()) + ":_files" : "";
            text += " \\\n      " + quoted(fmt::format("*{}[{}]{}", spelling,
                                                       zsh_text(flag->get_description()), value));
        }
    }
    return text + " ;;\n";
}

std::string zsh(const CLI::App& app) {
    std::string names;
    std::string steps;
    std::string cases;
    for (const CLI::App* command : commands_of(app)) {
        names += fmt::format(
            "    {}\n", quoted(command->get_name() + ":" + zsh_text(command->get_description())));
        cases += zsh_case(*command, command->get_name());
        for (const CLI::App* inner : commands_of(*command)) {
            const std::string path = command->get_name() + " " + inner->get_name();
            steps += fmt::format(
                "  if [[ \"$command $words[2]\" == \"{0}\" ]]; then\n"
                "    command=\"{0}\"\n    shift words\n    (( CURRENT-- ))\n  fi\n",
                path);
            cases += zsh_case(*inner, path);
        }
    }
    return fmt::format(
        "#compdef slipway\n"
        "# zsh completion for slipway: . <(slipway completion zsh)\n"
        "_slipway() {{\n"
        "  local -a commands=(\n{}  )\n"
        "  if (( CURRENT == 2 )); then\n"
        "    _describe command commands\n"
        "    return\n"
        "  fi\n"
        "  local command=$words[2]\n"
        "  shift words\n"
        "  (( CURRENT-- ))\n{}"
        "  case $command in\n{}"
        "  esac\n"
        "}}\n"
        "compdef _slipway slipway\n",
        names, steps, cases);
}

std::string fish_flags(const CLI::App& command) {
    std::string text;
    for (const CLI::Option* flag : flags_of(command)) {
        text += fmt::format("complete -c slipway -n '__fish_seen_subcommand_from {}'",
                            command.get_name());
        for (const std::string& name : flag->get_lnames()) {
            text += " -l " + name;
        }
        for (const std::string& name : flag->get_snames()) {
            text += " -s " + name;
        }
        text += fmt::format("{} -d {}\n", takes_value(*flag) ? " -r" : "",
                            quoted(flag->get_description()));
    }
    return text;
}

std::string fish(const CLI::App& app) {
    std::string text = "# fish completion for slipway: slipway completion fish | source\n";
    for (const CLI::App* command : commands_of(app)) {
        text += fmt::format("complete -c slipway -n __fish_use_subcommand -a {} -d {}\n",
                            command->get_name(), quoted(command->get_description()));
        text += fish_flags(*command);
        for (const CLI::App* inner : commands_of(*command)) {
            text += fmt::format(
                "complete -c slipway -n '__fish_seen_subcommand_from {}' -a {} -d {}\n",
                command->get_name(), inner->get_name(), quoted(inner->get_description()));
            text += fish_flags(*inner);
        }
    }
    return text;
}

}  // namespace

void add_completion_command(CLI::App& app, const Surroundings& around) {
    using Script = std::string (*)(const CLI::App&);
    const std::map<std::string, Script> scripts{{"bash", bash}, {"fish", fish}, {"zsh", zsh}};
    CLI::App* command = app.add_subcommand("completion", "Print a shell's completion script");
    auto shell = std::make_shared<std::string>();
    command->add_option("SHELL", *shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    command->callback([&app, &around, scripts, shell] { around.out << scripts.at(*shell)(app); });
}

}  // namespace slipway::cli
