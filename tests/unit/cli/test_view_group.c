/* Grouping of similar diagnostics. */
#include "unit.h"

#include "view.h"

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

/* What a view of people would print: summaries, details, and the list of warnings. */
typedef struct Shown {
    StrBuf summaries; /* "SUMMARY+N;" for N similar ones elsewhere */
    StrBuf details;   /* each with "|" behind it */
    StrBuf notes;
} Shown;

static size_t more_of(Str detail) {
    uint64_t more;
    size_t at = str_find(detail, STR("(and "), 0);
    if (at == SIZE_MAX)
        return 0;
    Str rest = str_after(detail, at + strlen("(and "));
    Str number = str_slice(rest, 0, str_find_char(rest, ' ', 0));
    return str_to_uint64(number, &more) ? (size_t)more : 1; /* "(and one more" */
}

static void show(View *view, const Diag *diag) {
    Shown *shown = view->self;
    strbuf_add_format(&shown->summaries, "%.*s+%zu;", STR_ARG(diag->summary),
                      more_of(diag->detail));
    strbuf_add_format(&shown->details, "%.*s|", STR_ARG(diag->detail));
}

static void note(View *view, Str text) {
    Shown *shown = view->self;
    strbuf_add(&shown->notes, text);
}

static const ViewType grouping_view = {.diag = show, .note = note, .groups = true};

static Shown show_all(const Diags *diags, ViewGrouping grouping, size_t from, Arena *arena) {
    Shown shown = {strbuf_new(arena), strbuf_new(arena), strbuf_new(arena)};
    Cli cli = {.arena = arena};
    View view = {
        .type = &grouping_view, .cli = &cli, .self = &shown, .shown = from, .grouping = grouping};
    view_show_diags(&view, diags);
    return shown;
}

static void groups(void **) {
    static const struct {
        DiagSeverity severity;
        ViewGrouping grouping;
        const char *wanted;
    } cases[] = {
        {DIAG_WARNING, {0}, "Same+0;Same+0;Same+0;Same+0;Other+0;"},
        {DIAG_WARNING, {.consolidates_warnings = true}, "Same+2;Same+0;Other+0;"},
        {DIAG_WARNING, {.consolidates_errors = true}, "Same+0;Same+0;Same+0;Same+0;Other+0;"},
        {DIAG_ERROR, {.consolidates_warnings = true}, "Same+0;Same+0;Same+0;Same+0;Other+0;"},
        {DIAG_ERROR, {.consolidates_errors = true}, "Same+2;Same+0;Other+0;"},
        {DIAG_WARNING, {.hides_deprecations = true}, "Same+0;Same+0;Other+0;"},
        {DIAG_WARNING, {.hides_remote_deprecations = true}, "Same+0;Same+0;Same+0;Other+0;"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = some(cases[i].severity, arena);
        Shown shown = show_all(&diags, cases[i].grouping, 0, arena);
        if (!str_equal_cstr(strbuf_str(&shown.summaries), cases[i].wanted))
            print_error("case %zu\n", i);
        check_str(strbuf_str(&shown.summaries), cases[i].wanted);
        check_str(strbuf_str(&shown.notes), "");
    }
}

/* Failed assertions of check blocks have one summary, but each its own message. */
static void shows_each_check(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = some(DIAG_WARNING, arena);
    diags.items[1].checked = STR("check.a");
    diags.items[2].checked = STR("module.m.check.b");
    Shown shown = show_all(&diags, (ViewGrouping){.consolidates_warnings = true}, 0, arena);
    check_str(strbuf_str(&shown.summaries), "Same+0;Same+0;Same+0;Same+0;Other+0;");
}

static void mentions_similar_ones(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ViewGrouping grouping = {.consolidates_warnings = true};
    Diags diags = some(DIAG_WARNING, arena);
    Shown shown = show_all(&diags, grouping, 1, arena); /* the first was shown before */
    check_str(strbuf_str(&shown.details),
              "Detail 1.\n\n(and one more similar warning elsewhere)|Of nowhere.||");
    check_str(diags.items[1].detail, "Detail 1.");
    (void)diags_warning(&diags, diags.items[5].range, "Third", "%s", "");
    shown = show_all(&diags, grouping, 0, arena);
    check_str(strbuf_str(&shown.details),
              "Detail 0.\n\n(and 2 more similar warnings elsewhere)|Of nowhere.|||");
    grouping.compacts_warnings = true;
    shown = show_all(&diags, grouping, 0, arena);
    check_str(strbuf_str(&shown.summaries), "");
    check_str(strbuf_str(&shown.notes),
              "\nWarnings:\n\n- Same\n  on main.tf line 1 (and 2 more)\n- Same\n- Other\n"
              "  on main.tf line 1\n- Third\n  on main.tf line 1\n\nTo see the full warning notes, "
              "run loam without -compact-warnings.");
}

static void has_no_list_without_warnings(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags none = diags_new(arena);
    Shown shown = show_all(&none, (ViewGrouping){.compacts_warnings = true}, 0, arena);
    check_str(strbuf_str(&shown.notes), "");
}

UNIT_MAIN(test_view_group) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups),
        cmocka_unit_test(shows_each_check),
        cmocka_unit_test(mentions_similar_ones),
        cmocka_unit_test(has_no_list_without_warnings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
