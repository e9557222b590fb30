/* CancelToken: one level that requests a stop. The signal thread raises the token of the program; a
 * lease raises its own to end its thread. Any thread may read it.
 *
 *   CANCEL_NONE   continue
 *   CANCEL_STOP   first signal: start no new work, finish or cancel the work in flight
 *   CANCEL_NOW    second signal: return at once
 *
 * io, clients and the walk poll the level; cancel_fd becomes readable for callers of poll. */
#pragma once

#include "attr.h"

typedef enum CancelLevel { CANCEL_NONE, CANCEL_STOP, CANCEL_NOW } CancelLevel;

typedef struct CancelToken CancelToken;

CancelToken *cancel_open(void);
void cancel_close(CancelToken *token);
/* Opens a token for work that continues after the first signal, such as cleanup. CANCEL_STOP of
 * `first` does not raise it; CANCEL_NOW does. `first` has at most one second token and owns it. */
CancelToken *cancel_open_second(CancelToken *first);
/* Raises the level; never lowers it. Safe from any thread. */
void cancel_raise(CancelToken *token, CancelLevel level);
CancelLevel cancel_level(const CancelToken *token); /* NULL token: CANCEL_NONE */
int cancel_fd(const CancelToken *token);
/* Sleeps until the timeout ends or the token is raised; returns true if it was raised. */
bool cancel_wait(const CancelToken *token, uint64_t timeout_ms);
