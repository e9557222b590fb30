/* kubeadm_schema: the tables, in the order of the API. They omit the field "expires" of a bootstrap
 * token: kubeadm sets a default "ttl" first, and then rejects "expires" together with it. */
#include "kubeadm_schema.h"
#include "cluster_check.h"
#include "duration.h"
#include "kubeadm_check.h"
#include "str_quote.h"
#include "timestamp.h"

#define GROUP_PREFIX  "system:bootstrappers:"
#define PULL_POLICIES "Always IfNotPresent Never"

static Str schema_check_port(Value value, Arena *arena) {
    int64_t port;
    if (value_to_int(value, &port) && port >= 1 && port <= 65535)
        return STR_EMPTY;
    return str_format(arena, "A port must be an integer from 1 to 65535.");
}

static bool schema_is_hex(Str text, size_t size) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= 'a' && c <= 'f') || (c >= '0' && c <= '9')))
            return false;
    }
    return text.len == size;
}

static Str schema_check_certificate_key(Value value, Arena *arena) {
    if (schema_is_hex(value_text(value), 64))
        return STR_EMPTY;
    return str_format(arena, "A certificate key has 64 hexadecimal digits.");
}

/* Validates each known string of the list; the error says that the first invalid one is not `what`.
 */
static Str check_each(Value list, bool (*is_good)(Str text), const char *what, Arena *arena) {
    for (size_t i = 0; i < list.count; i++) {
        Value item = value_at(list, i);
        if (value_is_present(item) && !is_good(value_text(item)))
            return str_format(arena, "%.*s is not %s.", STR_ARG(str_quote(value_text(item), arena)),
                              what);
    }
    return STR_EMPTY;
}

static bool is_hash(Str text) {
    return str_starts_with(text, STR("sha256:")) && schema_is_hex(str_after(text, 7), 64);
}

static Str schema_check_hashes(Value value, Arena *arena) {
    return check_each(value, is_hash, "a hash: \"sha256:\" and 64 hexadecimal digits", arena);
}

static Str schema_check_authority_path(Value value, Arena *arena) {
    if (str_ends_with(value_text(value), STR(".crt")))
        return kubeadm_check_path(value, arena);
    return str_format(arena, "The name of the file must end in \".crt\".");
}

static Str schema_check_kubeconfig(Value value, Arena *arena) {
    Str text = value_text(value);
    if (str_starts_with(text, STR("/")) || str_starts_with(text, STR("https://")))
        return STR_EMPTY;
    return str_format(arena, "%.*s is neither an absolute path nor a URL with https.",
                      STR_ARG(str_quote(text, arena)));
}

static Str schema_check_socket(Value value, Arena *arena) {
    if (str_starts_with(value_text(value), STR("unix:///")))
        return STR_EMPTY;
    return str_format(arena,
                      "A socket is a URL such as \"unix:///run/containerd/containerd.sock\".");
}

static Str schema_check_networks(Value value, Arena *arena) {
    const NamedNetwork network = {"The argument", value_text(value)};
    return cluster_check_networks(&network, 1, arena);
}

static bool schema_is_name(Str text) {
    Str plain = str_starts_with(text, STR("*.")) ? str_after(text, 2) : text;
    return cluster_check_is_host(plain);
}

static Str schema_check_names(Value value, Arena *arena) {
    return check_each(value, schema_is_name, "a name or an IP address", arena);
}

static bool is_usage(Str text) {
    return str_equal(text, STR("signing")) || str_equal(text, STR("authentication"));
}

static Str schema_check_usages(Value value, Arena *arena) {
    return check_each(value, is_usage, "\"signing\" or \"authentication\"", arena);
}

static bool is_group(Str text) {
    Str rest = str_after(text, sizeof GROUP_PREFIX - 1);
    if (!str_starts_with(text, STR(GROUP_PREFIX)) || !rest.len || rest.len > 256)
        return false;
    for (size_t i = 0; i < rest.len; i++) {
        char c = rest.ptr[i];
        bool is_inner = (c == ':' || c == '-') && i + 1 < rest.len;
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || is_inner))
            return false;
    }
    return true;
}

static Str schema_check_groups(Value value, Arena *arena) {
    return check_each(value, is_group, "a group that begins with \"" GROUP_PREFIX "\"", arena);
}

static bool is_unmount_flag(Str text) {
    static const Str flags[] = {STR_CONST("MNT_FORCE"), STR_CONST("MNT_DETACH"),
                                STR_CONST("MNT_EXPIRE"), STR_CONST("UMOUNT_NOFOLLOW")};
    return str_is_among(text, flags, ARRAY_COUNT(flags));
}

static Str schema_check_unmount_flags(Value value, Arena *arena) {
    return check_each(value, is_unmount_flag,
                      "MNT_FORCE, MNT_DETACH, MNT_EXPIRE or UMOUNT_NOFOLLOW", arena);
}

static bool schema_is_url(Str text) {
    return str_starts_with(text, STR("https://")) || str_starts_with(text, STR("http://"));
}

static Str schema_check_urls(Value value, Arena *arena) {
    return check_each(value, schema_is_url, "a URL with https or http", arena);
}

static Str schema_check_time(Value value, Arena *arena) {
    Timestamp time;
    Str ignored;
    if (timestamp_parse(value_text(value), &time, &ignored, arena))
        return STR_EMPTY;
    return str_format(arena, "%.*s is not a time in RFC 3339.",
                      STR_ARG(str_quote(value_text(value), arena)));
}

/* clang-format off */
#define DURATION(name, text) {name, &TYPE_STRING, OPTIONAL, text, .check = duration_check}

static const Attribute argument[] = {
    {"name",  &TYPE_STRING, REQUIRED, "Name of the flag, without dashes."},
    {"value", &TYPE_STRING, REQUIRED, "Value of the flag."},
};

static const Attribute field_reference[] = {
    {"api_version", &TYPE_STRING, OPTIONAL, "API version of the schema of the field path."},
    {"field_path",  &TYPE_STRING, REQUIRED, "Path of a field of the pod."},
};

static const Attribute resource_field_reference[] = {
    {"container_name", &TYPE_STRING, OPTIONAL, "Name of the container."},
    {"resource",       &TYPE_STRING, REQUIRED, "Name of the resource, such as \"limits.cpu\"."},
    {"divisor",        &TYPE_STRING, OPTIONAL, "Divisor of the value, such as \"1Mi\"."},
};

static const Attribute key_reference[] = {
    {"name",     &TYPE_STRING, OPTIONAL, "Name of the ConfigMap or Secret."},
    {"key",      &TYPE_STRING, REQUIRED, "Key in the ConfigMap or Secret."},
    {"optional", &TYPE_BOOL,   OPTIONAL, "Whether the ConfigMap or Secret, or its key, may be absent."},
};

static const Attribute file_key_reference[] = {
    {"volume_name", &TYPE_STRING, REQUIRED, "Name of the volume."},
    {"path",        &TYPE_STRING, REQUIRED, "Path of the file in the volume."},
    {"key",         &TYPE_STRING, REQUIRED, "Key in the file."},
    {"optional",    &TYPE_BOOL,   OPTIONAL, "Whether the file or key may be absent."},
};

static const ArgumentRule source_rules[] = {
    {RULE_EXACTLY_ONE, {"field_ref", "resource_field_ref", "config_map_key_ref", "secret_key_ref", "file_key_ref"}},
};
static const Attribute variable_source[] = {
    {"field_ref",          NULL, OPTIONAL, "Value of a field of the pod.", .nested = NESTED(NEST_SINGLE, field_reference)},
    {"resource_field_ref", NULL, OPTIONAL, "Value of a resource of the container.", .nested = NESTED(NEST_SINGLE, resource_field_reference)},
    {"config_map_key_ref", NULL, OPTIONAL, "Value of a key in a ConfigMap.", .nested = NESTED(NEST_SINGLE, key_reference)},
    {"secret_key_ref",     NULL, OPTIONAL, "Value of a key in a Secret.", .nested = NESTED(NEST_SINGLE, key_reference)},
    {"file_key_ref",       NULL, OPTIONAL, "Value of a key in a file of a volume. Requires Kubernetes 1.34 or later.", .nested = NESTED(NEST_SINGLE, file_key_reference)},
};

static const ArgumentRule variable_rules[] = {{RULE_CONFLICTS, {"value", "value_from"}}};
static const Attribute variable[] = {
    {"name",       &TYPE_STRING, REQUIRED, "Name of the environment variable."},
    {"value",      &TYPE_STRING, OPTIONAL, "Value of the environment variable."},
    {"value_from", NULL,         OPTIONAL, "Source of the value.", .nested = NESTED_WITH(NEST_SINGLE, variable_source, source_rules)},
};

static const Attribute volume[] = {
    {"name",       &TYPE_STRING, REQUIRED, "Name of the volume."},
    {"host_path",  &TYPE_STRING, REQUIRED, "Path on the machine.", .check = kubeadm_check_path},
    {"mount_path", &TYPE_STRING, REQUIRED, "Path in the container."},
    {"read_only",  &TYPE_BOOL,   OPTIONAL, "Whether the volume is read-only for the container."},
    {"path_type",  &TYPE_STRING, OPTIONAL, "Type of the path on the machine.", .one_of = "DirectoryOrCreate Directory FileOrCreate File Socket CharDevice BlockDevice"},
};

static const Attribute taint_attributes[] = {
    {"key",        &TYPE_STRING, REQUIRED, "Key of the taint."},
    {"value",      &TYPE_STRING, OPTIONAL, "Value of the taint."},
    {"effect",     &TYPE_STRING, REQUIRED, "Effect on pods that do not tolerate the taint.", .one_of = "NoSchedule PreferNoSchedule NoExecute"},
    {"time_added", &TYPE_STRING, OPTIONAL, "Time when a NoExecute taint was added, in RFC 3339.", .check = schema_check_time},
};

#define EXTRA_ARGS(name, text) {name, NULL, OPTIONAL, text, .nested = NESTED(NEST_LIST, argument)}
#define EXTRA_ENVS {"extra_envs", NULL, OPTIONAL, "Additional environment variables of the component.", .nested = NESTED_WITH(NEST_LIST, variable, variable_rules)}
#define COMPONENT                                                                                  \
    EXTRA_ARGS("extra_args", "Command line flags of the component. A flag may occur more than once."),          \
    {"extra_volumes", NULL, OPTIONAL, "Additional host path volumes of the component.", .nested = NESTED(NEST_LIST, volume)}, \
    EXTRA_ENVS
#define IMAGE                                                                                      \
    {"image_repository", &TYPE_STRING, OPTIONAL, "Image repository: registry and path."},               \
    {"image_tag",        &TYPE_STRING, OPTIONAL, "Tag of the image."}
#define PULL_WITH(flags)                                                                           \
    {"image_pull_policy", &TYPE_STRING, OPTIONAL | (flags), "When kubeadm pulls images: Always, IfNotPresent or Never.", .one_of = PULL_POLICIES}, \
    {"image_pull_serial", &TYPE_BOOL,   OPTIONAL | (flags), "Whether kubeadm pulls one image after the other."}
#define PULL PULL_WITH(0)
#define IGNORED_WITH(flags) {"ignore_preflight_errors", &TYPE_LIST_OF_STRING, OPTIONAL | (flags), "Names of preflight checks whose errors are reported as warnings."}
#define IGNORED IGNORED_WITH(0)
#define SKIPPED_WITH(flags) {"skip_phases", &TYPE_LIST_OF_STRING, OPTIONAL | (flags), "Names of phases that kubeadm skips."}
#define SKIPPED SKIPPED_WITH(0)
#define DRY_RUN_WITH(flags) {"dry_run", &TYPE_BOOL, OPTIONAL | (flags), "Whether kubeadm only simulates the command and changes nothing."}
#define DRY_RUN DRY_RUN_WITH(0)
#define PATCHES_WITH(flags) {"patches", NULL, OPTIONAL | (flags), "Patches that kubeadm applies to the files that it generates.", .nested = NESTED(NEST_SINGLE, patches)}
#define PATCHES PATCHES_WITH(0)
#define TIMEOUTS_WITH(flags) {"timeouts", NULL, OPTIONAL | (flags), "Timeouts of kubeadm.", .nested = NESTED(NEST_SINGLE, timeouts)}
#define TIMEOUTS TIMEOUTS_WITH(0)

static const Attribute patches[] = {
    {"directory", &TYPE_STRING, OPTIONAL, "Directory on the machine that contains the patches.", .check = kubeadm_check_path},
};

static const Attribute timeouts[] = {
    DURATION("control_plane_component_health_check", "Timeout until a component of the control plane is healthy, such as \"4m\"."),
    DURATION("kubelet_health_check", "Timeout until the kubelet is healthy."),
    DURATION("kubernetes_api_call", "Timeout of a request to the API server."),
    DURATION("etcd_api_call", "Timeout of a request to etcd."),
    DURATION("tls_bootstrap", "Timeout until the kubelet has its client certificate (TLS bootstrap)."),
    DURATION("discovery", "Timeout until a joining node has verified the cluster."),
    DURATION("upgrade_manifests", "Timeout until a component runs from its new static pod manifest."),
};

static const Attribute bootstrap_token[] = {
    {"token",       &TYPE_STRING,         REQUIRED | SENSITIVE, "Bootstrap token, such as \"abcdef.0123456789abcdef\".", .check = kubeadm_check_token},
    {"description", &TYPE_STRING,         OPTIONAL, "Purpose of the token."},
    {"ttl",         &TYPE_STRING,         OPTIONAL, "Time to live of the token, such as \"24h\"; \"0s\" for a token that never expires."},
    {"usages",      &TYPE_LIST_OF_STRING, OPTIONAL, "Uses of the token: \"signing\", \"authentication\".", .check = schema_check_usages},
    {"groups",      &TYPE_LIST_OF_STRING, OPTIONAL, "Groups that a node has when it authenticates by the token.", .check = schema_check_groups},
};

static const Attribute endpoint[] = {
    {"advertise_address", &TYPE_STRING, OPTIONAL, "IP address that the API server of this machine advertises; it must belong to this machine alone.", .check = kubeadm_check_address},
    {"bind_port",         &TYPE_NUMBER, OPTIONAL, "Port that the API server listens on.", .check = schema_check_port},
};

/* `flags` of the arguments that change only with a new node; the flags of a kubelet change later, too. */
#define REGISTRATION_ATTRIBUTES(flags)                                                             \
    {"name",               &TYPE_STRING, OPTIONAL | (flags), "Name of the node.", .check = kubeadm_check_node_name}, \
    {"cri_socket",         &TYPE_STRING, OPTIONAL | (flags), "URL of the container runtime's socket, such as \"unix:///run/containerd/containerd.sock\".", .check = schema_check_socket}, \
    {"taints",             NULL,         OPTIONAL | (flags), "Taints of the node. Null: the default taints of its role; an empty list: no taints.", .nested = NESTED(NEST_LIST, taint_attributes)}, \
    EXTRA_ARGS("kubelet_extra_args", "Command line flags of the kubelet. A flag may occur more than once. A change restarts the kubelet."), \
    IGNORED_WITH(flags), PULL_WITH(flags)

static const Attribute registration_attributes[] = {REGISTRATION_ATTRIBUTES(0)};
static const Attribute join_registration[] = {REGISTRATION_ATTRIBUTES(FORCES_NEW)};

#define REGISTRATION(object) {"node_registration", NULL, OPTIONAL, "Registration of the node in the cluster.", .nested = NESTED(NEST_SINGLE, object)}
#define LOCAL_ENDPOINT {"local_api_endpoint", NULL, OPTIONAL, "Endpoint of the API server of this machine.", .nested = NESTED(NEST_SINGLE, endpoint)}
#define CERTIFICATE_KEY {"certificate_key", &TYPE_STRING, OPTIONAL | SENSITIVE, "Key that encrypts the control plane's certificates when kubeadm uploads them: 64 hexadecimal digits.", .check = schema_check_certificate_key}

static const Attribute init[] = {
    {"bootstrap_tokens", NULL, OPTIONAL, "Bootstrap tokens for nodes that join.", .nested = NESTED(NEST_LIST, bootstrap_token)},
    DRY_RUN,
    REGISTRATION(registration_attributes),
    LOCAL_ENDPOINT,
    CERTIFICATE_KEY,
    SKIPPED,
    PATCHES,
    TIMEOUTS,
};

static const Attribute local_etcd[] = {
    IMAGE,
    {"data_dir",         &TYPE_STRING,         OPTIONAL, "Data directory of etcd on the machine.", .check = kubeadm_check_path},
    EXTRA_ARGS("extra_args", "Command line flags of etcd. A flag may occur more than once."),
    EXTRA_ENVS,
    {"server_cert_sans", &TYPE_LIST_OF_STRING, OPTIONAL, "Additional subject alternative names in the server's certificate.", .check = schema_check_names},
    {"peer_cert_sans",   &TYPE_LIST_OF_STRING, OPTIONAL, "Additional subject alternative names in the peers' certificates.", .check = schema_check_names},
};

static const Attribute external_etcd[] = {
    {"endpoints", &TYPE_LIST_OF_STRING, REQUIRED, "Client URLs of the etcd members.", .check = schema_check_urls},
    {"http_endpoints", &TYPE_LIST_OF_STRING, OPTIONAL, "URLs of their metrics and health, if these have other ports. Requires Kubernetes 1.35 or later.", .check = schema_check_urls},
    {"ca_file",   &TYPE_STRING,         REQUIRED, "Path on the machine of the certificate authority of etcd.", .check = kubeadm_check_path},
    {"cert_file", &TYPE_STRING,         REQUIRED, "Path on the machine of the client certificate.", .check = kubeadm_check_path},
    {"key_file",  &TYPE_STRING,         REQUIRED, "Path on the machine of the client's private key.", .check = kubeadm_check_path},
};

static const ArgumentRule etcd_rules[] = {{RULE_CONFLICTS, {"local", "external"}}};
static const Attribute etcd[] = {
    {"local",    NULL, OPTIONAL, "etcd that kubeadm runs on the control planes (stacked).", .nested = NESTED(NEST_SINGLE, local_etcd)},
    {"external", NULL, OPTIONAL, "An external etcd cluster.", .nested = NESTED(NEST_SINGLE, external_etcd)},
};

static const Attribute networking[] = {
    {"service_subnet", &TYPE_STRING, OPTIONAL, "CIDR of the service network. For dual stack, two CIDRs separated by a comma.", .check = schema_check_networks},
    {"pod_subnet",     &TYPE_STRING, OPTIONAL, "CIDR of the pod network. For dual stack, two CIDRs separated by a comma.", .check = schema_check_networks},
    {"dns_domain",     &TYPE_STRING, OPTIONAL, "DNS domain of the cluster."},
};

static const Attribute api_server[] = {
    COMPONENT,
    {"cert_sans", &TYPE_LIST_OF_STRING, OPTIONAL, "Additional subject alternative names in the server's certificate.", .check = schema_check_names},
};

static const Attribute component[] = {COMPONENT};

static const Attribute dns[] = {
    IMAGE,
    {"disabled", &TYPE_BOOL, OPTIONAL, "Whether kubeadm does not install CoreDNS."},
};

static const Attribute proxy[] = {
    {"disabled", &TYPE_BOOL, OPTIONAL, "Whether kubeadm does not install kube-proxy."},
};

static const Attribute cluster[] = {
    {"etcd",                           NULL,         OPTIONAL, "etcd of the cluster: local or external.", .nested = NESTED_WITH(NEST_SINGLE, etcd, etcd_rules)},
    {"networking",                     NULL,         OPTIONAL, "Networks of the cluster.", .nested = NESTED(NEST_SINGLE, networking)},
    {"kubernetes_version",             &TYPE_STRING, OPTIONAL, "Version of the control plane.", .check = kubeadm_check_version},
    {"control_plane_endpoint",         &TYPE_STRING, OPTIONAL, "Endpoint that leads to every control plane, such as \"api.example:6443\".", .check = kubeadm_check_endpoint},
    {"api_server",                     NULL,         OPTIONAL, "Settings of the API server.", .nested = NESTED(NEST_SINGLE, api_server)},
    {"controller_manager",             NULL,         OPTIONAL, "Settings of the controller manager.", .nested = NESTED(NEST_SINGLE, component)},
    {"scheduler",                      NULL,         OPTIONAL, "Settings of the scheduler.", .nested = NESTED(NEST_SINGLE, component)},
    {"dns",                            NULL,         OPTIONAL, "Settings of the DNS addon (CoreDNS).", .nested = NESTED(NEST_SINGLE, dns)},
    {"proxy",                          NULL,         OPTIONAL, "Settings of the kube-proxy addon.", .nested = NESTED(NEST_SINGLE, proxy)},
    {"certificates_dir",               &TYPE_STRING, OPTIONAL, "Directory on the machine that contains the certificates.", .check = kubeadm_check_path},
    {"image_repository",               &TYPE_STRING, OPTIONAL, "Image repository of all images: registry and path."},
    {"feature_gates",                  &TYPE_MAP_OF_BOOL, OPTIONAL, "Feature gates of kubeadm."},
    {"cluster_name",                   &TYPE_STRING, OPTIONAL, "Name of the cluster."},
    {"encryption_algorithm",           &TYPE_STRING, OPTIONAL, "Algorithm of the keys that kubeadm generates.", .one_of = "RSA-2048 RSA-3072 RSA-4096 ECDSA-P256 ECDSA-P384"},
    DURATION("certificate_validity_period", "Validity period of the certificates that kubeadm signs, such as \"8760h\"."),
    DURATION("ca_certificate_validity_period", "Validity period of the certificate authorities that kubeadm creates."),
};

static const ArgumentRule token_discovery_rules[] = {
    {RULE_AT_LEAST_ONE, {"ca_cert_hashes", "unsafe_skip_ca_verification"}},
};
static const Attribute token_discovery[] = {
    {"token",                        &TYPE_STRING,         REQUIRED | SENSITIVE, "Bootstrap token by which the node verifies the cluster.", .check = kubeadm_check_token},
    {"api_server_endpoint",          &TYPE_STRING,         REQUIRED, "Endpoint of the API server.", .check = kubeadm_check_endpoint},
    {"ca_cert_hashes",               &TYPE_LIST_OF_STRING, OPTIONAL, "Hashes of the public key of the cluster's certificate authority: \"sha256:…\".", .check = schema_check_hashes},
    {"unsafe_skip_ca_verification",  &TYPE_BOOL,           OPTIONAL, "Whether the node accepts any certificate authority. Not needed with kubeadm_pki, whose discovery_hash is known."},
};

static const Attribute file_discovery[] = {
    {"kube_config_path", &TYPE_STRING, REQUIRED, "Absolute path on the machine, or https URL, of a kubeconfig.", .check = schema_check_kubeconfig},
};

static const ArgumentRule discovery_rules[] = {{RULE_EXACTLY_ONE, {"bootstrap_token", "file"}}};
static const Attribute discovery[] = {
    {"bootstrap_token",     NULL,         OPTIONAL, "Discovery by a bootstrap token.", .nested = NESTED_WITH(NEST_SINGLE, token_discovery, token_discovery_rules)},
    {"file",                NULL,         OPTIONAL, "Discovery by a kubeconfig file.", .nested = NESTED(NEST_SINGLE, file_discovery)},
    {"tls_bootstrap_token", &TYPE_STRING, OPTIONAL | SENSITIVE, "Token by which the kubelet requests its client certificate.", .check = kubeadm_check_token},
};

static const Attribute join_control_plane[] = {LOCAL_ENDPOINT, CERTIFICATE_KEY};

static const Attribute join[] = {
    DRY_RUN_WITH(FORCES_NEW),
    REGISTRATION(join_registration),
    {"ca_cert_path",  &TYPE_STRING, OPTIONAL | FORCES_NEW, "Path on the machine of the cluster's certificate authority; ends in \".crt\".", .check = schema_check_authority_path},
    {"discovery",     NULL,         OPTIONAL | FORCES_NEW, "How the joining node finds and verifies the cluster.", .nested = NESTED_WITH(NEST_SINGLE, discovery, discovery_rules)},
    {"control_plane", NULL,         OPTIONAL | FORCES_NEW, "Settings of a node that joins as a control plane; null for a worker.", .nested = NESTED(NEST_SINGLE, join_control_plane)},
    SKIPPED_WITH(FORCES_NEW),
    PATCHES_WITH(FORCES_NEW),
    TIMEOUTS_WITH(FORCES_NEW),
};

static const Attribute reset[] = {
    {"cleanup_tmp_dir",  &TYPE_BOOL,           OPTIONAL, "Whether kubeadm empties its temporary directory."},
    {"certificates_dir", &TYPE_STRING,         OPTIONAL, "Directory on the machine that contains the certificates.", .check = kubeadm_check_path},
    {"cri_socket",       &TYPE_STRING,         OPTIONAL, "URL of the container runtime's socket, such as \"unix:///run/containerd/containerd.sock\".", .check = schema_check_socket},
    DRY_RUN,
    {"force",            &TYPE_BOOL,           OPTIONAL, "Whether kubeadm resets without asking for confirmation."},
    IGNORED,
    SKIPPED,
    {"unmount_flags",    &TYPE_LIST_OF_STRING, OPTIONAL, "Flags of the umount calls for mount points below /var/lib/kubelet.", .check = schema_check_unmount_flags},
    TIMEOUTS,
};

#define UPGRADE_VERSION {"kubernetes_version", &TYPE_STRING, OPTIONAL, "Version to upgrade to.", .check = kubeadm_check_version}
#define UPGRADE_ALLOWED                                                                            \
    {"allow_experimental_upgrades", &TYPE_BOOL, OPTIONAL, "Whether the version may be an alpha or beta release."}, \
    {"allow_rc_upgrades",           &TYPE_BOOL, OPTIONAL, "Whether the version may be a release candidate."}
#define RENEWAL {"certificate_renewal", &TYPE_BOOL, OPTIONAL, "Whether kubeadm renews the certificates."}
#define ETCD_UPGRADE {"etcd_upgrade", &TYPE_BOOL, OPTIONAL, "Whether kubeadm upgrades etcd."}
#define PRINT_CONFIG {"print_config", &TYPE_BOOL, OPTIONAL, "Whether kubeadm prints the configuration of the cluster."}

static const Attribute upgrade_apply[] = {
    UPGRADE_VERSION, UPGRADE_ALLOWED, RENEWAL, DRY_RUN, ETCD_UPGRADE,
    {"force_upgrade", &TYPE_BOOL, OPTIONAL, "Whether kubeadm upgrades even if requirements are not met."},
    IGNORED, PATCHES, PRINT_CONFIG, SKIPPED, PULL,
};

static const Attribute upgrade_diff[] = {
    UPGRADE_VERSION,
    {"context_lines", &TYPE_NUMBER, OPTIONAL, "Lines of context in the diff."},
};

static const Attribute upgrade_node[] = {
    RENEWAL, DRY_RUN, ETCD_UPGRADE, IGNORED, SKIPPED, PATCHES, PULL,
};

static const Attribute upgrade_plan[] = {
    UPGRADE_VERSION, UPGRADE_ALLOWED, DRY_RUN, ETCD_UPGRADE, IGNORED, PRINT_CONFIG,
};

static const Attribute upgrade[] = {
    {"apply", NULL, OPTIONAL, "Settings of \"kubeadm upgrade apply\", for the first control plane.", .nested = NESTED(NEST_SINGLE, upgrade_apply)},
    {"diff",  NULL, OPTIONAL, "Settings of \"kubeadm upgrade diff\".", .nested = NESTED(NEST_SINGLE, upgrade_diff)},
    {"node",  NULL, OPTIONAL, "Settings of \"kubeadm upgrade node\", for all other nodes.", .nested = NESTED(NEST_SINGLE, upgrade_node)},
    {"plan",  NULL, OPTIONAL, "Settings of \"kubeadm upgrade plan\".", .nested = NESTED(NEST_SINGLE, upgrade_plan)},
    TIMEOUTS,
};
/* clang-format on */

const NestedObject kubeadm_schema_init = {NESTED_OBJECT(NEST_SINGLE, init)};
const NestedObject kubeadm_schema_cluster = {NESTED_OBJECT(NEST_SINGLE, cluster)};
const NestedObject kubeadm_schema_join = {NESTED_OBJECT(NEST_SINGLE, join)};
const NestedObject kubeadm_schema_reset = {NESTED_OBJECT(NEST_SINGLE, reset)};
const NestedObject kubeadm_schema_upgrade = {NESTED_OBJECT(NEST_SINGLE, upgrade)};

const KubeadmKind kubeadm_kinds[KUBEADM_KIND_COUNT] = {
    {"InitConfiguration", &kubeadm_schema_init},
    {"ClusterConfiguration", &kubeadm_schema_cluster},
    {"JoinConfiguration", &kubeadm_schema_join},
    {"ResetConfiguration", &kubeadm_schema_reset},
    {"UpgradeConfiguration", &kubeadm_schema_upgrade},
};
