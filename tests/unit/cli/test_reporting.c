/* -report: requested kinds, requests rejected before any work, and the files written at the end. */
#include "reporting.h"
#include "unit.h"

#include <unistd.h>

typedef struct Case {
    Arena *arena;
    Str directory;
    Cli cli;
    Diags diags;
} Case;

static const OptionGroup *const groups[] = {&reporting_options};

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
    assert_true(option_parse(groups, ARRAY_COUNT(groups), &words, &arguments, c->arena, &c->diags));
    return reporting_open(&c->cli, &arguments, &c->diags);
}

static void rows(void **state) {
    (void)state;
    static const struct {
        const char *line, *summary;
    } cases[] = {
        {"-report=pdf:x",                         "Unknown report kind"       },
        {"-report=html",                          "Missing report file"       },
        {"-report=html:",                         "Missing report file"       },
        {"-report=html:none/x",                   "Report directory not found"},
        {"-report=html:x -report=sarif",          "Missing report file"       },
        {"-report=html:x -report-limit=many",     "Invalid report size"       },
        {"-report=markdown:x -report-limit=1999", "Invalid report size"       },
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
static void without_reports(void **state) {
    (void)state;
    Case c = case_open();
    static const Hooks listener = {0};
    assert_true(ask(&c, ""));
    assert_null(c.cli.reporting);
    reporting_set_plan(NULL, NULL, NULL);
    assert_ptr_equal(reporting_run_begin(NULL, &listener), &listener);
    reporting_run_end(NULL, NULL);
    assert_true(reporting_write(NULL, STR("t"), &c.diags));
    assert_int_equal(c.diags.count, 0);
    case_close(&c);
}

static void files_are_written(void **state) {
    (void)state;
    Case c = case_open();
    Str text;
    assert_true(ask(&c, "-report=markdown:a.md -report=sarif:b.sarif -report-limit=0"));
    reporting_set_plan(c.cli.reporting, plan_new(PLAN_NORMAL, c.arena), NULL);
    assert_false(disk_exists(&disk_real, STR("a.md"))); /* written only when the command ends */
    diags_error(&c.diags, NO_RANGE, "Something failed", "For a reason.");
    assert_true(reporting_write(c.cli.reporting, STR("the title"), &c.diags));
    assert_int_equal(c.diags.error_count, 1);
    assert_int_equal(disk_real.read_file(NULL, STR("a.md"), &text, c.arena), 0);
    assert_true(str_find(text, STR("the title"), 0) != SIZE_MAX);
    assert_true(str_find(text, STR("Something failed"), 0) != SIZE_MAX);
    assert_int_equal(disk_real.read_file(NULL, STR("b.sarif"), &text, c.arena), 0);
    assert_true(str_find(text, STR("Something failed"), 0) != SIZE_MAX);
    case_close(&c);
}

/* A report that cannot be written is one error; the other reports are written. */
static void an_unwritable_report(void **state) {
    (void)state;
    Case c = case_open();
    Str text;
    assert_int_equal(disk_real.make_directories(NULL, STR("a.md"), 0777), 0);
    assert_true(ask(&c, "-report=markdown:a.md -report=sarif:b.sarif"));
    reporting_set_plan(c.cli.reporting, plan_new(PLAN_NORMAL, c.arena), NULL);
    assert_false(reporting_write(c.cli.reporting, STR("t"), &c.diags));
    assert_int_equal(c.diags.error_count, 1);
    check_str(c.diags.items[0].summary, "Report not written");
    assert_int_equal(disk_real.read_file(NULL, STR("b.sarif"), &text, c.arena), 0);
    assert_true(str_find(text, STR("not written"), 0) == SIZE_MAX);
    case_close(&c);
}

/* A timeline needs a run. Without one the report is an error, unless another error was reported. */
static void without_a_run(void **state) {
    (void)state;
    for (int fails = 0; fails < 2; fails++) {
        Case c = case_open();
        assert_true(ask(&c, "-report=timeline:t"));
        reporting_set_plan(c.cli.reporting, plan_new(PLAN_NORMAL, c.arena), NULL);
        if (fails)
            diags_error(&c.diags, NO_RANGE, "Something failed", "For a reason.");
        assert_int_equal(reporting_write(c.cli.reporting, STR("t"), &c.diags), fails);
        assert_int_equal(c.diags.error_count, 1);
        check_str(c.diags.items[0].summary, fails ? "Something failed" : "Report not written");
        assert_false(disk_exists(&disk_real, STR("t")));
        case_close(&c);
    }
}

static void of_a_run(void **state) {
    (void)state;
    Case c = case_open();
    assert_true(ask(&c, "-report=timeline:t"));
    reporting_set_plan(c.cli.reporting, plan_new(PLAN_NORMAL, c.arena), NULL);
    const Hooks *hooks = reporting_run_begin(c.cli.reporting, NULL);
    hooks_send(hooks, &(WalkEvent){.kind = EVENT_APPLY_TOTAL});
    reporting_run_end(c.cli.reporting, NULL);
    assert_true(reporting_write(c.cli.reporting, STR("t"), &c.diags));
    assert_true(disk_exists(&disk_real, STR("t")));
    case_close(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows),
        cmocka_unit_test(without_reports),
        cmocka_unit_test(files_are_written),
        cmocka_unit_test(an_unwritable_report),
        cmocka_unit_test(without_a_run),
        cmocka_unit_test(of_a_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
