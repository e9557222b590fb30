/* cluster_config: the ConfigMap, and cluster_change.sh on the first machine. */
#include "cluster_config.h"
#include "control_files.h"
#include "field_name.h"
#include "kube_error.h"
#include "kube_object.h"
#include "kubeadm_cluster_assets.h"
#include "kubeadm_document.h"
#include "kubeadm_schema.h"
#include "object_builder.h"
#include "path_error.h"
#include "remote_script.h"
#include "yaml_text.h"
#include "yaml_value.h"

#define ELEMENTS_MAX 100000
#define PREFIX       STR("cluster.")

static bool spend(void *payload, size_t elements) {
    size_t *left = payload;
    if (elements > *left)
        return false;
    *left -= elements;
    return true;
}

static bool parse_config(const Call *call, Str text, Value *out, Diags *diags) {
    size_t left = ELEMENTS_MAX;
    YamlFailure failure = {0};
    bool is_read = yaml_value_read(text, (YamlBudget){spend, &left}, out, &failure, call->arena) &&
                   str_equal(kube_object_text(*out, "", "kind"), STR("ClusterConfiguration"));
    if (!is_read)
        return path_error(
            call, PATH_AT(call, {"cluster"}), diags, "Configuration of the cluster not read",
            "The ConfigMap \"kubeadm-config\" of the namespace \"kube-system\" has no "
            "ClusterConfiguration. Was it changed by hand?");
    Str version = kube_object_text(*out, "", "apiVersion");
    return str_equal(version, STR(KUBEADM_API_VERSION)) ||
           path_error(call, PATH_AT(call, {"cluster"}), diags,
                      "Configuration of the cluster too old",
                      "The cluster keeps a configuration with the API version \"%.*s\", and this "
                      "change needs \"" KUBEADM_API_VERSION "\". Upgrade the cluster first: "
                      "kubeadm converts it.",
                      STR_ARG(version));
}

static bool read_live(const ClusterApi *api, Str *out, Diags *diags) {
    KubeRef ref = {.resource = &cluster_api_config_maps,
                   .namespace = STR("kube-system"),
                   .name = STR("kubeadm-config")};
    KubeResponse response;
    Value found;
    if (kube_call_get(&api->call, &ref, &response, diags) != KUBE_DONE ||
        !kube_client_decode(&response, &found, api->call.arena))
        return kube_error_report(&api->call, "Configuration of the cluster not read", &ref,
                                 &response, diags);
    *out = kube_object_text(found, "data", "ClusterConfiguration");
    return true;
}

static bool run_part(SshLink *link, Str part, Str input, Str *out, Diags *diags) {
    RemoteScript script = {.text = cluster_change_sh, .argument = &part, .input = input};
    SshResult result;
    if (!remote_script_run(link, script, &result, diags))
        return false;
    *out = result.out;
    return result.exit_status == 0 ||
           remote_script_report(link, "Configuration of the cluster not changed", &result, diags);
}

bool cluster_config_begin(const ClusterApi *api, SshLink *link, ClusterConfig *out, Diags *diags) {
    Str live, former;
    return read_live(api, &live, diags) && parse_config(link->call, live, &out->live, diags) &&
           run_part(link, STR("begin"), live, &former, diags) &&
           parse_config(link->call, former, &out->former, diags);
}

/* Splits "cluster.api_server.extra_args" into "apiServer" and "extraArgs"; of a shorter path the
 * first is empty. */
static void split_fields(const char *path, Str *parent, Str *last, Arena *arena) {
    Str part, rest = str_after(str_from_cstr(path), PREFIX.len);
    *parent = STR_EMPTY;
    *last = STR_EMPTY;
    while (str_next_field(&rest, '.', &part)) {
        const char *dot = parent->len ? "." : "";
        if (last->len)
            *parent = str_format(arena, "%.*s%s%.*s", STR_ARG(*parent), dot, STR_ARG(*last));
        *last = field_name_of_attribute(part, arena);
    }
}

/* Returns the value as a field of a document. */
static Value field_value(Value value, Arena *arena) {
    ObjectBuilder wrapped = object_builder_new(arena);
    Value found = value_null(&TYPE_DYNAMIC);
    if (!value_is_present(value))
        return found;
    object_builder_put(&wrapped, STR("value"), value);
    Value document = kubeadm_document_fields(object_builder_value(&wrapped), arena);
    return value_find(document, STR("value"), &found) ? found : value_null(&TYPE_DYNAMIC);
}

Value cluster_config_with(Value former, const ChangeRows *changes, Value planned, Arena *arena) {
    Value config = former;
    vec_each(changes, change) {
        Str parent, last;
        if (!str_starts_with(str_from_cstr((*change)->path), PREFIX))
            continue;
        split_fields((*change)->path, &parent, &last, arena);
        config = kube_object_with(config, str_to_cstr(parent, arena), str_to_cstr(last, arena),
                                  field_value(change_class_value(planned, (*change)->path), arena),
                                  arena);
    }
    return config;
}

Value cluster_config_with_volumes(Value config, const char *component, Value volumes,
                                  Arena *arena) {
    const char *field =
        str_to_cstr(field_name_of_attribute(str_from_cstr(component), arena), arena);
    Value former = kube_object_list(config, field, "extraVolumes");
    ValueVec items = {0};
    size_t kept;
    for (size_t i = 0; i < former.count; i++) {
        Value one = value_at(former, i);
        if (!control_files_is_volume(kube_object_text(one, "", "name")))
            vec_push(arena, &items, one);
    }
    kept = items.count;
    for (size_t i = 0; i < volumes.count; i++)
        vec_push(arena, &items, kubeadm_document_fields(value_at(volumes, i), arena));
    if (items.count == kept && kept == former.count)
        return config;
    Value list =
        items.count ? value_tuple(items.items, items.count, arena) : value_null(&TYPE_DYNAMIC);
    return kube_object_with(config, field, "extraVolumes", list, arena);
}

Str cluster_config_text(Str init, Value config, Arena *arena) {
    return str_format(arena, "%.*s---\n%.*s", STR_ARG(init), STR_ARG(yaml_text_of(config, arena)));
}

bool cluster_config_upload(SshLink *link, Str init, Value config, Diags *diags) {
    Str ignored;
    return run_part(link, STR("upload"), cluster_config_text(init, config, link->call->arena),
                    &ignored, diags);
}

bool cluster_config_end(SshLink *link, Diags *diags) {
    Str ignored;
    return run_part(link, STR("end"), STR_EMPTY, &ignored, diags);
}
