/* Addresses and networks. */
#include "cidr.h"

#include "unit.h"

static void test_parse(void **) {
    static const struct {
        const char *text;
        bool is_cidr;
        unsigned prefix;
    } cases[] = {
        {"10.17.0.1/24", true, 24},
        {"10.17.0.1/0", true, 0},
        {"fd00::1/64", true, 64},
        {"10.17.0.1", false, 0},
        {"10.17.0.1/33", false, 0},
        {"10.17.0/24", false, 0},
        {"fd00::1/129", false, 0},
        {"x/24", false, 0},
        {"", false, 0},
        {"/", false, 0},
        {"/24", false, 0},
        {"10.17.0.1/", false, 0},
        {"10.17.0.1/-1", false, 0},
        {"10.17.0.1/+8", false, 0},
        {"10.17.0.1/ 8", false, 0},
        {" 10.17.0.1/8", false, 0},
        {"10.17.0.1/8/8", false, 0},
        {"10.17.0.1/4294967304", false, 0},
        {"10.17.0.1/18446744073709551624", false, 0},
        {"10.17.0.256/24", false, 0},
        {"10.17.0.1.1/24", false, 0},
        {"0x0a.1.1.1/24", false, 0},
        {"010.1.1.1/24", false, 0},
        {"::/0", true, 0},
        {"::1/128", true, 128},
        {"::ffff:10.0.0.1/96", true, 96},
        {"fe80::1%eth0/64", false, 0},
        {"fd00:::1/64", false, 0},
        {"fd00::1::/64", false, 0},
        {"fd00:1/64", false, 0},
        {"12345::/16", false, 0},
        {"[fd00::1]/64", false, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Cidr cidr = {0};
        bool is_cidr = cidr_parse(str_from_cstr(cases[i].text), &cidr);
        if (is_cidr != cases[i].is_cidr || cidr.prefix != cases[i].prefix)
            fail_msg("%s: %d /%u", cases[i].text, is_cidr, cidr.prefix);
    }
}

static void test_contains(void **) {
    static const struct {
        const char *network;
        const char *address;
        bool is_inside;
    } cases[] = {
        {"10.17.0.1/24", "10.17.0.200", true},
        {"10.17.0.1/24", "10.17.1.1", false},
        {"10.17.0.1/23", "10.17.1.1", true},
        {"10.17.0.1/24", "fd00::1", false},
        {"fd00::1/64", "fd00::2:1", true},
        {"fd00::1/64", "fd00:0:0:1::1", false},
        {"::/0", "fd00::1", true},
        {"0.0.0.0/0", "255.1.2.3", true},
        {"::/0", "10.0.0.1", false},
        {"fd00::1/128", "fd00::1", true},
        {"fd00::1/128", "fd00::2", false},
        {"10.0.0.1/31", "10.0.0.0", true},
        {"10.0.0.1/31", "10.0.0.2", false},
        {"fd00::/121", "fd00::7f", true},
        {"fd00::/121", "fd00::80", false},
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

static void test_mask(void **) {
    unsigned prefix = 0;
    assert_true(cidr_prefix_of_mask(STR("255.255.254.0"), &prefix));
    assert_int_equal(prefix, 23);
    assert_true(cidr_prefix_of_mask(STR("0.0.0.0"), &prefix));
    assert_int_equal(prefix, 0);
    assert_true(cidr_prefix_of_mask(STR("255.255.255.255"), &prefix));
    assert_int_equal(prefix, 32);
    assert_true(cidr_prefix_of_mask(STR("ffff:ffff:fe00::"), &prefix));
    assert_int_equal(prefix, 39);
    prefix = 7;
    assert_false(cidr_prefix_of_mask(STR("255.0.255.0"), &prefix));
    assert_false(cidr_prefix_of_mask(STR("0.0.0.1"), &prefix));
    assert_false(cidr_prefix_of_mask(STR("24"), &prefix));
    assert_false(cidr_prefix_of_mask(STR_EMPTY, &prefix));
    assert_int_equal(prefix, 7);
    check_str(cidr_address_text(STR("10.0.0.5/24")), "10.0.0.5");
    check_str(cidr_address_text(STR("10.0.0.5")), "10.0.0.5");
}

/* A text that contains a NUL is not an address. */
static void test_nul(void **) {
    Cidr cidr;
    assert_false(cidr_parse((Str){"10.0.0.1\0/24", 12}, &cidr));
    assert_false(cidr_parse_address((Str){"10.0.0.1\0", 9}, &cidr));
}

static void test_order(void **) {
    Cidr a, b;
    assert_true(cidr_parse(STR("10.0.0.1/24"), &a));
    assert_true(cidr_parse(STR("10.0.0.2/24"), &b));
    assert_true(cidr_compare(&a, &b) < 0);
    assert_false(cidr_equal(&a, &b));
    assert_true(cidr_parse(STR("10.0.0.1/25"), &b));
    assert_int_equal(cidr_compare(&a, &b), 0);
    assert_false(cidr_equal(&a, &b));
    assert_true(cidr_parse(STR("a00:1::/24"), &b)); /* the same first bytes as 10.0.0.1 */
    assert_false(cidr_equal(&a, &b));
    assert_true(cidr_parse(STR("FD00::0:1/64"), &a));
    assert_true(cidr_parse(STR("fd00::1/64"), &b));
    assert_true(cidr_equal(&a, &b));
}

UNIT_MAIN(test_cidr) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse), cmocka_unit_test(test_contains), cmocka_unit_test(test_mask),
        cmocka_unit_test(test_nul),   cmocka_unit_test(test_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
