/* The options common to plan, apply and destroy → PlanOptions. */
#include "plan_options.h"
#include "project.h"
#include "unit.h"

static const OptionGroup *const groups[] = {&option_operation, &option_state, NULL};

typedef struct Asked {
    Cli cli;
    Arguments arguments;
    Diags diags;
    Project project;
    PlanOptions options;
} Asked;

/* Fills `asked` in place, because the project points into it. */
static bool ask(Asked *asked, const char *line, Arena *arena) {
    StrVec words = {0};
    *asked = (Asked){.cli = {.arena = arena}, .diags = diags_new(arena)};
    assert_true(option_split_words(str_from_cstr(line), &words, arena));
    assert_true(option_parse(groups, &words, &asked->arguments, arena, &asked->diags));
    asked->project.cli = &asked->cli;
    asked->project.arguments = &asked->arguments;
    asked->project.diags = &asked->diags;
    return plan_options_read(&asked->project, &asked->options);
}

static void test_modes(void **) {
    static const struct {
        const char *line;
        PlanMode mode;
        bool skip_refresh;
    } cases[] = {
        {"", PLAN_NORMAL, false},
        {"-destroy", PLAN_DESTROY, false},
        {"-destroy=false", PLAN_NORMAL, false},
        {"-refresh-only", PLAN_REFRESH_ONLY, false},
        {"-refresh=false", PLAN_NORMAL, true},
        {"-destroy -refresh=false", PLAN_DESTROY, true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Asked asked;
        assert_true(ask(&asked, cases[i].line, arena));
        assert_int_equal(asked.options.mode, cases[i].mode);
        assert_int_equal(asked.options.skip_refresh, cases[i].skip_refresh);
    }
}

static void test_refused(void **) {
    static const struct {
        const char *line, *summary;
    } cases[] = {
        {"-destroy -refresh-only", "Incompatible plan mode options"},
        {"-refresh-only -refresh=false", "Incompatible refresh options"},
        {"-replace=module.m", "Invalid address to force replacement"},
        {"-replace=data.local_file.a", "Invalid address to force replacement"},
        {"-replace='not one'", "Invalid address to force replacement"},
        {"-target=a.b[", "Invalid address"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Asked asked;
        if (ask(&asked, cases[i].line, arena))
            fail_msg("%s was taken", cases[i].line);
        assert_int_equal(asked.diags.error_count, 1);
        check_str(asked.diags.items[0].summary, cases[i].summary);
    }
}

static void test_addresses(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Asked asked;
    assert_true(ask(&asked, "-target=module.m -replace='a.b[\"k\"]' -target=a.b", arena));
    assert_int_equal(asked.options.targets.count, 2);
    assert_false(asked.options.targets.items[0].is_resource);
    assert_true(asked.options.targets.items[1].is_resource);
    check_str(asked.options.target_texts.items[0], "module.m");
    assert_int_equal(asked.options.replace.count, 1);
    check_str(resource_addr_to_str(asked.options.replace.items[0], arena), "a.b[\"k\"]");
}

UNIT_MAIN(test_project) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_modes),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
