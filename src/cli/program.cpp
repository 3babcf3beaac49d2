// SPDX-License-Identifier: Apache-2.0
#include "cli/program.h"

#include "slipway/version.h"

#include "cli/commands.h"
#include "cli/s3_flags.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace slipway::cli {
namespace {

constexpr const char* settings_footer =
    "Every setting can also be written into the settings file (--config), as the flag without its\n"
    "dashes: listen = \"127.0.0.1:8080\", file_size_max = \"2GB\"; with [[users]] tables (name,\n"
    "token_sha256: see slipway token) and a [tiers] table (name = \"STORAGE_CLASS\"); and into "
    "the\n"
    "environment: SLIPWAY_LISTEN, SLIPWAY_TOKEN, and SLIPWAY_TOKEN_FILE to read a secret from a\n"
    "file. A flag goes before the settings file, and that before the environment.";

std::string explain(const Setting& setting) {
    const std::string usual = setting.show(ServeOptions());
    return fmt::format("{}{} ({})", setting.help, usual.empty() ? "" : fmt::format(" [{}]", usual),
                       variable_name(setting));
}

/// The settings as flags of a command, and what was given of them.
class SettingFlags {
  public:
    /// `of_store`: the flags of `slipway store`, else those of `slipway serve`.
    void add_to(CLI::App& command, bool of_store) {
        texts_.resize(settings().size());
        flags_.resize(settings().size());
        command.add_option("--config", config_, "Settings file (SLIPWAY_CONFIG)")
            ->type_name("PATH");
        for (std::size_t i = 0; i < settings().size(); ++i) {
            const Setting& setting = settings()[i];
            if (of_store && setting.store_flag.empty()) {
                continue;
            }
            flags_[i] = of_store ? std::string(setting.store_flag) : flag_name(setting);
            command.add_option(flags_[i], texts_[i], explain(setting))
                ->type_name(std::string(setting.form))
                ->group(std::string(setting.group));
        }
        command.footer(settings_footer);
    }

    Result<Resolved> resolve(const Environment& environment) const {
        std::vector<std::optional<FlagValue>> given(settings().size());
        for (std::size_t i = 0; i < given.size(); ++i) {
            if (texts_[i]) {
                given[i] = FlagValue{flags_[i], *texts_[i]};
            }
        }
        SLIPWAY_TRY(resolved, cli::resolve(given, config_, environment));
        if (resolved.options.data_dir.empty()) {
            SLIPWAY_TRY(directory, default_data_dir());
            resolved.options.data_dir = std::move(directory);
        }
        return resolved;
    }

  private:
    std::optional<std::string> config_;
    std::vector<std::optional<std::string>> texts_;
    std::vector<std::string> flags_;
};

using SettingsCommand = int (*)(const Resolved&, const Surroundings&);

/// Adds a command that has the settings as its flags. A command below it goes instead of it.
CLI::App* add_settings_command(CLI::App& app,
                               SettingFlags& flags,
                               const char* name,
                               const char* help,
                               bool of_store,
                               const Surroundings& around,
                               int& exit_code,
                               SettingsCommand command) {
    CLI::App* added = app.add_subcommand(name, help);
    flags.add_to(*added, of_store);
    added->callback([added, &flags, &around, &exit_code, command] {
        if (!added->get_subcommands().empty()) {
            return;
        }
        const auto resolved = flags.resolve(around.environment);
        if (!resolved) {
            complain(around, resolved.error());
            exit_code = exit_usage;
            return;
        }
        exit_code = command(*resolved, around);
    });
    return added;
}

}  // namespace

int run(std::vector<std::string> arguments, const Surroundings& around) {
    CLI::App app("Slipway: many files into S3 at once.", "slipway");
    app.set_version_flag("--version", fmt::format("slipway {}", version()));
    app.require_subcommand(1);
    int exit_code = exit_done;
    SettingFlags serve_flags;
    SettingFlags store_flags;
    SettingFlags config_flags;
    add_settings_command(app, serve_flags, "serve",
                         "Run the upload server, with its embedded S3 store or in front of "
                         "another S3",
                         false, around, exit_code, serve_command);
    CLI::App* store =
        add_settings_command(app, store_flags, "store", "Run the embedded S3 store alone", true,
                             around, exit_code, store_command);
    add_store_check_command(*store, around, exit_code);
    add_settings_command(app, config_flags, "config",
                         "Print the settings in force and where each comes from", false, around,
                         exit_code, config_command);
    app.add_subcommand("token", "Print a new token, and its SHA-256 for the settings file")
        ->callback([&] { exit_code = token_command(around); });
    add_put_command(app, around, exit_code);
    add_get_command(app, around, exit_code);
    add_ls_command(app, around, exit_code);
    add_rm_command(app, around, exit_code);
    add_stat_command(app, around, exit_code);
    add_presign_command(app, around, exit_code);
    add_completion_command(app, around);
    add_man_command(app, around);
    const auto named = [&arguments](const CLI::App* command) {
        return command->check_name(arguments.front());
    };
    if (!arguments.empty() && !arguments.front().starts_with('-') &&
        app.get_subcommands(named).empty()) {
        around.err << fmt::format("slipway: there is no command '{}': slipway --help lists them\n",
                                  arguments.front());
        return exit_usage;
    }
    std::ranges::reverse(arguments);  // CLI11 takes them from the back
    try {
        app.parse(std::move(arguments));
    } catch (const CLI::ParseError& error) {
        // Its own codes say which rule was broken; scripts know 2 for all of them.
        exit_code = app.exit(error, around.out, around.err) == 0 ? exit_done : exit_usage;
    }
    if (!around.out.flush() && exit_code == exit_done) {
        around.err << "slipway: standard output does not take what was to be written there\n";
        exit_code = exit_failed;
    }
    return exit_code;
}

}  // namespace slipway::cli
