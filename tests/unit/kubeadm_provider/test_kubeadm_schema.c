/* kubeadm_schema: arguments that kubeadm rejects are errors of the schema; documents have its
 * names. */
#include "component_config.h"
#include "field_name.h"
#include "field_since.h"
#include "json.h"
#include "kubeadm_document.h"
#include "kubeadm_schema.h"
#include "unit.h"

#define HASH "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static Value parse(const char *json, const Type *type, Arena *arena) {
    JsonReader reader = json_reader_new(str_from_cstr(json), arena);
    Value out;
    const char *error = "";
    if (!json_read_typed(&reader, json_next(&reader), type, &out, &error, arena))
        fail_msg("%s: %s", json, error);
    return out;
}

static const struct {
    size_t kind; /* of kubeadm_kinds */
    const char *json;
    bool is_good;
} cases[] = {
    {0, "{\"node_registration\": {\"name\": \"cp1\", \"taints\": []}}", true},
    {0, "{\"node_registration\": {\"name\": \"CP1\"}}", false},
    {0, "{\"node_registration\": {\"cri_socket\": \"/run/x.sock\"}}", false},
    {0, "{\"node_registration\": {\"image_pull_policy\": \"Sometimes\"}}", false},
    {0, "{\"bootstrap_tokens\": [{\"token\": \"abcdef.0123456789abcdef\"}]}", true},
    {0, "{\"bootstrap_tokens\": [{\"token\": \"abcdef.0123456789abcde\"}]}", false},
    {0, "{\"bootstrap_tokens\": [{\"token\": \"abcdef.0123456789abcdef\", \"groups\": [\"x\"]}]}",
     false},
    {0, "{\"bootstrap_tokens\": [{\"token\": \"abcdef.0123456789abcdef\", \"usages\": [\"x\"]}]}",
     false},
    {0, "{\"certificate_key\": \"12\"}", false},
    {0, "{\"local_api_endpoint\": {\"advertise_address\": \"api\"}}", false},
    {0, "{\"local_api_endpoint\": {\"bind_port\": 70000}}", false},
    {0, "{\"timeouts\": {\"discovery\": \"5m0s\"}}", true},
    {0, "{\"timeouts\": {\"discovery\": \"5\"}}", false},
    {1, "{\"kubernetes_version\": \"1.30.2\"}", false},
    {1, "{\"kubernetes_version\": \"1.31.0\"}", true},
    {1, "{\"control_plane_endpoint\": \"https://x\"}", false},
    {1, "{\"networking\": {\"pod_subnet\": \"10.0.0.0\"}}", false},
    {1, "{\"api_server\": {\"cert_sans\": [\"*.example\", \"10.0.0.1\"]}}", true},
    {1, "{\"api_server\": {\"cert_sans\": [\"a b\"]}}", false},
    {1,
     "{\"api_server\": {\"extra_args\": [{\"name\": \"v\", \"value\": \"1\"}, {\"name\": \"v\", "
     "\"value\": \"2\"}]}}",
     true},
    {1,
     "{\"api_server\": {\"extra_envs\": [{\"name\": \"A\", \"value\": \"1\", \"value_from\": "
     "{\"field_ref\": {\"field_path\": \"x\"}}}]}}",
     false},
    {1, "{\"etcd\": {\"local\": {\"data_dir\": \"etcd\"}}}", false},
    {1,
     "{\"etcd\": {\"local\": {}, \"external\": {\"endpoints\": [\"https://x\"], \"ca_file\": "
     "\"/a\", \"cert_file\": \"/b\", \"key_file\": \"/c\"}}}",
     false},
    {1, "{\"encryption_algorithm\": \"DSA\"}", false},
    {2,
     "{\"discovery\": {\"bootstrap_token\": {\"token\": \"abcdef.0123456789abcdef\", "
     "\"api_server_endpoint\": \"a:1\", \"ca_cert_hashes\": [\"" HASH "\"]}}}",
     true},
    {2,
     "{\"discovery\": {\"bootstrap_token\": {\"token\": \"abcdef.0123456789abcdef\", "
     "\"api_server_endpoint\": \"a:1\"}}}",
     false},
    {2,
     "{\"discovery\": {\"bootstrap_token\": {\"token\": \"abcdef.0123456789abcdef\", "
     "\"ca_cert_hashes\": [\"" HASH "\"]}}}",
     false},
    {2,
     "{\"discovery\": {\"bootstrap_token\": {\"token\": \"abcdef.0123456789abcdef\", "
     "\"api_server_endpoint\": \"a:1\", \"ca_cert_hashes\": [\"sha256:1\"]}}}",
     false},
    {2, "{\"discovery\": {}}", false},
    {2, "{\"ca_cert_path\": \"/etc/ca.pem\"}", false},
    {3, "{\"unmount_flags\": [\"MNT_DETACH\"]}", true},
    {3, "{\"unmount_flags\": [\"DETACH\"]}", false},
    {4, "{\"apply\": {\"kubernetes_version\": \"1.34\"}}", false},
};

static void test_checks(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        Schema schema = kubeadm_kinds[cases[i].kind].object->schema;
        /* schema_implied_type caches by the address of the schema. */
        Schema *kept = arena_new(arena, Schema);
        *kept = schema;
        Attribute holder = {.name = "x", .nested = kubeadm_kinds[cases[i].kind].object};
        Value object = parse(cases[i].json, attribute_implied_type(&holder), arena);
        if (schema_validate(kept, object, arena, &diags) != cases[i].is_good)
            fail_msg("%s: %.*s", cases[i].json,
                     STR_ARG(diags.count ? diags.items[0].detail : STR("is accepted")));
    }
}

static void test_since(void **) {
    static const struct {
        size_t kind;
        const char *json;
        const char *path;
        uint32_t minor; /* that added it */
    } since[] = {
        {4, "{\"plan\": {\"etcd_upgrade\": true}}", ".plan.etcd_upgrade", 33},
        {4, "{\"apply\": {\"etcd_upgrade\": true}}", "", 0},
        {1, "{\"encryption_algorithm\": \"ECDSA-P384\"}", ".encryption_algorithm", 34},
        {1, "{\"encryption_algorithm\": \"ECDSA-P256\"}", "", 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(since); i++) {
        for (uint32_t minor = 31; minor < 36; minor++) {
            SCOPED(ArenaRef) arena = arena_open("test");
            Attribute holder = {.name = "x", .nested = kubeadm_kinds[since[i].kind].object};
            Value object = parse(since[i].json, attribute_implied_type(&holder), arena);
            Path path = {0};
            KubeVersion version = {.major = 1, .minor = minor, .suffix = STR_EMPTY};
            Str problem = field_since_check(object, version, &path, arena);
            assert_int_equal(problem.len == 0, minor >= since[i].minor);
            if (problem.len)
                check_str(path_to_str(path, arena), since[i].path);
        }
    }
}

static void test_names(void **) {
    static const char *const names[][2] = {
        {"cert_sans", "certSANs"},
        {"local_api_endpoint", "localAPIEndpoint"},
        {"api_server", "apiServer"},
        {"ca_certificate_validity_period", "caCertificateValidityPeriod"},
        {"unsafe_skip_ca_verification", "unsafeSkipCAVerification"},
        {"allow_rc_upgrades", "allowRCUpgrades"},
        {"tls_bootstrap_token", "tlsBootstrapToken"},
        {"etcd_api_call", "etcdAPICall"},
        {"dns_domain", "dnsDomain"},
        {"name", "name"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        check_str(field_name_of_attribute(str_from_cstr(names[i][0]), arena), names[i][1]);
}

static void test_document(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Attribute holder = {.name = "x", .nested = &kubeadm_schema_init};
    const char *json =
        "{\"node_registration\": {\"name\": \"no\", \"taints\": []}, \"skip_phases\": [\"1.30\"]}";
    Value object = parse(json, attribute_implied_type(&holder), arena);
    StrBuf out = strbuf_new(arena);
    kubeadm_document_add(&out, KUBEADM_API_VERSION, "InitConfiguration",
                         kubeadm_document_fields(object, arena), arena);
    kubeadm_document_add(&out, KUBELET_API_VERSION, "KubeletConfiguration",
                         value_null(&TYPE_DYNAMIC), arena);
    check_str(strbuf_str(&out), "apiVersion: \"kubeadm.k8s.io/v1beta4\"\n"
                                "kind: \"InitConfiguration\"\n"
                                "nodeRegistration:\n"
                                "  name: \"no\"\n"
                                "  taints: []\n"
                                "skipPhases:\n"
                                "  - \"1.30\"\n"
                                "---\n"
                                "apiVersion: \"kubelet.config.k8s.io/v1beta1\"\n"
                                "kind: \"KubeletConfiguration\"\n");
}

static const struct {
    ComponentKind kind;
    const char *json;
    const char *problem;
} components[] = {
    {COMPONENT_KUBELET,
     "{\"cgroupDriver\": \"systemd\", \"maxPods\": 200, \"evictionHard\": {\"memory.available\": "
     "\"100Mi\"}}",
     ""},
    {COMPONENT_KUBELET,
     "{\"authentication\": {\"webhook\": {\"enabled\": true, \"cacheTTL\": \"2m\"}}, "
     "\"runtimeRequestTimeout\": \"0s\"}",
     ""},
    {COMPONENT_KUBELET,
     "{\"clusterDNS\": [\"10.96.0.10\"], \"staticPodURLHeader\": {\"a\": [\"b\"]}, \"failSwapOn\": "
     "null}",
     ""},
    {COMPONENT_KUBELET, "{\"cgroupDrivers\": \"systemd\"}",
     "There is no field \"cgroupDrivers\". Did you mean \"cgroupDriver\"?"},
    {COMPONENT_KUBELET, "{\"maxPods\": 1.5}", "This field requires an integer."},
    {COMPONENT_KUBELET, "{\"maxPods\": \"200\"}", "This field requires an integer."},
    {COMPONENT_KUBELET, "{\"failSwapOn\": \"false\"}", "This field requires true or false."},
    {COMPONENT_KUBELET, "{\"syncFrequency\": 10}",
     "This field requires a duration, such as \"5m0s\"."},
    {COMPONENT_KUBELET, "{\"authentication\": {\"webhook\": {\"x\": 1}}}",
     "There is no field \"x\"."},
    {COMPONENT_KUBELET, "{\"clusterDNS\": \"10.96.0.10\"}", "This field requires a list."},
    {COMPONENT_KUBELET, "{\"evictionHard\": {\"a\": 1}}", "This field requires a string."},
    {COMPONENT_KUBELET, "{\"reservedMemory\": [{\"numaNode\": \"0\"}]}",
     "This field requires an integer."},
    {COMPONENT_KUBE_PROXY,
     "{\"mode\": \"nftables\", \"conntrack\": {\"maxPerCore\": 0}, \"clientConnection\": {\"qps\": "
     "1.5}}",
     ""},
    {COMPONENT_KUBE_PROXY, "{\"cgroupDriver\": \"systemd\"}",
     "There is no field \"cgroupDriver\"."},
    {COMPONENT_KUBE_PROXY, "[]", "This field requires an object."},
};

static void test_components(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(components); i++) {
        const char *error;
        size_t offset;
        Value object;
        ComponentProblem problem;
        assert_true(
            json_parse_any(str_from_cstr(components[i].json), &object, &error, &offset, arena));
        bool conforms = component_config_check(components[i].kind, NULL, object, &problem, arena);
        check_str(problem.text, components[i].problem);
        assert_int_equal(conforms, problem.text.len == 0);
    }
}

/* Fields of some releases only. */
static const struct {
    const char *json;
    uint32_t minor;
    const char *problem;
    bool may_be_newer;
} released[] = {
    {"{\"maxPods\": 1}", 31, "", false},
    {"{\"singleProcessOOMKill\": true}", 31,
     "Kubernetes 1.31 does not have this field; 1.32 and later do.", false},
    {"{\"singleProcessOOMKill\": true}", 32, "", false},
    {"{\"userNamespaces\": {\"idsPerPod\": 1}}", 32,
     "Kubernetes 1.32 does not have this field; 1.33 and later do.", false},
    {"{\"tlsCurvePreferences\": [29]}", 36, "", false},
    {"{\"tlsCurvePreferences\": [\"X25519\"]}", 36, "This field requires an integer.", false},
    {"{\"memoryReservationPolicy\": \"None\"}", 35,
     "Kubernetes 1.35 does not have this field; 1.36 and later do.", false},
    {"{\"defaultPodSysctls\": {\"a\": \"1\"}}", 37, "", false},
    {"{\"defaultPodSysctls\": {\"a\": \"1\"}}", 38, "", false},
    {"{\"ofTheFuture\": 1}", 37, "There is no field \"ofTheFuture\".", false},
    {"{\"ofTheFuture\": 1}", 38, "There is no field \"ofTheFuture\".", true},
    {"{\"maxPods\": \"many\"}", 38, "This field requires an integer.", false},
};

static void test_released(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(released); i++) {
        const char *error;
        size_t offset;
        Value object;
        ComponentProblem problem;
        KubeVersion version = {1, released[i].minor, 0, STR_EMPTY};
        assert_true(
            json_parse_any(str_from_cstr(released[i].json), &object, &error, &offset, arena));
        (void)component_config_check(COMPONENT_KUBELET, &version, object, &problem, arena);
        check_str(problem.text, released[i].problem);
        assert_int_equal(problem.may_be_newer, released[i].may_be_newer);
    }
}

UNIT_MAIN(test_kubeadm_schema) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_checks),     cmocka_unit_test(test_since),
        cmocka_unit_test(test_names),      cmocka_unit_test(test_document),
        cmocka_unit_test(test_components), cmocka_unit_test(test_released),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
