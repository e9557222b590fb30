/* run blocks: commands, variables, states, mocks. */
#include "suite_case.h"

typedef struct RunCase {
    const char *about;
    const char *config; /* main.tf */
    const char *tests;  /* a.tftest.hcl */
    const char *wanted;
} RunCase;

#define ASSERT(condition)                                                                          \
    "  assert {\n    condition     = " condition "\n    error_message = \"m\"\n  }\n"
#define VARIABLE "variable \"v\" {\n  type = string\n}\n"
#define DATA                                                                                       \
    VARIABLE "resource \"terraform_data\" \"a\" {\n  input = var.v\n}\n"                           \
             "output \"o\" {\n  value = terraform_data.a.output\n}\n"

static const RunCase run_cases[] = {
    {"runs build on each other", DATA,
     "variables {\n  v = \"x\"\n}\nrun \"one\" {\n" ASSERT(
         "output.o == \"x\"") "}\n"
                              "run \"two\" {\n  variables {\n    v = \"${run.one.o}${var.v}\"\n  "
                              "}\n" ASSERT("output.o == \"xx\"") "}\n",
     "  one pass\n  two pass\n  clean two\na.tftest.hcl pass\npass\n"},
    {"a failure does not stop the file, an error does", DATA,
     "run \"one\" {\n  variables {\n    v = \"x\"\n  }\n" ASSERT(
         "output.o == \"y\"") "}\n"
                              "run \"two\" {\n}\nrun \"three\" {\n}\n",
     "  one fail\n    a.tftest.hcl:6 Test assertion failed\n"
     "  two error\n    main.tf:1 No value for required variable\n  three skip\n  clean one\n"
     "a.tftest.hcl error\nerror\n"},
    {"a plan knows less", DATA,
     "variables {\n  v = \"x\"\n}\nrun \"one\" {\n  command = plan\n" ASSERT(
         "terraform_data.a.input == \"x\"") ASSERT("output.o == \"x\"") "}\n",
     "  one error\n    a.tftest.hcl:11 Unknown condition value\na.tftest.hcl error\nerror\n"},
    {"names that are not there", DATA,
     "variables {\n  v = \"x\"\n}\nrun \"one\" {\n" ASSERT("output.p == 1") ASSERT("run.two.o == 1")
         ASSERT("run.three.o == 1") ASSERT("var.w == 1") "}\n"
                                                         "run \"two\" {\n}\n",
     "  one error\n    a.tftest.hcl:6 Reference to undeclared output value\n"
     "    a.tftest.hcl:10 Reference to unevaluated run block\n"
     "    a.tftest.hcl:14 Reference to unknown run block\n"
     "    a.tftest.hcl:18 Reference to undeclared input variable\n"
     "  two skip\n  clean one\na.tftest.hcl error\nerror\n"},
    {"values may refer to little", DATA,
     "variables {\n  w = var.v\n}\nrun \"one\" {\n  variables {\n    v = var.w\n  }\n}\n",
     "  one error\n    a.tftest.hcl:2 Reference to unavailable variable\na.tftest.hcl error\n"
     "error\n"},
    {"a variable that only the tests have", DATA,
     "variables {\n  v = \"x\"\n  w = 7\n}\nrun \"one\" {\n" ASSERT("var.w == 7") "}\n",
     "  one pass\n  clean one\na.tftest.hcl pass\npass\n"},
    {"states by key", DATA,
     "variables {\n  v = \"x\"\n}\nrun \"one\" {\n  state_key = \"k\"\n}\nrun \"two\" {\n" ASSERT(
         "terraform_data.a.id != run.one.o") "}\n",
     "  one pass\n  two pass\n  clean two\n  clean one\na.tftest.hcl pass\npass\n"},
    {"expected and not",
     VARIABLE "check \"c\" {\n  assert {\n    condition = var.v == \"x\"\n"
              "    error_message = \"m\"\n  }\n}\n",
     "variables {\n  v = \"y\"\n}\nrun \"yes\" {\n  expect_failures = [check.c]\n}\n"
     "run \"surplus\" {\n  variables {\n    v = \"x\"\n  }\n  expect_failures = [check.c]\n}\n",
     "  yes pass\n  surplus error\n    a.tftest.hcl:11 Missing expected failure\n"
     "a.tftest.hcl error\nerror\n"},
    {"a check that fails unexpectedly",
     VARIABLE "check \"c\" {\n  assert {\n    condition = var.v == \"x\"\n"
              "    error_message = \"m\"\n  }\n}\n",
     "variables {\n  v = \"y\"\n}\nrun \"one\" {\n}\n",
     "  one error\n    main.tf:6 Check block assertion failed\na.tftest.hcl error\nerror\n"},
    {"an expected failure that keeps an apply from happening",
     "variable \"v\" {\n  validation {\n    condition = var.v == 1\n    error_message = \"m\"\n"
     "  }\n}\n",
     "run \"one\" {\n  variables {\n    v = 2\n  }\n  expect_failures = [var.v]\n}\n",
     "  one error\n    W a.tftest.hcl:5 Expected failure while planning\n    a.tftest.hcl:3 "
     "Invalid value for "
     "variable\na.tftest.hcl error\nerror\n"},
    {"nothing real is called", "resource \"fake_thing\" \"a\" {\n  name = \"n\"\n}\n",
     "mock_provider \"fake\" {\n}\nrun \"one\" {\n" ASSERT("fake_thing.a.id != \"\"") "}\n",
     "  one pass\n  clean one\na.tftest.hcl pass\npass\n"},
    {"an override of a module",
     "module \"m\" {\n  source = \"./m\"\n}\n"
     "output \"o\" {\n  value = module.m.o\n}\n",
     "override_module {\n  target = module.m\n  outputs = { o = 5 }\n}\nrun \"one\" {\n" ASSERT(
         "output.o == 5") ASSERT("module.m.p == null") "}\n",
     "  one pass\na.tftest.hcl pass\npass\n"},
    {"a provider that the file does not have", DATA,
     "variables {\n  v = \"x\"\n}\nrun \"one\" {\n  providers = {\n    terraform = terraform.q\n"
     "  }\n}\n",
     "  one error\n    a.tftest.hcl:6 Missing provider definition for terraform.q\n"
     "a.tftest.hcl error\nerror\n"},
    {"unused providers", DATA,
     "provider \"unused\" {\n  nope = 1\n}\nprovider \"terraform\" {\n  alias = \"z\"\n"
     "  nope  = 1\n}\nvariables {\n  v = \"x\"\n}\nrun \"one\" {\n}\n",
     "  one pass\n  clean one\na.tftest.hcl pass\npass\n"},
    {"targets", DATA "resource \"terraform_data\" \"b\" {\n}\n",
     "variables {\n  v = \"x\"\n}\nrun \"one\" {\n  plan_options {\n    target = "
     "[terraform_data.b]\n"
     "  }\n" ASSERT("terraform_data.b.id != \"\"") "}\n",
     "  one pass\n    W Resource targeting is in effect\n    W Applied changes may be incomplete\n"
     "  clean one\na.tftest.hcl pass\npass\n"},
};

static void runs(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(run_cases); i++) {
        SuiteCase *c = suite_case_open();
        suite_case_write(c, "main.tf", run_cases[i].config);
        suite_case_write(c, "m/main.tf",
                         "resource \"fake_thing\" \"x\" {\n  name = \"x\"\n}\n"
                         "output \"o\" {\n  value = 1\n}\noutput \"p\" {\n  value = 2\n}\n");
        suite_case_write(c, "a.tftest.hcl", run_cases[i].tests);
        Str events = suite_case_run_all(c);
        if (!str_equal_cstr(events, run_cases[i].wanted))
            print_error("%s\n", run_cases[i].about);
        check_str(events, run_cases[i].wanted);
        check_str(strbuf_str(&c->world.diary), ""); /* only terraform_data is real here */
        suite_case_close(c);
    }
}

UNIT_MAIN(test_suite_run) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(runs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
