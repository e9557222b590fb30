/* cluster_config: the ConfigMaps, and cluster_change.sh on the first machine. */
#include "cluster_config.h"
#include "component_config.h"
#include "control_files.h"
#include "field_name.h"
#include "json.h"
#include "kube_error.h"
#include "kube_object.h"
#include "kubeadm_change_assets.h"
#include "kubeadm_document.h"
#include "kubeadm_schema.h"
#include "object_builder.h"
#include "path_error.h"
#include "remote_script.h"
#include "yaml_text.h"
#include "yaml_value.h"

#define ELEMENTS_MAX 100000
#define PREFIX       STR("cluster.")
#define CONFIG_MAP   "kubeadm-config"
#define CONFIG_KEY   "ClusterConfiguration"

static bool spend(void *payload, size_t elements) {
    size_t *left = payload;
    if (elements > *left)
        return false;
    *left -= elements;
    return true;
}

bool cluster_config_parse(Str text, Value *out, Arena *arena) {
    size_t left = ELEMENTS_MAX;
    YamlFailure failure = {0};
    return yaml_value_read(text, (YamlBudget){spend, &left}, out, &failure, arena);
}

static bool has_kind(Value document, const char *kind) {
    return str_equal_cstr(kube_object_text(document, "", "kind"), kind);
}

static bool check_cluster(const Call *call, Value config, Diags *diags) {
    if (!has_kind(config, "ClusterConfiguration"))
        return path_error(
            call, PATH_AT(call, {"cluster"}), diags, "Configuration of the cluster not read",
            "The ConfigMap \"kubeadm-config\" of the namespace \"kube-system\" has no "
            "ClusterConfiguration. Was it changed by hand?");
    Str version = kube_object_text(config, "", "apiVersion");
    return str_equal(version, STR(KUBEADM_API_VERSION)) ||
           path_error(call, PATH_AT(call, {"cluster"}), diags,
                      "Configuration of the cluster too old",
                      "The cluster keeps a configuration with the API version \"%.*s\", and this "
                      "change needs \"" KUBEADM_API_VERSION "\". Upgrade the cluster first: "
                      "kubeadm converts it.",
                      STR_ARG(version));
}

/* Sets *out to the document of the ConfigMap; null if there is none. */
static bool read_document(const ClusterApi *api, const char *name, const char *key, Value *out,
                          Diags *diags) {
    KubeRef ref = {.resource = &cluster_api_config_maps,
                   .namespace = STR("kube-system"),
                   .name = str_from_cstr(name)};
    KubeResponse response;
    Value found;
    KubeOutcome outcome = kube_call_get(&api->call, &ref, &response, diags);
    *out = value_null(&TYPE_DYNAMIC);
    if (outcome == KUBE_ABSENT)
        return true;
    if (outcome != KUBE_DONE || !kube_client_decode(&response, &found, api->call.arena))
        return kube_error_report(&api->call, "Configuration of the cluster not read", &ref,
                                 &response, diags);
    Str text = kube_object_text(found, "data", key);
    if (!text.len || !cluster_config_parse(text, out, api->call.arena))
        *out = value_null(&TYPE_DYNAMIC);
    return true;
}

static bool read_live(const Call *call, const ClusterApi *api, ClusterDocuments *out,
                      Diags *diags) {
    return read_document(api, CONFIG_MAP, CONFIG_KEY, &out->cluster, diags) &&
           check_cluster(call, out->cluster, diags) &&
           read_document(api, "kubelet-config", "kubelet", &out->kubelet, diags) &&
           read_document(api, "kube-proxy", "config.conf", &out->proxy, diags);
}

/* A document a line: JSON is YAML. */
static Str documents_text(const ClusterDocuments *documents, Arena *arena) {
    const Value all[] = {documents->cluster, documents->kubelet, documents->proxy};
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < ARRAY_COUNT(all); i++) {
        if (value_is_present(all[i]))
            strbuf_add_format(&out, "---\n%.*s\n", STR_ARG(json_text(all[i], arena)));
    }
    return strbuf_str(&out);
}

/* What the text lacks is as in `live`. */
static bool read_former(const Call *call, Str text, const ClusterDocuments *live,
                        ClusterDocuments *out, Diags *diags) {
    size_t left = ELEMENTS_MAX;
    YamlFailure failure = {0};
    YamlDocuments found = {0};
    *out = *live;
    out->cluster = value_null(&TYPE_DYNAMIC);
    bool is_read =
        yaml_documents_read(text, (YamlBudget){spend, &left}, &found, &failure, call->arena);
    vec_each(&found, one) {
        if (has_kind(one->root, "ClusterConfiguration"))
            out->cluster = one->root;
        else if (has_kind(one->root, "KubeletConfiguration"))
            out->kubelet = one->root;
        else if (has_kind(one->root, "KubeProxyConfiguration"))
            out->proxy = one->root;
    }
    return check_cluster(call, is_read ? out->cluster : value_null(&TYPE_DYNAMIC), diags);
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
    const Call *call = link->call;
    Str former;
    return read_live(call, api, &out->live, diags) &&
           run_part(link, STR("begin"), documents_text(&out->live, call->arena), &former, diags) &&
           read_former(call, former, &out->live, &out->former, diags);
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

/* Finds the configuration among the objects of kube-proxy; returns false if there is none. */
static bool find_proxy(Str objects, Value *out, Arena *arena) {
    size_t left = ELEMENTS_MAX;
    YamlFailure failure = {0};
    YamlDocuments found = {0};
    if (!yaml_documents_read(objects, (YamlBudget){spend, &left}, &found, &failure, arena))
        return false;
    vec_each(&found, one) {
        Str text = kube_object_text(one->root, "data", "config.conf");
        if (has_kind(one->root, "ConfigMap") && text.len && cluster_config_parse(text, out, arena))
            return true;
    }
    return false;
}

bool cluster_config_make_proxy(SshLink *link, Str text, Value given, Value *out, Diags *diags) {
    Arena *arena = link->call->arena;
    StrBuf input = strbuf_new(arena);
    Str objects;
    strbuf_add(&input, text);
    kubeadm_document_add(&input, KUBE_PROXY_API_VERSION, "KubeProxyConfiguration", given, arena);
    return run_part(link, STR("proxy"), strbuf_str(&input), &objects, diags) &&
           (find_proxy(objects, out, arena) ||
            path_error(link->call, PATH_AT(link->call, {"kube_proxy"}), diags,
                       "Configuration of kube-proxy not made",
                       "On the first control plane, \"kubeadm init phase addon kube-proxy "
                       "--print-manifest\" printed no ConfigMap with a configuration. Does its "
                       "version of kubeadm fit the cluster?"));
}

bool cluster_config_upload(SshLink *link, Str init, Value config, Diags *diags) {
    Str ignored;
    return run_part(link, STR("upload"), cluster_config_text(init, config, link->call->arena),
                    &ignored, diags);
}

bool cluster_config_upload_kubelet(SshLink *link, Str init, const ClusterDocuments *config,
                                   Diags *diags) {
    Arena *arena = link->call->arena;
    Str ignored;
    Str text = str_format(arena, "%.*s---\n%.*s\n",
                          STR_ARG(cluster_config_text(init, config->cluster, arena)),
                          STR_ARG(json_text(config->kubelet, arena)));
    return run_part(link, STR("upload-kubelet"), text, &ignored, diags);
}

bool cluster_config_end(SshLink *link, Diags *diags) {
    Str ignored;
    return run_part(link, STR("end"), STR_EMPTY, &ignored, diags);
}

bool cluster_config_set_repository(const Call *call, const ClusterApi *api, Str repository,
                                   Diags *diags) {
    Arena *arena = api->call.arena;
    KubePatch request = {.ref = {.resource = &cluster_api_config_maps,
                                 .namespace = STR("kube-system"),
                                 .name = STR(CONFIG_MAP)},
                         .type = KUBE_PATCH_MERGE,
                         .manager = STR("loam"),
                         .is_repeatable = true};
    KubeResponse response;
    ObjectBuilder empty = object_builder_new(arena);
    Value config, none = object_builder_value(&empty);
    if (!read_document(api, CONFIG_MAP, CONFIG_KEY, &config, diags))
        return false;
    /* kubeadm also upgrades a cluster with an older version of the document. */
    if (!has_kind(config, CONFIG_KEY))
        return check_cluster(call, config, diags);
    if (str_equal(kube_object_text(config, "", "imageRepository"), repository))
        return true;
    config = kube_object_with(config, "", "imageRepository", value_from_str(repository), arena);
    request.body = json_text(kube_object_with(none, "data", CONFIG_KEY,
                                              value_from_str(yaml_text_of(config, arena)), arena),
                             arena);
    return kube_call_patch(&api->call, &request, &response, diags) == KUBE_DONE ||
           kube_error_report(&api->call, "Registry of the cluster not changed", &request.ref,
                             &response, diags);
}
