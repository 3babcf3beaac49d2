// SPDX-License-Identifier: Apache-2.0
#include "convert.h"

#include <array>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <utility>

namespace slipway::python {
namespace {

namespace nb = nanobind;

using Texts = std::vector<std::pair<std::string, std::string>>;

/// What is not UTF-8, as a key of a foreign store may be, becomes U+FFFD.
nb::object text(std::string_view bytes) {
    return nb::steal(
        PyUnicode_DecodeUTF8(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), "replace"));
}

nb::dict made_of(const Texts& texts) {
    nb::dict made;
    for (const auto& [name, value] : texts) {
        made[text(name)] = text(value);
    }
    return made;
}

nb::dict made_of(const ObjectSummary& summary) {
    nb::dict made;
    made["key"] = text(summary.key);
    made["size"] = summary.size;
    made["etag"] = text(summary.etag);
    made["last_modified"] = summary.last_modified.time_since_epoch().count();
    made["content_type"] = text(summary.headers.content_type);
    made["cache_control"] = text(summary.headers.cache_control);
    made["content_disposition"] = text(summary.headers.content_disposition);
    made["content_encoding"] = text(summary.headers.content_encoding);
    made["content_language"] = text(summary.headers.content_language);
    made["expires"] = text(summary.headers.expires);
    made["storage_class"] = text(summary.headers.storage_class);
    made["metadata"] = made_of(summary.headers.metadata);
    made["checksum_algorithm"] = text(summary.checksum_algorithm);
    made["checksum"] = text(summary.checksum);
    return made;
}

/// ([object or prefix, ...], whether there are more)
nb::tuple made_of(const Listing& listing) {
    nb::list entries;
    for (const ListEntry& entry : listing.entries) {
        if (entry.prefix.empty()) {
            entries.append(made_of(entry.object));
        } else {
            entries.append(text(entry.prefix));
        }
    }
    return nb::make_tuple(entries, listing.more);
}

nb::list made_of(const std::vector<std::string>& names) {
    nb::list made;
    for (const std::string& name : names) {
        made.append(text(name));
    }
    return made;
}

/// [(bucket, key, error), ...]
nb::list made_of(const NotRemoved& events) {
    nb::list made;
    for (const RemoveEvent& event : events) {
        made.append(nb::make_tuple(text(event.object.bucket), text(event.object.key),
                                   to_python(*event.error)));
    }
    return made;
}

nb::tuple made_of(const PresignedPost& post) {
    return nb::make_tuple(text(post.url), made_of(post.fields));
}

Texts to_texts(nb::handle texts) {
    Texts made;
    for (const auto& [name, value] : nb::cast<nb::dict>(texts)) {
        made.emplace_back(nb::cast<std::string>(name), nb::cast<std::string>(value));
    }
    return made;
}

}  // namespace

nb::tuple to_python(const Error& error) {
    return nb::make_tuple(to_string(error.kind), text(error.message), text(error.code),
                          error.http_status, text(error.request_id), error.retry_after.count());
}

nb::tuple to_python(const Outcome& outcome) {
    return nb::make_tuple(text(outcome.key), outcome.skipped,
                          outcome.error ? nb::object(to_python(*outcome.error)) : nb::none(),
                          outcome.size, text(outcome.etag), text(outcome.checksum),
                          outcome.retries + 1);
}

nb::tuple to_python(const Read& read) {
    return nb::make_tuple(read.id, read.item, nb::cast(read.offset), read.size);
}

nb::dict to_python(const UploadProgress& progress) {
    nb::list under_way;
    for (const FileProgress& file : progress.files_under_way) {
        under_way.append(nb::make_tuple(text(file.key), file.size, file.bytes_moved));
    }
    nb::dict made;
    made["bytes_found"] = progress.bytes_found;
    made["bytes_stored"] = progress.bytes_stored;
    made["bytes_moved"] = progress.bytes_moved;
    made["requests"] = progress.requests;
    made["retries"] = progress.retries;
    made["under_way"] = under_way;
    return made;
}

nb::object to_python(const Value& value) {
    const auto convert = [](const auto& held) -> nb::object {
        using Held = std::remove_cvref_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, std::monostate>) {
            return nb::none();
        } else if constexpr (std::is_same_v<Held, std::string>) {
            return text(held);
        } else {
            return made_of(held);
        }
    };
    return std::visit(convert, value);
}

ObjectHeaders to_headers(const nb::dict& headers) {
    ObjectHeaders made;
    const std::array<std::pair<const char*, std::string*>, 7> texts = {{
        {"content_type", &made.content_type},
        {"cache_control", &made.cache_control},
        {"content_disposition", &made.content_disposition},
        {"content_encoding", &made.content_encoding},
        {"content_language", &made.content_language},
        {"expires", &made.expires},
        {"storage_class", &made.storage_class},
    }};
    for (const auto& [name, into] : texts) {
        if (headers.contains(name)) {
            *into = nb::cast<std::string>(headers[name]);
        }
    }
    if (headers.contains("metadata")) {
        made.metadata = to_texts(headers["metadata"]);
    }
    if (headers.contains("tags")) {
        made.tags = to_texts(headers["tags"]);
    }
    return made;
}

}  // namespace slipway::python
