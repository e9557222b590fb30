/* kubeadm_schema: the tables, in the order of the API. Field "expires" of a bootstrap token is
 * missing: kubeadm sets the default of "ttl" first, and then rejects both together. */
#include "kubeadm_schema.h"
#include "duration.h"
#include "kubeadm_check.h"

#define PULL_POLICIES "Always IfNotPresent Never"

/* clang-format off */
#define DURATION(name, text) {name, &TYPE_STRING, OPTIONAL, text, .check = duration_check}

static const Attribute argument[] = {
    {"name",  &TYPE_STRING, REQUIRED, "Name of the flag, without dashes."},
    {"value", &TYPE_STRING, REQUIRED, "Value of the flag."},
};

static const Attribute field_reference[] = {
    {"api_version", &TYPE_STRING, OPTIONAL, "API version of the path."},
    {"field_path",  &TYPE_STRING, REQUIRED, "Path of a field of the pod."},
};

static const Attribute resource_field_reference[] = {
    {"container_name", &TYPE_STRING, OPTIONAL, "Name of the container."},
    {"resource",       &TYPE_STRING, REQUIRED, "Resource, such as \"limits.cpu\"."},
    {"divisor",        &TYPE_STRING, OPTIONAL, "Unit of the value."},
};

static const Attribute key_reference[] = {
    {"name",     &TYPE_STRING, OPTIONAL, "Name of the object."},
    {"key",      &TYPE_STRING, REQUIRED, "Key in the object."},
    {"optional", &TYPE_BOOL,   OPTIONAL, "Whether the object or key may be absent."},
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
    {"field_ref",          NULL, OPTIONAL, "A field of the pod.", .nested = NESTED(NEST_SINGLE, field_reference)},
    {"resource_field_ref", NULL, OPTIONAL, "A resource of the container.", .nested = NESTED(NEST_SINGLE, resource_field_reference)},
    {"config_map_key_ref", NULL, OPTIONAL, "A key of a ConfigMap.", .nested = NESTED(NEST_SINGLE, key_reference)},
    {"secret_key_ref",     NULL, OPTIONAL, "A key of a Secret.", .nested = NESTED(NEST_SINGLE, key_reference)},
    {"file_key_ref",       NULL, OPTIONAL, "A key of a file; Kubernetes 1.34 and later.", .nested = NESTED(NEST_SINGLE, file_key_reference)},
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
    {"read_only",  &TYPE_BOOL,   OPTIONAL, "Whether the container cannot write."},
    {"path_type",  &TYPE_STRING, OPTIONAL, "Type of the path on the machine.", .one_of = "DirectoryOrCreate Directory FileOrCreate File Socket CharDevice BlockDevice"},
};

static const Attribute taint[] = {
    {"key",        &TYPE_STRING, REQUIRED, "Key of the taint."},
    {"value",      &TYPE_STRING, OPTIONAL, "Value of the taint."},
    {"effect",     &TYPE_STRING, REQUIRED, "Effect on pods.", .one_of = "NoSchedule PreferNoSchedule NoExecute"},
    {"time_added", &TYPE_STRING, OPTIONAL, "Time of a NoExecute taint, in RFC 3339.", .check = kubeadm_check_time},
};

#define EXTRA_ARGS(name, text) {name, NULL, OPTIONAL, text, .nested = NESTED(NEST_LIST, argument)}
#define EXTRA_ENVS {"extra_envs", NULL, OPTIONAL, "Environment variables of the component.", .nested = NESTED_WITH(NEST_LIST, variable, variable_rules)}
#define COMPONENT                                                                                  \
    EXTRA_ARGS("extra_args", "Flags of the component; a name may occur more than once."),          \
    {"extra_volumes", NULL, OPTIONAL, "Volumes of the component.", .nested = NESTED(NEST_LIST, volume)}, \
    EXTRA_ENVS
#define IMAGE                                                                                      \
    {"image_repository", &TYPE_STRING, OPTIONAL, "Registry and path of the image."},               \
    {"image_tag",        &TYPE_STRING, OPTIONAL, "Tag of the image."}
#define PULL                                                                                       \
    {"image_pull_policy", &TYPE_STRING, OPTIONAL, "When kubeadm pulls images.", .one_of = PULL_POLICIES}, \
    {"image_pull_serial", &TYPE_BOOL,   OPTIONAL, "Whether kubeadm pulls one image after the other."}
#define IGNORED {"ignore_preflight_errors", &TYPE_LIST_OF_STRING, OPTIONAL, "Checks whose errors are warnings."}
#define SKIPPED {"skip_phases", &TYPE_LIST_OF_STRING, OPTIONAL, "Phases that kubeadm skips."}
#define DRY_RUN {"dry_run", &TYPE_BOOL, OPTIONAL, "Whether kubeadm changes nothing."}
#define PATCHES {"patches", NULL, OPTIONAL, "Patches of generated files.", .nested = NESTED(NEST_SINGLE, patches)}
#define TIMEOUTS {"timeouts", NULL, OPTIONAL, "Time limits of kubeadm.", .nested = NESTED(NEST_SINGLE, timeouts)}

static const Attribute patches[] = {
    {"directory", &TYPE_STRING, OPTIONAL, "Directory of the patches on the machine.", .check = kubeadm_check_path},
};

static const Attribute timeouts[] = {
    DURATION("control_plane_component_health_check", "Until a component of the control plane is healthy."),
    DURATION("kubelet_health_check", "Until the kubelet is healthy."),
    DURATION("kubernetes_api_call", "For a request to the API server."),
    DURATION("etcd_api_call", "For a request to etcd."),
    DURATION("tls_bootstrap", "Until the kubelet has its certificate."),
    DURATION("discovery", "Until the node has verified the cluster."),
    DURATION("upgrade_manifests", "Until a component runs from its new manifest."),
};

static const Attribute bootstrap_token[] = {
    {"token",       &TYPE_STRING,         REQUIRED | SENSITIVE, "The token, such as \"abcdef.0123456789abcdef\".", .check = kubeadm_check_token},
    {"description", &TYPE_STRING,         OPTIONAL, "Purpose of the token."},
    {"ttl",         &TYPE_STRING,         OPTIONAL, "Validity of the token; \"0s\": without end."},
    {"usages",      &TYPE_LIST_OF_STRING, OPTIONAL, "Purposes: \"signing\", \"authentication\".", .check = kubeadm_check_usages},
    {"groups",      &TYPE_LIST_OF_STRING, OPTIONAL, "Groups of a node that uses the token.", .check = kubeadm_check_groups},
};

static const Attribute endpoint[] = {
    {"advertise_address", &TYPE_STRING, OPTIONAL, "Address of the machine for the API server; not a virtual one.", .check = kubeadm_check_address},
    {"bind_port",         &TYPE_NUMBER, OPTIONAL, "Port of the API server.", .check = kubeadm_check_port},
};

static const Attribute registration[] = {
    {"name",               &TYPE_STRING, OPTIONAL, "Name of the node.", .check = kubeadm_check_node_name},
    {"cri_socket",         &TYPE_STRING, OPTIONAL, "Socket of the container runtime.", .check = kubeadm_check_socket},
    {"taints",             NULL,         OPTIONAL, "Taints of the node. Null: those of its role; an empty list: none.", .nested = NESTED(NEST_LIST, taint)},
    EXTRA_ARGS("kubelet_extra_args", "Flags of the kubelet; a name may occur more than once."),
    IGNORED,
    PULL,
};

#define REGISTRATION {"node_registration", NULL, OPTIONAL, "The node.", .nested = NESTED(NEST_SINGLE, registration)}
#define LOCAL_ENDPOINT {"local_api_endpoint", NULL, OPTIONAL, "Where the API server of this machine listens.", .nested = NESTED(NEST_SINGLE, endpoint)}
#define CERTIFICATE_KEY {"certificate_key", &TYPE_STRING, OPTIONAL | SENSITIVE, "Key that encrypts uploaded certificates.", .check = kubeadm_check_certificate_key}

static const Attribute init[] = {
    {"bootstrap_tokens", NULL, OPTIONAL, "Tokens for joining nodes.", .nested = NESTED(NEST_LIST, bootstrap_token)},
    DRY_RUN,
    REGISTRATION,
    LOCAL_ENDPOINT,
    CERTIFICATE_KEY,
    SKIPPED,
    PATCHES,
    TIMEOUTS,
};

static const Attribute local_etcd[] = {
    IMAGE,
    {"data_dir",         &TYPE_STRING,         OPTIONAL, "Directory of the data on the machine.", .check = kubeadm_check_path},
    EXTRA_ARGS("extra_args", "Flags of etcd; a name may occur more than once."),
    EXTRA_ENVS,
    {"server_cert_sans", &TYPE_LIST_OF_STRING, OPTIONAL, "More names in the server's certificate.", .check = kubeadm_check_names},
    {"peer_cert_sans",   &TYPE_LIST_OF_STRING, OPTIONAL, "More names in the peers' certificates.", .check = kubeadm_check_names},
};

static const Attribute external_etcd[] = {
    {"endpoints", &TYPE_LIST_OF_STRING, REQUIRED, "URLs of the members.", .check = kubeadm_check_urls},
    {"ca_file",   &TYPE_STRING,         REQUIRED, "File of the authority on the machine.", .check = kubeadm_check_path},
    {"cert_file", &TYPE_STRING,         REQUIRED, "File of the client certificate on the machine.", .check = kubeadm_check_path},
    {"key_file",  &TYPE_STRING,         REQUIRED, "File of the client's key on the machine.", .check = kubeadm_check_path},
};

static const ArgumentRule etcd_rules[] = {{RULE_CONFLICTS, {"local", "external"}}};
static const Attribute etcd[] = {
    {"local",    NULL, OPTIONAL, "etcd on the control planes.", .nested = NESTED(NEST_SINGLE, local_etcd)},
    {"external", NULL, OPTIONAL, "etcd elsewhere.", .nested = NESTED(NEST_SINGLE, external_etcd)},
};

static const Attribute networking[] = {
    {"service_subnet", &TYPE_STRING, OPTIONAL, "Network of services; with dual stack two, separated by a comma.", .check = kubeadm_check_networks},
    {"pod_subnet",     &TYPE_STRING, OPTIONAL, "Network of pods; with dual stack two, separated by a comma.", .check = kubeadm_check_networks},
    {"dns_domain",     &TYPE_STRING, OPTIONAL, "Domain of the cluster."},
};

static const Attribute api_server[] = {
    COMPONENT,
    {"cert_sans", &TYPE_LIST_OF_STRING, OPTIONAL, "More names in the server's certificate.", .check = kubeadm_check_names},
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
    {"etcd",                           NULL,         OPTIONAL, "etcd of the cluster.", .nested = NESTED_WITH(NEST_SINGLE, etcd, etcd_rules)},
    {"networking",                     NULL,         OPTIONAL, "Networks of the cluster.", .nested = NESTED(NEST_SINGLE, networking)},
    {"kubernetes_version",             &TYPE_STRING, OPTIONAL, "Version of the control plane.", .check = kubeadm_check_version},
    {"control_plane_endpoint",         &TYPE_STRING, OPTIONAL, "Endpoint of all control planes: \"api.example:6443\".", .check = kubeadm_check_endpoint},
    {"api_server",                     NULL,         OPTIONAL, "The API server.", .nested = NESTED(NEST_SINGLE, api_server)},
    {"controller_manager",             NULL,         OPTIONAL, "The controller manager.", .nested = NESTED(NEST_SINGLE, component)},
    {"scheduler",                      NULL,         OPTIONAL, "The scheduler.", .nested = NESTED(NEST_SINGLE, component)},
    {"dns",                            NULL,         OPTIONAL, "CoreDNS.", .nested = NESTED(NEST_SINGLE, dns)},
    {"proxy",                          NULL,         OPTIONAL, "kube-proxy.", .nested = NESTED(NEST_SINGLE, proxy)},
    {"certificates_dir",               &TYPE_STRING, OPTIONAL, "Directory of the certificates on the machine.", .check = kubeadm_check_path},
    {"image_repository",               &TYPE_STRING, OPTIONAL, "Registry and path of all images."},
    {"feature_gates",                  &TYPE_MAP_OF_BOOL, OPTIONAL, "Features of kubeadm."},
    {"cluster_name",                   &TYPE_STRING, OPTIONAL, "Name of the cluster."},
    {"encryption_algorithm",           &TYPE_STRING, OPTIONAL, "Algorithm of keys that kubeadm generates.", .one_of = "RSA-2048 RSA-3072 RSA-4096 ECDSA-P256 ECDSA-P384"},
    DURATION("certificate_validity_period", "Validity of certificates that kubeadm signs."),
    DURATION("ca_certificate_validity_period", "Validity of authorities that kubeadm makes."),
};

static const ArgumentRule token_discovery_rules[] = {
    {RULE_AT_LEAST_ONE, {"ca_cert_hashes", "unsafe_skip_ca_verification"}},
};
static const Attribute token_discovery[] = {
    {"token",                        &TYPE_STRING,         REQUIRED | SENSITIVE, "Token that verifies the cluster.", .check = kubeadm_check_token},
    {"api_server_endpoint",          &TYPE_STRING,         REQUIRED, "Endpoint of the API server.", .check = kubeadm_check_endpoint},
    {"ca_cert_hashes",               &TYPE_LIST_OF_STRING, OPTIONAL, "Hashes of the cluster's authority.", .check = kubeadm_check_hashes},
    {"unsafe_skip_ca_verification",  &TYPE_BOOL,           OPTIONAL, "Whether the node accepts any authority. Never needed with kubeadm_pki."},
};

static const Attribute file_discovery[] = {
    {"kube_config_path", &TYPE_STRING, REQUIRED, "File or URL of a kubeconfig.", .check = kubeadm_check_kubeconfig},
};

static const ArgumentRule discovery_rules[] = {{RULE_EXACTLY_ONE, {"bootstrap_token", "file"}}};
static const Attribute discovery[] = {
    {"bootstrap_token",     NULL,         OPTIONAL, "Discovery by a token.", .nested = NESTED_WITH(NEST_SINGLE, token_discovery, token_discovery_rules)},
    {"file",                NULL,         OPTIONAL, "Discovery by a kubeconfig.", .nested = NESTED(NEST_SINGLE, file_discovery)},
    {"tls_bootstrap_token", &TYPE_STRING, OPTIONAL | SENSITIVE, "Token with which the kubelet requests its certificate.", .check = kubeadm_check_token},
};

static const Attribute join_control_plane[] = {LOCAL_ENDPOINT, CERTIFICATE_KEY};

static const Attribute join[] = {
    DRY_RUN,
    REGISTRATION,
    {"ca_cert_path",  &TYPE_STRING, OPTIONAL, "File of the cluster's authority on the machine.", .check = kubeadm_check_authority_path},
    {"discovery",     NULL,         OPTIONAL, "How the node verifies the cluster.", .nested = NESTED_WITH(NEST_SINGLE, discovery, discovery_rules)},
    {"control_plane", NULL,         OPTIONAL, "Makes the node a control plane.", .nested = NESTED(NEST_SINGLE, join_control_plane)},
    SKIPPED,
    PATCHES,
    TIMEOUTS,
};

static const Attribute reset[] = {
    {"cleanup_tmp_dir",  &TYPE_BOOL,           OPTIONAL, "Whether kubeadm empties its temporary directory."},
    {"certificates_dir", &TYPE_STRING,         OPTIONAL, "Directory of the certificates on the machine.", .check = kubeadm_check_path},
    {"cri_socket",       &TYPE_STRING,         OPTIONAL, "Socket of the container runtime.", .check = kubeadm_check_socket},
    DRY_RUN,
    {"force",            &TYPE_BOOL,           OPTIONAL, "Whether kubeadm does not ask."},
    IGNORED,
    SKIPPED,
    {"unmount_flags",    &TYPE_LIST_OF_STRING, OPTIONAL, "Flags of the unmounting below /var/lib/kubelet.", .check = kubeadm_check_unmount_flags},
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
    {"force_upgrade", &TYPE_BOOL, OPTIONAL, "Whether kubeadm upgrades in spite of failed requirements."},
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
    {"apply", NULL, OPTIONAL, "Upgrade of the first control plane.", .nested = NESTED(NEST_SINGLE, upgrade_apply)},
    {"diff",  NULL, OPTIONAL, "Differences that an upgrade would make.", .nested = NESTED(NEST_SINGLE, upgrade_diff)},
    {"node",  NULL, OPTIONAL, "Upgrade of another node.", .nested = NESTED(NEST_SINGLE, upgrade_node)},
    {"plan",  NULL, OPTIONAL, "Check before an upgrade.", .nested = NESTED(NEST_SINGLE, upgrade_plan)},
    TIMEOUTS,
};
/* clang-format on */

#define SINGLE(table)                                                                              \
    { .nesting = NEST_SINGLE, .attributes = (table), .count = ARRAY_COUNT(table) }

const NestedObject kubeadm_schema_init = SINGLE(init);
const NestedObject kubeadm_schema_cluster = SINGLE(cluster);
const NestedObject kubeadm_schema_join = SINGLE(join);
const NestedObject kubeadm_schema_reset = SINGLE(reset);
const NestedObject kubeadm_schema_upgrade = SINGLE(upgrade);

const KubeadmKind kubeadm_kinds[KUBEADM_KIND_COUNT] = {
    {"InitConfiguration",    &kubeadm_schema_init   },
    {"ClusterConfiguration", &kubeadm_schema_cluster},
    {"JoinConfiguration",    &kubeadm_schema_join   },
    {"ResetConfiguration",   &kubeadm_schema_reset  },
    {"UpgradeConfiguration", &kubeadm_schema_upgrade},
};
