/* The advisory lock key for creating a row; tests/backend/pg tests the rest with a server. */
#include "unit.h"

#include "backends.h"
#include "pg_session.h"

static void creation_lock(void **) {
    assert_int_equal(pg_backend_creation_lock(STR("terraform_remote_state"), STR("states")),
                     -INT64_C(3797183428));
    assert_int_equal(pg_backend_creation_lock(STR("a"), STR("b")), -INT64_C(1704748236));
}

UNIT_MAIN(test_pg_backend) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(creation_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
