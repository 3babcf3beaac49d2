// SPDX-License-Identifier: Apache-2.0
#include "slipway/download.h"
#include "slipway/version.h"

#include "client.h"
#include "convert.h"
#include "of_process.h"
#include "operation.h"
#include "upload_job.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>
#include <string>
#include <utility>

/// slipway._core: what the Python package is made on.
///
/// Calls answer at once; what takes time is begun, and its descriptor becomes readable when there
/// is news. Failures are values, which the package makes exceptions of. Native threads hold no
/// Python object and never take the GIL.
namespace slipway::python {
namespace {

namespace nb = nanobind;

// Python's exit, or a collected client, is not held up longer by requests that nobody answers.
constexpr std::chrono::seconds close_time_max{2};

/// What Python holds of a client. What it began outlives neither it nor its process.
class ClientHandle {
  public:
    explicit ClientHandle(std::shared_ptr<Client> client) : client_(std::move(client)) {}
    ~ClientHandle() { close(); }
    ClientHandle(const ClientHandle&) = delete;
    ClientHandle& operator=(const ClientHandle&) = delete;

    OfProcess<Client>& client() { return client_; }

    /// Waits a little for what runs; what goes on then is left to itself.
    void close() {
        if (!client_.here() || closed_) {
            return;
        }
        closed_ = true;
        const nb::gil_scoped_release released;
        if (!client_->wait_until_idle(close_time_max)) {
            OfProcess<Client>::leave(client_.share());
        }
    }

  private:
    OfProcess<Client> client_;
    bool closed_ = false;
};

using JobHandle = OfProcess<UploadJob>;
using OperationHandle = OfProcess<Operation>;

nb::object open_client(const nb::dict& options) {
    const auto text = [&options](const char* name) {
        return options.contains(name) ? nb::cast<std::string>(options[name]) : std::string();
    };
    const auto flag = [&options](const char* name) {
        return !options.contains(name) || nb::cast<bool>(options[name]);
    };
    S3Options made;
    made.endpoint_url = text("endpoint_url");
    made.region = text("region");
    made.profile = text("profile");
    made.access_key_id = text("access_key_id");
    made.secret_access_key = text("secret_access_key");
    made.session_token = text("session_token");
    made.addressing = options.contains("addressing") ? text("addressing") : made.addressing;
    made.ca_bundle = text("ca_bundle");
    made.verify_tls = flag("verify_tls");
    made.sign_requests = flag("sign_requests");
    auto client = [&made] {
        const nb::gil_scoped_release released;
        return Client::open(made);
    }();
    if (!client) {
        return to_python(client.error());
    }
    return nb::cast(new ClientHandle(*std::move(client)), nb::rv_policy::take_ownership);
}

OperationHandle* begin(ClientHandle& handle, Operation::Work work) {
    return new OperationHandle(Operation::start(*handle.client(), std::move(work)));
}

template <class T>
Result<Value> to_value(Result<T> result) {
    if (!result) {
        return fail(std::move(result).error());
    }
    if constexpr (std::is_void_v<T>) {
        return Value();
    } else {
        return Value(*std::move(result));
    }
}

// --- operations ----------------------------------------------------------------------------------

OperationHandle* stat(ClientHandle& client, std::string bucket, std::string key) {
    return begin(client, [object = S3Uri{std::move(bucket), std::move(key)}](S3& s3, Operation&) {
        return to_value(s3.stat(object));
    });
}

OperationHandle* list(ClientHandle& client,
                      std::string bucket,
                      std::string prefix,
                      std::string delimiter,
                      std::string start_after,
                      std::size_t entries_max) {
    ListRequest request{std::move(bucket), std::move(prefix), std::move(delimiter),
                        std::move(start_after)};
    return begin(client, [request = std::move(request), entries_max](S3& s3, Operation&) {
        Listing listing;
        const auto take = [&listing, entries_max](const ListEntry& entry) {
            listing.more = listing.entries.size() == entries_max;
            if (!listing.more) {
                listing.entries.push_back(entry);
            }
            return !listing.more;
        };
        const auto listed = s3.list(request, take);
        return listed ? Result<Value>(std::move(listing)) : fail(listed.error());
    });
}

OperationHandle* list_buckets(ClientHandle& client) {
    return begin(client, [](S3& s3, Operation&) { return to_value(s3.list_buckets()); });
}

OperationHandle* remove(ClientHandle& client, std::string bucket, std::string key) {
    return begin(client, [object = S3Uri{std::move(bucket), std::move(key)}](S3& s3, Operation&) {
        return to_value(s3.remove(object));
    });
}

OperationHandle* remove_all(ClientHandle& client, const nb::list& targets, bool recursive) {
    RemoveRequest request;
    request.recursive = recursive;
    for (const nb::handle target : targets) {
        request.targets.push_back(
            {nb::cast<std::string>(target[0]), nb::cast<std::string>(target[1])});
    }
    return begin(client, [request = std::move(request)](S3& s3, Operation&) -> Result<Value> {
        NotRemoved failed;
        SLIPWAY_TRY(report, s3.remove_all(request, [&failed](const RemoveEvent& event) {
            if (event.error) {
                failed.push_back(event);
            }
        }));
        static_cast<void>(report);
        return Value(std::move(failed));
    });
}

OperationHandle* presign_get(ClientHandle& client,
                             std::string bucket,
                             std::string key,
                             std::int64_t expires_in,
                             std::string response_content_type,
                             std::string response_content_disposition) {
    PresignTerms terms;
    terms.response_content_type = std::move(response_content_type);
    terms.response_content_disposition = std::move(response_content_disposition);
    return begin(client, [object = S3Uri{std::move(bucket), std::move(key)}, expires_in,
                          terms = std::move(terms)](S3& s3, Operation&) {
        return to_value(s3.presign_get(object, std::chrono::seconds(expires_in), terms));
    });
}

OperationHandle* presign_put(ClientHandle& client,
                             std::string bucket,
                             std::string key,
                             std::int64_t expires_in,
                             std::string content_type,
                             std::optional<std::uint64_t> size) {
    PresignTerms terms;
    terms.content_type = std::move(content_type);
    terms.size = size;
    return begin(client, [object = S3Uri{std::move(bucket), std::move(key)}, expires_in,
                          terms = std::move(terms)](S3& s3, Operation&) {
        return to_value(s3.presign_put(object, std::chrono::seconds(expires_in), terms));
    });
}

OperationHandle* presign_post(ClientHandle& client,
                              std::string bucket,
                              std::string key,
                              std::int64_t expires_in,
                              std::optional<std::uint64_t> size_min,
                              std::optional<std::uint64_t> size_max,
                              const nb::dict& fields) {
    PostRequest request;
    request.object = {std::move(bucket), std::move(key)};
    request.expires_in = std::chrono::seconds(expires_in);
    request.size_min = size_min;
    request.size_max = size_max;
    for (const auto& [name, value] : fields) {
        request.fields.emplace_back(nb::cast<std::string>(name), nb::cast<std::string>(value));
    }
    return begin(client, [request = std::move(request)](S3& s3, Operation&) {
        return to_value(s3.presign_post(request));
    });
}

/// One object into a file.
Result<Value> download_to(S3& s3, Operation& self, DownloadRequest request) {
    std::optional<Error> failed;  // touched by one event at a time, and read after the last
    auto on_event = [&failed](const DownloadEvent& event) {
        if (event.kind == DownloadEvent::Kind::failed) {
            failed = event.error;
        }
    };
    SLIPWAY_TRY(download, Download::start(s3, std::move(request), on_event));
    self.on_cancel([&download] { download->cancel(); });
    auto end = download->wait();
    self.on_cancel({});
    SLIPWAY_TRY(progress, std::move(end));
    if (failed) {
        return fail(*std::move(failed));
    }
    if (progress.files_stored == 0) {
        return fail(ErrorKind::cancelled, "cancelled before it was there");
    }
    return Value();
}

OperationHandle* download(ClientHandle& client,
                          std::string bucket,
                          std::string key,
                          const nb::bytes& path) {
    DownloadRequest request;
    request.sources = {{std::move(bucket), std::move(key)}};
    request.target = std::string(path.c_str(), path.size());
    return begin(client, [request = std::move(request)](S3& s3, Operation& self) {
        return download_to(s3, self, request);
    });
}

/// (whether it went well, the value or the error)
nb::tuple result_of(const OperationHandle& operation) {
    const auto& result = operation->result();
    return nb::make_tuple(result.has_value(),
                          result ? to_python(*result) : nb::object(to_python(result.error())));
}

// --- uploads -------------------------------------------------------------------------------------

JobHandle* new_job(std::string bucket, const nb::dict& options) {
    UploadRequest request;
    request.target.bucket = std::move(bucket);
    request.headers = to_headers(options);
    const auto number = [&options](const char* name, auto& into) {
        if (options.contains(name)) {
            into = nb::cast<std::remove_cvref_t<decltype(into)>>(options[name]);
        }
    };
    number("checksum", request.checksum);
    number("if_absent", request.if_absent);
    number("if_changed", request.if_changed);
    number("max_workers", request.max_workers);
    number("bytes_per_second", request.bytes_per_second);
    number("part_bytes", request.part_bytes);
    std::int64_t seconds = request.no_progress_time_max.count();
    number("no_progress_seconds_max", seconds);
    request.no_progress_time_max = std::chrono::seconds(seconds);
    return new JobHandle(std::make_shared<UploadJob>(std::move(request)));
}

/// (begin, end, digits of the content's hash between)
Name to_name(const nb::tuple& name) {
    return {nb::cast<std::string>(name[0]), nb::cast<std::string>(name[1]),
            nb::cast<unsigned>(name[2])};
}

template <class Content>
std::size_t add(JobHandle& job, const nb::tuple& name, const nb::dict& headers, Content content) {
    return job->add(Item{to_name(name), std::move(content), to_headers(headers)});
}

/// The caller holds the view until the item has ended, so the bytes stay where they are.
std::size_t add_memory(JobHandle& job,
                       const nb::tuple& name,
                       const nb::dict& headers,
                       const nb::object& view) {
    Py_buffer buffer{};
    if (PyObject_GetBuffer(view.ptr(), &buffer, PyBUF_SIMPLE) != 0) {
        nb::raise_python_error();
    }
    const std::string_view bytes(static_cast<const char*>(buffer.buf),
                                 static_cast<std::size_t>(buffer.len));
    PyBuffer_Release(&buffer);
    return add(job, name, headers, InMemory{bytes});
}

/// (reads, ends, whether it is over)
nb::tuple take(JobHandle& job) {
    const UploadJob::News news = job->take();
    nb::list reads;
    for (const Read& read : news.reads) {
        reads.append(to_python(read));
    }
    nb::list ended;
    for (const Ended& end : news.ended) {
        ended.append(nb::make_tuple(end.item, to_python(end.outcome)));
    }
    return nb::make_tuple(reads, ended, news.over);
}

void answer(JobHandle& job, std::uint64_t id, const nb::object& bytes) {
    Py_buffer buffer{};
    if (PyObject_GetBuffer(bytes.ptr(), &buffer, PyBUF_SIMPLE) != 0) {
        nb::raise_python_error();
    }
    job->reads().answer(
        id, {static_cast<const char*>(buffer.buf), static_cast<std::size_t>(buffer.len)});
    PyBuffer_Release(&buffer);
}

void refuse(JobHandle& job, std::uint64_t id, std::string words) {
    Error error;
    error.kind = ErrorKind::io;
    error.message = std::move(words);
    error.code = "SourceFailed";
    job->reads().refuse(id, std::move(error));
}

void bind_job(nb::module_& module) {
    nb::class_<JobHandle>(module, "UploadJob")
        .def("add_path",
             [](JobHandle& job, const nb::tuple& name, const nb::dict& headers,
                const nb::bytes& path) {
                 return add(job, name, headers, OnDisk{std::string(path.c_str(), path.size())});
             })
        .def("add_memory", &add_memory)
        .def("add_seekable",
             [](JobHandle& job, const nb::tuple& name, const nb::dict& headers,
                std::uint64_t size) { return add(job, name, headers, Seekable{size}); })
        .def("add_stream",
             [](JobHandle& job, const nb::tuple& name, const nb::dict& headers) {
                 return add(job, name, headers, Stream{});
             })
        .def("start", [](JobHandle& job, ClientHandle& client) { job->start(*client.client()); })
        .def("fileno", [](JobHandle& job) { return job->descriptor(); })
        .def("take", &take)
        .def("answer", &answer)
        .def("refuse", &refuse)
        .def("progress", [](JobHandle& job) { return to_python(job->progress()); })
        .def("failure",
             [](JobHandle& job) -> nb::object {
                 const auto failure = job->failure();
                 return failure ? nb::object(to_python(*failure)) : nb::none();
             })
        .def(
            "cancel", [](JobHandle& job) { job->cancel(); },
            nb::call_guard<nb::gil_scoped_release>())
        .def(
            "wait", [](JobHandle& job) { job->wait(); }, nb::call_guard<nb::gil_scoped_release>());
    module.def("new_job", &new_job);
}

void bind_client(nb::module_& module) {
    nb::class_<ClientHandle>(module, "Client")
        .def("url", [](ClientHandle& client) { return client.client()->s3().url(); })
        .def("close", &ClientHandle::close)
        .def("stat", &stat)
        .def("list", &list)
        .def("list_buckets", &list_buckets)
        .def("remove", &remove)
        .def("remove_all", &remove_all)
        .def("presign_get", &presign_get)
        .def("presign_put", &presign_put)
        .def("presign_post", &presign_post, nb::arg("bucket"), nb::arg("key"),
             nb::arg("expires_in"), nb::arg("size_min").none(), nb::arg("size_max").none(),
             nb::arg("fields"))
        .def("download", &download);
    nb::class_<OperationHandle>(module, "Operation")
        .def("fileno", [](OperationHandle& operation) { return operation->descriptor(); })
        .def("over", [](OperationHandle& operation) { return operation->over(); })
        .def("result", &result_of)
        .def(
            "cancel", [](OperationHandle& operation) { operation->cancel(); },
            nb::call_guard<nb::gil_scoped_release>());
    module.def("open_client", &open_client);
}

}  // namespace
}  // namespace slipway::python

NB_MODULE(_core, module) {
    using namespace slipway::python;
    module.attr("__version__") = std::string(slipway::version());
    bind_client(module);
    bind_job(module);
    // What a client or job of a finished interpreter holds is the process's, which ends.
    nanobind::set_leak_warnings(false);
}
