/* Variable files: the same values in each syntax, and errors with positions. */
#include "config_case.h"

#include "vars_file.h"

typedef struct VarsCase {
    const char *name;
    const char *text;
    const char *wanted;
} VarsCase;

static const VarsCase cases[] = {
    {"x.tfvars", "", ""},
    {"x.tfvars", "# c\n// c\n/* c\n */ a = 1 # c\n\nb=\"x\" /* c */\r\nc = [1,\n 2]\n",
     "a=1;b=\"x\";c=[1, 2];"},
    {"x.tfvars", "a = <<EOT\nx\nEOT\nb = {\n  k = true\n}\n", "a=\"x\\n\";b={k = true};"},
    {"x.tfvars", "\xC3\xA9-1 = 1 + 2", "\xC3\xA9-1=3;"},
    {"x.tfvars", "a = b\n", "x.tfvars:1:5 Variables not allowed\n"},
    {"x.tfvars", "a = 1 b = 2\n", NULL},
    {"x.tfvars", "a\n", "x.tfvars:1:1 Argument or block definition required\n"},
    {"x.tfvars", "a {\n}\n", "x.tfvars:1:1 Unexpected \"a\" block\n"},
    {"x.tfvars", "1 = 2\n", "x.tfvars:1:1 Argument or block definition required\n"},
    {"x.tfvars", "a = 1 }\n", NULL},
    {"x.tfvars", "/* a", "x.tfvars:1:1 Argument or block definition required\n"},
    {"x.yaml", "a: ${x}\nb: [1, no]\n", "a=\"$${x}\";b=[1, \"no\"];"},
    {"x.yaml", "a: [\n", "x.yaml:2:1 Invalid YAML syntax\n"},
    {"x.tfvars.json", "{\"a\": \"%{x\"}", "a=\"%%{x\";"},
    {"x", "  {\"a\": 1}", "a=1;"},
    {"x", "a = 1", "a=1;"},
};

static void files(void **) {
    size_t failures = 0;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        VarsFileValues values = {0};
        StrBuf buf = strbuf_new(arena);
        const SourceText *source =
            source_text_new(str_from_cstr(cases[i].name), str_from_cstr(cases[i].text), arena);
        bool ok = vars_file_read(source, &values, arena, &diags);
        assert_int_equal(ok, diags.error_count == 0);
        vec_each(&values, value) {
            strbuf_add_format(&buf, "%.*s=%.*s;", STR_ARG(value->name),
                              STR_ARG(value_display(value->value, 0, arena)));
        }
        Str got = ok ? strbuf_str(&buf) : config_case_text(&diags, arena);
        bool is_wanted = cases[i].wanted ? str_equal_cstr(got, cases[i].wanted) : !ok;
        if (!is_wanted)
            print_error("%s\n  got:    %.*s\n  wanted: %s\n", cases[i].text, STR_ARG(got),
                        cases[i].wanted ? cases[i].wanted : "an error");
        failures += !is_wanted;
    }
    assert_int_equal(failures, 0);
}

UNIT_MAIN(test_vars_file) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(files)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
