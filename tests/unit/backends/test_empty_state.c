/* Other tools read the text as an empty state; loam reads it as no state. Other texts pass
 * unchanged. */
#include "unit.h"

#include "empty_state.h"
#include "statefile.h"

static void passing(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    State *decoded;
    Str text = empty_state_new(arena);
    check_str(empty_state_pass(text), "");
    assert_true(statefile_decode(STR("x"), text, &decoded, arena, &diags));
    assert_true(state_is_empty(decoded));
    assert_int_equal(decoded->lineage.len, 36);
    check_str(empty_state_pass(STR("")), "");
    Str longer = str_concat(text, STR(" "), arena);
    check_str_equal(empty_state_pass(longer), longer);
    check_str(empty_state_pass(STR("{\"version\":4,\"serial\":0}")),
              "{\"version\":4,\"serial\":0}");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
