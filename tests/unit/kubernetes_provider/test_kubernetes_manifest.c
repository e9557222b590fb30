/* Stored objects of hashicorp/kubernetes in our form. */
#include "kubernetes_provider.h"
#include "object_case.h"

static Str upgraded(int64_t version, const char *stored, Arena *arena) {
    Call call = {.type = &kubernetes_manifest.type, .arena = arena};
    UpgradeRequest request = {version, str_from_cstr(stored)};
    UpgradeResponse response = {.upgraded = request.stored};
    Diags diags = diags_new(arena);
    assert_true(kubernetes_manifest.upgrade(&call, &request, &response, &diags));
    return response.upgraded;
}

static Value member(Value object, const char *name) {
    return value_attribute(object, str_from_cstr(name));
}

static void forms(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char stored[] =
        "{\"computed_fields\":[\"a\"],\"field_manager\":[{\"force_conflicts\":true,\"name\":null}],"
        "\"manifest\":{\"value\":null,\"type\":[\"object\",{}]},"
        "\"object\":{\"value\":{\"kind\":\"K\",\"spec\":null,\"metadata\":{\"name\":\"n\",\"uid\":"
        "null}},"
        "\"type\":[\"object\",{\"kind\":\"string\"}]},"
        "\"timeouts\":[{\"create\":\"1m\",\"update\":null,\"delete\":null}],\"wait\":[],"
        "\"wait_for\":{\"fields\":{\"a\":\"b\"}}}";
    Value made = object_case(str_to_cstr(upgraded(1, stored, arena), arena), arena);
    check_str(object_case_text(member(made, "computed_fields"), arena), "[\"a\"]");
    check_str(object_case_text(member(made, "field_manager"), arena),
              "{force_conflicts:true,name:null}");
    check_str(object_case_text(member(member(made, "object"), "value"), arena),
              "{kind:\"K\",metadata:{name:\"n\"}}");
    check_str(object_case_text(member(member(made, "manifest"), "value"), arena),
              "{kind:\"K\",metadata:{name:\"n\"}}");
    check_str(object_case_text(member(member(made, "timeouts"), "create"), arena), "\"1m\"");
    check_str(object_case_text(member(made, "wait"), arena),
              "{condition:[],fields:{a:\"b\"},rollout:null}");
    check_str(object_case_text(member(made, "wait_for_ready"), arena), "true");
}

/* A text that is not of this form stays, and its decoding reports it. */
static void others(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        int64_t version;
        const char *stored;
    } cases[] = {
        {0, "{\"manifest\":null}"},
        {1, "{"},
        {1, "[]"},
        {1, "{\"timeouts\":[{\"unknown\":1}]}"},
        {1, "{\"computed_fields\":{\"a\":[]}}"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(upgraded(cases[i].version, cases[i].stored, arena), cases[i].stored);
}

UNIT_MAIN(test_kubernetes_manifest) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms),
        cmocka_unit_test(others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
