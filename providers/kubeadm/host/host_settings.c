/* host_settings: a table of kernel settings; the files are those of node_files. */
#include "host_settings.h"
#include "base64.h"
#include "digest.h"
#include "kubeadm_host_assets.h"

#define SETTINGS_FIRST "settings 1"
#define SETTINGS_LAST  "settings end"

#define INSTANCES_MIN UINT64_C(128)

const char *host_settings_script(void) {
    return host_settings_sh;
}

const char *host_settings_prepare_script(void) {
    return host_prepare_sh;
}

/* The same values as in node_files: those that the running kernel must have now. */
static const struct {
    const char *name;
    const char *value;
    enum { NODE_ANY, NODE_WITH_IPV6, NODE_HARDENED } node;
} settings_sysctls[] = {
    {"net.ipv4.ip_forward", "1", NODE_ANY},
    {"net.bridge.bridge-nf-call-iptables", "1", NODE_ANY},
    {"net.bridge.bridge-nf-call-ip6tables", "1", NODE_ANY},
    {"net.ipv6.conf.all.forwarding", "1", NODE_WITH_IPV6},
    {"vm.overcommit_memory", "1", NODE_ANY},
    {"kernel.panic", "10", NODE_ANY},
    {"kernel.panic_on_oops", "1", NODE_HARDENED},
    {"kernel.keys.root_maxkeys", "1000000", NODE_HARDENED},
    {"kernel.keys.root_maxbytes", "25000000", NODE_HARDENED},
    {"vm.panic_on_oom", "0", NODE_HARDENED},
};
static const char *const settings_modules[] = {"overlay", "br_netfilter"};

static Str settings_value_of(const NamedTexts *texts, Str name) {
    vec_each(texts, named) {
        if (str_equal(named->name, name))
            return named->text;
    }
    return STR_EMPTY;
}

static void settings_put(HostWanted *out, Str kind, Str name, Str value, Arena *arena) {
    Str key = name.len ? str_format(arena, "%.*s %.*s", STR_ARG(kind), STR_ARG(name)) : kind;
    NamedText setting = {key, value};
    size_t at = out->settings.count;
    vec_push(arena, &out->settings, setting);
    NamedText *items = out->settings.items;
    for (; at > 0 && str_compare(items[at - 1].name, key) > 0; at--) {
        items[at] = items[at - 1];
        items[at - 1] = setting;
    }
}

static void want_kernel(const HostWish *wish, HostWanted *out, Arena *arena) {
    if (wish->node.is_container)
        return;
    for (size_t i = 0; i < ARRAY_COUNT(settings_sysctls); i++) {
        if (settings_sysctls[i].node == NODE_ANY ||
            (settings_sysctls[i].node == NODE_WITH_IPV6 ? wish->node.has_ipv6
                                                        : wish->node.is_hardened))
            settings_put(out, STR("sysctl"), str_from_cstr(settings_sysctls[i].name),
                         str_from_cstr(settings_sysctls[i].value), arena);
    }
    for (size_t i = 0; i < ARRAY_COUNT(settings_modules); i++)
        settings_put(out, STR("module"), str_from_cstr(settings_modules[i]), STR("loaded"), arena);
    if (!wish->keeps_swap)
        settings_put(out, STR("swap"), STR_EMPTY, STR("off"), arena);
}

/* Returns where a file of a bundle belongs on a machine; empty: nowhere. */
static Str settings_path(const BundleFile *file, Str prefix, Arena *arena) {
    if (str_starts_with(file->path, STR("bin/")))
        return str_concat(prefix, str_after(file->path, 3), arena);
    if (str_starts_with(file->path, STR("cni/")))
        return str_concat(STR("/opt/cni/bin/"), str_after(file->path, 4), arena);
    return STR_EMPTY;
}

static bool settings_is_word(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] <= ' ' || text.ptr[i] == 0x7f)
            return false;
    }
    return text.len > 0;
}

/* Whether only control planes run the image. */
static bool settings_is_of_control_plane(const HostWish *wish, Str image) {
    static const Str names[] = {STR_CONST("kube-apiserver:"), STR_CONST("kube-controller-manager:"),
                                STR_CONST("kube-scheduler:"), STR_CONST("etcd:")};
    Str name = str_after(image, wish->image_repository.len);
    if (!str_starts_with(image, wish->image_repository) || !str_starts_with(name, STR("/")))
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        if (str_starts_with(str_after(name, 1), names[i]))
            return true;
    }
    return false;
}

/* Whether a worker does without the setting. An existing one stays, and is no difference. */
static bool settings_omits(const HostWish *wish, const char *kind, Str name, Arena *arena) {
    return wish->is_worker &&
           !settings_value_of(&wish->former, str_format(arena, "%s %.*s", kind, STR_ARG(name))).len;
}

static Str want_bundle(const HostWish *wish, HostWanted *out, Arena *arena) {
    vec_each(&wish->bundle->files, file) {
        Str path = settings_path(file, out->prefix, arena);
        bool is_of_etcd =
            str_equal(file->path, STR("bin/etcdctl")) || str_equal(file->path, STR("bin/etcdutl"));
        if (path.len && !(is_of_etcd && settings_omits(wish, "program", path, arena)))
            settings_put(out, STR("program"), path, str_concat(STR("sha256:"), file->sha256, arena),
                         arena);
        vec_each(&file->images, image) {
            if (!settings_is_word(*image))
                return STR("Names of images have no blanks and no control characters.");
            if (settings_is_of_control_plane(wish, *image) &&
                settings_omits(wish, "image", *image, arena))
                continue;
            settings_put(out, STR("image"), *image, STR("present"), arena);
        }
    }
    return STR_EMPTY;
}

/* Packages without a version are installed once, and are no settings. */
static Str want_repository(const HostWish *wish, const PackageRepository *repository,
                           HostWanted *out, Arena *arena) {
    Str problem = package_repository_files(repository, wish->driver, wish->has_former_lists,
                                           &out->files, arena);
    if (!repository->url.len || problem.len)
        return problem;
    vec_each(&repository->packages, package) {
        if (!repository->version.len)
            continue;
        settings_put(out, STR("package"), *package,
                     str_concat(repository->version, STR(" held"), arena), arena);
    }
    return STR_EMPTY;
}

static bool has_opened_firewall(const NamedTexts *settings) {
    vec_each(settings, setting) {
        if (str_starts_with(setting->name, STR("firewall ")))
            return true;
    }
    return false;
}

static void want_firewall(const HostWish *wish, HostWanted *out, Arena *arena) {
    if (wish->stops_firewall)
        settings_put(out, STR("firewall"), STR_EMPTY, STR("off"), arena);
    else if (wish->open_firewall.len)
        settings_put(out, STR("firewall"), wish->open_firewall, STR("open"), arena);
    out->closes_firewall = !wish->open_firewall.len && has_opened_firewall(&wish->former);
}

Str host_settings_want(const HostWish *wish, HostWanted *out, Arena *arena) {
    *out = (HostWanted){.runtime = wish->node.runtime,
                        .driver = wish->driver,
                        .prefix = node_files_prefix(&wish->node)};
    out->proxy =
        wish->repository.proxy.len ? wish->repository.proxy : wish->runtime_repository.proxy;
    Str problem = node_files_list(&wish->node, &out->files, arena);
    if (!problem.len)
        problem = want_repository(wish, &wish->repository, out, arena);
    if (!problem.len)
        problem = want_repository(wish, &wish->runtime_repository, out, arena);
    if (!problem.len && wish->bundle)
        problem = want_bundle(wish, out, arena);
    if (problem.len)
        return problem;
    vec_each(&out->files, file) {
        Str digest =
            str_concat(STR("sha256:"), digest_hex(DIGEST_SHA256, file->text, arena), arena);
        settings_put(out, STR("file"), node_files_path(file),
                     str_format(arena, "%04o %.*s", file->mode, STR_ARG(digest)), arena);
    }
    want_kernel(wish, out, arena);
    want_firewall(wish, out, arena);
    if (wish->node.is_hardened)
        settings_put(out, STR("modes"), STR_EMPTY, STR("restricted"), arena);
    if (!wish->driver && !wish->keeps_reboots)
        settings_put(out, STR("reboots"), STR_EMPTY, STR("off"), arena);
    settings_put(out, STR("service"), str_from_cstr(wish->node.runtime->service),
                 STR("enabled active"), arena);
    settings_put(out, STR("service"), STR("kubelet"), STR("enabled"), arena);
    return STR_EMPTY;
}

bool host_settings_parse(Str output, NamedTexts *out, Arena *arena) {
    Str line, rest = output;
    bool has_begun = false, has_ended = false;
    while (!has_ended && str_next_field(&rest, '\n', &line)) {
        has_ended = has_begun && str_equal(line, STR(SETTINGS_LAST));
        size_t tab = str_find_char(line, '\t', 0);
        if (has_begun && !has_ended && tab != SIZE_MAX) {
            NamedText setting = {str_slice(line, 0, tab), str_after(line, tab + 1)};
            vec_push(arena, out, setting);
        }
        has_begun |= str_equal(line, STR(SETTINGS_FIRST));
    }
    return has_ended;
}

/* Differences. */

typedef struct Difference {
    StrBuf lines;
    Str staged; /* see HostWanted */
    Str prefix;
    StrVec *members;
    const NodeRuntime *runtime;
    const PackageDriver *driver;
    bool restarts_runtime;
    bool restarts_kubelet;
    bool uses_packages;
    Arena *arena;
} Difference;

static void add_file_line(StrBuf *lines, const NodeFile *file, Arena *arena) {
    Str path = node_files_path(file), content = base64_encode(file->text, arena);
    strbuf_add_format(lines, "file %04o %.*s %.*s\n", file->mode, STR_ARG(path), STR_ARG(content));
}

static void settings_add_file(Difference *difference, const NodeFiles *files, Str path) {
    vec_each(files, file) {
        if (!str_equal(node_files_path(file), path))
            continue;
        add_file_line(&difference->lines, file, difference->arena);
        difference->restarts_runtime |= file->service == SERVICE_RUNTIME;
        difference->restarts_kubelet |= file->service == SERVICE_KUBELET;
        difference->uses_packages |= file->service == SERVICE_PACKAGES;
        if (file->service == SERVICE_KERNEL)
            strbuf_add_format(&difference->lines, "kernel %.*s\n", STR_ARG(path));
    }
}

static void settings_add_member(Difference *difference, Str member) {
    if (!str_is_among(member, difference->members->items, difference->members->count))
        vec_push(difference->arena, difference->members, member);
}

/* The kubelet must not be newer than the API server, so the upgrade of the node replaces and
 * restarts it. */
static void add_program(Difference *difference, const Bundle *bundle, Str path) {
    vec_each(&bundle->files, file) {
        if (!str_equal(settings_path(file, difference->prefix, difference->arena), path))
            continue;
        if (difference->staged.len && str_equal(file->path, STR("bin/kubelet")))
            strbuf_add_format(&difference->lines, "stage %.*s %.*s\n", STR_ARG(file->sha256),
                              STR_ARG(file->path));
        else
            strbuf_add_format(&difference->lines, "program %.*s %.*s %.*s\n", STR_ARG(file->sha256),
                              STR_ARG(path), STR_ARG(file->path));
        settings_add_member(difference, file->path);
        difference->restarts_runtime |=
            str_equal(file->path, node_runtime_bundle_path(difference->runtime, difference->arena));
    }
}

/* Finds the file that contains an image of this name, or NULL if none. */
static const BundleFile *settings_find_image(const Bundle *bundle, Str image) {
    vec_each(&bundle->files, file) {
        if (str_is_among(image, file->images.items, file->images.count))
            return file;
    }
    return NULL;
}

static void add_image(Difference *difference, const Bundle *bundle, Str image) {
    const BundleFile *file = settings_find_image(bundle, image);
    if (!file || str_is_among(file->path, difference->members->items, difference->members->count))
        return;
    Str names = str_join(file->images.items, file->images.count, STR(" "), difference->arena);
    strbuf_add_format(&difference->lines, "image %s %.*s %.*s %.*s\n", difference->runtime->program,
                      STR_ARG(file->sha256), STR_ARG(file->path), STR_ARG(names));
    settings_add_member(difference, file->path);
}

/* `text`: the version, and "held". */
static void add_package(Difference *difference, Str name, Str text) {
    bool is_staged = difference->staged.len && str_equal(name, STR("kubelet"));
    strbuf_add_format(&difference->lines, "%s %.*s %.*s\n", is_staged ? "download" : "package",
                      STR_ARG(name), STR_ARG(str_slice(text, 0, str_find_char(text, ' ', 0))));
    difference->uses_packages = true;
}

/* The family of RHEL has some modules in another package. */
static void add_module(Difference *difference, Str name) {
    strbuf_add_format(&difference->lines, "module %.*s\n", STR_ARG(name));
    difference->uses_packages |= difference->driver == &package_driver_table[PACKAGE_DNF];
}

static void settings_add_setting(Difference *difference, const HostWanted *wanted,
                                 const Bundle *bundle, const NamedText *setting) {
    size_t blank = str_find_char(setting->name, ' ', 0);
    Str kind = str_slice(setting->name, 0, blank);
    Str name = blank == SIZE_MAX ? STR_EMPTY : str_after(setting->name, blank + 1);
    if (str_equal(kind, STR("file")))
        settings_add_file(difference, &wanted->files, name);
    else if (str_equal(kind, STR("program")))
        add_program(difference, bundle, name);
    else if (str_equal(kind, STR("image")))
        add_image(difference, bundle, name);
    else if (str_equal(kind, STR("service")))
        strbuf_add_format(&difference->lines, "enable %.*s\n", STR_ARG(name));
    else if (str_equal(kind, STR("package")))
        add_package(difference, name, setting->text);
    else if (str_equal(kind, STR("module")))
        add_module(difference, name);
    else if (str_equal(kind, STR("sysctl")))
        strbuf_add_format(&difference->lines, "sysctl %.*s %.*s\n", STR_ARG(name),
                          STR_ARG(setting->text));
    else
        strbuf_add_format(&difference->lines, "%.*s\n", STR_ARG(setting->name));
}

/* dnf and apt have the proxy in their files. */
static void add_driver(StrBuf *lines, const PackageDriver *driver, Str proxy) {
    strbuf_add_format(lines, "driver %.*s\n", STR_ARG(package_driver_name(driver)));
    if (proxy.len && driver == &package_driver_table[PACKAGE_ZYPPER])
        strbuf_add_format(lines, "proxy %.*s\n", STR_ARG(proxy));
}

Str host_settings_difference(const HostWanted *wanted, const NamedTexts *observed,
                             const Bundle *bundle, StrVec *members, Arena *arena) {
    Difference difference = {
        .lines = strbuf_new(arena),
        .staged = wanted->staged,
        .prefix = wanted->prefix,
        .driver = wanted->driver,
        .members = members,
        .runtime = wanted->runtime,
        .arena = arena,
    };
    vec_each(&wanted->settings, setting) {
        if (!str_equal(settings_value_of(observed, setting->name), setting->text))
            settings_add_setting(&difference, wanted, bundle, setting);
    }
    if (wanted->closes_firewall)
        strbuf_add_cstr(&difference.lines, "firewall-close\n");
    if (difference.restarts_runtime)
        strbuf_add_format(&difference.lines, "restart %s\n", wanted->runtime->service);
    if (difference.restarts_kubelet)
        strbuf_add_cstr(&difference.lines, "restart kubelet\n");
    if (difference.uses_packages)
        add_driver(&difference.lines, wanted->driver, wanted->proxy);
    return strbuf_str(&difference.lines);
}

static bool is_of_runtime(const NodeRuntime *runtime, const StrVec *packages, Str setting,
                          Arena *arena) {
    size_t blank = str_find_char(setting, ' ', 0);
    if (blank == SIZE_MAX)
        return false;
    Str kind = str_slice(setting, 0, blank), name = str_after(setting, blank + 1);
    if (str_equal(kind, STR("package")))
        return str_is_among(name, packages->items, packages->count);
    if (str_equal(kind, STR("program")))
        return str_ends_with(name, str_format(arena, "/%s", runtime->program));
    return str_equal(kind, STR("file")) && node_runtime_reads_at_start(runtime, name, arena);
}

bool host_settings_restart_runtime(const NodeRuntime *runtime, const StrVec *packages,
                                   const NamedTexts *former, const NamedTexts *wanted,
                                   Arena *arena) {
    vec_each(wanted, setting) {
        if (is_of_runtime(runtime, packages, setting->name, arena) &&
            !str_equal(settings_value_of(former, setting->name), setting->text))
            return true;
    }
    return false;
}

Str host_settings_install(const PackageRepository *repository, const PackageDriver *driver,
                          const StrVec *packages, Str *lines, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    NodeFiles files = {0};
    Str problem = package_repository_files(repository, driver, false, &files, arena);
    if (problem.len)
        return problem;
    vec_each(&files, file)
        add_file_line(&out, file, arena);
    vec_each(packages, package) {
        bool is_its =
            str_is_among(*package, repository->packages.items, repository->packages.count);
        Str version = is_its && repository->version.len ? repository->version : STR("-");
        strbuf_add_format(&out, "package %.*s %.*s\n", STR_ARG(*package), STR_ARG(version));
    }
    add_driver(&out, driver, repository->proxy);
    *lines = strbuf_str(&out);
    return STR_EMPTY;
}

/* Rounds. */

/* kubeadm rolls these out on all nodes when it upgrades a control plane; "pause" runs its health
 * check. */
static bool is_for_all_nodes(Str image) {
    static const Str names[] = {STR_CONST("/pause:"), STR_CONST("/kube-proxy:"),
                                STR_CONST("/coredns:")};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        if (str_find(image, names[i], 0) != SIZE_MAX)
            return true;
    }
    return false;
}

void host_settings_want_round(const HostRound *round, const Bundle *bundle, HostWanted *out,
                              Arena *arena) {
    *out = (HostWanted){.runtime = round->runtime, .prefix = round->directory};
    vec_each(&bundle->files, file) {
        bool is_needed = !round->is_bystander &&
                         (str_equal(file->path, STR("bin/kubeadm")) ||
                          (round->needs_kubelet && str_equal(file->path, STR("bin/kubelet"))));
        if (is_needed)
            settings_put(out, STR("program"), settings_path(file, round->directory, arena),
                         str_concat(STR("sha256:"), file->sha256, arena), arena);
        vec_each(&file->images, image) {
            if (settings_is_word(*image) && (!round->is_bystander || is_for_all_nodes(*image)))
                settings_put(out, STR("image"), *image, STR("present"), arena);
        }
    }
}

void host_settings_want_image(const NodeRuntime *runtime, Str image, HostWanted *out,
                              Arena *arena) {
    *out = (HostWanted){.runtime = runtime};
    settings_put(out, STR("image"), image, STR("present"), arena);
}

/* The proxy is that of the step: the files of the machine are not changed. */
Str host_settings_fetch(const HostRound *round, const PackageRepository *repository,
                        const PackageDriver *driver, Str *lines, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    NodeFiles files = {0};
    PackageDriver own = *driver;
    PackageRepository source = *repository;
    own.keys = own.sources = str_to_cstr(round->directory, arena);
    source.proxy = STR_EMPTY;
    Str problem = package_repository_files(&source, &own, false, &files, arena);
    if (problem.len)
        return problem;
    vec_each(&files, file)
        add_file_line(&out, file, arena);
    strbuf_add_format(&out, "driver %s\n", driver->name);
    if (repository->proxy.len)
        strbuf_add_format(&out, "proxy %.*s\n", STR_ARG(repository->proxy));
    strbuf_add_format(&out, "fetch %.*s kubeadm %.*s\n", STR_ARG(round->directory),
                      STR_ARG(round->version));
    if (round->needs_kubelet)
        strbuf_add_format(&out, "fetch %.*s kubelet %.*s\n", STR_ARG(round->directory),
                          STR_ARG(round->version));
    *lines = strbuf_str(&out);
    return STR_EMPTY;
}

/* Containers. */

static void add_sentence(StrBuf *out, const char *text) {
    if (out->len)
        strbuf_add_char(out, '\n');
    strbuf_add_cstr(out, text);
}

static bool has_sysctl(const HostFacts *facts, const char *name, const char *value) {
    return str_equal_cstr(host_facts_find(&facts->sysctls, name), value);
}

Str host_settings_check_container(const HostFacts *facts, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    uint64_t instances = 0;
    Str limit = host_facts_find(&facts->sysctls, "fs.inotify.max_user_instances");
    if (!has_sysctl(facts, "net.ipv4.ip_forward", "1"))
        add_sentence(&out, "Set net.ipv4.ip_forward = 1 in the container's network.");
    if (!str_is_among(STR("br_netfilter"), facts->modules.items, facts->modules.count) &&
        !has_sysctl(facts, "net.bridge.bridge-nf-call-iptables", "1"))
        add_sentence(&out, "Load the module br_netfilter on the hypervisor, and set "
                           "net.bridge.bridge-nf-call-iptables = 1.");
    if (!has_sysctl(facts, "vm.overcommit_memory", "1"))
        add_sentence(&out, "Set vm.overcommit_memory = 1 on the hypervisor.");
    if (str_to_uint64(limit, &instances) && instances < INSTANCES_MIN)
        add_sentence(&out, "Set fs.inotify.max_user_instances = 8192 on the hypervisor.");
    return strbuf_str(&out);
}
