// SPDX-License-Identifier: Apache-2.0
#define OPENSSL_SUPPRESS_DEPRECATED

#include "codec/md5_lanes.h"

#include "codec/md5_kernels.h"

#include <openssl/md5.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <new>
#include <vector>

namespace slipway::codec {
namespace {

using md5_kernels::block_bytes;
using md5_kernels::Kernel;
using md5_kernels::lanes_max;
using md5_kernels::Stream;

const std::vector<Kernel>& all_kernels() {
    static const std::vector<Kernel> kernels = md5_kernels::usable();
    return kernels;
}

/// The best one for so many streams, or nullptr.
const Kernel* choose(std::span<const Kernel> kernels, std::size_t streams) {
    const Kernel* best = nullptr;
    for (const Kernel& kernel : kernels) {
        best = streams >= kernel.worth_from ? &kernel : best;
    }
    return best;
}

/// A piece under way. OpenSSL's context keeps what is no whole block, and the count of bytes.
class Lane {
  public:
    explicit Lane(const Md5Piece& piece)
        : context_(std::launder(static_cast<MD5_CTX*>(piece.hash->state()))), left_(piece.bytes) {
        if (context_->num != 0) {
            update_alone(std::min(left_.size(), block_bytes - context_->num));
        }
    }

    std::size_t whole_blocks() const { return left_.size() / block_bytes; }

    Stream stream() const {
        return Stream{{context_->A, context_->B, context_->C, context_->D}, left_.data()};
    }

    void took(const Stream& stream, std::size_t blocks) {
        context_->A = stream.words[0];
        context_->B = stream.words[1];
        context_->C = stream.words[2];
        context_->D = stream.words[3];
        const std::uint64_t bits = ((std::uint64_t{context_->Nh} << 32) | context_->Nl) +
                                   8 * std::uint64_t{blocks * block_bytes};
        context_->Nl = static_cast<MD5_LONG>(bits & 0xffffffffU);
        context_->Nh = static_cast<MD5_LONG>(bits >> 32);
        left_ = left_.subspan(blocks * block_bytes);
    }

    void finish() { update_alone(left_.size()); }

  private:
    void update_alone(std::size_t bytes) {
        MD5_Update(context_, left_.data(), bytes);
        left_ = left_.subspan(bytes);
    }

    MD5_CTX* context_;
    std::span<const std::byte> left_;
};

/// Lanes are in order of what is left of them, the least first.
void advance_together(std::span<Lane> lanes, std::span<const Kernel> kernels) {
    std::array<Stream, lanes_max> streams;
    while (true) {
        while (!lanes.empty() && lanes.front().whole_blocks() == 0) {
            lanes = lanes.subspan(1);
        }
        const Kernel* const kernel = choose(kernels, lanes.size());
        if (kernel == nullptr) {
            return;
        }
        const std::size_t blocks = lanes.front().whole_blocks();
        const auto group = lanes.first(std::min(lanes.size(), kernel->lanes));
        std::ranges::transform(group, streams.begin(), &Lane::stream);
        kernel->advance(std::span(streams).first(group.size()), blocks);
        for (std::size_t i = 0; i < group.size(); ++i) {
            group[i].took(streams[i], blocks);
        }
    }
}

}  // namespace

std::size_t md5_lanes() {
    return all_kernels().empty() ? 1 : all_kernels().back().lanes;
}

void md5_update_together(std::span<const Md5Piece> pieces) {
    md5_update_together(pieces, all_kernels());
}

void md5_update_together(std::span<const Md5Piece> pieces, std::span<const Kernel> kernels) {
    if (choose(kernels, pieces.size()) == nullptr) {
        for (const Md5Piece& piece : pieces) {
            piece.hash->update(piece.bytes);
        }
        return;
    }
    std::vector<Lane> lanes(pieces.begin(), pieces.end());
    // Of about the same length together: a lane whose stream has ended does nothing.
    std::ranges::sort(lanes, {}, &Lane::whole_blocks);
    for (std::span<Lane> left = lanes; !left.empty();) {
        const auto group = left.first(std::min(left.size(), lanes_max));
        advance_together(group, kernels);
        left = left.subspan(group.size());
    }
    for (Lane& lane : lanes) {
        lane.finish();
    }
}

}  // namespace slipway::codec
