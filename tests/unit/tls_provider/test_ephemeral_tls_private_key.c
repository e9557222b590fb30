/* ephemeral tls_private_key: a complete key, another one every time. */
#include "resource_case.h"
#include "tls_provider.h"

static void is_made_anew(void **state) {
    (void)state;
    ResourceCase c = case_open(&ephemeral_tls_private_key);
    int64_t renew_at_ms = -1;
    check_done(&c, case_open_ephemeral(&c, "{\"algorithm\":\"ED25519\"}", &renew_at_ms));
    assert_true(value_is_wholly_known(c.state));
    assert_true(str_starts_with(case_text(&c, "private_key_openssh"), STR("-----BEGIN OPENSSH")));
    assert_true(str_starts_with(case_text(&c, "public_key_openssh"), STR("ssh-ed25519 ")));
    Str first = case_text(&c, "public_key_pem");
    check_done(&c, case_open_ephemeral(&c, "{\"algorithm\":\"ED25519\"}", &renew_at_ms));
    assert_false(str_equal(first, case_text(&c, "public_key_pem")));
    case_close(&c);
}

static void is_validated(void **) {
    ResourceCase c = case_open(&ephemeral_tls_private_key);
    assert_false(case_validate(&c, "{\"algorithm\":\"DSA\"}"));
    assert_false(case_validate(&c, "{\"algorithm\":\"RSA\",\"rsa_bits\":512}"));
    check_done(&c, case_validate(&c, "{\"algorithm\":\"ECDSA\",\"ecdsa_curve\":\"P384\"}"));
    case_close(&c);
}

UNIT_MAIN(test_ephemeral_tls_private_key) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_made_anew),
        cmocka_unit_test(is_validated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
