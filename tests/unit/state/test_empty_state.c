/* Other tools read the text as an empty state; loam reads it as no state. Other texts pass
 * unchanged. */
#include "unit.h"

#include "empty_state.h"
#include "statefile.h"

static void passing(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    State *decoded;
    Str text = empty_state_new(arena);
    check_str(empty_state_drop(text), "");
    assert_true(statefile_decode(STR("x"), text, &decoded, arena, &diags));
    assert_true(state_is_empty(decoded));
    assert_int_equal(decoded->lineage.len, 36);
    check_str(empty_state_drop(STR("")), "");
#define PLACEHOLDER(version, serial)                                                               \
    "{\"version\":4,\"terraform_version\":\"" version "\",\"serial\":" serial ",\"lineage\":"      \
    "\"6f2c1a54-0000-4000-8000-000000000001\",\"outputs\":{},\"resources\":[],"                    \
    "\"check_results\":null}\n"
    check_str(empty_state_drop(STR(PLACEHOLDER("1.5.7", "0"))), "");
    check_str(empty_state_drop(STR(PLACEHOLDER("2.10.0-beta1", "0"))), "");
    check_str(empty_state_drop(STR(PLACEHOLDER("1.5.7", "1"))), PLACEHOLDER("1.5.7", "1"));
    check_str(empty_state_drop(STR("{\"version\":4,\"terraform_version\":\"")),
              "{\"version\":4,\"terraform_version\":\"");
    Str longer = str_concat(text, STR(" "), arena);
    check_str_equal(empty_state_drop(longer), longer);
    check_str(empty_state_drop(STR("{\"version\":4,\"serial\":0}")),
              "{\"version\":4,\"serial\":0}");
}

UNIT_MAIN(test_empty_state) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
