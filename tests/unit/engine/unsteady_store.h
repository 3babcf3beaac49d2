// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/memory_store.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace slipway::engine {

/// A body that breaks off, as a connection that is reset.
class CutBody final : public BodyReader {
  public:
    CutBody(std::string bytes, std::size_t size) : bytes_(std::move(bytes)), size_(size) {}
    std::optional<std::uint64_t> size() const override { return size_; }
    Task<Chunk> read() override {
        if (bytes_.empty()) {
            co_return fail(ErrorKind::unavailable, "the connection was lost");
        }
        co_return Chunk::copy_of(std::exchange(bytes_, ""));
    }

  private:
    std::string bytes_;
    std::size_t size_;
};

/// A store whose answers break off or are garbled as it is told.
class UnsteadyStore final : public test::MemoryStore {
  public:
    using test::MemoryStore::MemoryStore;

    Task<objects::GetResult> get(const objects::GetRequest& request) override {
        ++gets;
        if (refusals > 0) {
            --refusals;
            co_return fail(ErrorKind::unavailable, "come back later");
        }
        if (request.key == archived) {
            co_return fail(ErrorKind::precondition_failed, "restore it first",
                           "InvalidObjectState");
        }
        auto got = co_await test::MemoryStore::get(request);
        if (!got) {
            co_return got;
        }
        offsets.push_back(got->offset);
        if (request.key == without_checksum) {
            got->info.checksum.reset();
        }
        std::string bytes = std::get<std::string>(std::move(got->body));
        if (garble && !bytes.empty()) {
            bytes[bytes.size() / 2] ^= 1;
        }
        if (cuts > 0) {
            --cuts;
            const std::size_t size = bytes.size();
            bytes.resize(std::min(bytes_before_cut, size));
            got->body = std::make_unique<CutBody>(std::move(bytes), size);
            if (after_cut) {
                after_cut();
            }
        } else {
            got->body = std::move(bytes);
        }
        co_return got;
    }

    Task<objects::ObjectInfo> head(const objects::GetRequest& request) override {
        ++heads;
        if (head_refusals > 0) {
            --head_refusals;
            co_return fail(ErrorKind::unavailable, "come back later");
        }
        auto got = co_await test::MemoryStore::get(request);
        if (!got) {
            co_return fail(got.error());
        }
        if (request.key == without_checksum) {
            got->info.checksum.reset();
        }
        if (after_head) {
            after_head();
        }
        co_return std::move(got->info);
    }

    unsigned gets = 0;
    unsigned heads = 0;
    unsigned head_refusals = 0;
    std::function<void()> after_head;
    unsigned refusals = 0;
    unsigned cuts = 0;
    std::size_t bytes_before_cut = 10;
    bool garble = false;
    std::string archived;
    std::string without_checksum;
    std::function<void()> after_cut;
    std::vector<std::uint64_t> offsets;
};

}  // namespace slipway::engine
