// SPDX-License-Identifier: Apache-2.0
#include "operation.h"

#include <exception>
#include <string>
#include <utility>

namespace slipway::python {

std::shared_ptr<Operation> Operation::start(Client& client, Work work) {
    auto operation = std::make_shared<Operation>();
    client.run(
        [operation, work = std::move(work), &s3 = client.s3()] { operation->run(s3, work); });
    return operation;
}

void Operation::run(S3& s3, const Work& work) {
    try {
        result_ = work(s3, *this);
    } catch (const std::exception& exception) {
        result_ = fail(ErrorKind::internal, std::string("a fault: ") + exception.what());
    }
    on_cancel({});
    over_ = true;
    wakeup_.signal();
}

void Operation::cancel() {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    if (stop_) {
        stop_();
    }
}

void Operation::on_cancel(std::function<void()> stop) {
    const std::lock_guard lock(mutex_);
    stop_ = std::move(stop);
    if (stop_ && cancelled_) {
        stop_();
    }
}

}  // namespace slipway::python
