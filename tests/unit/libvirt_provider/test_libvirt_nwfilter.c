/* Packet filters. They need a privileged daemon. */
#include "libvirt_case.h"
#include "xml.h"

#define FILTER                                                                                     \
    "{\"name\":\"loam-f\",\"rules\":["                                                             \
    "{\"action\":\"accept\",\"direction\":\"out\",\"priority\":100,\"protocol\":\"all\","          \
    "\"state\":\"NEW,ESTABLISHED,RELATED\"},"                                                      \
    "{\"action\":\"accept\",\"direction\":\"in\",\"protocol\":\"tcp\",\"srcipaddr\":\"$ADMIN\","   \
    "\"srcipmask\":\"24\",\"dstportstart\":\"22\",\"state\":\"NEW\",\"comment\":\"ssh <admin>\"}," \
    "{\"action\":\"drop\",\"direction\":\"in\",\"protocol\":\"ip\",\"ip_protocol\":\"tcp\","       \
    "\"dstportstart\":\"8080\",\"match\":false},"                                                  \
    "{\"action\":\"accept\",\"direction\":\"inout\",\"protocol\":\"none\"},"                       \
    "{\"action\":\"drop\",\"direction\":\"inout\",\"priority\":1000}]"

static ResourceCase open_filter(void) {
    return libvirt_case_open(&libvirt_nwfilter, libvirt_case_host(), STR("libvirt_nwfilter.f"));
}

static void test_lifecycle(void **) {
    ResourceCase c = open_filter();
    libvirt_case_create(&c, FILTER "}");
    Str id = case_text(&c, "id");
    const char *more = FILTER ",\"filterrefs\":[{\"filter\":\"no-arp-mac-spoofing\","
                              "\"parameters\":{\"A\":[\"1\",\"2\"]}}]}";
    libvirt_case_update(&c, more);
    check_str_equal(case_text(&c, "id"), id);
    libvirt_case_delete(&c);
    libvirt_case_close(&c);
}

/* The definition alone, without the private data, reads the same. */
static void test_reads_what_it_wrote(void **state) {
    (void)state;
    ResourceCase c = open_filter();
    libvirt_case_create(&c, FILTER ",\"filterrefs\":[{\"filter\":\"clean-traffic\","
                                   "\"parameters\":{\"IP\":[\"10.0.0.1\",\"10.0.0.2\"]}}]}");
    Value made = c.state;
    c.private_data = STR_EMPTY;
    check_done(&c, case_read(&c));
    check_str_equal(value_display(c.state, 0, c.arena), value_display(made, 0, c.arena));
    libvirt_case_delete(&c);
    libvirt_case_close(&c);
}

static void test_drift(void **state) {
    (void)state;
    ResourceCase c = open_filter();
    libvirt_case_create(&c, FILTER "}");
    virConnectPtr connection = libvirt_case_connect(&c);
    Str xml = str_format(c.arena, "<filter name='loam-f' chain='root'><uuid>%.*s</uuid></filter>",
                         STR_ARG(case_text(&c, "id")));
    virNWFilterPtr filter = virNWFilterDefineXML(connection, str_to_cstr(xml, c.arena));
    assert_non_null(filter);
    check_done(&c, case_read(&c));
    assert_int_equal(nested_list_count(c.state, "rules"), 0);
    libvirt_case_update(&c, FILTER "}");
    virNWFilterFree(filter);
    virConnectClose(connection);
    libvirt_case_delete(&c);
    libvirt_case_close(&c);
}

static void test_refusals(void **) {
    ResourceCase c = libvirt_case_open(&libvirt_nwfilter, TEST_DRIVER, STR("libvirt_nwfilter.f"));
    assert_false(case_validate(&c,
                               "{\"name\":\"f\",\"rules\":[{\"action\":\"accept\",\"direction\":"
                               "\"in\",\"protocol\":\"tpc\"}]}"));
    assert_true(str_find(c.diags.items[0].detail, STR("\"tcp\""), 0) != SIZE_MAX);
    c.diags = diags_new(c.arena);
    check_refused(&c,
                  case_validate(&c, "{\"name\":\"f\",\"rules\":[{\"action\":\"accept\","
                                    "\"direction\":\"in\",\"protocol\":\"none\","
                                    "\"dstportstart\":\"22\"}]}"),
                  "A rule without a protocol matches every frame");
    c.diags = diags_new(c.arena);
    check_refused(&c, case_apply(&c, FILTER "}"), "Cannot define the filter \"loam-f\"");
    libvirt_case_close(&c);
}

static void test_recover(void **) {
    RecoverOutcome outcome;
    ResourceCase c = open_filter();
    check_done(&c, case_recover(&c, FILTER "}", &outcome));
    assert_int_equal(outcome, RECOVER_ABSENT);
    check_done(&c, case_apply(&c, FILTER "}"));
    check_done(&c, case_recover(&c, FILTER "}", &outcome));
    assert_int_equal(outcome, RECOVER_COMPLETE);
    assert_true(case_is_settled(&c, FILTER "}"));
    libvirt_case_delete(&c);
    libvirt_case_close(&c);
}

UNIT_MAIN(test_libvirt_nwfilter) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lifecycle), cmocka_unit_test(test_reads_what_it_wrote),
        cmocka_unit_test(test_drift),     cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_recover),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
