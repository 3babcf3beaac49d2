// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/transfer.h"

#include <chrono>

namespace slipway::engine {

/// What a failed request means for the scheduler: whether it may succeed later, and when.
StepResult to_result(const Error& error);

/// What is known of a file before its first request.
FileReport report_of(const NewFile& file);

/// `error` ended it: a failure, or that it was cancelled.
void say_failed(FileReport& report, Error error);

/// Notes that a request failed. The error that failed the file for good stays, whatever becomes of
/// the requests that were under way beside it.
void note_error(FileReport& report, const Error& error, StepResult::Kind kind);

/// The last words of a file's or an object's report. `patience`: for how long nothing got through,
/// if it was given up.
void say_end(FileReport& report, FileEnd end, std::chrono::milliseconds patience);

}  // namespace slipway::engine
