// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "objects/object_store.h"
#include "support/run_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

/// What holds for every ObjectStore. A store joins by INSTANTIATE_TEST_SUITE_P with a way to make
/// an empty one of it; the tests themselves are in put_get_test.cpp, copy_test.cpp and
/// list_test.cpp.
namespace slipway::test {

/// A store under test together with all it stands on.
class StoreFixture {
  public:
    virtual ~StoreFixture() = default;
    virtual objects::ObjectStore& store() = 0;
};

struct StoreUnderTest {
    std::string name;
    /// Answers nullptr where this machine has not what it takes.
    std::function<std::unique_ptr<StoreFixture>()> make;
};

inline void PrintTo(const StoreUnderTest& store, std::ostream* out) {
    *out << store.name;
}

/// A body that breaks after some bytes as a connection does that is cut.
class BreakingBody final : public BodyReader {
  public:
    BreakingBody(std::string bytes, std::uint64_t declared)
        : bytes_(std::move(bytes)), declared_(declared) {}
    Task<Chunk> read() override {
        if (bytes_.empty()) {
            co_return fail(ErrorKind::cancelled, "the connection was cut");
        }
        co_return Chunk::copy_of(std::exchange(bytes_, {}));
    }
    std::optional<std::uint64_t> size() const override { return declared_; }

  private:
    std::string bytes_;
    std::uint64_t declared_;
};

/// A body that declares more than it brings, or nothing at all.
class DeclaringBody final : public BodyReader {
  public:
    DeclaringBody(std::string bytes, std::optional<std::uint64_t> declared)
        : reader_(std::move(bytes)), declared_(declared) {}
    Task<Chunk> read() override { return reader_.read(); }
    std::optional<std::uint64_t> size() const override { return declared_; }

  private:
    MemoryBodyReader reader_;
    std::optional<std::uint64_t> declared_;
};

/// `size` bytes that differ by place and by `seed`.
inline std::string pattern(std::size_t size, unsigned seed = 1) {
    std::string bytes(size, '\0');
    std::uint32_t state = seed * 2654435761U + 1;
    for (char& byte : bytes) {
        state = state * 1664525U + 1013904223U;
        byte = static_cast<char>(state >> 24);
    }
    return bytes;
}

/// All bytes of a body, a file's included.
inline std::string bytes_of(Body& body) {
    if (const auto* text = std::get_if<std::string>(&body)) {
        return *text;
    }
    if (const auto* fixed = std::get_if<StaticBytes>(&body)) {
        return std::string(fixed->bytes);
    }
    if (const auto* slice = std::get_if<FileSlice>(&body)) {
        std::string bytes(static_cast<std::size_t>(slice->size), '\0');
        const auto got = ::pread(slice->file->fd(), bytes.data(), bytes.size(),
                                 static_cast<off_t>(slice->offset));
        EXPECT_EQ(got, static_cast<ssize_t>(bytes.size()));
        return bytes;
    }
    return run(read_all(*std::get<std::unique_ptr<BodyReader>>(body), 1U << 30)).value();
}

/// The S3 code of a failure; "" for success.
template <class T>
std::string code_of(const Result<T>& result) {
    return result ? std::string() : result.error().code;
}

/// The kind of a failure; nothing for success.
template <class T>
std::optional<ErrorKind> kind_of(const Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error().kind);
}

/// One empty store with the bucket "photos", and short words for its calls.
class ObjectStoreConformance : public ::testing::TestWithParam<StoreUnderTest> {
  protected:
    static constexpr const char* bucket = "photos";

    void SetUp() override {
        fixture_ = GetParam().make();
        if (fixture_ == nullptr) {
            GTEST_SKIP() << "not on this machine: " << GetParam().name;
        }
        ASSERT_TRUE(run(store().create_bucket(bucket)));
    }

    objects::ObjectStore& store() { return fixture_->store(); }

    static objects::PutRequest put_request(std::string key) {
        objects::PutRequest request;
        request.bucket = bucket;
        request.key = std::move(key);
        return request;
    }
    static objects::GetRequest get_request(std::string key) {
        objects::GetRequest request;
        request.bucket = bucket;
        request.key = std::move(key);
        return request;
    }

    Result<objects::ObjectInfo> put(const objects::PutRequest& request, std::string bytes) {
        MemoryBodyReader body(std::move(bytes));
        return run(store().put(request, body));
    }
    Result<objects::ObjectInfo> put(std::string key, std::string bytes) {
        return put(put_request(std::move(key)), std::move(bytes));
    }
    Result<std::string> get(const objects::GetRequest& request) {
        SLIPWAY_TRY(result, run(store().get(request)));
        std::string bytes = bytes_of(result.body);
        EXPECT_EQ(bytes.size(), result.length);
        return bytes;
    }
    Result<std::string> get(std::string key) { return get(get_request(std::move(key))); }
    Result<objects::ObjectInfo> head(std::string key) {
        return run(store().head(get_request(std::move(key))));
    }
    Result<objects::ListResult> list(std::string prefix = {}, std::string delimiter = {}) {
        objects::ListRequest request;
        request.bucket = bucket;
        request.prefix = std::move(prefix);
        request.delimiter = std::move(delimiter);
        return run(store().list(request));
    }

    static std::vector<std::string> keys_of(const objects::ListResult& page) {
        std::vector<std::string> keys;
        for (const objects::ObjectInfo& object : page.objects) {
            keys.push_back(object.key);
        }
        return keys;
    }

    std::unique_ptr<StoreFixture> fixture_;
};

}  // namespace slipway::test
