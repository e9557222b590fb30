/* CancelToken: one flag that says "stop", from the signal thread to everybody.
 *
 *   CANCEL_NONE   go on
 *   CANCEL_STOP   first signal: start nothing new, finish or cancel what is in flight
 *   CANCEL_NOW    second signal: return at once
 *
 * Polled by io, by clients and by the walk; cancel_fd becomes readable for those who wait in poll.
 */
#pragma once

#include "attr.h"

typedef enum CancelLevel { CANCEL_NONE, CANCEL_STOP, CANCEL_NOW } CancelLevel;

typedef struct CancelToken CancelToken;

CancelToken *cancel_open(void);
void cancel_close(CancelToken *token);
/* For what has to be done although a stop was asked for: raised when `first` is raised to
 * CANCEL_NOW, and then to that. There may be one of it; it lives as long as `first`. */
CancelToken *cancel_open_second(CancelToken *first);
/* Raises the level; never lowers it. Safe from any thread. */
void cancel_raise(CancelToken *token, CancelLevel level);
CancelLevel cancel_level(const CancelToken *token); /* NULL token: CANCEL_NONE */
int cancel_fd(const CancelToken *token);
/* Sleeps for that long or until raised; true when it was raised. */
bool cancel_wait(const CancelToken *token, uint64_t timeout_ms);
