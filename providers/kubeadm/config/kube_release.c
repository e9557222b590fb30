/* kube_release: one row for each minor version. */
#include "kube_release.h"
#include "str_quote.h"

#define RELEASE_MAINTAINED 35 /* the oldest with fixes: upstream maintains three */

typedef struct KubeRelease {
    const char *pause;
    const char *etcd; /* patch releases raise the last number */
    const char *coredns;
    bool needs_cgroup2;                /* default of the kubelet's field failCgroupV1 */
    RuntimeFit without_runtime_config; /* a runtime without this call, such as containerd 1 */
    const char *removed_flag;          /* of the kubelet; NULL: none that kubeadm wrote */
} KubeRelease;

#define SANDBOX_FLAG "pod-infra-container-image"

/* From 1.31 on. */
static const KubeRelease releases[] = {
    {"3.10", "3.5.", "v1.11.3", false, RUNTIME_FITS, NULL},         /* 1.31 */
    {"3.10", "3.5.", "v1.11.3", false, RUNTIME_FITS, NULL},         /* 1.32 */
    {"3.10", "3.5.", "v1.12.0", false, RUNTIME_FITS, NULL},         /* 1.33 */
    {"3.10.1", "3.6.", "v1.12.1", false, RUNTIME_FITS, NULL},       /* 1.34 */
    {"3.10.1", "3.6.", "v1.13.1", true, RUNTIME_OLD, SANDBOX_FLAG}, /* 1.35 */
    {"3.10.2", "3.6.", "v1.14.2", true, RUNTIME_OLD, SANDBOX_FLAG}, /* 1.36 */
    {"3.10.2", "3.7.", "v1.14.6", true, RUNTIME_OLD, SANDBOX_FLAG}, /* 1.37 */
};

#define RELEASE_LAST        (KUBE_RELEASE_FIRST + (uint32_t)ARRAY_COUNT(releases) - 1)
#define RELEASE_RUNTIME_END 38 /* kubeadm 1.37 announces that this one rejects such runtimes */

bool kube_release_is_newer(KubeVersion version) {
    return version.major > 1 || (version.major == 1 && version.minor > RELEASE_LAST);
}

static bool release_is_known(KubeVersion version) {
    return version.major == 1 && version.minor >= KUBE_RELEASE_FIRST &&
           version.minor <= RELEASE_LAST;
}

/* Returns the row of the release, or of the nearest one. */
static const KubeRelease *release_nearest(KubeVersion version) {
    if (release_is_known(version))
        return &releases[version.minor - KUBE_RELEASE_FIRST];
    return &releases[kube_release_is_newer(version) ? ARRAY_COUNT(releases) - 1 : 0];
}

const char *kube_release_tag(KubeVersion version, Str image) {
    const KubeRelease *release = release_nearest(version);
    return str_equal(image, STR("pause"))             ? release->pause
           : str_equal(image, STR("etcd"))            ? release->etcd
           : str_equal(image, STR("coredns/coredns")) ? release->coredns
                                                      : NULL;
}

Str kube_release_check_supported(KubeVersion version, Arena *arena) {
    if (version.major == 1 && version.minor >= KUBE_RELEASE_FIRST)
        return STR_EMPTY;
    return str_format(arena, "Kubernetes %.*s is not supported: the oldest version is 1.%d.",
                      STR_ARG(kube_version_text(version, arena)), KUBE_RELEASE_FIRST);
}

Str kube_release_warning(KubeVersion version, Arena *arena) {
    if (kube_release_is_newer(version))
        return str_format(arena,
                          "loam has not been tested with Kubernetes %u.%u; the newest that it "
                          "knows is 1.%u.",
                          version.major, version.minor, RELEASE_LAST);
    if (version.minor >= RELEASE_MAINTAINED)
        return STR_EMPTY;
    return str_format(arena,
                      "Kubernetes 1.%u is past its end of life: faults of its security are not "
                      "mended any more. Upgrade to 1.%d or later, one minor version after the "
                      "other.",
                      version.minor, RELEASE_MAINTAINED);
}

bool kube_release_needs_cgroup2(KubeVersion version) {
    return release_nearest(version)->needs_cgroup2;
}

Str kube_release_removed_flag(KubeVersion version) {
    const char *flag = release_nearest(version)->removed_flag;
    return flag ? str_from_cstr(flag) : STR_EMPTY;
}

RuntimeFit kube_release_runtime(KubeVersion version, KubeVersion containerd) {
    if (containerd.major >= 2)
        return RUNTIME_FITS;
    if (version.major > 1 || version.minor >= RELEASE_RUNTIME_END)
        return RUNTIME_TOO_OLD;
    return release_nearest(version)->without_runtime_config;
}

/* The oldest patch of a minor version of etcd 3 from which the next one may follow, and the tag of
 * an image that has it. */
static const struct {
    uint32_t minor;
    uint32_t patch;
    const char *tag; /* see EtcdFit */
} etcd_least[] = {{5, 26, NULL}, {6, 11, "3.6.11-0"}};

/* Returns the minor version of etcd 3 that kubeadm of the release brings. */
static uint64_t release_etcd(KubeVersion version) {
    Str tag = str_from_cstr(release_nearest(version)->etcd);
    uint64_t minor = 0;
    CHECK(str_to_uint64(str_slice(tag, 2, str_find_char(tag, '.', 2)), &minor));
    return minor;
}

EtcdFit kube_release_fit_etcd(KubeVersion version, KubeVersion etcd, Arena *arena) {
    for (size_t i = 0; i < ARRAY_COUNT(etcd_least); i++) {
        KubeVersion least = {3, etcd_least[i].minor, etcd_least[i].patch, STR_EMPTY};
        if (etcd.major != 3 || etcd.minor != least.minor || release_etcd(version) <= least.minor ||
            etcd.patch >= least.patch)
            continue;
        return (EtcdFit){
            .least = least,
            .tag = etcd_least[i].tag,
            .problem =
                str_format(arena,
                           "etcd has 3.%u.%u, and Kubernetes %.*s brings %sx, before which "
                           "it should be 3.%u.%u or later.",
                           etcd.minor, etcd.patch, STR_ARG(kube_version_text(version, arena)),
                           release_nearest(version)->etcd, least.minor, least.patch),
        };
    }
    return (EtcdFit){0};
}

bool kube_release_is_etcd_patch(KubeVersion version, Str tag) {
    KubeVersion patch;
    if (!kube_version_parse(tag, &patch) || patch.major != 3)
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(etcd_least); i++) {
        if (patch.minor == etcd_least[i].minor && patch.patch >= etcd_least[i].patch &&
            release_etcd(version) > patch.minor)
            return true;
    }
    return false;
}

static const struct {
    const char *name;
    uint32_t first; /* minor versions of Kubernetes 1 */
    uint32_t last;
} gates[] = {
    {"PublicKeysECDSA", 0, 36},
    {"RootlessControlPlane", 0, UINT32_MAX},
    {"EtcdLearnerMode", 0, 32},
    {"WaitForAllControlPlaneComponents", 0, 34},
    {"ControlPlaneKubeletLocalMode", 0, 35},
    {"NodeLocalCRISocket", 32, 36},
};

Str kube_release_check_gate(KubeVersion version, Str gate, Arena *arena) {
    Str names[ARRAY_COUNT(gates)];
    size_t count = 0;
    if (!release_is_known(version))
        return STR_EMPTY;
    for (size_t i = 0; i < ARRAY_COUNT(gates); i++) {
        if (version.minor < gates[i].first || version.minor > gates[i].last)
            continue;
        if (str_equal_cstr(gate, gates[i].name))
            return STR_EMPTY;
        names[count++] = str_from_cstr(gates[i].name);
    }
    return str_format(arena, "kubeadm 1.%u has no feature gate %.*s. It has: %.*s.", version.minor,
                      STR_ARG(str_quote(gate, arena)),
                      STR_ARG(str_join(names, count, STR(", "), arena)));
}
