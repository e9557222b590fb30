/* Scrubbed lines. */
#include "call_log.h"

static void gather(StrVec *all, const StrVec *secrets, Arena *arena) {
    for (size_t i = 0; secrets && i < secrets->count; i++)
        vec_push(arena, all, secrets->items[i]);
}

void call_log(const Call *call, LogLevel level, const char *format, ...) {
    if (!log_enabled(level))
        return;
    SCOPED(ArenaRef) scratch = arena_open("call log");
    va_list args;
    va_start(args, format);
    Str text = str_vformat(scratch, format, args);
    va_end(args);
    StrVec secrets = {0};
    gather(&secrets, call->secrets, scratch);
    gather(&secrets, call->provider_secrets, scratch);
    log_write(level, "provider: %.*s: %.*s", STR_ARG(call->address),
              STR_ARG(log_scrub(text, &secrets, scratch)));
}
