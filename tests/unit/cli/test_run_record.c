/* What a walk's events become; whoever else listens hears all of them. */
#include "unit.h"

#include "run_record.h"
#include "view_tee.h"

static int64_t now;

static int64_t get_now(void *self) {
    (void)self;
    return now;
}

static const Clock clock_of_test = {.now_ms = get_now, .monotonic_ms = get_now};

typedef struct Heard {
    StrBuf text;
} Heard;

static void hear_start(void *self, const HookEvent *event) {
    strbuf_add_format(&((Heard *)self)->text, "+%.*s ", STR_ARG(event->address));
}

static void hear_end(void *self, const HookEvent *event, bool failed) {
    strbuf_add_format(&((Heard *)self)->text, "%c%.*s ", failed ? '!' : '-',
                      STR_ARG(event->address));
}

static void hear_total(void *self, size_t count) {
    strbuf_add_format(&((Heard *)self)->text, "%zu ", count);
}

static HookEvent event_of(const char *name, Action action) {
    return (HookEvent){
        .address = str_from_cstr(name),
        .resource = {.type = STR("t"), .name = STR("a")},
        .deposed = STR_EMPTY,
        .provisioner = STR_EMPTY,
        .action = action,
    };
}

static void run(const Hooks *hooks) {
    HookEvent first = event_of("t.a[0]", ACTION_CREATE), second = event_of("t.a[1]", ACTION_DELETE);
    hooks->apply_total(hooks->self, 2);
    now = 1010;
    hooks->apply_start(hooks->self, &first);
    now = 1020;
    hooks->apply_start(hooks->self, &second);
    HookEvent script = first;
    script.provisioner = STR("local-exec");
    hooks->provision_start(hooks->self, &script);
    now = 1030;
    hooks->provision_end(hooks->self, &script, true);
    hooks->apply_end(hooks->self, &first, true);
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
    Heard heard = {.text = strbuf_new(arena)};
    Hooks listener = {
        .self = &heard,
        .apply_start = hear_start,
        .apply_end = hear_end,
        .provision_end = hear_end,
        .apply_total = hear_total,
    };
    now = 1000;
    RunRecord *record = run_record_open(&cli, &listener);
    run(run_record_hooks(record));
    Timeline *timeline = run_record_close(record);
    check_str(rows_of(timeline, arena), "1 t.a[0] t.a 10-30 failed;1 t.a[1] t.a 20-50 open;"
                                        "2 t.a[0] t.alocal-exec 20-30 failed;");
    assert_int_equal(timeline->length_ms, 50);
    check_str(strbuf_str(&heard.text), "2 +t.a[0] +t.a[1] !t.a[0] !t.a[0] ");
}

static size_t calls;

static void count_event(void *self, const HookEvent *event) {
    (void)self;
    (void)event;
    calls++;
}

static void count_end(void *self, const HookEvent *event, bool failed) {
    (void)failed;
    count_event(self, event);
}

static void count_progress(
    void *self, const HookEvent *event, uint64_t done, uint64_t total, Str what) {
    (void)done;
    (void)total;
    (void)what;
    count_event(self, event);
}

static void count_line(void *self, const HookEvent *event, Str line) {
    (void)line;
    count_event(self, event);
}

static void count_total(void *self, size_t count) {
    (void)self;
    (void)count;
    calls++;
}

static const Hooks counting = {
    .refresh_start = count_event,
    .refresh_progress = count_progress,
    .refresh_end = count_event,
    .apply_start = count_event,
    .apply_progress = count_progress,
    .apply_end = count_end,
    .provision_start = count_event,
    .provision_output = count_line,
    .provision_end = count_end,
    .ephemeral_start = count_event,
    .ephemeral_end = count_end,
    .apply_total = count_total,
};

enum { SLOTS = sizeof(Hooks) / sizeof(void *) - 1 };

/* A slot that one of them lacks is an event that it loses. */
static void check_slots(const Hooks *hooks) {
    uintptr_t slots[SLOTS + 1];
    memcpy(slots, hooks, sizeof slots);
    for (size_t i = 1; i <= SLOTS; i++)
        assert_true(slots[i] != 0);
}

static void send_all(const Hooks *hooks) {
    HookEvent event = event_of("t.a", ACTION_CREATE);
    check_slots(hooks);
    hooks->refresh_start(hooks->self, &event);
    hooks->refresh_progress(hooks->self, &event, 1, 2, STR("x"));
    hooks->refresh_end(hooks->self, &event);
    hooks->apply_start(hooks->self, &event);
    hooks->apply_progress(hooks->self, &event, 1, 2, STR("x"));
    hooks->apply_end(hooks->self, &event, false);
    hooks->provision_start(hooks->self, &event);
    hooks->provision_output(hooks->self, &event, STR("x"));
    hooks->provision_end(hooks->self, &event, false);
    hooks->ephemeral_start(hooks->self, &event);
    hooks->ephemeral_end(hooks->self, &event, false);
    hooks->apply_total(hooks->self, 1);
}

static void hands_every_kind_on(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    Cli cli = {.arena = arena, .io = {.clock = &clock_of_test}};
    check_slots(&counting);
    calls = 0;
    RunRecord *record = run_record_open(&cli, &counting);
    send_all(run_record_hooks(record));
    (void)run_record_close(record);
    assert_int_equal(calls, SLOTS);
}

static const Hooks *counting_hooks(View *view) {
    (void)view;
    return &counting;
}

static void tee_hands_every_kind_on(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    Cli cli = {.arena = arena, .io = {.clock = &clock_of_test}};
    ViewType type = {.walk_begin = counting_hooks};
    View human = {.type = &type, .cli = &cli}, json = {.type = &type, .cli = &cli};
    View *both = view_tee_open(&human, &json);
    calls = 0;
    send_all(both->type->walk_begin(both));
    assert_int_equal(calls, 2 * SLOTS);
}

/* A listener is not needed. */
static void alone(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    Cli cli = {.arena = arena, .io = {.clock = &clock_of_test}};
    now = 1000;
    RunRecord *record = run_record_open(&cli, NULL);
    run(run_record_hooks(record));
    assert_int_equal(run_record_close(record)->rows.count, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows),
        cmocka_unit_test(hands_every_kind_on),
        cmocka_unit_test(tee_hands_every_kind_on),
        cmocka_unit_test(alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
