// SPDX-License-Identifier: Apache-2.0
#include "slipway/store_check.h"

#include "cli/commands.h"
#include "cli/s3_flags.h"
#include "cli/transfer_view.h"
#include "codec/json.h"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace slipway::cli {
namespace {

constexpr const char* check_footer =
    "DIR is the data directory of slipway store or slipway serve, which must not be running. "
    "Every\n"
    "object's bytes are compared with the ETag and checksum that were recorded when they came, "
    "and\n"
    "the index with the files. What is damaged is told and left as it is: restore it from a "
    "backup,\n"
    "upload it again or delete it. --repair removes what nothing refers to, and that only while\n"
    "the index is sound.\n"
    "\n"
    "Exit codes: 0 nothing is wrong, or all of it is repaired; 1 something is, or the check "
    "failed;\n"
    "2 the command line is wrong or there is no store.";

constexpr auto refresh_time = std::chrono::milliseconds(200);
constexpr std::size_t bar_columns = 30;

struct CheckFlags {
    StoreCheckRequest request;
    bool json = false;
};

/// What a person or a script sees of a check.
class CheckView {
  public:
    CheckView(const Surroundings& around, bool json)
        : around_(around), json_(json), bar_(around.err_is_terminal && !json) {}

    void tell(const StoreFinding& finding) {
        if (json_) {
            std::string text;
            codec::JsonWriter line(text);
            line.begin_object();
            line.member("event", "finding");
            line.member("what", finding.what);
            line.member("where", finding.where);
            line.member("message", finding.message);
            line.member("repaired", finding.repaired);
            line.end_object();
            around_.out << text << '\n';
            return;
        }
        erase_bar();
        around_.out << fmt::format("{:<14}  {}: {}\n", finding.what, printable(finding.where),
                                   printable(finding.message));
    }

    void show(const StoreCheckProgress& progress) {
        const auto now = std::chrono::steady_clock::now();
        if (!bar_ || now < next_show_) {
            return;
        }
        next_show_ = now + refresh_time;
        erase_bar();
        around_.err << fmt::format("{} {} of {} objects, {} of {}",
                                   draw_bar(progress.bytes, progress.bytes_all, bar_columns),
                                   progress.objects, progress.objects_all,
                                   show_bytes(progress.bytes), show_bytes(progress.bytes_all))
                    << std::flush;
        drawn_ = true;
    }

    void finish(const StoreCheckReport& report) {
        erase_bar();
        if (json_) {
            std::string text;
            codec::JsonWriter line(text);
            line.begin_object();
            line.member("event", "checked");
            line.member("objects", report.objects);
            line.member("bytes", report.bytes);
            line.member("files", report.files);
            line.member("findings", report.findings);
            line.member("repaired", report.repaired);
            line.end_object();
            around_.out << text << '\n';
            return;
        }
        const std::string wrong =
            report.findings == 0 ? "nothing is wrong"
            : report.repaired == 0
                ? fmt::format("{} findings", report.findings)
                : fmt::format("{} findings, {} repaired", report.findings, report.repaired);
        around_.out << fmt::format("{} objects, {} compared, {} files: {}\n", report.objects,
                                   show_bytes(report.bytes), report.files, wrong);
    }

  private:
    void erase_bar() {
        if (std::exchange(drawn_, false)) {
            around_.err << "\r\x1b[K" << std::flush;
        }
    }

    const Surroundings& around_;
    const bool json_;
    const bool bar_;
    bool drawn_ = false;
    std::chrono::steady_clock::time_point next_show_{};
};

/// Where it is not given: what `slipway store` would take.
Result<std::string> usual_directory(const Surroundings& around) {
    const std::vector<std::optional<FlagValue>> no_flags(settings().size());
    SLIPWAY_TRY(resolved, resolve(no_flags, std::nullopt, around.environment));
    return resolved.options.data_dir;
}

int check(CheckFlags& flags, const Surroundings& around) {
    if (flags.request.directory.empty()) {
        auto directory = usual_directory(around);
        if (!directory) {
            return complain(around, directory.error());
        }
        flags.request.directory = *std::move(directory);
    }
    CheckView view(around, flags.json);
    const auto report = check_store(
        flags.request, [&view](const StoreFinding& finding) { view.tell(finding); },
        [&view](const StoreCheckProgress& progress) { view.show(progress); });
    if (!report) {
        const int exit_code = complain(around, report.error());
        return report.error().kind == ErrorKind::not_found ? exit_usage : exit_code;
    }
    view.finish(*report);
    return report->findings > report->repaired ? exit_failed : exit_done;
}

}  // namespace

void add_store_check_command(CLI::App& store, const Surroundings& around, int& exit_code) {
    auto flags = std::make_shared<CheckFlags>();
    CLI::App* command =
        store.add_subcommand("check", "Compare every byte of a stopped store with its records");
    command->add_option("DIR", flags->request.directory,
                        "Its data directory [what slipway store takes]");
    command->add_flag("--repair", flags->request.repair,
                      "Remove files and bytes that nothing refers to");
    command->add_flag("--json", flags->json, "Each finding, and the count, as a line of JSON");
    command->footer(check_footer);
    command->callback([flags, &around, &exit_code] { exit_code = check(*flags, around); });
}

}  // namespace slipway::cli
