/* Addresses and networks. */
#include "cidr.h"

#include "unit.h"

static void test_parse(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool is_cidr;
        unsigned prefix;
    } cases[] = {
        {"10.17.0.1/24", true,  24},
        {"10.17.0.1/0",  true,  0 },
        {"fd00::1/64",   true,  64},
        {"10.17.0.1",    false, 0 },
        {"10.17.0.1/33", false, 0 },
        {"10.17.0/24",   false, 0 },
        {"fd00::1/129",  false, 0 },
        {"x/24",         false, 0 },
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Cidr cidr = {0};
        bool is_cidr = cidr_parse(str_from_cstr(cases[i].text), &cidr);
        if (is_cidr != cases[i].is_cidr || cidr.prefix != cases[i].prefix)
            fail_msg("%s: %d /%u", cases[i].text, is_cidr, cidr.prefix);
    }
}

static void test_contains(void **state) {
    (void)state;
    static const struct {
        const char *network;
        const char *address;
        bool is_inside;
    } cases[] = {
        {"10.17.0.1/24", "10.17.0.200",   true },
        {"10.17.0.1/24", "10.17.1.1",     false},
        {"10.17.0.1/23", "10.17.1.1",     true },
        {"10.17.0.1/24", "fd00::1",       false},
        {"fd00::1/64",   "fd00::2:1",     true },
        {"fd00::1/64",   "fd00:0:0:1::1", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Cidr network;
        Cidr address;
        assert_true(cidr_parse(str_from_cstr(cases[i].network), &network));
        assert_true(cidr_parse_address(str_from_cstr(cases[i].address), &address));
        if (cidr_contains(&network, &address) != cases[i].is_inside)
            fail_msg("%s in %s", cases[i].address, cases[i].network);
    }
}

static void test_mask(void **state) {
    (void)state;
    unsigned prefix = 0;
    assert_true(cidr_prefix_of_mask(STR("255.255.254.0"), &prefix));
    assert_int_equal(prefix, 23);
    check_str(cidr_address_text(STR("10.0.0.5/24")), "10.0.0.5");
    check_str(cidr_address_text(STR("10.0.0.5")), "10.0.0.5");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_contains),
        cmocka_unit_test(test_mask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
