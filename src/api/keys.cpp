// SPDX-License-Identifier: Apache-2.0
#include "api/keys.h"

#include "slipway/serve.h"

#include "api/file.h"
#include "base/random.h"

#include <fmt/format.h>

#include <algorithm>

namespace slipway {
namespace api {
namespace {

std::string keys_path(const std::string& data_dir) {
    return data_dir + "/keys.toml";
}

/// `name = "value"`, the only lines of this file besides comments; the rest of TOML is not needed.
Result<> take_line(std::string_view line, Keys& keys, const std::string& where) {
    if (line.empty() || line.starts_with('#')) {
        return {};
    }
    const auto equals = line.find(" = \"");
    const bool quoted = equals != line.npos && line.ends_with('"') && line.size() > equals + 4;
    if (!quoted) {
        return fail(ErrorKind::invalid_argument,
                    where + ": not a line of the form name = \"value\"");
    }
    const auto name = line.substr(0, equals);
    std::string value(line.substr(equals + 4, line.size() - equals - 5));
    if (name == "store_access_key") {
        keys.store_access_key = std::move(value);
    } else if (name == "store_secret_key") {
        keys.store_secret_key = Secret(std::move(value));
    } else if (name == "session_key") {
        keys.session_key = Secret(std::move(value));
    } else {
        return fail(ErrorKind::invalid_argument, fmt::format("{}: unknown key '{}'", where, name));
    }
    return {};
}

Result<Keys> read_keys(const std::string& data_dir) {
    Keys keys;
    const std::string path = keys_path(data_dir);
    const auto text = read_file(path);
    if (!text) {
        return text.error().kind == ErrorKind::not_found ? Result<Keys>(keys) : fail(text.error());
    }
    std::string_view rest = *text;
    for (int line = 1; !rest.empty(); ++line) {
        const auto end = std::min(rest.find('\n'), rest.size());
        SLIPWAY_CHECK(take_line(rest.substr(0, end), keys, fmt::format("{}:{}", path, line)));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return keys;
}

std::string make_access_key() {
    std::string id = random_hex(7);
    std::ranges::transform(id, id.begin(),
                           [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
    return "SLIPWY" + id;  // 20 letters, as Amazon's: some clients count them
}

}  // namespace

Result<Keys> open_keys(const std::string& data_dir) {
    SLIPWAY_TRY(keys, read_keys(data_dir));
    const bool complete = !keys.store_access_key.empty() && !keys.store_secret_key.empty() &&
                          !keys.session_key.empty();
    if (complete) {
        return keys;
    }
    if (keys.store_access_key.empty()) {
        keys.store_access_key = make_access_key();
    }
    if (keys.store_secret_key.empty()) {
        keys.store_secret_key = Secret(random_hex(20));
    }
    if (keys.session_key.empty()) {
        keys.session_key = Secret(random_hex(32));
    }
    SLIPWAY_CHECK(write_file(keys_path(data_dir),
                             fmt::format("# Made by slipway. Whoever reads this file may do "
                                         "everything with this data directory.\n"
                                         "store_access_key = \"{}\"\n"
                                         "store_secret_key = \"{}\"\n"
                                         "session_key = \"{}\"\n",
                                         keys.store_access_key, keys.store_secret_key.reveal(),
                                         keys.session_key.reveal()),
                             0600));
    return keys;
}

Result<s3::Credentials> store_credentials(const std::string& data_dir,
                                          const std::string& access_key,
                                          const std::string& secret_key) {
    if (access_key.empty() != secret_key.empty()) {
        return fail(ErrorKind::invalid_argument,
                    "store_access_key and store_secret_key belong together; give both or neither");
    }
    s3::Credentials credentials;
    credentials.access_key_id = access_key;
    credentials.secret_access_key = Secret(secret_key);
    if (access_key.empty()) {
        SLIPWAY_TRY(keys, open_keys(data_dir));
        credentials.access_key_id = keys.store_access_key;
        credentials.secret_access_key = keys.store_secret_key;
    }
    return credentials;
}

}  // namespace api

Result<StoreKeys> read_store_keys(const std::string& data_dir) {
    SLIPWAY_TRY(keys, api::read_keys(data_dir));
    return StoreKeys{keys.store_access_key, std::string(keys.store_secret_key.reveal())};
}

}  // namespace slipway
