/* Rpc without an installed plugin. */
#include "unit.h"

#include "plugin.h"
#include "rpc.h"

static void not_installed(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    const Rpc *rpc = &rpc_real;
    plugin_set_directory(STR("/nowhere"));
    RpcChannel *channel = NULL;
    Str problem = STR_EMPTY;
    assert_false(rpc->open(rpc->self, STR("x"), &channel, &problem, arena));
    assert_true(str_find(problem, STR("/nowhere/loam-rpc.so"), 0) != SIZE_MAX);
    assert_null(channel);
}

UNIT_MAIN(test_rpc) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(not_installed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
