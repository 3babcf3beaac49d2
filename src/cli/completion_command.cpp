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

std::string bash(const CLI::App& app) {
    std::string names;
    std::string cases;
    for (const CLI::App* command : commands_of(app)) {
        names += " " + command->get_name();
        std::string flags;
        for (const CLI::Option* flag : flags_of(*command)) {
            for (const std::string& spelling : spellings(*flag)) {
                flags += " " + spelling;
            }
        }
        cases += fmt::format("    {}) words=\"{}\" ;;\n", command->get_name(), flags.substr(1));
    }
    return fmt::format(
        "# bash completion for slipway: . <(slipway completion bash)\n"
        "_slipway() {{\n"
        "  local words=\"{} --help --version\"\n"
        "  if [ \"$COMP_CWORD\" -gt 1 ]; then\n"
        "    words=\n"
        "    case \"${{COMP_WORDS[1]}}\" in\n{}"
        "    esac\n"
        "    case \"${{COMP_WORDS[COMP_CWORD]}}\" in -*) ;; *) words= ;; esac\n"
        "  fi\n"
        "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"${{COMP_WORDS[COMP_CWORD]}}\")\n"
        "}}\n"
        "complete -o default -F _slipway slipway\n",
        names.substr(1), cases);
}

std::string zsh(const CLI::App& app) {
    std::string names;
    std::string cases;
    for (const CLI::App* command : commands_of(app)) {
        names += fmt::format(
            "    {}\n", quoted(command->get_name() + ":" + zsh_text(command->get_description())));
        cases += fmt::format("  {})\n    _arguments -s '*:file:_files'", command->get_name());
        for (const CLI::Option* flag : flags_of(*command)) {
            for (const std::string& spelling : spellings(*flag)) {
                const std::string value =
                    takes_value(*flag) ? ":" + zsh_text(flag->get_type_name()) + ":_files" : "";
                cases +=
                    " \\\n      " + quoted(fmt::format("*{}[{}]{}", spelling,
                                                       zsh_text(flag->get_description()), value));
            }
        }
        cases += " ;;\n";
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
        "  (( CURRENT-- ))\n"
        "  case $command in\n{}"
        "  esac\n"
        "}}\n"
        "compdef _slipway slipway\n",
        names, cases);
}

std::string fish(const CLI::App& app) {
    std::string text = "# fish completion for slipway: slipway completion fish | source\n";
    for (const CLI::App* command : commands_of(app)) {
        text += fmt::format("complete -c slipway -n __fish_use_subcommand -a {} -d {}\n",
                            command->get_name(), quoted(command->get_description()));
        for (const CLI::Option* flag : flags_of(*command)) {
            text += fmt::format("complete -c slipway -n '__fish_seen_subcommand_from {}'",
                                command->get_name());
            for (const std::string& name : flag->get_lnames()) {
                text += " -l " + name;
            }
            for (const std::string& name : flag->get_snames()) {
                text += " -s " + name;
            }
            text += fmt::format("{} -d {}\n", takes_value(*flag) ? " -r" : "",
                                quoted(flag->get_description()));
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
