#include "otlp_body.h"

#include "hex.h"
#include "random.h"
#include "url.h"

#define PARENT_SIZE 55 /* "00-TRACE-SPAN-01" */
#define FAILED      2  /* a status */
#define INTERNAL    1  /* a kind of span */

Str otlp_body_random_id(size_t size, Arena *arena) {
    char bytes[OTLP_TRACE_SIZE / 2];
    random_fill(bytes, size / 2);
    return hex_encode((Str){bytes, size / 2}, arena);
}

static bool is_id(Str text) {
    bool is_zero = true;
    for (size_t i = 0; i < text.len; i++) {
        if (!isdigit((unsigned char)text.ptr[i]) && (text.ptr[i] < 'a' || text.ptr[i] > 'f'))
            return false;
        is_zero &= text.ptr[i] == '0';
    }
    return !is_zero;
}

bool otlp_body_read_parent(Str text, Str *trace, Str *span) {
    Str of = str_slice(text, 3, 3 + OTLP_TRACE_SIZE);
    Str in = str_slice(text, 4 + OTLP_TRACE_SIZE, 4 + OTLP_TRACE_SIZE + OTLP_SPAN_SIZE);
    if (text.len != PARENT_SIZE || !str_starts_with(text, STR("00-")) || !is_id(of) || !is_id(in) ||
        text.ptr[3 + OTLP_TRACE_SIZE] != '-')
        return false;
    *trace = of;
    *span = in;
    return true;
}

bool otlp_body_is_sampled(Str text) {
    Str flags = str_slice(text, PARENT_SIZE - 2, PARENT_SIZE);
    return flags.len == 2 && strchr("13579bdf", flags.ptr[1]) != NULL;
}

static void add_attribute(JsonWriter *writer, const char *key, const char *type, Str text) {
    json_object_start(writer);
    json_key_string(writer, "key", str_from_cstr(key));
    json_key_object(writer, "value");
    json_key_string(writer, type, text);
    json_object_end(writer);
    json_object_end(writer);
}

void otlp_body_add_text(OtlpBody *body, const char *key, Str text) {
    if (text.len > 0)
        add_attribute(&body->writer, key, "stringValue", text);
}

void otlp_body_add_resource(JsonWriter *writer, const OtlpResource *resource, Arena *scratch) {
    Str list = resource->attributes, pair, service = resource->service;
    json_key_object(writer, "resource");
    json_key_array(writer, "attributes");
    while (str_next_field(&list, ',', &pair)) {
        size_t equals = str_find_char(pair, '=', 0);
        Str key = str_trim(str_slice(pair, 0, equals)), value;
        if (equals == SIZE_MAX || key.len == 0 ||
            !url_decode(str_trim(str_after(pair, equals + 1)), &value, scratch))
            continue;
        if (!str_equal(key, STR("service.name")))
            add_attribute(writer, str_to_cstr(key, scratch), "stringValue", value);
        else if (service.len == 0)
            service = value;
    }
    add_attribute(writer, "service.name", "stringValue", service.len > 0 ? service : STR("loam"));
    json_array_end(writer);
    json_object_end(writer);
}

void otlp_body_add_scope(JsonWriter *writer, const OtlpResource *resource) {
    json_key_object(writer, "scope");
    json_key_string(writer, "name", STR("loam"));
    json_key_string(writer, "version", resource->version);
    json_object_end(writer);
}

void otlp_body_begin(OtlpBody *body, const OtlpResource *resource, StrBuf *out) {
    JsonWriter *writer = &body->writer;
    json_writer_init(writer, out, 0);
    json_object_start(writer);
    json_key_array(writer, "resourceSpans");
    json_object_start(writer);
    otlp_body_add_resource(writer, resource, body->scratch);
    json_key_array(writer, "scopeSpans");
    json_object_start(writer);
    otlp_body_add_scope(writer, resource);
    json_key_array(writer, "spans");
}

static void add_time(OtlpBody *body, const char *key, int64_t unix_ms) {
    json_key_string(&body->writer, key,
                    str_format(body->scratch, "%lld000000", (long long)unix_ms));
}

void otlp_body_begin_span(OtlpBody *body, const OtlpSpan *span) {
    JsonWriter *writer = &body->writer;
    json_object_start(writer);
    json_key_string(writer, "traceId", body->trace);
    json_key_string(writer, "spanId", span->id);
    if (span->parent.len > 0)
        json_key_string(writer, "parentSpanId", span->parent);
    if (body->state.len > 0)
        json_key_string(writer, "traceState", body->state);
    json_key_string(writer, "name", span->name);
    json_key_int(writer, "kind", INTERNAL);
    add_time(body, "startTimeUnixNano", span->start_ms);
    add_time(body, "endTimeUnixNano", span->end_ms);
    json_key_array(writer, "attributes");
}

void otlp_body_end_span(OtlpBody *body, const char *error_type) {
    JsonWriter *writer = &body->writer;
    if (error_type)
        otlp_body_add_text(body, "error.type", str_from_cstr(error_type));
    json_array_end(writer);
    if (error_type) {
        json_key_object(writer, "status");
        json_key_int(writer, "code", FAILED);
        json_object_end(writer);
    }
    json_object_end(writer);
}

void otlp_body_add_span(OtlpBody *body, const OtlpSpan *span) {
    otlp_body_begin_span(body, span);
    for (size_t i = 0; i < OTLP_ATTRIBUTES && span->attributes[i].key; i++) {
        const OtlpAttribute *attribute = &span->attributes[i];
        if (attribute->text.len > 0)
            add_attribute(&body->writer, attribute->key,
                          attribute->is_number ? "intValue" : "stringValue", attribute->text);
    }
    otlp_body_end_span(body, span->error_type);
}

void otlp_body_end(OtlpBody *body) {
    JsonWriter *writer = &body->writer;
    json_array_end(writer);
    json_object_end(writer);
    json_array_end(writer);
    json_object_end(writer);
    json_array_end(writer);
    json_object_end(writer);
}
