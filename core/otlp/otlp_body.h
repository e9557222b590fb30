/* OtlpBody: spans in the JSON of OTLP, the body of a request to /v1/traces.
 *
 *   otlp_body_begin, then for each span otlp_body_begin_span, its attributes, otlp_body_end_span;
 *   then otlp_body_end
 *
 * Times are Unix milliseconds. Names and addresses may be in a trace, values and messages may not.
 */
#pragma once

#include "json_writer.h"
#include "vec.h"

#define OTLP_TRACE_SIZE 32 /* hexadecimal digits */
#define OTLP_SPAN_SIZE  16

#define OTLP_ATTRIBUTES 4 /* most, of a span */

typedef struct OtlpAttribute {
    const char *key; /* NULL: none follows */
    Str text;        /* empty: left out */
    bool is_number;  /* an integer */
} OtlpAttribute;

typedef struct OtlpSpan {
    Str name;
    Str id;
    Str parent; /* empty: none */
    int64_t start_ms;
    int64_t end_ms;
    OtlpAttribute attributes[OTLP_ATTRIBUTES];
    const char *error_type; /* class of the error, of static storage; NULL: it succeeded */
} OtlpSpan;

typedef VEC(OtlpSpan) OtlpSpans;

typedef struct OtlpResource {
    Str service;    /* empty: that of the attributes, else "loam" */
    Str attributes; /* as in OTEL_RESOURCE_ATTRIBUTES: "key=value,key=value", percent-encoded */
    Str version;    /* of loam */
} OtlpResource;

typedef struct OtlpBody {
    JsonWriter writer;
    Str trace; /* ID */
    Str state; /* of the trace; empty: none */
    Arena *scratch;
} OtlpBody;

void otlp_body_begin(OtlpBody *body, const OtlpResource *resource, StrBuf *out);
/* Adds a span with its attributes. */
void otlp_body_add_span(OtlpBody *body, const OtlpSpan *span);
/* The same in parts: without the attributes of `span`, and until otlp_body_end_span. */
void otlp_body_begin_span(OtlpBody *body, const OtlpSpan *span);
/* Without a text: adds none. */
void otlp_body_add_text(OtlpBody *body, const char *key, Str text);
void otlp_body_end_span(OtlpBody *body, const char *error_type);
void otlp_body_end(OtlpBody *body);

/* Returns random digits of an ID. */
Str otlp_body_random_id(size_t size, Arena *arena);
/* Reads the header of W3C Trace Context, "00-TRACE-SPAN-01". Returns false for any other text. The
 * results are views of `text`. */
bool otlp_body_read_parent(Str text, Str *trace, Str *span);
/* Returns whether the header, which otlp_body_read_parent accepts, asks for a record of the trace.
 */
bool otlp_body_is_sampled(Str text);
/* Writes the resource of a body, for traces and for metrics. */
void otlp_body_add_resource(JsonWriter *writer, const OtlpResource *resource, Arena *scratch);
/* Writes the scope: loam and its version. */
void otlp_body_add_scope(JsonWriter *writer, const OtlpResource *resource);
