// SPDX-License-Identifier: Apache-2.0
#include "task/forward_memory.h"

#include "base/assert.h"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace slipway {

/// Owner of the chunks that begin files.
class ForwardMemory::FirstBytes final : public ChunkOwner {
  public:
    explicit FirstBytes(ForwardMemory& memory) : memory_(memory) {}
    void give_back(std::byte* bytes, std::size_t capacity) noexcept override {
        const std::lock_guard lock(memory_.mutex_);
        memory_.use_.first_bytes -= capacity;
        memory_.free_locked(bytes, capacity);
    }

  private:
    ForwardMemory& memory_;
};

/// A part's memory: what is left of it and what is out as chunks. Gone when neither is there.
class ForwardMemory::Reservation final : public ChunkOwner {
  public:
    explicit Reservation(ForwardMemory& memory) : memory_(memory) {}
    void give_back(std::byte* bytes, std::size_t capacity) noexcept override {
        ForwardMemory& memory = memory_;  // this may go
        std::unique_lock lock(memory.mutex_);
        memory.free_locked(bytes, capacity);
        out -= capacity;
        memory.count_back_locked(*this, capacity);
        const Granted granted = memory.grant_locked();
        lock.unlock();
        wake(granted);
    }

    std::size_t left = 0;
    std::size_t out = 0;
    bool held = true;  // by its PartMemory
    bool slow = false;
    Instant since;
    std::list<std::unique_ptr<Reservation>>::iterator place;

  private:
    ForwardMemory& memory_;
};

struct ForwardMemory::Waiter {
    using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                    boost::asio::wait_traits<Instant::clock>,
                                                    IoExecutor>;

    Waiter(const IoExecutor& on, std::size_t wanted, Pace as)
        : executor(on), timer(on), bytes(wanted), pace(as) {}

    const IoExecutor executor;
    Timer timer;  // touched on its I/O thread only
    const std::size_t bytes;
    const Pace pace;
    Reservation* granted = nullptr;
};

/// A place in a line; given up when its coroutine ends before its turn.
class ForwardMemory::Place {
  public:
    Place(ForwardMemory& memory, std::shared_ptr<Waiter> waiter)
        : memory_(memory), waiter_(std::move(waiter)) {
        const std::lock_guard lock(memory_.mutex_);
        memory_.line(waiter_->pace).push_back(waiter_);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() {
        std::unique_lock lock(memory_.mutex_);
        std::erase(memory_.line(waiter_->pace), waiter_);
        const Granted granted = memory_.grant_locked();
        lock.unlock();
        wake(granted);
        const PartMemory unused = take_granted();
    }

    PartMemory take_granted() {
        Reservation* const granted = std::exchange(waiter_->granted, nullptr);
        return granted != nullptr ? PartMemory(memory_, *granted) : PartMemory();
    }

  private:
    ForwardMemory& memory_;
    const std::shared_ptr<Waiter> waiter_;
};

ForwardMemory::ForwardMemory(Options options)
    : options_(std::move(options)), first_(std::make_unique<FirstBytes>(*this)) {
}

ForwardMemory::~ForwardMemory() {
    SLIPWAY_ASSERT(use_.bytes == 0 && use_.first_bytes == 0);
}

Chunk ForwardMemory::begin(std::size_t capacity) {
    const std::lock_guard lock(mutex_);
    if (use_.first_bytes + capacity > options_.first_bytes) {
        return {};
    }
    use_.first_bytes += capacity;
    return Chunk::of(*first_, allocate_locked(capacity), capacity);
}

Task<PartMemory> ForwardMemory::reserve(std::size_t bytes, Pace pace) {
    if (Reservation* const reservation = try_reserve(bytes, pace)) {
        co_return PartMemory(*this, *reservation);
    }
    const IoExecutor executor = co_await this_executor();
    const auto waiter = std::make_shared<Waiter>(executor, bytes, pace);
    Place place(*this, waiter);
    while (!is_over(*waiter)) {
        waiter->timer.expires_after(limits::forward_look_time);
        co_await waiter->timer.async_wait(as_tuple);
    }
    PartMemory granted = place.take_granted();
    if (!granted) {
        co_return fail(ErrorKind::cancelled, "the server stops");
    }
    co_return granted;
}

/// Nobody overtakes those who wait already.
ForwardMemory::Reservation* ForwardMemory::try_reserve(std::size_t bytes, Pace pace) {
    const std::lock_guard lock(mutex_);
    find_slow_locked();
    const bool may = !closed_ && line(pace).empty() && may_grant_locked(bytes, pace);
    return may ? make_locked(bytes, pace) : nullptr;
}

/// Whether a wait has come to its end; looks whether somebody's has.
bool ForwardMemory::is_over(const Waiter& waiter) {
    std::unique_lock lock(mutex_);
    const Granted granted = grant_locked();
    const bool over = closed_ || waiter.granted != nullptr;
    lock.unlock();
    wake(granted);
    return over;
}

void ForwardMemory::close() {
    std::unique_lock lock(mutex_);
    closed_ = true;
    Granted waiting(fast_waiting_.begin(), fast_waiting_.end());
    waiting.insert(waiting.end(), slow_waiting_.begin(), slow_waiting_.end());
    lock.unlock();
    wake(waiting);
}

ForwardMemory::Use ForwardMemory::use() const {
    const std::lock_guard lock(mutex_);
    return use_;
}

std::deque<std::shared_ptr<ForwardMemory::Waiter>>& ForwardMemory::line(Pace pace) {
    return pace == Pace::fast ? fast_waiting_ : slow_waiting_;
}

bool ForwardMemory::may_grant_locked(std::size_t bytes, Pace pace) const {
    const std::size_t total = use_.bytes + bytes;
    const bool first_of_its_kind = (pace == Pace::fast ? fast_ : slow_) == 0;
    if (first_of_its_kind && (total <= options_.bytes + options_.spare_bytes || use_.bytes == 0)) {
        return true;
    }
    return total <= options_.bytes &&
           (pace == Pace::fast || use_.slow_bytes + bytes <= options_.bytes / 2);
}

ForwardMemory::Reservation* ForwardMemory::make_locked(std::size_t bytes, Pace pace) {
    auto made = std::make_unique<Reservation>(*this);
    made->left = bytes;
    made->slow = pace == Pace::slow;
    made->since = options_.now();
    use_.bytes += bytes;
    use_.slow_bytes += made->slow ? bytes : 0;
    ++(made->slow ? slow_ : fast_);
    Reservation* const reservation = made.get();
    reservation->place = reservations_.insert(reservations_.end(), std::move(made));
    return reservation;
}

/// Those whose turn it is, to be woken without the lock.
ForwardMemory::Granted ForwardMemory::grant_locked() {
    Granted granted;
    if (fast_waiting_.empty() && slow_waiting_.empty()) {
        return granted;
    }
    find_slow_locked();
    for (const Pace pace : {Pace::fast, Pace::slow}) {
        auto& waiting = line(pace);
        while (!waiting.empty() && may_grant_locked(waiting.front()->bytes, pace)) {
            waiting.front()->granted = make_locked(waiting.front()->bytes, pace);
            granted.push_back(std::move(waiting.front()));
            waiting.pop_front();
        }
    }
    return granted;
}

void ForwardMemory::find_slow_locked() {
    const Instant now = options_.now();
    for (const auto& each : reservations_) {
        if (each->since + limits::forward_fast_time > now) {
            break;
        }
        if (!each->slow) {
            each->slow = true;
            use_.slow_bytes += each->left + each->out;
            --fast_;
            ++slow_;
        }
    }
}

void ForwardMemory::wake(const Granted& granted) {
    for (const auto& each : granted) {
        // On its own thread, where the coroutine waits already: it was there when it asked.
        auto resume = [waiter = each] { waiter->timer.cancel(); };
        boost::asio::post(each->executor, std::move(resume));
    }
}

Chunk ForwardMemory::take(Reservation& reservation, std::size_t capacity) {
    const std::lock_guard lock(mutex_);
    const std::size_t paid = std::min(capacity, reservation.left);
    const std::size_t beyond = capacity - paid;
    reservation.left -= paid;
    reservation.out += capacity;
    use_.bytes += beyond;
    use_.slow_bytes += reservation.slow ? beyond : 0;
    return Chunk::of(reservation, allocate_locked(capacity), capacity);
}

void ForwardMemory::release(Reservation& reservation) {
    std::unique_lock lock(mutex_);
    reservation.held = false;
    count_back_locked(reservation, std::exchange(reservation.left, 0));
    const Granted granted = grant_locked();
    lock.unlock();
    wake(granted);
}

/// May end the reservation.
void ForwardMemory::count_back_locked(Reservation& reservation, std::size_t bytes) {
    use_.bytes -= bytes;
    use_.slow_bytes -= reservation.slow ? bytes : 0;
    if (!reservation.held && reservation.out == 0) {
        --(reservation.slow ? slow_ : fast_);
        reservations_.erase(reservation.place);
    }
}

std::byte* ForwardMemory::allocate_locked(std::size_t capacity) {
    if (capacity != limits::chunk_bytes || free_.empty()) {
        return std::make_unique_for_overwrite<std::byte[]>(capacity).release();
    }
    std::byte* const memory = free_.back().release();
    free_.pop_back();
    return memory;
}

/// Large ones are kept: between two threads an allocator keeps twice of what is in use.
void ForwardMemory::free_locked(std::byte* memory, std::size_t capacity) {
    std::unique_ptr<std::byte[]> owned(memory);
    if (capacity == limits::chunk_bytes) {
        free_.push_back(std::move(owned));
    }
}

PartMemory::~PartMemory() {
    if (reservation_ != nullptr) {
        memory_->release(*reservation_);
    }
}

std::size_t PartMemory::left() const {
    return reservation_ != nullptr ? reservation_->left : 0;
}

Chunk PartMemory::take(std::size_t capacity) {
    return memory_->take(*reservation_, capacity);
}

}  // namespace slipway
