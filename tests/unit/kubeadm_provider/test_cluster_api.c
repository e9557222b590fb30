/* cluster_api: endpoints; bootstrap_token: tokens. */
#include "bootstrap_token.h"
#include "kubeadm_check.h"
#include "unit.h"

static void test_endpoints(void **) {
    static const struct {
        const char *text;
        const char *host; /* NULL: not valid */
        int port;
    } rows[] = {
        {"10.0.0.1:6443", "10.0.0.1", 6443},
        {"api.example:8443", "api.example", 8443},
        {"api.example", "api.example", 6443},
        {"[fd00::1]:6444", "fd00::1", 6444},
        {"[fd00::1]", "fd00::1", 6443},
        {"fd00::1", "fd00::1", 6443},
        {"api.example:65535", "api.example", 65535},
        {"api.example:1", "api.example", 1},
        {"api.example:0", NULL, 0},
        {"api.example:65536", NULL, 0},
        {"api.example:", NULL, 0},
        {"[fd00::1", NULL, 0},
        {":6443", NULL, 0},
        {"", NULL, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Str host;
        uint16_t port;
        bool is_valid = cluster_api_split(str_from_cstr(rows[i].text), &host, &port);
        assert_int_equal(is_valid, rows[i].host != NULL);
        if (!is_valid)
            continue;
        check_str(host, rows[i].host);
        assert_int_equal(port, rows[i].port);
    }
}

/* The public part is the same for each attempt, the secret is not. */
static void test_tokens(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    BootstrapToken a = bootstrap_token_make(STR("marker"), arena);
    BootstrapToken b = bootstrap_token_make(STR("marker"), arena);
    BootstrapToken c = bootstrap_token_make(STR("other"), arena);
    check_str(kubeadm_check_token(value_from_str(a.text), arena), "");
    assert_true(str_equal(a.id, b.id));
    assert_false(str_equal(a.text, b.text));
    assert_false(str_equal(a.id, c.id));
    assert_true(str_starts_with(a.text, a.id));
}

UNIT_MAIN(test_cluster_api) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_endpoints),
        cmocka_unit_test(test_tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
