// SPDX-License-Identifier: Apache-2.0
// Uploads a folder: upload_folder FOLDER s3://bucket/prefix
//
// Endpoint and keys come from where the AWS tools have them (AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID,
// ~/.aws). Ends with 0: all is stored; 1: something is not; 2: the command line is wrong; 130:
// after Ctrl-C.
#include "slipway/upload.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <string>
#include <utility>

namespace {

volatile std::sig_atomic_t interrupted = 0;

void on_interrupt(int) {
    interrupted = 1;
}

int give_up(const slipway::Error& error) {
    std::fprintf(stderr, "upload_folder: %s\n", error.message.c_str());
    return error.kind == slipway::ErrorKind::invalid_argument ? 2 : 1;
}

void tell_failure(const slipway::UploadEvent& event) {
    if (event.kind == slipway::UploadEvent::Kind::failed) {
        std::fprintf(stderr, "failed: %s: %s\n", event.path.c_str(), event.error->message.c_str());
    }
}

void tell_progress(const slipway::UploadProgress& progress) {
    std::fprintf(stderr, "%llu of %llu files%s, %.1f MB\n",
                 static_cast<unsigned long long>(progress.files_stored),
                 static_cast<unsigned long long>(progress.files_found),
                 progress.found_all ? "" : " found so far",
                 static_cast<double>(progress.bytes_moved) / 1e6);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: upload_folder FOLDER s3://bucket/prefix\n");
        return 2;
    }
    auto target = slipway::parse_s3_uri(argv[2]);
    if (!target) {
        return give_up(target.error());
    }
    auto s3 = slipway::S3::open(slipway::S3Options());
    if (!s3) {
        return give_up(s3.error());
    }
    slipway::UploadRequest request;
    request.sources = {argv[1]};
    request.target = *std::move(target);
    auto upload = slipway::Upload::start(**s3, std::move(request), tell_failure);
    if (!upload) {
        return give_up(upload.error());
    }

    std::signal(SIGINT, on_interrupt);
    auto tell_next = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    while (!(*upload)->wait_for(std::chrono::milliseconds(100))) {
        if (interrupted != 0) {
            std::fprintf(stderr, "stopping\n");
            (*upload)->cancel();
            break;
        }
        if (std::chrono::steady_clock::now() >= tell_next) {
            tell_progress((*upload)->progress());
            tell_next += std::chrono::seconds(1);
        }
    }

    auto ended = (*upload)->wait();
    if (!ended) {
        return give_up(ended.error());
    }
    tell_progress(*ended);
    if (ended->cancelled) {
        return 130;
    }
    return ended->files_failed == 0 ? 0 : 1;
}
