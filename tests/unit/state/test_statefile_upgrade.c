/* States of Terraform before 0.12. */
#include "state_case.h"

static const StateObject *object_at(const State *state, const char *address, Arena *arena) {
    const StateInstance *instance = state_find_instance(state, state_case_address(address, arena));
    assert_non_null(instance);
    return instance->current;
}

static void version_3(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    State *state = state_case_load("version3.tfstate", arena);
    assert_int_equal(state->serial, 12);
    check_str(state->lineage, "0e4ad76e-9d52-4bcb-8c6e-3f7f3d1c4f11");
    const StateOutput *many = map_find(&state->outputs, STR("many"));
    assert_true(many->sensitive);
    check_str(value_display(many->value, 0, arena), "[\"a\", \"b\"]");

    const StateObject *pet = object_at(state, "random_pet.pet", arena);
    check_str(pet->attributes, "{\"id\":\"calm-cat\",\"keepers\":{\"a.b\":\"x\",\"c\":\"y\"},"
                               "\"length\":\"2\",\"separator\":\"-\"}");
    assert_int_equal(pet->status, OBJECT_TAINTED);
    assert_int_equal(pet->schema_version, 1);
    assert_int_equal(pet->dependency_count, 2);
    check_str(pet->dependencies[0], "random_id.id");
    check_str(pet->dependencies[1], "data.http.page");
    ResourceAddr address = state_case_address("random_pet.pet", arena);
    assert_int_equal(state_find_instance(state, address)->deposed.count, 1);
    const StateResource *resource = state_find_resource(state, address);
    check_str(resource->provider_config.provider, "registry.terraform.io/hashicorp/random");
    check_str(resource->provider_config.alias, "west");

    check_str(object_at(state, "random_id.id[0]", arena)->attributes,
              "{\"id\":\"AA\",\"list\":[\"z\",\"y\",\"x\"],\"set\":[{\"name\":\"n\"}]}");
    assert_non_null(object_at(state, "random_id.id[1]", arena));
    assert_non_null(object_at(state, "data.http.page", arena));
    const StateObject *inner = object_at(state, "module.m.null_resource.inner", arena);
    check_str(inner->dependencies[0], "module.m.null_resource.other");
    address = state_case_address("module.m.null_resource.inner", arena);
    check_str(state_find_resource(state, address)->provider_config.module, "module.m");
}

static void version_1(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    State *state = state_case_decode(
        STR("{\"version\":1,\"serial\":3,\"modules\":[{\"path\":[\"root\"],\"outputs\":{\"o\":"
            "\"x\"},\"resources\":{\"t_a.b\":{\"type\":\"t_a\",\"primary\":{\"id\":\"i\","
            "\"attributes\":{\"id\":\"i\"}}}}}]}"),
        arena);
    check_str(value_text(((StateOutput *)map_find(&state->outputs, STR("o")))->value), "x");
    check_str(object_at(state, "t_a.b", arena)->attributes, "{\"id\":\"i\"}");
}

/* A state of version 3 whose resource t_a.b has these attributes. */
static Str with_attributes(Str flat, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    strbuf_add_cstr(&text, "{\"version\":3,\"modules\":[{\"path\":[\"root\"],\"resources\":{"
                           "\"t_a.b\":{\"primary\":{\"id\":\"i\",\"attributes\":{");
    Str pair;
    for (bool is_first = true; str_next_field(&flat, ' ', &pair); is_first = false) {
        size_t equals = str_find_char(pair, '=', 0);
        if (equals == SIZE_MAX)
            continue;
        strbuf_add_format(&text, "%s\"%.*s\":\"%.*s\"", is_first ? "" : ",",
                          STR_ARG(str_slice(pair, 0, equals)),
                          STR_ARG(str_after(pair, equals + 1)));
    }
    strbuf_add_cstr(&text, "}}}}}]}");
    return strbuf_str(&text);
}

static void flat_attributes(void **) {
    static const struct {
        const char *flat; /* name=value, separated by blanks */
        const char *json;
    } table[] = {
        {"", "{}"},
        {"b=2 a=1", "{\"a\":\"1\",\"b\":\"2\"}"},
        {"l.#=0", "{\"l\":[]}"},
        {"l.#=11 l.0=a l.10=c l.9=b", "{\"l\":[\"a\",\"b\",\"c\"]}"},
        {"m.%=0", "{\"m\":{}}"},
        {"m.%=2 m.x.y=1 m.z=2", "{\"m\":{\"x.y\":\"1\",\"z\":\"2\"}}"},
        {"d.#=1 d.0.n=x d.0.s.#=1 d.0.s.99=y", "{\"d\":[{\"n\":\"x\",\"s\":[\"y\"]}]}"},
        {"o.a=1 o.b=2", "{\"o\":{\"a\":\"1\",\"b\":\"2\"}}"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(table); i++) {
        Str text = with_attributes(str_from_cstr(table[i].flat), arena);
        const State *state = state_case_decode(text, arena);
        check_str(object_at(state, "t_a.b", arena)->attributes, table[i].json);
    }
}

static void rejected(void **) {
    static const char *const cases[] = {
        "{\"version\":3,",
        "{\"version\":3,\"modules\":[{\"resources\":{\"one\":{}}}]}",
        "{\"version\":3,\"modules\":[{\"resources\":{\"a.b.c\":{}}}]}",
        "{\"version\":3,\"modules\":[{\"resources\":{\"a.b\":{\"provider\":\"module.x\"}}}]}",
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Diags diags = diags_new(arena);
        State *state = NULL;
        assert_false(statefile_decode(STR("s"), str_from_cstr(cases[i]), &state, arena, &diags));
        assert_int_equal(diags.error_count, 1);
    }
}

UNIT_MAIN(test_statefile_upgrade) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_3),
        cmocka_unit_test(version_1),
        cmocka_unit_test(flat_attributes),
        cmocka_unit_test(rejected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
