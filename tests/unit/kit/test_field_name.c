/* Names of arguments as names of fields. */
#include "field_name.h"
#include "unit.h"

static void names(void **) {
    static const struct {
        const char *argument;
        const char *field;
    } cases[] = {
        {"interval", "interval"},
        {"secret_ref", "secretRef"},
        {"match_oidc_identity", "matchOIDCIdentity"},
        {"issuer_url", "issuerURL"},
        {"skip_crds", "skipCrds"},
        {"key_id", "keyID"},
        {"api_version", "apiVersion"},
        {"url", "url"},
        {"crds", "crds"},
        {"disable_open_api_validation", "disableOpenAPIValidation"},
        {"a_2b", "a2b"},
        {"", ""},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(field_name_of_attribute(str_from_cstr(cases[i].argument), arena), cases[i].field);
}

UNIT_MAIN(test_field_name) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
