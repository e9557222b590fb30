/* pki_kubeconfig: builds the document as a value, so that the YAML writer quotes every text. */
#include "pki_kubeconfig.h"
#include "base64.h"
#include "yaml_text.h"

static void pki_kubeconfig_put(ObjectBuilder *builder, const char *name, Str text, Arena *arena) {
    if (text.len)
        object_builder_put(builder, str_from_cstr(name), value_string(text, arena));
}

static void pki_kubeconfig_put_data(ObjectBuilder *builder, const char *name, Str bytes,
                                    Arena *arena) {
    if (bytes.len)
        pki_kubeconfig_put(builder, name, base64_encode(bytes, arena), arena);
}

/* Returns [{name: NAME, KIND: CONTENT}]. */
static Value entry_list(Str name, const char *kind, ObjectBuilder *content, Arena *arena) {
    ObjectBuilder entry = object_builder_new(arena);
    object_builder_put(&entry, str_from_cstr(kind), object_builder_value(content));
    pki_kubeconfig_put(&entry, "name", name, arena);
    Value *items = arena_new_array(arena, Value, 1);
    items[0] = object_builder_value(&entry);
    return value_tuple(items, 1, arena);
}

static Value clusters_of(const PkiKubeconfig *content, Arena *arena) {
    ObjectBuilder cluster = object_builder_new(arena);
    pki_kubeconfig_put(&cluster, "server", content->server, arena);
    pki_kubeconfig_put_data(&cluster, "certificate-authority-data", content->ca_certificate, arena);
    pki_kubeconfig_put(&cluster, "tls-server-name", content->tls_server_name, arena);
    pki_kubeconfig_put(&cluster, "proxy-url", content->proxy_url, arena);
    return entry_list(content->cluster, "cluster", &cluster, arena);
}

static Value users_of(const PkiKubeconfig *content, Arena *arena) {
    ObjectBuilder user = object_builder_new(arena);
    pki_kubeconfig_put_data(&user, "client-certificate-data", content->client_certificate, arena);
    pki_kubeconfig_put_data(&user, "client-key-data", content->client_key, arena);
    pki_kubeconfig_put(&user, "token", content->token, arena);
    return entry_list(content->user, "user", &user, arena);
}

Str pki_kubeconfig_text(const PkiKubeconfig *content, Arena *arena) {
    Str name = str_format(arena, "%.*s@%.*s", STR_ARG(content->user), STR_ARG(content->cluster));
    ObjectBuilder context = object_builder_new(arena);
    pki_kubeconfig_put(&context, "cluster", content->cluster, arena);
    pki_kubeconfig_put(&context, "user", content->user, arena);
    pki_kubeconfig_put(&context, "namespace", content->namespace, arena);
    ObjectBuilder root = object_builder_new(arena);
    pki_kubeconfig_put(&root, "apiVersion", STR("v1"), arena);
    pki_kubeconfig_put(&root, "kind", STR("Config"), arena);
    pki_kubeconfig_put(&root, "current-context", name, arena);
    object_builder_put(&root, STR("clusters"), clusters_of(content, arena));
    object_builder_put(&root, STR("users"), users_of(content, arena));
    object_builder_put(&root, STR("contexts"), entry_list(name, "context", &context, arena));
    return yaml_text_of(object_builder_value(&root), arena);
}

Str pki_kubeconfig_server(Str endpoint, Arena *arena) {
    bool is_url = str_find(endpoint, STR("://"), 0) != SIZE_MAX;
    return is_url ? endpoint : str_concat(STR("https://"), endpoint, arena);
}

PkiKubeconfig pki_kubeconfig_read(Value object, Arena *arena) {
    Str server = object_text(object, "server", STR_EMPTY);
    return (PkiKubeconfig){
        .cluster = object_text(object, "cluster_name", STR("kubernetes")),
        .user = object_text(object, "user", STR("kubernetes-admin")),
        .server = pki_kubeconfig_server(server, arena),
        .ca_certificate = object_text(object, "ca_certificate", STR_EMPTY),
        .tls_server_name = object_text(object, "tls_server_name", STR_EMPTY),
        .proxy_url = object_text(object, "proxy_url", STR_EMPTY),
        .namespace = object_text(object, "namespace", STR_EMPTY),
    };
}
