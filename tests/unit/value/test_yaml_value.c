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

static void test_yaml_value(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    static const YamlCase cases[] = {
        {"a: &x [1, yes]\nb: *x",  "{a = [1, true], b = [1, true]}"                            },
        {"a: *x",                  "1:4 this alias has no anchor before it"                    },
        {"a: &x [*x]",             "1:8 an alias refers to a value that contains the alias"    },
        {"<<: {a: 1, b: 3}\na: 2", "{a = 2, b = 3}"                                            },
        {"<<: 1",                  "1:1 only mappings can be merged with <<"                   },
        {"a: 1\n---\nb: 2",        "2:1 the text has more than one YAML document"              },
        {"",                       "1:1 the text has no YAML document"                         },
        {"? [1]\n: 2",             "1:3 a key of a mapping must be a string"                   },
        {"a: !!seq {b: 1}",        "1:4 the tag tag:yaml.org,2002:seq does not match this node"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str_at(read_shown(str_from_cstr(cases[i].text), arena),
                     str_from_cstr(cases[i].outcome), cases[i].text, __FILE__, __LINE__);
    assert_true(str_starts_with(read_shown(STR("[1, 2"), arena), STR("2:1 ")));
}

/* Thirty nodes that stand for more than a thousand by aliases. */
static void test_budget(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    check_str(read_shown(STR("a: &a [1,1,1,1,1,1,1,1,1,1]\n"
                             "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                             "c: [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"),
                         arena),
              "0:0 ");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_yaml_value),
                                       cmocka_unit_test(test_budget)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
