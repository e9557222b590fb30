#include "span_recorder.h"

#include "clock.h"
#include "error_type.h"
#include "map.h"
#include "thread.h"
#include "trace_parent.h"

#define PARTS_MAX 16 /* that are open at once */
#define DEPTH_MAX 4  /* of calls within calls, in one thread */

typedef struct OpenSpan {
    const char *name; /* of a part; NULL: the place is free */
    Str address;      /* of an instance */
    Str provider;
    char id[OTLP_SPAN_SIZE];
    char parent[OTLP_SPAN_SIZE];
    int64_t start_ms;       /* since the command began */
    int64_t end_ms;         /* of an instance: of its last event */
    const char *error_type; /* NULL: it has not failed */
    bool is_open;
} OpenSpan;

/* The spans that a thread is in, from a call of a provider or a provisioner on. */
typedef struct ThreadSpans {
    OpenSpan items[DEPTH_MAX];
    size_t depth; /* may exceed DEPTH_MAX; the spans beyond are not recorded */
} ThreadSpans;

static _Thread_local ThreadSpans thread_spans;

struct SpanRecorder {
    SpanRecorderOptions options;
    int64_t began_ms;      /* Unix time */
    int64_t monotonic_ms;  /* at the same time */
    pthread_mutex_t mutex; /* guards the members below */
    Arena *arena;          /* of the list */
    OpenSpan command;
    OpenSpan parts[PARTS_MAX];
    OpenSpan *phase;    /* a plan or an apply; NULL: none */
    OpenSpan *state;    /* an operation on the state; NULL: none */
    Arena *phase_arena; /* of the instances of the phase */
    Map instances;      /* address, deposed → OpenSpan */
};

static Str id_text(const char id[OTLP_SPAN_SIZE]) {
    return (Str){id, id[0] ? OTLP_SPAN_SIZE : 0};
}

static int64_t since_began_ms(const SpanRecorder *recorder) {
    const Clock *clock = recorder->options.clock;
    return clock->monotonic_ms(clock->self) - recorder->monotonic_ms;
}

static OpenSpan span_begin(const SpanRecorder *recorder, const OpenSpan *parent) {
    SCOPED(ArenaRef) scratch = arena_open("span");
    OpenSpan span = {.start_ms = since_began_ms(recorder), .is_open = true};
    Str id = otlp_body_random_id(OTLP_SPAN_SIZE, scratch);
    memcpy(span.id, id.ptr, OTLP_SPAN_SIZE);
    if (parent)
        memcpy(span.parent, parent->id, OTLP_SPAN_SIZE);
    span.end_ms = span.start_ms;
    return span;
}

/* Sets the parent of programs that this thread starts; NULL: the command. */
static void set_parent(const SpanRecorder *recorder, const OpenSpan *span) {
    char header[TRACE_PARENT_SIZE + 1];
    if (!recorder->options.has_children)
        return;
    Str trace = recorder->options.trace;
    if (span)
        (void)snprintf(header, sizeof header, "00-%.*s-%.*s-01", STR_ARG(trace),
                       STR_ARG(id_text(span->id)));
    trace_parent_set_of_thread(span ? (Str){header, TRACE_PARENT_SIZE} : STR_EMPTY);
}

/* After the end of a span: the call that the thread is in, or the command. */
static void restore_parent(const SpanRecorder *recorder) {
    size_t depth = thread_spans.depth < DEPTH_MAX ? thread_spans.depth : DEPTH_MAX;
    set_parent(recorder, depth > 0 ? &thread_spans.items[depth - 1] : NULL);
}

static void keep_span(SpanRecorder *recorder, const OtlpSpan *span) {
    Arena *arena = recorder->arena;
    OtlpSpan copy = *span;
    copy.name = str_clone(span->name, arena);
    copy.id = str_clone(span->id, arena);
    copy.parent = str_clone(span->parent, arena);
    for (size_t i = 0; i < OTLP_ATTRIBUTES; i++)
        copy.attributes[i].text = str_clone(span->attributes[i].text, arena);
    vec_push(arena, recorder->options.kept, copy);
}

/* Passes an ended span on. The caller holds the mutex. */
static void span_end(SpanRecorder *recorder, const OpenSpan *open, OtlpSpan *span) {
    span->id = id_text(open->id);
    span->parent = id_text(open->parent);
    span->start_ms = recorder->began_ms + open->start_ms;
    span->end_ms = recorder->began_ms + open->end_ms;
    span->error_type = open->error_type;
    if (recorder->options.kept)
        keep_span(recorder, span);
    if (recorder->options.sender)
        otlp_sender_add(recorder->options.sender, span);
    if (recorder->options.ended)
        recorder->options.ended(recorder->options.payload, span);
}

static Str instance_key(const WalkEvent *event, Arena *arena) {
    return str_format(arena, "%.*s %.*s", STR_ARG(event->address), STR_ARG(event->deposed));
}

/* Returns the open span of the event's instance. If there is none, opens it, or returns NULL. */
static OpenSpan *find_instance(SpanRecorder *recorder, const WalkEvent *event, bool opens) {
    SCOPED(ArenaRef) scratch = arena_open("span");
    Str key = instance_key(event, scratch);
    OpenSpan *found = map_find(&recorder->instances, key);
    if ((found && found->is_open) || !opens)
        return found && found->is_open ? found : NULL;
    Arena *arena = recorder->phase_arena;
    if (!found) {
        found = arena_new(arena, OpenSpan);
        map_set(&recorder->instances, str_clone(key, arena), found);
    }
    Str address = found->address;
    *found = span_begin(recorder, recorder->phase);
    found->address = address.len > 0 ? address : str_clone(event->address, arena);
    found->provider = event->provider; /* lives as long as the configuration */
    return found;
}

static void end_instance(SpanRecorder *recorder, OpenSpan *instance, const char *action) {
    SCOPED(ArenaRef) scratch = arena_open("span");
    OtlpSpan span = {
        .name = str_format(scratch, "%s %.*s", recorder->phase->name, STR_ARG(instance->address)),
        .attributes = {{"loam.address", instance->address, false},
                       {"loam.action", str_from_cstr(action), false},
                       {"loam.provider", instance->provider, false}},
    };
    span_end(recorder, instance, &span);
    instance->is_open = false;
}

/* Returns the class of the error of a call; NULL if the call succeeded. */
static const char *call_error(const WalkEvent *event) {
    bool is_provisioner = event->kind == EVENT_PROVISION_END;
    if (!event->failed)
        return NULL;
    return event->error_type ? event->error_type : is_provisioner ? "provisioner" : "provider";
}

/* The first error of an instance counts: later ones follow from it. */
static void mark_failed(OpenSpan *instance, const WalkEvent *event) {
    bool is_call = event->kind == EVENT_CALL_END || event->kind == EVENT_PROVISION_END;
    if (event->failed && !instance->error_type)
        instance->error_type = is_call ? call_error(event) : ERROR_TYPE_OTHER;
}

/* Of several errors within a span, the first one counts. */
static void note_error(OpenSpan *span, const char *error_type) {
    if (!span->error_type)
        span->error_type = error_type;
}

static void begin_call(const SpanRecorder *recorder, const OpenSpan *instance) {
    size_t at = thread_spans.depth++;
    if (at >= DEPTH_MAX)
        return;
    thread_spans.items[at] = span_begin(recorder, instance);
    set_parent(recorder, &thread_spans.items[at]);
}

static void end_call(SpanRecorder *recorder, const WalkEvent *event, const char *kind, Str name) {
    SCOPED(ArenaRef) scratch = arena_open("span");
    if (thread_spans.depth == 0 || --thread_spans.depth >= DEPTH_MAX)
        return;
    OpenSpan *call = &thread_spans.items[thread_spans.depth];
    OtlpSpan span = {
        .name = str_format(scratch, "%s %.*s", kind, STR_ARG(name)),
        .attributes = {{"loam.address", event->address, false},
                       {"loam.provider", event->provider, false}},
    };
    call->end_ms = since_began_ms(recorder);
    call->error_type = call_error(event);
    span_end(recorder, call, &span);
    restore_parent(recorder);
}

static void record_call(SpanRecorder *recorder, const WalkEvent *event, const OpenSpan *instance) {
    if (event->kind == EVENT_CALL_START || event->kind == EVENT_PROVISION_START)
        begin_call(recorder, instance);
    if (event->kind == EVENT_CALL_END)
        end_call(recorder, event, "provider", str_from_cstr(event->operation));
    if (event->kind == EVENT_PROVISION_END)
        end_call(recorder, event, "provisioner", event->provisioner);
}

void span_recorder_event(SpanRecorder *recorder, const WalkEvent *event) {
    if (event->address.len == 0)
        return;
    LOCKED(&recorder->mutex);
    if (!recorder->phase)
        return;
    bool is_end = event->kind == EVENT_INSTANCE_END;
    OpenSpan *instance = find_instance(recorder, event, !is_end);
    if (!instance)
        return;
    record_call(recorder, event, instance);
    instance->end_ms = since_began_ms(recorder);
    mark_failed(instance, event);
    if (is_end)
        note_error(recorder->phase, instance->error_type);
    if (is_end)
        end_instance(recorder, instance, action_name(event->action));
}

static void end_phase(SpanRecorder *recorder) {
    map_each(&recorder->instances, entry) {
        OpenSpan *instance = entry->value;
        if (instance->is_open)
            end_instance(recorder, instance, "");
    }
    recorder->phase = NULL;
    recorder->instances = (Map){0};
    arena_close(recorder->phase_arena);
    recorder->phase_arena = NULL;
}

static void begin_phase(SpanRecorder *recorder, OpenSpan *part) {
    recorder->phase = part;
    recorder->phase_arena = arena_open("instances");
    recorder->instances = map_new(recorder->phase_arena);
}

static OpenSpan *find_part(SpanRecorder *recorder, const char *name) {
    for (size_t i = 0; i < PARTS_MAX; i++) {
        if (recorder->parts[i].name && strcmp(recorder->parts[i].name, name) == 0)
            return &recorder->parts[i];
    }
    return NULL;
}

static OpenSpan *free_part(SpanRecorder *recorder) {
    for (size_t i = 0; i < PARTS_MAX; i++) {
        if (!recorder->parts[i].name)
            return &recorder->parts[i];
    }
    return NULL;
}

static void begin_part(SpanRecorder *recorder, const char *name) {
    bool is_request = strncmp(name, "backend ", strlen("backend ")) == 0;
    bool is_state = strncmp(name, "state ", strlen("state ")) == 0;
    OpenSpan *part = free_part(recorder);
    if (!part)
        return;
    *part =
        span_begin(recorder, is_request && recorder->state ? recorder->state : &recorder->command);
    part->name = name;
    if (is_state)
        recorder->state = part;
    if (strcmp(name, "plan") == 0 || strcmp(name, "apply") == 0)
        begin_phase(recorder, part);
    set_parent(recorder, part);
}

/* Returns the class of an error of a part of which no more is known. */
static const char *part_error(const char *name) {
    static const struct {
        const char *name;
        const char *type;
    } rows[] = {
        {"state lock", "state_lock"}, {"state read", "state"},    {"state write", "state"},
        {"backend read", "state"},    {"backend write", "state"}, {"init providers", "packages"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].type;
    }
    return ERROR_TYPE_OTHER;
}

static void end_part(SpanRecorder *recorder, OpenSpan *part, bool ok) {
    if (recorder->phase == part)
        end_phase(recorder);
    if (recorder->state == part)
        recorder->state = NULL;
    part->end_ms = since_began_ms(recorder);
    part->error_type = ok ? NULL : part->error_type ? part->error_type : part_error(part->name);
    note_error(&recorder->command, part->error_type);
    span_end(recorder, part, &(OtlpSpan){.name = str_from_cstr(part->name)});
    part->name = NULL;
    restore_parent(recorder);
}

void span_recorder_part(SpanRecorder *recorder, const char *name, bool has_ended, bool ok) {
    LOCKED(&recorder->mutex);
    OpenSpan *part = has_ended ? find_part(recorder, name) : NULL;
    if (part)
        end_part(recorder, part, ok);
    else if (!has_ended)
        begin_part(recorder, name);
}

SpanRecorder *span_recorder_open(const SpanRecorderOptions *options) {
    const Clock *clock = options->clock;
    Arena *arena = arena_open("spans");
    SpanRecorder *recorder = arena_new(arena, SpanRecorder);
    recorder->options = *options;
    recorder->arena = arena;
    recorder->began_ms = clock->now_ms(clock->self);
    recorder->monotonic_ms = clock->monotonic_ms(clock->self);
    pthread_mutex_init(&recorder->mutex, NULL);
    recorder->command = span_begin(recorder, NULL);
    if (options->parent.len == OTLP_SPAN_SIZE)
        memcpy(recorder->command.parent, options->parent.ptr, OTLP_SPAN_SIZE);
    set_parent(recorder, &recorder->command);
    if (options->has_children)
        trace_parent_set(trace_parent());
    return recorder;
}

/* Returns the class of the command's error. The first span that failed knows more of an error of
 * which only the place, or nothing, is known. */
static const char *command_error(const SpanRecorder *recorder, const char *given) {
    const char *noted = recorder->command.error_type;
    bool is_vague = given && (strcmp(given, ERROR_TYPE_OTHER) == 0 ||
                              strcmp(given, ERROR_TYPE_CONFIGURATION) == 0);
    return is_vague && noted && strcmp(noted, ERROR_TYPE_OTHER) != 0 ? noted : given;
}

void span_recorder_end(SpanRecorder *recorder, const SpanRecorderEnd *end) {
    LOCKED(&recorder->mutex);
    for (size_t i = 0; i < PARTS_MAX; i++) {
        if (recorder->parts[i].name)
            end_part(recorder, &recorder->parts[i], true);
    }
    OtlpSpan span = {.name = end->name};
    memcpy(span.attributes, end->attributes, sizeof span.attributes);
    recorder->command.end_ms = since_began_ms(recorder);
    recorder->command.error_type = command_error(recorder, end->error_type);
    span_end(recorder, &recorder->command, &span);
}

void span_recorder_close(SpanRecorder *recorder, Arena *into) {
    pthread_mutex_destroy(&recorder->mutex);
    arena_join(into, recorder->arena);
}
