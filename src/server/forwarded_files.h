// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/form_reader.h"
#include "server/forwarded_answer.h"
#include "server/routes.h"
#include "task/signal.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::server {

/// The files of one request on their way from its socket to the store.
///
/// Files come one after the other; while one is read, those before it are still being stored, and
/// of a large one the parts before. Each stands alone. One I/O thread; wait() before it goes.
class ForwardedFiles {
  public:
    /// What is passed by reference outlives it.
    ForwardedFiles(const Parts& parts,
                   std::string_view user,
                   FormReader& reader,
                   const IoExecutor& executor);

    /// How many are stored at a time, at most.
    void set_workers(unsigned workers) { workers_ = workers; }

    /// Reads the file that the reader has begun and stores it. Returns when it has been read, or
    /// has failed.
    Async<void> take(std::string_view category, const http::FormPart& part);

    /// Until nothing is on its way any more.
    Async<void> wait();

    /// In the order they came.
    const std::vector<std::unique_ptr<ForwardedFile>>& files() const { return files_; }

  private:
    class Source;

    ForwardedFile& add(std::string_view type);
    // Apart, as each has a large frame.
    Task<> put_stream(std::shared_ptr<Source> source, std::string key, std::string content_type);
    Task<> put_parts(std::shared_ptr<Source> source, std::string key, std::string content_type);
    static Async<void> run(Task<> work, ForwardedFile& file);

    const Parts& parts_;
    const std::string_view user_;
    FormReader& reader_;
    const IoExecutor executor_;
    Signal wake_;
    unsigned workers_ = limits::form_workers_default;
    unsigned active_ = 0;
    std::vector<std::unique_ptr<ForwardedFile>> files_;
    std::map<std::string, unsigned, std::less<>> types_;  // how often each was there
};

/// How a reader is to bring files for a store.
FormReader::Options reader_options(const Parts& parts, std::uint64_t body_bytes_max);

}  // namespace slipway::server
