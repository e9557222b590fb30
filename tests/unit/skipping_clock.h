/* skipping_clock: the real clock, but a sleep takes no time: the clock then skips it. Not for tests
 * in which a thread sleeps until another one has done something. */
#pragma once

#include "clock.h"

#include <stdatomic.h>

typedef struct SkippingClock {
    Clock clock;
    _Atomic int64_t skipped_ms;
} SkippingClock;

static inline int64_t skipping_now_ms(void *self) {
    SkippingClock *clock = self;
    return clock_real.now_ms(NULL) + clock->skipped_ms;
}

static inline int64_t skipping_monotonic_ms(void *self) {
    SkippingClock *clock = self;
    return clock_real.monotonic_ms(NULL) + clock->skipped_ms;
}

static inline bool skipping_sleep_ms(void *self, int64_t ms, const CancelToken *cancel) {
    SkippingClock *clock = self;
    if (cancel_level(cancel) != CANCEL_NONE)
        return true;
    clock->skipped_ms += ms > 0 ? ms : 0;
    return false;
}

/* The clock must stay at this address. */
static inline const Clock *skipping_clock_open(SkippingClock *clock) {
    clock->skipped_ms = 0;
    clock->clock = (Clock){clock, skipping_now_ms, skipping_monotonic_ms, skipping_sleep_ms};
    return &clock->clock;
}
