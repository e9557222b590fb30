/* Invalid JSON files: errors for people and for programs, and the members that are still read. */
#include "body_node.h"

#include "unit.h"

static void show_place(StrBuf *buf, SourceRange range) {
    SourcePos at = source_text_position(range.source, range.start);
    strbuf_add_format(buf, "%u:%u ", at.line, at.column);
}

/* "LINE:COLUMN [(LINE:COLUMN elsewhere)] summary; ". */
static Str describe(const Diags *diags, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    vec_each(diags, diag) {
        show_place(&buf, diag->range);
        if (diag->noticed.start != diag->range.start) {
            strbuf_add_cstr(&buf, "> ");
            show_place(&buf, diag->noticed);
        }
        strbuf_add_format(&buf, "%.*s; ", STR_ARG(diag->summary));
    }
    return strbuf_str(&buf);
}

static const BodyNode *recover(const char *text, Arena *arena, Diags *diags) {
    return body_json_read(source_text_new(STR("f"), str_from_cstr(text), arena), arena, diags);
}

static void mistakes(void **) {
    static const struct {
        const char *text;
        const char *wanted;
    } cases[] = {
        {"", "1:1 Missing value; "},
        {" \n ", "2:2 Missing value; "},
        {"{} x", "1:4 Text after the value; "},
        {"{}}", "1:3 Text after the value; "},
        {"{", "1:2 Missing value; 1:2 Invalid member name; "},
        {"[", "1:2 Missing value; 1:1 Unclosed array; "},
        {"}", "1:1 Missing value; "},
        {"{\"a\":1", "1:1 Unclosed object; "},
        {"{\"a\":[1,2}", "1:10 > 1:11 Mismatched brace; 1:1 Unclosed object; "},
        {"{\"a\":1,}", "1:7 Trailing comma in object; "},
        {"[1,]", "1:3 Trailing comma in array; "},
        {"[1,,2]", "1:4 Invalid start of value; "},
        {"{\"a\":1,,\"b\":2}", "1:8 Invalid start of value; 1:8 Invalid member name; "},
        {"{\"a\":{\"b\":1 \"c\":2},\"d\":01}",
         "1:13 > 1:19 Missing comma; 1:24 Invalid JSON number; "},
        {"{\"a\":1\n\"b\":{\"c\":2},\n\"d\":3}", "2:1 > 2:12 Missing comma; "},
        {"[[1 2],3 4]", "1:5 > 1:7 Missing comma; 1:10 > 1:12 Missing comma; "},
        {"[1:2,3]", "1:3 > 1:8 Invalid array item; "},
        {"{\"a\" 1}", "1:6 Missing colon; "},
        {"{\"a\"=1}", "1:5 Missing colon; "},
        {"{\"a\"}", "1:5 Missing colon; "},
        {"{\"a\":{\"b\":1],\"c\":2}", "1:12 > 1:13 Mismatched bracket; "},
        {"{a:1}", "1:2 Invalid JSON keyword; 1:2 Invalid member name; "},
        {"{1:1}", "1:2 Invalid member name; "},
        {"[tru,True,nil]",
         "1:2 Invalid JSON keyword; 1:6 Invalid JSON keyword; 1:11 Invalid JSON keyword; "},
        {"[-,1.,.5,+1,1e,--1,1-1]",
         "1:2 Invalid JSON number; 1:4 Invalid JSON number; 1:7 Invalid JSON number; "
         "1:10 Invalid JSON number; 1:13 Invalid JSON number; 1:16 Invalid JSON number; "
         "1:20 Invalid JSON number; "},
        {"[\"x\\q\",\"\\u12\"]",
         "1:5 > 1:6 Invalid JSON string; 1:13 > 1:14 Invalid JSON string; "},
        {"{\"a\":\"x\n}", "1:6 > 1:8 Invalid JSON string; "},
        {"{\"a\":'x'}", "1:6 Invalid start of value; 1:6 > 1:7 Missing comma; "},
        {"{\"a\":1 // b\n}", "1:8 > 1:9 Missing comma; "},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        (void)recover(cases[i].text, arena, &diags);
        Str got = describe(&diags, arena);
        if (!str_equal_cstr(got, cases[i].wanted))
            fail_msg("%s\n  got:    %.*s\n  wanted: %s", cases[i].text, STR_ARG(got),
                     cases[i].wanted);
    }
}

/* One letter per kind; members and items in their brackets. */
static void show(StrBuf *buf, const BodyNode *node) {
    static const char letters[] = "0bns[{!";
    strbuf_add_char(buf, letters[node->kind]);
    if (node->kind == BODY_NODE_OBJECT)
        vec_each(&node->members, member) {
            show(buf, member->value);
        }
    for (size_t i = 0; node->kind == BODY_NODE_ARRAY && i < node->items.count; i++)
        show(buf, node->items.items[i]);
    if (node->kind == BODY_NODE_OBJECT || node->kind == BODY_NODE_ARRAY)
        strbuf_add_char(buf, node->kind == BODY_NODE_OBJECT ? '}' : ']');
}

static void leftovers(void **) {
    static const char *const cases[][2] = {
        {"{\"a\":{\"b\":1,},\"c\":[null,true,\"x\"]}", "{!}"},
        {"{\"a\":{\"b\":1],\"c\":[null,true,\"x\"]}", "{![0bs]}"},
        {"{\"a\":[1 2],\"c\":{\"d\":nope,\"e\":5}}", "{!{!n}}"},
        {"{\"a\":1,}", "!"},
        {"{\"a\":1} {}", "{n}"},
        {"[x,1]", "[!n]"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        StrBuf buf = strbuf_new(arena);
        show(&buf, recover(cases[i][0], arena, &diags));
        check_str(strbuf_str(&buf), cases[i][1]);
    }
}

/* One error, not one for each bracket. */
static void depth(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    char text[10001];
    memset(text, '[', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    (void)recover(text, arena, &diags);
    check_str(describe(&diags, arena), "1:257 Too deep JSON document; ");
    diags = diags_new(arena);
    text[256] = '1';
    memset(&text[257], ']', 256);
    text[513] = '\0';
    (void)recover(text, arena, &diags);
    check_str(describe(&diags, arena), "");
}

UNIT_MAIN(test_body_json) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes),
        cmocka_unit_test(leftovers),
        cmocka_unit_test(depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
