// SPDX-License-Identifier: Apache-2.0
#include "client/process_credentials.h"

#include "client/credentials_document.h"
#include "codec/json.h"
#include "task/program.h"

#include <fmt/format.h>

#include <utility>

namespace slipway::client {
namespace {

Result<s3::Credentials> read_document(const std::string& text) {
    const auto json = codec::parse_json(text);
    if (!json || json->root().find("Version").as_int64() != 1) {
        return fail(ErrorKind::corrupted,
                    "what it prints is no JSON object with \"Version\": 1; see the AWS "
                    "documentation of credential_process");
    }
    return parse_credentials(text, "SessionToken");
}

}  // namespace

Result<std::vector<std::string>> split_command(std::string_view command) {
    std::vector<std::string> words;
    bool in_word = false;
    char quote = '\0';
    for (std::size_t i = 0; i < command.size(); ++i) {
        const char c = command[i];
        const bool separates = quote == '\0' && (c == ' ' || c == '\t');
        if (separates) {
            in_word = false;
            continue;
        }
        if (!std::exchange(in_word, true)) {
            words.emplace_back();
        }
        if (c == '\\' && quote != '\'' && i + 1 < command.size()) {
            words.back().push_back(command[++i]);
        } else if (c == quote) {
            quote = '\0';
        } else if (quote == '\0' && (c == '"' || c == '\'')) {
            quote = c;
        } else {
            words.back().push_back(c);
        }
    }
    if (quote != '\0') {
        return fail(ErrorKind::invalid_argument, fmt::format("a {} does not end", quote));
    }
    if (words.empty()) {
        return fail(ErrorKind::invalid_argument, "it names no program");
    }
    return words;
}

Task<s3::Credentials> run_credential_process(std::string command,
                                             std::chrono::milliseconds time_max) {
    SLIPWAY_CO_TRY(words, split_command(command));
    SLIPWAY_CO_TRY(output, co_await run_program(std::move(words), time_max,
                                                limits::credentials_document_bytes_max));
    if (output.signal != 0) {
        co_return fail(ErrorKind::unauthenticated,
                       fmt::format("it was ended by signal {}", output.signal));
    }
    if (output.exit_status != 0) {
        co_return fail(ErrorKind::unauthenticated,
                       fmt::format("it failed with exit status {}", output.exit_status));
    }
    co_return read_document(output.text);
}

}  // namespace slipway::client
