// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every size, count and time that bounds what a stranger can make us do, with its reason.
/// Limits of the S3 protocol itself are in s3/limits.h.
namespace slipway::limits {

using namespace std::chrono_literals;

// --- HTTP server -------------------------------------------------------------------------------
/// Request line and headers together; S3 metadata may be 2 KiB and presigned URLs some KiB.
inline constexpr std::size_t http_header_bytes_max = 32 * 1024;
/// Time from the first byte of a request until its headers are complete (slow-loris).
inline constexpr auto http_header_time_max = 20s;
/// A kept-alive connection without a request is closed after this.
inline constexpr auto http_idle_time_max = 75s;
/// A body that brings no byte for this long is given up.
inline constexpr auto http_body_stall_time_max = 30s;
/// A body must bring this many bytes a second on average, once the grace time has passed ...
inline constexpr std::uint64_t http_body_rate_min = 128;
/// ... which leaves a train its tunnel.
inline constexpr auto http_body_rate_grace = 60s;
/// An answer whose receiver takes nothing for this long is given up.
inline constexpr auto http_write_stall_time_max = 60s;
/// An unread request body up to this size is read and dropped to keep the connection.
inline constexpr std::uint64_t http_drain_bytes_max = 256 * 1024;
/// After refusing a request the rest of its body is read and dropped for this long, so that the
/// client sees the answer instead of a reset.
inline constexpr auto http_linger_time_max = 5s;
/// Open connections of one listener.
inline constexpr std::size_t http_connections_max = 20'000;
/// On SIGTERM requests under way get this long to finish.
inline constexpr auto http_drain_time_max = 30s;
/// ... and connections that were closed under way this long to notice.
inline constexpr auto http_close_time_max = 5s;

// --- HTTP client -------------------------------------------------------------------------------
/// Looking up a name and connecting to one of its addresses; and, again, the TLS handshake.
inline constexpr auto client_connect_time_max = 10s;
/// A host's next address is tried when the one before has not answered within this (RFC 8305).
inline constexpr auto client_connect_stagger = 250ms;
/// Addresses of a host are asked for again after this: longer than a burst of small requests,
/// shorter than a failover by DNS takes.
inline constexpr auto client_name_fresh_time = 30s;
inline constexpr std::size_t client_names_max = 1'000;
inline constexpr auto client_answer_time_max = 60s;
/// Amazon may take minutes to put a large object's parts together.
inline constexpr auto client_complete_time_max = 10min;
/// A transfer under way must move something within this.
inline constexpr auto client_stall_time_max = 30s;
/// Kept-alive connections of one I/O thread, to all servers: as many as are used at once are to
/// outlast a moment of rest.
inline constexpr std::size_t client_idle_connections_max = 256;
inline constexpr auto client_idle_time_max = 20s;
/// TLS sessions kept of one server, and servers of which some are kept.
inline constexpr std::size_t client_tls_sessions_max = 8;
inline constexpr std::size_t client_tls_hosts_max = 1'000;
/// A request that failed for a reason that passes is sent at most this often in all ...
inline constexpr unsigned retry_attempts_max = 3;
/// ... after random rests of at most this, doubled with each attempt, up to the second.
inline constexpr auto retry_backoff_base = 100ms;
inline constexpr auto retry_backoff_max = 5s;
/// A Retry-After beyond this is taken for this.
inline constexpr auto retry_after_believed_max = 1h;
/// A refusal by a store whose clock is this far from where we took it to be may be for that. S3
/// allows a signature 15 minutes.
inline constexpr auto clock_offset_suspicious = 4min;
/// XML answers (listings, errors) are held whole; the largest S3 listing is below 3 MiB.
inline constexpr std::size_t client_document_bytes_max = 8 * 1024 * 1024;
/// Buckets whose region an S3 client remembers because it is not the one it was told.
inline constexpr std::size_t client_regions_remembered_max = 1'000;
/// Bodies up to this size are read whole before they are sent: such a request can be repeated, and
/// can go over a kept-alive connection.
inline constexpr std::size_t client_held_body_bytes_max = 128 * 1024;

// --- transfer engine ---------------------------------------------------------------------------
/// An object of this size and above goes over in parts ...
inline constexpr std::uint64_t engine_multipart_bytes_min = 16ULL << 20;
/// ... of this size, as aws cli's; larger where 10,000 of them would not be enough.
inline constexpr std::uint64_t engine_part_bytes = 8ULL << 20;
/// A stream's parts grow by the size of a part after so many, up to what memory bears: 10,000 parts
/// are 351 GiB.
inline constexpr unsigned engine_stream_parts_a_size = 1000;
inline constexpr std::uint64_t engine_stream_part_bytes_max = 48ULL << 20;
/// Threads for the network: what they send is bound by encryption and system calls ...
inline constexpr unsigned engine_io_threads_max = 4;
/// ... and a body of this size and above goes to the one with the least to do. Below it a hop to
/// another thread costs more than it brings.
inline constexpr std::uint64_t engine_spread_bytes_min = 256 * 1024;
/// Requests under way: at first, and at most.
inline constexpr unsigned engine_requests_first = 8;
inline constexpr unsigned engine_requests_max = 256;
inline constexpr auto engine_idle_growth_time = 10ms;
inline constexpr auto engine_epoch_time_min = 100ms;
/// Answers that differ by less are as quick.
inline constexpr auto engine_latency_noise = 5ms;
/// Read files and look at directories.
inline constexpr unsigned engine_disk_threads = 4;
/// Parts up to this are read on the I/O thread where the system has them in memory: 2 ms.
inline constexpr std::uint64_t engine_read_at_once_bytes_max = 16ULL << 20;
/// Bytes read and not yet sent.
inline constexpr std::uint64_t engine_memory_bytes = 48ULL << 20;
/// A part that is more than all of them is read and sent in pieces of this size.
inline constexpr std::uint64_t engine_piece_bytes = 1ULL << 20;
/// Pieces of a callback's bytes whose checksums are remembered: those of all parts under way.
inline constexpr std::size_t engine_seen_pieces_max = 4096;
/// Files that are known and not begun.
inline constexpr std::size_t engine_queue_max = 1024;
/// Nothing arrived for so long while requests failed: the run gives up.
inline constexpr auto engine_no_progress_time_max = 30s;
/// A store that asks for rests (Retry-After) is asked again after so many of them, for as long as
/// that takes no more than so many times the usual patience: 5 minutes.
inline constexpr int engine_asked_rests = 4;
inline constexpr int engine_patience_factor_max = 10;
/// A success this long ago counts, and then rests do not grow beyond that of so many attempts.
inline constexpr auto engine_success_recent_time = 5s;
inline constexpr unsigned engine_short_rests_max = 4;
/// A cancelled run: until then uploads are aborted, and what cannot be undone is waited for.
inline constexpr auto engine_cancel_time_max = 10s;
/// An upload of a lost answer is looked for so long, while its file waits to be completed.
inline constexpr auto engine_stray_time_max = 15s;
/// How far the times of uploads may lie outside of when they must have begun, and be ours.
inline constexpr auto engine_stray_slack = 2s;
/// A bandwidth limit: the unused time that may be made up for, and how long a request may wait for
/// its next chunk.
inline constexpr auto pacer_burst_time = 50ms;
inline constexpr auto pacer_chunk_time_max = 5s;
inline constexpr std::uint64_t pacer_bytes_per_second_min = 8 * 1024;
/// An upload in parts whose run was killed before it heard its name was begun within this.
inline constexpr auto journal_unanswered_time = 1min;
/// Uploads in parts that nobody went on with for so long are aborted by the next run.
inline constexpr auto journal_age_max = std::chrono::days(7);
/// A journal larger than this is none: a record is some 300 bytes.
inline constexpr std::uint64_t journal_bytes_max = 64ULL << 20;

// --- files to be sent --------------------------------------------------------------------------
/// Paths that are looked at in one visit to a disk thread, and names of a directory in memory.
inline constexpr std::size_t feed_batch_entries = 256;
/// Files compared at once with what the store has.
inline constexpr std::size_t feed_compares_max = 32;
/// Threads of an upload for functions of the program's, which may wait in them; more than streams
/// and the feed of items take.
inline constexpr unsigned upload_callback_threads = 8;
/// Objects that the program has brought and nobody has taken yet.
inline constexpr std::size_t upload_items_ahead = 256;
/// Streams of unknown size on their way at once, and the memory for the parts of each.
inline constexpr std::size_t upload_streams_max = 4;
inline constexpr std::uint64_t upload_stream_memory_bytes = 16ULL << 20;
/// A list that is a pipe with nothing in it is asked again after this.
inline constexpr auto feed_idle_time = 20ms;
/// Directories open at once in the walk of a tree, one in the other: what 256 connections and as
/// many open files leave of the usual 1,024 descriptors.
inline constexpr std::size_t walk_depth_max = 384;
/// A NUL in so many first bytes of a list says that NULs separate its paths.
inline constexpr std::size_t list_probe_bytes = 64 * 1024;
inline constexpr std::size_t list_read_bytes = 64 * 1024;
/// Linux's PATH_MAX.
inline constexpr std::size_t list_path_bytes_max = 4096;
/// Patterns of --include and --exclude: no key is longer, and each is tried on each file.
inline constexpr std::size_t filter_patterns_max = 1'000;
inline constexpr std::size_t filter_pattern_bytes_max = 1024;

// --- objects to be brought or deleted -----------------------------------------------------------
/// Objects deleted at once, where each takes a request of its own.
inline constexpr unsigned remove_requests_max = 32;
/// Requests at once that delete 1,000 objects each: as fast as a listing names them.
inline constexpr unsigned remove_batches_max = 4;
/// Keys of one such request, beyond which it is sent: each byte may become 6 in XML.
inline constexpr std::size_t remove_batch_key_bytes_max = 256 * 1024;
/// The next page of a listing is fetched while so many of its entries are still to be worked on.
inline constexpr std::size_t object_feed_low = 500;
/// Requests that look at an object before it is brought: few, but a store that fails every second
/// one must not fail the object.
inline constexpr unsigned download_look_attempts_max = 10;
/// A store that asks for rests (Retry-After) of up to this gets them.
inline constexpr auto download_look_rest_max = 1min;
/// One part of a path: Linux's NAME_MAX.
inline constexpr std::size_t file_name_bytes_max = 255;

// --- credentials -------------------------------------------------------------------------------
/// Temporary credentials are renewed this long before they end, by one request while others go on;
/// Amazon's services hand out new ones about as early ...
inline constexpr auto credentials_renew_before = 5min;
/// ... not more often than this, also where the new ones do not last either or there were none ...
inline constexpr auto credentials_renew_pause = 30s;
/// ... and are not used this shortly before they end: a request takes its time.
inline constexpr auto credentials_spare_time = 10s;
/// An instance without the metadata service must not wait for it long (the AWS SDKs' limit).
inline constexpr auto metadata_answer_time_max = 1s;
/// For the services that are there when the environment says so: a container's agent, STS.
inline constexpr auto credentials_answer_time_max = 10s;
/// A credential_process may ask its user for a code.
inline constexpr auto credential_process_time_max = 60s;
/// Answers of all those, and token files.
inline constexpr std::size_t credentials_document_bytes_max = 64 * 1024;
/// Profiles that name each other as source.
inline constexpr std::size_t source_profiles_max = 8;

// --- memory ------------------------------------------------------------------------------------
/// One chunk of a streamed body.
inline constexpr std::size_t chunk_bytes = 128 * 1024;
/// All chunks of the process together: the memory limit and, by waiting, the back-pressure.
inline constexpr std::size_t chunk_pool_bytes = 24 * 1024 * 1024;

// --- documents ---------------------------------------------------------------------------------
/// Nesting; parsers may recurse, and nothing of ours is deeper than 6.
inline constexpr std::size_t json_depth_max = 32;
inline constexpr std::size_t xml_depth_max = 16;
/// S3 accepts 2 MB of DeleteObjects; its own answers are below client_document_bytes_max.
inline constexpr std::size_t xml_bytes_max = 8 * 1024 * 1024;

// --- upload API --------------------------------------------------------------------------------
/// The documented limit: 800 MB a file, decimal. A setting.
inline constexpr std::uint64_t file_size_max_default = 800'000'000;
inline constexpr std::size_t batch_files_max_default = 10'000;
/// 10,000 entries with 1 KiB names in escaped JSON.
inline constexpr std::size_t api_body_bytes_max = 16 * 1024 * 1024;
inline constexpr auto presign_expiry_default = std::chrono::seconds(1h);
inline constexpr unsigned uploads_concurrent_max_default = 10;
inline constexpr unsigned confirm_concurrency_max = 10;
inline constexpr unsigned list_limit_default = 100;
inline constexpr unsigned list_limit_max = 1'000;
/// "name (1).jpg", "name (2).jpg", ... is tried this far before the file is refused.
inline constexpr unsigned rename_attempts_max = 1'000;
/// After its URL expired, an unconfirmed upload may still be confirmed for this long.
inline constexpr auto confirm_grace = std::chrono::seconds(1h);
/// A page stays signed in for this long.
inline constexpr auto session_expiry = std::chrono::seconds(24h * 30);
/// How often the reaper looks for uploads that were never confirmed.
inline constexpr auto reaper_interval = std::chrono::seconds(60s);
inline constexpr std::size_t reaper_batch_max = 1'000;
/// Batches of one run; the rest is for the next.
inline constexpr unsigned reaper_batches_max = 100;
/// A reaper that died leaves its claims to others after this.
inline constexpr auto reaper_claim_time = std::chrono::seconds(10min);
/// Content types, tiers and checksums in requests.
inline constexpr std::size_t short_text_bytes_max = 255;

// --- forms -------------------------------------------------------------------------------------
/// RFC 2046's.
inline constexpr std::size_t form_boundary_bytes_max = 70;
/// Before the first boundary of a form and after its last; mail programs put a sentence there.
inline constexpr std::size_t form_outside_bytes_max = 64 * 1024;
inline constexpr std::size_t form_parts_max = 10'000;
/// Names in headers may be paths; browsers send three lines.
inline constexpr std::size_t form_part_header_bytes_max = 16 * 1024;
/// The value of a plain field that is not a file.
inline constexpr std::size_t form_field_bytes_max = 64 * 1024;
/// A form as a whole, or one file where that may be larger: a hundred of the documented limit.
inline constexpr std::uint64_t form_bytes_max = 80'000'000'000;
/// The document's max_workers, and the most that are of use: a form brings one file at a time.
inline constexpr unsigned form_workers_default = 5;
inline constexpr unsigned form_workers_max = 32;
/// The name of a file's type or category; together with the rest below S3's 1,024 of a key.
inline constexpr std::size_t form_name_bytes_max = 255;
/// Of a stored file's name only its extension is kept, if it is no longer than this.
inline constexpr std::size_t form_extension_bytes_max = 16;

// --- bytes forwarded to another store ------------------------------------------------------------
/// What is held of all files together until it is stored (task/forward_memory.h says the rule) ...
inline constexpr std::size_t forward_bytes = 32ULL << 20;
/// ... and beyond it for those whom the others would keep from their next part.
inline constexpr std::size_t forward_spare_bytes = 16ULL << 20;
/// The first bytes of each file are held beside that, in all at most so many ...
inline constexpr std::size_t forward_first_bytes = 16ULL << 20;
/// ... of a file so many, or of one that arrives fast so many: it shows by them how fast it is.
inline constexpr std::size_t forward_first_slow_bytes = 8 * 1024;
inline constexpr std::size_t forward_first_fast_bytes = 64 * 1024;
/// A sender that brings so much a second is fast ...
inline constexpr std::uint64_t forward_fast_rate = 128 * 1024;
/// ... for this long, by when it should have brought its part.
inline constexpr auto forward_fast_time = 2s;
/// Those who wait for memory look again after this, whether others turned out to be slow.
inline constexpr auto forward_look_time = 500ms;
/// Memory of slow senders grows from pieces of this size.
inline constexpr std::size_t forward_piece_bytes = 4 * 1024;
/// Parts of a forwarded file: S3's smallest, which needs least memory, and at most; a file of 142
/// GiB fits 10,000 that grow.
inline constexpr std::uint64_t forward_part_bytes = 5ULL << 20;
inline constexpr std::uint64_t forward_part_bytes_max = 16ULL << 20;

// --- names ------------------------------------------------------------------------------------
/// An object's key, in bytes of UTF-8: S3's limit.
inline constexpr std::size_t key_bytes_max = 1024;

// --- catalog -----------------------------------------------------------------------------------
inline constexpr unsigned catalog_cache_kib = 8 * 1024;
inline constexpr unsigned catalog_read_cache_kib = 1024;
/// The log is moved into the database beside the commits at this size, 16 MiB; while they never
/// pause it goes on growing, up to here.
inline constexpr int catalog_log_pages_soft_max = 4096;
inline constexpr int catalog_log_pages_hard_max = 16 * 1024;

// --- embedded store ----------------------------------------------------------------------------
/// Objects up to this size live in the index itself: one sync for a whole group of them.
inline constexpr std::size_t inline_object_bytes_max = 16 * 1024;
/// Most operations that share one commit.
inline constexpr std::size_t group_commit_max = 512;
/// Rounds of events that unsynced operations of one I/O thread are gathered in.
inline constexpr unsigned group_gather_rounds_max = 4;
/// Keys of one DeleteObjects that are deleted at a time; they share commits.
inline constexpr std::size_t delete_concurrency = 64;
/// Pieces of a body from this size on are hashed beside the writing of them; less is not worth
/// another thread.
inline constexpr std::size_t hash_apart_bytes_min = 16 * 1024;
/// Bodies are hashed together by so many bytes of each: 20 us, after which others may join.
inline constexpr std::size_t hash_step_bytes = 16 * 1024;
/// Threads for blocking file work.
inline constexpr unsigned disk_threads_default = 8;
/// How often the janitor looks for leftovers.
inline constexpr auto janitor_interval = std::chrono::seconds(60s);
/// Objects that lifecycle rules look at and remove at a time, and parts of a dropped upload that
/// are removed at a time: others wait for no longer than this takes.
inline constexpr std::size_t lifecycle_batch_max = 256;
inline constexpr unsigned dropped_parts_batch_max = 256;
/// A day of a lifecycle rule; the rules are applied 24 times in it.
inline constexpr auto lifecycle_day = std::chrono::hours(24h);
/// Kept free for deletions on a full disk (some 16 KiB each), beside room for the largest log.
inline constexpr std::uint64_t space_reserve_bytes = 4 * 1024 * 1024;

}  // namespace slipway::limits
