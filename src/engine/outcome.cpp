// SPDX-License-Identifier: Apache-2.0
#include "engine/outcome.h"

#include "objects/retry.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace slipway::engine {
namespace {

/// `error` is that of the last request.
void say_given_up(std::optional<Error>& error, std::chrono::milliseconds patience) {
    const auto why = fmt::format("nothing got through for {} s",
                                 std::chrono::ceil<std::chrono::seconds>(patience).count());
    if (error) {
        error->message += "; given up: " + why;
    } else {
        error = Error(ErrorKind::unavailable, "not tried: " + why);
    }
}

}  // namespace

StepResult to_result(const Error& error) {
    StepResult result;
    result.pushed_back = objects::is_temporary(error);
    result.kind = result.pushed_back ? StepResult::Kind::again : StepResult::Kind::failed;
    if (error.retry_after.count() > 0) {
        result.retry_after = error.retry_after;
    }
    return result;
}

FileReport report_of(const NewFile& file) {
    FileReport report;
    report.key = file.key;
    report.path = file.path;
    report.size = file.source->size();
    return report;
}

void note_error(FileReport& report, const Error& error, StepResult::Kind kind) {
    if (report.end == FileEnd::failed) {
        return;
    }
    report.error = error;
    if (kind == StepResult::Kind::failed) {
        report.end = FileEnd::failed;
    }
}

void say_failed(FileReport& report, Error error) {
    report.end = error.kind == ErrorKind::cancelled ? FileEnd::cancelled : FileEnd::failed;
    report.error = std::move(error);
}

void say_end(FileReport& report, FileEnd end, std::chrono::milliseconds patience) {
    report.end = end;
    if (report.requests == 0) {
        report.slot.reset();
    }
    if (end == FileEnd::cancelled) {
        report.error = Error(ErrorKind::cancelled, "cancelled");
    } else if (end == FileEnd::gave_up) {
        say_given_up(report.error, patience);
    }
}

}  // namespace slipway::engine
