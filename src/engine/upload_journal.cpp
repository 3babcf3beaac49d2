// SPDX-License-Identifier: Apache-2.0
#include "engine/upload_journal.h"

#include "base/limits.h"
#include "base/random.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "codec/time.h"
#include "engine/disk_feed.h"
#include "task/body.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace slipway::engine {
namespace {

constexpr std::string_view file_suffix = ".uploads";
constexpr int format_version = 1;

/// The whole of a small file; nothing where it cannot be read or is no journal for its size.
std::optional<std::string> read_whole(int fd) {
    struct stat info {};
    if (::fstat(fd, &info) != 0 || info.st_nlink == 0 ||
        static_cast<std::uint64_t>(info.st_size) > limits::journal_bytes_max) {
        return std::nullopt;
    }
    std::string text(static_cast<std::size_t>(info.st_size), '\0');
    const auto count = ::pread(fd, text.data(), text.size(), 0);
    return count == static_cast<ssize_t>(text.size()) ? std::optional(std::move(text))
                                                      : std::nullopt;
}

/// Whole lines only: a run that was killed may have written half a one.
std::vector<codec::Json> read_records(std::string_view text) {
    std::vector<codec::Json> records;
    for (auto end = text.find('\n'); end != text.npos; end = text.find('\n')) {
        if (auto record = codec::parse_json(text.substr(0, end))) {
            records.push_back(*std::move(record));
        }
        text.remove_prefix(end + 1);
    }
    return records;
}

std::string string_of(codec::JsonView value) {
    return std::string(value.as_string().value_or(""));
}

std::string header_line(const std::string& store, const std::string& bucket) {
    std::string line;
    codec::JsonWriter json(line);
    json.begin_object();
    json.member("slipway_uploads", format_version);
    json.member("store", store);
    json.member("bucket", bucket);
    json.end_object();
    return line;
}

std::string one_member(std::string_view name, const std::string& value) {
    std::string line;
    codec::JsonWriter json(line);
    json.begin_object();
    json.member(name, value);
    json.end_object();
    return line;
}

/// What a journal says is open at its end.
struct Open {
    std::map<std::string, LeftUpload> by_id;
    std::map<std::string, LeftUpload> unanswered_by_key;
};

void read_record(codec::JsonView record, Open& open) {
    if (const auto key = record["asking"].as_string()) {
        const auto at = codec::parse_iso8601(string_of(record["at"]));
        open.unanswered_by_key[std::string(*key)] =
            LeftUpload{std::string(*key), "", at.value_or(Time()), ""};
    } else if (const auto id = record["begun"].as_string()) {
        LeftUpload left;
        left.key = string_of(record["key"]);
        left.upload_id = std::string(*id);
        left.shape = string_of(record["shape"]);
        left.asked_at = codec::parse_iso8601(string_of(record["at"])).value_or(Time());
        if (record["alone"].as_boolean().value_or(false)) {
            open.unanswered_by_key.erase(left.key);
        }
        open.by_id[left.upload_id] = std::move(left);
    } else if (const auto settled = record["settled"].as_string()) {
        open.unanswered_by_key.erase(std::string(*settled));
    } else if (const auto over = record["over"].as_string()) {
        open.by_id.erase(std::string(*over));
    }
}

void append_field(std::string& text, std::string_view value) {
    fmt::format_to(std::back_inserter(text), "{}:{},", value.size(), value);
}

}  // namespace

std::string upload_shape(const objects::CreateMultipartRequest& request) {
    const objects::ObjectAttributes& with = request.attributes;
    std::string text;
    for (const std::string* value :
         {&with.content_type, &with.cache_control, &with.content_disposition,
          &with.content_encoding, &with.content_language, &with.expires, &with.tagging,
          &with.storage_class}) {
        append_field(text, *value);
    }
    for (const http::Header& header : with.user_metadata) {
        append_field(text, header.name);
        append_field(text, header.value);
    }
    append_field(text,
                 request.checksum_algorithm ? to_string(*request.checksum_algorithm) : "none");
    return codec::hex_encode(codec::sha256(text));
}

/// A journal on disk, locked by this process.
class UploadJournal::File {
  public:
    /// Nothing: another process has it.
    static std::unique_ptr<File> lock(const std::string& path, int flags) {
        const int fd = ::open(path.c_str(), flags | O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
                              S_IRUSR | S_IWUSR);
        if (fd < 0) {
            return nullptr;
        }
        auto file = std::make_unique<File>(path, fd);
        if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
            return nullptr;
        }
        return file;
    }

    File(std::string path, int fd) : path_(std::move(path)), file_(fd) {}

    bool append(std::string line) {
        line += '\n';
        return ::write(file_.fd(), line.data(), line.size()) == static_cast<ssize_t>(line.size());
    }
    /// Back to its first line.
    void clear(std::size_t header_bytes) {
        static_cast<void>(::ftruncate(file_.fd(), static_cast<off_t>(header_bytes)));
    }
    int fd() const { return file_.fd(); }
    void remove() { ::unlink(path_.c_str()); }

    std::size_t left = 0;  // of an earlier run: uploads still open

  private:
    const std::string path_;
    const OpenFile file_;
};

UploadJournal::UploadJournal(std::string folder,
                             std::string store,
                             std::string bucket,
                             const Clock& clock)
    : folder_(std::move(folder)),
      store_(std::move(store)),
      bucket_(std::move(bucket)),
      clock_(clock) {
}

Result<std::unique_ptr<UploadJournal>> UploadJournal::open(const std::string& folder,
                                                           const std::string& store,
                                                           const std::string& bucket,
                                                           const Clock& clock) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    std::filesystem::directory_iterator entries;
    if (!error) {
        entries = std::filesystem::directory_iterator(folder, error);
    }
    if (error) {
        return fail(
            kind_of_errno(error.value()),
            fmt::format("cannot keep a journal of uploads in {}: {}", folder, error.message()));
    }
    std::unique_ptr<UploadJournal> journal(new UploadJournal(folder, store, bucket, clock));
    for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
        if (const std::string path = entries->path(); path.ends_with(file_suffix)) {
            journal->take_over(path);
        }
    }
    return journal;
}

UploadJournal::~UploadJournal() {
    if (own_ && open_ids_.empty() && unanswered_keys_.empty()) {
        own_->remove();
    }
}

void UploadJournal::take_over(const std::string& path) {
    auto file = File::lock(path, 0);
    const auto text = file ? read_whole(file->fd()) : std::nullopt;
    if (!text || !text->starts_with(header_line(store_, bucket_) + "\n")) {
        return;  // a run that lives, another bucket's, or not ours at all
    }
    Open open;
    for (const codec::Json& record : read_records(*text)) {
        read_record(record.root(), open);
    }
    for (auto* some : {&open.by_id, &open.unanswered_by_key}) {
        for (auto& [name, upload] : *some) {
            ++file->left;
            std::string key = upload.key;
            left_.emplace(std::move(key), Left{std::move(upload), file.get(), nullptr, false});
        }
    }
    // Half a line at the end must not swallow the next record.
    const bool torn = !text->ends_with('\n');
    if (file->left == 0) {
        file->remove();
    } else if (!torn || file->append("")) {
        earlier_.push_back(std::move(file));
    }
}

void UploadJournal::record(const std::string& line) {
    if (!own_) {
        const std::string path =
            fmt::format("{}/{}-{}{}", folder_, ::getpid(), random_hex(8), file_suffix);
        own_ = File::lock(path, O_CREAT | O_EXCL);
        if (!own_ || !own_->append(header_line(store_, bucket_))) {
            broken_ = true;
            return;
        }
    }
    if (!broken_ && !own_->append(line)) {
        broken_ = true;
    }
}

/// So that a run of any length has a small journal.
void UploadJournal::clear_if_done() {
    if (own_ && open_ids_.empty() && unanswered_keys_.empty()) {
        own_->clear(header_line(store_, bucket_).size() + 1);
    }
}

void UploadJournal::asking(const std::string& key) {
    std::string line;
    codec::JsonWriter json(line);
    json.begin_object();
    json.member("asking", key);
    json.member("at", codec::iso8601(clock_.now()));
    json.end_object();
    record(line);
    unanswered_keys_.insert(key);
}

void UploadJournal::begun(const objects::MultipartUpload& upload,
                          const std::string& shape,
                          bool alone) {
    std::string line;
    codec::JsonWriter json(line);
    json.begin_object();
    json.member("begun", upload.upload_id);
    json.member("key", upload.key);
    json.member("shape", shape);
    json.member("at", codec::iso8601(clock_.now()));
    json.member("alone", alone);
    json.end_object();
    record(line);
    open_ids_.insert(upload.upload_id);
    if (alone) {
        unanswered_keys_.erase(upload.key);
    }
}

void UploadJournal::settled(const std::string& key) {
    if (unanswered_keys_.erase(key) > 0) {
        record(one_member("settled", key));
        clear_if_done();
    }
}

void UploadJournal::over(const objects::MultipartUpload& upload) {
    if (open_ids_.erase(upload.upload_id) > 0) {
        record(one_member("over", upload.upload_id));
        clear_if_done();
        return;
    }
    const auto [first, last] = left_.equal_range(upload.key);
    const auto found = std::find_if(first, last, [&](const auto& left) {
        return left.second.upload.upload_id == upload.upload_id;
    });
    if (found != last) {
        close(found);
    }
}

const LeftUpload* UploadJournal::adopt(const std::string& key,
                                       const std::string& shape,
                                       const void* owner) {
    const auto [first, last] = left_.equal_range(key);
    for (auto left = first; left != last; ++left) {
        if (left->second.owner == owner) {
            return &left->second.upload;
        }
    }
    for (auto left = first; left != last; ++left) {
        const LeftUpload& upload = left->second.upload;
        if (left->second.owner == nullptr && !upload.upload_id.empty() && upload.shape == shape) {
            left->second.owner = owner;
            return &upload;
        }
    }
    return nullptr;
}

void UploadJournal::give_up(const std::string& key) {
    const auto [first, last] = left_.equal_range(key);
    for (auto left = first; left != last; ++left) {
        left->second.given_up = left->second.owner == nullptr;
    }
}

std::vector<LeftUpload> UploadJournal::given_up() const {
    const Time old = clock_.now() - limits::journal_age_max;
    std::vector<LeftUpload> uploads;
    for (const auto& [key, left] : left_) {
        if (left.given_up || (left.owner == nullptr && left.upload.asked_at < old)) {
            uploads.push_back(left.upload);
        }
    }
    return uploads;
}

void UploadJournal::aborted(const LeftUpload& upload) {
    const auto [first, last] = left_.equal_range(upload.key);
    const auto found = std::find_if(first, last, [&](const auto& left) {
        return left.second.upload.upload_id == upload.upload_id &&
               left.second.upload.asked_at == upload.asked_at;
    });
    if (found != last) {
        close(found);
    }
}

void UploadJournal::close(std::multimap<std::string, Left>::iterator left) {
    File& file = *left->second.file;
    const LeftUpload& upload = left->second.upload;
    const bool named = !upload.upload_id.empty();
    if (--file.left == 0) {
        file.remove();
    } else {
        file.append(named ? one_member("over", upload.upload_id)
                          : one_member("settled", upload.key));
    }
    left_.erase(left);
}

}  // namespace slipway::engine
