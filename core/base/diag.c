/* Diagnostics as data, and the sink that threads share. */
#include "diag.h"

#include <pthread.h>

Diags diags_new(Arena *arena) {
    return (Diags){.arena = arena};
}

static Diag *add_new(Diags *diags, DiagSeverity severity) {
    Diag *diag = vec_add(diags->arena, diags);
    diag->severity = severity;
    if (severity == DIAG_ERROR)
        diags->error_count++;
    return diag;
}

static Diag *add_formatted(Diags *diags,
                           DiagSeverity severity,
                           SourceRange range,
                           const char *summary,
                           const char *format,
                           va_list args) PRINTF_LIKE(5, 0);

static Diag *add_formatted(Diags *diags,
                           DiagSeverity severity,
                           SourceRange range,
                           const char *summary,
                           const char *format,
                           va_list args) {
    Diag *diag = add_new(diags, severity);
    diag->summary = str_clone(str_from_cstr(summary), diags->arena);
    diag->detail = str_vformat(diags->arena, format, args);
    diag->range = range;
    return diag;
}

Diag *diags_error(
    Diags *diags, SourceRange range, const char *summary, const char *detail_format, ...) {
    va_list args;
    va_start(args, detail_format);
    Diag *diag = add_formatted(diags, DIAG_ERROR, range, summary, detail_format, args);
    va_end(args);
    return diag;
}

Diag *diags_warning(
    Diags *diags, SourceRange range, const char *summary, const char *detail_format, ...) {
    va_list args;
    va_start(args, detail_format);
    Diag *diag = add_formatted(diags, DIAG_WARNING, range, summary, detail_format, args);
    va_end(args);
    return diag;
}

void diags_add_value(Diags *diags, Diag *diag, Str traversal, Str statement) {
    DiagValue value = {str_clone(traversal, diags->arena), str_clone(statement, diags->arena)};
    vec_push(diags->arena, &diag->values, value);
}

void diags_add(Diags *diags, const Diag *diag) {
    Diag copy = *diag; /* it may be one of our own, which adding moves */
    Diag *added = add_new(diags, copy.severity);
    added->summary = str_clone(copy.summary, diags->arena);
    added->detail = str_clone(copy.detail, diags->arena);
    added->range = copy.range;
    added->context = copy.context;
    added->address = str_clone(copy.address, diags->arena);
    added->path = str_clone(copy.path, diags->arena);
    added->called = str_clone(copy.called, diags->arena);
    vec_each(&copy.values, value)
        diags_add_value(diags, added, value->traversal, value->statement);
}

void diags_append(Diags *diags, const Diags *from) {
    size_t count = from->count;
    for (size_t i = 0; i < count; i++)
        diags_add(diags, &from->items[i]);
}

bool diags_has_errors(const Diags *diags) {
    return diags->error_count > 0;
}

void diags_set_address(Diags *diags, size_t from, Str address) {
    Str copy = STR_EMPTY;
    for (size_t i = from; i < diags->count; i++) {
        if (diags->items[i].address.len)
            continue;
        if (copy.len == 0)
            copy = str_clone(address, diags->arena);
        diags->items[i].address = copy;
    }
}

void diags_set_range(Diags *diags, size_t from, SourceRange range) {
    for (size_t i = from; i < diags->count; i++) {
        if (!diags->items[i].range.source)
            diags->items[i].range = range;
    }
}

struct DiagsSink {
    pthread_mutex_t mutex;
    Diags diags;
};

DiagsSink *diags_sink_new(Arena *arena) {
    DiagsSink *sink = arena_new(arena, DiagsSink);
    pthread_mutex_init(&sink->mutex, NULL);
    sink->diags = diags_new(arena);
    return sink;
}

void diags_sink_append(DiagsSink *sink, const Diags *diags) {
    if (diags->count == 0)
        return;
    pthread_mutex_lock(&sink->mutex);
    diags_append(&sink->diags, diags);
    pthread_mutex_unlock(&sink->mutex);
}

bool diags_sink_has_errors(DiagsSink *sink) {
    pthread_mutex_lock(&sink->mutex);
    bool errors = diags_has_errors(&sink->diags);
    pthread_mutex_unlock(&sink->mutex);
    return errors;
}

const Diags *diags_sink_diags(const DiagsSink *sink) {
    return &sink->diags;
}

void diags_sink_close(DiagsSink *sink) {
    if (sink)
        pthread_mutex_destroy(&sink->mutex);
}
