/* kubeadm_host: a machine prepared for kubeadm. */
#include "cluster_check.h"
#include "host_bundle.h"
#include "host_firewall.h"
#include "host_pause.h"
#include "json.h"
#include "kubeadm_check.h"
#include "kubeadm_member.h"
#include "kubeadm_provider.h"
#include "kubeadm_restart.h"
#include "kubeadm_wish.h"
#include "nested_list.h"
#include "object_id.h"
#include "path_error.h"
#include "remote_script.h"
#include "remote_step.h"
#include "timeouts.h"

#define LOCK "/var/lib/loam/host/lock" /* of the script that prepares the machine */

/* clang-format off */
static const Attribute repository_attributes[] = {
    {"url",      &TYPE_STRING,         REQUIRED, "URL of the repository, of one minor version: \"https://pkgs.example/v1.34/deb/\". \"{minor}\" is replaced by the minor version, such as \"1.34\", and \"{format}\" by \"deb\" or \"rpm\"."},
    {"suite",    &TYPE_STRING,         OPTIONAL | COMPUTED, "Suite and components for apt, separated by blanks: \"bookworm stable\".", .default_json = "\"/\""},
    {"key",      &TYPE_STRING,         OPTIONAL, "Key that signs the repository, in ASCII."},
    {"packages", &TYPE_LIST_OF_STRING, OPTIONAL | COMPUTED, "Packages that have the version of Kubernetes. They are held.", .default_json = "[\"kubeadm\",\"kubelet\",\"kubectl\"]"},
};
static const Attribute runtime_repository[] = {
    {"url",      &TYPE_STRING,         REQUIRED, "URL of the repository: \"https://pkgs.example/cri-o/v1.34/deb/\". \"{minor}\" and \"{format}\" are replaced as in repository."},
    {"suite",    &TYPE_STRING,         OPTIONAL | COMPUTED, "Suite and components for apt, separated by blanks: \"bookworm stable\".", .default_json = "\"/\""},
    {"key",      &TYPE_STRING,         OPTIONAL, "Key that signs the repository, in ASCII."},
    {"packages", &TYPE_LIST_OF_STRING, OPTIONAL, "Packages of the container runtime (default: \"containerd\", with a repository of Docker \"containerd.io\", or \"cri-o\")."},
    {"version",  &TYPE_STRING,         OPTIONAL, "Version of these packages: \"1.34.2\". They are held. Without it, they are installed only where the container runtime is missing."},
};
static const Attribute registry[] = {
    {"host",      &TYPE_STRING,         REQUIRED, "Host of the registry, as images name it: \"registry.k8s.io\"."},
    {"endpoints", &TYPE_LIST_OF_STRING, OPTIONAL, "URLs of mirrors; none: the registry itself."},
    {"username",  &TYPE_STRING,         OPTIONAL, "User of the registry."},
    {"password",  &TYPE_STRING,         OPTIONAL | SENSITIVE, "Password of the user. The file on the machine has mode 0600."},
    {"ca",        &TYPE_STRING,         OPTIONAL, "Certificate authority of the registry in PEM."},
    {"ca_path",   &TYPE_STRING,         OPTIONAL, "File on the machine with that authority instead.", .check = kubeadm_check_path},
};
static const Attribute handler_attributes[] = {
    {"binary",          &TYPE_STRING,         OPTIONAL, "Path of the program (default for nvidia: \"/usr/bin/nvidia-container-runtime\"; else that of the type). CRI-O needs it.", .check = kubeadm_check_path},
    {"runtime_type",    &TYPE_STRING,         OPTIONAL, "Type in containerd (default: \"io.containerd.runsc.v1\" for gvisor, \"io.containerd.kata.v2\" for kata, else \"io.containerd.runc.v2\"). CRI-O treats each other type than that of runc as a virtual machine."},
    {"options",         &TYPE_MAP_OF_STRING,  OPTIONAL, "Further options of the type, for containerd. \"true\", \"false\" and integers are no strings there."},
    {"cni_conf_dir",    &TYPE_STRING,         OPTIONAL, "Directory of the configuration of its pod network, for containerd.", .check = kubeadm_check_path},
    {"pod_annotations", &TYPE_LIST_OF_STRING, OPTIONAL, "Annotations of pods that the program gets; \"*\" stands for the rest of a name."},
};
static const Attribute host_attributes[] = {
    SSH_CLIENT_ATTRIBUTES(0),
    {"kubernetes_version", &TYPE_STRING, REQUIRED, "Version of Kubernetes: \"1.34.4\".", .check = kubeadm_check_version},
    {"bundle",             NULL,         OPTIONAL, "Programs and images, for machines without a network.", .nested = &host_bundle_argument},
    {"repository",         NULL,         OPTIONAL, "Packages for apt, dnf or zypper. Without a bundle and a repository, the machine must have the programs.", .nested = NESTED(NEST_SINGLE, repository_attributes)},
    {"container_runtime",  &TYPE_STRING, OPTIONAL | COMPUTED, "Container runtime of the node. It changes only with the node: the plan of any other change is an error.", .default_json = "\"containerd\"", .one_of = "containerd cri-o"},
    {"runtime_repository", NULL,         OPTIONAL, "Packages of the container runtime for apt, dnf or zypper. Without it, they come from the repositories of the machine.", .nested = NESTED(NEST_SINGLE, runtime_repository)},
    {"control_plane",      &TYPE_BOOL,   OPTIONAL, "Whether the machine becomes a control plane: then its size is checked. With false it gets no images of control planes and no etcdctl from the bundle."},
    {"image_repository",   &TYPE_STRING, OPTIONAL | COMPUTED, "Registry and path of the images of Kubernetes.", .default_json = "\"registry.k8s.io\""},
    {"sandbox_image",      &TYPE_STRING, OPTIONAL, "Image of the first process of each pod (default: that of the bundle, else of kubeadm)."},
    {"swap",               &TYPE_STRING, OPTIONAL | COMPUTED, "\"off\" turns swap off for good; \"keep\" leaves it to the configuration of the kubelet.", .default_json = "\"off\"", .one_of = "off keep"},
    {"host_firewall",      &TYPE_STRING, OPTIONAL, "\"disable\" stops firewalld and ufw for good. \"open\" keeps them, and lets them accept services and, on control planes, the API server from everywhere, and all packets of firewall_networks. Without it they stay, and an active one is a warning with the ports that a node needs.", .one_of = "disable open"},
    {"firewall_networks",  &TYPE_LIST_OF_STRING, OPTIONAL, "For host_firewall = \"open\": networks of the nodes and of the pods, or addresses. The firewall accepts all their packets, also those that the machine forwards."},
    {"firewall_ports",     &TYPE_LIST_OF_STRING, OPTIONAL, "For host_firewall = \"open\": further ports, such as \"443/tcp\" or \"7000-7010/udp\"."},
    {"os_reboots",         &TYPE_STRING, OPTIONAL, "\"keep\": Flatcar reboots the machine after its own updates. Without it they install at the next reboot, because Flatcar does not drain the node.", .one_of = "keep"},
    {"ipv6",               &TYPE_BOOL,   OPTIONAL, "Whether the kernel forwards IPv6."},
    {"hardening",          &TYPE_STRING, OPTIONAL, "\"cis\": the files that loam writes are for root only, and the kernel has the settings that a kubelet with protectKernelDefaults needs.", .one_of = "cis"},
    {"prefix",             &TYPE_STRING, OPTIONAL | COMPUTED, "Directory of the programs of the bundle on the machine (default: \"/usr/local/bin\"; where it is read-only, \"/opt/bin\").", .check = kubeadm_check_path},
    {"registries",         NULL,         OPTIONAL, "Mirrors and logins of registries.", .nested = NESTED(NEST_LIST, registry)},
    {"runtimes",           NULL,         OPTIONAL, "Programs that run pods beside runc, by the handler that a RuntimeClass names: nvidia, gvisor, kata or another. loam does not install them.", .nested = NESTED(NEST_MAP, handler_attributes)},
    {"containerd_config",  &TYPE_DYNAMIC, OPTIONAL, "Object that is merged into the configuration of containerd, with its names. A value that loam sets is an error."},
    {"http_proxy",         &TYPE_STRING, OPTIONAL, "Proxy of the container runtime for http."},
    {"https_proxy",        &TYPE_STRING, OPTIONAL, "Proxy of the container runtime for https."},
    {"no_proxy",           &TYPE_STRING, OPTIONAL, "Hosts and networks without the proxy, separated by commas. Add those of nodes, pods and services."},
    {"architecture",       &TYPE_STRING, COMPUTED | CHANGES_ON_UPDATE, "Architecture of the machine: \"amd64\", \"arm64\"."},
    {"is_container",       &TYPE_BOOL,   COMPUTED | CHANGES_ON_UPDATE, "Whether the machine is a container. Then loam changes no kernel settings, and warns about those that its hypervisor must have."},
    {"runtime_version",    &TYPE_STRING, COMPUTED | CHANGES_ON_UPDATE, "Version of the container runtime."},
    {"package_driver",     &TYPE_STRING, COMPUTED | CHANGES_ON_UPDATE, "Program that installs packages on the machine: \"apt\", \"dnf\", \"zypper\"; \"none\": only a bundle brings programs."},
    {"has_selinux",        &TYPE_BOOL,   COMPUTED | CHANGES_ON_UPDATE, "Whether the container runtime gives pods labels of SELinux: the machine had SELinux and its policy for containers when the object was created."},
    {"pause_image",        &TYPE_STRING, COMPUTED | CHANGES_ON_UPDATE, "Image of the first process of each pod that kubeadm of the machine names; null if sandbox_image or the bundle names one."},
    {"containerd_kept",    &TYPE_MAP_OF_STRING, COMPUTED, "The root, state and oom_score that the configuration of containerd had before loam wrote it, and has still."},
    {"settings",           &TYPE_MAP_OF_STRING, COMPUTED | CHANGES_ON_UPDATE, "Settings of the machine: files, programs, images, kernel, services. A plan shows those that differ."},
    {"id",                 &TYPE_STRING, COMPUTED, "Name of the object's steps on the machine."},
};
/* clang-format on */

static Value settings_value(const NamedTexts *texts, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    vec_each(texts, named)
        object_builder_put(&builder, named->name, value_string(named->text, arena));
    return object_builder_map(&builder, &TYPE_STRING);
}

static void host_stored_settings(Value settings, NamedTexts *out, Arena *arena) {
    for (size_t i = 0; value_is_present(settings) && i < settings.count; i++) {
        NamedText setting = {value_key_at(settings, i), value_text(value_at(settings, i))};
        vec_push(arena, out, setting);
    }
}

/* Whether what the plan needs of the configuration is known. */
static bool host_is_ready(Value object) {
    static const char *const names[] = {
        "bundle",         "kubernetes_version", "sandbox_image",     "swap",
        "registries",     "http_proxy",         "https_proxy",       "no_proxy",
        "ipv6",           "hardening",          "host_firewall",     "firewall_networks",
        "firewall_ports", "image_repository",   "container_runtime", "runtime_repository",
        "runtimes",       "containerd_config",  "control_plane",     "os_reboots"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        if (!value_is_wholly_known(object_attribute(object, names[i])))
            return false;
    }
    return true;
}

static bool is_same_machine(const PlanRequest *request) {
    return !value_is_null(request->prior) &&
           !object_differs(request->prior, request->proposed, "host");
}

/* Pods and images of a node do not move to another runtime. */
static bool check_runtime(const Call *call, const PlanRequest *request, Diags *diags) {
    if (!is_same_machine(request) || request->is_replaced ||
        !value_is_known(object_attribute(request->proposed, "container_runtime")) ||
        kubeadm_wish_runtime(request->prior) == kubeadm_wish_runtime(request->proposed))
        return true;
    return path_error(
        call, PATH_AT(call, {"container_runtime"}), diags, "Container runtime of a node",
        "The machine was prepared with %s, and loam does not move a node to %s. Replace the "
        "machine; or reset the node and prepare it anew, with "
        "\"-replace=%.*s\" and the same option for its kubeadm_join. Else restore the former "
        "value.",
        kubeadm_wish_runtime(request->prior)->name, kubeadm_wish_runtime(request->proposed)->name,
        STR_ARG(call->address));
}

static bool has_same_kubeadm(Value prior, Value planned) {
    return !object_differs(prior, planned, "kubernetes_version") &&
           !object_differs(prior, planned, "image_repository");
}

/* kubeadm of another version may name another image. */
static Value planned_pause(const KubeadmWish *plan, Value prior) {
    if (!kubeadm_wish_asks_kubeadm(plan))
        return value_null(&TYPE_STRING);
    return has_same_kubeadm(prior, plan->object) ? object_attribute(prior, "pause_image")
                                                 : value_unknown(&TYPE_STRING);
}

/* Sets *planned to `object` with the settings of a machine that was prepared before. */
static bool plan_settings(KubeadmWish *plan, Value prior, Str version, Value object, Value *planned,
                          Diags *diags) {
    static const char *const kept[] = {"architecture", "is_container", "package_driver",
                                       "has_selinux", "containerd_kept"};
    Arena *arena = plan->call->arena;
    if (!kubeadm_wish_settings(plan, object_bool(prior, "is_container", false), version, diags))
        return false;
    ObjectBuilder builder = object_builder_of(object, arena);
    object_builder_set(&builder, "settings", settings_value(&plan->wanted.settings, arena));
    for (size_t i = 0; i < ARRAY_COUNT(kept); i++)
        object_builder_set(&builder, kept[i], object_attribute(prior, kept[i]));
    object_builder_set(&builder, "pause_image", planned_pause(plan, prior));
    object_builder_set_optional(&builder, "runtime_version", version, arena);
    *planned = object_builder_value(&builder);
    return true;
}

/* Pods stay when the container runtime restarts. */
static void host_note_restart(const KubeadmWish *plan, const PlanRequest *request,
                              PlanResponse *response) {
    Arena *arena = plan->call->arena;
    Value settings = object_attribute(request->prior, "settings");
    NamedTexts stored = {0};
    StrVec members = {0};
    if (request->is_replaced || !value_is_present(settings))
        return;
    host_stored_settings(settings, &stored, arena);
    Str lines =
        host_settings_difference(&plan->wanted, &stored, plan->wish.bundle, &members, arena);
    Str line = str_format(arena, "restart %s\n", plan->runtime->service);
    if (str_find(lines, line, 0) != SIZE_MAX)
        plan_note(response, PATH_AT(plan->call, {"settings"}),
                  str_format(arena, "restarts %s on %.*s", plan->runtime->service,
                             STR_ARG(object_text(plan->object, "host", STR_EMPTY))),
                  arena);
}

static bool check_list(const Call *call, Value config, const char *name, Str (*spell)(Str, Arena *),
                       const char *kind, Diags *diags) {
    Value list = object_attribute(config, name);
    bool is_good = true;
    for (size_t i = 0; value_is_present(list) && i < list.count; i++) {
        Value item = value_at(list, i);
        if (value_is_known(item) &&
            (value_is_null(item) || !spell(value_text(item), call->arena).len))
            is_good = path_error(call, PATH_AT(call, {name}, {.index = i}), diags,
                                 "Not valid for a firewall", "Give %s.", kind);
    }
    return is_good;
}

static bool host_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    Value config = request->config, given = object_attribute(config, "host_firewall");
    Value networks = object_attribute(config, "firewall_networks");
    bool is_open = value_is_present(given) && str_equal(value_text(given), STR("open"));
    bool has_lists =
        object_has(config, "firewall_networks") || object_has(config, "firewall_ports");
    bool is_empty = value_is_null(networks) || (value_is_known(networks) && !networks.count);
    if (is_open && is_empty)
        return path_error(
            call, PATH_AT(call, {"firewall_networks"}), diags, "Networks for the firewall missing",
            "With host_firewall = \"open\" the firewall accepts etcd, kubelets and the "
            "network of the pods only from these networks. Give those of the nodes and "
            "of the pods.");
    if (!is_open && value_is_known(given) && has_lists)
        return path_error(
            call, PATH_AT(call, {"host_firewall"}), diags, "Firewall is not opened",
            "firewall_networks and firewall_ports are for host_firewall = \"open\". Set "
            "it, or remove them.");
    bool is_good = check_list(call, config, "firewall_networks", host_firewall_network,
                              "an address or a network without bits behind its prefix, such as "
                              "\"10.244.0.0/16\"",
                              diags);
    return check_list(call, config, "firewall_ports", host_firewall_port,
                      "ports and a protocol, such as \"443/tcp\" or \"7000-7010/udp\"", diags) &&
           is_good;
}

static bool host_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                      Diags *diags) {
    KubeadmWish plan = {.call = call,
                        .object = request->proposed,
                        .runtime = kubeadm_wish_runtime(request->proposed)};
    Str version, architecture;
    bool responds;
    if (!check_runtime(call, request, diags) || !ssh_client_greet(call, request, &responds, diags))
        return false;
    if (!host_is_ready(request->proposed))
        return true;
    if (!kubeadm_wish_read_bundle(&plan, diags))
        return false;
    architecture = is_same_machine(request) ? object_text(request->prior, "architecture", STR_EMPTY)
                                            : STR_EMPTY;
    if (!kubeadm_wish_check_bundle(&plan, architecture, diags))
        return false;
    if (!is_same_machine(request))
        return true;
    if (!value_is_known(object_attribute(request->proposed, "prefix")))
        return true;
    plan.wish.driver = kubeadm_wish_driver(request->prior);
    plan.has_selinux = object_bool(request->prior, "has_selinux", false);
    plan.kept = object_attribute(request->prior, "containerd_kept");
    plan.prefix = object_text(request->prior, "prefix", STR_EMPTY);
    if (has_same_kubeadm(request->prior, request->proposed))
        plan.pause = object_text(request->prior, "pause_image", STR_EMPTY);
    version = kubeadm_wish_runtime_version(
        &plan, object_text(request->prior, "runtime_version", STR_EMPTY));
    if (!kubeadm_wish_check_release(&plan, version, diags))
        return false;
    if (!request->is_replaced)
        host_stored_settings(object_attribute(request->prior, "settings"), &plan.wish.former,
                             call->arena);
    /* Files of earlier versions are replaced by the next preparation, and are no drift. */
    Value planned;
    plan.wish.has_former_lists = !request->is_replaced;
    if (!plan_settings(&plan, request->prior, version, response->planned, &planned, diags))
        return false;
    if (plan.wish.has_former_lists && !value_equal(planned, request->prior)) {
        plan.wish.has_former_lists = false;
        if (!plan_settings(&plan, request->prior, version, response->planned, &planned, diags))
            return false;
    }
    response->planned = planned;
    host_note_restart(&plan, request, response);
    return true;
}

/* Changes. */

static bool host_check_machine(const KubeadmWish *plan, const HostLook *look, Diags *diags) {
    const Call *call = plan->call;
    const HostFacts *facts = &look->facts;
    Str problem = STR_EMPTY;
    MachineSize size = {facts->processors, facts->memory_kib >> 10};
    if (facts->user != 0)
        return path_error(call, PATH_AT(call, {"sudo"}), diags, "Not root",
                          "Commands on the machine do not run as root. Log in as root, or set "
                          "sudo.");
    if (!str_equal(facts->init, STR("systemd")))
        return path_error(
            call, PATH_AT(call, {"host"}), diags, "Machine without systemd",
            "The kubelet needs systemd; the first process of the machine is \"%.*s\".",
            STR_ARG(facts->init));
    if (object_bool(plan->object, "control_plane", false))
        problem = cluster_check_size(size, true, call->arena);
    if (!problem.len && cluster_check_clock(look->skew_ms) == CLOCK_BAD)
        problem =
            str_format(call->arena, "Its clock is %lld ms ahead. Set it, for instance by NTP.",
                       (long long)look->skew_ms);
    if (problem.len)
        return path_error(call, PATH_AT(call, {"host"}), diags, "Machine not suitable", "%.*s",
                          STR_ARG(problem));
    return true;
}

static void warn_container(const KubeadmWish *plan, const HostFacts *facts, Diags *diags) {
    if (!host_facts_is_container(facts))
        return;
    Str missing = host_settings_check_container(facts, plan->call->arena);
    if (missing.len)
        path_warning(plan->call, PATH_AT(plan->call, {"host"}), diags,
                     "The hypervisor lacks settings",
                     "The machine is a container, so loam does not change its kernel.\n%.*s",
                     STR_ARG(missing));
}

/* Two firewalls add up: a packet passes only if both accept it. */
static void warn_firewall(const KubeadmWish *plan, const HostFacts *facts, Diags *diags) {
    const StrVec *found = &facts->firewalls;
    if (!found->count || plan->wish.stops_firewall || plan->wish.open_firewall.len)
        return;
    bool is_control_plane = object_bool(plan->object, "control_plane", false);
    path_warning(plan->call, PATH_AT(plan->call, {"host_firewall"}), diags,
                 "Firewall on the machine",
                 "%.*s of %.*s may close ports that the node needs: 10250/tcp (kubelet), "
                 "30000-32767/tcp and udp (services)%s, and those of the pod network. Open them, "
                 "or set host_firewall to \"open\" or \"disable\".",
                 STR_ARG(str_join(found->items, found->count, STR(" and "), plan->call->arena)),
                 STR_ARG(object_text(plan->object, "host", STR_EMPTY)),
                 is_control_plane ? ", 6443/tcp (API server), 2379-2380/tcp (etcd)" : "");
}

static bool host_has_room(const KubeadmWish *plan, const HostFacts *facts, const StrVec *members,
                          Diags *diags) {
    Bundle needed = {0};
    uint64_t free_kib;
    if (!members->count || !str_to_uint64(host_facts_find(&facts->free_kib, "/var/lib"), &free_kib))
        return true;
    vec_each(members, member) {
        const BundleFile *file = map_find(&plan->source.bundle.by_path, *member);
        if (file)
            vec_push(plan->call->arena, &needed.files, *file);
    }
    Str problem = cluster_check_disk(&needed, free_kib >> 10, plan->call->arena);
    return !problem.len || path_error(plan->call, PATH_AT(plan->call, {"host"}), diags,
                                      "Disk too small", "/var/lib: %.*s", STR_ARG(problem));
}

/* Waits for the end of a preparation that an interrupted run has started, because at its end it
 * removes the archive. That step has another id if the object was not created. Then reads the facts
 * again. */
static bool end_former_step(SshLink *link, Str id, HostLook *look, Diags *diags) {
    const StrVec *markers = &look->facts.steps;
    SshResult result;
    if (markers->count == 0)
        return true;
    if (!remote_script_run(link, (RemoteScript){"flock " LOCK " true 2>/dev/null || :"}, &result,
                           diags))
        return false;
    if (str_is_among(id, markers->items, markers->count) && !remote_step_remove(link, id, diags))
        return false;
    return host_look(link, NULL, look, diags);
}

static bool host_check_effect(const KubeadmWish *plan, const SshLink *link,
                              const NamedTexts *observed, Diags *diags) {
    bool is_good = true;
    vec_each(&plan->wanted.settings, setting) {
        Str found = STR_EMPTY;
        vec_each(observed, other) {
            if (str_equal(other->name, setting->name))
                found = other->text;
        }
        if (!str_equal(found, setting->text))
            is_good = path_error(plan->call, NO_PATH, diags, "Setting without effect",
                                 "After the preparation of %.*s, \"%.*s\" is \"%.*s\" instead of "
                                 "\"%.*s\". Another program may change it.",
                                 STR_ARG(link->target.host), STR_ARG(setting->name), STR_ARG(found),
                                 STR_ARG(setting->text));
    }
    return is_good;
}

static Value host_described(const KubeadmWish *plan, const HostFacts *facts, Str id) {
    Arena *arena = plan->call->arena;
    ObjectBuilder builder = object_builder_of(plan->object, arena);
    object_builder_set_text(&builder, "id", id, arena);
    object_builder_set_text(&builder, "architecture", host_facts_architecture(facts), arena);
    object_builder_set(&builder, "is_container", value_bool(host_facts_is_container(facts)));
    object_builder_set_text(&builder, "package_driver", package_driver_name(plan->wish.driver),
                            arena);
    object_builder_set_text(&builder, "prefix", plan->wanted.prefix, arena);
    object_builder_set(&builder, "has_selinux", value_bool(plan->has_selinux));
    if (plan->kept.type)
        object_builder_set(&builder, "containerd_kept", plan->kept);
    if (!value_is_known(object_attribute(plan->object, "pause_image")))
        object_builder_set_optional(&builder, "pause_image", plan->pause, arena);
    object_builder_set_optional(
        &builder, "runtime_version",
        kubeadm_wish_runtime_version(plan, kubeadm_wish_machine_runtime(plan, facts)), arena);
    object_builder_set(&builder, "settings", settings_value(&plan->wanted.settings, arena));
    return object_builder_value(&builder);
}

static bool has_images(const KubeadmWish *plan) {
    for (size_t i = 0; plan->wish.bundle && i < plan->source.bundle.files.count; i++) {
        if (plan->source.bundle.files.items[i].images.count)
            return true;
    }
    return false;
}

/* Adds the packages that the machine needs before anything else. */
static void host_find_missing(const KubeadmWish *plan, const HostFacts *facts, StrVec *out) {
    Arena *arena = plan->call->arena;
    Str service = str_from_cstr(plan->runtime->service);
    bool has_runtime = kubeadm_wish_machine_runtime(plan, facts).len ||
                       kubeadm_wish_own_runtime(plan) ||
                       str_is_among(service, facts->active.items, facts->active.count);
    bool uses_skopeo = plan->runtime == &node_runtime_table[NODE_RUNTIME_CRIO] && has_images(plan);
    bool has_repository = plan->wish.repository.url.len || plan->wish.runtime_repository.url.len;
    if (has_repository && plan->wish.driver)
        package_driver_add_selinux(plan->wish.driver, facts, plan->is_new, out, arena);
    if (!has_runtime) {
        vec_each(&plan->wish.runtime_repository.packages, package)
            vec_push(arena, out, *package);
    }
    if (uses_skopeo && !kubeadm_wish_program(plan, STR("bin/skopeo")) &&
        !str_is_among(STR("skopeo"), facts->programs.items, facts->programs.count))
        vec_push(arena, out, STR("skopeo"));
}

/* The configuration of a runtime depends on its version, so a package of it comes first. CRI-O gets
 * images of a bundle by skopeo. */
static bool install_runtime(KubeadmWish *plan, SshLink *link, Str id, HostLook *look,
                            Diags *diags) {
    const Call *call = plan->call;
    StrVec missing = {0};
    Str lines = STR_EMPTY;
    kubeadm_wish_read_repositories(plan);
    host_find_missing(plan, &look->facts, &missing);
    if (!missing.count)
        return true;
    if (!plan->wish.repository.url.len && !plan->wish.runtime_repository.url.len)
        return path_error(
            call, PATH_AT(call, {"container_runtime"}), diags, "Program is missing",
            "%.*s lacks %.*s. Set runtime_repository, or prepare its image or the "
            "bundle with it.",
            STR_ARG(link->target.host),
            STR_ARG(str_join(missing.items, missing.count, STR(" and "), call->arena)));
    if (!plan->wish.driver)
        return path_error(call, PATH_AT(call, {"bundle"}), diags, "No program for packages",
                          "loam knows no program of %.*s (%.*s) that installs packages. Use a "
                          "bundle with the container runtime.",
                          STR_ARG(link->target.host), STR_ARG(look->facts.os_name));
    Str problem = host_settings_install(&plan->wish.runtime_repository, plan->wish.driver, &missing,
                                        &lines, call->arena);
    if (problem.len)
        return path_error(call, PATH_AT(call, {"runtime_repository"}), diags,
                          "Setting not possible", "%.*s", STR_ARG(problem));
    return host_bundle_prepare(link, id, lines, diags) && host_look(link, NULL, look, diags);
}

/* After the installation of packages. */
static void warn_selinux(const KubeadmWish *plan, const HostFacts *facts, Diags *diags) {
    const Call *call = plan->call;
    const PackageDriver *driver = plan->wish.driver;
    Str host = object_text(plan->object, "host", STR_EMPTY);
    if (!facts->selinux.len)
        return;
    if (!str_is_among(STR("restorecon"), facts->programs.items, facts->programs.count))
        path_warning(call, PATH_AT(call, {"host"}), diags, "Labels of SELinux not set",
                     "%.*s has SELinux and no restorecon, so files that loam makes may have labels "
                     "of other places, and systemd may not start their programs. Install the "
                     "package policycoreutils, or set \"repository\".",
                     STR_ARG(host));
    if (plan->is_new && !facts->selinux_containers.len)
        path_warning(call, PATH_AT(call, {"host"}), diags, "Pods without labels of SELinux",
                     "The policy of SELinux on %.*s has no domains of containers, so the container "
                     "runtime does not label pods.%s%s%s",
                     STR_ARG(host), driver ? " Install the package " : "",
                     driver ? driver->policy : "", driver ? ", and replace this object." : "");
}

/* Another object may have prepared the machine, and its node may run. */
static bool check_node_runtime(const KubeadmWish *plan, const HostFacts *facts, Diags *diags) {
    const NodeRuntime *found = host_facts_runtime(facts);
    if (host_facts_state(facts) == HOST_CLEAN || !facts->runtime_endpoint.len ||
        found == plan->runtime)
        return true;
    return path_error(plan->call, PATH_AT(plan->call, {"container_runtime"}), diags,
                      "Container runtime of a node",
                      "The machine is a node whose pods run with %s. Delete its kubeadm_join, "
                      "which resets the machine, before it is prepared with %s.",
                      found->name, plan->runtime->name);
}

/* Returns the version of the kubelet if it must wait for the upgrade of the machine's node, which
 * is older; otherwise an empty text. */
static Str staged_version(const KubeadmWish *plan, const HostFacts *facts) {
    KubeVersion wanted, found;
    Str text = object_text(plan->object, "kubernetes_version", STR_EMPTY);
    bool is_newer = kube_version_parse(text, &wanted) &&
                    kube_version_parse(host_facts_find(&facts->versions, "kubelet"), &found) &&
                    kube_version_compare(wanted, found) > 0;
    return is_newer && host_facts_state(facts) != HOST_CLEAN ? text : STR_EMPTY;
}

/* Sets the driver of packages of the machine; on a new one, also what its system decides. */
static void find_system(KubeadmWish *plan, const HostFacts *facts, Diags *diags) {
    bool is_known;
    const PackageDriver *driver = package_driver_of(facts, &is_known);
    bool is_used = value_is_present(object_attribute(plan->object, "repository")) ||
                   value_is_present(object_attribute(plan->object, "runtime_repository"));
    plan->wish.driver = driver;
    if (plan->is_new)
        plan->prefix = facts->read_only.count ? STR(NODE_FILES_OTHER_PREFIX) : STR_EMPTY;
    if (driver && !is_known && is_used)
        path_warning(plan->call, PATH_AT(plan->call, {"host"}), diags, "Unknown system",
                     "loam does not know the system \"%.*s\" of %.*s. For packages it uses %s, "
                     "which the machine has.",
                     STR_ARG(facts->os_id.len ? facts->os_id : facts->os_name),
                     STR_ARG(object_text(plan->object, "host", STR_EMPTY)), driver->program);
}

/* Brings the machine to the wanted settings: it is looked at, gets what differs, and is looked at
 * again. `first` are the facts before. */
static bool host_reach(KubeadmWish *plan, SshLink *link, Str id, const HostFacts *first,
                       HostLook *look, Diags *diags) {
    NamedTexts observed = {0}, after = {0};
    StrVec members = {0};
    if (!kubeadm_wish_settings(
            plan, host_facts_is_container(first),
            kubeadm_wish_runtime_version(plan, kubeadm_wish_machine_runtime(plan, first)), diags) ||
        !host_bundle_look(link, &plan->wanted, look, &observed, diags))
        return false;
    plan->wanted.staged = staged_version(plan, &look->facts);
    Str lines = host_settings_difference(&plan->wanted, &observed, plan->wish.bundle, &members,
                                         plan->call->arena);
    if (lines.len && plan->is_new && !host_facts_is_container(&look->facts))
        lines = str_concat(lines, STR("clock\n"), plan->call->arena);
    return !lines.len || (host_has_room(plan, &look->facts, &members, diags) &&
                          host_bundle_bring(link, &plan->source, &members, &lines, diags) &&
                          host_bundle_prepare(link, id, lines, diags) &&
                          host_bundle_look(link, &plan->wanted, look, &after, diags) &&
                          host_check_effect(plan, link, &after, diags));
}

/* Asks kubeadm, which is there now, for the pause image. A plan that has shown the settings does
 * not change any more; then the next one has the image. */
static bool host_settle_pause(KubeadmWish *plan, SshLink *link, Str id, HostLook *look,
                              Diags *diags) {
    KubeVersion version;
    Str used = plan->wish.node.sandbox_image;
    if (value_is_known(object_attribute(plan->object, "pause_image")) ||
        !kubeadm_wish_asks_kubeadm(plan) ||
        !kube_version_parse(object_text(plan->object, "kubernetes_version", STR_EMPTY), &version))
        return true;
    plan->pause = host_pause_image(link, version, plan->wish.image_repository);
    if (!plan->pause.len || str_equal(plan->pause, used))
        return true;
    if (!value_is_known(object_attribute(plan->object, "settings"))) {
        HostFacts first = look->facts;
        return host_reach(plan, link, id, &first, look, diags);
    }
    path_warning(plan->call, PATH_AT(plan->call, {"pause_image"}), diags, "Another pause image",
                 "kubeadm on %.*s names %.*s for the first process of each pod, and this plan has "
                 "%.*s. The next plan changes it.",
                 STR_ARG(link->target.host), STR_ARG(plan->pause), STR_ARG(used));
    return true;
}

/* Every step can be repeated, so an interrupted preparation is done again. */
static bool kubeadm_host_prepare(KubeadmWish *plan, SshLink *link, Str id, Value *state,
                                 Diags *diags) {
    Arena *arena = plan->call->arena;
    HostLook first, look;
    if (!kubeadm_wish_read_bundle(plan, diags) || !host_look(link, NULL, &first, diags) ||
        !end_former_step(link, id, &first, diags) || !host_check_machine(plan, &first, diags) ||
        !check_node_runtime(plan, &first.facts, diags) ||
        !kubeadm_wish_check_bundle(plan, host_facts_architecture(&first.facts), diags))
        return false;
    find_system(plan, &first.facts, diags);
    if (!install_runtime(plan, link, id, &first, diags))
        return false;
    warn_selinux(plan, &first.facts, diags);
    if (plan->is_new) {
        plan->has_selinux = first.facts.selinux.len && first.facts.selinux_containers.len;
        plan->kept = settings_value(&first.facts.containerd_kept, arena);
    }
    if ((plan->is_new &&
         !kubeadm_wish_check_release(
             plan,
             kubeadm_wish_runtime_version(plan, kubeadm_wish_machine_runtime(plan, &first.facts)),
             diags)) ||
        !host_reach(plan, link, id, &first.facts, &look, diags) ||
        !host_settle_pause(plan, link, id, &look, diags))
        return false;
    warn_container(plan, &first.facts, diags);
    warn_firewall(plan, &first.facts, diags);
    *state = host_described(plan, &look.facts, id);
    return true;
}

static bool host_apply(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                       Diags *diags) {
    SCOPED(SshLink) link = {0};
    KubeadmWish plan = {
        .call = call,
        .object = request->planned,
        .runtime = kubeadm_wish_runtime(request->planned),
        .is_new = value_is_null(request->prior),
        .pause = object_text(request->planned, "pause_image", STR_EMPTY),
    };
    if (!plan.is_new) {
        plan.has_selinux = object_bool(request->prior, "has_selinux", false);
        plan.kept = object_attribute(request->prior, "containerd_kept");
        plan.prefix = object_text(request->prior, "prefix", STR_EMPTY);
        host_stored_settings(object_attribute(request->prior, "settings"), &plan.wish.former,
                             call->arena);
    }
    Str id = value_is_null(request->prior) ? request->marker
                                           : object_text(request->prior, "id", STR_EMPTY);
    Diags problems = diags_new(call->arena);
    response->state = request->prior;
    if (!ssh_client_link(call, request->planned, &link, diags))
        return false;
    link.stops_early = true;
    bool is_good = kubeadm_host_prepare(&plan, &link, id, &response->state, &problems);
    if (!is_good && call->cancel && cancel_level(call->cancel) != CANCEL_NONE)
        return path_error(call, NO_PATH, diags, "Interrupted",
                          "The preparation of %.*s is not complete. The next apply continues it: "
                          "uploaded parts stay, and only missing steps run.",
                          STR_ARG(link.target.host));
    diags_append(diags, &problems);
    return is_good;
}

/* The machine goes, and its kubeadm_init stays: kubeadm_host is deleted before the machine, so the
 * node leaves its cluster now. A kubeadm_join is deleted itself. */
static bool host_delete(const Call *call, const DeleteRequest *request, DeleteResponse *,
                        Diags *diags) {
    Str host = object_text(request->prior, "host", STR_EMPTY);
    if (!call_loses(call, host))
        return true;
    FoundObjects clusters = call_find_objects(call, "kubeadm_init");
    vec_each(&clusters, cluster) {
        SCOPED(SshLink) link = {0};
        KubeadmNode node;
        Value object = cluster->object;
        if (!kubeadm_node_is_same_machine(object, request->prior) ||
            call_deletes(call, "kubeadm_init", "endpoint",
                         object_text(object, "endpoint", STR_EMPTY)))
            continue;
        if (!kubeadm_node_open(call, object, object_text(object, "id", STR_EMPTY), &link, &node,
                               diags))
            return false;
        node.is_control_plane = true;
        return kubeadm_member_yield(&node, diags);
    }
    return true;
}

static bool kubeadm_host_read_state(const Call *call, const ReadRequest *request,
                                    ReadResponse *response, Diags *diags) {
    SCOPED(SshLink) link = {0};
    const NodeRuntime *runtime = kubeadm_wish_runtime(response->state);
    HostLook look;
    HostWanted stored = {.runtime = runtime, .driver = kubeadm_wish_driver(response->state)};
    NamedTexts observed = {0};
    Diags problems = diags_new(call->arena);
    Value settings = object_attribute(response->state, "settings");
    bool is_known;
    host_stored_settings(settings, &stored.settings, call->arena);
    if (!ssh_client_link(call, response->state, &link, diags))
        return false;
    ssh_client_limit_to_plan(&link);
    if (!host_bundle_look(&link, &stored, &look, &observed, &problems)) {
        if (!ssh_client_may_assume_unchanged(&link, request)) {
            diags_append(diags, &problems);
            return false;
        }
        path_warning(call, NO_PATH, diags, "Settings of the machine unknown",
                     "The machine does not report its settings, so loam assumes that they are "
                     "unchanged. %.*s",
                     STR_ARG(problems.items[0].detail));
        return true;
    }
    ObjectBuilder builder = object_builder_of(response->state, call->arena);
    Str version = host_facts_find(&look.facts.versions, runtime->program);
    object_builder_set(&builder, "settings", settings_value(&observed, call->arena));
    object_builder_set(&builder, "is_container", value_bool(host_facts_is_container(&look.facts)));
    object_builder_set_text(&builder, "package_driver",
                            package_driver_name(package_driver_of(&look.facts, &is_known)),
                            call->arena);
    if (version.len)
        object_builder_set_text(&builder, "runtime_version", version, call->arena);
    response->state = object_builder_value(&builder);
    return true;
}

/* Version 0 of the schema has no container_runtime, and calls runtime_version
 * "containerd_version". Version 1 knows apt only. */
static bool host_upgrade(const Call *call, const UpgradeRequest *request, UpgradeResponse *response,
                         Diags *) {
    Value stored;
    if (!json_parse_object(request->stored, &stored, call->arena))
        return true;
    ObjectBuilder builder = object_builder_new(call->arena);
    for (size_t i = 0; i < stored.count; i++) {
        Str name = value_key_at(stored, i);
        bool is_former = str_equal(name, STR("containerd_version"));
        object_builder_put(&builder, is_former ? STR("runtime_version") : name,
                           value_at(stored, i));
    }
    if (request->version == 0)
        object_builder_put(&builder, STR("container_runtime"), value_from_cstr("containerd"));
    object_builder_put(&builder, STR("package_driver"), value_from_cstr("apt"));
    object_builder_put(&builder, STR("prefix"), value_from_cstr(NODE_FILES_PREFIX));
    object_builder_put(&builder, STR("has_selinux"), value_bool(false));
    response->upgraded = json_text(object_builder_value(&builder), call->arena);
    return true;
}

static const Block host_blocks[] = {TIMEOUTS_BLOCK};

const ResourceType kubeadm_host = {
    .name = "kubeadm_host",
    .schema = {SCHEMA_ATTRIBUTES(host_attributes), SCHEMA_BLOCKS(host_blocks), .version = 2,
               .description =
                   "A machine prepared for kubeadm: kernel, container runtime, programs, images. "
                   "Only what differs is changed. Its deletion leaves the machine as it is; if the "
                   "plan replaces the machine, a control plane of a kubeadm_init that stays leaves "
                   "its cluster first."},
    .recovery = RECOVERY_REPEATS,
    .plan = host_plan,
    .marker = object_id_marker,
    .validate = host_validate,
    .create = host_apply,
    .update = host_apply,
    .delete = host_delete,
    .read = kubeadm_host_read_state,
    .upgrade = host_upgrade,
    .limits = kubeadm_restart_limits,
};
