/* cluster_check: functions without side effects, over texts and numbers. */
#include "cluster_check.h"
#include "cidr.h"
#include "kube_release.h"
#include "str_quote.h"

#define NAME_MAX_SIZE  ((size_t)253)
#define PROCESSORS_MIN 2
#define MEMORY_MIN_MIB 1700
#define CLOCK_WARN_MS  2000
#define CLOCK_ERROR_MS 30000
#define REPOSITORY     "registry.k8s.io"

/* Networks. */

typedef struct Network {
    const char *name;
    Str text;
    Cidr cidr;
} Network;

typedef VEC(Network) Networks;

static Str add_networks(const NamedNetwork *named, Networks *out, Arena *arena) {
    Str part, rest = named->text;
    bool has_family[2] = {false, false};
    while (named->text.len && str_next_field(&rest, ',', &part)) {
        Network network = {.name = named->name, .text = str_trim(part)};
        if (!cidr_parse(network.text, &network.cidr))
            return str_format(arena, "%s is not a network such as \"10.244.0.0/16\": %.*s.",
                              named->name, STR_ARG(str_quote(network.text, arena)));
        if (has_family[network.cidr.is_v6])
            return str_format(arena, "%s has two networks of one family: \"%.*s\".", named->name,
                              STR_ARG(named->text));
        has_family[network.cidr.is_v6] = true;
        vec_push(arena, out, network);
    }
    return STR_EMPTY;
}

static bool overlap(const Network *a, const Network *b) {
    return a->cidr.is_v6 == b->cidr.is_v6 &&
           (cidr_contains(&a->cidr, &b->cidr) || cidr_contains(&b->cidr, &a->cidr));
}

Str cluster_check_networks(const NamedNetwork *named, size_t count, Arena *arena) {
    Networks networks = {0};
    for (size_t i = 0; i < count; i++) {
        Str problem = add_networks(&named[i], &networks, arena);
        if (problem.len)
            return problem;
    }
    for (size_t i = 0; i < networks.count; i++) {
        for (size_t k = i + 1; k < networks.count; k++) {
            const Network *a = &networks.items[i], *b = &networks.items[k];
            if (overlap(a, b))
                return str_format(arena,
                                  "%s \"%.*s\" and %s \"%.*s\" overlap; choose separate networks.",
                                  a->name, STR_ARG(a->text), b->name, STR_ARG(b->text));
        }
    }
    return STR_EMPTY;
}

/* Names and endpoints. */

static bool is_dns_name(Str name) {
    Str label, rest = name;
    if (!name.len || name.len > NAME_MAX_SIZE || str_ends_with(name, STR(".")))
        return false;
    while (str_next_field(&rest, '.', &label)) {
        if (!str_is_dns_label(label))
            return false;
    }
    return true;
}

static bool is_port(Str text) {
    uint64_t port;
    return str_to_uint64(text, &port) && port >= 1 && port <= 65535;
}

bool cluster_check_is_host(Str text) {
    Cidr address;
    return is_dns_name(text) || cidr_parse_address(text, &address);
}

static bool is_endpoint(Str endpoint) {
    Cidr address;
    size_t close = str_find_char(endpoint, ']', 0), colon = str_rfind_char(endpoint, ':');
    if (str_starts_with(endpoint, STR("["))) {
        Str rest = close == SIZE_MAX ? STR_EMPTY : str_after(endpoint, close + 1);
        return close != SIZE_MAX && cidr_parse_address(str_slice(endpoint, 1, close), &address) &&
               (!rest.len || (rest.ptr[0] == ':' && is_port(str_after(rest, 1))));
    }
    if (cluster_check_is_host(endpoint))
        return true;
    return colon != SIZE_MAX && is_port(str_after(endpoint, colon + 1)) &&
           cluster_check_is_host(str_slice(endpoint, 0, colon)) &&
           str_find_char(str_slice(endpoint, 0, colon), ':', 0) == SIZE_MAX;
}

Str cluster_check_endpoint(Str endpoint, Arena *arena) {
    if (!endpoint.len)
        return str_format(arena, "The cluster has no endpoint, and none can be derived. Set a name "
                                 "or an address that will reach every control plane: it cannot "
                                 "be changed later.");
    if (is_endpoint(endpoint))
        return STR_EMPTY;
    return str_format(arena, "%.*s is not an endpoint such as \"api.example:6443\".",
                      STR_ARG(str_quote(endpoint, arena)));
}

Str cluster_check_node_name(Str name, Arena *arena) {
    if (is_dns_name(name))
        return STR_EMPTY;
    return str_format(arena,
                      "%.*s is not a name of a node: it may contain lower-case letters, digits, "
                      "\"-\" and \".\".",
                      STR_ARG(str_quote(name, arena)));
}

Str cluster_check_distinct(const ClusterNode *a, const ClusterNode *b, Arena *arena) {
    const struct {
        const char *what;
        Str a, b;
        const char *hint;
    } rows[] = {
        {"machine-id", a->machine_id, b->machine_id,
         "Remove /etc/machine-id on one machine, run \"systemd-machine-id-setup\" there, and "
         "restart it."},
        {"host name", a->hostname, b->hostname,
         "Give one machine another name, with \"hostnamectl set-hostname\"."},
        {"MAC address", a->mac, b->mac, "Give one machine another MAC address."},
    };
    if (str_equal(a->name, b->name))
        return STR_EMPTY;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        if (rows[i].a.len && str_equal(rows[i].a, rows[i].b))
            return str_format(arena,
                              "The machines of \"%.*s\" and \"%.*s\" have the same %s, %.*s. One "
                              "may be a copy of the other. %s",
                              STR_ARG(a->name), STR_ARG(b->name), rows[i].what, STR_ARG(rows[i].a),
                              rows[i].hint);
    }
    return STR_EMPTY;
}

/* Machines. */

Str cluster_check_size(MachineSize size, bool is_control_plane, Arena *arena) {
    if (is_control_plane && size.processors < PROCESSORS_MIN)
        return str_format(arena, "A control plane needs %d processors; the machine has %llu.",
                          PROCESSORS_MIN, (unsigned long long)size.processors);
    if (is_control_plane && size.memory_mib < MEMORY_MIN_MIB)
        return str_format(arena,
                          "A control plane needs 1700 MiB of memory; the machine has %llu MiB.",
                          (unsigned long long)size.memory_mib);
    return STR_EMPTY;
}

Str cluster_check_disk(const Bundle *bundle, uint64_t free_mib, Arena *arena) {
    uint64_t bytes = 0;
    vec_each(&bundle->files, file) {
        bytes += str_starts_with(file->path, STR("images/")) ? 3 * file->size : file->size;
    }
    uint64_t needed_mib = (bytes >> 20) + 1;
    if (free_mib >= needed_mib)
        return STR_EMPTY;
    return str_format(arena, "The bundle and its images need %llu MiB; the disk has %llu MiB free.",
                      (unsigned long long)needed_mib, (unsigned long long)free_mib);
}

ClockSkew cluster_check_clock(int64_t skew_ms) {
    int64_t distance = skew_ms < 0 ? -skew_ms : skew_ms;
    return distance > CLOCK_ERROR_MS  ? CLOCK_BAD
           : distance > CLOCK_WARN_MS ? CLOCK_DOUBTFUL
                                      : CLOCK_GOOD;
}

/* Bundles. */

/* The images that kubeadm requires. With `has_version`, the tag is the version of Kubernetes; the
 * other tags depend on the release of kubeadm and are not checked. */
static const struct {
    const char *name;
    bool has_version;
} images[] = {
    {"kube-apiserver", true}, {"kube-controller-manager", true}, {"kube-scheduler", true},
    {"kube-proxy", true},     {"coredns/coredns", false},        {"pause", false},
    {"etcd", false},
};

/* Only the registry of Kubernetes has CoreDNS below a path of its own. */
static Str cluster_check_prefix(size_t i, Str repository, Arena *arena) {
    Str name = str_from_cstr(images[i].name);
    size_t slash = str_find_char(name, '/', 0);
    if (slash != SIZE_MAX && !str_equal(repository, STR(REPOSITORY)))
        name = str_after(name, slash + 1);
    return str_format(arena, "%.*s/%.*s:", STR_ARG(repository), STR_ARG(name));
}

bool cluster_check_is_kube_image(Str image, Str image_repository, Arena *arena) {
    Str repository = image_repository.len ? image_repository : STR(REPOSITORY);
    for (size_t i = 0; i < ARRAY_COUNT(images); i++) {
        Str name = str_format(arena, "/%s:", images[i].name);
        if (str_starts_with(image, cluster_check_prefix(i, repository, arena)) ||
            (images[i].has_version && str_find(image, name, 0) != SIZE_MAX))
            return true;
    }
    return false;
}

static bool has_programs_only(const Bundle *bundle, Str image_repository, Arena *arena) {
    vec_each(&bundle->files, file) {
        vec_each(&file->images, image) {
            if (cluster_check_is_kube_image(*image, image_repository, arena))
                return false;
        }
    }
    return true;
}

static bool cluster_check_has_image(const Bundle *bundle, Str prefix, bool is_exact) {
    vec_each(&bundle->files, file) {
        vec_each(&file->images, image) {
            if (is_exact ? str_equal(*image, prefix) : str_starts_with(*image, prefix))
                return true;
        }
    }
    return false;
}

Str cluster_check_bundle(const Bundle *bundle, KubeVersion version, Str architecture,
                         Str image_repository, Arena *arena) {
    Str wanted = kube_version_text(version, arena);
    Str repository = image_repository.len ? image_repository : STR(REPOSITORY);
    Str own = str_starts_with(bundle->kubernetes_version, STR("v"))
                  ? str_after(bundle->kubernetes_version, 1)
                  : bundle->kubernetes_version;
    if (!str_equal(own, wanted))
        return str_format(arena, "The bundle is for Kubernetes %.*s, not %.*s.", STR_ARG(own),
                          STR_ARG(wanted));
    if (architecture.len && !str_equal(bundle->architecture, architecture))
        return str_format(arena, "The bundle is for %.*s; the machine has %.*s.",
                          STR_ARG(bundle->architecture), STR_ARG(architecture));
    if (has_programs_only(bundle, repository, arena))
        return STR_EMPTY;
    for (size_t i = 0; i < ARRAY_COUNT(images); i++) {
        Str name = str_format(
            arena, "%.*s%s%.*s", STR_ARG(cluster_check_prefix(i, repository, arena)),
            images[i].has_version ? "v" : "", STR_ARG(images[i].has_version ? wanted : STR_EMPTY));
        if (!cluster_check_has_image(bundle, name, images[i].has_version))
            return str_format(arena, "The bundle lacks the image \"%.*s%s\".", STR_ARG(name),
                              images[i].has_version ? "" : "…");
    }
    return STR_EMPTY;
}

/* Returns the tag without a digest; empty: another image. */
static Str tag_after(Str image, Str prefix) {
    if (!str_starts_with(image, prefix))
        return STR_EMPTY;
    Str rest = str_after(image, prefix.len);
    return str_slice(rest, 0, str_find_char(rest, '@', 0));
}

static void cluster_check_tag(Str image, Str prefix, const char *tag, StrVec *out, Arena *arena) {
    Str found = tag_after(image, prefix), wanted = str_from_cstr(tag);
    if (!found.len)
        return;
    bool fits =
        str_ends_with(wanted, STR(".")) ? str_starts_with(found, wanted) : str_equal(found, wanted);
    if (!fits)
        vec_push(arena, out,
                 str_format(arena, "The bundle has \"%.*s\"; kubeadm expects the tag %s%s.",
                            STR_ARG(image), tag, str_ends_with(wanted, STR(".")) ? "x" : ""));
}

StrVec cluster_check_tags(const Bundle *bundle, KubeVersion version, Str image_repository,
                          Arena *arena) {
    Str repository = image_repository.len ? image_repository : STR(REPOSITORY);
    StrVec found = {0};
    /* A bundle may also bring the patch of etcd from which that of kubeadm follows. */
    for (size_t i = 0; i < ARRAY_COUNT(images); i++) {
        const char *tag = kube_release_tag(version, str_from_cstr(images[i].name));
        Str prefix = cluster_check_prefix(i, repository, arena);
        bool is_etcd = str_equal_cstr(STR("etcd"), images[i].name);
        if (!tag)
            continue;
        vec_each(&bundle->files, file) {
            vec_each(&file->images, image) {
                if (!is_etcd || !kube_release_is_etcd_patch(version, tag_after(*image, prefix)))
                    cluster_check_tag(*image, prefix, tag, &found, arena);
            }
        }
    }
    return found;
}

/* Returns the registry and path before the name of the image. */
static Str repository_of(const Bundle *bundle) {
    vec_each(&bundle->files, file) {
        vec_each(&file->images, image) {
            size_t at = str_find(*image, STR("/kube-apiserver:"), 0);
            if (at != SIZE_MAX)
                return str_slice(*image, 0, at);
        }
    }
    return STR(REPOSITORY);
}

static void check_versions(const Bundle *bundle, KubeVersion version, Str repository, StrVec *out,
                           Arena *arena) {
    Str tag = str_concat(STR("v"), kube_version_text(version, arena), arena);
    for (size_t i = 0; i < ARRAY_COUNT(images); i++) {
        Str prefix = cluster_check_prefix(i, repository, arena);
        if (!images[i].has_version)
            continue;
        vec_each(&bundle->files, file) {
            vec_each(&file->images, image)
                cluster_check_tag(*image, prefix, str_to_cstr(tag, arena), out, arena);
        }
    }
}

StrVec cluster_check_images(const Bundle *bundle, Arena *arena) {
    StrVec found = {0};
    KubeVersion version;
    Str repository = repository_of(bundle);
    if (!kube_version_parse(bundle->kubernetes_version, &version) ||
        kube_release_is_newer(version) || kube_release_check_supported(version, arena).len)
        return found;
    found = cluster_check_tags(bundle, version, repository, arena);
    check_versions(bundle, version, repository, &found, arena);
    Str problem = cluster_check_bundle(bundle, version, STR_EMPTY, repository, arena);
    if (problem.len)
        vec_push(arena, &found, problem);
    return found;
}
