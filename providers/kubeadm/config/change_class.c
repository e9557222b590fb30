/* change_class: the table, in the order of the schema. */
#include "change_class.h"
#include "object_builder.h"

const ChangeRow change_class_rows[CHANGE_ROW_COUNT] = {
    {"endpoint", CHANGE_FIXED},
    {"pki", CHANGE_FIXED},
    {"files", CHANGE_FILES},
    {"init.bootstrap_tokens", CHANGE_FIXED},
    {"init.dry_run", CHANGE_FIXED},
    {"init.node_registration.name", CHANGE_FIXED},
    {"init.node_registration.cri_socket", CHANGE_FIXED},
    {"init.node_registration.taints", CHANGE_FIXED},
    {"init.node_registration.kubelet_extra_args", CHANGE_NODE},
    {"init.node_registration.ignore_preflight_errors", CHANGE_FIXED},
    {"init.node_registration.image_pull_policy", CHANGE_FIXED},
    {"init.node_registration.image_pull_serial", CHANGE_FIXED},
    {"init.local_api_endpoint", CHANGE_FIXED},
    {"init.certificate_key", CHANGE_FIXED},
    {"init.skip_phases", CHANGE_FIXED},
    {"init.patches", CHANGE_FIXED},
    {"init.timeouts", CHANGE_FIXED},
    {"cluster.etcd.local.image_repository", CHANGE_FIXED},
    {"cluster.etcd.local.image_tag", CHANGE_FIXED},
    {"cluster.etcd.local.data_dir", CHANGE_FIXED},
    {"cluster.etcd.local.extra_args", CHANGE_ETCD},
    {"cluster.etcd.local.extra_envs", CHANGE_ETCD},
    {"cluster.etcd.local.server_cert_sans", CHANGE_ETCD},
    {"cluster.etcd.local.peer_cert_sans", CHANGE_ETCD},
    {"cluster.etcd.external", CHANGE_FIXED},
    {"cluster.networking", CHANGE_FIXED},
    {"cluster.kubernetes_version", CHANGE_FIXED},
    {"cluster.control_plane_endpoint", CHANGE_FIXED},
    {"cluster.api_server.extra_args", CHANGE_API_SERVER},
    {"cluster.api_server.extra_volumes", CHANGE_API_SERVER},
    {"cluster.api_server.extra_envs", CHANGE_API_SERVER},
    {"cluster.api_server.cert_sans", CHANGE_CERTIFICATE},
    {"cluster.controller_manager", CHANGE_CONTROLLER_MANAGER},
    {"cluster.scheduler", CHANGE_SCHEDULER},
    {"cluster.dns", CHANGE_FIXED},
    {"cluster.proxy", CHANGE_FIXED},
    {"cluster.certificates_dir", CHANGE_FIXED},
    {"cluster.image_repository", CHANGE_UPGRADE},
    {"cluster.feature_gates", CHANGE_FIXED},
    {"cluster.cluster_name", CHANGE_FIXED},
    {"cluster.encryption_algorithm", CHANGE_FIXED},
    {"cluster.certificate_validity_period", CHANGE_LATER},
    {"cluster.ca_certificate_validity_period", CHANGE_FIXED},
    {"kubelet", CHANGE_KUBELET},
    {"kube_proxy", CHANGE_PROXY},
};

Value change_class_value(Value object, const char *path) {
    Str part, rest = str_from_cstr(path);
    while (str_next_field(&rest, '.', &part)) {
        Value inner = {0};
        if (!value_is_known(object))
            return object;
        if (!value_find(object, part, &inner))
            return value_null(&TYPE_DYNAMIC);
        object = inner;
    }
    return object;
}

Path change_class_path(const char *path, Arena *arena) {
    Path out = {0};
    Str part, rest = str_from_cstr(path);
    while (str_next_field(&rest, '.', &part))
        out = path_attribute(out, part, arena);
    return out;
}

ChangeRows change_class_list(Value prior, Value planned, Arena *arena) {
    ChangeRows changes = {0};
    for (size_t i = 0; i < CHANGE_ROW_COUNT; i++) {
        const ChangeRow *row = &change_class_rows[i];
        Value before = change_class_value(prior, row->path);
        Value after = change_class_value(planned, row->path);
        bool is_equal =
            value_is_null(before) ? value_is_null(after) : value_identical(before, after);
        if (value_is_wholly_known(after) && !is_equal)
            vec_push(arena, &changes, row);
    }
    return changes;
}
