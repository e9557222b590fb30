/* SpanRecorder: records the parts of a run as spans: operations on the state, plan and apply, and
 * below these, instances, calls of their providers and provisioners.
 *
 * A span is passed on when it ends: to a list, to the sender of traces, to the metrics. Programs
 * that a thread starts get the innermost span of the thread as their parent. Any thread may record.
 */
#pragma once

#include "hooks.h"
#include "otlp_sender.h"

typedef struct SpanRecorder SpanRecorder;

typedef struct SpanRecorderOptions {
    const Clock *clock;
    Str trace;          /* ID */
    Str parent;         /* of the command; empty: none */
    OtlpSpans *kept;    /* gets every span, in the recorder's arena; NULL: none */
    OtlpSender *sender; /* gets every span; NULL: none */
    /* Called with every span, and the recorder's mutex held; may be NULL. */
    void (*ended)(void *payload, const OtlpSpan *span);
    void *payload;
    bool has_children; /* programs that loam starts get TRACEPARENT */
} SpanRecorderOptions;

typedef struct SpanRecorderEnd {
    Str name; /* of the span of the command */
    OtlpAttribute attributes[OTLP_ATTRIBUTES];
    const char *error_type; /* NULL: the command succeeded */
} SpanRecorderEnd;

SpanRecorder *span_recorder_open(const SpanRecorderOptions *options);
/* Begins and ends a part of the command: "plan", "apply", "state read". Parts of one name do not
 * overlap. */
void span_recorder_part(SpanRecorder *recorder, const char *name, bool has_ended, bool ok);
/* Records an event of a plan or of an apply. */
void span_recorder_event(SpanRecorder *recorder, const WalkEvent *event);
/* Ends the span of the command, and all that are open. */
void span_recorder_end(SpanRecorder *recorder, const SpanRecorderEnd *end);
/* Frees the recorder; the spans of the list live on in `into`. */
void span_recorder_close(SpanRecorder *recorder, Arena *into);
