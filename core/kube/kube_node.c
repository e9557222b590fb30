/* Reads members of kubeconfig files. A value has no position, so an error looks its line up. */
#include "kube_node.h"
#include "yaml_position.h"

#define SUMMARY "Invalid kubeconfig"

Str kube_node_file_name(const KubeFile *file, Arena *arena) {
    return file->path.len ? str_format(arena, "\"%.*s\"", STR_ARG(file->path))
                          : STR("the kubeconfig text");
}

bool kube_node_fail(const KubeNodeReader *reader, Str sentence) {
    diags_error(reader->diags, NO_RANGE, SUMMARY, "%.*s", STR_ARG(sentence));
    return false;
}

bool kube_node_fail_at(const KubeNodeReader *reader, KubeNode node, Str why) {
    Arena *arena = reader->arena;
    YamlPosition position = yaml_position_find(node.file->text, node.path);
    Str path = path_to_str(node.path, arena);
    if (str_starts_with(path, STR(".")))
        path = str_after(path, 1);
    Str name = path.len ? str_format(arena, "\"%.*s\"", STR_ARG(path)) : STR("the document");
    return kube_node_fail(reader, str_format(arena, "In %.*s, line %zu, %.*s %.*s.",
                                             STR_ARG(kube_node_file_name(node.file, arena)),
                                             position.line, STR_ARG(name), STR_ARG(why)));
}

KubeNode kube_node_root(const KubeFile *file) {
    return (KubeNode){file, {0}, file->root};
}

KubeNode kube_node_member(const KubeNodeReader *reader, KubeNode node, const char *name) {
    Value value = value_null(&TYPE_DYNAMIC);
    Str text = str_from_cstr(name);
    (void)value_find_present(node.value, text, &value);
    return (KubeNode){node.file, path_attribute(node.path, text, reader->arena), value};
}

KubeNode kube_node_item(const KubeNodeReader *reader, KubeNode list, size_t i) {
    Path path = path_index(list.path, value_int((int64_t)i), reader->arena);
    return (KubeNode){list.file, path, value_at(list.value, i)};
}

size_t kube_node_count(const KubeNodeReader *reader, KubeNode list) {
    bool is_list = kube_node_is(list, KIND_TUPLE);
    if (kube_node_exists(list) && !is_list)
        (void)kube_node_fail_at(reader, list, STR("must be a list"));
    return is_list ? list.value.count : 0;
}

Str kube_node_text(const KubeNodeReader *reader, KubeNode node) {
    bool is_text = kube_node_is(node, KIND_STRING);
    if (kube_node_exists(node) && !is_text)
        (void)kube_node_fail_at(reader, node,
                                STR("must be a string; a number, or a word such as true, is one "
                                    "only in quotes"));
    return is_text ? value_text(node.value) : STR_EMPTY;
}

void kube_node_texts(const KubeNodeReader *reader, KubeNode list, StrVec *out) {
    size_t count = kube_node_count(reader, list);
    for (size_t i = 0; i < count; i++)
        vec_push(reader->arena, out, kube_node_text(reader, kube_node_item(reader, list, i)));
}

Str kube_node_member_text(const KubeNodeReader *reader, KubeNode node, const char *name) {
    return kube_node_text(reader, kube_node_member(reader, node, name));
}

bool kube_node_member_bool(const KubeNodeReader *reader, KubeNode node, const char *name) {
    KubeNode found = kube_node_member(reader, node, name);
    if (kube_node_exists(found) && !kube_node_is(found, KIND_BOOL))
        return kube_node_fail_at(reader, found, STR("must be true or false"));
    return value_is_true(found.value);
}
