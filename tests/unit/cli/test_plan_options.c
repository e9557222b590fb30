/* -target, -exclude, their files, -replace. */
#include "unit.h"

#include "plan_options.h"

#include <errno.h>

static const OptionGroup *const groups[] = {&option_operation, NULL};

static int read_text(void *self, Str path, Str *out, Arena *arena) {
    (void)self, (void)arena;
    if (!str_equal(path, STR("list")))
        return -ENOENT;
    *out = STR("\xef\xbb\xbf# a comment\n\n  a.b  # the first\nmodule.m[0]\r\n");
    return 0;
}

static int read_keys(void *self, Str path, Str *out, Arena *arena) {
    (void)self, (void)path, (void)arena;
    *out = STR("a.b[\"#1\"] # a key\n");
    return 0;
}

static int read_bad(void *self, Str path, Str *out, Arena *arena) {
    (void)self, (void)path, (void)arena;
    *out = STR("a.b\nnot one\n");
    return 0;
}

typedef struct Asked {
    Disk disk;
    Cli cli;
    Arguments arguments;
    Diags diags;
    Project project;
    PlanOptions options;
} Asked;

static bool ask(Asked *asked, const char *line, Arena *arena) {
    StrVec words = {0};
    *asked = (Asked){.cli = {.arena = arena}, .diags = diags_new(arena)};
    asked->disk = (Disk){.read_file = strstr(line, "bad")    ? read_bad
                                      : strstr(line, "keys") ? read_keys
                                                             : read_text};
    asked->cli.io.disk = &asked->disk;
    assert_true(option_split_words(str_from_cstr(line), &words, arena));
    assert_true(option_parse(groups, &words, &asked->arguments, arena, &asked->diags));
    asked->project =
        (Project){.cli = &asked->cli, .arguments = &asked->arguments, .diags = &asked->diags};
    return plan_options_read(&asked->project, &asked->options);
}

static void reads(void **) {
    static const struct {
        const char *line;
        const char *targets, *excludes;
        size_t replaced;
    } cases[] = {
        {"", "", "", 0},
        {"-target=a.b -target=module.m", "a.b module.m", "", 0},
        {"-target-file=list -target=c.d", "a.b module.m[0] c.d", "", 0},
        {"-exclude=a.b", "", "a.b", 0},
        {"-exclude=c.d -exclude-file=list", "", "c.d a.b module.m[0]", 0},
        {"-target-file=keys", "a.b[\"#1\"]", "", 0},
        {"-replace=a.b -replace='a.c[\"k\"]'", "", "", 2},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Asked asked;
        assert_true(ask(&asked, cases[i].line, arena));
        const PlanOptions *got = &asked.options;
        check_str(str_join(got->target_texts.items, got->target_texts.count, STR(" "), arena),
                  cases[i].targets);
        check_str(str_join(got->exclude_texts.items, got->exclude_texts.count, STR(" "), arena),
                  cases[i].excludes);
        assert_int_equal(got->targets.count, got->target_texts.count);
        assert_int_equal(got->excludes.count, got->exclude_texts.count);
        assert_int_equal(got->replace.count, cases[i].replaced);
    }
}

static void refuses(void **) {
    static const struct {
        const char *line, *summary;
        uint32_t at; /* line of the file */
    } cases[] = {
        {"-target=a.b -exclude=c.d", "Invalid combination of options", 0},
        {"-target-file=list -exclude=c.d", "Invalid combination of options", 0},
        {"-target-file=none", "Address file not readable", 0},
        {"-exclude-file=bad", "Invalid address", 2},
        {"-replace=module.m", "Invalid address to force replacement", 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Asked asked;
        if (ask(&asked, cases[i].line, arena))
            fail_msg("%s was taken", cases[i].line);
        assert_int_equal(asked.diags.error_count, 1);
        const Diag *diag = &asked.diags.items[0];
        check_str(diag->summary, cases[i].summary);
        assert_int_equal(diag->range.source != NULL, cases[i].at > 0);
        if (cases[i].at)
            assert_int_equal(source_text_position(diag->range.source, diag->range.start).line,
                             cases[i].at);
    }
}

static void restores(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Asked asked;
    assert_true(ask(&asked, "", arena));
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    vec_push(arena, &plan->excludes, STR("a.b[1]"));
    assert_true(plan_options_restore(&asked.project, plan, &asked.options));
    assert_int_equal(asked.options.excludes.count, 1);
    assert_int_equal(asked.options.excludes.items[0].resource.key.index, 1);
}

static void refreshes(void **) {
    static const struct {
        const char *line;
        bool is_skipped, is_full;
    } cases[] = {
        {"", false, false},
        {"-refresh=false", true, false},
        {"-refresh=full", false, true},
        {"-refresh=full -refresh-only", false, true},
        {"-refresh=full -refresh=true", false, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Asked asked;
        assert_true(ask(&asked, cases[i].line, arena));
        assert_int_equal(asked.options.skip_refresh, cases[i].is_skipped);
        assert_int_equal(asked.options.is_full_refresh, cases[i].is_full);
    }
}

UNIT_MAIN(test_plan_options) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads),
        cmocka_unit_test(refreshes),
        cmocka_unit_test(refuses),
        cmocka_unit_test(restores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
