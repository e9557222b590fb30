/* Validates a resource block part by part: an error in one part does not hide errors in others. */
#include "engine_case.h"

typedef struct ValidateCase {
    const char *block; /* of fake_thing.a */
    const char *said;  /* one summary per line */
} ValidateCase;

#define CONDITION(text) "{condition: '" text "', error_message: no}"

#define TRIGGER(text)                                                                              \
    "{events: [after_create], actions: [action.fake_note.n], condition: '" text "'}"

static const ValidateCase cases[] = {
    {"name: a", ""},
    {"name: a, count: '${var.n}', size: '${count.index}'", ""},
    {"size: 1", "Missing required argument\n"},
    {"name: '${local.none}'", "Reference to undeclared local value\n"},
    {"name: a, size: '${1 + true}'", "Invalid operand\n"},
    /* Conditions are validated although the body is invalid. */
    {"name: [a], lifecycle: {precondition: [" CONDITION("${local.none == 1}") "]}",
     "Incorrect attribute value type\nReference to undeclared local value\n"},
    {"name: a, lifecycle: {precondition: [" CONDITION("${self.size > 1}") "]}",
     "Invalid \"self\" reference\nUnknown variable\n"},
    {"name: a, lifecycle: {postcondition: [" CONDITION("${self.size > 1}") "]}", ""},
    {"name: a, lifecycle: {postcondition: [" CONDITION("${self.none}") "]}",
     "Unsupported attribute\nUnknown variable\n"},
    {"name: a, lifecycle: {postcondition: [" CONDITION("${local.none && local.neither}") "]}",
     "Reference to undeclared local value\nReference to undeclared local value\n"},
    /* Every expression of the lifecycle is validated. */
    {"name: a, lifecycle: {prevent_destroy: '${local.none}'}",
     "Reference to undeclared local value\n"},
    {"name: a, lifecycle: {prevent_destroy: '${var.n > 1}'}", ""},
    {"name: a, lifecycle: {prevent_destroy: '${[1]}'}", "Incorrect value type\n"},
    {"name: a, lifecycle: {action_trigger: " TRIGGER("${local.none}") "}",
     "Reference to undeclared local value\n"},
    {"name: a, lifecycle: {action_trigger: " TRIGGER("${[self.size]}") "}",
     "Incorrect value type\n"},
    {"name: a, lifecycle: {action_trigger: " TRIGGER("${self.size > var.n}") "}", ""},
    /* An invalid provisioner ends the validation of provisioners; an invalid body skips all of
     them. */
    {"name: a, provisioner: [{file: {source: a}}, {file: {source: b}}]",
     "Missing required argument\n"},
    {"name: [a], provisioner: {file: {source: a}}",
     "Incorrect attribute value type\nMissing required argument\n"},
};

static Str summaries(const EngineCase *c) {
    StrBuf got = strbuf_new(c->arena);
    vec_each(&c->diags, diag) {
        strbuf_add_format(&got, "%.*s\n", STR_ARG(diag->summary));
    }
    return strbuf_str(&got);
}

static void parts_are_judged(void **) {
    size_t failures = 0;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = engine_case_open();
        Str text = str_format(c->arena,
                              "variable: {n: {type: number}}\naction: {fake_note: {n: {config: "
                              "{text: x}}}}\nresource: {fake_thing: {a: {%s}}}\n",
                              cases[i].block);
        engine_case_config(c, str_to_cstr(text, c->arena));
        Engine engine = engine_case_engine(c);
        bool ok = engine_validate(&engine, &c->diags);
        if (ok != (cases[i].said[0] == 0) || !str_equal_cstr(summaries(c), cases[i].said)) {
            print_error("%s\n got: %.*s wanted: %s\n", cases[i].block, STR_ARG(engine_case_said(c)),
                        cases[i].said);
            failures++;
        }
        assert_int_equal(c->world.calls, 0); /* no provider call */
        vec_each(&c->diags, diag) {
            check_str(diag->address, "fake_thing.a");
            if (strstr(cases[i].block, "lifecycle"))
                assert_int_equal(diag->subject, DIAG_EXPRESSION);
        }
        engine_case_close(c);
    }
    assert_int_equal(failures, 0);
}

UNIT_MAIN(test_node_resource_validate) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
