/* suite_cleanup: the end of a file: destroys its states, or restores and keeps them. */
#pragma once

#include "suite_context.h"

/* Cleans up the states of the file, the latest first, and sets their reasons. If the engine was
 * stopped, changes nothing. */
void suite_cleanup_states(SuiteContext *context);
/* Loads the states that earlier tests of the file left. Returns false, with an error, if one of
 * them cannot be read. */
MUST_USE bool suite_cleanup_load(SuiteContext *context, const SuiteEntries *entries);
