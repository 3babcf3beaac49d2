// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/memory_store.h"
#include "support/sim/sim_network.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <variant>

namespace slipway::test {

/// Objects with all their bytes in a memory store, to be brought over a simulated network. What
/// changes them does so at once, behind it.
class SimObjects final : public MemoryStore, public SimNetwork {
  public:
    SimObjects(const Clock& clock, VirtualTime& time, Dice& dice, Weather weather)
        : MemoryStore(clock), SimNetwork(time, dice, std::move(weather)) {}

    Task<objects::GetResult> get(const objects::GetRequest& request) override {
        auto counted = std::make_unique<UnderWay>(*this);
        SLIPWAY_CO_TRY(got, co_await ask("get", MemoryStore::get(request)));
        tell_what_is_known(got.info);
        std::string bytes = std::get<std::string>(std::move(got.body));
        if (may_garble(got.info) && !bytes.empty() && dice_.happens(weather_.garbled)) {
            bytes[dice_.below(bytes.size())] ^= 1;
        }
        got.body = std::make_unique<SimBody>(*this, std::move(bytes), std::move(counted));
        co_return got;
    }

    Task<objects::ObjectInfo> head(const objects::GetRequest& request) override {
        SLIPWAY_CO_TRY(got, co_await ask("head", MemoryStore::get(request)));
        tell_what_is_known(got.info);
        co_return std::move(got.info);
    }

    Task<objects::ListResult> list(const objects::ListRequest& request) override {
        co_return co_await ask("list", MemoryStore::list(request));
    }

    std::set<std::string> without_checksum;  ///< only their ETags tell what they are
    bool etags_count = true;                 ///< else nothing tells what those are

  private:
    /// An answer's bytes as they come: at the network's pace, and not always to their end.
    class SimBody final : public BodyReader {
      public:
        SimBody(SimObjects& from, std::string bytes, std::unique_ptr<UnderWay> counted)
            : from_(from), bytes_(std::move(bytes)), counted_(std::move(counted)) {
            const Weather& weather = from_.weather_;
            breaks_ = from_.dice_.happens(weather.reset);
            hangs_ = !breaks_ && from_.dice_.happens(weather.hung);
            end_ = breaks_ || hangs_ ? from_.dice_.below(bytes_.size() + 1) : bytes_.size();
        }

        std::optional<std::uint64_t> size() const override { return bytes_.size(); }

        Task<Chunk> read() override {
            const std::size_t size = std::min(limits::chunk_bytes, end_ - position_);
            const Instant done = from_.transmit(size, connection_free_);
            if (size > 0 && done > from_.time_.now()) {
                co_await from_.time_.pause(
                    std::chrono::ceil<std::chrono::microseconds>(done - from_.time_.now()));
            }
            if (size == 0 && hangs_) {
                co_await from_.time_.pause(std::chrono::seconds(60));
                co_return fail(ErrorKind::timeout, "nothing came for 60 s");
            }
            if (size == 0 && breaks_ && from_.dice_.happens(0.5)) {
                co_return fail(ErrorKind::unavailable, "connection reset by peer");
            }
            const std::string_view piece = std::string_view(bytes_).substr(position_, size);
            position_ += size;
            co_return Chunk::copy_of(piece);  // short of its end: an answer that is too short
        }

      private:
        SimObjects& from_;
        const std::string bytes_;
        const std::unique_ptr<UnderWay> counted_;
        std::size_t position_ = 0;
        std::size_t end_ = 0;
        bool breaks_ = false;
        bool hangs_ = false;
        Instant connection_free_{};
    };

    template <class T>
    Task<T> ask(const char* kind, Task<T> act) {
        ++requests[kind];
        SLIPWAY_CO_CHECK(co_await arrive(kind));
        SLIPWAY_CO_CHECK(co_await dawdle());
        SLIPWAY_CO_CHECK(co_await fail_to_act());
        auto outcome = co_await std::move(act);
        co_await travel();
        if (dice_.happens(weather_.lost_answer)) {
            co_return fail(ErrorKind::unavailable, "connection reset before the answer");
        }
        if (!outcome) {
            co_return s3_answer(outcome.error().code);
        }
        co_return outcome;
    }

    void tell_what_is_known(objects::ObjectInfo& info) const {
        if (without_checksum.contains(info.key)) {
            info.checksum.reset();
        }
    }

    /// Where nobody could find out there is no promise to break.
    bool may_garble(const objects::ObjectInfo& info) const { return info.checksum || etags_count; }
};

}  // namespace slipway::test
