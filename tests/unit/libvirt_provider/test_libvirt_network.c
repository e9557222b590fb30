/* Networks. */
#include "libvirt_case.h"
#include "xml.h"

static ResourceCase open_network(const char *uri) {
    return libvirt_case_open(&libvirt_network, uri, STR("libvirt_network.n"));
}

#define NETWORK(name, dhcp)                                                                        \
    "{\"name\":\"" name "\",\"domain\":\"lab.test\",\"dns\":{\"hosts\":[{\"ip\":\"10.91.0.9\","    \
    "\"hostnames\":[\"nine\"]}]},\"ips\":[{\"address\":\"10.91.0.1/24\",\"dhcp\":{" dhcp "}}]}"

#define RANGE  "\"ranges\":[{\"start\":\"10.91.0.100\",\"end\":\"10.91.0.200\"}]"
#define HOST_A "{\"mac\":\"52:54:00:00:00:0A\",\"ip\":\"10.91.0.10\",\"name\":\"a\"}"
#define HOST_B "{\"mac\":\"52:54:00:00:00:0b\",\"ip\":\"10.91.0.11\"}"

static Str xml_of(ResourceCase *c, const char *name, const char *path) {
    virConnectPtr connection = libvirt_case_connect(c);
    virNetworkPtr network = virNetworkLookupByName(connection, name);
    SCOPED(XmlDoc) doc = {0};
    assert_true(xml_take(virNetworkGetXMLDesc(network, 0), &doc));
    Str text = xml_get(xml_root(&doc), path, c->arena);
    virNetworkFree(network);
    virConnectClose(connection);
    return text;
}

static void lifecycle(const char *uri) {
    ResourceCase c = open_network(uri);
    libvirt_case_create(&c, NETWORK("loamn", RANGE ",\"hosts\":[" HOST_A "]"));
    /* The test driver has no bridges. */
    bool has_bridge = !str_equal_cstr(str_from_cstr(uri), TEST_DRIVER);
    assert_true((case_text(&c, "bridge").len > 0) == has_bridge);
    Str id = case_text(&c, "id");
    check_done(&c, case_plan(&c, NETWORK("loamn", RANGE ",\"hosts\":[" HOST_B "," HOST_A "]")));
    check_str(libvirt_case_note(&c, ".ips"), "live, guests stay connected (virNetworkUpdate)");
    libvirt_case_update(&c, NETWORK("loamn", RANGE ",\"hosts\":[" HOST_B "," HOST_A "]"));
    check_str(xml_of(&c, "loamn", "ip/dhcp/host[@ip='10.91.0.11']/@mac"), "52:54:00:00:00:0b");
    libvirt_case_update(&c, NETWORK("loamn", RANGE ",\"hosts\":[" HOST_B "]"));
    check_str(xml_of(&c, "loamn", "ip/dhcp/host[@ip='10.91.0.10']/@mac"), "");
    libvirt_case_update(
        &c, NETWORK("loamn", "\"ranges\":[{\"start\":\"10.91.0.50\",\"end\":\"10.91.0.60\"}]"));
    check_str(xml_of(&c, "loamn", "ip/dhcp/range/@start"), "10.91.0.50");
    check_str_equal(case_text(&c, "id"), id);
    libvirt_case_delete(&c);
    libvirt_case_close(&c);
}

static void test_lifecycle(void **) {
    lifecycle(TEST_DRIVER);
}

static void test_lifecycle_on_a_host(void **) {
    lifecycle(libvirt_case_host());
}

/* The test driver never accepts a new definition, so this needs a host. */
static void test_restart_keeps_what_others_reserved(void **) {
    ResourceCase c = open_network(libvirt_case_host());
    const char *before = NETWORK("loamr", "\"hosts\":[" HOST_A "]");
    libvirt_case_create(&c, before);
    virConnectPtr connection = libvirt_case_connect(&c);
    virNetworkPtr network = virNetworkLookupByName(connection, "loamr");
    assert_int_equal(
        virNetworkUpdate(network, VIR_NETWORK_UPDATE_COMMAND_ADD_LAST,
                         VIR_NETWORK_SECTION_IP_DHCP_HOST, -1,
                         "<host mac='52:54:00:00:00:77' ip='10.91.0.77'/>",
                         VIR_NETWORK_UPDATE_AFFECT_LIVE | VIR_NETWORK_UPDATE_AFFECT_CONFIG),
        0);
    check_done(&c, case_read(&c));
    assert_true(case_is_settled(&c, before));
    const char *after = "{\"name\":\"loamr\",\"domain\":\"other.test\",\"mtu\":1400,\"ips\":[{"
                        "\"address\":\"10.91.0.1/24\",\"dhcp\":{\"hosts\":[" HOST_A "]}}]}";
    check_done(&c, case_plan(&c, after));
    check_str(libvirt_case_note(&c, ".domain"),
              "restarts the network (virNetworkDestroy, virNetworkCreate)");
    Str bridge = case_text(&c, "bridge");
    libvirt_case_update(&c, after);
    check_str(xml_of(&c, "loamr", "ip/dhcp/host[@ip='10.91.0.77']/@mac"), "52:54:00:00:00:77");
    check_str(xml_of(&c, "loamr", "domain/@name"), "other.test");
    check_str_equal(case_text(&c, "bridge"), bridge);
    virNetworkFree(network);
    virConnectClose(connection);
    libvirt_case_delete(&c);
    libvirt_case_close(&c);
}

static void test_drift(void **) {
    ResourceCase c = open_network(TEST_DRIVER);
    const char *json = NETWORK("loamd", "\"hosts\":[" HOST_A "]");
    libvirt_case_create(&c, json);
    virConnectPtr connection = libvirt_case_connect(&c);
    virNetworkPtr network = virNetworkLookupByName(connection, "loamd");
    assert_int_equal(virNetworkDestroy(network), 0);
    check_done(&c, case_read(&c));
    assert_false(value_is_true(case_attribute(&c, "running")));
    check_done(&c, case_apply(&c, json));
    assert_int_equal(virNetworkIsActive(network), 1);
    assert_int_equal(
        virNetworkUpdate(network, VIR_NETWORK_UPDATE_COMMAND_DELETE,
                         VIR_NETWORK_SECTION_IP_DHCP_HOST, -1, "<host ip='10.91.0.10'/>",
                         VIR_NETWORK_UPDATE_AFFECT_LIVE | VIR_NETWORK_UPDATE_AFFECT_CONFIG),
        0);
    check_done(&c, case_read(&c));
    assert_false(case_is_settled(&c, json));
    check_done(&c, case_apply(&c, json));
    check_str(xml_of(&c, "loamd", "ip/dhcp/host/@name"), "a");
    /* With its only entry the element is removed. */
    assert_int_equal(
        virNetworkUpdate(network, VIR_NETWORK_UPDATE_COMMAND_DELETE, VIR_NETWORK_SECTION_DNS_HOST,
                         -1, "<host ip='10.91.0.9'><hostname>nine</hostname></host>",
                         VIR_NETWORK_UPDATE_AFFECT_LIVE | VIR_NETWORK_UPDATE_AFFECT_CONFIG),
        0);
    check_done(&c, case_read(&c));
    assert_int_equal(nested_list_count(case_attribute(&c, "dns"), "hosts"), 0);
    check_done(&c, case_apply(&c, json));
    check_str(xml_of(&c, "loamd", "dns/host/hostname"), "nine");
    /* A machine keeps its reservation when it gets another address. */
    assert_int_equal(
        virNetworkUpdate(network, VIR_NETWORK_UPDATE_COMMAND_MODIFY,
                         VIR_NETWORK_SECTION_IP_DHCP_HOST, -1,
                         "<host mac='52:54:00:00:00:0a' ip='10.91.0.66' name='a'/>",
                         VIR_NETWORK_UPDATE_AFFECT_LIVE | VIR_NETWORK_UPDATE_AFFECT_CONFIG),
        0);
    check_done(&c, case_read(&c));
    Value dhcp = value_attribute(value_at(case_attribute(&c, "ips"), 0), STR("dhcp"));
    Value hosts = value_attribute(dhcp, STR("hosts"));
    assert_int_equal(hosts.count, 1);
    check_str(value_text(value_attribute(value_at(hosts, 0), STR("ip"))), "10.91.0.66");
    check_done(&c, case_apply(&c, json));
    check_str(xml_of(&c, "loamd", "ip/dhcp/host/@ip"), "10.91.0.10");
    virNetworkFree(network);
    virConnectClose(connection);
    libvirt_case_delete(&c);
    libvirt_case_close(&c);
}

static void test_validate(void **) {
    static const struct {
        const char *json;
        const char *summary;
    } cases[] = {
        {"{\"name\":\"n\",\"mode\":\"nat\"}", "A nat network needs an address"},
        {"{\"name\":\"n\",\"mode\":\"bridge\"}", "Bridge missing"},
        {"{\"name\":\"n\",\"mode\":\"bridge\",\"bridge\":\"br0\",\"ips\":[{\"address\":\"10.0.0.1/"
         "24\"}]}",
         "A bridged network has no addresses of its own"},
        {"{\"name\":\"n\",\"ips\":[{\"address\":\"10.0.0.1/24\",\"dhcp\":{\"ranges\":[{\"start\":"
         "\"10.0.0.9\",\"end\":\"10.0.1.9\"}]}}]}",
         "Address outside the network"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ResourceCase c = open_network(TEST_DRIVER);
        check_refused(&c, case_validate(&c, cases[i].json), cases[i].summary);
        libvirt_case_close(&c);
    }
}

/* libvirt keeps reservations that dnsmasq ignores: an import must be able to represent them. */
static void test_doubtful_reservations(void **) {
    ResourceCase c = open_network(TEST_DRIVER);
    check_done(&c, case_validate(&c, "{\"name\":\"n\",\"ips\":[{\"address\":\"10.0.0.1/24\","
                                     "\"dhcp\":{\"ranges\":[{\"start\":\"10.0.0.9\","
                                     "\"end\":\"10.0.0.19\"}],\"hosts\":[{\"ip\":\"10.0.1.9\"},"
                                     "{\"ip\":\"10.0.0.10\"}]}}]}"));
    assert_int_equal(c.diags.warning_count, 2);
    assert_int_equal(c.diags.error_count, 0);
    libvirt_case_close(&c);
}

/* Without a mode a new network is a NAT network. */
static void test_new_modes(void **) {
    ResourceCase c = open_network(TEST_DRIVER);
    check_refused(&c, case_plan(&c, "{\"name\":\"n\"}"), "A nat network needs an address");
    c.diags = diags_new(c.arena);
    check_done(
        &c, case_plan(&c, "{\"name\":\"n\",\"mode\":\"vepa\",\"forward_interfaces\":[\"eth7\"]}"));
    libvirt_case_close(&c);
}

static void test_foreign_name_and_import(void **state) {
    (void)state;
    ResourceCase c = open_network(TEST_DRIVER);
    check_refused(&c,
                  case_apply(&c, "{\"name\":\"default\",\"ips\":[{\"address\":\"10.1.1.1/24\"}]}"),
                  "The network \"default\" already exists");
    c.diags = diags_new(c.arena);
    check_done(&c, case_import(&c, STR("default")));
    check_str(object_text(nested_list_at(c.state, "ips", 0), "address", STR_EMPTY),
              "192.168.122.1/24");
    check_str(case_text(&c, "mode"), "nat");
    Value dhcp = object_attribute(nested_list_at(c.state, "ips", 0), "dhcp");
    assert_int_equal(nested_list_count(dhcp, "ranges"), 1);
    libvirt_case_close(&c);
}

static void test_recover(void **state) {
    (void)state;
    const char *json = "{\"name\":\"loamv\",\"mode\":\"isolated\",\"running\":true}";
    RecoverOutcome outcome;
    ResourceCase c = open_network(TEST_DRIVER);
    check_done(&c, case_apply(&c, json));
    Value made = c.state;
    check_done(&c, case_recover(&c, json, &outcome));
    assert_int_equal(outcome, RECOVER_COMPLETE);
    assert_true(value_equal(made, c.state));
    libvirt_case_delete(&c);
    check_done(&c, case_recover(&c, json, &outcome));
    assert_int_equal(outcome, RECOVER_ABSENT);
    libvirt_case_close(&c);
}

/* If libvirt rejects a changed entry, the network keeps the prior one. */
static void test_failed_update_of_an_entry(void **state) {
    (void)state;
    static const struct {
        const ResourceType *type;
        const char *other, *prior, *planned, *path;
    } rows[] = {
        {&libvirt_dhcp_host,
         "{\"network_id\":\"loamn\",\"mac\":\"52:54:00:00:00:0a\",\"ip\":\"10.91.0.10\"}",
         "{\"network_id\":\"loamn\",\"mac\":\"52:54:00:00:00:0b\",\"ip\":\"10.91.0.11\"}",
         "{\"network_id\":\"loamn\",\"mac\":\"52:54:00:00:00:0b\",\"ip\":\"10.91.0.10\"}",
         "ip/dhcp/host[@mac='52:54:00:00:00:0b']/@ip"},
        {&libvirt_dns_host,
         "{\"network_id\":\"loamn\",\"ip\":\"10.91.0.10\",\"hostnames\":[\"a\"]}",
         "{\"network_id\":\"loamn\",\"ip\":\"10.91.0.11\",\"hostnames\":[\"b\"]}",
         "{\"network_id\":\"loamn\",\"ip\":\"10.91.0.11\",\"hostnames\":[]}",
         "dns/host[hostname='b']/@ip"},
    };
    ResourceCase network = open_network(TEST_DRIVER);
    check_done(&network, case_apply(&network, NETWORK("loamn", RANGE)));
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ResourceCase other = libvirt_case_open(rows[i].type, TEST_DRIVER, STR("other"));
        ResourceCase c = libvirt_case_open(rows[i].type, TEST_DRIVER, STR("entry"));
        check_done(&other, case_apply(&other, rows[i].other));
        check_done(&c, case_apply(&c, rows[i].prior));
        assert_false(case_apply(&c, rows[i].planned));
        assert_int_equal(c.diags.error_count, 1);
        check_done(&c, case_read(&c));
        assert_false(value_is_null(c.state));
        assert_true(case_is_settled(&c, rows[i].prior));
        assert_true(xml_of(&c, "loamn", rows[i].path).len > 0);
        libvirt_case_close(&c);
        libvirt_case_close(&other);
    }
    libvirt_case_delete(&network);
    libvirt_case_close(&network);
}

UNIT_MAIN(test_libvirt_network) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lifecycle),
        cmocka_unit_test(test_lifecycle_on_a_host),
        cmocka_unit_test(test_restart_keeps_what_others_reserved),
        cmocka_unit_test(test_drift),
        cmocka_unit_test(test_validate),
        cmocka_unit_test(test_doubtful_reservations),
        cmocka_unit_test(test_new_modes),
        cmocka_unit_test(test_foreign_name_and_import),
        cmocka_unit_test(test_recover),
        cmocka_unit_test(test_failed_update_of_an_entry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
