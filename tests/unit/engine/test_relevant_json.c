/* Relevant attributes: the references that the search follows, and where it ends. */
#include "engine_case.h"
#include "relevant_json.h"

typedef struct RelevantCase {
    const char *text; /* beside the resources a and b */
    const char *wanted;
} RelevantCase;

#define FROM(resource, attribute) "{\"resource\":\"" resource "\",\"attribute\":[" attribute "]}"

static const RelevantCase relevant_cases[] = {
    {"", "[]"},
    {"resource \"terraform_data\" \"c\" {\n  input = terraform_data.a.id\n}\n",
     "[" FROM("terraform_data.a", "\"id\"") "]"},
    {"locals {\n  l = terraform_data.a.id\n}\noutput \"o\" {\n  value = local.l\n}\n",
     "[" FROM("terraform_data.a", "\"id\"") "]"},
    {"output \"o\" {\n  value = [terraform_data.b.input.k, terraform_data.b.input.k]\n}\n",
     "[" FROM("terraform_data.b", "\"input\",\"k\"") "]"},
    {"output \"o\" {\n  value = [terraform_data.b.input.k, terraform_data.b.input[\"k\"]]\n}\n",
     "[" FROM("terraform_data.b", "\"input\",\"k\"") "," FROM("terraform_data.b",
                                                              "\"input\",\"k\"") "]"},
    {"resource \"terraform_data\" \"c\" {\n  count = terraform_data.a.input\n}\n", "[]"},
    {"resource \"terraform_data\" \"c\" {\n  count = terraform_data.a.input\n"
     "  input = count.index\n}\n",
     "[" FROM("terraform_data.a", "\"input\"") "]"},
    {"resource \"terraform_data\" \"c\" {\n  for_each = terraform_data.b.input\n"
     "  input = each.key\n}\n",
     "[" FROM("terraform_data.b", "\"input\"") "]"},
};

static const char *const resources =
    "resource \"terraform_data\" \"a\" {\n  input = 1\n}\n"
    "resource \"terraform_data\" \"b\" {\n  input = { k = 1 }\n}\n";

static void follows(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(relevant_cases); i++) {
        EngineCase *c = engine_case_open();
        engine_case_write(c, "resources.tf", resources);
        engine_case_write(c, "main.tf", relevant_cases[i].text);
        engine_case_load(c);
        engine_case_must(c, engine_case_plan(c));
        Engine engine = engine_case_engine(c);
        check_str(relevant_json_write(&engine, c->plan, c->arena), relevant_cases[i].wanted);
        engine_case_close(c);
    }
}

#define CHAIN                                                                                      \
    "resource:\n"                                                                                  \
    "  terraform_data:\n"                                                                          \
    "    a: {input: 1}\n"                                                                          \
    "    b: {input: '${terraform_data.a.id}', triggers_replace: '${terraform_data.a.input}'}\n"

/* No resource of the chain changes; only an output is new. */
static void follows_resources(void **) {
    static const struct {
        const char *output, *wanted;
    } cases[] = {
        {CHAIN "output: {o: {value: '${terraform_data.b.input}'}}\n",
         "[" FROM("terraform_data.b", "\"input\"") "," FROM("terraform_data.a", "\"id\"") "]"},
        {CHAIN "output: {o: {value: '${terraform_data.b.triggers_replace}'}}\n",
         "[" FROM("terraform_data.b", "\"triggers_replace\"") "," FROM("terraform_data.a",
                                                                       "\"input\"") "]"},
        {CHAIN "output: {o: {value: '${terraform_data.b.output}'}}\n",
         "[" FROM("terraform_data.b", "\"output\"") "]"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = engine_case_open();
        engine_case_run(c, CHAIN);
        engine_case_config(c, cases[i].output);
        engine_case_must(c, engine_case_plan(c));
        Engine engine = engine_case_engine(c);
        check_str(relevant_json_write(&engine, c->plan, c->arena), cases[i].wanted);
        engine_case_close(c);
    }
}

typedef struct TargetCase {
    const char *target; /* NULL: none */
    const char *wanted;
} TargetCase;

#define ONE_OUTPUT  FROM("module.m.terraform_data.a", "\"id\"")
#define TWO_OUTPUTS ONE_OUTPUT "," FROM("module.m.terraform_data.a", "\"output\"")

static const TargetCase target_cases[] = {
    {NULL, TWO_OUTPUTS},
    {"module.m.terraform_data.a", ""},
    {"terraform_data.after", TWO_OUTPUTS},
    {"terraform_data.user", ONE_OUTPUT},
};

/* With -target, outputs of modules are searched only if a target needs them. */
static void targets(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(target_cases); i++) {
        EngineCase *c = engine_case_open();
        engine_case_write(c, "main.tf",
                          "module \"m\" {\n  source = \"./m\"\n}\n"
                          "resource \"terraform_data\" \"after\" {\n  depends_on = [module.m]\n}\n"
                          "resource \"terraform_data\" \"user\" {\n  input = module.m.o\n}\n");
        engine_case_write(c, "m/main.tf",
                          "resource \"terraform_data\" \"a\" {\n  input = 1\n}\n"
                          "output \"o\" {\n  value = terraform_data.a.id\n}\n"
                          "output \"p\" {\n  value = terraform_data.a.output\n}\n");
        engine_case_load(c);
        if (target_cases[i].target)
            engine_case_target(c, target_cases[i].target);
        engine_case_must(c, engine_case_plan(c));
        Engine engine = engine_case_engine(c);
        Str wanted = str_format(c->arena, "[%s]", target_cases[i].wanted);
        check_str_equal(relevant_json_write(&engine, c->plan, c->arena), wanted);
        engine_case_close(c);
    }
}

UNIT_MAIN(test_relevant_json) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows),
        cmocka_unit_test(follows_resources),
        cmocka_unit_test(targets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
