/* signals: SIGINT, SIGTERM and SIGHUP (unless it is ignored, as under nohup) become levels of the
 * stop token, on a thread of their own. The second one, half a second or more after the first,
 * gives what is in flight five seconds. */
#pragma once

#include "cancel.h"
#include "str.h"

typedef struct Signals Signals;

/* Blocks the signals for this thread and those that it starts; call before any other thread. */
Signals *signals_start(CancelToken *token);

typedef void SignalsSpeaker(void *payload, Str text);

/* Who puts what a signal is answered with onto the screen, where live lines stand; NULL: it goes to
 * standard error as it is. Once this returns, the one before is not called any more. Without
 * signals (NULL) it does nothing. */
void signals_set_speaker(Signals *signals, SignalsSpeaker *speak, void *payload);
