/* signals: SIGINT and SIGTERM become levels of the stop token, on a thread of their own. The second
 * one gives what is in flight five seconds. */
#pragma once

#include "cancel.h"

/* Blocks the signals for this thread and those that it starts; call before any other thread. */
void signals_start(CancelToken *token);
