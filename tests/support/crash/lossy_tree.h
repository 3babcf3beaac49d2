// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/crash/lossy_file.h"
#include "support/sim/dice.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace slipway::test {

/// A directory as a power cut leaves it: the names of its last sync are certain; each name that
/// was made or removed since may be there or not, whatever became of the others.
class LossyDirectory {
  public:
    /// What a name stands for; a file may have several names.
    struct Node {
        std::shared_ptr<LossyFile> file;            // else:
        std::shared_ptr<LossyDirectory> directory;  // both shared with what the names were before
    };

    /// Takes what is in a directory of the real disk as certain.
    explicit LossyDirectory(const std::filesystem::path& path) {
        for (const auto& entry : std::filesystem::directory_iterator(path)) {
            Node node;
            if (entry.is_directory()) {
                node.directory = std::make_shared<LossyDirectory>(entry.path());
            } else {
                std::ifstream from(entry.path(), std::ios::binary);
                node.file = std::make_shared<LossyFile>(
                    std::string(std::istreambuf_iterator<char>(from), {}));
            }
            certain_[entry.path().filename()] = now_[entry.path().filename()] = std::move(node);
        }
    }
    LossyDirectory() = default;

    const Node* find(const std::string& name) const {
        const auto found = now_.find(name);
        return found == now_.end() ? nullptr : &found->second;
    }
    void add(const std::string& name, Node node) {
        since_[name].push_back(node);
        now_[name] = std::move(node);
    }
    void remove(const std::string& name) {
        if (now_.erase(name) > 0) {
            since_[name].push_back(std::nullopt);
        }
    }
    void sync() {
        certain_ = now_;
        since_.clear();
    }

    /// Writes what a power cut leaves of all below into an empty directory of the real disk.
    void write_what_is_left(const std::filesystem::path& path, Dice& dice) const {
        Written written;
        write_what_is_left(path, dice, written);
    }

  private:
    /// Where a file with several names was written, so that they are names of one file again.
    using Written = std::map<const LossyFile*, std::filesystem::path>;

    void write_what_is_left(const std::filesystem::path& path, Dice& dice, Written& written) const {
        std::map<std::string, Node> left = certain_;
        const double share = dice.happens(0.3) ? 0 : dice.happens(0.4) ? 1 : dice.real();
        for (const auto& [name, changes] : since_) {
            if (!dice.happens(share)) {
                continue;
            }
            const std::optional<Node>& change =
                changes[share == 1 ? changes.size() - 1 : dice.below(changes.size())];
            if (change) {
                left[name] = *change;
            } else {
                left.erase(name);
            }
        }
        for (const auto& [name, node] : left) {
            if (node.directory != nullptr) {
                std::filesystem::create_directory(path / name);
                node.directory->write_what_is_left(path / name, dice, written);
            } else if (const auto other = written.find(node.file.get()); other != written.end()) {
                std::filesystem::create_hard_link(other->second, path / name);
            } else {
                written[node.file.get()] = path / name;
                std::ofstream(path / name, std::ios::binary)
                    << node.file->left_by_a_power_cut(dice);
            }
        }
    }

    std::map<std::string, Node> certain_;
    std::map<std::string, std::vector<std::optional<Node>>> since_;  // nullopt: removed
    std::map<std::string, Node> now_;
};

}  // namespace slipway::test
