/* Prints documents that set every attribute of kubeadm_schema: kubeadm_documents KIND ALTERNATIVE
 * VERSION [TEXT]. TEXT is the value of attributes that accept it and need no certain value. Of
 * attributes that exclude each other, an alternative sets one. Exit status 3: loam
 * rejects an attribute in this version; the document is printed all the same. */
#include "field_since.h"
#include "json.h"
#include "kubeadm_document.h"
#include "kubeadm_schema.h"
#include "object_builder.h"

#include <stdio.h>
#include <stdlib.h>

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* Values that kubeadm accepts, by the attribute's name. */
static const struct {
    const char *name;
    const char *json;
} samples[] = {
    {"token", "\"abcdef.0123456789abcdef\""},
    {"tls_bootstrap_token", "\"abcdef.0123456789abcdef\""},
    {"certificate_key", "\"" HEX "\""},
    {"ca_cert_hashes", "[\"sha256:" HEX "\"]"},
    {"control_plane_endpoint", "\"api.example:6443\""},
    {"api_server_endpoint", "\"api.example:6443\""},
    {"service_subnet", "\"10.96.0.0/12\""},
    {"pod_subnet", "\"10.244.0.0/16\""},
    {"dns_domain", "\"cluster.local\""},
    {"advertise_address", "\"10.0.0.11\""},
    {"bind_port", "6443"},
    {"context_lines", "3"},
    {"cri_socket", "\"unix:///run/containerd/containerd.sock\""},
    {"feature_gates", "{\"RootlessControlPlane\": true}"},
    {"ttl", "\"2h0m0s\""},
    {"kube_config_path", "\"https://example/config\""},
    {"ca_cert_path", "\"/etc/kubernetes/pki/ca.crt\""},
    {"time_added", "\"2026-01-02T03:04:05Z\""},
    {"usages", "[\"signing\", \"authentication\"]"},
    {"groups", "[\"system:bootstrappers:kubeadm:default-node-token\"]"},
    {"ignore_preflight_errors", "[\"Swap\"]"},
    {"skip_phases", "[\"preflight\"]"},
    {"unmount_flags", "[\"MNT_DETACH\"]"},
    {"endpoints", "[\"https://10.0.0.9:2379\"]"},
    {"http_endpoints", "[\"https://10.0.0.9:2381\"]"},
    {"divisor", "\"1\""},
    {"resource", "\"limits.cpu\""},
    {"cert_sans", "[\"a.example\"]"},
    {"server_cert_sans", "[\"a.example\"]"},
    {"peer_cert_sans", "[\"a.example\"]"},
};

typedef struct Making {
    size_t alternative;
    const char *version;
    const char *text;
    Arena *arena;
} Making;

static Value make_object(const Making *making, const NestedObject *nested);

/* A word of `one_of`, else a sample, else a value that passes the attribute's check. */
static Value make_leaf(const Making *making, const Attribute *attribute) {
    Arena *arena = making->arena;
    const char *texts[] = {making->text, "x", "1m30s", "/etc/x"};
    if (attribute->one_of) {
        StrVec words = attribute_one_of(attribute, arena);
        return value_string(words.items[making->alternative % words.count], arena);
    }
    if (strcmp(attribute->name, "kubernetes_version") == 0)
        return value_from_cstr(making->version);
    for (size_t i = 0; i < ARRAY_COUNT(samples); i++) {
        JsonReader reader = json_reader_new(str_from_cstr(samples[i].json), arena);
        Value sample;
        const char *error;
        if (strcmp(samples[i].name, attribute->name) != 0)
            continue;
        CHECK(
            json_read_typed(&reader, json_next(&reader), attribute->type, &sample, &error, arena));
        return sample;
    }
    if (attribute->type == &TYPE_BOOL)
        return value_bool(making->alternative == 0);
    CHECK(attribute->type == &TYPE_STRING);
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        Value text = value_from_cstr(texts[i]);
        if (!attribute->check || attribute->check(text, arena).len == 0)
            return text;
    }
    fprintf(stderr, "no sample of %s\n", attribute->name);
    exit(1);
}

static Value make_value(const Making *making, const Attribute *attribute) {
    if (!attribute->nested)
        return make_leaf(making, attribute);
    Value object = make_object(making, attribute->nested);
    if (attribute->nested->nesting == NEST_SINGLE)
        return object;
    Value *items = arena_new_array(making->arena, Value, 1);
    items[0] = object;
    return value_list(object.type, items, 1, making->arena);
}

/* Returns true if a rule gives this alternative to another attribute. */
static bool is_excluded(const Making *making, const NestedObject *nested, const char *name) {
    for (size_t i = 0; i < nested->schema.rule_count; i++) {
        const char *const *names = nested->schema.rules[i].names;
        bool excludes = nested->schema.rules[i].kind == RULE_CONFLICTS ||
                        nested->schema.rules[i].kind == RULE_EXACTLY_ONE;
        size_t count = 0, place = SIZE_MAX;
        for (; count < RULE_NAMES_MAX && names[count]; count++)
            place = strcmp(names[count], name) == 0 ? count : place;
        if (excludes && place != SIZE_MAX && place != making->alternative % count)
            return true;
    }
    return false;
}

/* Of an attribute that a kubeadm may be too old for, some documents are without. */
static bool is_left_out(const Making *making, const char *name) {
    return strcmp(name, "http_endpoints") == 0 && making->alternative < 5;
}

static Value make_object(const Making *making, const NestedObject *nested) {
    ObjectBuilder builder = object_builder_new(making->arena);
    for (size_t i = 0; i < nested->schema.attribute_count; i++) {
        const Attribute *attribute = &nested->schema.attributes[i];
        if (!is_excluded(making, nested, attribute->name) && !is_left_out(making, attribute->name))
            object_builder_put(&builder, str_from_cstr(attribute->name),
                               make_value(making, attribute));
    }
    return object_builder_value(&builder);
}

int main(int count, char **words) {
    SCOPED(ArenaRef) arena = arena_open("documents");
    KubeVersion version;
    if (count < 4 || count > 5 || !kube_version_parse(str_from_cstr(words[3]), &version))
        return 2;
    Making making = {strtoul(words[2], NULL, 10), words[3], count == 5 ? words[4] : "x", arena};
    for (size_t i = 0; i < KUBEADM_KIND_COUNT; i++) {
        if (strcmp(kubeadm_kinds[i].kind, words[1]) != 0)
            continue;
        StrBuf out = strbuf_new(arena);
        Path path = {0};
        Value object = make_object(&making, kubeadm_kinds[i].object);
        Value fields = kubeadm_document_fields(object, arena);
        kubeadm_document_add(&out, KUBEADM_API_VERSION, kubeadm_kinds[i].kind, fields, arena);
        printf("%.*s", STR_ARG(strbuf_str(&out)));
        return field_since_check(object, version, &path, arena).len ? 3 : 0;
    }
    return 1;
}
