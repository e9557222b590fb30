/* kubeadm_host: plans without a machine. lab/cluster_host prepares real machines. */
#include "kubeadm_provider.h"
#include "object_builder.h"
#include "resource_case.h"

#define HOST "\"host\":\"10.0.0.11\",\"kubernetes_version\":\"1.34.4\""

/* Version 0 of the schema has another name for the version of the runtime. */
static void test_upgrade(void **state) {
    (void)state;
    ResourceCase c = case_open(&kubeadm_host);
    UpgradeRequest request = {
        0, STR("{" HOST ",\"containerd_version\":\"1.7.2\",\"port\":22,\"ipv6\":null}")};
    UpgradeResponse response;
    check_done(&c, resource_type_upgrade(c.type, case_call(&c), &request, &response, &c.diags));
    c.state = case_config(&c, str_to_cstr(response.upgraded, c.arena));
    check_str(case_text(&c, "runtime_version"), "1.7.2");
    check_str(case_text(&c, "host"), "10.0.0.11");
    assert_int_equal(object_int(c.state, "port", 0), 22);
    case_close(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_upgrade),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
