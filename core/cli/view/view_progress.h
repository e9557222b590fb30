/* view_progress: progress of a walk: on a terminal a live line for each running operation and a bar
 * for all of them, elsewhere plain lines. Locks its own data, since events come from many
 * threads. */
#pragma once

#include "view.h"

typedef struct ProgressView ProgressView;

ProgressView *view_progress_open(View *view);
const Hooks *view_progress_hooks(ProgressView *view);
/* Erases the live lines and stops the ticker. */
void view_progress_close(ProgressView *view);
