// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/disk_feed.h"
#include "support/run_task.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace slipway::engine {

/// What a feed brought, in its order.
struct FeedFiles {
    std::vector<std::string> keys;
    std::map<std::string, std::string> types;
    std::map<std::string, std::uint64_t> sizes;
    std::map<std::string, Error> passed_over;  // by path

    /// Collects into this; for the options of a feed.
    std::function<void(PassedOver)> collect() {
        return [this](PassedOver over) {
            EXPECT_TRUE(passed_over.emplace(over.path, over.error).second) << over.path;
        };
    }

    Result<> take_all(Feed& feed) {
        while (true) {
            auto file = test::run(feed.next());
            if (!file) {
                return fail(file.error());
            }
            if (!*file) {
                return {};
            }
            keys.push_back((*file)->key);
            types[(*file)->key] = (*file)->attributes.content_type;
            sizes[(*file)->key] = (*file)->source->size();
        }
    }
};

}  // namespace slipway::engine
