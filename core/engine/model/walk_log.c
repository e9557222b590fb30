/* Writes debug lines about the graph of a walk. */
#include "walk_log.h"

#include "log.h"

#define KEYS_MAX 20 /* keys of an expansion that one line shows */

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
