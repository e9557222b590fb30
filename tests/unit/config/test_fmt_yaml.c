/* Formatting changes only template sequences, and only where the scalar's style allows it. */
#include "fmt_yaml.h"

#include "unit.h"

typedef struct YamlCase {
    const char *text;
    const char *laid_out; /* NULL: unchanged */
} YamlCase;

static const YamlCase cases[] = {
    {"", NULL},
    {"# ${ a }\na:   1 # ${ b }\n", NULL},
    {"a: ${ b }   # c\n", "a: ${b}   # c\n"},
    {"a: \"x ${ b+c } y\"\n", "a: \"x ${b + c} y\"\n"},
    {"a: \"${ b [ \\\"c\\\" ] }\"\n", "a: \"${b[\\\"c\\\"]}\"\n"},
    {"a: \"${ f(\\\"\\\\n\\\") } \\t\"\n", "a: \"${f(\\\"\\\\n\\\")} \\t\"\n"},
    {"a: '${ b [\"it''s\"] }'\n", "a: '${b[\"it''s\"]}'\n"},
    {"a: [ \"${ b }\", '${ c }' ]\n", "a: [ \"${b}\", '${c}' ]\n"},
    {"a: &x !!str \"${ b }\"\nc: *x\n", "a: &x !!str \"${b}\"\nc: *x\n"},
    {"\xef\xbb\xbf\xc3\xa9: \xc3\xa9${ b }\r\n", "\xef\xbb\xbf\xc3\xa9: \xc3\xa9${b}\r\n"},
    {"a: |\n  x ${ b }\n  $${ c } %%{ d }\n", "a: |\n  x ${b}\n  $${ c } %%{ d }\n"},
    {"a: |\n    ${f({\n     b=1\n    # c\n        })} ${ d }\n",
     "a: |\n    ${f({\n      b = 1\n      # c\n    })} ${d}\n"},
    {"a: >-\n  x ${ b }\n  y\n", "a: >-\n  x ${b}\n  y\n"},
    /* A colon followed by a blank would turn the text into a key. */
    {"a: ${b?c:d}\n", NULL},
    {"a: \"${b?c:d}\"\n", "a: \"${b ? c : d}\"\n"},
    /* Folded lines, escapes that cannot be restored, heredocs, text without a sequence. */
    {"a: >-\n  x ${ b +\n  c }\n", NULL},
    {"a: \"${ b\n  + c }\"\n", NULL},
    {"a: \"${ f(\\x22b\\x22) }\"\n", NULL},
    {"a: |\n  ${ <<E\n  b\n  E\n  }\n", NULL},
    {"a: |\n  ${ b\n", NULL},
};

static Str laid_out(Str text, Arena *arena) {
    Diags diags = diags_new(arena);
    Str out = STR_EMPTY;
    if (!fmt_yaml(source_text_new(STR("f"), text, arena), &out, arena, &diags))
        print_error("refused: %.*s\n", STR_ARG(text));
    assert_false(diags_has_errors(&diags));
    return out;
}

static void test_scalars(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const YamlCase *c = &cases[i];
        Str once = laid_out(str_from_cstr(c->text), arena);
        check_str(once, c->laid_out ? c->laid_out : c->text);
        check_str_equal(laid_out(once, arena), once);
    }
}

static void test_refusal(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    Str out;
    const SourceText *source = source_text_new(STR("f"), STR("a: [\n"), arena);
    assert_false(fmt_yaml(source, &out, arena, &diags));
    check_str(diags.items[0].summary, "Invalid YAML syntax");
}

UNIT_MAIN(test_fmt_yaml) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scalars),
        cmocka_unit_test(test_refusal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
