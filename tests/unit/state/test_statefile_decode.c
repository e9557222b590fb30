/* State files of Terraform and OpenTofu, and invalid ones. */
#include "broken_document.h"
#include "state_case.h"

static void nouns(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    State *state = state_case_load("outputs_and_keys.tfstate", arena);
    check_str(state->lineage, "a52539ae-77ac-9714-8b6d-a7454444b17b");
    check_str(state->terraform_version, "1.11.4");
    assert_int_equal(state->serial, 7);
    assert_int_equal(state->outputs.count, 3);
    const StateOutput *output = map_find(&state->outputs, STR("sec"));
    assert_true(output->sensitive);
    check_str(value_text(output->value), "hunter2");
    output = map_find(&state->outputs, STR("obj"));
    check_str(value_display(output->value, 0, arena), "{a = [1, 2], b = null}");
    assert_int_equal(state->resources.count, 4);

    StateResource *b = state_find_resource(state, state_case_address("terraform_data.b", arena));
    assert_int_equal(b->instances.count, 2);
    assert_int_equal(b->instances.items[1].key.index, 1);
    check_str(b->provider_config.provider, "terraform.io/builtin/terraform");
    assert_int_equal(b->instances.items[0].current->dependency_count, 1);
    check_str(b->instances.items[0].current->dependencies[0], "terraform_data.a");

    ResourceAddr c = state_case_address("terraform_data.c[\"k.2\"]", arena);
    const StateObject *object = state_find_instance(state, c)->current;
    assert_true(object->create_before_destroy);
    assert_true(str_find(object->sensitive_attributes, STR("get_attr"), 0) != SIZE_MAX);
    ResourceAddr d = state_case_address("module.m[\"x\"].terraform_data.d", arena);
    assert_non_null(state_find_instance(state, d)->current);
}

static void tainted_and_deposed(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    State *state = state_case_load("tainted_and_deposed.tfstate", arena);
    ResourceAddr address = state_case_address("terraform_data.a", arena);
    const StateInstance *instance = state_find_instance(state, address);
    assert_int_equal(instance->current->status, OBJECT_TAINTED);
    assert_int_equal(instance->deposed.count, 1);
    check_str(instance->deposed.items[0].key, "3665ceb7");
    assert_int_equal(instance->deposed.items[0].object->status, OBJECT_READY);
    address = state_case_address("data.terraform_remote_state.r", arena);
    assert_non_null(state_find_instance(state, address)->current);
}

#define HEAD     "{\"version\":4,\"serial\":1,\"lineage\":\"l\",\"resources\":["
#define TAIL     "]}"
#define NAMED    "\"mode\":\"managed\",\"type\":\"t\",\"name\":\"n\","
#define PROVIDER "\"provider\":\"provider[\\\"a/b/c\\\"]\","
#define INSTANCES                                                                                  \
    "\"instances\":[{\"schema_version\":2,\"attributes\":{\"id\":\"x\"},"                          \
    "\"identity\":{\"k\":1},\"newer\":[2],\"identity_schema_version\":3}]"

/* The provider configuration "name" of an instance, as its text continues. */
#define BY(name) "\"provider\":\"provider[\\\"a/b/c\\\"]" name "\""
#define FIRST    BY(".x[\\\"a\\\"]")
#define SECOND   BY(".x[\\\"b\\\"]")

/* The instances of a resource share one provider configuration, of which each has its own key. */
static void instance_providers(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    State *state = state_case_decode(
        STR(HEAD "{" NAMED "\"instances\":[{\"index_key\":0," FIRST "},{\"index_key\":1," SECOND
                 "},{\"index_key\":1,\"deposed\":\"d\"," SECOND "}]}" TAIL),
        arena);
    const StateResource *resource = state_find_resource(state, state_case_address("t.n", arena));
    check_str(resource->provider_config.alias, "x");
    check_str(resource->instances.items[0].provider_key, "a");
    check_str(resource->instances.items[1].provider_key, "b");
}

static void other_orders_and_members(void **) {
    static const char *const cases[] = {
        HEAD "{" NAMED PROVIDER INSTANCES "}" TAIL,
        HEAD "{" INSTANCES "," PROVIDER NAMED "\"each\":\"list\"}" TAIL,
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        State *state = state_case_decode(str_from_cstr(cases[i]), arena);
        ResourceAddr address = state_case_address("t.n", arena);
        check_str(state_find_resource(state, address)->provider_config.provider, "a/b/c");
        const StateObject *object = state_find_instance(state, address)->current;
        assert_int_equal(object->schema_version, 2);
        check_str(object->attributes, "{\"id\":\"x\"}");
        check_str(object->identity, "{\"k\":1}");
        assert_int_equal(object->identity_version, 3);
        check_str(object->extra, "{\"newer\":[2]}");
    }
}

static void empty(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    assert_true(state_is_empty(state_case_decode(STR_EMPTY, arena)));
    assert_true(state_is_empty(state_case_decode(STR(" \n"), arena)));
    Str nulls = STR("{\"version\":4,\"outputs\":null,\"resources\":[]}");
    assert_true(state_is_empty(state_case_decode(nulls, arena)));
}

static void refused(void **) {
    static const struct {
        const char *text;
        const char *reason;
        uint32_t start;
    } cases[] = {
        {"not json\n", "not valid JSON", 1},
        {"{}\n", "format \"version\" is missing", 0},
        {"[]", "must be one object", 0},
        {"{\"version\":99}", "newer program that wrote it.", 0},
        {"{\"version\":99,\"terraform_version\":\"9.1.0-rc1\"}", "of version 9.1.0-rc1.", 0},
        {"{\"version\":99,\"terraform_version\":\"9\\nError: x\"}", "newer program that wrote it.",
         0},
        {"{\"version\":\"x\"}", "integer", 11},
        {"{\"version\":4,\"serial\":-1}", "\"serial\" must be", 22},
        {"{\"version\":4", "not valid JSON", 12},
        {"{\"version\":4}{", "not valid JSON", 13},
        {"{\"meta\":{},\"encrypted_data\":\"\"}", "encrypted", 0},
        {HEAD "{" NAMED "\"provider\":\"x\"}" TAIL, "not a valid provider address", 0},
        {HEAD "{" NAMED PROVIDER "\"instances\":3}" TAIL, "must be a list", 0},
        {HEAD "{" NAMED "\"module\":\"x.y\"}" TAIL, "not a valid module address", 0},
        {HEAD "{\"mode\":\"managed\",\"type\":\"t\"}" TAIL, "lacks its type or name", 0},
        {HEAD "{" NAMED "\"a\":1}" TAIL, "t.n has no provider", 0},
        {HEAD "{" NAMED PROVIDER "\"a\":1},{" NAMED "\"a\":1}" TAIL, "t.n occurs twice", 0},
        {HEAD "{" NAMED "\"instances\":[{},{}]}" TAIL, "t.n occurs twice", 0},
        {HEAD "{" NAMED "\"instances\":[{\"index_key\":0," FIRST
              "},{\"index_key\":1," BY("") "}]}" TAIL,
         "t.n has more than one provider", 0},
        {HEAD "{" NAMED PROVIDER "\"instances\":[{" FIRST "}]}" TAIL,
         "t.n has more than one provider", 0},
        {HEAD "{" NAMED "\"instances\":[{" FIRST "}]," BY(".y") "}" TAIL,
         "t.n has more than one provider", 0},
        {HEAD "{" NAMED "\"instances\":[{" FIRST "},{\"deposed\":\"d\"," SECOND "}]}" TAIL,
         "objects of the instance t.n have different providers", 0},
        {"{\"version\":4,\"serial\":4611686018427387905}", "at most 2^62", 0},
        {HEAD "{" NAMED "\"instances\":[{\"status\":\"bad\"}]}" TAIL, "tainted", 0},
        {HEAD "{" NAMED "\"instances\":[{\"private\":\"?\"}]}" TAIL, "base64", 0},
        {"{\"version\":4,\"outputs\":{\"o\":{\"value\":1}}}", "lacks its value or type", 0},
        {"{\"version\":4,\"outputs\":{\"o\":{\"value\":1,\"type\":[\"list\",\"bool\"]}}}",
         "does not match its type", 0},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Diags diags = diags_new(arena);
        State *state = NULL;
        bool ok = statefile_decode(STR("s"), str_from_cstr(cases[i].text), &state, arena, &diags);
        if (ok)
            print_error("accepted: %s\n", cases[i].text);
        assert_false(ok);
        assert_null(state);
        assert_int_equal(diags.error_count, 1);
        Str detail = diags.items[0].detail;
        if (str_find(detail, str_from_cstr(cases[i].reason), 0) == SIZE_MAX)
            check_str(detail, cases[i].reason);
        if (cases[i].start)
            assert_int_equal(diags.items[0].range.start, cases[i].start);
    }
}

static void read_state(Str text, void *) {
    SCOPED(ArenaRef) arena = arena_open("broken");
    Diags diags = diags_new(arena);
    State *state = NULL;
    if (!statefile_decode(STR("s"), text, &state, arena, &diags))
        assert_true(diags_has_errors(&diags));
}

static void broken(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const names[] = {"outputs_and_keys.tfstate", "tainted_and_deposed.tfstate",
                                        "version3.tfstate"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        Str text = state_case_read(names[i], arena);
        broken_document_cut(text, read_state, NULL);
        assert_true(broken_document_kinds(text, read_state, NULL) > 300);
    }
}

UNIT_MAIN(test_statefile_decode) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nouns),
        cmocka_unit_test(tainted_and_deposed),
        cmocka_unit_test(other_orders_and_members),
        cmocka_unit_test(instance_providers),
        cmocka_unit_test(empty),
        cmocka_unit_test(refused),
        cmocka_unit_test(broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
