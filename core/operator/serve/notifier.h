/* Notifier: a thread that posts events to the notification-controller of Flux, at most three times
 * each. An event that cannot be sent is dropped: no Run waits for it. */
#pragma once

#include "io.h"

typedef struct Notifier Notifier;

/* `io` must outlive it; `url` is copied. NULL: the system has no more threads. */
Notifier *notifier_open(const Io *io, Str url);
/* Any thread may send a JSON object. More than 256 that wait are dropped, the newest first. */
void notifier_send(Notifier *notifier, Str json);
/* Drops those that wait. NULL: does nothing. */
void notifier_close(Notifier *notifier);
