// SPDX-License-Identifier: Apache-2.0
#include "gateway/keys_file.h"

#include "codec/toml.h"
#include "s3/limits.h"
#include "s3/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace slipway::gateway {
namespace {

constexpr std::size_t id_letters_min = 3;
constexpr std::size_t id_letters_max = 128;
constexpr std::size_t secret_letters_min = 8;

/// What a signature's header can carry.
bool is_key_id(std::string_view id) {
    return id.size() >= id_letters_min && id.size() <= id_letters_max &&
           std::ranges::none_of(id,
                                [](char c) { return c <= ' ' || c > '~' || c == '/' || c == ','; });
}

bool is_bucket_pattern(std::string_view name) {
    if (!name.ends_with('*')) {
        return s3::check_bucket_name(name).has_value();
    }
    name.remove_suffix(1);
    return name.size() < s3::bucket_name_bytes_max && std::ranges::all_of(name, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
           });
}

class Reader {
  public:
    explicit Reader(std::string_view path) : path_(path) {}

    Result<std::vector<KeyGrant>> read(const toml::table& root) {
        for (const auto& [name, node] : root) {
            const auto* tables = name.str() == "keys" ? node.as_array() : nullptr;
            if (tables == nullptr) {
                return wrong(node, fmt::format("'{}' is not known; keys are written as [[keys]] "
                                               "tables",
                                               name.str()));
            }
            for (const auto& element : *tables) {
                SLIPWAY_CHECK(read_key(element));
            }
        }
        return std::move(keys_);
    }

  private:
    tl::unexpected<Error> wrong(const toml::node& node, std::string_view what) const {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("{}:{}: {}", path_, node.source().begin.line, what));
    }

    Result<> read_key(const toml::node& node) {
        const auto* table = node.as_table();
        if (table == nullptr) {
            return wrong(node, "a key is a [[keys]] table with id, secret, buckets and access");
        }
        if (keys_.size() == s3::keys_file_keys_max) {
            return wrong(node, fmt::format("more than {} keys", s3::keys_file_keys_max));
        }
        KeyGrant key;
        for (const auto& [name, value] : *table) {
            SLIPWAY_CHECK(read_field(name.str(), value, key));
        }
        for (const std::string_view name : {"id", "secret", "buckets", "access"}) {
            if (!table->contains(name)) {
                return wrong(node, fmt::format("key {}: '{}' is missing; a key has id, secret, "
                                               "buckets and access",
                                               key.credentials.access_key_id, name));
            }
        }
        const auto same = [&key](const KeyGrant& other) {
            return other.credentials.access_key_id == key.credentials.access_key_id;
        };
        if (std::ranges::any_of(keys_, same)) {
            return wrong(node, fmt::format("key {} is there twice", key.credentials.access_key_id));
        }
        keys_.push_back(std::move(key));
        return {};
    }

    Result<> read_field(std::string_view name, const toml::node& value, KeyGrant& key) {
        if (name == "buckets") {
            return read_buckets(value, key);
        }
        const auto text = value.value_exact<std::string>();
        if (name == "id") {
            if (!text || !is_key_id(*text)) {
                return wrong(value, fmt::format("id: an access key has {} to {} visible ASCII "
                                                "letters without '/' and ','",
                                                id_letters_min, id_letters_max));
            }
            key.credentials.access_key_id = *text;
        } else if (name == "secret") {
            if (!text || text->size() < secret_letters_min) {
                return wrong(value, fmt::format("secret: a text of at least {} letters",
                                                secret_letters_min));
            }
            key.credentials.secret_access_key = Secret(*text);
        } else if (name == "access") {
            if (text != "read" && text != "write") {
                return wrong(value, "access is \"read\" or \"write\"");
            }
            key.access = text == "read" ? Access::read : Access::write;
        } else {
            return wrong(value, fmt::format("'{}' is not known; a key has id, secret, buckets and "
                                            "access",
                                            name));
        }
        return {};
    }

    Result<> read_buckets(const toml::node& value, KeyGrant& key) {
        const auto* list = value.as_array();
        if (list == nullptr || list->empty() || list->size() > s3::key_buckets_max) {
            return wrong(value, fmt::format("buckets: a list of 1 to {} names, as [\"photos\", "
                                            "\"logs-*\"]; [\"*\"] for all",
                                            s3::key_buckets_max));
        }
        for (const auto& element : *list) {
            const auto name = element.value_exact<std::string>();
            if (!name || !is_bucket_pattern(*name)) {
                return wrong(element, fmt::format("buckets: '{}' is neither a bucket's name nor "
                                                  "the beginning of one with a '*'",
                                                  name.value_or("")));
            }
            key.buckets.push_back(*name);
        }
        return {};
    }

    std::string_view path_;
    std::vector<KeyGrant> keys_;
};

}  // namespace

Result<std::vector<KeyGrant>> parse_keys_file(std::string_view text, std::string_view path) {
    if (text.size() > s3::keys_file_bytes_max) {
        return fail(ErrorKind::invalid_argument, fmt::format("{}: a keys file has at most {} bytes",
                                                             path, s3::keys_file_bytes_max));
    }
    const auto parsed = codec::parse_toml(text);
    if (!parsed) {
        // Its words may quote the line, and with it a secret.
        return fail(ErrorKind::invalid_argument,
                    fmt::format("{}:{}:{}: not TOML; keys are written as [[keys]] tables", path,
                                parsed.error().line, parsed.error().column));
    }
    return Reader(path).read(*parsed);
}

}  // namespace slipway::gateway
