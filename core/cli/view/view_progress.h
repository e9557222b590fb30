/* view_progress: what goes on, while it goes on: on a terminal a live line for each running
 * operation and a bar for all of them; elsewhere plain lines. Guards itself: hooks come from many
 * threads. */
#pragma once

#include "view.h"

typedef struct ProgressView ProgressView;

ProgressView *view_progress_open(View *view);
const Hooks *view_progress_hooks(ProgressView *view);
/* Takes the live lines away. */
void view_progress_close(ProgressView *view);
