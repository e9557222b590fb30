/* Connections. */
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "libvirt_case.h"

static void test_shares_one(void **) {
    ResourceCase c = libvirt_case_open(&libvirt_pool, TEST_DRIVER, STR("x"));
    virConnectPtr a = libvirt_case_connect(&c);
    virConnectPtr b = libvirt_case_connect(&c);
    assert_ptr_equal(a, b);
    virConnectPtr alone = NULL;
    check_done(&c, libvirt_client_connect_alone(case_call(&c), &alone, &c.diags));
    assert_ptr_not_equal(a, alone);
    assert_int_equal(virConnectClose(alone), 0);
    virConnectClose(a);
    virConnectClose(b);
    libvirt_case_close(&c);
}

/* A host that accepts the connection and sends nothing. */
static void test_deadline(void **) {
    char directory[] = "/tmp/loam-client-XXXXXX";
    assert_non_null(mkdtemp(directory));
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof(address.sun_path), "%s/s", directory);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 1), 0);
    ResourceCase c = case_open(&libvirt_pool);
    Str uri = str_format(c.arena, "qemu:///system?socket=%s", address.sun_path);
    LibvirtOptions options = {.uri = str_to_cstr(uri, c.arena), .connect_timeout_ms = 300};
    c.call.client = libvirt_client_new(&options, c.arena);
    virConnectPtr connection = NULL;
    bool is_open = libvirt_client_connect(case_call(&c), &connection, &c.diags);
    check_refused(
        &c, is_open,
        str_to_cstr(str_format(c.arena, "Cannot connect to \"%.*s\"", STR_ARG(uri)), c.arena));
    assert_true(str_find(c.diags.items[0].detail, STR("connect_timeout"), 0) != SIZE_MAX);
    close(listener);
    unlink(address.sun_path);
    rmdir(directory);
    libvirt_case_close(&c);
    usleep(200000); /* time for the attempt to notice the end and clean up */
}

static void test_configure(void **) {
    ResourceCase c = case_open(&libvirt_pool);
    ObjectBuilder config = object_builder_empty(&libvirt_provider.schema, c.arena);
    object_builder_set(&config, "uri", value_from_cstr(TEST_DRIVER));
    object_builder_set(&config, "connect_timeout", value_from_cstr("soon"));
    ConfigureResponse response = {0};
    ConfigureRequest request = {.config = object_builder_value(&config), .run = c.arena};
    bool is_configured = libvirt_provider.configure(case_call(&c), &request, &response, &c.diags);
    check_refused(&c, is_configured, "Invalid \"connect_timeout\"");
    ObjectBuilder good = object_builder_empty(&libvirt_provider.schema, c.arena);
    object_builder_set(&good, "uri", value_from_cstr(TEST_DRIVER));
    c.diags = diags_new(c.arena);
    request.config = object_builder_value(&good);
    check_done(&c, libvirt_provider.configure(case_call(&c), &request, &response, &c.diags));
    c.call.client = response.client;
    virConnectClose(libvirt_case_connect(&c));
    check_str(libvirt_client_options(case_call(&c))->default_pool, "default");
    libvirt_provider.close(response.client);
    case_close(&c);
}

/* host_key needs a transport of SSH, and a URI without parameters of its own for host keys. */
static void test_host_key(void **) {
    static const struct {
        const char *uri;
        const char *summary; /* NULL: accepted */
    } cases[] = {
        {"qemu+ssh://host/system", NULL},
        {"qemu+libssh://host/system?sshauth=privkey", NULL},
        {"qemu:///system", "\"host_key\" without SSH"},
        {"qemu+tls://host/system", "\"host_key\" without SSH"},
        {"qemu+ssh://host/system?no_verify=1", "\"host_key\" contradicts the URI"},
        {"qemu+libssh://host/system?known_hosts=/root/a", "\"host_key\" contradicts the URI"},
        {"qemu+ssh://host/system?keyfile=/a&command=/b", "\"host_key\" contradicts the URI"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ResourceCase c = case_open(&libvirt_pool);
        ObjectBuilder config = object_builder_empty(&libvirt_provider.schema, c.arena);
        object_builder_set(&config, "uri", value_from_cstr(cases[i].uri));
        object_builder_set(&config, "host_key", value_from_cstr("ssh-ed25519 AAAAC3Nz"));
        ValidateRequest request = {.config = object_builder_value(&config)};
        bool is_valid = libvirt_provider.validate(case_call(&c), &request, &c.diags);
        if (cases[i].summary)
            check_refused(&c, is_valid, cases[i].summary);
        else
            check_done(&c, is_valid);
        case_close(&c);
    }
}

UNIT_MAIN(test_libvirt_client) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares_one),
        cmocka_unit_test(test_deadline),
        cmocka_unit_test(test_configure),
        cmocka_unit_test(test_host_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
