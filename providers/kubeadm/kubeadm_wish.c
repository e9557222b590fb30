/* kubeadm_wish: reads the arguments of a kubeadm_host. */
#include "kubeadm_wish.h"
#include "cluster_check.h"
#include "host_firewall.h"
#include "kube_release.h"
#include "nested_list.h"
#include "object_builder.h"
#include "path_error.h"

const NodeRuntime *kubeadm_wish_runtime(Value object) {
    Str name = object_text(object, "container_runtime", STR_EMPTY);
    for (size_t i = 0; i < NODE_RUNTIME_COUNT; i++) {
        if (str_equal_cstr(name, node_runtime_table[i].name))
            return &node_runtime_table[i];
    }
    return &node_runtime_table[NODE_RUNTIME_CONTAINERD];
}

const PackageDriver *kubeadm_wish_driver(Value object) {
    return package_driver_find(object_text(object, "package_driver", STR("apt")));
}

bool kubeadm_wish_read_bundle(KubeadmWish *plan, Diags *diags) {
    Value given = object_nested(plan->object, "bundle", plan->call->arena);
    if (!host_bundle_is_given(given))
        return true;
    if (!host_bundle_open(plan->call, given, &plan->source, diags))
        return false;
    plan->source.proxy = package_repository_proxy(
        plan->source.web.url, object_text(plan->object, "http_proxy", STR_EMPTY),
        object_text(plan->object, "https_proxy", STR_EMPTY),
        object_text(plan->object, "no_proxy", STR_EMPTY));
    plan->wish.bundle = &plan->source.bundle;
    return true;
}

bool kubeadm_wish_check_bundle(KubeadmWish *plan, Str architecture, Diags *diags) {
    const Call *call = plan->call;
    KubeVersion version;
    if (!plan->wish.bundle ||
        !kube_version_parse(object_text(plan->object, "kubernetes_version", STR_EMPTY), &version))
        return true;
    Str repository = object_text(plan->object, "image_repository", STR_EMPTY);
    Str problem =
        cluster_check_bundle(&plan->source.bundle, version, architecture, repository, call->arena);
    if (problem.len)
        return path_error(call, PATH_AT(call, {"bundle"}), diags, "Wrong bundle", "%.*s",
                          STR_ARG(problem));
    StrVec odd = cluster_check_tags(&plan->source.bundle, version, repository, call->arena);
    if (call->is_planning && odd.count)
        path_warning(call, PATH_AT(call, {"bundle"}), diags, "Images of another release", "%.*s",
                     STR_ARG(str_join(odd.items, odd.count, STR("\n"), call->arena)));
    return true;
}

static Str pause_prefix(const KubeadmWish *plan) {
    return str_concat(object_text(plan->object, "image_repository", STR("registry.k8s.io")),
                      STR("/pause:"), plan->call->arena);
}

/* Returns the image of the argument or of the bundle; empty: none. */
static Str named_image(const KubeadmWish *plan) {
    Str given = object_text(plan->object, "sandbox_image", STR_EMPTY);
    if (given.len)
        return given;
    /* A bundle has the pause image of its version of kubeadm. */
    Str prefix = pause_prefix(plan);
    for (size_t i = 0; plan->wish.bundle && i < plan->source.bundle.files.count; i++) {
        vec_each(&plan->source.bundle.files.items[i].images, image) {
            if (str_starts_with(*image, prefix))
                return *image;
        }
    }
    return STR_EMPTY;
}

bool kubeadm_wish_asks_kubeadm(const KubeadmWish *plan) {
    return !named_image(plan).len;
}

static Str sandbox_image(const KubeadmWish *plan) {
    KubeVersion version;
    Str named = named_image(plan);
    if (named.len || plan->pause.len)
        return named.len ? named : plan->pause;
    if (!kube_version_parse(object_text(plan->object, "kubernetes_version", STR_EMPTY), &version))
        version = (KubeVersion){1, KUBE_RELEASE_FIRST, 0, STR_EMPTY};
    return str_concat(pause_prefix(plan), str_from_cstr(kube_release_tag(version, STR("pause"))),
                      plan->call->arena);
}

const BundleFile *kubeadm_wish_program(const KubeadmWish *plan, Str path) {
    return plan->wish.bundle ? map_find(&plan->source.bundle.by_path, path) : NULL;
}

const BundleFile *kubeadm_wish_own_runtime(const KubeadmWish *plan) {
    return kubeadm_wish_program(plan, node_runtime_bundle_path(plan->runtime, plan->call->arena));
}

Str kubeadm_wish_runtime_version(const KubeadmWish *plan, Str of_machine) {
    const BundleFile *own = kubeadm_wish_own_runtime(plan);
    return own ? own->version : of_machine;
}

Str kubeadm_wish_machine_runtime(const KubeadmWish *plan, const HostFacts *facts) {
    return host_facts_find(&facts->versions, plan->runtime->program);
}

bool kubeadm_wish_check_release(const KubeadmWish *plan, Str found, Diags *diags) {
    const Call *call = plan->call;
    KubeVersion version, runtime;
    if (plan->runtime != &node_runtime_table[NODE_RUNTIME_CONTAINERD] ||
        !kube_version_parse(found, &runtime) ||
        !kube_version_parse(object_text(plan->object, "kubernetes_version", STR_EMPTY), &version))
        return true;
    RuntimeFit fit = kube_release_runtime(version, runtime);
    if (fit == RUNTIME_TOO_OLD)
        return path_error(call, PATH_AT(call, {"kubernetes_version"}), diags, "containerd too old",
                          "The kubelet of this version needs containerd 2.0 or later; the machine "
                          "has %.*s. Name a source of a newer one in \"runtime_repository\", or "
                          "take a bundle that has it.",
                          STR_ARG(found));
    if (fit == RUNTIME_OLD)
        path_warning(call, PATH_AT(call, {"kubernetes_version"}), diags, "containerd is old",
                     "Kubernetes 1.38 will need containerd 2.0 or later; the machine has %.*s. "
                     "Name a source of a newer one in \"runtime_repository\", or take a bundle "
                     "that has it.",
                     STR_ARG(found));
    return true;
}

/* `name` is that of its files, `argument` that of the object. */
static PackageRepository read_repository(const KubeadmWish *plan, const char *name,
                                         const char *argument) {
    Arena *arena = plan->call->arena;
    Value given = object_nested(plan->object, argument, arena);
    Str url = object_text(given, "url", STR_EMPTY);
    KubeVersion version;
    if (plan->wish.driver &&
        kube_version_parse(object_text(plan->object, "kubernetes_version", STR_EMPTY), &version))
        url = package_repository_url(url, version, plan->wish.driver, arena);
    Str no_proxy = object_text(plan->object, "no_proxy", STR_EMPTY);
    return (PackageRepository){
        .name = name,
        .url = url,
        .proxy =
            package_repository_proxy(url, object_text(plan->object, "http_proxy", STR_EMPTY),
                                     object_text(plan->object, "https_proxy", STR_EMPTY), no_proxy),
        .suite = object_text(given, "suite", STR("/")),
        .key = object_text(given, "key", STR_EMPTY),
        .packages = nested_list_texts(given, "packages", arena),
    };
}

/* Docker's repositories have containerd under another name than the distributions. */
static Str runtime_package(const NodeRuntime *runtime, Str url) {
    bool is_docker = str_find(url, STR("://download.docker.com/"), 0) != SIZE_MAX;
    return is_docker && runtime == &node_runtime_table[NODE_RUNTIME_CONTAINERD]
               ? STR("containerd.io")
               : str_from_cstr(runtime->package);
}

void kubeadm_wish_read_repositories(KubeadmWish *plan) {
    Arena *arena = plan->call->arena;
    PackageRepository *own = &plan->wish.repository, *runtime = &plan->wish.runtime_repository;
    KubeVersion version;
    Str text = object_text(plan->object, "kubernetes_version", STR_EMPTY);
    *own = read_repository(plan, "kubernetes", "repository");
    own->version = kube_version_parse(text, &version) ? kube_version_text(version, arena) : text;
    *runtime = read_repository(plan, "runtime", "runtime_repository");
    runtime->version =
        object_text(object_nested(plan->object, "runtime_repository", arena), "version", STR_EMPTY);
    if (!runtime->packages.count)
        vec_push(arena, &runtime->packages, runtime_package(plan->runtime, runtime->url));
}

static void read_registries(KubeadmWish *plan) {
    Arena *arena = plan->call->arena;
    for (size_t i = 0; i < nested_list_count(plan->object, "registries"); i++) {
        Value given = nested_list_at(plan->object, "registries", i);
        RegistryMirror mirror = {
            .host = object_text(given, "host", STR_EMPTY),
            .endpoints = nested_list_texts(given, "endpoints", arena),
            .user = object_text(given, "username", STR_EMPTY),
            .password = object_text(given, "password", STR_EMPTY),
            .ca_path = object_text(given, "ca_path", STR_EMPTY),
            .ca = object_text(given, "ca", STR_EMPTY),
        };
        vec_push(arena, &plan->wish.node.mirrors, mirror);
    }
}

/* What installations of these runtimes need. */
static const struct {
    const char *name;
    const char *type;
    const char *binary;
} known_handlers[] = {
    {"nvidia", "io.containerd.runc.v2", "/usr/bin/nvidia-container-runtime"},
    {"gvisor", "io.containerd.runsc.v1", ""},
    {"kata", "io.containerd.kata.v2", ""},
};

static void read_handlers(KubeadmWish *plan) {
    Arena *arena = plan->call->arena;
    Value all = object_attribute(plan->object, "runtimes");
    for (size_t i = 0; value_is_present(all) && i < all.count; i++) {
        Value given = value_at(all, i);
        RuntimeHandler handler = {
            .name = value_key_at(all, i),
            .type = object_text(given, "runtime_type", STR_EMPTY),
            .binary = object_text(given, "binary", STR_EMPTY),
            .options = object_attribute(given, "options"),
            .cni_conf_dir = object_text(given, "cni_conf_dir", STR_EMPTY),
            .pod_annotations = nested_list_texts(given, "pod_annotations", arena),
        };
        for (size_t k = 0; k < ARRAY_COUNT(known_handlers); k++) {
            if (!str_equal_cstr(handler.name, known_handlers[k].name))
                continue;
            if (!handler.type.len)
                handler.type = str_from_cstr(known_handlers[k].type);
            if (!handler.binary.len)
                handler.binary = str_from_cstr(known_handlers[k].binary);
        }
        if (!handler.type.len)
            handler.type = STR("io.containerd.runc.v2");
        vec_push(arena, &plan->wish.node.handlers, handler);
    }
}

static StrVec list_of(const KubeadmWish *plan, const char *name, Str (*spell)(Str, Arena *)) {
    Value list = object_attribute(plan->object, name);
    StrVec texts = {0};
    for (size_t i = 0; value_is_present(list) && i < list.count; i++)
        vec_push(plan->call->arena, &texts,
                 spell(value_text(value_at(list, i)), plan->call->arena));
    return texts;
}

/* Returns the lists of host_firewall; empty if the object opens no firewall. */
static Str open_firewall(const KubeadmWish *plan) {
    Arena *arena = plan->call->arena;
    if (!str_equal(object_text(plan->object, "host_firewall", STR_EMPTY), STR("open")))
        return STR_EMPTY;
    StrVec more = list_of(plan, "firewall_ports", host_firewall_port);
    StrVec networks = list_of(plan, "firewall_networks", host_firewall_network);
    StrVec ports = host_firewall_ports(plan->wish.is_worker, &more, arena);
    return host_firewall_lists(&ports, &networks, arena);
}

bool kubeadm_wish_settings(KubeadmWish *plan, bool is_container, Str version, Diags *diags) {
    const Call *call = plan->call;
    NodeSettings *node = &plan->wish.node;
    node->runtime = plan->runtime;
    if (!kube_version_parse(version, &node->runtime_version))
        node->runtime_version = (KubeVersion){.major = 1};
    node->sandbox_image = sandbox_image(plan);
    node->is_container = node->restricts_oom_score = is_container;
    node->has_ipv6 = object_bool(plan->object, "ipv6", false);
    node->is_hardened = object_has(plan->object, "hardening");
    node->prefix = object_text(plan->object, "prefix", STR_EMPTY);
    if (!node->prefix.len)
        node->prefix = plan->prefix;
    node->is_image = !plan->wish.driver;
    node->has_selinux = plan->has_selinux;
    node->has_own_runtime = kubeadm_wish_own_runtime(plan) != NULL;
    node->has_own_kubelet = kubeadm_wish_program(plan, STR("bin/kubelet")) != NULL;
    node->http_proxy = object_text(plan->object, "http_proxy", STR_EMPTY);
    node->https_proxy = object_text(plan->object, "https_proxy", STR_EMPTY);
    StrVec none = {0};
    node->no_proxy =
        node_files_no_proxy(&none, object_text(plan->object, "no_proxy", STR_EMPTY), call->arena);
    plan->wish.stops_firewall =
        str_equal(object_text(plan->object, "host_firewall", STR_EMPTY), STR("disable"));
    plan->wish.is_worker = object_has(plan->object, "control_plane") &&
                           !object_bool(plan->object, "control_plane", true);
    plan->wish.open_firewall = open_firewall(plan);
    plan->wish.image_repository =
        object_text(plan->object, "image_repository", STR("registry.k8s.io"));
    plan->wish.keeps_swap = str_equal(object_text(plan->object, "swap", STR_EMPTY), STR("keep"));
    plan->wish.keeps_reboots = object_has(plan->object, "os_reboots");
    node->more = object_attribute(plan->object, "containerd_config");
    node->kept = plan->kept;
    node->mirrors.count = node->handlers.count = 0;
    read_registries(plan);
    read_handlers(plan);
    kubeadm_wish_read_repositories(plan);
    Str problem = host_settings_want(&plan->wish, &plan->wanted, call->arena);
    return !problem.len ||
           path_error(call, NO_PATH, diags, "Setting not possible", "%.*s", STR_ARG(problem));
}
