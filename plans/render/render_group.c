/* render_group: finds changes with equal text. */
#include "render_group.h"
#include "digest.h"
#include "render_text_body.h"

#define ALIKE_MIN 3   /* two changes are faster to read than one with a list of addresses */
#define KEPT_MAX  512 /* bytes; of a longer text only the digest is kept */

typedef struct Entry {
    const ResourceChange *change;
    RenderGroup *group; /* NULL: shown alone */
} Entry;

static bool is_instance(ResourceAddr address) {
    bool has_key = address.key.kind != KEY_NONE;
    for (const ModuleAddr *module = address.module; module; module = module->parent)
        has_key = has_key || module->key.kind != KEY_NONE;
    return has_key;
}

/* Moved, imported and deposed objects have additional lines, so they are never grouped. */
static bool may_share(const ResourceChange *change) {
    return is_instance(change->address) && !plan_has_moved(change) &&
           !import_source_is_known(&change->import) && change->deposed.len == 0;
}

static RenderGroup *new_group(const ResourceChange *change, Str text, Arena *arena) {
    RenderGroup *group = arena_new(arena, RenderGroup);
    group->first = change;
    group->text = text;
    vec_push(arena, &group->changes, change);
    return group;
}

static Str group_text_of(const ResourceChange *change, RenderStyle style, Arena *scratch) {
    StrBuf text = strbuf_new(scratch);
    render_text_body(change, style, &text, scratch);
    return strbuf_str(&text);
}

static RenderGroup *group_find_group(const ResourceChange *change, RenderStyle style, Map *known,
                                     Arena *scratch) {
    style.is_shared = true;
    Str text = group_text_of(change, style, scratch);
    bool is_kept = text.len <= KEPT_MAX;
    if (!is_kept)
        text = digest_hex(DIGEST_SHA256, text, scratch);
    Str block = resource_addr_to_config_str(change->address, scratch);
    Str key = str_format(scratch, "%.*s %d %d %.*s", STR_ARG(block), (int)change->action,
                         (int)change->reason, STR_ARG(text));
    RenderGroup *group = map_find(known, key);
    if (group) {
        vec_push(known->arena, &group->changes, change);
        return group;
    }
    Str kept = str_clone(key, known->arena);
    text = is_kept ? str_after(kept, key.len - text.len) : STR_EMPTY;
    group = new_group(change, text, known->arena);
    group->is_shared = true;
    map_set(known, kept, group);
    return group;
}

void render_group_text(const RenderGroup *group, RenderStyle style, StrBuf *out, Arena *scratch) {
    style.is_shared = group->is_shared;
    if (group->text.len > 0)
        strbuf_add(out, group->text);
    else
        render_text_body(group->first, style, out, scratch);
}

RenderGroups render_group_find(const Plan *plan, RenderStyle style, Arena *arena) {
    Map known = map_new(arena);
    VEC(Entry) entries = {0};
    SCOPED(ArenaRef) scratch = arena_open("change text");
    vec_each(&plan->changes, change) {
        if (!plan_is_shown(change))
            continue;
        Entry entry = {.change = change};
        if (!style.peer && may_share(change))
            entry.group = group_find_group(change, style, &known, scratch);
        vec_push(arena, &entries, entry);
        arena_reset(scratch);
    }
    RenderGroups groups = {0};
    vec_each(&entries, entry) {
        RenderGroup *group = entry->group;
        bool is_shared = group && group->changes.count >= ALIKE_MIN;
        if (is_shared && group->first != entry->change)
            continue;
        /* A new object has no id yet, so the text of the group is its text too. */
        bool is_same = group && entry->change->action == ACTION_CREATE;
        if (!is_shared)
            group = new_group(entry->change, is_same ? group->text : STR_EMPTY, arena);
        vec_push(arena, &groups, group);
    }
    return groups;
}
