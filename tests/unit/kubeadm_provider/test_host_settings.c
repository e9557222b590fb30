/* host_settings: wanted settings, and the lines that change only what differs. */
#include "host_firewall.h"
#include "host_settings.h"
#include "unit.h"

static Bundle bundle_of(Arena *arena) {
    Bundle bundle = {.kubernetes_version = STR("1.34.4"), .architecture = STR("amd64")};
    BundleFile files[] = {
        {.path = STR("bin/kubelet"), .name = STR("kubelet"), .sha256 = STR("aa")},
        {.path = STR("cni/bridge"), .name = STR("bridge"), .sha256 = STR("bb")},
        {.path = STR("images/pause.tar"), .name = STR("pause"), .sha256 = STR("cc")},
    };
    vec_push(arena, &files[2].images, STR("registry.k8s.io/pause:3.10.1"));
    for (size_t i = 0; i < ARRAY_COUNT(files); i++)
        vec_push(arena, &bundle.files, files[i]);
    return bundle;
}

static HostWish wish_of(const Bundle *bundle, bool is_container) {
    return (HostWish){
        .node = {.runtime = &node_runtime_table[NODE_RUNTIME_CONTAINERD],
                 .runtime_version = {1, 6, 20, STR_CONST("")},
                 .sandbox_image = STR("registry.k8s.io/pause:3.10.1"),
                 .is_container = is_container,
                 .has_own_kubelet = bundle != NULL},
        .bundle = bundle,
    };
}

static Str value_of(const HostWanted *wanted, const char *name) {
    return host_facts_find(&wanted->settings, name);
}

static void test_wanted(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Bundle bundle = bundle_of(arena);
    HostWish wish = wish_of(&bundle, false);
    HostWanted wanted;
    check_str(host_settings_want(&wish, &wanted, arena), "");
    check_str(value_of(&wanted, "program /usr/local/bin/kubelet"), "sha256:aa");
    check_str(value_of(&wanted, "program /opt/cni/bin/bridge"), "sha256:bb");
    check_str(value_of(&wanted, "image registry.k8s.io/pause:3.10.1"), "present");
    check_str(value_of(&wanted, "sysctl net.ipv4.ip_forward"), "1");
    check_str(value_of(&wanted, "module br_netfilter"), "loaded");
    check_str(value_of(&wanted, "swap"), "off");
    check_str(value_of(&wanted, "firewall"), "");
    check_str(value_of(&wanted, "service containerd"), "enabled active");
    assert_true(str_starts_with(value_of(&wanted, "file /etc/crictl.yaml"), STR("0644 sha256:")));
    for (size_t i = 1; i < wanted.settings.count; i++)
        assert_true(str_compare(wanted.settings.items[i - 1].name, wanted.settings.items[i].name) <
                    0);
}

/* A worker gets nothing that only control planes run, and keeps its settings. */
static void test_worker(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        const char *setting;
        bool is_of_control_plane;
    } rows[] = {
        {"image registry.k8s.io/pause:3.10.1", false},
        {"image registry.k8s.io/kube-proxy:v1.34.4", false},
        {"image registry.k8s.io/coredns/coredns:v1.12.1", false},
        {"image registry.k8s.io/kube-apiserver:v1.34.4", true},
        {"image registry.k8s.io/kube-controller-manager:v1.34.4", true},
        {"image registry.k8s.io/kube-scheduler:v1.34.4", true},
        {"image registry.k8s.io/etcd:3.6.5-0", true},
        {"image registry.k8s.io/etcd-backup:1", false},
        {"image other.example/etcd:3", false},
        {"image registry.k8s.iox/etcd:3", false},
        {"program /usr/local/bin/etcdctl", true},
        {"program /usr/local/bin/kubelet", false},
    };
    Bundle bundle = bundle_of(arena);
    BundleFile program = {.path = STR("bin/etcdctl"), .name = STR("etcdctl"), .sha256 = STR("dd")};
    vec_push(arena, &bundle.files, program);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Str setting = str_from_cstr(rows[i].setting);
        if (str_starts_with(setting, STR("image ")))
            vec_push(arena, &bundle.files.items[2].images, str_after(setting, 6));
    }
    HostWish wish = wish_of(&bundle, false);
    HostWanted all, worker, former;
    wish.image_repository = STR("registry.k8s.io");
    check_str(host_settings_want(&wish, &all, arena), "");
    wish.is_worker = true;
    check_str(host_settings_want(&wish, &worker, arena), "");
    wish.former = all.settings;
    check_str(host_settings_want(&wish, &former, arena), "");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        assert_true(value_of(&all, rows[i].setting).len > 0);
        if ((value_of(&worker, rows[i].setting).len == 0) != rows[i].is_of_control_plane)
            fail_msg("%s", rows[i].setting);
        assert_true(value_of(&former, rows[i].setting).len > 0);
    }
}

/* Programs and units have the directory of a system whose /usr is read-only. */
static void test_prefix(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Bundle bundle = bundle_of(arena);
    HostWish wish = wish_of(&bundle, false);
    HostWanted wanted;
    NamedTexts observed = {0};
    StrVec members = {0};
    wish.node.prefix = STR(NODE_FILES_OTHER_PREFIX);
    wish.node.has_own_runtime = true;
    check_str(host_settings_want(&wish, &wanted, arena), "");
    check_str(value_of(&wanted, "program /opt/bin/kubelet"), "sha256:aa");
    check_str(value_of(&wanted, "program /opt/cni/bin/bridge"), "sha256:bb");
    Str lines = host_settings_difference(&wanted, &observed, &bundle, &members, arena);
    assert_true(str_find(lines, STR("program aa /opt/bin/kubelet bin/kubelet\n"), 0) != SIZE_MAX);
    size_t units = 0;
    vec_each(&wanted.files, file) {
        assert_true(str_find(file->text, STR("/usr/local/bin"), 0) == SIZE_MAX);
        units += str_find(file->text, STR("ExecStart=/opt/bin/"), 0) != SIZE_MAX;
    }
    assert_int_equal(units, 3);
}

/* Files are for root alone, and the kernel has each setting now and after its next start. */
static void test_hardened(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    HostWish wish = wish_of(NULL, false);
    HostWanted plain, wanted;
    Str kernel = STR_EMPTY;
    wish.node.has_own_runtime = wish.node.has_own_kubelet = true;
    check_str(host_settings_want(&wish, &plain, arena), "");
    wish.node.is_hardened = true;
    check_str(host_settings_want(&wish, &wanted, arena), "");
    vec_each(&wanted.files, file) {
        if (file->service == SERVICE_KERNEL)
            kernel = str_concat(kernel, file->text, arena);
        else
            assert_int_equal(file->mode & 077, 0);
    }
    size_t count = 0;
    vec_each(&wanted.settings, setting) {
        if (!str_starts_with(setting->name, STR("sysctl ")))
            continue;
        Str line = str_format(arena, "%.*s = %.*s\n", STR_ARG(str_after(setting->name, 7)),
                              STR_ARG(setting->text));
        if (str_find(kernel, line, 0) == SIZE_MAX)
            fail_msg("%.*s is not in the file", STR_ARG(line));
        count++;
    }
    assert_int_equal(count, 9);
    assert_int_equal(wanted.settings.count, plain.settings.count + 5);
    check_str(value_of(&wanted, "modes"), "restricted");
    check_str(value_of(&wanted, "sysctl kernel.keys.root_maxkeys"), "1000000");
}

static void test_firewall(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    HostWish wish = wish_of(NULL, true);
    HostWanted wanted;
    wish.stops_firewall = true;
    check_str(host_settings_want(&wish, &wanted, arena), "");
    check_str(value_of(&wanted, "firewall"), "off");
    NamedTexts observed = {0};
    vec_each(&wanted.settings, setting) {
        NamedText copy = *setting;
        if (str_equal(copy.name, STR("firewall")))
            copy.text = STR("on");
        vec_push(arena, &observed, copy);
    }
    StrVec none = {0};
    check_str(host_settings_difference(&wanted, &observed, NULL, &none, arena), "firewall\n");
}

static NamedTexts with_text(const HostWanted *wanted, const char *prefix, Str text, Arena *arena) {
    NamedTexts observed = {0};
    vec_each(&wanted->settings, setting) {
        NamedText copy = *setting;
        if (str_starts_with(copy.name, str_from_cstr(prefix)))
            copy.text = text;
        vec_push(arena, &observed, copy);
    }
    return observed;
}

/* The lists are the name of a setting. Its rules go with it, also if the firewall is
 * stopped. */
static void test_open_firewall(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    HostWish wish = wish_of(NULL, true);
    HostWanted wanted;
    StrVec none = {0};
    wish.open_firewall = STR("6443/tcp 10.0.0.0/24");
    check_str(host_settings_want(&wish, &wanted, arena), "");
    check_str(value_of(&wanted, "firewall 6443/tcp 10.0.0.0/24"), "open");
    NamedTexts observed = with_text(&wanted, "firewall", STR("closed"), arena);
    check_str(host_settings_difference(&wanted, &observed, NULL, &none, arena),
              "firewall 6443/tcp 10.0.0.0/24\n");
    check_str(host_settings_difference(&wanted, &wanted.settings, NULL, &none, arena), "");
    wish.former = wanted.settings;
    wish.open_firewall = STR("6443/tcp 10.0.0.0/25");
    check_str(host_settings_want(&wish, &wanted, arena), "");
    check_str(value_of(&wanted, "firewall 6443/tcp 10.0.0.0/24"), "");
    check_str(host_settings_difference(&wanted, &wish.former, NULL, &none, arena),
              "firewall 6443/tcp 10.0.0.0/25\n");
    wish.open_firewall = STR_EMPTY;
    for (int is_stopped = 0; is_stopped < 2; is_stopped++) {
        wish.stops_firewall = is_stopped;
        check_str(host_settings_want(&wish, &wanted, arena), "");
        check_str(host_settings_difference(&wanted, &wish.former, NULL, &none, arena),
                  is_stopped ? "firewall\nfirewall-close\n" : "firewall-close\n");
    }
    wish.former = wanted.settings;
    check_str(host_settings_want(&wish, &wanted, arena), "");
    check_str(host_settings_difference(&wanted, &wish.former, NULL, &none, arena), "");
}

/* Equal lists have equal texts. */
static void test_firewall_lists(void **) {
    static const struct {
        Str (*spell)(Str, Arena *);
        const char *given, *spelled;
    } rows[] = {
        {host_firewall_port, "443/tcp", "443/tcp"},
        {host_firewall_port, "0443/tcp", "443/tcp"},
        {host_firewall_port, "7000-7010/udp", "7000-7010/udp"},
        {host_firewall_port, "443", ""},
        {host_firewall_port, "443/sctp", ""},
        {host_firewall_port, "0/tcp", ""},
        {host_firewall_port, "65536/tcp", ""},
        {host_firewall_port, "10-10/tcp", ""},
        {host_firewall_port, "10-9/tcp", ""},
        {host_firewall_port, "1-65536/tcp", ""},
        {host_firewall_port, "443/tcp,80/tcp", ""},
        {host_firewall_network, "10.244.0.0/16", "10.244.0.0/16"},
        {host_firewall_network, "10.0.0.11", "10.0.0.11"},
        {host_firewall_network, "10.0.0.11/32", "10.0.0.11"},
        {host_firewall_network, "10.0.0.11/24", ""},
        {host_firewall_network, "FD00:0::1/128", "fd00::1"},
        {host_firewall_network, "fd00:0:0::/48", "fd00::/48"},
        {host_firewall_network, "fd00::1/48", ""},
        {host_firewall_network, "0.0.0.0/0", "0.0.0.0/0"},
        {host_firewall_network, "node", ""},
        {host_firewall_network, "", ""},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        check_str(rows[i].spell(str_from_cstr(rows[i].given), arena), rows[i].spelled);
    StrVec more = {0}, networks = {0};
    vec_push(arena, &more, STR("443/tcp"));
    vec_push(arena, &more, STR("6443/tcp"));
    vec_push(arena, &networks, STR("fd00::1"));
    vec_push(arena, &networks, STR("10.0.0.0/24"));
    vec_push(arena, &networks, STR("fd00::1"));
    StrVec ports = host_firewall_ports(false, &more, arena);
    check_str(host_firewall_lists(&ports, &networks, arena),
              "30000-32767/tcp,30000-32767/udp,443/tcp,6443/tcp 10.0.0.0/24,fd00::1");
    more.count = 0;
    ports = host_firewall_ports(true, &more, arena);
    check_str(host_firewall_lists(&ports, &networks, arena),
              "30000-32767/tcp,30000-32767/udp 10.0.0.0/24,fd00::1");
}

/* Only systems without packages reboot by themselves after updates; where they may, it is no
 * setting. */
static void test_reboots(void **) {
    static const struct {
        const PackageDriver *driver;
        bool keeps_reboots;
        const char *value;
    } rows[] = {
        {NULL, false, "off"}, {NULL, true, ""}, {&package_driver_table[PACKAGE_APT], false, ""}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        HostWish wish = wish_of(NULL, true);
        HostWanted wanted;
        wish.driver = rows[i].driver;
        wish.keeps_reboots = rows[i].keeps_reboots;
        check_str(host_settings_want(&wish, &wanted, arena), "");
        check_str(value_of(&wanted, "reboots"), rows[i].value);
    }
}

/* A container has no kernel of its own. */
static void test_container(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    HostWish wish = wish_of(NULL, true);
    HostWanted wanted;
    check_str(host_settings_want(&wish, &wanted, arena), "");
    vec_each(&wanted.settings, setting) {
        assert_false(str_starts_with(setting->name, STR("sysctl ")));
        assert_false(str_starts_with(setting->name, STR("module ")));
        assert_false(str_equal(setting->name, STR("swap")));
    }
    HostFacts facts = {0};
    Str text = host_settings_check_container(&facts, arena);
    assert_true(str_find(text, STR("net.ipv4.ip_forward"), 0) != SIZE_MAX);
    assert_true(str_find(text, STR("br_netfilter"), 0) != SIZE_MAX);
    NamedText good[] = {{STR("net.ipv4.ip_forward"), STR("1")},
                        {STR("vm.overcommit_memory"), STR("1")},
                        {STR("net.bridge.bridge-nf-call-iptables"), STR("1")},
                        {STR("fs.inotify.max_user_instances"), STR("8192")}};
    for (size_t i = 0; i < ARRAY_COUNT(good); i++)
        vec_push(arena, &facts.sysctls, good[i]);
    check_str(host_settings_check_container(&facts, arena), "");
}

static Str lines_after_staged(const char *changed, const char *value, const char *staged,
                              StrVec *members, Arena *arena) {
    Bundle bundle = bundle_of(arena);
    HostWish wish = wish_of(&bundle, false);
    HostWanted wanted;
    check_str(host_settings_want(&wish, &wanted, arena), "");
    NamedTexts observed = {0};
    vec_each(&wanted.settings, setting) {
        NamedText copy = *setting;
        if (changed && str_equal_cstr(copy.name, changed))
            copy.text = str_from_cstr(value);
        vec_push(arena, &observed, copy);
    }
    wanted.staged = str_from_cstr(staged);
    return host_settings_difference(&wanted, &observed, &bundle, members, arena);
}

static Str lines_after(const char *changed, const char *value, StrVec *members, Arena *arena) {
    return lines_after_staged(changed, value, "", members, arena);
}

/* Only the kubelet waits for the upgrade of the node. */
static void test_staged(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrVec members = {0}, none = {0};
    check_str(
        lines_after_staged("program /usr/local/bin/kubelet", "other", "1.35.4", &members, arena),
        "stage aa bin/kubelet\n");
    assert_int_equal(members.count, 1);
    check_str(members.items[0], "bin/kubelet");
    check_str(lines_after_staged("program /opt/cni/bin/bridge", "other", "1.35.4", &members, arena),
              "program bb /opt/cni/bin/bridge cni/bridge\n");
    HostWish wish = wish_of(NULL, true);
    HostWanted wanted;
    NamedTexts observed = {0};
    wish.driver = &package_driver_table[PACKAGE_APT];
    wish.repository = (PackageRepository){.name = "kubernetes",
                                          .url = STR("https://pkgs.example/v1.35/deb/"),
                                          .suite = STR("/"),
                                          .version = STR("1.35.4")};
    vec_push(arena, &wish.repository.packages, STR("kubeadm"));
    vec_push(arena, &wish.repository.packages, STR("kubelet"));
    check_str(host_settings_want(&wish, &wanted, arena), "");
    wanted.staged = STR("1.35.4");
    Str lines = host_settings_difference(&wanted, &observed, NULL, &none, arena);
    assert_true(str_find(lines, STR("\npackage kubeadm 1.35.4\n"), 0) != SIZE_MAX);
    assert_true(str_find(lines, STR("\ndownload kubelet 1.35.4\n"), 0) != SIZE_MAX);
    assert_true(str_find(lines, STR("package kubelet"), 0) == SIZE_MAX);
}

static void test_difference(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        const char *setting;
        const char *lines;
        const char *member;
    } rows[] = {
        {"swap", "swap\n", NULL},
        {"reboots", "reboots\n", NULL},
        {"module overlay", "module overlay\n", NULL},
        {"sysctl kernel.panic", "sysctl kernel.panic 10\n", NULL},
        {"service containerd", "enable containerd\n", NULL},
        {"program /opt/cni/bin/bridge", "program bb /opt/cni/bin/bridge cni/bridge\n",
         "cni/bridge"},
        {"program /usr/local/bin/kubelet", "program aa /usr/local/bin/kubelet bin/kubelet\n",
         "bin/kubelet"},
        {"image registry.k8s.io/pause:3.10.1",
         "image containerd cc images/pause.tar registry.k8s.io/pause:3.10.1\n", "images/pause.tar"},
    };
    StrVec none = {0};
    check_str(lines_after(NULL, NULL, &none, arena), "");
    assert_int_equal(none.count, 0);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        StrVec members = {0};
        check_str(lines_after(rows[i].setting, "other", &members, arena), rows[i].lines);
        assert_int_equal(members.count, rows[i].member ? 1 : 0);
        if (rows[i].member)
            check_str(members.items[0], rows[i].member);
    }
    StrVec members = {0};
    Str lines = lines_after("file /etc/containerd/config.toml", "", &members, arena);
    assert_true(str_starts_with(lines, STR("file 0644 /etc/containerd/config.toml aW1wb3J0cy")));
    assert_true(str_ends_with(lines, STR("\nrestart containerd\n")));
}

/* A repository has one held package for each name, and its files for each driver. */
static void test_repository(void **) {
    for (size_t i = 0; i < PACKAGE_DRIVER_COUNT; i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        const PackageDriver *driver = &package_driver_table[i];
        HostWish wish = wish_of(NULL, true);
        HostWanted wanted;
        wish.driver = driver;
        wish.repository = (PackageRepository){.name = "kubernetes",
                                              .url = STR("https://pkgs.example/v1.34/"),
                                              .suite = STR("/"),
                                              .key = STR("KEY"),
                                              .version = STR("1.34.4")};
        vec_push(arena, &wish.repository.packages, STR("kubeadm"));
        check_str(host_settings_want(&wish, &wanted, arena), "");
        check_str(value_of(&wanted, "package kubeadm"), "1.34.4 held");
        NamedTexts observed = {0};
        StrVec members = {0};
        Str lines = host_settings_difference(&wanted, &observed, NULL, &members, arena);
        assert_true(str_find(lines, STR("package kubeadm 1.34.4\n"), 0) != SIZE_MAX);
        assert_true(str_ends_with(lines, str_format(arena, "\ndriver %s\n", driver->name)));
        assert_true(
            str_find(lines,
                     str_format(arena, "file 0644 %s/loam-kubernetes.asc S0VZ\n", driver->keys),
                     0) != SIZE_MAX);
        assert_true(value_of(&wanted, str_format(arena, "file %s/loam-kubernetes.%s",
                                                 driver->sources, driver->suffix)
                                          .ptr)
                        .len > 0);
        wish.repository.url = STR("https://x /\ndeb https://other");
        assert_true(host_settings_want(&wish, &wanted, arena).len > 0);
        wish.repository.url = STR("https://pkgs.example/");
        wish.repository.packages.items[0] = STR("kubeadm -o x");
        assert_true(host_settings_want(&wish, &wanted, arena).len > 0);
        wish.repository.packages.items[0] = STR("kubeadm");
        wish.driver = NULL;
        assert_true(host_settings_want(&wish, &wanted, arena).len > 0);
    }
}

/* The repository of the runtime has files of its own; only a given version is a setting. */
static void test_runtime_repository(void **) {
    for (size_t i = 0; i < PACKAGE_DRIVER_COUNT; i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        const PackageDriver *driver = &package_driver_table[i];
        HostWish wish = wish_of(NULL, true);
        PackageRepository *repository = &wish.runtime_repository;
        HostWanted wanted;
        StrVec missing = {0};
        Str lines;
        wish.driver = driver;
        wish.node.runtime = &node_runtime_table[NODE_RUNTIME_CRIO];
        *repository = (PackageRepository){.name = "runtime",
                                          .url = STR("https://pkgs.example/cri-o/"),
                                          .suite = STR("/"),
                                          .key = STR("KEY")};
        vec_push(arena, &repository->packages, STR("cri-o"));
        check_str(host_settings_want(&wish, &wanted, arena), "");
        check_str(value_of(&wanted, "package cri-o"), "");
        check_str(value_of(&wanted, "service crio"), "enabled active");
        check_str(value_of(&wanted, "service containerd"), "");
        vec_push(arena, &missing, STR("cri-o"));
        vec_push(arena, &missing, STR("skopeo"));
        check_str(host_settings_install(repository, driver, &missing, &lines, arena), "");
        assert_true(str_starts_with(
            lines, str_format(arena, "file 0644 %s/loam-runtime.asc ", driver->keys)));
        assert_true(str_ends_with(
            lines,
            str_format(arena, "\npackage cri-o -\npackage skopeo -\ndriver %s\n", driver->name)));
        repository->version = STR("1.34.2");
        check_str(host_settings_want(&wish, &wanted, arena), "");
        check_str(value_of(&wanted, "package cri-o"), "1.34.2 held");
        check_str(host_settings_install(repository, driver, &missing, &lines, arena), "");
        assert_true(str_find(lines, STR("\npackage cri-o 1.34.2\npackage skopeo -\n"), 0) !=
                    SIZE_MAX);
        repository->version = STR("1 -o x");
        assert_true(host_settings_want(&wish, &wanted, arena).len > 0);
        assert_true(host_settings_install(repository, driver, &missing, &lines, arena).len > 0);
    }
}

/* Only zypper gets the proxy from its environment. */
static void test_proxy(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    PackageRepository none = {.name = "runtime", .proxy = STR("http://proxy.example:3128")};
    StrVec packages = {0};
    Str lines;
    vec_push(arena, &packages, STR("containerd"));
    check_str(
        host_settings_install(&none, &package_driver_table[PACKAGE_APT], &packages, &lines, arena),
        "");
    check_str(lines, "package containerd -\ndriver apt\n");
    check_str(host_settings_install(&none, &package_driver_table[PACKAGE_ZYPPER], &packages, &lines,
                                    arena),
              "");
    check_str(lines, "package containerd -\ndriver zypper\nproxy http://proxy.example:3128\n");
}

/* Images of a bundle get into the storage of the runtime, and its files restart it. */
static void test_crio(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Bundle bundle = bundle_of(arena);
    HostWish wish = wish_of(&bundle, true);
    HostWanted wanted;
    NamedTexts observed = {0};
    StrVec members = {0};
    vec_push(arena, &bundle.files.items[2].images, STR("registry.k8s.io/other:1"));
    wish.node.runtime = &node_runtime_table[NODE_RUNTIME_CRIO];
    check_str(host_settings_want(&wish, &wanted, arena), "");
    Str lines = host_settings_difference(&wanted, &observed, &bundle, &members, arena);
    assert_true(str_find(lines,
                         STR("image crio cc images/pause.tar registry.k8s.io/pause:3.10.1 "
                             "registry.k8s.io/other:1\n"),
                         0) != SIZE_MAX);
    assert_true(str_find(lines, STR("enable crio\n"), 0) != SIZE_MAX);
    assert_true(str_find(lines, STR("restart crio\n"), 0) != SIZE_MAX);
    bundle.files.items[2].images.items[1] = STR("a\nswap");
    assert_true(host_settings_want(&wish, &wanted, arena).len > 0);
}

static void test_parse(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    NamedTexts found = {0};
    assert_true(host_settings_parse(STR("hello\nsettings 1\nfile /etc/a b\t0644 "
                                        "sha256:1\nswap\toff\nimage x\t\nsettings end\n"),
                                    &found, arena));
    assert_int_equal(found.count, 3);
    check_str(host_facts_find(&found, "file /etc/a b"), "0644 sha256:1");
    check_str(host_facts_find(&found, "image x"), "");
    NamedTexts cut = {0};
    assert_false(host_settings_parse(STR("settings 1\nswap\toff\n"), &cut, arena));
}

/* Texts that are options, patterns or several words for a command, or lines of their own. */
static void test_hostile(void **) {
    static const char *const texts[] = {
        "",        "-y",      "-oDPkg::Pre-Invoke::=id",
        "--purge", "a b",     "a\nb",
        "a\tb",    "a*",      "a?",
        "a[1]",    "$(id)",   "`id`",
        "a;b",     "a'b",     "a\"b",
        "a\\b",    "./a.deb", "/a",
        "a-",      "~n",      "#a",
        "a=1",     "a\x01",   "\xc2\xa0",
    };
    for (size_t i = 0; i < ARRAY_COUNT(texts) * 4; i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Str text = str_from_cstr(texts[i / 4]), lines;
        PackageRepository repository = {.name = "kubernetes",
                                        .url = STR("https://pkgs.example/"),
                                        .suite = STR("/"),
                                        .version = STR("1.34.4")};
        StrVec packages = {0};
        vec_push(arena, &repository.packages, i % 4 == 0 ? text : STR("kubelet"));
        repository.version = i % 4 == 1 ? text : repository.version;
        repository.url =
            i % 4 == 2 ? str_concat(text, STR("[trusted=yes]"), arena) : repository.url;
        repository.suite = i % 4 == 3 ? str_concat(STR("["), text, arena) : repository.suite;
        vec_push(arena, &packages, repository.packages.items[0]);
        bool is_unset = i % 4 == 1 && text.len == 0;
        const PackageDriver *driver = &package_driver_table[i % PACKAGE_DRIVER_COUNT];
        Str problem = host_settings_install(&repository, driver, &packages, &lines, arena);
        /* A URL is a word that no command reads. */
        bool is_url = i % 4 == 2 && text.len > 0 && isalpha((unsigned char)text.ptr[0]);
        if (problem.len == 0 && !is_unset && !is_url)
            fail_msg("place %zu takes \"%.*s\"", i % 4, STR_ARG(text));
    }
}

/* The programs of a round come from a repository whose files are in the directory of the round. */
static void test_fetch(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const files[] = {"loam-kubernetes.sources", "loam-kubernetes.repo",
                                        "loam-kubernetes.repo"};
    for (size_t i = 0; i < PACKAGE_DRIVER_COUNT; i++) {
        HostRound round = {
            .directory = STR("/r"), .version = STR("1.35.4"), .needs_kubelet = i > 0};
        PackageRepository repository = {.name = "kubernetes",
                                        .url = STR("https://r/"),
                                        .suite = STR("/"),
                                        .key = STR("KEY"),
                                        .version = STR("1.35.4"),
                                        .proxy = STR("http://p:1")};
        Str lines = STR_EMPTY;
        check_str(host_settings_fetch(&round, &repository, &package_driver_table[i], &lines, arena),
                  "");
        size_t at = str_find(lines, STR("\ndriver "), 0);
        assert_true(at != SIZE_MAX);
        Str wanted =
            str_format(arena, "driver %s\nproxy http://p:1\nfetch /r kubeadm 1.35.4\n%s",
                       package_driver_table[i].name, i > 0 ? "fetch /r kubelet 1.35.4\n" : "");
        check_str(str_after(lines, at + 1), str_to_cstr(wanted, arena));
        assert_true(str_starts_with(lines, STR("file 0644 /r/loam-kubernetes.asc ")));
        Str second = str_format(arena, "\nfile 0644 /r/%s ", files[i]);
        assert_true(str_find(lines, second, 0) != SIZE_MAX);
        assert_int_equal(str_find(lines, STR("/etc/"), 0), SIZE_MAX);
    }
}

UNIT_MAIN(test_host_settings) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wanted),
        cmocka_unit_test(test_reboots),
        cmocka_unit_test(test_container),
        cmocka_unit_test(test_difference),
        cmocka_unit_test(test_repository),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_runtime_repository),
        cmocka_unit_test(test_crio),
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_staged),
        cmocka_unit_test(test_proxy),
        cmocka_unit_test(test_worker),
        cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_open_firewall),
        cmocka_unit_test(test_firewall_lists),
        cmocka_unit_test(test_firewall),
        cmocka_unit_test(test_hardened),
        cmocka_unit_test(test_fetch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
