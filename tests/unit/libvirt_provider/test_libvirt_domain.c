/* Machines in libvirt's test driver, and emulated on a host. LOAM_TEST_LIBVIRT_BOOT names a
 * directory with a kernel and an initial file system whose machine supports hot plugging. */
#include "libvirt_case.h"
#include "xml.h"

static ResourceCase open_domain(const char *uri) {
    return libvirt_case_open(&libvirt_domain, uri, STR("libvirt_domain.m"));
}

static Str xml_of(ResourceCase *c, unsigned flags, const char *path) {
    virConnectPtr connection = libvirt_case_connect(c);
    virDomainPtr domain =
        virDomainLookupByUUIDString(connection, str_to_cstr(case_text(c, "id"), c->arena));
    SCOPED(XmlDoc) doc = {0};
    assert_true(xml_take(virDomainGetXMLDesc(domain, flags), &doc));
    Str text = xml_get(xml_root(&doc), path, c->arena);
    virDomainFree(domain);
    virConnectClose(connection);
    return text;
}

static virDomainPtr handle_of(ResourceCase *c, virConnectPtr connection) {
    return virDomainLookupByUUIDString(connection, str_to_cstr(case_text(c, "id"), c->arena));
}

/* A number that changes with every start. A handle keeps the number that it was opened with. */
static unsigned run_of(ResourceCase *c) {
    virConnectPtr connection = libvirt_case_connect(c);
    virDomainPtr domain = handle_of(c, connection);
    unsigned run = virDomainGetID(domain);
    virDomainFree(domain);
    virConnectClose(connection);
    return run;
}

static Str nic_text(const ResourceCase *c, size_t i, const char *name) {
    return object_text(nested_list_at(c->state, "network_interface", i), name, STR_EMPTY);
}

#define NIC "\"network_interface\":[{\"network\":\"default\",\"addresses\":[\"192.168.122.5/24\"]}]"

static void test_lifecycle(void **) {
    ResourceCase c = open_domain(TEST_DRIVER);
    libvirt_case_create(&c, "{\"name\":\"m1\",\"memory\":64,\"description\":\"<&>\"," NIC "}");
    check_str(case_text(&c, "type"), "test");
    assert_true(value_is_true(case_attribute(&c, "running")));
    assert_true(str_starts_with(nic_text(&c, 0, "mac"), STR("52:54:00:")));
    Str id = case_text(&c, "id");
    Str mac = nic_text(&c, 0, "mac");
    check_str_equal(xml_of(&c, 0, "metadata/*/@lineage"), c.call.lineage);
    libvirt_case_update(&c, "{\"name\":\"m1\",\"memory\":32,\"running\":false," NIC "}");
    assert_true(value_is_null(case_attribute(&c, "description")));
    libvirt_case_update(&c, "{\"name\":\"m1\",\"memory\":128,\"vcpu\":2," NIC "}");
    /* A limit below the value that it limits has no effect. */
    libvirt_case_update(&c, "{\"name\":\"m1\",\"memory\":128,\"memory_max\":64,\"vcpu\":2,"
                            "\"vcpu_max\":1," NIC "}");
    check_str_equal(case_text(&c, "id"), id);
    check_str_equal(nic_text(&c, 0, "mac"), mac);
    libvirt_case_delete(&c);
    libvirt_case_close(&c);
}

static void test_drift(void **state) {
    (void)state;
    const char *json = "{\"name\":\"m2\",\"memory\":64}";
    ResourceCase c = open_domain(TEST_DRIVER);
    libvirt_case_create(&c, json);
    virConnectPtr connection = libvirt_case_connect(&c);
    virDomainPtr domain = handle_of(&c, connection);
    assert_int_equal(virDomainDestroy(domain), 0);
    check_done(&c, case_read(&c));
    assert_false(value_is_true(case_attribute(&c, "running")));
    check_done(&c, case_apply(&c, json));
    assert_int_equal(virDomainIsActive(domain), 1);
    assert_int_equal(virDomainDestroy(domain), 0);
    assert_int_equal(virDomainUndefine(domain), 0);
    check_done(&c, case_read(&c));
    assert_true(value_is_null(c.state));
    virDomainFree(domain);
    virConnectClose(connection);
    libvirt_case_close(&c);
}

static void test_foreign_name_and_import(void **state) {
    (void)state;
    ResourceCase c = open_domain(TEST_DRIVER);
    check_refused(&c, case_apply(&c, "{\"name\":\"test\"}"), "The domain \"test\" already exists");
    assert_true(value_is_null(c.state));
    check_done(&c, case_import(&c, STR("test")));
    check_str(case_text(&c, "name"), "test");
    check_str(value_number_text(case_attribute(&c, "memory"), c.arena), "2048");
    libvirt_case_close(&c);
}

static void test_recover(void **state) {
    (void)state;
    const char *json = "{\"name\":\"m3\",\"memory\":64," NIC "}";
    RecoverOutcome outcome;
    ResourceCase c = open_domain(TEST_DRIVER);
    check_done(&c, case_recover(&c, json, &outcome));
    assert_int_equal(outcome, RECOVER_ABSENT);
    check_done(&c, case_apply(&c, json));
    Value made = c.state;
    virConnectPtr connection = libvirt_case_connect(&c);
    virDomainPtr domain = handle_of(&c, connection);
    assert_int_equal(virDomainDestroy(domain), 0);
    check_done(&c, case_recover(&c, json, &outcome));
    assert_int_equal(outcome, RECOVER_COMPLETE);
    assert_false(value_is_true(case_attribute(&c, "running")));
    check_str_equal(nic_text(&c, 0, "mac"),
                    object_text(nested_list_at(made, "network_interface", 0), "mac", STR_EMPTY));
    check_done(&c, case_plan(&c, json));
    assert_int_equal(c.plan.requires_replace.count, 0);
    assert_true(value_is_true(value_attribute(c.plan.planned, STR("running"))));
    virDomainFree(domain);
    virConnectClose(connection);
    libvirt_case_delete(&c);
    libvirt_case_close(&c);
}

static void test_validate(void **) {
    static const struct {
        const char *json;
        const char *summary;
    } cases[] = {
        {"{\"name\":\"m\",\"disk\":[{}]}", "A disk needs a volume_id or a file"},
        {"{\"name\":\"m\",\"disk\":[{\"file\":\"/a\",\"volume_id\":\"/a\"}]}",
         "Invalid combination of arguments"},
        {"{\"name\":\"m\",\"network_interface\":[{}]}", "Invalid combination of arguments"},
        {"{\"name\":\"m\",\"type\":\"lxc\",\"disk\":[{\"file\":\"/a\"}]}",
         "A container has no disks"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ResourceCase c = open_domain(TEST_DRIVER);
        check_refused(&c, case_validate(&c, cases[i].json), cases[i].summary);
        libvirt_case_close(&c);
    }
    ResourceCase c = open_domain(TEST_DRIVER);
    check_done(&c, case_validate(&c, "{\"name\":\"m\",\"disk\":[{\"device\":\"cdrom\"}]}"));
    libvirt_case_close(&c);
}

static Str planned_target(const ResourceCase *c, size_t i) {
    return object_text(nested_list_at(c->plan.planned, "disk", i), "target", STR_EMPTY);
}

static void test_targets_are_planned(void **state) {
    (void)state;
    ResourceCase c = open_domain(TEST_DRIVER);
    check_done(
        &c, case_plan(&c, "{\"name\":\"m\",\"disk\":[{\"file\":\"/a\"},{\"file\":\"/b\",\"target\":"
                          "\"vda\"},{\"file\":\"/c\"},{\"file\":\"/d\",\"device\":\"cdrom\"}]}"));
    check_str(planned_target(&c, 0), "vdb");
    check_str(planned_target(&c, 1), "vda");
    check_str(planned_target(&c, 2), "vdc");
    check_str(planned_target(&c, 3), "sda");
    /* Removing the first disk of the list leaves the others where they are. */
    ObjectBuilder builder = object_builder_of(c.plan.planned, c.arena);
    object_builder_set(&builder, "running", value_bool(false));
    c.state = object_builder_value(&builder);
    check_done(&c,
               case_plan(&c, "{\"name\":\"m\",\"disk\":[{\"file\":\"/c\"},{\"file\":\"/new\"}]}"));
    check_str(planned_target(&c, 0), "vdc");
    check_str(planned_target(&c, 1), "vda");
    libvirt_case_close(&c);
}

static void test_declared_addresses_are_planned(void **) {
    ResourceCase c = open_domain(TEST_DRIVER);
    check_done(&c, case_plan(&c, "{\"name\":\"m\",\"network_interface\":[{\"network\":\"default\","
                                 "\"addresses\":[\"10.0.0.5/24\",\"fd00::5/64\"]}]}"));
    StrVec addresses = nested_list_texts(c.plan.planned, "ip_addresses", c.arena);
    assert_int_equal(addresses.count, 2);
    check_str(addresses.items[0], "10.0.0.5");
    check_str(addresses.items[1], "fd00::5");
    check_done(&c,
               case_plan(&c, "{\"name\":\"m\",\"network_interface\":[{\"network\":\"default\"}]}"));
    assert_true(case_is_planned_unknown(&c, "ip_addresses"));
    libvirt_case_close(&c);
}

static void test_notes(void **) {
    ResourceCase c = open_domain(TEST_DRIVER);
    libvirt_case_create(&c, "{\"name\":\"m4\",\"memory\":64}");
    check_done(&c, case_plan(&c, "{\"name\":\"m4\",\"memory\":32}"));
    check_str(libvirt_case_note(&c, ".memory"), "while the machine runs (virDomainSetMemoryFlags)");
    check_done(&c, case_plan(&c, "{\"name\":\"m4\",\"memory\":128}"));
    check_str(libvirt_case_note(&c, ".memory"),
              "restarts the machine: exceeds the maximum of the running machine");
    check_done(
        &c, case_plan(&c, "{\"name\":\"m4\",\"memory\":128,\"update_policy\":\"never_reboot\"}"));
    check_str(libvirt_case_note(&c, ".memory"),
              "takes effect at the next start: exceeds the maximum of the running machine");
    check_refused(&c,
                  case_plan(&c, "{\"name\":\"m4\",\"memory\":128,\"update_policy\":\"live_only\"}"),
                  "\"memory\" cannot change live");
    libvirt_case_delete(&c);
    libvirt_case_close(&c);
}

/* A pool with two volumes, a network and a filter. */
typedef struct Place {
    ResourceCase pool;
    ResourceCase disk;
    ResourceCase more;
    ResourceCase network;
    ResourceCase filter;
    const char *directory;
} Place;

static ResourceCase make(const ResourceType *type, const char *uri, const char *address, Str json) {
    ResourceCase c = libvirt_case_open(type, uri, str_from_cstr(address));
    libvirt_case_create(&c, str_to_cstr(json, c.arena));
    return c;
}

static Place place_open(const char *uri, Arena *arena) {
    char *directory = arena_alloc(arena, 64);
    memcpy(directory, "/tmp/loam-domain-XXXXXX", 24);
    assert_non_null(mkdtemp(directory));
    Str pool = str_format(arena, "{\"name\":\"loam-m\",\"path\":\"%s\"}", directory);
    return (Place){
        .directory = directory,
        .pool = make(&libvirt_pool, uri, "libvirt_pool.p", pool),
        .disk = make(&libvirt_volume, uri, "libvirt_volume.a",
                     STR("{\"name\":\"a\",\"pool\":\"loam-m\",\"size\":\"16M\"}")),
        .more = make(&libvirt_volume, uri, "libvirt_volume.b",
                     STR("{\"name\":\"b\",\"pool\":\"loam-m\",\"size\":\"16M\"}")),
        .network = make(&libvirt_network, uri, "libvirt_network.n",
                        STR("{\"name\":\"loam-m\",\"mode\":\"isolated\",\"stp\":false,\"ips\":[{"
                            "\"address\":\"10.92.0.1/24\",\"dhcp\":{\"ranges\":[{\"start\":"
                            "\"10.92.0.50\",\"end\":\"10.92.0.90\"}]}}]}")),
        .filter = make(&libvirt_nwfilter, uri, "libvirt_nwfilter.f",
                       STR("{\"name\":\"loam-m\",\"rules\":[{\"action\":\"accept\",\"direction\":"
                           "\"inout\"}]}")),
    };
}

static void end(ResourceCase *c) {
    libvirt_case_delete(c);
    libvirt_case_close(c);
}

static void place_close(Place *place) {
    const Disk *disk = place->pool.io.disk;
    end(&place->filter);
    end(&place->network);
    end(&place->more);
    end(&place->disk);
    libvirt_case_delete(&place->pool);
    (void)disk->remove(disk->self,
                       str_format(place->pool.arena, "%s/console.log", place->directory));
    assert_int_equal(disk->remove(disk->self, str_from_cstr(place->directory)), 0);
    libvirt_case_close(&place->pool);
}

/* Kernel and initial file system, if available. */
static const char *boot_json(Arena *arena) {
    const char *directory = getenv("LOAM_TEST_LIBVIRT_BOOT");
    if (!directory || !*directory)
        return "";
    return str_to_cstr(str_format(arena,
                                  ",\"kernel\":\"%s/vmlinuz\",\"initrd\":\"%s/initrd\",\"cmdline\":"
                                  "\"console=ttyS0 quiet\"",
                                  directory, directory),
                       arena);
}

static const char *machine_json(ResourceCase *c, const Place *place, const char *memory,
                                const char *disks, const char *nic) {
    return str_to_cstr(
        str_format(c->arena,
                   "{\"name\":\"loam-m\",\"memory\":%s,\"memory_max\":256,\"vcpu_max\":2%s,"
                   "\"console\":{\"log_file\":\"%s/console.log\"},\"disk\":[%s],"
                   "\"network_interface\":[{\"network_id\":\"%.*s\"%s}]}",
                   memory, boot_json(c->arena), place->directory, disks,
                   STR_ARG(case_text(&place->network, "id")), nic),
        c->arena);
}

static const char *disk_json(ResourceCase *c, const ResourceCase *volume) {
    return str_to_cstr(
        str_format(c->arena, "{\"volume_id\":\"%.*s\"}", STR_ARG(case_text(volume, "id"))),
        c->arena);
}

#define FILTERED ",\"filter\":{\"name\":\"loam-m\",\"parameters\":{\"A\":[\"1\",\"2\"]}}"

static void test_machine(void **state) {
    (void)state;
    const char *uri = libvirt_case_host();
    ResourceCase c = open_domain(uri);
    Place place = place_open(uri, c.arena);
    const char *one = disk_json(&c, &place.disk);
    const char *json = machine_json(&c, &place, "192", one, FILTERED);
    libvirt_case_create(&c, json);
    check_str(case_text(&c, "type"), "qemu");
    check_str(case_text(&c, "machine"), "q35");
    check_str(object_text(nested_list_at(c.state, "disk", 0), "format", STR_EMPTY), "qcow2");
    Str id = case_text(&c, "id");
    Str slot = xml_of(&c, VIR_DOMAIN_XML_INACTIVE, "devices/interface/address/@bus");
    unsigned run = run_of(&c);

    json = machine_json(&c, &place, "128", one, "");
    check_done(&c, case_plan(&c, json));
    check_str(libvirt_case_note(&c, ".memory"), "while the machine runs (virDomainSetMemoryFlags)");
    check_str(libvirt_case_note(&c, ".network_interface"),
              "while the machine runs (virDomainUpdateDeviceFlags)");
    assert_false(case_is_planned_unknown(&c, "ip_addresses"));
    libvirt_case_update(&c, json);
    check_str(xml_of(&c, 0, "devices/interface/filterref/@filter"), "");
    libvirt_case_update(&c, machine_json(&c, &place, "128", one, FILTERED));
    check_str(xml_of(&c, 0, "devices/interface/filterref/@filter"), "loam-m");
    check_str(xml_of(&c, 0, "devices/interface/filterref/parameter[2]/@value"), "2");
    check_str_equal(xml_of(&c, VIR_DOMAIN_XML_INACTIVE, "devices/interface/address/@bus"), slot);

    const char *two =
        str_to_cstr(str_format(c.arena, "%s,%s", one, disk_json(&c, &place.more)), c.arena);
    libvirt_case_update(&c, machine_json(&c, &place, "128", two, FILTERED));
    check_str_equal(xml_of(&c, 0, "devices/disk[2]/source/@file"), case_text(&place.more, "path"));
    /* A running guest's disk is enlarged. */
    libvirt_case_update(&place.more, "{\"name\":\"b\",\"pool\":\"loam-m\",\"size\":\"32M\"}");
    check_refused(&place.more, case_delete(&place.more), "The volume \"b\" is in use");
    check_refused(&place.filter, case_delete(&place.filter), "The filter \"loam-m\" is in use");
    assert_int_equal(run_of(&c), run);
    check_str_equal(case_text(&c, "id"), id);

    libvirt_case_delete(&c);
    place_close(&place);
    libvirt_case_close(&c);
}

/* The guest must confirm the removal of a device. */
static void test_guest_confirms_removal(void **state) {
    (void)state;
    const char *uri = libvirt_case_host();
    ResourceCase c = open_domain(uri);
    if (!*boot_json(c.arena)) {
        libvirt_case_close(&c);
        skip();
    }
    Place place = place_open(uri, c.arena);
    const char *one = disk_json(&c, &place.disk);
    const char *two =
        str_to_cstr(str_format(c.arena, "%s,%s", one, disk_json(&c, &place.more)), c.arena);
    libvirt_case_create(&c, machine_json(&c, &place, "192", two, ",\"wait_for_ip\":true"));
    StrVec addresses = nested_list_texts(c.state, "ip_addresses", c.arena);
    assert_int_equal(addresses.count, 1);
    assert_true(str_starts_with(addresses.items[0], STR("10.92.0.")));
    const char *without = machine_json(&c, &place, "192", one, ",\"wait_for_ip\":true");
    Str last = str_from_cstr(without);
    libvirt_case_update(&c, without);
    check_str(xml_of(&c, 0, "devices/disk[2]/source/@file"), "");
    check_str(xml_of(&c, VIR_DOMAIN_XML_INACTIVE, "devices/disk[2]/source/@file"), "");
    /* The network restarts, and the guest is connected to it again. */
    unsigned run = run_of(&c);
    const char *domain_name = "{\"name\":\"loam-m\",\"mode\":\"isolated\",\"stp\":false,\"domain\":"
                              "\"m.test\",\"ips\":[{\"address\":\"10.92.0.1/24\",\"dhcp\":{"
                              "\"ranges\":[{\"start\":\"10.92.0.50\",\"end\":\"10.92.0.90\"}]}}]}";
    check_done(&place.network, case_plan(&place.network, domain_name));
    check_str(libvirt_case_note(&place.network, ".domain"),
              "restarts the network and reconnects loam-m without a restart of the machine "
              "(virNetworkDestroy, virNetworkCreate, virDomainUpdateDeviceFlags)");
    libvirt_case_update(&place.network, domain_name);
    assert_int_equal(place.network.diags.count, 0);
    check_str(xml_of(&c, 0, "devices/interface/source/@network"), "loam-m");
    assert_int_equal(run_of(&c), run);
    /* The guest shuts down on request, long before the timeout. */
    Str json = str_format(c.arena, "%s,\"shutdown\":{\"timeout\":\"100s\"}}",
                          str_to_cstr(str_slice(last, 0, last.len - 1), c.arena));
    libvirt_case_update(&c, str_to_cstr(json, c.arena));
    int64_t start_ms = c.io.clock->monotonic_ms(c.io.clock->self);
    libvirt_case_delete(&c);
    assert_true(c.io.clock->monotonic_ms(c.io.clock->self) - start_ms < 60000);
    place_close(&place);
    libvirt_case_close(&c);
}

static void test_failed_start_stays_defined(void **state) {
    (void)state;
    const char *uri = libvirt_case_host();
    ResourceCase c = open_domain(uri);
    check_refused(&c, case_apply(&c, "{\"name\":\"loam-x\",\"kernel\":\"/nonexistent/vmlinuz\"}"),
                  "Cannot start the machine \"loam-x\"");
    assert_true(value_is_present(c.state));
    assert_false(value_is_true(case_attribute(&c, "running")));
    libvirt_case_delete(&c);
    libvirt_case_close(&c);
}

/* A container on the same daemon, with the host's own files. */
static void test_container(void **) {
    Str host = str_from_cstr(libvirt_case_host());
    if (!str_starts_with(host, STR("qemu:")))
        skip();
    SCOPED(ArenaRef) arena = arena_open("test");
    const char *uri = str_to_cstr(str_concat(STR("lxc"), str_after(host, 4), arena), arena);
    Place place = place_open(libvirt_case_host(), arena);
    ResourceCase c = open_domain(uri);
    const char *json = "{\"name\":\"loam-c\",\"memory\":64,\"init\":\"/bin/sleep\",\"init_args\":["
                       "\"%s\"],\"network_interface\":[{\"network\":\"loam-m\",\"addresses\":["
                       "\"10.92.0.7/24\"]%s}]%s}";
    const char *first = str_to_cstr(str_format(arena, json, "1000", FILTERED, ""), arena);
    libvirt_case_create(&c, first);
    check_str(case_text(&c, "type"), "lxc");
    check_str(xml_of(&c, 0, "devices/interface/filterref/@filter"), "loam-m");
    check_str_equal(xml_of(&c, 0, "devices/interface/mac/@address"), nic_text(&c, 0, "mac"));
    unsigned run = run_of(&c);
    const char *second =
        str_to_cstr(str_format(arena, json, "2000", "", ",\"description\":\"d\""), arena);
    check_done(&c, case_plan(&c, second));
    check_str(libvirt_case_note(&c, ".init_args"),
              "restarts the machine: not possible on a running machine");
    libvirt_case_update(&c, second);
    assert_true(run_of(&c) != run);
    libvirt_case_delete(&c);
    libvirt_case_close(&c);
    place_close(&place);
}

/* libvirt_case_create fails if reading the machine returns another URL. */
static void test_disk_urls(void **) {
    static const struct {
        const char *url, *host, *port, *name, *query;
    } rows[] = {
        {"http://h/a/b.img", "h", "80", "a/b.img", ""},
        {"https://h/a", "h", "443", "a", ""},
        {"http://h:8080/a", "h", "8080", "a", ""},
        {"http://h:80/a", "h", "80", "a", ""},
        {"http://h:443/a", "h", "443", "a", ""},
        {"https://h:443/a?b=c&d", "h", "443", "a", "b=c&d"},
        {"http://[::1]/a", "::1", "80", "a", ""},
        {"http://[::1]:8080/a", "::1", "8080", "a", ""},
        {"https://[fd00::2]:443/a", "fd00::2", "443", "a", ""},
        {"http://h", "h", "80", "", ""},
        {"http://h:8080", "h", "8080", "", ""},
        {"http://h/", "h", "80", "", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ResourceCase c = open_domain(TEST_DRIVER);
        Str json = str_format(c.arena,
                              "{\"name\":\"url\",\"memory\":64,\"running\":false,"
                              "\"disk\":[{\"url\":\"%s\",\"device\":\"cdrom\",\"bus\":\"sata\"}]}",
                              rows[i].url);
        libvirt_case_create(&c, str_to_cstr(json, c.arena));
        check_str(xml_of(&c, 0, "devices/disk/source/host/@name"), rows[i].host);
        check_str(xml_of(&c, 0, "devices/disk/source/host/@port"), rows[i].port);
        check_str(xml_of(&c, 0, "devices/disk/source/@name"), rows[i].name);
        check_str(xml_of(&c, 0, "devices/disk/source/@query"), rows[i].query);
        libvirt_case_delete(&c);
        libvirt_case_close(&c);
    }
    ResourceCase c = open_domain(TEST_DRIVER);
    assert_false(case_validate(&c, "{\"name\":\"url\",\"disk\":[{\"url\":\"http://u:p@h/a\"}]}"));
    assert_false(case_validate(&c, "{\"name\":\"url\",\"disk\":[{\"url\":\"http:///a\"}]}"));
    libvirt_case_close(&c);
}

UNIT_MAIN(test_libvirt_domain) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lifecycle),
        cmocka_unit_test(test_drift),
        cmocka_unit_test(test_foreign_name_and_import),
        cmocka_unit_test(test_recover),
        cmocka_unit_test(test_validate),
        cmocka_unit_test(test_targets_are_planned),
        cmocka_unit_test(test_declared_addresses_are_planned),
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_machine),
        cmocka_unit_test(test_guest_confirms_removal),
        cmocka_unit_test(test_failed_start_stays_defined),
        cmocka_unit_test(test_container),
        cmocka_unit_test(test_disk_urls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
