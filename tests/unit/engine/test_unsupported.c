/* Features that validate accepts and planning does not support: one error per block. */
#include "engine_case.h"

typedef struct RefusedCase {
    const char *text;
    size_t errors;
    const char *said;
} RefusedCase;

static const RefusedCase refused_cases[] = {
    {"removed: {from: fake_thing.b, provisioner: {file: {when: destroy, content: x, destination: "
     "y, "
     "connection: {host: h, proxy_port: 1}}}}\n",
     1, "connections of this kind"},
    {"resource: {fake_thing: {b: {name: b, connection: {host: h, type: ssh, agent: false, port: 2, "
     "bastion_host: c, proxy_host: p}, provisioner: {file: {content: x, destination: y}}}}}\n",
     1, "connections of this kind"},
    {"resource: {fake_thing: {b: {name: b, provisioner: {remote-exec: {inline: [x], connection: "
     "{host: h, type: winrm, use_ntlm: true}}}}}}\n",
     2, "connections of this kind"},
};

static const char *const rest = "resource: {fake_thing: {a: {name: a, size: 1}}}\n";

static void refuses_each_block(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(refused_cases); i++) {
        EngineCase *c = engine_case_open();
        engine_case_write(c, "b.loam.yaml", refused_cases[i].text);
        engine_case_config(c, rest);
        Engine engine = engine_case_engine(c);
        engine_case_must(c, engine_validate(&engine, &c->diags));
        assert_false(engine_case_plan(c));
        assert_int_equal(c->diags.error_count, refused_cases[i].errors);
        assert_int_equal(c->plan->changes.count, 0);
        Str said = engine_case_said(c);
        if (str_find(said, str_from_cstr(refused_cases[i].said), 0) == SIZE_MAX)
            fail_msg("%s: %.*s", refused_cases[i].said, STR_ARG(said));
        engine_case_close(c);
    }
}

static void plans_the_rest(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, rest);
    engine_case_must(c, engine_case_plan(c));
    assert_int_equal(c->plan->changes.count, 1);
    engine_case_close(c);
}

UNIT_MAIN(test_unsupported) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_each_block),
        cmocka_unit_test(plans_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
