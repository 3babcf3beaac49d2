// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "codec/digest.h"
#include "codec/hex.h"
#include "objects/running_checksum.h"
#include "store/local_store.h"
#include "support/crash/history.h"
#include "support/crash/lossy_disk.h"
#include "support/run_task.h"
#include "support/sim/dice.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <unistd.h>
#include <utility>
#include <variant>

namespace slipway::test {

/// One client of a store: does this and that, as its dice say, one after the other, and tells the
/// history. Several may work on the same keys at once.
class CrashLoad {
  public:
    static constexpr const char* bucket = "photos";
    static constexpr const char* other_bucket = "comes-and-goes";

    CrashLoad(store::LocalStore& store,
              const LossyDisk& disk,
              History& history,
              std::uint64_t seed,
              std::string name)
        : store_(store), disk_(disk), history_(history), dice_(seed), name_(std::move(name)) {}

    void do_something() {
        const std::uint64_t what = dice_.below(100);
        if (what < 35) {
            put(dice_.below(4) != 0 ? small_size() : large_size());
        } else if (what < 50) {
            remove();
        } else if (what < 68) {
            copy();
        } else if (what < 85) {
            look();
        } else if (what < 94) {
            make_or_remove_bucket();
        } else {
            static_cast<void>(store_.clean());
        }
    }

    /// What is under a key now. `problem`: why that cannot be.
    static Result<State> find(store::LocalStore& store,
                              const std::string& key,
                              std::string& wrong) {
        objects::GetRequest request;
        request.bucket = bucket;
        request.key = key;
        auto got = run(store.get(request));
        if (!got) {
            if (got.error().code == "NoSuchKey") {
                return State();
            }
            return fail(got.error());
        }
        const std::string bytes = bytes_of(*got);
        const objects::ObjectInfo& info = got->info;
        if (bytes.size() != info.size || codec::hex_encode(codec::md5(bytes)) != info.etag) {
            wrong = fmt::format("{} is not whole: {} of {} bytes", key, bytes.size(), info.size);
        } else if (!info.checksum ||
                   objects::checksum_of(info.checksum->algorithm, bytes) != *info.checksum) {
            wrong = key + " has not the checksum of its bytes";
        } else if (info.attributes.user_metadata.size() != 1 ||
                   info.attributes.user_metadata[0].value != info.attributes.content_type) {
            wrong = key + " has lost attributes";
        }
        return State(Found{info.attributes.content_type, info.etag});
    }

  private:
    static std::string bytes_of(objects::GetResult& got) {
        if (auto* text = std::get_if<std::string>(&got.body)) {
            return std::move(*text);
        }
        const auto& slice = std::get<FileSlice>(got.body);
        std::string bytes(static_cast<std::size_t>(slice.size), '\0');
        const ssize_t read =
            ::pread(slice.file->fd(), bytes.data(), bytes.size(), static_cast<off_t>(slice.offset));
        bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(read, 0)));
        return bytes;
    }

    std::size_t small_size() {
        constexpr std::array<std::size_t, 4> edges{0, 1, limits::inline_object_bytes_max - 1,
                                                   limits::inline_object_bytes_max};
        return dice_.happens(0.2) ? edges[dice_.below(edges.size())] : dice_.below(6000);
    }
    std::size_t large_size() {
        return limits::inline_object_bytes_max + 1 +
               dice_.below(dice_.happens(0.1) ? 300'000 : 20'000);
    }
    std::string any_key() { return "key" + std::to_string(dice_.below(8)); }

    /// Who put it there, in every attribute: a mixture of two would show.
    objects::ObjectAttributes attributes(const std::string& label) {
        objects::ObjectAttributes all;
        all.content_type = label;
        all.user_metadata.push_back({"label", label});
        return all;
    }
    std::string next_label() { return fmt::format("{}/{}", name_, ++number_); }

    /// Unlike any other: no two puts have an ETag in common.
    std::string bytes_for(const std::string& label, std::size_t size) {
        std::string bytes = label.substr(0, size);
        bytes.reserve(size + sizeof(std::uint64_t));
        while (bytes.size() < size) {
            const std::uint64_t word = dice_.below(UINT64_MAX);
            bytes.append(static_cast<const char*>(static_cast<const void*>(&word)), sizeof word);
        }
        bytes.resize(size);
        return bytes;
    }

    template <class Answer>
    void tell(std::size_t change, const Answer& answer, std::string etag = {}) {
        if (answer) {
            history_.acknowledge(change, std::move(etag));
        } else if (answer.error().kind == ErrorKind::not_found ||
                   answer.error().kind == ErrorKind::already_exists ||
                   answer.error().kind == ErrorKind::precondition_failed) {
            history_.refuse(change);
        } else {
            history_.fail(change);
        }
    }

    void put(std::size_t size) {
        const std::string label = next_label();
        objects::PutRequest request;
        request.bucket = bucket;
        request.key = any_key();
        request.attributes = attributes(label);
        request.conditions.if_none_match = dice_.happens(0.1) ? "*" : "";
        std::string bytes = bytes_for(label, size);
        const std::size_t change = history_.begin(request.key, label);
        history_.expect(change, codec::hex_encode(codec::md5(bytes)));
        MemoryBodyReader body(std::move(bytes), 1 + dice_.below(100'000));
        tell(change, run(store_.put(request, body)));
    }

    void remove() {
        const std::string key = any_key();
        const std::size_t change = history_.begin(key, {});
        tell(change, run(store_.remove(bucket, key)));
    }

    void copy() {
        const std::string label = next_label();
        objects::CopyRequest request;
        request.source_bucket = request.bucket = bucket;
        request.source_key = any_key();
        request.key = any_key();
        request.attributes = attributes(label);
        const std::size_t change = history_.begin(request.key, label);
        const auto copied = run(store_.copy(request));
        tell(change, copied, copied ? copied->etag : std::string());
    }

    void look() {
        const std::string key = any_key();
        const std::uint64_t looked = history_.now();
        std::string wrong;
        const auto found = find(store_, key, wrong);
        if (!found && !disk_.dead() && !disk_.tripped()) {
            wrong = key + " cannot be read: " + found.error().message;
        } else if (found && wrong.empty()) {
            wrong = history_.check(key, *found, looked);
        }
        if (!wrong.empty()) {
            history_.complain("while it ran: " + wrong);
        }
    }

    void make_or_remove_bucket() {
        const bool make = dice_.happens(0.5);
        const std::size_t change = history_.begin(other_bucket, make ? other_bucket : "");
        const auto answer = make ? run(store_.create_bucket(other_bucket))
                                 : run(store_.remove_bucket(other_bucket));
        tell(change, answer);
    }

    store::LocalStore& store_;
    const LossyDisk& disk_;
    History& history_;
    Dice dice_;
    const std::string name_;
    unsigned number_ = 0;
};

}  // namespace slipway::test
