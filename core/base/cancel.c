/* Implements the token: a level to poll and an eventfd to wait for. */
#include "cancel.h"

#include "arena.h"
#include "log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct CancelToken {
    Arena *arena; /* holds the token itself */
    atomic_int level;
    int fd;
    _Atomic(CancelToken *) second; /* gets CANCEL_NOW with this token; owned; NULL: none */
};

CancelToken *cancel_open(void) {
    Arena *arena = arena_open("cancel");
    CancelToken *token = arena_new(arena, CancelToken);
    token->arena = arena;
    token->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    CHECK(token->fd >= 0);
    return token;
}

CancelToken *cancel_open_second(CancelToken *first) {
    CancelToken *second = cancel_open();
    CHECK(!atomic_load(&first->second));
    atomic_store(&first->second, second);
    if (cancel_level(first) == CANCEL_NOW)
        cancel_raise(second, CANCEL_NOW);
    return second;
}

void cancel_close(CancelToken *token) {
    if (!token)
        return;
    cancel_close(atomic_load(&token->second));
    close(token->fd);
    arena_close(token->arena);
}

void cancel_raise(CancelToken *token, CancelLevel level) {
    int now = atomic_load(&token->level);
    while (now < (int)level && !atomic_compare_exchange_weak(&token->level, &now, (int)level)) {
    }
    if (level != CANCEL_NONE)
        eventfd_write(token->fd, 1);
    CancelToken *second = level == CANCEL_NOW ? atomic_load(&token->second) : NULL;
    if (second)
        cancel_raise(second, level);
}

CancelLevel cancel_level(const CancelToken *token) {
    return token ? (CancelLevel)atomic_load(&token->level) : CANCEL_NONE;
}

int cancel_fd(const CancelToken *token) {
    return token->fd;
}

bool cancel_wait(const CancelToken *token, uint64_t timeout_ms) {
    struct pollfd wanted = {.fd = token ? token->fd : -1, .events = POLLIN};
    uint64_t start = (uint64_t)log_monotonic_ms();
    uint64_t passed = 0;
    while (cancel_level(token) == CANCEL_NONE && passed < timeout_ms) {
        uint64_t left = timeout_ms - passed;
        int ready = poll(&wanted, 1, left < INT_MAX ? (int)left : INT_MAX);
        CHECK(ready >= 0 || errno == EINTR);
        passed = (uint64_t)log_monotonic_ms() - start;
    }
    return cancel_level(token) != CANCEL_NONE;
}
