/* view_progress: progress of a walk: on a terminal a live line for each running operation and a bar
 * for all of them, elsewhere plain lines. Locks its own data, since events come from many
 * threads. */
#pragma once

#include "view.h"

/* The slots walk_begin and walk_end of a view. The view's `self` holds the progress meanwhile. */
const Hooks *view_progress_begin(View *owner);
/* Erases the live lines and stops the ticker. */
void view_progress_end(View *owner);
