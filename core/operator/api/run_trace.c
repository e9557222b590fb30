#include "run_trace.h"

#include "digest.h"

/* The digits of the UID, so that a person finds the trace of a Run. */
Str run_trace_id(Str run_uid, Arena *arena) {
    StrBuf digits = strbuf_new(arena);
    Str rest = run_uid, part;
    while (str_next_field(&rest, '-', &part))
        strbuf_add(&digits, part);
    return digits.len == OTLP_TRACE_SIZE
               ? strbuf_str(&digits)
               : str_slice(digest_hex(DIGEST_SHA256, run_uid, arena), 0, OTLP_TRACE_SIZE);
}

Str run_trace_span(Str run_uid, const char *name, Arena *arena) {
    Str key = str_format(arena, "%s %.*s", name, STR_ARG(run_uid));
    return str_slice(digest_hex(DIGEST_SHA256, key, arena), 0, OTLP_SPAN_SIZE);
}
