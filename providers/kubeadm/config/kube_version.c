/* kube_version: parsing, order and the version skew policy. */
#include "kube_version.h"

#include "prerelease.h"

#define PART_MAX        UINT64_C(100000)
#define KUBELET_LAG_MAX 3 /* minor versions */

static bool kube_version_read_part(Str *rest, char separator, uint32_t *out) {
    Str part;
    uint64_t number;
    if (!str_next_field(rest, separator, &part) || !str_to_uint64(part, &number) ||
        number > PART_MAX)
        return false;
    *out = (uint32_t)number;
    return true;
}

bool kube_version_parse(Str text, KubeVersion *out) {
    Str rest = str_starts_with(text, STR("v")) ? str_after(text, 1) : text;
    size_t dash = str_find_char(rest, '-', 0);
    Str suffix = dash == SIZE_MAX ? STR_EMPTY : str_after(rest, dash + 1);
    if (dash != SIZE_MAX && (!suffix.len || !str_has_only(suffix, ".-")))
        return false;
    rest = str_slice(rest, 0, dash);
    *out = (KubeVersion){.suffix = suffix};
    return kube_version_read_part(&rest, '.', &out->major) &&
           kube_version_read_part(&rest, '.', &out->minor) &&
           kube_version_read_part(&rest, '.', &out->patch) && rest.len == 0;
}

Str kube_version_text(KubeVersion version, Arena *arena) {
    return str_format(arena, "%u.%u.%u%s%.*s", version.major, version.minor, version.patch,
                      version.suffix.len ? "-" : "", STR_ARG(version.suffix));
}

static int version_compare(uint32_t a, uint32_t b) {
    return (a > b) - (a < b);
}

int kube_version_compare(KubeVersion a, KubeVersion b) {
    int order = version_compare(a.major, b.major);
    if (order == 0)
        order = version_compare(a.minor, b.minor);
    if (order == 0)
        order = version_compare(a.patch, b.patch);
    return order ? order : prerelease_compare(a.suffix, b.suffix);
}

Str kube_version_check_upgrade(KubeVersion from, KubeVersion to, Arena *arena) {
    Str old = kube_version_text(from, arena), new = kube_version_text(to, arena);
    if (kube_version_compare(to, from) < 0)
        return str_format(arena, "The cluster runs %.*s; kubeadm cannot downgrade it to %.*s.",
                          STR_ARG(old), STR_ARG(new));
    if (from.major == to.major && to.minor <= from.minor + 1)
        return STR_EMPTY;
    return str_format(arena,
                      "The cluster runs %.*s, and an upgrade cannot skip a minor version. Upgrade "
                      "to 1.%u first, then to %.*s; or name the versions between in "
                      "\"upgrade_through\" of kubeadm_init.",
                      STR_ARG(old), from.minor + 1, STR_ARG(new));
}

bool kube_version_check_kubelet(KubeVersion kubelet, KubeVersion server) {
    return kube_version_compare(kubelet, server) <= 0 && kubelet.major == server.major &&
           server.minor - kubelet.minor <= KUBELET_LAG_MAX;
}

Str kube_version_check_join(KubeVersion kubeadm, KubeVersion cluster, Arena *arena) {
    if (kubeadm.major == cluster.major && kubeadm.minor == cluster.minor)
        return STR_EMPTY;
    return str_format(arena,
                      "kubeadm %.*s cannot join a cluster of %.*s: both need the same minor "
                      "version.",
                      STR_ARG(kube_version_text(kubeadm, arena)),
                      STR_ARG(kube_version_text(cluster, arena)));
}
