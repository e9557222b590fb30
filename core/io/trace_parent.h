/* trace_parent: the variable TRACEPARENT of programs that loam starts, as W3C Trace Context
 * defines: the span that started them. Without it, programs inherit the variable of loam. */
#pragma once

#include "str.h"

#define TRACE_PARENT_SIZE 55 /* "00-TRACE-SPAN-01" */

/* Of programs that any thread starts. Call it before other threads exist. Empty: inherited. */
void trace_parent_set(Str header);
/* Of programs that this thread starts, instead; empty: that of trace_parent_set. Copies the text.
 */
void trace_parent_set_of_thread(Str header);
/* Returns the header for this thread; empty: inherited. A view. */
Str trace_parent(void);
