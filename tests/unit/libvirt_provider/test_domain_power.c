/* A machine that libvirt is still starting, for a run that was killed: it is read after the start,
 * which may fail. A paused machine is a warning. This program defines the calls that tell its
 * state. */
#include "domain_power.h"
#include "libvirt_case.h"

static struct {
    unsigned looks; /* number of looks at the state until the start ends */
    bool is_active; /* at the end */
    unsigned creations;
    int state; /* after the start; 0: running */
    int reason;
} fake;

int virDomainGetState(virDomainPtr, int *state, int *reason, unsigned) {
    bool is_starting = fake.looks > 0;
    fake.looks -= is_starting;
    *state = is_starting ? VIR_DOMAIN_PAUSED : fake.state ? fake.state : VIR_DOMAIN_RUNNING;
    *reason = is_starting ? VIR_DOMAIN_PAUSED_STARTING_UP : fake.reason;
    return 0;
}

int virDomainIsActive(virDomainPtr) {
    return fake.looks > 0 || fake.is_active;
}

int virDomainCreateWithFlags(virDomainPtr, unsigned) {
    fake.creations++;
    fake.is_active = true;
    return 0;
}

static void test_paused(void **) {
    static const struct {
        int state, reason;
        const char *text; /* NULL: no warning */
    } cases[] = {
        {VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_BOOTED, NULL},
        {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER, "a user has paused it"},
        {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_IOERROR, "for lack of space"},
        {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_MIGRATION, NULL},
        {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_SNAPSHOT, NULL},
        {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_STARTING_UP, NULL},
        {VIR_DOMAIN_PAUSED, 1000, NULL},
        {VIR_DOMAIN_PMSUSPENDED, 0, "sleeps"},
        {VIR_DOMAIN_CRASHED, 0, "has crashed"},
    };
    ResourceCase c = libvirt_case_open(&libvirt_domain, TEST_DRIVER, STR("libvirt_domain.m"));
    SCOPED(virConnectPtr) connection = libvirt_case_connect(&c);
    SCOPED(virDomainPtr) domain = virDomainLookupByName(connection, "test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        c.diags = diags_new(c.arena);
        fake.state = cases[i].state;
        fake.reason = cases[i].reason;
        domain_power_warn(case_call(&c), domain, &c.diags);
        assert_int_equal(c.diags.count, cases[i].text != NULL);
        if (cases[i].text)
            assert_true(str_find(c.diags.items[0].detail, str_from_cstr(cases[i].text), 0) !=
                        SIZE_MAX);
    }
    libvirt_case_close(&c);
}

static void begin(unsigned looks, bool is_active) {
    fake.looks = looks;
    fake.is_active = is_active;
    fake.creations = 0;
}

static void test_read(void **) {
    ResourceCase c = libvirt_case_open(&libvirt_domain, TEST_DRIVER, STR("libvirt_domain.m"));
    SCOPED(virConnectPtr) connection = libvirt_case_connect(&c);
    SCOPED(virDomainPtr) domain = virDomainLookupByName(connection, "test");
    assert_non_null(domain);
    for (unsigned looks = 0; looks < 4; looks++) {
        begin(looks, true);
        assert_int_equal(domain_power_read(case_call(&c), domain), 1);
        assert_int_equal(fake.looks, 0);
        begin(looks, false);
        assert_int_equal(domain_power_read(case_call(&c), domain), 0);
    }
    libvirt_case_close(&c);
}

static void test_start(void **) {
    ResourceCase c = libvirt_case_open(&libvirt_domain, TEST_DRIVER, STR("libvirt_domain.m"));
    SCOPED(virConnectPtr) connection = libvirt_case_connect(&c);
    SCOPED(virDomainPtr) domain = virDomainLookupByName(connection, "test");
    begin(2, true);
    check_done(&c, domain_power_start(case_call(&c), domain, c.state, &c.diags));
    assert_int_equal(fake.creations, 0);
    begin(2, false);
    check_done(&c, domain_power_start(case_call(&c), domain, c.state, &c.diags));
    assert_int_equal(fake.creations, 1);
    libvirt_case_close(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_start),
        cmocka_unit_test(test_paused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
