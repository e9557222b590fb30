/* Errors of libvirt as diagnostics: by their codes, whatever the language of their texts. */
#include "libvirt_error.h"

#include <errno.h>

#include "libvirt_case.h"

static void test_advice(void **) {
    static const struct {
        int code;
        int domain;
        int number;
        const char *advice;
    } cases[] = {
        {VIR_ERR_SYSTEM_ERROR, VIR_FROM_STORAGE, ENOSPC, "no space left"},
        {VIR_ERR_SYSTEM_ERROR, VIR_FROM_QEMU, EACCES, "AppArmor"},
        {VIR_ERR_SYSTEM_ERROR, VIR_FROM_NETWORK, EPERM, "without privileges"},
        {VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC, ENOENT, "Start libvirt on the host"},
        {VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC, ECONNREFUSED, "Start libvirtd"},
        {VIR_ERR_SYSTEM_ERROR, VIR_FROM_STORAGE, ENOENT, "not exist on the host"},
        {VIR_ERR_AUTH_UNAVAILABLE, VIR_FROM_RPC, 0, "group \"libvirt\""},
        {VIR_ERR_AUTH_FAILED, VIR_FROM_RPC, 0, "certificates of both sides"},
        {VIR_ERR_ACCESS_DENIED, VIR_FROM_RPC, 0, "reject this user"},
        {VIR_ERR_INTERNAL_ERROR, VIR_FROM_RPC, 0, "connection to the host was lost"},
        {VIR_ERR_INTERNAL_ERROR, VIR_FROM_STORAGE, 0, "no specific reason"},
        {VIR_ERR_STORAGE_VOL_EXIST, VIR_FROM_STORAGE, 0, "pool already has"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ResourceCase c = case_open(&libvirt_pool);
        virError raw = {
            .code = cases[i].code,
            .domain = cases[i].domain,
            .int1 = cases[i].number,
            .message = (char *)"etwas ging schief",
        };
        LibvirtError error = libvirt_error_of(&raw, c.arena);
        assert_false(
            libvirt_error_add_this(case_call(&c), &error, &c.diags, "Cannot do \"%s\"", "it"));
        assert_int_equal(c.diags.error_count, 1);
        check_str(c.diags.items[0].summary, "Cannot do \"it\"");
        check_str(c.diags.items[0].address, "x.y");
        Str detail = c.diags.items[0].detail;
        if (str_find(detail, STR("etwas ging schief"), 0) == SIZE_MAX ||
            str_find(detail, str_from_cstr(cases[i].advice), 0) == SIZE_MAX)
            fail_msg("%d: %.*s", cases[i].code, STR_ARG(detail));
        case_close(&c);
    }
}

static void test_gone(void **) {
    assert_true(libvirt_error_is_gone(VIR_ERR_NO_DOMAIN));
    assert_true(libvirt_error_is_gone(VIR_ERR_NO_STORAGE_VOL));
    assert_false(libvirt_error_is_gone(VIR_ERR_RPC));
    assert_false(libvirt_error_is_gone(VIR_ERR_SYSTEM_ERROR));
    assert_false(libvirt_error_is_gone(VIR_ERR_OK));
}

UNIT_MAIN(test_libvirt_error) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_advice),
        cmocka_unit_test(test_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
