/* encryption blocks: rejected forms, and decoded ones. */
#include "bad_case.h"

static const BadCase bad_cases[] = {
    {
        .about = "a method that is not declared",
        .text = "terraform:\n  encryption:\n    key_provider: {pbkdf2: {k: {passphrase: x}}}\n    "
                "method: {aes_gcm: {m: {keys: '${key_provider.pbkdf2.k}'}}, unencrypted: {u: "
                "{}}}\n    state: {method: method.aes_gcm.n}\n",
        .wanted = "W main.loam.yaml:4:78 Unencrypted method configured\nmain.loam.yaml:5:21 "
                  "Invalid encryption method\n",
    },
    {
        .about = "no method at all",
        .text = "terraform:\n  encryption:\n    key_provider: {pbkdf2: {k: {passphrase: x}}}\n    "
                "method: {aes_gcm: {m: {keys: '${key_provider.pbkdf2.k}'}}, unencrypted: {u: "
                "{}}}\n    plan: {method: key_provider.pbkdf2.k}\n",
        .wanted = "W main.loam.yaml:4:78 Unencrypted method configured\nmain.loam.yaml:5:20 "
                  "Invalid encryption method\n",
    },
    {
        .about = "two of a kind",
        .text = "terraform:\n  encryption:\n    method: {aes_gcm: {m: {keys: "
                "'${key_provider.pbkdf2.k}'}}, unencrypted: {u: {}}}\n    state: [{method: "
                "method.aes_gcm.m}, {method: method.aes_gcm.m}]\n",
        .wanted = "main.loam.yaml:4:42 Duplicate encryption block\n",
    },
    {
        .about = "one method twice",
        .text = "terraform:\n  encryption:\n    method: {aes_gcm: {m: [{}, {}]}}\n",
        .wanted = "main.loam.yaml:3:24 Duplicate encryption method\n",
    },
    {
        .about = "in the clear although enforced",
        .text = "terraform:\n  encryption:\n    method: {aes_gcm: {m: {keys: "
                "'${key_provider.pbkdf2.k}'}}, unencrypted: {u: {}}}\n    state: {method: "
                "method.aes_gcm.m, enforced: true, fallback: {method: method.unencrypted.u}}\n",
        .wanted = "W main.loam.yaml:3:78 Unencrypted method configured\nmain.loam.yaml:4:74 "
                  "Unencrypted method is forbidden\n",
    },
    {
        .about = "an unknown target",
        .text = "terraform:\n  encryption:\n    method: {aes_gcm: {m: {keys: "
                "'${key_provider.pbkdf2.k}'}}, unencrypted: {u: {}}}\n    stat: {method: "
                "method.aes_gcm.m}\n",
        .wanted = "main.loam.yaml:4:5 Unsupported argument\n",
    },
    {
        .about = "two blocks",
        .text = "terraform: {encryption: [{}, {}]}\n",
        .wanted = "main.loam.yaml:1:13 Duplicate encryption configuration\n",
    },
};

static void bad_input(void **) {
    bad_cases_check(bad_cases, ARRAY_COUNT(bad_cases));
}

static void model(void **state) {
    (void)state;
    ConfigCase c = config_case_open();
    config_case_write(
        &c, "main.loam.yaml",
        "terraform:\n"
        "  encryption:\n"
        "    key_provider: {pbkdf2: {k: {passphrase: x}}}\n"
        "    method: {aes_gcm: {m: {keys: '${key_provider.pbkdf2.k}'}}, unencrypted: {u: {}}}\n"
        "    state: {method: method.aes_gcm.m, fallback: {method: method.unencrypted.u}}\n"
        "    plan: {method: method.aes_gcm.m, enforced: true}\n"
        "    remote_state_data_sources:\n"
        "      default: {method: method.aes_gcm.m}\n"
        "      remote_state_data_source: {r: {method: method.aes_gcm.m}}\n");
    config_case_load(&c, false);
    check_str(config_case_text(&c.diags, c.arena),
              "W main.loam.yaml:4:78 Unencrypted method configured\n");
    const Encryption *encryption = c.config->root->encryption;
    assert_int_equal(encryption->key_providers.count, 1);
    assert_int_equal(encryption->methods.count, 2);
    assert_non_null(encryption->state->fallback);
    assert_false(encryption->state->enforced);
    assert_true(encryption->plan->enforced);
    assert_non_null(encryption->remote_default);
    assert_int_equal(encryption->remotes.count, 1);
    check_str(encryption->remotes.items[0]->name, "r");
    config_case_close(&c);
}

/* The environment variable overrides the block argument by argument; either one can set "enforced".
 */
static void environment(void **state) {
    (void)state;
    static const char *const given[] = {
        "method \"aes_gcm\" \"n\" {\n  keys = key_provider.pbkdf2.k\n}\n"
        "state {\n  method = method.aes_gcm.n\n}\n"
        "remote_state_data_sources {\n  remote_state_data_source \"r\" {\n"
        "    method = method.aes_gcm.n\n  }\n}\n",
        "{\"method\": {\"aes_gcm\": {\"n\": {\"keys\": \"${key_provider.pbkdf2.k}\"}}},"
        " \"state\": {\"method\": \"method.aes_gcm.n\"},"
        " \"remote_state_data_sources\": {\"remote_state_data_source\":"
        " {\"r\": {\"method\": \"method.aes_gcm.n\"}}}}",
    };
    for (size_t i = 0; i < ARRAY_COUNT(given); i++) {
        ConfigCase c = config_case_open();
        config_case_write(
            &c, "main.loam.yaml",
            "terraform:\n  encryption:\n    key_provider: {pbkdf2: {k: {passphrase: "
            "x}}}\n    method: {aes_gcm: {m: {keys: '${key_provider.pbkdf2.k}'}}}\n"
            "    state: {method: method.aes_gcm.m, enforced: true, fallback: {method: "
            "method.aes_gcm.m}}\n");
        config_case_load_with(&c, false, given[i]);
        check_str(config_case_text(&c.diags, c.arena), "");
        const Encryption *encryption = c.config->root->encryption;
        assert_int_equal(encryption->methods.count, 2);
        assert_int_equal(encryption->remotes.count, 1);
        assert_true(encryption->state->enforced);
        assert_non_null(encryption->state->fallback);
        const Traversal *method = expr_as_traversal(encryption->state->method);
        check_str(method->steps[1].name, "n");
        config_case_close(&c);
    }
}

static void bad_environment(void **state) {
    (void)state;
    ConfigCase c = config_case_open();
    config_case_write(&c, "main.loam.yaml", "locals: {a: 1}\n");
    config_case_load_with(&c, false, "state {\n  method = method.aes_gcm.n\n}\n");
    check_str(config_case_text(&c.diags, c.arena),
              "TF_ENCRYPTION:2:12 Invalid encryption method\n");
    assert_true(source_range_resolve(c.diags.items[0].range).source->is_private);
    config_case_close(&c);
}

UNIT_MAIN(test_config_encryption) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bad_input), cmocka_unit_test(model),
                                       cmocka_unit_test(environment),
                                       cmocka_unit_test(bad_environment)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
