#include "trace_parent.h"

typedef struct TraceParent {
    char text[TRACE_PARENT_SIZE];
    bool is_set;
} TraceParent;

static TraceParent of_process;
static _Thread_local TraceParent of_thread;

static void set(TraceParent *out, Str header) {
    out->is_set = header.len == TRACE_PARENT_SIZE;
    if (out->is_set)
        memcpy(out->text, header.ptr, TRACE_PARENT_SIZE);
}

void trace_parent_set(Str header) {
    set(&of_process, header);
}

void trace_parent_set_of_thread(Str header) {
    set(&of_thread, header);
}

Str trace_parent(void) {
    const TraceParent *found = of_thread.is_set ? &of_thread : &of_process;
    return found->is_set ? (Str){found->text, TRACE_PARENT_SIZE} : STR_EMPTY;
}
