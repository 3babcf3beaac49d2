// SPDX-License-Identifier: Apache-2.0
#include "engine/plan.h"

#include "s3/limits.h"

#include <fmt/format.h>

#include <algorithm>

namespace slipway::engine {
namespace {

constexpr std::uint64_t mebibyte = 1ULL << 20;

std::uint64_t divide_up(std::uint64_t value, std::uint64_t by) {
    return value / by + (value % by == 0 ? 0 : 1);
}

}  // namespace

Result<Plan> Plan::of(std::uint64_t size, const PlanOptions& options) {
    if (size > s3::object_bytes_max) {
        return fail(ErrorKind::too_large,
                    fmt::format("an object of {} bytes: S3 takes at most {}, 48.8 TiB", size,
                                s3::object_bytes_max));
    }
    if (options.part_bytes < s3::part_bytes_min || options.part_bytes > s3::single_put_bytes_max) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("parts of {} bytes: S3 takes {} (5 MiB) to {} (5 GiB)",
                                options.part_bytes, s3::part_bytes_min, s3::single_put_bytes_max));
    }
    Plan plan;
    plan.size_ = size;
    const bool must = size > s3::single_put_bytes_max;
    if (must || (size >= options.multipart_bytes_min && size > options.part_bytes)) {
        const std::uint64_t least = divide_up(size, s3::parts_max);
        plan.part_bytes_ = least <= options.part_bytes ? options.part_bytes
                                                       : divide_up(least, mebibyte) * mebibyte;
    }
    return plan;
}

unsigned Plan::parts() const {
    return multipart() ? static_cast<unsigned>(divide_up(size_, part_bytes_)) : 1;
}

Part Plan::part(unsigned number) const {
    if (!multipart()) {
        return Part{0, 0, size_};
    }
    const std::uint64_t offset = (number - 1) * part_bytes_;
    return Part{number, offset, std::min(part_bytes_, size_ - offset)};
}

std::uint64_t StreamParts::size(unsigned number) const {
    const std::uint64_t steps = (number - 1) / limits::engine_stream_parts_a_size;
    return std::min(first_bytes * (steps + 1), bytes_max);
}

}  // namespace slipway::engine
