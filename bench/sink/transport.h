// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

struct ssl_ctx_st;
struct ssl_st;

namespace slipway::sink {

// One connection, plain or TLS, with blocking calls. Not shared between threads.
class Transport {
  public:
    // Owns the socket. With a context, the TLS handshake is the first thing that happens to it.
    Transport(int socket, ssl_ctx_st* tls);
    ~Transport();
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    // How many bytes came; 0 when the connection has ended, by an error as well.
    std::size_t read(char* to, std::size_t size);
    // Whether `count` bytes came. Plain ones never leave the kernel.
    bool discard(std::uint64_t count);
    bool write(std::string_view bytes);
    // The connection ends with RST instead of FIN.
    void reset();

  private:
    bool discard_tls(std::uint64_t count);

    int socket_;
    ssl_st* ssl_ = nullptr;
};

// A server's TLS context, for as long as the program runs. Ends the program when a file is wrong.
ssl_ctx_st* make_tls_context(const char* certificate, const char* key);

}  // namespace slipway::sink
