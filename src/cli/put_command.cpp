// SPDX-License-Identifier: Apache-2.0
#include "slipway/upload.h"

#include "cli/commands.h"
#include "cli/s3_flags.h"
#include "cli/signals.h"
#include "cli/transfer_view.h"
#include "cli/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace slipway::cli {
namespace {

constexpr const char* put_footer =
    "SOURCE is a file, a directory, or - for standard input; TARGET is s3://bucket/prefix.\n"
    "The contents of a single directory go below the prefix; of several each keeps its name. A\n"
    "single file goes to the prefix itself unless that ends with '/'.\n"
    "\n"
    "Exit codes: 0 all is there, 1 something is not, 2 the command line is wrong, 130 stopped by\n"
    "Ctrl+C.";

/// What was written on the command line, as it was written.
struct PutFlags {
    S3Flags s3;
    UploadRequest request;
    std::vector<std::string> places;  // sources, and the target at the end
    std::vector<std::string> metadata;
    std::vector<std::string> tags;
    std::string part_size;
    std::string rate;
    std::string patience = "30s";
    DisplayFlags display;
};

Result<std::pair<std::string, std::string>> read_pair(const char* flag, const std::string& text) {
    const auto equals = text.find('=');
    if (equals == text.npos || equals == 0) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("{}: '{}' is not NAME=VALUE", flag, text));
    }
    return std::pair(text.substr(0, equals), text.substr(equals + 1));
}

Result<> read_pairs(const char* flag,
                    const std::vector<std::string>& texts,
                    std::vector<std::pair<std::string, std::string>>& pairs) {
    for (const std::string& text : texts) {
        SLIPWAY_TRY(pair, read_pair(flag, text));
        pairs.push_back(std::move(pair));
    }
    return {};
}

Result<> complete_request(PutFlags& flags) {
    UploadRequest& request = flags.request;
    SLIPWAY_TRY(target, parse_s3_uri(flags.places.back()));
    request.target = std::move(target);
    request.sources.assign(flags.places.begin(), flags.places.end() - 1);
    if (request.sources.empty() && request.from_file.empty()) {
        return fail(ErrorKind::invalid_argument,
                    "nothing to put: name files or directories before " + flags.places.back() +
                        ", or a list of them with --from-file");
    }
    SLIPWAY_CHECK(read_pairs("--metadata", flags.metadata, request.headers.metadata));
    SLIPWAY_CHECK(read_pairs("--tag", flags.tags, request.headers.tags));
    if (!flags.part_size.empty()) {
        SLIPWAY_TRY(size, of_flag("--part-size", parse_size(flags.part_size)));
        request.part_bytes = size;
    }
    if (!flags.rate.empty()) {
        SLIPWAY_TRY(rate, of_flag("--limit-rate", parse_size(flags.rate)));
        request.bytes_per_second = rate;
    }
    SLIPWAY_TRY(patience, of_flag("--give-up-after", parse_duration(flags.patience)));
    request.no_progress_time_max = patience;
    std::ranges::transform(request.headers.storage_class, request.headers.storage_class.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return {};
}

/// A machine on which nothing can be written down can upload all the same; only going on cannot.
Result<> choose_journal(UploadRequest& request) {
    auto folder = default_journal_dir();
    std::error_code error;
    if (folder) {
        std::filesystem::create_directories(*folder, error);
    }
    if (folder && ::access(folder->c_str(), R_OK | W_OK | X_OK) == 0) {
        request.journal_dir = *std::move(folder);
    } else if (request.resume) {
        return folder ? fail(ErrorKind::io, fmt::format("--resume: the journal's folder {} cannot "
                                                        "be written: {}",
                                                        *folder, std::strerror(errno)))
                      : fail(std::move(folder).error());
    }
    return {};
}

int put(PutFlags& flags, const Surroundings& around) {
    if (const auto completed = complete_request(flags); !completed) {
        complain(around, completed.error());
        return exit_usage;
    }
    if (const auto chosen = choose_journal(flags.request); !chosen) {
        return complain(around, chosen.error());
    }
    StopSignals signals;
    auto s3 = S3::open(flags.s3.options());
    if (!s3) {
        return complain(around, s3.error());
    }
    TransferView::Words words;
    const std::vector<std::string>& sources = flags.request.sources;
    const bool piped_in = std::ranges::find(sources, "-") != sources.end();
    words.go_on = piped_in ? "standard input has to be given again, from its start"
                           : "to go on, give the same command with --resume";
    flags.request.interrupted = [&signals] { return signals.pending(); };
    TransferView view(around, flags.display.style(around), words);
    return view.run<Upload>(**s3, std::move(flags.request), signals);
}

void add_selection(CLI::App& command, UploadRequest& request) {
    const std::string group = "What is sent";
    command
        .add_option("--from-file", request.from_file,
                    "Also the files of a list: one a line, or apart by NULs; - for standard input")
        ->type_name("FILE")
        ->group(group);
    add_path_rules(command, request.rules, group);
    add_switch_off(command, "--no-follow-symlinks", request.follow_symlinks,
                   "Leave symbolic links out", group);
    command
        .add_flag("--if-changed", request.if_changed,
                  "Skip what is there already with the same size and checksum")
        ->group(group);
    command.add_flag("--if-absent", request.if_absent, "Replace nothing that is there already")
        ->group(group);
    command
        .add_flag("--resume", request.resume,
                  "Go on after a run that was stopped: as --if-changed, and of a large file only\n"
                  "the parts that are missing")
        ->group(group);
    command.add_flag("--dry-run,--dryrun", request.dry_run, "Only tell what would be sent")
        ->group(group);
}

void add_headers(CLI::App& command, PutFlags& flags) {
    const std::string group = "What is said about it";
    ObjectHeaders& headers = flags.request.headers;
    const auto text = [&](const char* name, std::string& value, const char* help,
                          const char* form) {
        command.add_option(name, value, help)->type_name(form)->group(group);
    };
    text("--tier,--storage-class", headers.storage_class, "Storage class: glacier, STANDARD_IA",
         "NAME");
    text("--content-type", headers.content_type, "Instead of a guess by name and first bytes",
         "TYPE");
    text("--cache-control", headers.cache_control, "Cache-Control of the objects", "TEXT");
    text("--content-disposition", headers.content_disposition, "Content-Disposition", "TEXT");
    text("--content-encoding", headers.content_encoding, "Content-Encoding", "TEXT");
    text("--content-language", headers.content_language, "Content-Language", "TEXT");
    text("--expires", headers.expires, "Expires", "DATE");
    command.add_option("--metadata", flags.metadata, "x-amz-meta-NAME; may be repeated")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false)
        ->group(group);
    command.add_option("--tag", flags.tags, "A tag; may be repeated")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false)
        ->group(group);
    text("--checksum", flags.request.checksum,
         "crc64nvme, crc32c, crc32, sha1 or sha256 [crc64nvme]", "NAME");
}

void add_speed(CLI::App& command, PutFlags& flags) {
    const std::string group = "How fast";
    command
        .add_option("--max-workers", flags.request.max_workers,
                    "A ceiling for requests at a time; without one it finds itself")
        ->type_name("N")
        ->check(CLI::Range(1U, 100'000U))
        ->group(group);
    command
        .add_option("--limit-rate", flags.rate,
                    "No more bytes a second than this, all together: 2MiB")
        ->type_name("SIZE")
        ->group(group);
    command.add_option("--part-size", flags.part_size, "Of large files: 5MiB and above [8MiB]")
        ->type_name("SIZE")
        ->group(group);
    command
        .add_option("--give-up-after", flags.patience,
                    "End when requests fail and nothing got through for so long [30s]")
        ->type_name("TIME")
        ->group(group);
}

}  // namespace

void add_put_command(CLI::App& app, const Surroundings& around, int& exit_code) {
    auto flags = std::make_shared<PutFlags>();
    CLI::App* command = app.add_subcommand("put", "Send files and directories to S3");
    command
        ->add_option("SOURCE", flags->places, "Files and directories, and s3://BUCKET/PREFIX last")
        ->required();
    add_selection(*command, flags->request);
    add_headers(*command, *flags);
    add_speed(*command, *flags);
    flags->display.add_to(*command);
    flags->s3.add_to(*command);
    command->footer(put_footer);
    command->callback([flags, &around, &exit_code] { exit_code = put(*flags, around); });
}

}  // namespace slipway::cli
