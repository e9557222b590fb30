/* Behaviour common to all views, and the diagnostic as JSON. */
#include "unit.h"

#include "view.h"
#include "view_diag.h"

typedef struct Shown {
    StrBuf text;
    bool finished;
} Shown;

static void show(View *view, const Diag *diag) {
    Shown *shown = view->self;
    strbuf_add_format(&shown->text, "%.*s %.*s;", STR_ARG(diag->summary), STR_ARG(diag->address));
}

static void finish(View *view, const Diags *) {
    Shown *shown = view->self;
    shown->finished = true;
}

static const ViewType listing = {.diag = show, .finish = finish};

static void add(Diags *diags, const char *summary, const char *address) {
    Diag *diag = diags_error(diags, NO_RANGE, summary, "Detail.");
    diag->address = str_from_cstr(address);
}

/* Each diagnostic is shown once: repetitions and those shown before a question are skipped. */
static void test_shown_once(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Shown shown = {.text = strbuf_new(arena)};
    Cli cli = {0};
    View view = {.type = &listing, .cli = &cli, .self = &shown};
    Diags diags = diags_new(arena);
    add(&diags, "one", "a");
    add(&diags, "one", "a");
    add(&diags, "one", "b");
    view_show_diags(&view, &diags);
    check_str(strbuf_str(&shown.text), "one a;one b;");
    assert_false(shown.finished);
    add(&diags, "two", "a");
    add(&diags, "one", "b");
    view_finish(&view, &diags);
    check_str(strbuf_str(&shown.text), "one a;one b;two a;");
    assert_true(shown.finished);
}

static void test_count(void **) {
    static const struct {
        Action action;
        PlanCounts wanted;
    } cases[] = {
        {ACTION_CREATE, {.create = 1}}, {ACTION_UPDATE, {.update = 1}},
        {ACTION_DELETE, {.delete = 1}}, {ACTION_READ, {.read = 1}},
        {ACTION_FORGET, {.forget = 1}}, {ACTION_NO_OP, {0}},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        View view = {.type = &listing};
        view_count(&view, cases[i].action);
        assert_memory_equal(&view.done, &cases[i].wanted, sizeof view.done);
    }
}

static void test_json(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    const SourceText *source = source_text_new(STR("f.yaml"), STR("grüße: 1\nb: \"x\"\n"), arena);
    Diags diags = diags_new(arena);
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    Diag *diag = diags_warning(&diags, (SourceRange){source, 14, 17}, "Sum", "Text.");
    diag->address = STR("a.b");
    diags_add_value(&diags, diag, STR("var.x"), STR("is 1"));
    json_writer_init(&writer, &text, 0);
    view_diag_write_json(&diags.items[0], NULL, &writer);
    check_str(
        strbuf_str(&text),
        "{\"severity\":\"warning\",\"summary\":\"Sum\",\"detail\":\"Text.\",\"address\":\"a.b\","
        "\"range\":{\"filename\":\"f.yaml\",\"start\":{\"line\":2,\"column\":4,\"byte\":14},"
        "\"end\":{\"line\":2,\"column\":7,\"byte\":17}},"
        "\"snippet\":{\"context\":null,\"code\":\"b: \\\"x\\\"\",\"start_line\":2,"
        "\"highlight_start_offset\":3,\"highlight_end_offset\":6,"
        "\"values\":[{\"traversal\":\"var.x\",\"statement\":\"is 1\"}]}}");
}

/* A range at the end of a file, and an empty range. */
static void test_json_edges(void **) {
    static const struct {
        const char *text;
        uint32_t start, end;
        const char *wanted;
    } cases[] = {
        {"ab", 2, 2, "\"highlight_start_offset\":2,\"highlight_end_offset\":2"},
        {"ab", 1, 1, "\"highlight_start_offset\":1,\"highlight_end_offset\":2"},
        {"", 0, 0, "\"highlight_start_offset\":0,\"highlight_end_offset\":0"},
        {"a\nb", 0, 3, "\"code\":\"a\\nb\""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        const SourceText *source = source_text_new(STR("f"), str_from_cstr(cases[i].text), arena);
        Diags diags = diags_new(arena);
        StrBuf text = strbuf_new(arena);
        JsonWriter writer;
        diags_error(&diags, (SourceRange){source, cases[i].start, cases[i].end}, "Sum", "Text.");
        json_writer_init(&writer, &text, 0);
        view_diag_write_json(&diags.items[0], NULL, &writer);
        if (str_find(strbuf_str(&text), str_from_cstr(cases[i].wanted), 0) == SIZE_MAX)
            fail_msg("case %zu: %.*s", i, STR_ARG(strbuf_str(&text)));
    }
}

static Str block_of(const void *tree, uint32_t offset, Arena *arena) {
    return str_format(arena, "%s%u", (const char *)tree, offset);
}

static bool run_nothing(FunctionCall *call, Value *out, Str *) {
    *out = call->arguments[0];
    return true;
}

static const Function cut = {
    .name = "cut",
    PARAMETERS({"text", &TYPE_STRING, PARAMETER_NULL, "Not shown."}),
    VARIADIC({"more", &TYPE_NUMBER}),
    .type = &TYPE_LIST_OF_STRING,
    .run = run_nothing,
    .description = "Cuts.",
};

/* The enclosing block and the failed function call; no call for an unknown function. */
static void test_json_origin(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    const SourceText *source = source_text_new(STR("f"), STR("abc"), arena);
    const FunctionFamily family = {&cut, 1};
    const FunctionTable *functions = function_table_new(&family, 1, arena);
    Diags diags = diags_new(arena);
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    source_text_set_outline(source, block_of, "block");
    diags_error(&diags, (SourceRange){source, 1, 2}, "Sum", "Text.")->called = STR("core::cut");
    diags_error(&diags, (SourceRange){source, 1, 2}, "Sum", "Text.")->called = STR("none");
    json_writer_init(&writer, &text, 0);
    json_array_start(&writer);
    view_diag_write_json(&diags.items[0], functions, &writer);
    view_diag_write_json(&diags.items[1], functions, &writer);
    Str all = strbuf_str(&text);
    assert_true(str_find(all, STR("\"context\":\"block0\""), 0) != SIZE_MAX);
    assert_true(
        str_find(all,
                 STR("\"values\":[],\"function_call\":{\"called_as\":\"core::cut\",\"signature\":{"
                     "\"name\":\"cut\",\"params\":[{\"name\":\"text\",\"type\":\"string\"}],"
                     "\"variadic_param\":{\"name\":\"more\",\"type\":\"number\"},"
                     "\"return_type\":[\"list\",\"string\"]}}"),
                 0) != SIZE_MAX);
    Str called = STR("function_call");
    assert_true(str_find(all, called, str_find(all, called, 0) + 1) == SIZE_MAX);
}

UNIT_MAIN(test_view) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shown_once),  cmocka_unit_test(test_count),
        cmocka_unit_test(test_json),        cmocka_unit_test(test_json_edges),
        cmocka_unit_test(test_json_origin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
