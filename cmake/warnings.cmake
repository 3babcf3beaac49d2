# SPDX-License-Identifier: Apache-2.0
# One interface target that every target of ours links: warnings, assertions, sanitizers.
add_library(slipway_options INTERFACE)
target_compile_options(slipway_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
    -Wnon-virtual-dtor -Wold-style-cast -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 reports false positives inside coroutine frames and inlined variants.
    target_compile_options(slipway_options INTERFACE
        -Wno-maybe-uninitialized -Wno-mismatched-new-delete -Wno-restrict)
endif()
target_compile_definitions(slipway_options INTERFACE
    _GLIBCXX_ASSERTIONS
    BOOST_ASIO_SEPARATE_COMPILATION
    BOOST_ASIO_NO_DEPRECATED
    BOOST_ALLOW_DEPRECATED
    SPDLOG_FMT_EXTERNAL)
if(SLIPWAY_SANITIZE)
    target_compile_options(slipway_options INTERFACE
        -fsanitize=${SLIPWAY_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(slipway_options INTERFACE -fsanitize=${SLIPWAY_SANITIZE})
    if(SLIPWAY_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # ThreadSanitizer does not see atomic_thread_fence; Asio has one that orders nothing we share.
        target_compile_options(slipway_options INTERFACE -Wno-tsan)
    endif()
endif()
