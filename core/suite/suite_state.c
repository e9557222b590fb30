/* Implements a backend that stores nothing. */
#include "suite_state.h"

static bool forget_lock(Backend *backend,
                        const LockInfo *info,
                        int64_t timeout_ms,
                        const CancelToken *cancel,
                        Diags *diags) {
    (void)backend, (void)info, (void)timeout_ms, (void)cancel, (void)diags;
    return true;
}

static bool forget_unlock(Backend *backend, Diags *diags) {
    (void)backend, (void)diags;
    return true;
}

static bool read_nothing(Backend *backend, Str *out, Arena *arena, Diags *diags) {
    (void)backend, (void)arena, (void)diags;
    *out = STR_EMPTY;
    return true;
}

static bool forget(Backend *backend, Str bytes, Diags *diags) {
    (void)backend, (void)bytes, (void)diags;
    return true;
}

static void close_nothing(Backend *backend) {
    (void)backend;
}

Backend *suite_state_backend(Arena *arena) {
    Backend *backend = arena_new(arena, Backend);
    *backend = (Backend){
        .path = STR("the state of a test"),
        .lock = forget_lock,
        .unlock = forget_unlock,
        .read = read_nothing,
        .write = forget,
        .close = close_nothing,
    };
    return backend;
}
