// SPDX-License-Identifier: Apache-2.0
#include "cli/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace slipway::cli {
namespace {

struct Value {
    std::string text;
    std::string origin;
    std::string named;  ///< for messages: origin and name of the setting
};

/// What a `*_FILE` variable names holds the secret; editors and `echo` end it with a newline.
Result<std::string> read_secret(const std::string& variable, const std::string& path) {
    errno = 0;
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    if (stream) {
        text << stream.rdbuf();
    }
    if (!stream) {
        return fail(ErrorKind::io,
                    fmt::format("{}: cannot read {}: {}", variable, path, std::strerror(errno)));
    }
    std::string secret = text.str();
    while (secret.ends_with('\n') || secret.ends_with('\r')) {
        secret.pop_back();
    }
    return secret;
}

Result<std::optional<Value>> from_environment(const Setting& setting,
                                              const Environment& environment) {
    const std::string variable = variable_name(setting);
    const auto text = environment(variable);
    if (setting.secret) {
        const std::string file_variable = variable + "_FILE";
        if (const auto path = environment(file_variable)) {
            if (text) {
                return fail(
                    ErrorKind::invalid_argument,
                    fmt::format("{} and {} are both set; set one", variable, file_variable));
            }
            SLIPWAY_TRY(secret, read_secret(file_variable, *path));
            return Value{std::move(secret), "environment " + file_variable, file_variable};
        }
    }
    if (!text) {
        return std::nullopt;
    }
    return Value{*text, "environment " + variable, variable};
}

Result<std::optional<Value>> find_value(const Setting& setting,
                                        const std::optional<FlagValue>& flag,
                                        const SettingsFile& file,
                                        const Environment& environment) {
    if (flag) {
        return Value{flag->text, flag->flag, flag->flag};
    }
    if (const FileEntry* entry = file.find(setting.name); entry != nullptr) {
        const std::string at = file.where(*entry);
        return Value{entry->text, at, fmt::format("{}: {}", at, setting.name)};
    }
    return from_environment(setting, environment);
}

/// A misspelt key would be a setting that silently does not hold.
Result<> check_keys(const SettingsFile& file) {
    for (const FileEntry& entry : file.entries) {
        if (std::ranges::find(settings(), entry.key, &Setting::name) == settings().end()) {
            return fail(ErrorKind::invalid_argument,
                        fmt::format("{}: unknown setting '{}'; slipway serve --help lists them",
                                    file.where(entry), entry.key));
        }
    }
    return {};
}

Result<SettingsFile> find_file(const std::optional<std::string>& config,
                               const Environment& environment) {
    if (config) {
        return read_settings_file(*config);
    }
    if (const auto named = environment("SLIPWAY_CONFIG"); named && !named->empty()) {
        return read_settings_file(*named);
    }
    std::string directory = environment("XDG_CONFIG_HOME").value_or("");
    if (directory.empty()) {
        const std::string home = environment("HOME").value_or("");
        directory = home.empty() ? "" : home + "/.config";
    }
    const std::string path = directory + "/slipway/slipway.toml";
    std::error_code ignored;
    if (directory.empty() || !std::filesystem::exists(path, ignored)) {
        return SettingsFile();
    }
    return read_settings_file(path);
}

std::string toml_text(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            result.push_back('\\');
        }
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            result += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
        } else {
            result.push_back(c);
        }
    }
    return result + '"';
}

}  // namespace

std::string flag_name(const Setting& setting) {
    std::string flag = fmt::format("--{}", setting.name);
    std::ranges::replace(flag, '_', '-');
    return flag;
}

std::string variable_name(const Setting& setting) {
    std::string variable = fmt::format("SLIPWAY_{}", setting.name);
    std::ranges::transform(variable, variable.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return variable;
}

Result<Resolved> resolve(const std::vector<std::optional<FlagValue>>& flags,
                         const std::optional<std::string>& config,
                         const Environment& environment) {
    SLIPWAY_TRY(file, find_file(config, environment));
    SLIPWAY_CHECK(check_keys(file));
    Resolved resolved;
    resolved.file = file.path;
    for (std::size_t i = 0; i < settings().size(); ++i) {
        const Setting& setting = settings()[i];
        SLIPWAY_TRY(value, find_value(setting, flags.at(i), file, environment));
        resolved.origins.push_back(value ? value->origin : "default");
        // An empty text means "as if not set", so that a script can pass a variable on as it is.
        if (!value || (value->text.empty() && setting.show(ServeOptions()).empty())) {
            continue;
        }
        if (auto assigned = setting.assign(resolved.options, value->text); !assigned) {
            return fail(assigned.error().kind,
                        fmt::format("{}: {}", value->named, assigned.error().message));
        }
    }
    resolved.options.users = std::move(file.users);
    if (file.tiers) {
        resolved.options.tiers = std::move(*file.tiers);
    }
    return resolved;
}

std::string show_settings(const Resolved& resolved, const StoreKeys& store_keys) {
    std::string out =
        fmt::format("# settings file: {}\n", resolved.file.empty() ? "none" : resolved.file);
    for (std::size_t i = 0; i < settings().size(); ++i) {
        const Setting& setting = settings()[i];
        std::string text = setting.show(resolved.options);
        std::string origin = resolved.origins[i];
        const bool store_key =
            setting.name == "store_access_key" || setting.name == "store_secret_key";
        if (store_key && text.empty()) {
            text = setting.secret ? store_keys.secret_key : store_keys.access_key;
            origin =
                text.empty() ? "made at the first start" : resolved.options.data_dir + "/keys.toml";
        } else if (setting.secret && !store_key && !text.empty()) {
            text = "********";
        }
        out += fmt::format("{} = {}  # {}\n", setting.name,
                           setting.form == "N" ? text : toml_text(text), origin);
    }
    out += "\n[tiers]\n";
    for (const auto& [name, storage_class] : resolved.options.tiers) {
        out += fmt::format("{} = {}\n", toml_text(name), toml_text(storage_class));
    }
    for (const UserAccount& user : resolved.options.users) {
        out += fmt::format("\n[[users]]\nname = {}\ntoken_sha256 = {}\n", toml_text(user.name),
                           toml_text(user.token_sha256));
    }
    return out;
}

}  // namespace slipway::cli
