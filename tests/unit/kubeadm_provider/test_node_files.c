/* node_files: texts by their format; the real containerd reads its file. */
#include "io.h"
#include "json.h"
#include "node_files.h"
#include "systemd_units.h"
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

static const NodeSettings plain = {
    .runtime = &node_runtime_table[NODE_RUNTIME_CONTAINERD],
    .runtime_version = {1, 6, 20, STR_CONST("")},
    .sandbox_image = STR_CONST("registry.k8s.io/pause:3.10.1"),
};

static const NodeFile *find(const NodeFiles *files, const char *path) {
    vec_each(files, file) {
        if (str_equal_cstr(node_files_path(file), path))
            return file;
    }
    return NULL;
}

static Str text_of(const NodeSettings *settings, const char *path, Arena *arena) {
    NodeFiles files = {0};
    check_str(node_files_list(settings, &files, arena), "");
    vec_each(&files, one) /* the plan's limits know a restart by the path alone */
        assert_int_equal(
            one->service == SERVICE_RUNTIME,
            node_runtime_reads_at_start(settings->runtime, node_files_path(one), arena));
    const NodeFile *file = find(&files, path);
    return file ? file->text : STR("(no such file)");
}

static void check_has(Str text, const char *part) {
    if (str_find(text, str_from_cstr(part), 0) == SIZE_MAX)
        fail_msg("\"%s\" is not in\n%.*s", part, STR_ARG(text));
}

static void test_containers_keep_their_kernel(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    NodeSettings settings = plain;
    const char *path = "/etc/sysctl.d/99-zz-loam-kubernetes.conf";
    check_has(text_of(&settings, path, arena), "net.ipv4.ip_forward = 1\n");
    assert_true(str_find(text_of(&settings, path, arena), STR("ipv6"), 0) == SIZE_MAX);
    settings.has_ipv6 = true;
    check_has(text_of(&settings, path, arena), "net.ipv6.conf.all.forwarding = 1\n");
    settings.is_container = true;
    check_str(text_of(&settings, path, arena), "(no such file)");
    check_str(text_of(&settings, "/etc/modules-load.d/99-zz-loam-kubernetes.conf", arena),
              "(no such file)");
}

static void test_units(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    NodeSettings settings = plain;
    const char *path = "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf";
    check_str(text_of(&settings, path, arena), "(no such file)");
    settings.has_own_runtime = true;
    check_str(text_of(&settings, path, arena), "(no such file)");
    settings.has_own_kubelet = true;
    check_has(text_of(&settings, path, arena), "\nExecStart=\nExecStart=/usr/local/bin/kubelet ");
}

/* The unit of Flatcar reads a configuration of its image. */
static void test_image(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    NodeSettings settings = plain;
    static const char text[] = "CONTAINERD_CONFIG";
    const char *path = "/etc/systemd/system/containerd.service.d/10-loam.conf";
    assert_true(str_find(text_of(&settings, path, arena), str_from_cstr(text), 0) == SIZE_MAX);
    settings.is_image = true;
    check_has(text_of(&settings, path, arena),
              "Environment=\"CONTAINERD_CONFIG=/etc/containerd/config.toml\"\n");
    settings.has_own_runtime = true;
    assert_true(str_find(text_of(&settings, path, arena), str_from_cstr(text), 0) == SIZE_MAX);
}

/* In both formats of containerd, and in CRI-O. */
static void test_selinux(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    NodeSettings settings = plain;
    static const char text[] = "\nenable_selinux = true\n";
    const char *path = "/etc/containerd/config.toml";
    assert_true(str_find(text_of(&settings, path, arena), STR("selinux"), 0) == SIZE_MAX);
    settings.has_selinux = true;
    check_has(text_of(&settings, path, arena), text);
    settings.runtime_version = (KubeVersion){2, 1, 4, STR_CONST("")};
    check_has(text_of(&settings, path, arena), text);
    settings.runtime = &node_runtime_table[NODE_RUNTIME_CRIO];
    check_has(text_of(&settings, settings.runtime->config, arena), "  selinux = true\n");
}

static void test_proxies(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    NodeSettings settings = plain;
    StrVec cluster = {0};
    const char *path = "/etc/systemd/system/containerd.service.d/10-loam.conf";
    check_str(text_of(&settings, path, arena), "[Service]\nLimitNOFILE=1048576\n");
    vec_push(arena, &cluster, STR("10.96.0.0/12"));
    vec_push(arena, &cluster, STR("10.0.0.1"));
    settings.no_proxy = node_files_no_proxy(&cluster, STR(" .example , 10.0.0.1,,"), arena);
    check_str(settings.no_proxy, "localhost,127.0.0.1,::1,.svc,.cluster.local,10.96.0.0/12,"
                                 "10.0.0.1,.example");
    settings.https_proxy = STR("http://u:p%40\"@proxy:1");
    check_has(text_of(&settings, path, arena),
              "Environment=\"HTTPS_PROXY=http://u:p%%40\\\"@proxy:1\"\n"
              "Environment=\"NO_PROXY=localhost,");
}

static void test_mirrors(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    NodeSettings settings = plain;
    NodeFiles files = {0};
    RegistryMirror mirror = {.host = STR("registry.k8s.io"), .ca_path = STR("/etc/ca.crt")};
    vec_push(arena, &mirror.endpoints, STR("https://mirror.example/v2"));
    vec_push(arena, &settings.mirrors, mirror);
    vec_push(arena, &settings.mirrors,
             (RegistryMirror){.host = STR("private:5000"), .user = STR("u"), .password = STR("p")});
    check_str(node_files_list(&settings, &files, arena), "");
    const NodeFile *file = find(&files, "/etc/containerd/certs.d/registry.k8s.io/hosts.toml");
    check_str(file->text, "server = \"https://registry.k8s.io\"\n\n"
                          "[host.\"https://mirror.example/v2\"]\n"
                          "  capabilities = [\"pull\", \"resolve\"]\n"
                          "  ca = \"/etc/ca.crt\"\n");
    assert_int_equal(file->mode, 0644);
    file = find(&files, "/etc/containerd/certs.d/private:5000/hosts.toml");
    check_str(file->text, "server = \"https://private:5000\"\n\n"
                          "[host.\"https://private:5000\"]\n"
                          "  capabilities = [\"pull\", \"resolve\"]\n\n"
                          "[host.\"https://private:5000\".header]\n"
                          "  Authorization = \"Basic dTpw\"\n");
    assert_int_equal(file->mode, 0600);
    assert_true(file->is_secret);
}

static NodeSettings crio_settings(void) {
    NodeSettings settings = plain;
    settings.runtime = &node_runtime_table[NODE_RUNTIME_CRIO];
    return settings;
}

static void test_crio(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    NodeSettings settings = crio_settings();
    const char *config = "/etc/crio/crio.conf.d/99-zz-loam.conf";
    check_str(text_of(&settings, config, arena),
              "[crio.api]\n  listen = \"/run/crio/crio.sock\"\n\n"
              "[crio.image]\n"
              "  pause_image = \"registry.k8s.io/pause:3.10.1\"\n"
              "  pinned_images = [\"registry.k8s.io/pause:3.10.1\"]\n\n"
              "[crio.network]\n  network_dir = \"/etc/cni/net.d/\"\n"
              "  plugin_dirs = [\"/opt/cni/bin/\"]\n\n"
              "[crio.runtime]\n  cgroup_manager = \"systemd\"\n");
    check_str(text_of(&settings, "/etc/crictl.yaml", arena),
              "runtime-endpoint: unix:///run/crio/crio.sock\n"
              "image-endpoint: unix:///run/crio/crio.sock\ntimeout: 10\n");
    settings.https_proxy = STR("http://proxy:1");
    check_has(text_of(&settings, "/etc/systemd/system/crio.service.d/10-loam.conf", arena),
              "Environment=\"HTTPS_PROXY=http://proxy:1\"\n");
    check_str(text_of(&settings, "/etc/containerd/config.toml", arena), "(no such file)");
    check_str(text_of(&settings, "/etc/systemd/system/crio.service", arena), "(no such file)");
    settings.has_own_runtime = settings.has_own_kubelet = true;
    check_has(text_of(&settings, config, arena),
              "\n  signature_policy = \"/etc/crio/policy.json\"\n");
    check_has(text_of(&settings, "/etc/crio/policy.json", arena), "insecureAcceptAnything");
    check_has(text_of(&settings, "/etc/systemd/system/crio.service", arena),
              "\nExecStart=/usr/local/bin/crio\n");
    check_has(text_of(&settings, "/etc/systemd/system/kubelet.service", arena),
              "\nAfter=network-online.target crio.service\n");
}

static void test_crio_mirrors(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    NodeSettings settings = crio_settings();
    NodeFiles files = {0};
    RegistryMirror mirror = {
        .host = STR("registry.k8s.io"), .user = STR("u"), .password = STR("p")};
    vec_push(arena, &mirror.endpoints, STR("https://mirror.example/v2/"));
    vec_push(arena, &mirror.endpoints, STR("http://plain:5000/v2/k8s"));
    vec_push(arena, &settings.mirrors, mirror);
    vec_push(arena, &settings.mirrors,
             (RegistryMirror){.host = STR("private:5000"), .user = STR("a"), .password = STR("b")});
    check_str(node_files_list(&settings, &files, arena), "");
    const NodeFile *file =
        find(&files, "/etc/containers/registries.conf.d/99-zz-loam-registry.k8s.io.conf");
    check_str(file->text, "[[registry]]\nlocation = \"registry.k8s.io\"\n\n"
                          "[[registry.mirror]]\nlocation = \"mirror.example\"\n\n"
                          "[[registry.mirror]]\nlocation = \"plain:5000/k8s\"\n"
                          "insecure = true\n");
    assert_int_equal(file->service, SERVICE_RUNTIME);
    file = find(&files, "/etc/crio/loam-auth.json");
    check_str(file->text, "{\"auths\":{\"mirror.example\":{\"auth\":\"dTpw\"},"
                          "\"plain:5000/k8s\":{\"auth\":\"dTpw\"},"
                          "\"private:5000\":{\"auth\":\"YTpi\"}}}");
    assert_int_equal(file->mode, 0600);
    assert_true(file->is_secret);
    check_has(text_of(&settings, "/etc/crio/crio.conf.d/99-zz-loam.conf", arena),
              "\n  global_auth_file = \"/etc/crio/loam-auth.json\"\n");
}

/* What CRI-O cannot read is rejected before any file is written. */
static void test_crio_rejects(void **) {
    static const struct {
        const char *endpoint;
        const char *ca_path;
        const char *problem;
    } rows[] = {
        {"https://mirror.example/cache", "", "begins with /v2"},
        {"https://mirror.example/v2x", "", "begins with /v2"},
        {"ftp://mirror.example", "", "http or https"},
        {"https://", "", "http or https"},
        {"https://mirror.example", "/etc/a.crt",
         "Set \"ca\" to the certificate authority of r.example"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        NodeSettings settings = crio_settings();
        NodeFiles files = {0};
        RegistryMirror mirror = {.host = STR("r.example"),
                                 .ca_path = str_from_cstr(rows[i].ca_path)};
        vec_push(arena, &mirror.endpoints, str_from_cstr(rows[i].endpoint));
        vec_push(arena, &settings.mirrors, mirror);
        check_has(node_files_list(&settings, &files, arena), rows[i].problem);
        assert_int_equal(files.count, 0);
    }
}

static void test_hostile(void **) {
    static const char *const hosts[] = {"",    "../x", "a/b",   ".",    "a\nb",
                                        "a b", "a\"b", "$(id)", "a\tb", "\xc2\xa0"};
    for (size_t i = 0; i < ARRAY_COUNT(hosts); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        NodeSettings settings = plain;
        NodeFiles files = {0};
        vec_push(arena, &settings.mirrors, (RegistryMirror){.host = str_from_cstr(hosts[i])});
        assert_true(node_files_list(&settings, &files, arena).len > 0);
        assert_int_equal(files.count, 0);
    }
    SCOPED(ArenaRef) arena = arena_open("test");
    NodeSettings settings = plain;
    NodeFiles files = {0};
    settings.http_proxy = STR("x\"\nExecStart=/bin/false");
    assert_true(node_files_list(&settings, &files, arena).len > 0);
    settings = plain;
    settings.sandbox_image = STR("a\"b\\c");
    check_has(text_of(&settings, "/etc/containerd/config.toml", arena), "\"a\\\"b\\\\c\"\n");
}

static void test_versions(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    NodeSettings settings = plain;
    const char *path = "/etc/containerd/config.toml";
    check_has(text_of(&settings, path, arena), "version = 2\n");
    check_has(text_of(&settings, path, arena),
              "\nsandbox_image = \"registry.k8s.io/pause:3.10.1\"\n");
    settings.runtime_version = (KubeVersion){2, 1, 0, STR_EMPTY};
    check_has(text_of(&settings, path, arena), "version = 3\n");
    check_has(text_of(&settings, path, arena),
              "[plugins.\"io.containerd.cri.v1.images\".pinned_images]\n"
              "sandbox = \"registry.k8s.io/pause:3.10.1\"\n");
    check_has(text_of(&settings, path, arena),
              "[plugins.\"io.containerd.cri.v1.runtime\".containerd.runtimes.runc.options]\n"
              "SystemdCgroup = true\n");
}

static Value value_of_json(const char *text, Arena *arena) {
    Value value;
    assert_true(json_parse_object(str_from_cstr(text), &value, arena));
    return value;
}

static void test_handlers(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    NodeSettings settings = plain;
    RuntimeHandler sandboxed = {
        .name = STR("gvisor"),
        .type = STR("io.containerd.runsc.v1"),
        .options =
            value_of_json("{\"TypeUrl\":\"t\",\"NoPivotRoot\":\"true\",\"IoUid\":\"7\"}", arena)};
    RuntimeHandler other = {.name = STR("other"),
                            .type = STR("io.containerd.runc.v2"),
                            .binary = STR("/opt/bin/other")};
    vec_push(arena, &other.pod_annotations, STR("example/*"));
    vec_push(arena, &settings.handlers, sandboxed);
    vec_push(arena, &settings.handlers, other);
    Str text = text_of(&settings, "/etc/containerd/config.toml", arena);
    check_has(text, "containerd.runtimes.gvisor]\nruntime_type = \"io.containerd.runsc.v1\"\n\n"
                    "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.gvisor.options]\n"
                    "IoUid = 7\nNoPivotRoot = true\nTypeUrl = \"t\"\n");
    check_has(text, "containerd.runtimes.other]\npod_annotations = [\"example/*\"]\n"
                    "runtime_type = \"io.containerd.runc.v2\"\n");
    check_has(text, "containerd.runtimes.other.options]\nBinaryName = \"/opt/bin/other\"\n"
                    "SystemdCgroup = true\n");
    settings.runtime = &node_runtime_table[NODE_RUNTIME_CRIO];
    NodeFiles files = {0};
    check_str(node_files_list(&settings, &files, arena),
              "The runtime \"gvisor\" of CRI-O needs the path \"binary\".");
    settings.handlers.items[0].binary = STR("/usr/bin/runsc");
    check_has(text_of(&settings, settings.runtime->config, arena),
              "[crio.runtime.runtimes.\"other\"]\n  runtime_path = \"/opt/bin/other\"\n"
              "  runtime_type = \"oci\"\n  allowed_annotations = [\"example/*\"]\n");
    static const struct {
        const char *name;
        const char *problem;
    } rows[] = {
        {"runc", "loam sets the runtime \"runc\" itself; give yours another name."},
        {"A", "The name of a runtime must be one that a RuntimeClass can have: lower-case letters, "
              "digits and \"-\"."},
        {"a-",
         "The name of a runtime must be one that a RuntimeClass can have: lower-case letters, "
         "digits and \"-\"."},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        settings.handlers.items[0].name = str_from_cstr(rows[i].name);
        check_str(node_files_list(&settings, &files, arena), rows[i].problem);
    }
}

/* What the user adds is merged; what loam sets cannot be replaced. */
static void test_more_of_containerd(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        const char *more;
        const char *found;
        const char *problem;
    } rows[] = {
        {"{\"plugins\":{\"io.containerd.grpc.v1.cri\":{\"containerd\":{\"default_runtime_name\":"
         "\"gvisor\",\"snapshotter\":\"native\"}}}}",
         "default_runtime_name = \"gvisor\"\nsnapshotter = \"native\"\n", ""},
        {"{\"grpc\":{\"max_recv_message_size\":33554432},\"oom_score\":-500}",
         "\n[grpc]\nmax_recv_message_size = 33554432\n", ""},
        {"{\"oom_score\":-500}", "\noom_score = -500\nroot = \"/data\"\n", ""},
        {"{\"root\":\"/mine\"}", "\noom_score = -999\nroot = \"/mine\"\n", ""},
        {"{\"proxy_plugins\":{\"a "
         "b\":{\"type\":\"snapshot\",\"on\":[true,{\"k\":1.5}],\"off\":null}}}",
         "\n[proxy_plugins.\"a b\"]\non = [true, {k = 1.5}]\ntype = \"snapshot\"\n", ""},
        {"{\"plugins\":{\"io.containerd.grpc.v1.cri\":{\"max_concurrent_downloads\":9}}}",
         "\nmax_concurrent_downloads = 9\n", ""},
        {"{\"version\":3}", "", "\"version\""},
        {"{\"plugins\":{\"io.containerd.grpc.v1.cri\":{\"sandbox_image\":\"x\"}}}", "",
         "\"plugins.io.containerd.grpc.v1.cri.sandbox_image\""},
        {"{\"plugins\":[]}", "", "\"plugins\""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        NodeSettings settings = plain;
        NodeFiles files = {0};
        settings.more = value_of_json(rows[i].more, arena);
        settings.kept = value_of_json("{\"root\":\"/data\",\"oom_score\":\"-999\"}", arena);
        Str problem = node_files_list(&settings, &files, arena);
        if (*rows[i].problem)
            check_has(problem, rows[i].problem);
        else
            check_has(text_of(&settings, "/etc/containerd/config.toml", arena), rows[i].found);
        settings.runtime = &node_runtime_table[NODE_RUNTIME_CRIO];
        check_str(node_files_list(&settings, &files, arena),
                  "\"containerd_config\" is for containerd, and the machine has CRI-O.");
    }
}

/* The authority of a registry is a file that its runtime reads. */
static void test_authorities(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    NodeSettings settings = plain;
    RegistryMirror mirror = {.host = STR("registry.k8s.io"), .ca = STR("PEM\n")};
    vec_push(arena, &mirror.endpoints, STR("https://mirror.example:5000/v2/k8s"));
    vec_push(arena, &settings.mirrors, mirror);
    check_str(text_of(&settings, "/etc/containerd/certs.d/registry.k8s.io/ca.crt", arena), "PEM\n");
    check_has(text_of(&settings, "/etc/containerd/certs.d/registry.k8s.io/hosts.toml", arena),
              "ca = \"/etc/containerd/certs.d/registry.k8s.io/ca.crt\"\n");
    settings.runtime = &node_runtime_table[NODE_RUNTIME_CRIO];
    check_str(text_of(&settings, "/etc/containers/certs.d/mirror.example:5000/ca.crt", arena),
              "PEM\n");
    settings.mirrors.items[0].endpoints.count = 0;
    check_str(text_of(&settings, "/etc/containers/certs.d/registry.k8s.io/ca.crt", arena), "PEM\n");
    settings.mirrors.items[0].ca_path = STR("/ca");
    NodeFiles files = {0};
    check_str(node_files_list(&settings, &files, arena),
              "The registry registry.k8s.io has both \"ca\" and \"ca_path\".");
}

/* systemd reads the units of a kubelet and of a runtime from a bundle, if this machine has it. */
static void test_real_systemd(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < NODE_RUNTIME_COUNT; i++) {
        SystemdUnits units = systemd_units_open(arena);
        NodeSettings settings = plain;
        NodeFiles files = {0};
        settings.runtime = &node_runtime_table[i];
        settings.has_own_kubelet = settings.has_own_runtime = true;
        settings.https_proxy = STR("http://proxy.example:3128/%41");
        settings.no_proxy = STR("localhost,.svc");
        check_str(node_files_list(&settings, &files, arena), "");
        vec_each(&files, file)
            systemd_units_add(&units, node_files_path(file), file->text);
        systemd_units_close(&units, 4);
    }
}

/* The merged configuration that containerd prints has our values. */
static void test_real_containerd(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    char path[] = "/tmp/loam-containerd-XXXXXX";
    const Io io = io_real();
    NodeSettings settings = plain;
    settings.restricts_oom_score = true;
    RuntimeHandler other = {.name = STR("other"),
                            .type = STR("io.containerd.runc.v2"),
                            .binary = STR("/opt/bin/other")};
    vec_push(arena, &settings.handlers, other);
    settings.more = value_of_json("{\"grpc\":{\"max_recv_message_size\":33554432}}", arena);
    settings.kept = value_of_json("{\"root\":\"/data\",\"oom_score\":\"-999\"}", arena);
    Str text = text_of(&settings, "/etc/containerd/config.toml", arena);
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text.ptr, text.len), (ssize_t)text.len);
    close(file);
    const char *const argv[] = {"containerd", "-c", path, "config", "dump", NULL};
    ProcessRequest request = {.argv = argv};
    ProcessResult result = {0};
    int error = io.process->run(io.process->self, &request, &result, arena);
    unlink(path);
    if (error) { /* containerd is not installed */
        arena_close(arena);
        arena = NULL;
        skip();
    }
    assert_int_equal(result.exit_status, 0);
    check_has(result.out, "sandbox_image = \"registry.k8s.io/pause:3.10.1\"");
    check_has(result.out, "SystemdCgroup = true");
    check_has(result.out, "restrict_oom_score_adj = true");
    check_has(result.out, "config_path = \"/etc/containerd/certs.d\"");
    check_has(result.out, "disabled_plugins = []");
    check_has(result.out, "imports = [");
    check_has(result.out, "BinaryName = \"/opt/bin/other\"");
    check_has(result.out, "max_recv_message_size = 33554432");
    check_has(result.out, "\noom_score = -999\n");
    check_has(result.out, "\nroot = \"/data\"\n");
}

UNIT_MAIN(test_node_files) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_containers_keep_their_kernel),
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_image),
        cmocka_unit_test(test_selinux),
        cmocka_unit_test(test_proxies),
        cmocka_unit_test(test_mirrors),
        cmocka_unit_test(test_crio),
        cmocka_unit_test(test_crio_mirrors),
        cmocka_unit_test(test_crio_rejects),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_handlers),
        cmocka_unit_test(test_more_of_containerd),
        cmocka_unit_test(test_authorities),
        cmocka_unit_test(test_real_containerd),
        cmocka_unit_test(test_real_systemd),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
