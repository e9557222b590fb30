/* Test files: the files read and their order, and errors of a whole file. */
#include "test_file_case.h"

static Str list(const ConfigCase *c) {
    StrBuf out = strbuf_new(c->arena);
    vec_each(&c->config->tests->files, file) {
        strbuf_add_format(&out, "%.*s%s:", STR_ARG((*file)->path),
                          (*file)->is_in_test_directory ? " (tests)" : "");
        vec_each(&(*file)->runs, run) {
            strbuf_add_format(&out, " %.*s", STR_ARG((*run)->name));
        }
        strbuf_add_char(&out, '\n');
    }
    return strbuf_str(&out);
}

static void files(void **) {
    ConfigCase c = config_case_open();
    config_case_write(&c, "main.tf", "output \"o\" {\n  value = 1\n}\n");
    config_case_write(&c, "b.tftest.hcl", "run \"one\" {}\nrun \"two\" {}\n");
    config_case_write(&c, "b.tofutest.hcl", "run \"tofu\" {}\n");
    config_case_write(&c, "a.loamtest.yaml", "run:\n  z: {}\n  a: {command: plan}\n");
    config_case_write(&c, "c.tftest.json", "{\"run\": [{\"x\": {}}, {\"w\": {}}]}");
    config_case_write(&c, ".hidden.tftest.hcl", "nonsense");
    config_case_write(&c, "d.tftest.hcl~", "nonsense");
    config_case_write(&c, "tests/e.loamtest.json", "{}");
    config_case_write(&c, "tests/deep/f.tftest.hcl", "nonsense");
    config_case_write(&c, "other/g.tftest.hcl", "run \"other\" {}\n");
    test_file_case_load(&c, "tests");
    check_str(config_case_text(&c.diags, c.arena), "");
    check_str(list(&c), "a.loamtest.yaml: z a\n"
                        "b.tofutest.hcl: tofu\n"
                        "c.tftest.json: x w\n"
                        "tests/e.loamtest.json (tests):\n");
    test_file_case_load(&c, "other");
    check_str(list(&c), "a.loamtest.yaml: z a\n"
                        "b.tofutest.hcl: tofu\n"
                        "c.tftest.json: x w\n"
                        "other/g.tftest.hcl (tests): other\n");
    config_case_load(&c, false);
    assert_null(c.config->tests);
    config_case_close(&c);
}

static void directories(void **) {
    static const struct {
        const char *directory;
        const char *wanted;
    } cases[] = {
        {"tests", ""},
        {"./tests/", ""},
        {"nowhere", "W Test directory does not exist\n"},
        {"../x", "Invalid testing directory\n"},
        {"/x", "Invalid testing directory\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ConfigCase c = config_case_open();
        config_case_write(&c, "main.tf", "output \"o\" {\n  value = 1\n}\n");
        test_file_case_load(&c, cases[i].directory);
        check_str(config_case_text(&c.diags, c.arena), cases[i].wanted);
        config_case_close(&c);
    }
}

static void refused_name(void **) {
    ConfigCase c = config_case_open();
    config_case_write(&c, "main.tf", "output \"o\" {\n  value = 1\n}\n");
    config_case_write(&c, "a.loamtest.yml", "run: {}\n");
    test_file_case_load(&c, "tests");
    check_str(config_case_text(&c.diags, c.arena), "Unsupported test file\n");
    config_case_close(&c);
}

static const TestFileCase bad_cases[] = {
    {"an unknown block", "foo {\n}\n", "a.tftest.hcl:1:1 Unsupported block type\n"},
    {"variables twice", "variables {\n}\nvariables {\n}\n",
     "a.tftest.hcl:3:1 Multiple \"variables\" blocks\n"},
    {"a provider twice", "provider \"p\" {\n}\nmock_provider \"p\" {\n}\n",
     "a.tftest.hcl:3:1 Duplicate provider block\n"},
    {"a provider with an argument of others", "provider \"p\" {\n  count = 1\n}\n",
     "a.tftest.hcl:2:3 Reserved argument name\n"},
    {"side by side, and how not", "test {\n  parallel = 3\n}\n",
     "a.tftest.hcl:2:14 Unsuitable value type\n"},
    {"broken", "run \"x\" {\n", "a.tftest.hcl:1:9 Unclosed configuration block\n"},
};

static void bad_input(void **) {
    test_file_case_check(bad_cases, ARRAY_COUNT(bad_cases));
}

UNIT_MAIN(test_config_test) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files),
        cmocka_unit_test(directories),
        cmocka_unit_test(refused_name),
        cmocka_unit_test(bad_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
