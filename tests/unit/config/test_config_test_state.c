/* state_key, skip_cleanup and backend blocks of runs. */
#include "test_file_case.h"

#define BACKEND "  backend \"local\" {\n    path = \"x\"\n  }\n"

static Str list(const ConfigCase *c) {
    StrBuf out = strbuf_new(c->arena);
    vec_each(&c->config->tests->files.items[0]->runs, item) {
        const TestRun *run = *item;
        strbuf_add_format(&out, "%.*s \"%.*s\"%s%.*s\n", STR_ARG(run->name),
                          STR_ARG(run->state_key), run->skips_cleanup ? " kept" : "",
                          STR_ARG(run->backend ? run->backend->type : STR_EMPTY));
    }
    return strbuf_str(&out);
}

static void check_file(const char *name, const char *text, const char *wanted) {
    ConfigCase c = config_case_open();
    config_case_write(&c, "main.tf", "output \"o\" {\n  value = 1\n}\n");
    config_case_write(&c, "setup/main.tf", "output \"s\" {\n  value = 2\n}\n");
    config_case_write(&c, name, text);
    test_file_case_load(&c, "tests");
    check_str(config_case_text(&c.diags, c.arena), "");
    check_str(list(&c), wanted);
    config_case_close(&c);
}

/* The default of the file precedes its runs, wherever it is. */
static void three_syntaxes(void **) {
    static const char *const wanted = "a \"\" kept\nb \"k\"\nc \"k2\" keptlocal\n";
    check_file("x.tftest.hcl",
               "run \"a\" {\n}\nrun \"b\" {\n  state_key = \"k\"\n  skip_cleanup = false\n}\n"
               "run \"c\" {\n  state_key = \"k2\"\n" BACKEND "}\n"
               "test {\n  skip_cleanup = true\n}\n",
               wanted);
    check_file("x.tftest.json",
               "{\"run\": [{\"a\": {}}, {\"b\": {\"state_key\": \"k\", \"skip_cleanup\": false}},"
               " {\"c\": {\"state_key\": \"k2\", \"backend\": {\"local\": {\"path\": \"x\"}}}}],"
               " \"test\": {\"skip_cleanup\": true}}",
               wanted);
    check_file("x.loamtest.yaml",
               "run:\n  a: {}\n  b: {state_key: k, skip_cleanup: false}\n"
               "  c: {state_key: k2, backend: {local: {path: x}}}\ntest: {skip_cleanup: true}\n",
               wanted);
}

/* Runs of one module share a state, as in Terraform, whose manifest has the same keys. */
static void keys(void **) {
    check_file("x.tftest.hcl",
               "run \"a\" {\n  module {\n    source = \"./setup/\"\n  }\n}\n"
               "run \"b\" {\n  module {\n    source = \"././setup\"\n  }\n}\n"
               "run \"c\" {\n  state_key = \"\"\n  module {\n    source = \"./setup\"\n  }\n}\n"
               "run \"d\" {\n}\n",
               "a \"./setup\"\nb \"./setup\"\nc \"\"\nd \"\"\n");
}

static const TestFileCase bad_cases[] = {
    {"twice for one state",
     "run \"a\" {\n  skip_cleanup = true\n}\nrun \"b\" {\n  skip_cleanup = true\n}\n",
     "W a.tftest.hcl:5:3 Duplicate \"skip_cleanup\" block\n"},
    {"for two states",
     "run \"a\" {\n  skip_cleanup = true\n}\n"
     "run \"b\" {\n  state_key = \"k\"\n  skip_cleanup = true\n}\n",
     ""},
    {"the default of the file",
     "test {\n  skip_cleanup = true\n}\nrun \"a\" {\n}\nrun \"b\" {\n}\n", ""},
    {"behind a backend", "run \"a\" {\n" BACKEND "}\nrun \"b\" {\n  skip_cleanup = true\n}\n",
     "W a.tftest.hcl:7:3 Duplicate \"skip_cleanup\" block\n"},
    {"with a backend", "run \"a\" {\n  skip_cleanup = true\n" BACKEND "}\n", ""},
    {"against a backend", "run \"a\" {\n  skip_cleanup = false\n" BACKEND "}\n",
     "a.tftest.hcl:2:3 Cannot use `skip_cleanup=false` in a run block that contains a backend "
     "block\n"},
    {"no boolean", "run \"a\" {\n  skip_cleanup = 3\n}\n",
     "a.tftest.hcl:2:18 Unsuitable value type\n"},
    {"no boolean of a file", "test {\n  skip_cleanup = []\n}\n",
     "a.tftest.hcl:2:18 Unsuitable value type\n"},
    {"two backends of a run", "run \"a\" {\n" BACKEND BACKEND "}\n",
     "a.tftest.hcl:5:3 Duplicate backend blocks\n"},
    {"two backends of a state", "run \"a\" {\n" BACKEND "}\nrun \"b\" {\n" BACKEND "}\n",
     "a.tftest.hcl:7:3 Duplicate backend blocks\n"},
    {"a run that plans", "run \"a\" {\n  command = plan\n" BACKEND "}\n",
     "a.tftest.hcl:3:3 Invalid backend block\n"},
    {"after an apply", "run \"a\" {\n}\nrun \"b\" {\n" BACKEND "}\n",
     "a.tftest.hcl:4:3 Invalid backend block\n"},
    {"after a plan", "run \"a\" {\n  command = plan\n}\nrun \"b\" {\n" BACKEND "}\n", ""},
    {"remote runs", "run \"a\" {\n  backend \"remote\" {\n  }\n}\n",
     "a.tftest.hcl:2:3 Invalid backend block\n"},
};

static void bad_input(void **) {
    test_file_case_check(bad_cases, ARRAY_COUNT(bad_cases));
}

UNIT_MAIN(test_config_test_state) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_syntaxes),
        cmocka_unit_test(keys),
        cmocka_unit_test(bad_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
