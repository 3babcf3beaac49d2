// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/limits.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "store/local_store.h"
#include "support/crash/history.h"
#include "support/crash/lossy_disk.h"
#include "support/run_task.h"
#include "support/sim/dice.h"

#include <array>
#include <cstdint>
#include <string>
#include <utility>

namespace slipway::test {

/// Where a client of a run works, and who it is.
struct CrashClientPlace {
    store::LocalStore& store;
    const LossyDisk& disk;
    History& history;
    std::string name;
};

/// What all that clients of a run do has in common: what they store, and telling the history what
/// was answered.
class CrashClient {
  public:
    static constexpr const char* bucket = "photos";

  protected:
    CrashClient(CrashClientPlace place, std::uint64_t seed)
        : store_(place.store),
          disk_(place.disk),
          history_(place.history),
          dice_(seed),
          name_(std::move(place.name)) {}

    std::size_t small_size() {
        constexpr std::array<std::size_t, 4> edges{0, 1, limits::inline_object_bytes_max - 1,
                                                   limits::inline_object_bytes_max};
        return dice_.happens(0.2) ? edges[dice_.below(edges.size())] : dice_.below(6000);
    }
    std::size_t large_size() {
        return limits::inline_object_bytes_max + 1 +
               dice_.below(dice_.happens(0.1) ? 300'000 : 20'000);
    }
    std::size_t any_size() { return dice_.happens(0.7) ? small_size() : large_size(); }
    std::string any_key() { return "key" + std::to_string(dice_.below(8)); }
    std::string next_label() { return fmt::format("{}/{}", name_, ++number_); }

    /// Who put it there, in every attribute: a mixture of two would show.
    static objects::ObjectAttributes attributes(const std::string& label) {
        objects::ObjectAttributes all;
        all.content_type = label;
        all.user_metadata.push_back({"label", label});
        return all;
    }

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
    static std::string etag_of(std::string_view bytes) {
        return codec::hex_encode(codec::md5(bytes));
    }
    MemoryBodyReader body_of(std::string bytes) {
        return MemoryBodyReader(std::move(bytes), 1 + dice_.below(100'000));
    }

    /// Whether an answer says that nothing was done.
    static bool refused(const Error& error) {
        return error.kind == ErrorKind::not_found || error.kind == ErrorKind::already_exists ||
               error.kind == ErrorKind::precondition_failed ||
               error.kind == ErrorKind::invalid_argument;
    }
    template <class Answer>
    void tell(std::size_t change, const Answer& answer, std::string etag = {}) {
        if (answer) {
            history_.acknowledge(change, std::move(etag));
        } else if (refused(answer.error())) {
            history_.refuse(change);
        } else {
            history_.fail(change);
        }
    }

    store::LocalStore& store_;
    const LossyDisk& disk_;
    History& history_;
    Dice dice_;
    const std::string name_;

  private:
    unsigned number_ = 0;
};

}  // namespace slipway::test
