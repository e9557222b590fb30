/* kubeadm_output: the output of kubeadm 1.34.4 on a machine that lacks several things. */
#include "kubeadm_output.h"
#include "unit.h"

static const char output[] =
    "[preflight] Running pre-flight checks\n"
    "W1121 20:44:36.730891   27573 checks.go:1046] [preflight] WARNING: Couldn't create the "
    "interface used for talking to the container runtime\n"
    "\t[WARNING Hostname]: hostname \"cp1\" could not be reached\n"
    "\t[WARNING Hostname]: hostname \"cp1\": lookup cp1 on 10.255.255.53:53: no such host\n"
    "\t[WARNING Hostname]: hostname \"cp1\" could not be reached\n"
    "[preflight] Some fatal errors occurred:\n"
    "\t[ERROR KubeletVersion]: couldn't get kubelet version: cannot execute 'kubelet --version'\n"
    "\t[ERROR FileContent--proc-sys-net-ipv4-ip_forward]: /proc/sys/net/ipv4/ip_forward contents "
    "are not set to 1\n"
    "[preflight] If you know what you are doing, you can make a check non-fatal with "
    "`--ignore-preflight-errors=...`\n"
    "error: error execution phase preflight: preflight checks failed\n"
    "To see the stack trace of this error execute with --v=5 or higher\n";

static void test_preflight(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    PreflightNotes notes = {0};
    kubeadm_output_preflight(str_from_cstr(output), &notes, arena);
    assert_int_equal(notes.count, 4);
    check_str(notes.items[0].check, "Hostname");
    assert_false(notes.items[0].is_error);
    check_str(notes.items[2].check, "KubeletVersion");
    assert_true(notes.items[2].is_error);
    check_str(notes.items[3].text, "/proc/sys/net/ipv4/ip_forward contents are not set to 1");
    check_str(kubeadm_output_error(str_from_cstr(output)),
              "error execution phase preflight: preflight checks failed");
    check_str(kubeadm_output_error(STR("fine\n")), "");
}

static void test_hints(void **) {
    static const char *const known[] = {"NumCPU",
                                        "Port-6443",
                                        "DirAvailable--var-lib-etcd",
                                        "FileContent--proc-sys-net-ipv4-ip_forward",
                                        "FileContent--proc-sys-net-bridge-bridge-nf-call-iptables",
                                        "FileExisting-conntrack",
                                        "Service-Kubelet"};
    for (size_t i = 0; i < ARRAY_COUNT(known); i++) {
        if (kubeadm_output_hint(str_from_cstr(known[i])).len == 0)
            fail_msg("no hint for %s", known[i]);
    }
    check_str(kubeadm_output_hint(STR("Future")), "");
    check_str(kubeadm_output_hint(STR("NumCPUs")), "");
}

UNIT_MAIN(test_kubeadm_output) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_preflight),
        cmocka_unit_test(test_hints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
