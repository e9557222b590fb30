/* A decoded state file is encoded byte for byte as Terraform wrote it. */
#include "state_case.h"

static void as_it_was_read(void **) {
    static const char *const names[] = {
        "outputs_and_keys.tfstate",
        "tainted_and_deposed.tfstate",
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        Str bytes = state_case_read(names[i], arena);
        State *state = state_case_decode(bytes, arena);
        check_str_equal(statefile_encode(state, arena), bytes);
        check_str_equal(statefile_encode(state_clone(state, arena), arena), bytes);
    }
}

static void whole_form(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    State *state = state_new(arena);
    state->serial = 18446744073709551615ULL;
    state->lineage = STR("l");
    ResourceAddr address = state_case_address("module.a[0].t.n[\"k\"]", arena);
    StateInstance *instance = state_add_instance(state, address);
    StateResource *resource = state_find_resource(state, address);
    resource->provider_config.provider = STR("h/n/t");
    resource->provider_config.alias = STR("west");
    resource->provider_config.module = STR("module.a");
    StateObject *object = state_case_object("<1>", arena);
    object->private_data = STR("p");
    object->extra = STR("{\"newer\":{\"a\":[]}}");
    instance->current = object;
    state_set_deposed(instance, STR("b0000000"), state_case_object("2", arena), arena);
    state_set_deposed(instance, STR("a0000000"), state_case_object("3", arena), arena);
    /* Calls in doubt are only in the journal. */
    state_add_instance(state, state_case_address("t.pending", arena))->pending =
        arena_new(arena, StatePending);
    Str text = statefile_encode(state, arena);
    static const char wanted[] = "\
{\n\
  \"version\": 4,\n\
  \"terraform_version\": \"1.11.4\",\n\
  \"serial\": 18446744073709551615,\n\
  \"lineage\": \"l\",\n\
  \"outputs\": {},\n\
  \"resources\": [\n\
    {\n\
      \"module\": \"module.a[0]\",\n\
      \"mode\": \"managed\",\n\
      \"type\": \"t\",\n\
      \"name\": \"n\",\n\
      \"provider\": \"module.a.provider[\\\"h/n/t\\\"].west\",\n\
      \"instances\": [\n\
        {\n\
          \"index_key\": \"k\",\n\
          \"schema_version\": 0,\n\
          \"attributes\": {\n\
            \"id\": \"\\u003c1\\u003e\"\n\
          },\n\
          \"sensitive_attributes\": [],\n\
          \"private\": \"cA==\",\n\
          \"newer\": {\n\
            \"a\": []\n\
          }\n\
        },\n\
        {\n\
          \"index_key\": \"k\",\n\
          \"deposed\": \"a0000000\",\n\
          \"schema_version\": 0,\n\
          \"attributes\": {\n\
            \"id\": \"3\"\n\
          },\n\
          \"sensitive_attributes\": []\n\
        },\n\
        {\n\
          \"index_key\": \"k\",\n\
          \"deposed\": \"b0000000\",\n\
          \"schema_version\": 0,\n\
          \"attributes\": {\n\
            \"id\": \"2\"\n\
          },\n\
          \"sensitive_attributes\": []\n\
        }\n\
      ]\n\
    }\n\
  ],\n\
  \"check_results\": null\n\
}\n";
    check_str(text, wanted);
}

UNIT_MAIN(test_statefile_encode) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_it_was_read),
        cmocka_unit_test(whole_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
