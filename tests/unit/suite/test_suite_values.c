/* Sources of variable values in tests, and their precedence. */
#include "suite_case.h"

#define MAIN "variable \"v\" {\n  default = \"default\"\n}\n"

static void precedence(void **) {
    static const struct {
        const char *tfvars; /* NULL: none */
        const char *flag;
        const char *beside; /* tests/terraform.tfvars */
        const char *of_file;
        const char *of_run;
        const char *wanted;
    } cases[] = {
        {NULL, NULL, NULL, "", "", "default"},
        {"v = \"tfvars\"\n", NULL, NULL, "", "", "tfvars"},
        {"v = \"tfvars\"\n", "v=flag", NULL, "", "", "flag"},
        {"v = \"tfvars\"\n", "v=flag", "v = \"beside\"\n", "", "", "beside"},
        {"v = \"tfvars\"\n", "v=flag", "v = \"beside\"\n", "  v = \"file\"\n", "", "file"},
        {NULL, "v=flag", NULL, "  v = \"${var.v}+file\"\n", "", "flag+file"},
        {NULL, NULL, NULL, "  v = \"file\"\n", "  v = \"${var.v}+run\"\n", "file+run"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SuiteCase *c = suite_case_open();
        suite_case_write(c, "main.tf", MAIN);
        if (cases[i].tfvars)
            suite_case_write(c, "terraform.tfvars", cases[i].tfvars);
        if (cases[i].beside)
            suite_case_write(c, "tests/terraform.tfvars", cases[i].beside);
        if (cases[i].flag)
            vec_push(c->arena, &c->input.options,
                     (InputOption){.text = str_from_cstr(cases[i].flag)});
        Str text = str_format(c->arena,
                              "variables {\n%s}\nrun \"one\" {\n  variables {\n%s  }\n  assert {\n"
                              "    condition     = var.v == \"%s\"\n    error_message = var.v\n"
                              "  }\n}\n",
                              cases[i].of_file, cases[i].of_run, cases[i].wanted);
        suite_case_write(c, "tests/a.tftest.hcl", str_to_cstr(text, c->arena));
        check_str(suite_case_run_all(c), "  one pass\ntests/a.tftest.hcl pass\npass\n");
        suite_case_close(c);
    }
}

/* Values for undeclared variables are allowed: other modules and assertions may use them. */
static void undeclared(void **) {
    SuiteCase *c = suite_case_open();
    suite_case_write(c, "main.tf", MAIN);
    suite_case_write(c, "terraform.tfvars", "w = [1]\n");
    vec_push(c->arena, &c->input.options, (InputOption){.text = STR("x=1")});
    suite_case_write(c, "a.tftest.hcl",
                     "run \"one\" {\n  assert {\n    condition     = var.w[0] == 1 && var.x == "
                     "\"1\"\n    error_message = \"m\"\n  }\n}\n");
    check_str(suite_case_run_all(c), "  one pass\na.tftest.hcl pass\npass\n");
    suite_case_close(c);
}

/* A variable in a provider block of the file. */
static void in_provider_blocks(void **) {
    SuiteCase *c = suite_case_open();
    suite_case_write(c, "main.tf", MAIN "resource \"fake_thing\" \"a\" {\n  name = \"a\"\n}\n");
    suite_case_write(c, "a.tftest.hcl",
                     "provider \"fake\" {\n  nope = var.v\n}\nvariables {\n  v = 1\n}\n"
                     "run \"one\" {\n}\n");
    check_str(suite_case_run_all(c), "  one error\n    a.tftest.hcl:2 Unsupported argument\n"
                                     "a.tftest.hcl error\nerror\n");
    suite_case_close(c);
}

UNIT_MAIN(test_suite_values) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(precedence),
        cmocka_unit_test(undeclared),
        cmocka_unit_test(in_provider_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
