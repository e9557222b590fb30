/* Lists of a provider that is a program, and generated configurations of found objects. */
#include "foreign_case.h"

static void set_identities(void) {
    StrBuf out = strbuf_new(arena);
    size_t entry = wire_begin(&out, 1);
    wire_put_bytes(&out, 1, STR("p_thing"));
    size_t schema = wire_begin(&out, 2);
    size_t attribute = wire_begin(&out, 2);
    wire_put_bytes(&out, 1, STR("key"));
    wire_put_bytes(&out, 2, STR("\"string\""));
    wire_put_varint(&out, 3, 1);
    wire_end(&out, attribute);
    wire_end(&out, schema);
    wire_end(&out, entry);
    world_respond("GetResourceIdentitySchemas", (RpcResponse){.message = strbuf_str(&out)});
}

static void put_packed(StrBuf *out, uint32_t number, const char *packed) {
    size_t dynamic = wire_begin(out, number);
    wire_put_bytes(out, 1, str_from_cstr(packed));
    wire_end(out, dynamic);
}

/* The event of one found object. `identity` and `object` are msgpack; NULL: none. */
static void find(const char *identity, const char *name, const char *object, const char *problem) {
    StrBuf out = strbuf_new(arena);
    if (identity) {
        size_t at = wire_begin(&out, 1);
        put_packed(&out, 1, identity);
        wire_end(&out, at);
    }
    wire_put_bytes(&out, 2, str_from_cstr(name));
    if (object)
        put_packed(&out, 3, object);
    if (problem) {
        size_t at = wire_begin(&out, 4);
        wire_put_varint(&out, 1, problem[0] == 'w' ? 2 : 1);
        wire_put_bytes(&out, 2, str_from_cstr(problem));
        wire_end(&out, at);
    }
    vec_push(arena, &world.stream, strbuf_str(&out));
}

#define KEY_A                                                                                      \
    "\x81\xa3key\xa1"                                                                              \
    "a"
#define KEY_B                                                                                      \
    "\x81\xa3key\xa1"                                                                              \
    "b"
#define OBJECT_A                                                                                   \
    "\x83\xa2id\xa1"                                                                               \
    "1\xa4name\xa1"                                                                                \
    "a\xa4part\x90"

typedef struct Findings {
    StrBuf text;
    size_t count;
    size_t wanted;
} Findings;

static bool note(void *payload, const ListedObject *found) {
    Findings *findings = payload;
    strbuf_add_format(&findings->text, "%.*s=%.*s%s\n", STR_ARG(found->display_name),
                      STR_ARG(value_text(value_at(found->identity, 0))),
                      value_is_present(found->object) ? "+" : "");
    return ++findings->count < findings->wanted;
}

/* Returns the found objects and the summaries of diagnostics. */
static Str list(const char *type, bool includes_objects) {
    ForeignProvider *foreign = open_provider();
    Call call = call_of(foreign, MODE_LIST, type);
    Diags diags = diags_new(arena);
    Findings findings = {.text = strbuf_new(arena), .wanted = 3};
    ListRequest request = {object(&call, NULL, "n"), includes_objects, 3};
    bool is_ok =
        ((const ListType *)call.type)->list(&call, &request, &(ListSink){note, &findings}, &diags);
    assert_int_equal(is_ok, diags.error_count == 0);
    vec_each(&diags, diag) {
        strbuf_add_format(&findings.text, "%.*s: %.*s\n", STR_ARG(diag->summary),
                          STR_ARG(diag->detail));
    }
    foreign_provider_close(foreign);
    world.stream = (StrVec){0};
    cancel_close(world.ended);
    world.ended = cancel_open();
    return strbuf_str(&findings.text);
}

static void lists(void **) {
    set_identities();
    find(KEY_A, "A", OBJECT_A, NULL);
    find(KEY_B, "B", NULL, "warning");
    check_str(list("p_thing", true), "A=a+\nB=b\nwarning: \n");
    check_str(world_request("ListResource"), "0a07705f7468696e671214"
                                             "0a1283a26964c0a46e616d65a16ea470617274"
                                             "90"
                                             "18012003");
    find(KEY_A, "A", OBJECT_A, NULL);
    check_str(list("p_thing", false), "A=a\n"); /* the request excludes objects */
    for (size_t i = 0; i < 9; i++)
        find(KEY_A, "A", NULL, NULL);
    check_str(list("p_thing", false), "A=a\nA=a\nA=a\n");
    assert_int_equal(world.delivered, 3);
    check_str(list("p_thing", false), "");
}

static void damaged_lists(void **) {
#define MISTAKE " This is a mistake in the provider; please report it to its developers.\n"
    set_identities();
    find(NULL, "A", NULL, NULL);
    check_str(list("p_thing", false),
              "Provider produced invalid list: The provider h/x/p listed an object of the type "
              "p_thing without its identity." MISTAKE);
    find("\x81\xa3key\xc2", "A", NULL, NULL);
    Str text = list("p_thing", false);
    assert_true(str_starts_with(text, STR("Provider produced invalid identity: ")));
    find("\x81\xa3key\xd4\x01\x01", "A", NULL, NULL);
    text = list("p_thing", false);
    assert_true(str_find(text, STR("an identity with unknown values"), 0) < text.len);
    find(KEY_A, "A", "\xc2", NULL);
    text = list("p_thing", true);
    assert_true(str_starts_with(text, STR("Provider produced invalid object: ")));
    find(KEY_A, "A", NULL, NULL);
    find(NULL, "", NULL, "error");
    find(KEY_B, "B", NULL, NULL); /* not received any more */
    check_str(list("p_thing", false), "A=a\nerror: \n");
    vec_push(arena, &world.stream, STR("\x0A\x7F"));
    text = list("p_thing", false);
    assert_true(str_starts_with(text, STR("Invalid response of a provider: ")));
    for (size_t i = 0; i < 1002; i++)
        find(NULL, "", NULL, "warning");
    text = list("p_thing", false);
    assert_true(str_find(text, STR("sent more than 1000 warnings"), 0) < text.len);
    find(KEY_A, "A", NULL, NULL);
    text = list("p_look", false);
    assert_true(str_starts_with(text, STR("Provider has no identity of listed objects: ")));
    world_respond("ListResource", (RpcResponse){.status = RPC_UNIMPLEMENTED});
    check_str(list("p_thing", false), "Unsupported plugin method: The provider h/x/p does not "
                                      "support the call ListResource.\n");
}

static void generated_configurations(void **) {
    ForeignProvider *foreign = open_provider();
    Call call = call_of(foreign, MODE_MANAGED, "p_thing");
    Diags diags = diags_new(arena);
    GenerateConfigRequest request = {object(&call, "1", "a")};
    GenerateConfigResponse response = {0};
    world_set("GenerateResourceConfig", KNOWN_A);
    assert_true(resource_type_of(call.type)->generate_config(&call, &request, &response, &diags));
    check_str(value_text(value_attribute(response.config, STR("name"))), "a");
    world_set("GenerateResourceConfig", UNKNOWN_A);
    assert_false(resource_type_of(call.type)->generate_config(&call, &request, &response, &diags));
    foreign_provider_close(foreign);
}

UNIT_MAIN(test_foreign_list) {
    const struct CMUnitTest tests[] = {
        FOREIGN_CASE(lists),
        FOREIGN_CASE(damaged_lists),
        FOREIGN_CASE(generated_configurations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
