/* A created object can be read, changed, imported and deleted. */
#include "resource_life.h"
#include "tls_provider.h"

static void test_lives(void **) {
    static const struct {
        const ResourceType *type;
        ResourceLife life;
    } cases[] = {
        {&tls_private_key,
         {"{\"algorithm\":\"ED25519\"}", "{\"algorithm\":\"ECDSA\",\"ecdsa_curve\":\"P256\"}",
          false}},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ResourceCase c = case_open(cases[i].type);
        check_life(&c, &cases[i].life);
        case_close(&c);
    }
}

UNIT_MAIN(test_tls_provider) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
