/* signals: a thread turns SIGINT, SIGTERM and SIGHUP (unless ignored, as under nohup) into levels
 * of the cancel token. A second signal, at least half a second after the first, cancels running
 * work, and ends the process with status 1 after five seconds. */
#pragma once

#include "cancel.h"
#include "str.h"

typedef struct Signals Signals;

/* Blocks the signals in this thread and in all threads that it starts, and ignores SIGPIPE. Call
 * before starting any other thread. */
Signals *signals_start(CancelToken *token);

typedef void SignalsSpeaker(void *payload, Str text);

/* Sets the function that prints the messages of the signal thread and keeps live lines intact.
 * NULL: messages are printed to standard error. After the return, the previous function is not
 * called any more. Does nothing if `signals` is NULL. */
void signals_set_speaker(Signals *signals, SignalsSpeaker *speak, void *payload);
/* Prints lines of another thread above the live lines; returns false if there are none. */
bool signals_say(Signals *signals, Str text);
