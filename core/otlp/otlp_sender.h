/* OtlpSender: sends the spans of a run to its collector while the run goes on, in a thread.
 *
 *   queue    4096 spans; a span that finds it full is dropped
 *   request  up to 512 spans, every 5 seconds or as soon as there are so many
 *
 * A collector that fails or hangs delays only otlp_sender_close, by its limit. Any thread may add
 * spans. */
#pragma once

#include "otlp_body.h"
#include "otlp_export.h"

typedef struct OtlpSender OtlpSender;

typedef struct OtlpSenderOptions {
    const Io *io;
    OtlpResource resource;
    Str trace; /* ID */
    Str state; /* of the trace; empty: none */
} OtlpSenderOptions;

/* Returns NULL if the environment names no collector of traces. If it names one that loam cannot
 * use, *problem is set, in `arena`. */
OtlpSender *otlp_sender_open(const OtlpSenderOptions *options, Str *problem, Arena *arena);
/* Copies the span. */
void otlp_sender_add(OtlpSender *sender, const OtlpSpan *span);
/* Sends the remaining spans; ends the request in flight once `wait_ms` has passed. Returns false if
 * a span was not sent; *problem is a sentence about the first failure, in `arena`. */
bool otlp_sender_close(OtlpSender *sender, int64_t wait_ms, Str *problem, Arena *arena);
