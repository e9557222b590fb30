/* action_verbs: names an operation while it runs and after it has ended. */
#pragma once

#include "action.h"

const char *action_verbs_doing(Action action);             /* "Creating" */
const char *action_verbs_done(Action action);              /* "Creation" … complete, failed */
const char *action_verbs_operating(const char *operation); /* "open" → "Opening" */
