/* Both directions and refused texts. */
#include "unit.h"

#include "hex.h"

static void hex(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str out = STR("untouched");
    check_str(hex_encode(STR("\x00\xff\x1a"), arena), "00ff1a");
    assert_false(hex_decode(STR("0"), &out, arena));
    assert_false(hex_decode(STR("0g"), &out, arena));
    check_str(out, "untouched");
    assert_true(hex_decode(STR("41Fa"), &out, arena));
    check_str(out, "A\xfa");
}

UNIT_MAIN(test_hex) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hex),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
