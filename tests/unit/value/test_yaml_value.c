/* Documents, anchors, merge keys; errors with positions. */
#include "unit.h"

#include "yaml_value.h"

typedef struct YamlCase {
    const char *text;
    const char *outcome; /* the output of value_display; of a rejected document, line:column and the
                            reason */
} YamlCase;

#define BUDGET 100

static bool spend(void *payload, size_t elements) {
    size_t *left = payload;
    if (elements > *left)
        return false;
    *left -= elements;
    return true;
}

static Str read_shown(Str text, Arena *arena) {
    size_t left = BUDGET;
    YamlFailure failure;
    Value value;
    if (yaml_value_read(text, (YamlBudget){spend, &left}, &value, &failure, arena))
        return value_display(value, 0, arena);
    return str_format(arena, "%zu:%zu %.*s", failure.line, failure.column, STR_ARG(failure.what));
}

static void test_yaml_value(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const YamlCase cases[] = {
        {"a: &x [1, yes]\nb: *x", "{a = [1, true], b = [1, true]}"},
        {"a: *x", "1:4 this alias has no anchor before it"},
        {"a: &x [*x]", "1:8 an alias refers to a value that contains the alias"},
        {"<<: {a: 1, b: 3}\na: 2", "{a = 2, b = 3}"},
        {"<<: 1", "1:1 only mappings can be merged with <<"},
        {"<<: [{a: 1, b: 1}, {b: 2, c: 2}]\nc: 3", "{a = 1, b = 2, c = 3}"},
        {"<<: [{a: 1}, 1]", "1:1 only mappings can be merged with <<"},
        {"<<: [{a: 1}, [{b: 2}]]", "{a = 1, b = 2}"},
        {"<<: []\na: 1", "{a = 1}"},
        {"<<: null", "1:1 only mappings can be merged with <<"},
        {"\"<<\": {a: 1}", "{<< = {a = 1}}"},
        {"!!merge x: {a: 1}", "{a = 1}"},
        {"a: 1\n---\nb: 2", "2:1 the text has more than one YAML document"},
        {"", "1:1 the text has no YAML document"},
        {"? [1]\n: 2", "1:3 a key of a mapping must be a string"},
        {"a: !!seq {b: 1}", "1:4 the tag tag:yaml.org,2002:seq does not match this node"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str_at(read_shown(str_from_cstr(cases[i].text), arena),
                     str_from_cstr(cases[i].outcome), cases[i].text, __FILE__, __LINE__);
    assert_true(str_starts_with(read_shown(STR("[1, 2"), arena), STR("2:1 ")));
}

/* Thirty nodes that stand for more than a thousand by aliases. */
static void test_budget(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    check_str(read_shown(STR("a: &a [1,1,1,1,1,1,1,1,1,1]\n"
                             "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                             "c: [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"),
                         arena),
              "0:0 ");
}

/* Returns "LINE: value" for each document, and the error. */
static Str documents_shown(Str text, Arena *arena) {
    size_t left = BUDGET;
    YamlFailure failure;
    YamlDocuments documents;
    StrBuf shown = strbuf_new(arena);
    bool is_good =
        yaml_documents_read(text, (YamlBudget){spend, &left}, &documents, &failure, arena);
    vec_each(&documents, document) {
        strbuf_add_format(&shown, "%s%zu: %.*s", shown.len ? "; " : "", document->line,
                          STR_ARG(value_display(document->root, 0, arena)));
    }
    if (!is_good)
        strbuf_add_format(&shown, "%s%zu:%zu %.*s", shown.len ? "; " : "", failure.line,
                          failure.column, STR_ARG(failure.what));
    return strbuf_str(&shown);
}

static void test_documents(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const YamlCase cases[] = {
        {"", ""},
        {"# a comment\n", ""},
        {"---\n---\n# x\n---\n", ""},
        {"a: 1\n---\nb: 017\n---\n---\nc: on\n...\n", "1: {a = 1}; 2: {b = 15}; 5: {c = true}"},
        {"# x\n\na: 1\n", "3: {a = 1}"},
        {"--- {a: 1}\n--- 2\n", "1: {a = 1}; 2: 2"},
        {"a: &x 1\n---\nb: *x\n", "1: {a = 1}; 3:4 this alias has no anchor before it"},
        {"a: 1\nb:\n  c: 1\n  c: 2\n", "4:3 the key \"c\" is already in this mapping"},
        {"\"a\": 1\na: 2", "2:1 the key \"a\" is already in this mapping"},
        {"1: x\n0x1: y", "2:1 the key \"1\" is already in this mapping"},
        {"on: 1\n1.5: 2\n2001-12-14: 3", "1: {1.5 = 2, 2001-12-14 = 3, true = 1}"},
        {"~: 1", "1:1 a key of a mapping must be a string"},
        {"x: &x {a: 1}\nz: {<<: *x, a: 2}", "1: {x = {a = 1}, z = {a = 2}}"},
        {"x: &x {a: 1}\nz: {a: 2, <<: *x}", "1: {x = {a = 1}, z = {a = 1}}"},
        {"x: &x {a: 1}\nw: &w {a: 3}\nz: {<<: [*x, *w]}",
         "1: {w = {a = 3}, x = {a = 1}, z = {a = 1}}"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str_at(documents_shown(str_from_cstr(cases[i].text), arena),
                     str_from_cstr(cases[i].outcome), cases[i].text, __FILE__, __LINE__);
}

/* The text of a document is its own, whatever counts as the end of a line. */
static void test_document_text(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    YamlFailure failure;
    YamlDocuments documents;
    size_t left = BUDGET;
    Str text = STR("# x\xE2\x80\xA8# x\r\na: \"\xC2\x85\"\n---\r\nb: 2\r---\nc: 3\n");
    assert_true(yaml_documents_read(text, (YamlBudget){spend, &left}, &documents, &failure, arena));
    assert_int_equal(documents.count, 3);
    check_str(documents.items[0].text, "a: \"\xC2\x85\"\n");
    check_str(documents.items[1].text, "---\r\nb: 2\r");
    check_str(documents.items[2].text, "---\nc: 3\n");
}

UNIT_MAIN(test_yaml_value) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_yaml_value), cmocka_unit_test(test_budget),
        cmocka_unit_test(test_documents), cmocka_unit_test(test_document_text)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
