/* Messages of the plugin protocol: requests as bytes, responses with every field, damaged ones. */
#include "arena_case.h"

#include "hex.h"
#include "protocol_message.h"
#include "wire.h"

static const char *const names[] = {"id", "name"};

static const Type *object_type(void) {
    Str keys[] = {str_from_cstr(names[0]), str_from_cstr(names[1])};
    const Type *types[] = {&TYPE_STRING, &TYPE_STRING};
    return type_intern(type_object(keys, types, NULL, 2, arena));
}

static Value object(const char *id, const char *name) {
    Value *items = arena_new_array(arena, Value, 2);
    items[0] = id ? value_from_cstr(id) : value_null(&TYPE_STRING);
    items[1] = value_from_cstr(name);
    return value_object_of(object_type(), items);
}

static void check_hex(Str bytes, const char *wanted) {
    check_str(hex_encode(bytes, arena), wanted);
}

static void paths_of_methods(void **) {
    check_str(str_from_cstr(protocol_method_path(PROTOCOL_CONFIGURE, 5, arena)),
              "/tfplugin5.Provider/Configure");
    check_str(str_from_cstr(protocol_method_path(PROTOCOL_CONFIGURE, 6, arena)),
              "/tfplugin6.Provider/ConfigureProvider");
    check_str(str_from_cstr(protocol_method_path(PROTOCOL_READ_DATA, 5, arena)),
              "/tfplugin5.Provider/ReadDataSource");
}

static void requests(void **) {
    ProtocolRequest request = {
        .type_name = "t",
        .type = object_type(),
        .prior = value_null(object_type()),
        .proposed = object(NULL, "a"),
        .config = object(NULL, "a"),
        .private_data = STR("p"),
    };
    check_hex(protocol_message_request(PROTOCOL_PLAN_RESOURCE, &request, arena),
              "0a0174" /* type name */
              "220e"
              "0a0c"
              "82a26964c0a46e616d65a161" /* config */
              "1203"
              "0a01"
              "c0" /* prior */
              "1a0e"
              "0a0c"
              "82a26964c0a46e616d65a161" /* proposed */
              "2a0170"                   /* private data */
              "3a021001");               /* capabilities: write-only */
    request = (ProtocolRequest){.type_name = "t", .version = 2, .stored = STR("{}")};
    check_hex(protocol_message_request(PROTOCOL_UPGRADE_RESOURCE, &request, arena),
              "0a017410021a040a027b7d");
    request = (ProtocolRequest){.type = object_type(), .config = object("i", "n")};
    check_hex(protocol_message_request(PROTOCOL_CONFIGURE, &request, arena),
              "0a06312e31312e34"
              "120f0a0d82a26964a169a46e616d65a16e"
              "1a021001");
    check_hex(protocol_message_request(PROTOCOL_STOP, &(ProtocolRequest){0}, arena), "");
}

static void function_arguments(void **) {
    Value arguments[] = {value_int(7), value_from_cstr("x")};
    const Type *types[] = {&TYPE_NUMBER, &TYPE_DYNAMIC};
    ProtocolRequest request = {
        .type_name = "f", .arguments = arguments, .argument_types = types, .argument_count = 2};
    check_hex(protocol_message_request(PROTOCOL_CALL_FUNCTION, &request, arena),
              "0a0166"
              "12030a0107"
              "120f0a0d92c40822737472696e6722a178");
}

/* An AttributePath: .disk[1]["k"]. */
static void add_path(StrBuf *out, uint32_t number) {
    size_t path = wire_begin(out, number);
    size_t step = wire_begin(out, 1);
    wire_put_bytes(out, 1, STR("disk"));
    wire_end(out, step);
    step = wire_begin(out, 1);
    wire_put_varint(out, 3, 1);
    wire_end(out, step);
    step = wire_begin(out, 1);
    wire_put_bytes(out, 2, STR("k"));
    wire_end(out, step);
    wire_end(out, path);
}

static void add_diagnostic(StrBuf *out, uint32_t number, uint64_t severity, const char *summary) {
    size_t diag = wire_begin(out, number);
    wire_put_varint(out, 1, severity);
    wire_put_bytes(out, 2, str_from_cstr(summary));
    wire_put_bytes(out, 3, STR("De\xFFtail."));
    add_path(out, 4);
    wire_end(out, diag);
}

static void diagnostics(void **) {
    Diags diags = diags_new(arena);
    ProtocolResponse response;
    StrBuf bytes = strbuf_new(arena);
    add_diagnostic(&bytes, 1, 1, "Bad");
    add_diagnostic(&bytes, 1, 2, "");
    assert_true(protocol_message_response(PROTOCOL_VALIDATE_RESOURCE, strbuf_str(&bytes), &response,
                                          arena, &diags));
    assert_int_equal(diags.count, 2);
    assert_int_equal(diags.items[0].severity, DIAG_ERROR);
    check_str(diags.items[0].summary, "Bad");
    check_str(diags.items[0].detail, "De\xEF\xBF\xBDtail.");
    check_str(diags.items[0].path, ".disk[1][\"k\"]");
    assert_int_equal(diags.items[1].severity, DIAG_WARNING);
    check_str(diags.items[1].summary, "Provider error");
}

static void add_value(StrBuf *out, uint32_t number, const char *hex, uint32_t form) {
    Str value;
    assert_true(hex_decode(str_from_cstr(hex), &value, arena));
    size_t message = wire_begin(out, number);
    wire_put_bytes(out, form, value);
    wire_end(out, message);
}

static void plan_response(void **state) {
    (void)state;
    Diags diags = diags_new(arena);
    ProtocolResponse response;
    Value planned;
    Str error;
    StrBuf bytes = strbuf_new(arena);
    add_value(&bytes, 1, "82a26964d40000a46e616d65a161", 1);
    add_path(&bytes, 2);
    wire_put_bytes(&bytes, 3, STR("private"));
    wire_put_varint(&bytes, 5, 1);
    wire_put_varint(&bytes, 99, 1); /* of a later version */
    size_t deferred = wire_begin(&bytes, 6);
    wire_put_varint(&bytes, 1, 2);
    wire_end(&bytes, deferred);
    assert_true(protocol_message_response(PROTOCOL_PLAN_RESOURCE, strbuf_str(&bytes), &response,
                                          arena, &diags));
    assert_true(response.has_state && response.is_legacy && response.is_deferred);
    assert_int_equal(response.deferred_reason, 2);
    check_str(response.private_data, "private");
    assert_int_equal(response.replaces.count, 1);
    assert_true(protocol_message_value(response.state, object_type(), &planned, &error, arena));
    assert_false(value_is_wholly_known(planned));
}

static void values(void **) {
    Value v;
    Str error;
    StrBuf json = strbuf_new(arena);
    wire_put_bytes(&json, 2, STR("{\"id\":\"x\",\"name\":null}"));
    assert_true(protocol_message_value(strbuf_str(&json), object_type(), &v, &error, arena));
    check_str(value_text(value_at(v, 0)), "x");
    assert_false(protocol_message_value(STR_EMPTY, object_type(), &v, &error, arena));
    check_str(error, "the value is missing");
    StrBuf wrong = strbuf_new(arena);
    wire_put_bytes(&wrong, 1, STR("\xC3"));
    assert_false(protocol_message_value(strbuf_str(&wrong), object_type(), &v, &error, arena));
    assert_true(error.len > 0);
    StrBuf bad = strbuf_new(arena);
    wire_put_bytes(&bad, 2, STR("{\"id\":"));
    assert_false(protocol_message_value(strbuf_str(&bad), object_type(), &v, &error, arena));
}

static void import_response(void **) {
    Diags diags = diags_new(arena);
    ProtocolResponse response;
    StrBuf bytes = strbuf_new(arena);
    for (int i = 0; i < 2; i++) {
        size_t one = wire_begin(&bytes, 1);
        wire_put_bytes(&bytes, 1, i == 0 ? STR("first") : STR("second"));
        add_value(&bytes, 2, "c0", 1);
        wire_put_bytes(&bytes, 3, STR("p"));
        wire_end(&bytes, one);
    }
    assert_true(protocol_message_response(PROTOCOL_IMPORT_RESOURCE, strbuf_str(&bytes), &response,
                                          arena, &diags));
    assert_int_equal(response.imported_count, 2);
    check_str(response.imported_type, "first");
    check_str(response.private_data, "p");
}

static void other_responses(void **) {
    Diags diags = diags_new(arena);
    ProtocolResponse response;
    StrBuf open = strbuf_new(arena);
    size_t renew = wire_begin(&open, 2);
    wire_put_varint(&open, 1, 1700000000);
    wire_put_varint(&open, 2, 5000000);
    wire_end(&open, renew);
    assert_true(protocol_message_response(PROTOCOL_OPEN_EPHEMERAL, strbuf_str(&open), &response,
                                          arena, &diags));
    assert_true(response.has_renew_at && response.renew_at_ms == 1700000000005);
    StrBuf failed = strbuf_new(arena);
    size_t error = wire_begin(&failed, 2);
    wire_put_bytes(&failed, 1, STR("wrong"));
    wire_end(&failed, error);
    assert_true(protocol_message_response(PROTOCOL_CALL_FUNCTION, strbuf_str(&failed), &response,
                                          arena, &diags));
    assert_true(response.has_error && response.error_argument == SIZE_MAX);
    check_str(response.error, "wrong");
    assert_false(protocol_message_response(PROTOCOL_READ_RESOURCE, STR("\x0A\x7F"), &response,
                                           arena, &diags));
    check_str(vec_last(&diags).summary, "Invalid response of a provider");
}

UNIT_MAIN(test_protocol_message) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_of_methods),   cmocka_unit_test(requests),
        cmocka_unit_test(function_arguments), cmocka_unit_test(diagnostics),
        cmocka_unit_test(plan_response),      cmocka_unit_test(values),
        cmocka_unit_test(import_response),    cmocka_unit_test(other_responses),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
