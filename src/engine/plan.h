// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "base/limits.h"

#include <cstdint>

namespace slipway::engine {

/// A piece of an object: one request's bytes.
struct Part {
    unsigned number = 0;  ///< 1, 2, ..., as S3 counts them; 0: the whole object in one PUT
    std::uint64_t offset = 0;
    std::uint64_t size = 0;

    friend bool operator==(const Part&, const Part&) = default;
};

struct PlanOptions {
    /// An object of this size and above goes over in parts.
    std::uint64_t multipart_bytes_min = limits::engine_multipart_bytes_min;
    /// The wish; larger where S3's 10,000 parts would not be enough. At least 5 MiB.
    std::uint64_t part_bytes = limits::engine_part_bytes;
};

/// How an object of a known size is cut into requests. A value; the same size and options give the
/// same cut on any machine, which is what lets an interrupted upload go on.
class Plan {
  public:
    /// Errors: too_large beyond S3's 48.8 TiB; invalid_argument for parts that S3 does not take.
    static Result<Plan> of(std::uint64_t size, const PlanOptions& options);

    bool multipart() const { return part_bytes_ != 0; }
    std::uint64_t size() const { return size_; }
    /// 1 for a single PUT.
    unsigned parts() const;
    /// `number` is 1 to parts(); of a single PUT the answer's number is 0.
    Part part(unsigned number) const;

  private:
    std::uint64_t size_ = 0;
    std::uint64_t part_bytes_ = 0;  // 0: a single PUT
};

/// How the parts of a stream grow, whose end is not known: little is held of a short stream, and a
/// long one fits.
struct StreamParts {
    std::uint64_t first_bytes = limits::engine_part_bytes;
    std::uint64_t bytes_max = limits::engine_stream_part_bytes_max;

    /// `number` is 1 to 10,000.
    std::uint64_t size(unsigned number) const;
};

}  // namespace slipway::engine
