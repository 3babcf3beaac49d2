// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/export.h"
#include "slipway/result.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway {

/// Somebody who may upload, known by a token of theirs.
struct UserAccount {
    std::string name;
    std::string token_sha256;  ///< of the token, 64 lower-case hex digits: see make_token()
};

/// What `Server` runs with. Each default is what `slipway serve` does without any setting.
struct ServeOptions {
    // --- where it listens ------------------------------------------------------------------------
    std::string listen = "127.0.0.1:8080";        ///< upload server; port 0 takes a free one
    std::string store_listen = "127.0.0.1:9000";  ///< embedded store; likewise
    /// How browsers reach the two, where that differs: "https://upload.example.org". Empty: the
    /// address that is listened on.
    std::string public_url;
    std::string public_store_url;
    /// Uploads, objects, keys; made with mode 0700. Empty: default_data_dir().
    std::string data_dir;

    // --- who may use it --------------------------------------------------------------------------
    std::string user = "username";  ///< the default user: the first part of their keys
    std::string token;              ///< of the default user; empty: made anew at each start
    std::vector<UserAccount> users;
    /// Origins of other pages that may call the API with a token, "https://app.example.org", or
    /// "*" for all; empty: none but our own.
    std::vector<std::string> allowed_origins;

    // --- the store behind it ---------------------------------------------------------------------
    std::string bucket = "slipway";  ///< made when it is missing
    /// Keys of the embedded store. Empty: made at the first start and kept in data_dir/keys.toml.
    std::string store_access_key;
    std::string store_secret_key;
    /// Further keys of the embedded store, each bound to buckets and to reading or writing: TOML,
    /// as docs/using/store.md says. Empty: none.
    std::string keys_file;
    /// Buckets of the embedded store whose objects everybody may read.
    std::vector<std::string> public_read_buckets;
    /// One line of JSON about each request to the embedded store: a file's path, or "-" for
    /// standard output. Empty: none.
    std::string request_log;
    /// How long the embedded store takes to restore an object of class GLACIER or DEEP_ARCHIVE.
    std::chrono::seconds restore_delay = std::chrono::minutes(1);
    /// Another S3 instead of the embedded store: its URL, or "aws" for what the AWS environment
    /// says. Keys come from the AWS environment and files.
    std::string s3_endpoint;
    std::string s3_profile;              ///< empty: AWS_PROFILE, else "default"
    std::string s3_addressing = "auto";  ///< path, virtual, or auto: path for an endpoint URL
    std::string region;                  ///< empty: the AWS environment's, else us-east-1
    /// Names that clients give, and the storage class each stands for.
    std::vector<std::pair<std::string, std::string>> tiers = {{"standard", "STANDARD"},
                                                              {"glacier", "GLACIER"}};

    // --- limits ----------------------------------------------------------------------------------
    std::uint64_t file_size_max = 800'000'000;
    unsigned batch_files_max = 10'000;
    unsigned concurrent_uploads_max = 10;
    unsigned confirm_concurrency = 10;
    std::chrono::seconds url_expiry = std::chrono::hours(1);
    /// After its URL expired, an upload may still be confirmed for this long; then it is removed.
    std::chrono::seconds confirm_grace = std::chrono::hours(1);
    unsigned connections_max = 20'000;        ///< for each of the two ports
    std::uint64_t memory = 24 * 1024 * 1024;  ///< for bodies on their way

    // --- the process -----------------------------------------------------------------------------
    unsigned io_threads = 0;  ///< 0: one a processor
    unsigned disk_threads = 8;
    /// Requests under way get this long to finish when it stops.
    std::chrono::seconds drain_time_max = std::chrono::seconds(30);
    /// Written as JSON {"url", "store_url", "pid"} once it answers; empty: not written.
    std::string ready_file;
    std::string log_level = "info";  ///< trace, debug, info, warn, error or off
};

/// $XDG_DATA_HOME/slipway or ~/.local/share/slipway.
/// Errors: invalid_argument when neither XDG_DATA_HOME nor HOME is set.
SLIPWAY_API Result<std::string> default_data_dir();

/// The embedded store's keys.
struct StoreKeys {
    std::string access_key;
    std::string secret_key;
};

/// Those kept in a data directory; empty texts before the first start.
/// Errors: io; invalid_argument when its keys.toml cannot be understood.
SLIPWAY_API Result<StoreKeys> read_store_keys(const std::string& data_dir);

/// A new random token, and what the settings keep of it.
struct NewToken {
    std::string token;
    std::string sha256;
};
SLIPWAY_API NewToken make_token();

/// The upload server with its embedded store, or in front of another S3, running.
///
/// Start and stop from one thread that is none of its own. Signals are the caller's business.
class SLIPWAY_API Server {
  public:
    /// Starts and answers once both ports do.
    ///
    /// Errors: invalid_argument naming the option; unavailable: a port is taken, the other S3 is
    /// away; permission_denied; unauthenticated: no keys for the other S3; io, no_space.
    static Result<std::unique_ptr<Server>> start(ServeOptions options);
    /// Stops without waiting for requests under way.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// "http://127.0.0.1:8080", with the port in use.
    const std::string& url() const;
    /// The embedded store's or the other S3's.
    const std::string& store_url() const;
    /// What a person opens: the URL with the default user's token.
    const std::string& link() const;
    const std::string& data_dir() const;

    /// Takes no further connection, lets requests under way finish for drain_time_max, ends.
    void stop();

  private:
    struct State;
    explicit Server(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// What `StoreServer` runs with.
struct StoreOptions {
    std::string listen = "127.0.0.1:9000";
    std::string public_url;
    std::string data_dir;    ///< empty: default_data_dir()
    std::string access_key;  ///< empty: as for ServeOptions
    std::string secret_key;
    std::string keys_file;                                         ///< as for ServeOptions
    std::vector<std::string> public_read_buckets;                  ///< likewise
    std::string request_log;                                       ///< likewise
    std::chrono::seconds restore_delay = std::chrono::minutes(1);  ///< likewise
    std::string region = "us-east-1";
    std::string bucket = "slipway";  ///< made when it is missing; empty: none
    unsigned connections_max = 20'000;
    std::uint64_t memory = 24 * 1024 * 1024;
    unsigned io_threads = 0;
    unsigned disk_threads = 8;
    std::chrono::seconds drain_time_max = std::chrono::seconds(30);
    std::string ready_file;  ///< JSON {"store_url", "pid"}
    std::string log_level = "info";
};

/// The embedded S3 store alone. As Server.
class SLIPWAY_API StoreServer {
  public:
    static Result<std::unique_ptr<StoreServer>> start(StoreOptions options);
    ~StoreServer();
    StoreServer(const StoreServer&) = delete;
    StoreServer& operator=(const StoreServer&) = delete;

    const std::string& url() const;
    const std::string& data_dir() const;
    void stop();

  private:
    struct State;
    explicit StoreServer(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace slipway
