/* encryption: what is refused, and what is read. */
#include "bad_case.h"

static const BadCase bad_cases[] = {
    {
     .about = "a method that is not declared",
     .text = "terraform:\n  encryption:\n    key_provider: {pbkdf2: {k: {passphrase: x}}}\n    "
                "method: {aes_gcm: {m: {keys: '${key_provider.pbkdf2.k}'}}, unencrypted: {u: "
                "{}}}\n    state: {method: method.aes_gcm.n}\n",                                                                   .wanted = "main.loam.yaml:5:21 Invalid encryption method\n",
     },
    {
     .about = "no method at all",
     .text = "terraform:\n  encryption:\n    key_provider: {pbkdf2: {k: {passphrase: x}}}\n    "
                "method: {aes_gcm: {m: {keys: '${key_provider.pbkdf2.k}'}}, unencrypted: {u: "
                "{}}}\n    plan: {method: key_provider.pbkdf2.k}\n",                                                                                                                                  .wanted = "main.loam.yaml:5:20 Invalid encryption method\n",
     },
    {
     .about = "two of a kind",
     .text = "terraform:\n  encryption:\n    method: {aes_gcm: {m: {keys: "
                "'${key_provider.pbkdf2.k}'}}, unencrypted: {u: {}}}\n    state: [{method: "
                "method.aes_gcm.m}, {method: method.aes_gcm.m}]\n",.wanted = "main.loam.yaml:4:42 Duplicate encryption block\n",
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
                "method.aes_gcm.m, enforced: true, fallback: {method: method.unencrypted.u}}\n",                                                                                                                            .wanted = "main.loam.yaml:4:74 Unencrypted method is forbidden\n",
     },
    {
     .about = "an unknown target",
     .text = "terraform:\n  encryption:\n    method: {aes_gcm: {m: {keys: "
                "'${key_provider.pbkdf2.k}'}}, unencrypted: {u: {}}}\n    stat: {method: "
                "method.aes_gcm.m}\n",                                                  .wanted = "main.loam.yaml:4:5 Unsupported argument\n",
     },
    {
     .about = "two blocks",
     .text = "terraform: {encryption: [{}, {}]}\n",
     .wanted = "main.loam.yaml:1:13 Duplicate encryption configuration\n",
     },
};

static void bad_input(void **state) {
    (void)state;
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
    check_str(config_case_text(&c.diags, c.arena), "");
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

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bad_input), cmocka_unit_test(model)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
