/* Collects diagnostics as data, and the sink that threads share. */
#include "diag.h"

#include "thread.h"

Diags diags_new(Arena *arena) {
    return (Diags){.arena = arena};
}

/* Returns a diagnostic beyond the limit: the caller may fill it in, but it is not counted and never
 * shown. */
static Diag *add_unseen(Diags *diags) {
    Diag *diag = vec_add(diags->arena, diags);
    diags->count--;
    return diag;
}

static Diag *add_new(Diags *diags, DiagSeverity severity) {
    size_t *number = severity == DIAG_ERROR ? &diags->error_count : &diags->warning_count;
    DiagClass class = diags->next;
    diags->next = DIAG_OTHER;
    if (++*number > DIAGS_SHOWN_MAX)
        return add_unseen(diags);
    Diag *diag = vec_add(diags->arena, diags);
    diag->severity = severity;
    diag->class = class;
    if (*number < DIAGS_SHOWN_MAX)
        return diag;
    diag->summary = severity == DIAG_ERROR ? STR("Too many errors") : STR("Too many warnings");
    diag->detail = STR("There are more than shown above.");
    return add_unseen(diags);
}

/* Limits the length: text of users gets into details and values, and may have a hundred
 * megabytes. */
static Str diag_cut(Str text, Arena *arena) {
    size_t end = DIAG_TEXT_MAX;
    if (text.len <= end)
        return text;
    while (end > 0 && ((unsigned char)text.ptr[end] & 0xC0) == 0x80)
        end--;
    return str_concat(str_slice(text, 0, end), STR("…"), arena);
}

static Diag *add_formatted(Diags *diags, DiagSeverity severity, SourceRange range,
                           const char *summary, const char *format, va_list args) PRINTF_LIKE(5, 0);

static Diag *add_formatted(Diags *diags, DiagSeverity severity, SourceRange range,
                           const char *summary, const char *format, va_list args) {
    Diag *diag = add_new(diags, severity);
    diag->summary = str_clone(str_from_cstr(summary), diags->arena);
    diag->detail = diag_cut(str_vformat(diags->arena, format, args), diags->arena);
    diag->range = range;
    return diag;
}

Diag *diags_error(Diags *diags, SourceRange range, const char *summary, const char *detail_format,
                  ...) {
    va_list args;
    va_start(args, detail_format);
    Diag *diag = add_formatted(diags, DIAG_ERROR, range, summary, detail_format, args);
    va_end(args);
    return diag;
}

bool diags_fail(Diags *diags, SourceRange range, const char *summary, const char *detail_format,
                ...) {
    va_list args;
    va_start(args, detail_format);
    (void)add_formatted(diags, DIAG_ERROR, range, summary, detail_format, args);
    va_end(args);
    return false;
}

Diag *diags_warning(Diags *diags, SourceRange range, const char *summary, const char *detail_format,
                    ...) {
    va_list args;
    va_start(args, detail_format);
    Diag *diag = add_formatted(diags, DIAG_WARNING, range, summary, detail_format, args);
    va_end(args);
    return diag;
}

Diags *diags_as(DiagClass class, Diags *diags) {
    diags->next = class;
    return diags;
}

static bool is_digit_at(Str text, size_t at) {
    return at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9';
}

/* A number counts only as a whole: 401 is no part of the port 34011. */
static bool reason_has(Str reason, Str part) {
    bool is_number = is_digit_at(part, 0);
    size_t at = str_find(reason, part, 0);
    while (is_number && at != SIZE_MAX &&
           ((at > 0 && is_digit_at(reason, at - 1)) || is_digit_at(reason, at + part.len)))
        at = str_find(reason, part, at + 1);
    return at != SIZE_MAX;
}

DiagClass diag_class_of(Str reason, DiagClass otherwise) {
    static const struct {
        const char *part;
        DiagClass class;
    } rows[] = {
        {"401", DIAG_DENIED},
        {"403", DIAG_DENIED},
        {"ermission denied", DIAG_DENIED},
        {"uthentication failed", DIAG_DENIED},
        {"user name is empty", DIAG_DENIED},
        {"orbidden", DIAG_DENIED},
        {"LOAM_START_PROGRAMS", DIAG_DENIED},
        {"HTTP status 5", DIAG_UNREACHABLE},
        {"HTTP status 429", DIAG_UNREACHABLE},
        {"onnection", DIAG_UNREACHABLE},
        {"onnect to", DIAG_UNREACHABLE},
        {"time limit", DIAG_UNREACHABLE},
        {"imed out", DIAG_UNREACHABLE},
        {"resolve", DIAG_UNREACHABLE},
        {"unreachable", DIAG_UNREACHABLE},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        if (reason_has(reason, str_from_cstr(rows[i].part)))
            return rows[i].class;
    }
    return otherwise;
}

int diags_exit_status(const Diags *diags) {
    static const int statuses[] = {
        [DIAG_OTHER] = 1,  [DIAG_UNREACHABLE] = 75, [DIAG_MISMATCH] = 65,
        [DIAG_STALE] = 66, [DIAG_DENIED] = 77,      [DIAG_IN_DOUBT] = 78,
    };
    DiagClass highest = DIAG_OTHER;
    bool has_other = false;
    for (size_t i = 0; i < diags->count; i++) {
        const Diag *diag = &diags->items[i];
        if (diag->severity != DIAG_ERROR || diag->follows)
            continue;
        highest = diag->class > highest ? diag->class : highest;
        has_other |= diag->class == DIAG_OTHER;
    }
    return highest == DIAG_UNREACHABLE && has_other ? 1 : statuses[highest];
}

void diags_add_value(Diags *diags, Diag *diag, Str traversal, Str statement) {
    DiagValue value = {
        diag_cut(str_clone(traversal, diags->arena), diags->arena),
        diag_cut(str_clone(statement, diags->arena), diags->arena),
    };
    vec_push(diags->arena, &diag->values, value);
}

void diags_add(Diags *diags, const Diag *diag) {
    Diag copy = *diag; /* `diag` may be an item of `diags`, which adding moves */
    Diag *added = add_new(diags, copy.severity);
    added->summary = str_clone(copy.summary, diags->arena);
    added->detail = str_clone(copy.detail, diags->arena);
    added->range = source_range_keep(copy.range, diags->arena);
    added->context = source_range_keep(copy.context, diags->arena);
    added->noticed = source_range_keep(copy.noticed, diags->arena);
    added->address = str_clone(copy.address, diags->arena);
    added->path = str_clone(copy.path, diags->arena);
    added->checked = str_clone(copy.checked, diags->arena);
    added->called = str_clone(copy.called, diags->arena);
    added->is_of_element = copy.is_of_element;
    added->is_of_walk = copy.is_of_walk;
    added->follows = copy.follows;
    added->subject = copy.subject;
    added->class = copy.class;
    added->is_deprecation = copy.is_deprecation;
    added->is_remote = copy.is_remote;
    added->hides_line = copy.hides_line;
    added->hides_snippet = copy.hides_snippet;
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

void diags_set_subject(Diags *diags, size_t from, DiagSubject subject) {
    for (size_t i = from; i < diags->count; i++)
        if (diags->items[i].subject == DIAG_OBJECT)
            diags->items[i].subject = subject;
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
    LOCKED(&sink->mutex);
    diags_append(&sink->diags, diags);
}

const Diags *diags_sink_diags(const DiagsSink *sink) {
    return &sink->diags;
}

void diags_sink_close(DiagsSink *sink) {
    if (sink)
        pthread_mutex_destroy(&sink->mutex);
}
