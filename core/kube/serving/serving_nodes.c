#include "serving_nodes.h"
#include "value.h"
#include "yaml_value.h"

#include <arpa/inet.h>

#define ELEMENTS_MAX 1000000

static bool nodes_fail(const ServingNodes *nodes, Diags *diags, Str why) {
    return diags_fail(diags, NO_RANGE, "Nodes not read",
                      "The file of nodes \"%.*s\" %.*s It maps the name of each Node to a list of "
                      "its addresses, such as \"w1: [10.0.0.21]\".",
                      STR_ARG(nodes->path), STR_ARG(why));
}

static bool nodes_spend(void *payload, size_t elements) {
    size_t *left = payload;
    if (elements > *left)
        return false;
    *left -= elements;
    return true;
}

static bool is_address(Value value, Arena *arena) {
    unsigned char bytes[sizeof(struct in6_addr)];
    if (!value_is_present(value) || value.type->kind != KIND_STRING)
        return false;
    const char *text = str_to_cstr(value_text(value), arena);
    return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

/* Adds one node; on failure *problem is the end of a sentence. */
static bool add_node(Map *out, Str name, Value list, Str *problem, Arena *arena) {
    StrVec *addresses = arena_new(arena, StrVec);
    *problem = str_format(arena, "has no list of addresses for the node \"%.*s\".", STR_ARG(name));
    if (!value_is_present(list) || list.type->kind != KIND_TUPLE || list.count == 0)
        return false;
    for (size_t i = 0; i < list.count; i++) {
        Value item = value_at(list, i);
        *problem =
            str_format(arena, "has an invalid address for the node \"%.*s\".", STR_ARG(name));
        if (!is_address(item, arena))
            return false;
        vec_push(arena, addresses, str_clone(value_text(item), arena));
    }
    map_put(arena, out, str_clone(name, arena), addresses);
    return true;
}

static bool nodes_parse(const ServingNodes *nodes, Str text, Map *out, Diags *diags, Arena *arena) {
    size_t left = ELEMENTS_MAX;
    YamlFailure failure = {0};
    Value root;
    Str problem;
    if (str_trim(text).len == 0)
        return true;
    if (!yaml_value_read(text, (YamlBudget){nodes_spend, &left}, &root, &failure, arena))
        return nodes_fail(
            nodes, diags,
            str_format(arena, "is not YAML: line %zu: %.*s.", failure.line,
                       STR_ARG(failure.what.len ? failure.what : STR("too many elements"))));
    if (!value_is_present(root) || root.type->kind != KIND_OBJECT)
        return nodes_fail(nodes, diags, STR("is no mapping."));
    for (size_t i = 0; i < root.count; i++) {
        if (!add_node(out, root.type->names[i], value_at(root, i), &problem, arena))
            return nodes_fail(nodes, diags, problem);
    }
    return true;
}

static bool is_same(const DiskStat *a, const DiskStat *b) {
    return a->inode == b->inode && a->device == b->device && a->size == b->size &&
           a->modified_ns == b->modified_ns && a->changed_ns == b->changed_ns;
}

bool serving_nodes_read(ServingNodes *nodes, Diags *diags) {
    const Disk *disk = nodes->io->disk;
    DiskStat stat = {0};
    Str text;
    Map found = {0};
    int status = disk->stat(disk->self, nodes->path, &stat);
    if (status == 0 && nodes->arena && is_same(&stat, &nodes->stat))
        return true;
    Arena *arena = arena_open("nodes of serving certificates");
    if (status == 0)
        status = disk->read_file(disk->self, nodes->path, &text, arena);
    bool ok = status == 0 ? nodes_parse(nodes, text, &found, diags, arena)
                          : nodes_fail(nodes, diags,
                                       str_format(arena, "cannot be read: %s.", strerror(-status)));
    if (!ok) {
        arena_close(arena);
        return false;
    }
    serving_nodes_release(nodes);
    nodes->arena = arena;
    nodes->nodes = found;
    nodes->stat = stat;
    return true;
}

const StrVec *serving_nodes_find(const ServingNodes *nodes, Str name) {
    return map_find(&nodes->nodes, name);
}

void serving_nodes_release(ServingNodes *nodes) {
    if (nodes->arena)
        arena_close(nodes->arena);
    nodes->arena = NULL;
    nodes->nodes = (Map){0};
}
