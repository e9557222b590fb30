/* wording: names an operation while it runs and after it has ended. */
#pragma once

#include "action.h"

const char *wording_doing(Action action);             /* "Creating" */
const char *wording_done(Action action);              /* "Creation" … complete, failed */
const char *wording_operating(const char *operation); /* "open" → "Opening" */
