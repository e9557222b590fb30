/* wait_until: calls `look` and pauses in turn. */
#include "wait_until.h"

#define PAUSE_FIRST_MS 250
#define PAUSE_LAST_MS  2000

static int64_t until_pause_before(const WaitPauses *pauses, unsigned attempt) {
    int64_t pause_ms = pauses->first_ms > 0 ? pauses->first_ms : PAUSE_FIRST_MS;
    int64_t last_ms = pauses->last_ms > 0 ? pauses->last_ms : PAUSE_LAST_MS;
    while (attempt-- > 0 && pause_ms < last_ms)
        pause_ms *= 2;
    return pause_ms < last_ms ? pause_ms : last_ms;
}

bool wait_until_retry(const Call *call, const WaitPauses *pauses, unsigned *attempt) {
    if (pauses->count > 0 && *attempt >= pauses->count)
        return false;
    return !call_sleep(call, until_pause_before(pauses, (*attempt)++));
}

/* Returns the end of the wait on the monotonic clock; INT64_MAX: none. */
static int64_t until_end_of(const Call *call, int64_t now, int64_t timeout_ms) {
    int64_t end = INT64_MAX;
    if (timeout_ms > 0 && timeout_ms < INT64_MAX - now)
        end = now + timeout_ms;
    if (call->deadline_ms > 0 && call->deadline_ms < end)
        end = call->deadline_ms;
    return end;
}

static void look_clock(Wait *wait, int64_t start_ms, int64_t end_ms) {
    int64_t now = call_monotonic_ms(wait->call);
    wait->passed_ms = now - start_ms;
    if (end_ms == INT64_MAX)
        wait->left_ms = INT64_MAX;
    else
        wait->left_ms = now < end_ms ? end_ms - now : 0;
}

static void until_show(const Wait *wait, const char *what) {
    SCOPED(ArenaRef) scratch = arena_open("wait");
    Str separator = wait->reason.len ? STR(": ") : STR_EMPTY;
    Str line = str_format(scratch, "waiting for %s%.*s%.*s", what, STR_ARG(separator),
                          STR_ARG(wait->reason));
    call_progress(wait->call, (uint64_t)wait->passed_ms, 0, str_to_cstr(line, scratch));
}

WaitResult wait_until(const Call *call, const WaitUntil *until, Wait *out) {
    Wait own;
    Wait *wait = out ? out : &own;
    int64_t start_ms = call_monotonic_ms(call);
    int64_t end_ms = until_end_of(call, start_ms, until->timeout_ms);
    *wait = (Wait){.call = call};
    look_clock(wait, start_ms, end_ms);
    for (unsigned attempt = 0;; attempt++) {
        bool is_last = wait->left_ms == 0;
        WaitLook look = until->look(until->payload, wait);
        look_clock(wait, start_ms, end_ms);
        if (look == WAIT_LOOK_DONE)
            return WAIT_DONE;
        if (look == WAIT_LOOK_FAILED)
            return WAIT_FAILED;
        if (cancel_level(call->cancel) != CANCEL_NONE)
            return WAIT_CANCELLED;
        if (is_last || (until->pauses.count > 0 && attempt >= until->pauses.count))
            return WAIT_TIMED_OUT;
        if (until->what)
            until_show(wait, until->what);
        int64_t pause_ms = until_pause_before(&until->pauses, attempt);
        (void)call_sleep(call, pause_ms < wait->left_ms ? pause_ms : wait->left_ms);
        look_clock(wait, start_ms, end_ms);
        if (cancel_level(call->cancel) != CANCEL_NONE)
            return WAIT_CANCELLED;
    }
}

bool wait_until_done(const Call *call, const WaitUntil *until, Diags *diags) {
    Wait wait;
    WaitResult result = wait_until(call, until, &wait);
    if (result == WAIT_DONE || result == WAIT_FAILED)
        return result == WAIT_DONE;
    Arena *arena = call->arena;
    Str elapsed = clock_format_elapsed(wait.passed_ms, arena);
    Str reason =
        wait.reason.len ? str_format(arena, " Last seen: %.*s.", STR_ARG(wait.reason)) : STR_EMPTY;
    if (result == WAIT_CANCELLED)
        diags_error(diags, NO_RANGE, "Interrupted",
                    "The wait for %s was interrupted after %.*s.%.*s", until->what,
                    STR_ARG(elapsed), STR_ARG(reason));
    else
        diags_error(diags, NO_RANGE, "Timed out",
                    "The wait for %s took longer than the limit of %.*s.%.*s", until->what,
                    STR_ARG(elapsed), STR_ARG(reason));
    return false;
}
