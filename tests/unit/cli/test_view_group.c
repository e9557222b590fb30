/* Grouping of similar diagnostics. */
#include "unit.h"

#include "view_group.h"

static const SourceText *file_of(const char *path, Arena *arena) {
    return source_text_new(str_from_cstr(path), STR("one\ntwo\nthree\n"), arena);
}

/* Three warnings with one summary in a file, one without a range, and the same two again. */
static Diags some(DiagSeverity severity, Arena *arena) {
    Diags diags = diags_new(arena);
    const SourceText *main = file_of("main.tf", arena);
    for (uint32_t i = 0; i < 3; i++) {
        SourceRange range = {main, i * 4, i * 4 + 3};
        Diag *diag = severity == DIAG_ERROR ? diags_error(&diags, range, "Same", "Detail %u.", i)
                                            : diags_warning(&diags, range, "Same", "Detail %u.", i);
        diag->is_deprecation = i > 0;
        diag->is_remote = i == 1;
    }
    (void)diags_warning(&diags, NO_RANGE, "Same", "Of nowhere.");
    (void)diags_warning(&diags, NO_RANGE, "Same", "Of nowhere.");
    (void)diags_warning(&diags, (SourceRange){main, 0, 3}, "Other", "%s", "");
    return diags;
}

static Str text_of(const ViewGroups *groups, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    vec_each(groups, group) {
        strbuf_add_format(&out, "%.*s+%zu;", STR_ARG(group->diag.summary), group->more);
    }
    return strbuf_str(&out);
}

static void groups(void **state) {
    static const struct {
        DiagSeverity severity;
        ViewGrouping grouping;
        const char *wanted;
    } cases[] = {
        {DIAG_WARNING, {0},                                 "Same+0;Same+0;Same+0;Same+0;Other+0;"},
        {DIAG_WARNING, {.consolidates_warnings = true},     "Same+2;Same+0;Other+0;"              },
        {DIAG_WARNING, {.consolidates_errors = true},       "Same+0;Same+0;Same+0;Same+0;Other+0;"},
        {DIAG_ERROR,   {.consolidates_warnings = true},     "Same+0;Same+0;Same+0;Same+0;Other+0;"},
        {DIAG_ERROR,   {.consolidates_errors = true},       "Same+2;Same+0;Other+0;"              },
        {DIAG_WARNING, {.hides_deprecations = true},        "Same+0;Same+0;Other+0;"              },
        {DIAG_WARNING, {.hides_remote_deprecations = true}, "Same+0;Same+0;Same+0;Other+0;"       },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = some(cases[i].severity, arena);
        ViewGroups got = {0};
        view_group_collect(&diags, 0, &cases[i].grouping, &got, arena);
        if (!str_equal_cstr(text_of(&got, arena), cases[i].wanted))
            print_error("case %zu\n", i);
        check_str(text_of(&got, arena), cases[i].wanted);
    }
}

static void mentions_similar_ones(void **state) {
    SCOPED(ArenaRef) arena = arena_open("test");
    (void)state;
    ViewGrouping grouping = {.consolidates_warnings = true};
    Diags diags = some(DIAG_WARNING, arena);
    ViewGroups got = {0};
    view_group_collect(&diags, 1, &grouping, &got, arena); /* the first was shown before */
    check_str(got.items[0].diag.detail, "Detail 1.\n\n(and one more similar warning elsewhere)");
    check_str(diags.items[1].detail, "Detail 1.");
    (void)diags_warning(&diags, diags.items[5].range, "Third", "%s", "");
    got = (ViewGroups){0};
    view_group_collect(&diags, 0, &grouping, &got, arena);
    check_str(got.items[0].diag.detail, "Detail 0.\n\n(and 2 more similar warnings elsewhere)");
    check_str(view_group_summaries(&got, STR("loam"), arena),
              "\nWarnings:\n\n- Same\n  on main.tf line 1 (and 2 more)\n- Same\n- Other\n"
              "  on main.tf line 1\n- Third\n  on main.tf line 1\n\nTo see the full warning notes, "
              "run loam without -compact-warnings.\n");
}

static void has_no_list_without_warnings(void **state) {
    SCOPED(ArenaRef) arena = arena_open("test");
    (void)state;
    ViewGroups none = {0};
    check_str(view_group_summaries(&none, STR("loam"), arena), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups),
        cmocka_unit_test(mentions_similar_ones),
        cmocka_unit_test(has_no_list_without_warnings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
