/* Objects with a UUID and a name, on networks of libvirt's test driver and on rows of the test. */
#include "libvirt_object.h"

#include "libvirt_case.h"
#include "uuid.h"

static bool cannot_read(const Call *call, void *, Value *, Diags *diags) {
    return libvirt_error_say(call, diags, STR("Cannot read"), STR_EMPTY);
}

static bool read_id(const Call *call, void *handle, Value *state, Diags *) {
    char uuid[VIR_UUID_STRING_BUFLEN];
    assert_int_equal(virNetworkGetUUIDString(handle, uuid), 0);
    ObjectBuilder builder = object_builder_of(*state, call->arena);
    object_builder_set_copy(&builder, "id", uuid, call->arena);
    *state = object_builder_value(&builder);
    return true;
}

static const LibvirtObject readable = {.kind = &libvirt_kind_network, .read = read_id};
static const LibvirtObject unreadable = {.kind = &libvirt_kind_network, .read = cannot_read};

/* The type of networks with another payload. */
static ResourceType type_of_case;

static ResourceCase open_with(const LibvirtObject *object, const char *uri) {
    type_of_case = libvirt_network;
    type_of_case.payload = object;
    return libvirt_case_open(&type_of_case, uri, STR("libvirt_network.n"));
}

static ResourceCase open_case(const char *uri) {
    return open_with(&readable, uri);
}

static bool import_default(ResourceCase *c) {
    ImportRequest request = {STR("default")};
    ImportResponse response = {.state = c->state};
    bool is_imported = libvirt_object_import(case_call(c), &request, &response, &c->diags);
    c->state = response.state;
    return is_imported;
}

static Value state_of(ResourceCase *c, Str id) {
    ObjectBuilder builder = object_builder_empty(&libvirt_network.schema, c->arena);
    object_builder_set_text(&builder, "name", STR("n"), c->arena);
    object_builder_set_text(&builder, "id", id, c->arena);
    return object_builder_value(&builder);
}

static bool read_state(ResourceCase *c) {
    ReadResponse response = {.state = c->state};
    bool is_read = libvirt_object_read(case_call(c), &(ReadRequest){c->state, STR_EMPTY}, &response,
                                       &c->diags);
    c->state = response.state;
    return is_read;
}

static void test_by_name_then_by_uuid(void **state) {
    (void)state;
    ResourceCase c = open_case(TEST_DRIVER);
    check_done(&c, import_default(&c));
    Str id = case_text(&c, "id");
    assert_int_equal(id.len, 36);
    check_done(&c, read_state(&c));
    check_str_equal(case_text(&c, "id"), id);
    RecoverResponse response = {.outcome = RECOVER_ABSENT};
    RecoverRequest request = {.marker = id, .planned = state_of(&c, STR_EMPTY)};
    check_done(&c, libvirt_object_recover(case_call(&c), &request, &response, &c.diags));
    assert_int_equal(response.outcome, RECOVER_COMPLETE);
    c.state = response.state;
    check_str_equal(case_text(&c, "id"), id);
    libvirt_case_close(&c);
}

static void test_gone(void **state) {
    (void)state;
    ResourceCase c = open_case(TEST_DRIVER);
    Value stored = state_of(&c, uuid_v4(c.arena));
    bool is_gone = false;
    assert_null(libvirt_object_find(case_call(&c), stored, &is_gone, &c.diags));
    assert_true(is_gone);
    c.state = stored;
    check_done(&c, read_state(&c));
    assert_true(value_is_null(c.state));
    RecoverResponse response = {.outcome = RECOVER_ABSENT};
    RecoverRequest request = {.marker = uuid_v4(c.arena), .planned = stored};
    check_done(&c, libvirt_object_recover(case_call(&c), &request, &response, &c.diags));
    assert_int_equal(response.outcome, RECOVER_ABSENT);
    void *handle = libvirt_object_get(case_call(&c), stored, &c.diags);
    check_refused(&c, handle != NULL, "The network \"n\" no longer exists");
    libvirt_case_close(&c);
}

/* Without a connection an object is not gone, and stays in the state. */
static void test_no_connection(void **state) {
    (void)state;
    ResourceCase c = open_case("test:///no/such/file.xml");
    c.state = state_of(&c, uuid_v4(c.arena));
    bool is_read = read_state(&c);
    check_refused(&c, is_read, "Cannot connect to \"test:///no/such/file.xml\"");
    assert_true(value_is_present(c.state));
    libvirt_case_close(&c);
}

static void test_unreadable(void **state) {
    (void)state;
    ResourceCase c = open_with(&unreadable, TEST_DRIVER);
    bool is_imported = import_default(&c);
    check_refused(&c, is_imported, "Cannot read");
    libvirt_case_close(&c);
}

static void test_define_error(void **) {
    static const struct {
        const char *name;
        const char *summary;
    } cases[] = {
        {"default", "The network \"default\" already exists"},
        {"other", "Cannot define the network \"other\""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ResourceCase c = open_case(TEST_DRIVER);
        virConnectPtr connection = libvirt_case_connect(&c);
        ApplyResponse response = {0};
        ObjectBuilder builder = object_builder_of(state_of(&c, STR_EMPTY), c.arena);
        object_builder_set_text(&builder, "name", str_from_cstr(cases[i].name), c.arena);
        const FailedDefine failed = {
            connection,
            object_builder_value(&builder),
            uuid_v4(c.arena),
            {.code = VIR_ERR_OPERATION_FAILED, .message = STR("it failed")},
        };
        bool is_fine = libvirt_object_add_define_error(case_call(&c), &failed, &response, &c.diags);
        check_refused(&c, is_fine, cases[i].summary);
        assert_false(response.in_doubt);
        virConnectClose(connection);
        libvirt_case_close(&c);
    }
}

UNIT_MAIN(test_libvirt_object) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_name_then_by_uuid), cmocka_unit_test(test_gone),
        cmocka_unit_test(test_no_connection),        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_define_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
