// SPDX-License-Identifier: Apache-2.0
// Keys as paths below a target: what is taken must lead to a place below it, by the rules of the
// standard library's paths, and what is refused must have a reason. Every taken one is walked on a
// disk, where nothing may be made beside the target.
#include "engine/object_path.h"

#include "base/limits.h"
#include "engine/target_file.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

using namespace slipway;

namespace {

namespace fs = std::filesystem;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

/// A folder of this process with a target in it, removed at its end.
class Ground {
  public:
    Ground() : root_(make_root()), target_(*engine::TargetDirectory::open(root_ + "/target")) {}
    ~Ground() { fs::remove_all(root_); }
    Ground(const Ground&) = delete;
    Ground& operator=(const Ground&) = delete;

    void walk(const std::string& path) {
        {
            engine::TargetFile file(target_, path);
            require(file.open().has_value() && file.finish(Time()).has_value());
        }
        require(fs::is_regular_file(root_ + "/target/" + path));
        const auto beside = std::distance(fs::directory_iterator(root_), fs::directory_iterator());
        require(beside == 1);
        const auto slash = path.find('/');
        fs::remove_all(root_ + "/target/" + path.substr(0, slash));
        require(fs::is_empty(root_ + "/target"));
    }

  private:
    static std::string make_root() {
        std::string name = fs::temp_directory_path() / "fuzz_object_path.XXXXXX";
        require(::mkdtemp(name.data()) != nullptr);
        return name;
    }

    const std::string root_;
    const std::shared_ptr<engine::TargetDirectory> target_;
};

bool has_reason(std::string_view path) {
    const std::string padded = "/" + std::string(path) + "/";
    bool long_part = false;
    for (std::size_t from = 0; from < padded.size();) {
        const auto slash = std::min(padded.find('/', from), padded.size());
        long_part |= slash - from > limits::file_name_bytes_max;
        from = slash + 1;
    }
    return long_part || padded.find("//") != padded.npos || padded.find("/./") != padded.npos ||
           padded.find("/../") != padded.npos || path.find('\0') != path.npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string path(reinterpret_cast<const char*>(data), size);
    const bool taken = engine::check_object_path(path).has_value();
    require(taken != has_reason(path));
    if (!taken) {
        return 0;
    }
    const fs::path whole = fs::path("/target") / path;
    require(fs::path(path).is_relative() && whole.lexically_normal() == whole);
    require(whole.string().starts_with("/target/") && whole.string().size() > 8);
    require(engine::last_part(path) == whole.filename().string());
    if (path.size() <= limits::key_bytes_max) {
        static Ground ground;
        ground.walk(path);
    }
    return 0;
}
