/* Addresses that may receive secrets. */
#include "unit.h"

#include "cloud_address.h"

static const struct {
    const char *address;
    bool ok;
    bool is_direct; /* no proxy is used */
} rows[] = {
    {"https://sts.googleapis.com/v1/token", true, false},
    {"http://sts.googleapis.com/v1/token", false, false},
    {"http://127.0.0.1:8080/x", true, false},
    {"http://localhost", true, false},
    {"http://127.0.0.1.example.com", false, false},
    {"http://169.254.169.254/latest", true, true},
    {"http://169.254.169.254.example.com/latest", false, false},
    {"http://[fd00:ec2::254]/latest", true, true},
    {"http://metadata.google.internal/x", true, true},
    {"http://metadata.google.internal:80/x", true, true},
    {"https://user:secret@example.com/", false, false},
    {"ftp://127.0.0.1/", false, false},
    {"file:///etc/passwd", false, false},
    {"", false, false},
};

static void addresses(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Str problem = STR_EMPTY;
        HttpRequest request = {.url = str_from_cstr(rows[i].address)};
        if (cloud_address_check(request.url, &problem, arena) != rows[i].ok)
            fail_msg("%s", rows[i].address);
        assert_true(str_find(problem, STR("secret@"), 0) == SIZE_MAX);
        cloud_address_limit(&request);
        assert_int_equal(str_equal(request.no_proxy, STR("*")), rows[i].is_direct);
        assert_int_equal(request.redirect_limit, -1);
    }
}

UNIT_MAIN(test_cloud_address) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
