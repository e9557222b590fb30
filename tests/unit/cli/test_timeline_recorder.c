/* Events of a walk become rows of a timeline; recorder and tee forward every event. */
#include "unit.h"

#include "timeline_recorder.h"
#include "view_tee.h"

static int64_t now;

static int64_t get_now(void *self) {
    (void)self;
    return now;
}

static const Clock clock_of_test = {.now_ms = get_now, .monotonic_ms = get_now};

/* NULL after the last kind. A new kind does not compile without a case here, and is then tested
 * with the others. */
static const char *kind_name(WalkEventKind kind) {
    switch (kind) {
    case EVENT_REFRESH_START: return "refresh_start";
    case EVENT_REFRESH_PROGRESS: return "refresh_progress";
    case EVENT_REFRESH_END: return "refresh_end";
    case EVENT_APPLY_START: return "apply_start";
    case EVENT_APPLY_PROGRESS: return "apply_progress";
    case EVENT_APPLY_END: return "apply_end";
    case EVENT_PROVISION_START: return "provision_start";
    case EVENT_PROVISION_OUTPUT: return "provision_output";
    case EVENT_PROVISION_END: return "provision_end";
    case EVENT_EPHEMERAL_START: return "ephemeral_start";
    case EVENT_EPHEMERAL_END: return "ephemeral_end";
    case EVENT_APPLY_TOTAL: return "apply_total";
    }
    return NULL;
}

typedef struct Listener {
    Hooks hooks;
    StrBuf text;
} Listener;

static void hear(void *self, const WalkEvent *event) {
    Listener *listener = self;
    strbuf_add_format(&listener->text, "%s %.*s %.*s %d/%d%s\n", kind_name(event->kind),
                      STR_ARG(event->address), STR_ARG(event->text), (int)event->done,
                      (int)event->total, event->failed ? " failed" : "");
}

static Listener *listener_new(Arena *arena) {
    Listener *listener = arena_new(arena, Listener);
    *listener = (Listener){
        .hooks = {listener, hear},
          .text = strbuf_new(arena)
    };
    return listener;
}

static WalkEvent event_of(const char *name, Action action) {
    return (WalkEvent){
        .address = str_from_cstr(name),
        .resource = {.type = STR("t"), .name = STR("a")},
        .action = action,
    };
}

static void send(const Hooks *hooks, WalkEventKind kind, WalkEvent event) {
    event.kind = kind;
    hooks_send(hooks, &event);
}

static void run(const Hooks *hooks) {
    WalkEvent first = event_of("t.a[0]", ACTION_CREATE), second = event_of("t.a[1]", ACTION_DELETE);
    send(hooks, EVENT_APPLY_TOTAL, (WalkEvent){.total = 2});
    now = 1010;
    send(hooks, EVENT_APPLY_START, first);
    now = 1020;
    send(hooks, EVENT_APPLY_START, second);
    WalkEvent script = first;
    script.provisioner = STR("local-exec");
    send(hooks, EVENT_PROVISION_START, script);
    now = 1030;
    script.failed = first.failed = true;
    send(hooks, EVENT_PROVISION_END, script);
    send(hooks, EVENT_APPLY_END, first);
    now = 1050;
}

static Str rows_of(const Timeline *timeline, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    vec_each(&timeline->rows, row) {
        strbuf_add_format(&text, "%d %.*s %.*s%.*s %d-%d%s%s;", (int)row->kind,
                          STR_ARG(row->address), STR_ARG(row->block), STR_ARG(row->what),
                          (int)row->start_ms, (int)row->end_ms, row->failed ? " failed" : "",
                          row->is_open ? " open" : "");
    }
    return strbuf_str(&text);
}

static void rows(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    Cli cli = {.arena = arena, .io = {.clock = &clock_of_test}};
    Listener *listener = listener_new(arena);
    now = 1000;
    const Hooks *hooks;
    TimelineRecorder *recorder = timeline_recorder_open(&cli, &listener->hooks, &hooks);
    run(hooks);
    Timeline *timeline = timeline_recorder_close(recorder);
    check_str(rows_of(timeline, arena), "1 t.a[0] t.a 10-30 failed;1 t.a[1] t.a 20-50 open;"
                                        "2 t.a[0] t.alocal-exec 20-30 failed;");
    assert_int_equal(timeline->length_ms, 50);
    check_str(strbuf_str(&listener->text),
              "apply_total   0/2\napply_start t.a[0]  0/0\napply_start t.a[1]  0/0\n"
              "provision_start t.a[0]  0/0\nprovision_end t.a[0]  0/0 failed\n"
              "apply_end t.a[0]  0/0 failed\n");
}

/* Sends every kind of event and returns what a listener has to receive. */
static Str send_all(const Hooks *hooks, Arena *arena) {
    Listener *expected = listener_new(arena);
    WalkEvent event = event_of("t.a", ACTION_CREATE);
    event.text = STR("x");
    event.operation = "open";
    event.total = 100;
    for (WalkEventKind kind = 0; kind_name(kind); kind++) {
        event.done = (uint64_t)kind;
        event.failed = kind % 2;
        send(hooks, kind, event);
        send(&expected->hooks, kind, event);
    }
    assert_true(expected->text.len > 0);
    return strbuf_str(&expected->text);
}

static const Hooks *own_hooks(View *view) {
    const Listener *listener = view->self;
    return &listener->hooks;
}

/* The chain of -report with -json-into: the recorder, then the tee, then both views. */
static void forward_every_kind(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    Cli cli = {.arena = arena, .io = {.clock = &clock_of_test}};
    ViewType type = {.walk_begin = own_hooks};
    Listener *listeners[] = {listener_new(arena), listener_new(arena)};
    View human = {.type = &type, .cli = &cli, .self = listeners[0]};
    View json = {.type = &type, .cli = &cli, .self = listeners[1]};
    View *both = view_tee_open(&human, &json);
    const Hooks *hooks;
    TimelineRecorder *recorder = timeline_recorder_open(&cli, both->type->walk_begin(both), &hooks);
    Str expected = send_all(hooks, arena);
    (void)timeline_recorder_close(recorder);
    check_str_equal(strbuf_str(&listeners[0]->text), expected);
    check_str_equal(strbuf_str(&listeners[1]->text), expected);
}

static void without_a_listener(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    Cli cli = {.arena = arena, .io = {.clock = &clock_of_test}};
    now = 1000;
    const Hooks *hooks;
    TimelineRecorder *recorder = timeline_recorder_open(&cli, NULL, &hooks);
    run(hooks);
    assert_int_equal(timeline_recorder_close(recorder)->rows.count, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows),
        cmocka_unit_test(forward_every_kind),
        cmocka_unit_test(without_a_listener),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
