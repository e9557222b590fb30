/* Writes debug lines about the graph of a walk. */
#include "walk_log.h"
#include "log.h"

#define KEYS_MAX 20 /* keys of an expansion that one line shows */

static Str needs_text(const EngineWalk *walk, const Node *node, Arena *arena) {
    const Graph *graph = &walk->graph;
    StrBuf text = strbuf_new(arena);
    for (uint32_t i = graph->need_start[node->id]; i < graph->need_start[node->id + 1]; i++) {
        const Node *need = walk->nodes.items[graph->need[i]];
        strbuf_add_format(&text, "%s%.*s(%s)", text.len > 0 ? " " : "", STR_ARG(need->name),
                          node_kind_name(need->kind));
    }
    return strbuf_str(&text);
}

static Str uses_text(const Node *node, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    vec_each(&node->uses, use) {
        strbuf_add_format(&text, "%s%.*s%.*s", text.len > 0 ? " " : "", STR_ARG(use->value->name),
                          STR_ARG(address_key_to_str(use->key, arena)));
    }
    return strbuf_str(&text);
}

static Str walk_log_wanted_text(const ResourceNode *resource, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    vec_each(&resource->wanted, key) {
        strbuf_add(&text, address_key_to_str(*key, arena));
    }
    return strbuf_str(&text);
}

static void log_resource(const Node *node, Arena *arena) {
    const ResourceNode *resource = node->as.resource;
    log_debug("graph resource", log_text("name", node->name),
              log_text("provider", resource->provider ? resource->provider->name : STR_EMPTY),
              log_text("dependencies", str_join(resource->dependencies, resource->dependency_count,
                                                STR(" "), arena)),
              log_number("create_before_destroy", resource->create_before_destroy),
              log_number("stored", (int64_t)resource->stored.count),
              log_number("imports", (int64_t)resource->imports.count),
              log_number("planned", (int64_t)resource->planned.count),
              log_text("wanted", walk_log_wanted_text(resource, arena)),
              log_number("wanted_whole", resource->is_wanted_whole),
              log_number("removed", resource->removed != NULL));
}

void walk_log_nodes(const EngineWalk *walk) {
    if (!log_enabled(LOG_DEBUG))
        return;
    SCOPED(ArenaRef) scratch = arena_open("graph log");
    vec_each(&walk->nodes, item) {
        const Node *node = *item;
        log_debug("graph node", log_text("name", node->name),
                  log_cstr("kind", node_kind_name(node->kind)),
                  log_text("needs", needs_text(walk, node, scratch)),
                  log_text("uses", uses_text(node, scratch)),
                  log_number("selected", node->is_selected), log_number("target", node->is_target),
                  log_number("selects_all", node->selects_all),
                  log_number("input", node->input != NULL));
        if (node->kind == NODE_RESOURCE || node->kind == NODE_ORPHAN)
            log_resource(node, scratch);
        arena_reset(scratch);
    }
}

void walk_log_expansion(const Node *node, const ModuleInstance *module,
                        const Expansion *expansion) {
    static const char *const kinds[] = {
        [REPEAT_NONE] = "none", [REPEAT_COUNT] = "count", [REPEAT_EACH] = "for_each"};
    if (!log_enabled(LOG_DEBUG))
        return;
    SCOPED(ArenaRef) scratch = arena_open("graph log");
    StrBuf keys = strbuf_new(scratch);
    for (size_t i = 0; !expansion->is_unknown && i < expansion->count && i < KEYS_MAX; i++)
        strbuf_add(&keys, address_key_to_str(expansion->keys[i], scratch));
    log_debug("block expanded", log_text("name", node->name),
              log_text("module", module_addr_to_str(module->address, scratch)),
              log_cstr("repetition", kinds[expansion->kind]),
              log_number("count", (int64_t)expansion->count),
              log_number("unknown", expansion->is_unknown), log_text("keys", strbuf_str(&keys)));
}
