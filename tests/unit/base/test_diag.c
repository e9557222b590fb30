/* Diagnostics are collected, copied and completed; the sink accepts them from many threads. */
#include "unit.h"

#include "diag.h"
#include "thread.h"

static void collects(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    diags_warning(&diags, NO_RANGE, "Careful", "");
    assert_false(diags_has_errors(&diags));
    Diag *diag = diags_error(&diags, NO_RANGE, "Unsupported argument", "No \"%s\" here.", "x");
    diags_add_value(&diags, diag, STR("var.x"), STR("is 1"));
    assert_true(diags_has_errors(&diags));
    assert_int_equal(diags.count, 2);
    assert_int_equal(diags.error_count, 1);
    assert_false(diags_fail(&diags, NO_RANGE, "Missing argument", "\"%s\" is required.", "y"));
    assert_int_equal(diags.error_count, 2);
    check_str(diags.items[2].detail, "\"y\" is required.");
    check_str(diags.items[1].summary, "Unsupported argument");
    check_str(diags.items[1].detail, "No \"x\" here.");
    check_str(diags.items[1].values.items[0].statement, "is 1");
}

static void copies_outlive_the_original(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Arena *scratch = arena_open("scratch");
    Diags from = diags_new(scratch);
    Diag *diag = diags_error(&from, NO_RANGE, "A", "detail %d", 1);
    diag->address = str_clone(STR("a.b"), scratch);
    diag->path = str_clone(STR(".disk[0]"), scratch);
    diags_add_value(&from, diag, STR("var.x"), STR("is 1"));
    Diags into = diags_new(arena);
    diags_append(&into, &from);
    arena_close(scratch);
    check_str(into.items[0].address, "a.b");
    check_str(into.items[0].path, ".disk[0]");
    check_str(into.items[0].values.items[0].traversal, "var.x");
    diags_append(&into, &into);
    assert_int_equal(into.count, 2);
    assert_int_equal(into.error_count, 2);
    check_str(into.items[1].detail, "detail 1");
}

static void fills_in_missing_members(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    SourceText source = {.path = STR("f")};
    SourceText other = {.path = STR("g")};
    Diags diags = diags_new(arena);
    diags_error(&diags, NO_RANGE, "before", "");
    diags_error(&diags, NO_RANGE, "first", "");
    diags_error(&diags, (SourceRange){&other, 1, 2}, "second", "")->address = STR("own");
    diags_set_address(&diags, 1, STR("a.b"));
    diags_set_range(&diags, 1, (SourceRange){&source, 3, 4});
    check_str(diags.items[0].address, "");
    check_str(diags.items[1].address, "a.b");
    check_str(diags.items[2].address, "own");
    assert_null(diags.items[0].range.source);
    assert_ptr_equal(diags.items[1].range.source, &source);
    assert_ptr_equal(diags.items[2].range.source, &other);
}

static void write_some(void *payload) {
    DiagsSink *sink = payload;
    for (int i = 0; i < 200; i++) {
        SCOPED(ArenaRef) arena = arena_open("writer");
        Diags diags = diags_new(arena);
        diags_error(&diags, NO_RANGE, "E", "number %d", i);
        diags_warning(&diags, NO_RANGE, "W", "");
        diags_sink_append(sink, &diags);
    }
}

static void sink_takes_from_many(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    DiagsSink *sink = diags_sink_new(arena);
    Thread *threads[4];
    for (size_t i = 0; i < ARRAY_COUNT(threads); i++) {
        threads[i] = thread_start(THREAD_ATTEMPT, write_some, sink);
        assert_non_null(threads[i]);
    }
    for (size_t i = 0; i < ARRAY_COUNT(threads); i++)
        thread_join(threads[i]);
    assert_int_equal(diags_sink_diags(sink)->count, 1600);
    assert_int_equal(diags_sink_diags(sink)->error_count, 800);
    diags_sink_close(sink);
}

/* At most a thousand of each severity are kept; the last of them says that there were more. */
static void many_are_counted_but_not_kept(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    for (int i = 0; i < 3000; i++)
        diags_add_value(&diags, diags_warning(&diags, NO_RANGE, "W", "number %d", i), STR("var.x"),
                        STR("is 1"));
    for (int i = 0; i < 5000; i++)
        diags_error(&diags, NO_RANGE, "E", "number %d", i)->address = STR("a.b");
    assert_int_equal(diags.error_count, 5000);
    assert_int_equal(diags.count, 2 * DIAGS_SHOWN_MAX);
    check_str(diags.items[DIAGS_SHOWN_MAX - 2].detail, "number 998");
    check_str(diags.items[DIAGS_SHOWN_MAX - 1].summary, "Too many warnings");
    check_str(diags.items[DIAGS_SHOWN_MAX].detail, "number 0");
    check_str(diags.items[2 * DIAGS_SHOWN_MAX - 1].summary, "Too many errors");
}

static void long_texts_are_cut(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    StrBuf text = strbuf_new(arena);
    strbuf_add_char(&text, 'x');
    for (size_t i = 0; i < DIAG_TEXT_MAX; i++)
        strbuf_add(&text, STR("ä"));
    Diag *diag = diags_error(&diags, NO_RANGE, "E", "%.*s", STR_ARG(strbuf_str(&text)));
    diags_add_value(&diags, diag, STR("var.x"), strbuf_str(&text));
    assert_int_equal(diag->detail.len, DIAG_TEXT_MAX - 1 + strlen("…"));
    check_str(str_after(diag->detail, diag->detail.len - strlen("ä…")), "ä…");
    assert_int_equal(diag->values.items[0].statement.len, diag->detail.len);
}

/* The status of errors of these classes, in this order. */
static int status_of(const DiagClass *classes, size_t count) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena), copies = diags_new(arena);
    for (size_t i = 0; i < count; i++)
        diags_error(diags_as(classes[i], &diags), NO_RANGE, "s", "d");
    diags_warning(diags_as(DIAG_DENIED, &diags), NO_RANGE, "s", "d");
    diags_append(&copies, &diags);
    assert_int_equal(diags_exit_status(&copies), diags_exit_status(&diags));
    return diags_exit_status(&diags);
}

static void classes_have_statuses(void **) {
    static const struct {
        DiagClass classes[3];
        size_t count;
        int status;
    } rows[] = {
        {{0}, 0, 1},
        {{DIAG_OTHER}, 1, 1},
        {{DIAG_UNREACHABLE, DIAG_UNREACHABLE}, 2, 75},
        {{DIAG_UNREACHABLE, DIAG_OTHER}, 2, 1},
        {{DIAG_OTHER, DIAG_UNREACHABLE}, 2, 1},
        {{DIAG_MISMATCH, DIAG_OTHER}, 2, 65},
        {{DIAG_STALE, DIAG_MISMATCH, DIAG_UNREACHABLE}, 3, 66},
        {{DIAG_DENIED, DIAG_STALE, DIAG_OTHER}, 3, 77},
        {{DIAG_OTHER, DIAG_IN_DOUBT, DIAG_DENIED}, 3, 78},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        assert_int_equal(status_of(rows[i].classes, rows[i].count), rows[i].status);
}

/* A class is that of one error; what results from another error does not count. */
static void classes_end(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    assert_false(diags_fail(diags_as(DIAG_STALE, &diags), NO_RANGE, "s", "d"));
    diags_error(&diags, NO_RANGE, "s", "d");
    assert_int_equal(diags.items[0].class, DIAG_STALE);
    assert_int_equal(diags.items[1].class, DIAG_OTHER);
    diags_error(diags_as(DIAG_IN_DOUBT, &diags), NO_RANGE, "s", "d")->follows = true;
    assert_int_equal(diags_exit_status(&diags), 66);
}

static void reasons_have_classes(void **) {
    static const struct {
        const char *reason;
        DiagClass class;
    } rows[] = {
        {"connection refused", DIAG_UNREACHABLE},
        {"HTTP status 503", DIAG_UNREACHABLE},
        {"Operation timed out", DIAG_UNREACHABLE},
        {"HTTP status 403", DIAG_DENIED},
        {"403 AccessDenied", DIAG_DENIED},
        {"permission denied", DIAG_DENIED},
        {"HTTP status 404", DIAG_MISMATCH},
        {"it is damaged", DIAG_MISMATCH},
        {"port 34011", DIAG_MISMATCH},
        {"port 34011: 401", DIAG_DENIED},
        {"no connection to :34031", DIAG_UNREACHABLE},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        assert_int_equal(diag_class_of(str_from_cstr(rows[i].reason), DIAG_MISMATCH),
                         rows[i].class);
}

UNIT_MAIN(test_diag) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(collects),
        cmocka_unit_test(copies_outlive_the_original),
        cmocka_unit_test(fills_in_missing_members),
        cmocka_unit_test(sink_takes_from_many),
        cmocka_unit_test(many_are_counted_but_not_kept),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(classes_have_statuses),
        cmocka_unit_test(classes_end),
        cmocka_unit_test(reasons_have_classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
