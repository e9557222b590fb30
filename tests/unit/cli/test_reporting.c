/* -report: requested kinds, requests rejected before any work, and the files written at the end.
 * Events of a run become rows of a timeline, and every event is forwarded. */
#include "reporting.h"
#include "unit.h"
#include "view.h"

#include <malloc.h>
#include <unistd.h>

typedef struct Case {
    Arena *arena;
    Str directory;
    Cli cli;
    Diags diags;
} Case;

static const OptionGroup *const groups[] = {&reporting_options, NULL};

static Case case_open(void) {
    Arena *arena = arena_open("test");
    char directory[] = "/tmp/loam-reporting-XXXXXX";
    assert_non_null(mkdtemp(directory));
    assert_int_equal(chdir(directory), 0);
    return (Case){
        .arena = arena,
        .directory = str_clone(str_from_cstr(directory), arena),
        .cli = {.arena = arena, .io = {.disk = &disk_real, .clock = &clock_real}},
        .diags = diags_new(arena),
    };
}

static void case_close(Case *c) {
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(disk_remove_tree(&disk_real, c->directory), 0);
    arena_close(c->arena);
}

static bool ask(Case *c, const char *line) {
    StrVec words = {0};
    Arguments arguments = {0};
    option_split_words(str_from_cstr(line), &words, c->arena);
    assert_true(option_parse(groups, &words, &arguments, c->arena, &c->diags));
    return reporting_open(&c->cli, &arguments, &c->diags);
}

static void rows(void **) {
    static const struct {
        const char *line, *summary;
    } cases[] = {
        {"-report=pdf:x", "Unknown report kind"},
        {"-report=html", "Missing report file"},
        {"-report=html:", "Missing report file"},
        {"-report=html:none/x", "Report directory not found"},
        {"-report=html:x -report=sarif", "Missing report file"},
        {"-report=html:x -report-limit=many", "Invalid report size"},
        {"-report=markdown:x -report-limit=1999", "Invalid report size"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Case c = case_open();
        if (ask(&c, cases[i].line))
            fail_msg("%s was taken", cases[i].line);
        assert_int_equal(c.diags.error_count, 1);
        check_str(c.diags.items[0].summary, cases[i].summary);
        assert_null(c.cli.reporting);
        case_close(&c);
    }
}

/* Without -report every call is a no-op, so callers need no check. */
static void without_reports(void **) {
    Case c = case_open();
    static const Hooks listener = {0};
    assert_true(ask(&c, ""));
    assert_null(c.cli.reporting);
    reporting_set_plan(NULL, NULL, NULL);
    assert_ptr_equal(reporting_run_begin(NULL, &listener), &listener);
    reporting_run_end(NULL, NULL);
    assert_true(reporting_write(NULL, STR("t"), 0, &c.diags));
    assert_int_equal(c.diags.count, 0);
    case_close(&c);
}

static const char *no_variable(void *, const char *) {
    return NULL;
}

/* Telemetry costs nothing while neither an option nor the environment requests it. */
static void no_allocation_without_telemetry(void **) {
    Case c = case_open();
    static const Hooks listener = {0};
    static const Process process = {.environment = no_variable};
    const Arguments arguments = {0};
    c.cli.io.process = &process;
    size_t used = arena_used(c.arena);
    size_t heap = mallinfo2().uordblks;
    assert_true(reporting_open(&c.cli, &arguments, &c.diags));
    Reporting *reporting = c.cli.reporting;
    reporting_part(reporting, "plan", false, true);
    assert_ptr_equal(reporting_plan_begin(reporting, &listener), &listener);
    reporting_part(reporting, "plan", true, true);
    assert_ptr_equal(reporting_run_begin(reporting, &listener), &listener);
    reporting_run_end(reporting, NULL);
    assert_true(reporting_write(reporting, STR("plan"), 0, &c.diags));
    reporting_send(reporting, STR("plan"));
    assert_int_equal(arena_used(c.arena), used);
    assert_int_equal(mallinfo2().uordblks, heap);
    case_close(&c);
}

static void files_are_written(void **) {
    Case c = case_open();
    Str text;
    assert_true(ask(&c, "-report=markdown:a.md -report=sarif:b.sarif -report-limit=0"));
    reporting_set_plan(c.cli.reporting, plan_new(PLAN_NORMAL, c.arena), NULL);
    assert_false(disk_exists(&disk_real, STR("a.md"))); /* written only when the command ends */
    diags_error(&c.diags, NO_RANGE, "Something failed", "For a reason.");
    assert_true(reporting_write(c.cli.reporting, STR("the title"), 0, &c.diags));
    assert_int_equal(c.diags.error_count, 1);
    assert_int_equal(disk_real.read_file(NULL, STR("a.md"), &text, c.arena), 0);
    assert_true(str_find(text, STR("the title"), 0) != SIZE_MAX);
    assert_true(str_find(text, STR("Something failed"), 0) != SIZE_MAX);
    assert_int_equal(disk_real.read_file(NULL, STR("b.sarif"), &text, c.arena), 0);
    assert_true(str_find(text, STR("Something failed"), 0) != SIZE_MAX);
    case_close(&c);
}

/* A report that cannot be written is one error; the other reports are written. */
static void an_unwritable_report(void **) {
    Case c = case_open();
    Str text;
    assert_int_equal(disk_real.make_directories(NULL, STR("a.md"), 0777), 0);
    assert_true(ask(&c, "-report=markdown:a.md -report=sarif:b.sarif"));
    reporting_set_plan(c.cli.reporting, plan_new(PLAN_NORMAL, c.arena), NULL);
    assert_false(reporting_write(c.cli.reporting, STR("t"), 0, &c.diags));
    assert_int_equal(c.diags.error_count, 1);
    check_str(c.diags.items[0].summary, "Report not written");
    assert_int_equal(disk_real.read_file(NULL, STR("b.sarif"), &text, c.arena), 0);
    assert_true(str_find(text, STR("not written"), 0) == SIZE_MAX);
    case_close(&c);
}

/* A timeline needs a run. Without one the report is an error, unless another error was reported. */
static void without_a_run(void **) {
    for (int fails = 0; fails < 2; fails++) {
        Case c = case_open();
        assert_true(ask(&c, "-report=timeline:t"));
        reporting_set_plan(c.cli.reporting, plan_new(PLAN_NORMAL, c.arena), NULL);
        if (fails)
            diags_error(&c.diags, NO_RANGE, "Something failed", "For a reason.");
        assert_int_equal(reporting_write(c.cli.reporting, STR("t"), 0, &c.diags), fails);
        assert_int_equal(c.diags.error_count, 1);
        check_str(c.diags.items[0].summary, fails ? "Something failed" : "Report not written");
        assert_false(disk_exists(&disk_real, STR("t")));
        case_close(&c);
    }
}

static void of_a_run(void **) {
    Case c = case_open();
    assert_true(ask(&c, "-report=timeline:t"));
    reporting_set_plan(c.cli.reporting, plan_new(PLAN_NORMAL, c.arena), NULL);
    const Hooks *hooks = reporting_run_begin(c.cli.reporting, NULL);
    hooks_send(hooks, &(WalkEvent){.kind = EVENT_APPLY_TOTAL});
    reporting_run_end(c.cli.reporting, NULL);
    assert_true(reporting_write(c.cli.reporting, STR("t"), 0, &c.diags));
    assert_true(disk_exists(&disk_real, STR("t")));
    case_close(&c);
}

static int64_t now;

static int64_t get_now(void *) {
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
    case EVENT_OPERATION_START: return "ephemeral_start";
    case EVENT_INVOKE_START: return "invoke_start";
    case EVENT_INVOKE_PROGRESS: return "invoke_progress";
    case EVENT_INVOKE_END: return "invoke_end";
    case EVENT_LIST_START: return "list_start";
    case EVENT_LIST_FOUND: return "list_found";
    case EVENT_LIST_END: return "list_end";
    case EVENT_OPERATION_END: return "ephemeral_end";
    case EVENT_CALL_START: return "call_start";
    case EVENT_CALL_END: return "call_end";
    case EVENT_INSTANCE_END: return "instance_end";
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
    *listener = (Listener){.hooks = {listener, hear}, .text = strbuf_new(arena)};
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

/* Starts a timeline report; the run begins at 1000 ms. */
static void ask_timeline(Case *c) {
    c->cli.io.clock = &clock_of_test;
    now = 1000;
    assert_true(ask(c, "-report=timeline:t"));
    reporting_set_plan(c->cli.reporting, plan_new(PLAN_NORMAL, c->arena), NULL);
}

static void timeline_of_a_run(void **) {
    Case c = case_open();
    Listener *listener = listener_new(c.arena);
    Str text;
    ask_timeline(&c);
    run(reporting_run_begin(c.cli.reporting, &listener->hooks));
    reporting_run_end(c.cli.reporting, NULL);
    assert_true(reporting_write(c.cli.reporting, STR("t"), 0, &c.diags));
    assert_int_equal(disk_real.read_file(NULL, STR("t"), &text, c.arena), 0);
    static const char *const wanted[] = {
        "2 operations in 50 ms",
        "<title>t.a[0]\ncreate from 10 ms on, took 20 ms, failed</title>",
        "<title>t.a[1]\ndelete from 20 ms on, took 30 ms, did not end</title>",
        "local-exec from 20 ms on, took 10 ms, failed</title>",
    };
    for (size_t i = 0; i < ARRAY_COUNT(wanted); i++) {
        if (str_find(text, str_from_cstr(wanted[i]), 0) == SIZE_MAX)
            fail_msg("no \"%s\" in: %.*s", wanted[i], STR_ARG(text));
    }
    check_str(strbuf_str(&listener->text),
              "apply_total   0/2\napply_start t.a[0]  0/0\napply_start t.a[1]  0/0\n"
              "provision_start t.a[0]  0/0\nprovision_end t.a[0]  0/0 failed\n"
              "apply_end t.a[0]  0/0 failed\n");
    case_close(&c);
}

static const Hooks *own_hooks(View *view) {
    const Listener *listener = view->self;
    return &listener->hooks;
}

/* The chain of -report with -json-into: the recorder, then the tee, then both views. */
static void forward_every_kind(void **) {
    Case c = case_open();
    ViewType type = {.walk_begin = own_hooks};
    Listener *listeners[] = {listener_new(c.arena), listener_new(c.arena)};
    View human = {.type = &type, .cli = &c.cli, .self = listeners[0]};
    View json = {.type = &type, .cli = &c.cli, .self = listeners[1]};
    View *both = view_tee_open(&human, &json);
    ask_timeline(&c);
    const Hooks *hooks = reporting_run_begin(c.cli.reporting, both->type->walk_begin(both));
    Str expected = send_all(hooks, c.arena);
    reporting_run_end(c.cli.reporting, NULL);
    check_str_equal(strbuf_str(&listeners[0]->text), expected);
    check_str_equal(strbuf_str(&listeners[1]->text), expected);
    case_close(&c);
}

UNIT_MAIN(test_reporting) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows),
        cmocka_unit_test(without_reports),
        cmocka_unit_test(no_allocation_without_telemetry),
        cmocka_unit_test(files_are_written),
        cmocka_unit_test(an_unwritable_report),
        cmocka_unit_test(without_a_run),
        cmocka_unit_test(of_a_run),
        cmocka_unit_test(timeline_of_a_run),
        cmocka_unit_test(forward_every_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
