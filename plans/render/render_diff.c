/* render_diff: converts two values to a tree of differences. Null attributes count as absent; null
 * elements of collections count as present. */
#include "render_diff.h"
#include "json.h"
#include "render_align.h"
#include "render_legacy.h"
#include "render_parts.h"
#include "render_secret.h"

typedef struct Build {
    const RenderDiffInput *input;
    bool tracks_paths; /* false if neither replace paths nor notes need them */
    Map secrets;       /* in the object itself */
    bool had_object;   /* that holds the attributes: its schema marks the sensitive ones */
    bool has_object;
    /* Terraform: in values of known types, an empty text is null, except in attributes of a modern
     * schema and in the maps and objects within. */
    bool empties_are_null;
    /* OpenTofu: an attribute of a block that is an empty text is absent. */
    bool empties_are_absent;
    Arena *arena;
} Build;

typedef enum Shape {
    SHAPE_NULL,
    SHAPE_SIMPLE,
    SHAPE_LIST,
    SHAPE_SET,
    SHAPE_MAP,
    SHAPE_OBJECT
} Shape;

/* The two sides of one attribute, element or block. */
typedef struct Pair {
    const Value *before; /* NULL: absent */
    const Value *after;
    const Type *type;           /* static */
    const Attribute *attribute; /* NULL: not in a schema */
    Path path;
} Pair;

static RenderDiff *diff_pair(const Build *build, Pair pair);
static RenderDiff *diff_nested_part(const Build *build, Pair pair, const NestedObject *nested);

static Shape shape_of(const Value *v, const Type *type) {
    if (!v || !value_is_present(*v))
        return SHAPE_NULL;
    bool as_json = type->kind == KIND_DYNAMIC;
    switch (v->type->kind) {
    case KIND_DYNAMIC: return SHAPE_NULL;
    case KIND_BOOL:
    case KIND_NUMBER:
    case KIND_STRING: return SHAPE_SIMPLE;
    case KIND_LIST:
    case KIND_TUPLE: return SHAPE_LIST;
    case KIND_SET: return as_json ? SHAPE_LIST : SHAPE_SET;
    case KIND_MAP: return as_json ? SHAPE_OBJECT : SHAPE_MAP;
    case KIND_OBJECT: return SHAPE_OBJECT;
    }
    return SHAPE_NULL;
}

static const Value *implicit(const Value *v) {
    return v && value_is_null(*v) ? NULL : v;
}

static bool is_for_terraform(const RenderDiffInput *input) {
    return input->peer && input->peer->is_terraform;
}

static bool is_for_opentofu(const RenderDiffInput *input) {
    return input->peer && !input->peer->is_terraform;
}

static bool is_empty_text(const Value *v) {
    return v && value_is_present(*v) && v->type->kind == KIND_STRING && value_text(*v).len == 0;
}

/* An element, key or attribute with the static type `type`. */
static const Value *emptied(const Build *build, const Value *v, const Type *type) {
    static const Value none = {.type = &TYPE_STRING, .state = VALUE_NULL};
    return build->empties_are_null && type->kind != KIND_DYNAMIC && is_empty_text(v) ? &none : v;
}

/* An attribute whose null is absent. */
static const Value *unless_emptied(const Build *build, const Value *v, const Type *type) {
    return emptied(build, v, type) == v ? v : NULL;
}

static const Value *part_at(const Value *v, size_t i) {
    return v->type->kind == KIND_MAP ? &v->as.map->items[i] : &v->as.items[i];
}

static size_t part_count(const Value *v) {
    return v && value_is_present(*v) ? v->count : 0;
}

static const Value *render_diff_find_part(const Build *build, const Value *v, Str name) {
    Value found;
    if (!v || !value_find(*v, name, &found))
        return NULL;
    Value *kept = arena_new(build->arena, Value);
    *kept = found;
    return kept;
}

static Action whole_action(Pair pair) {
    if (!pair.before && !pair.after)
        return ACTION_NO_OP;
    if (!pair.before)
        return ACTION_CREATE;
    return pair.after ? ACTION_NO_OP : ACTION_DELETE;
}

/* The action of a container after one more of its parts, with the action `part`. */
static Action join_actions(Action whole, Action part) {
    if (part == ACTION_NO_OP || part == whole)
        return whole;
    return ACTION_UPDATE;
}

/* Returns whether the peer prints no reason of a replacement there: in an attribute of any type
 * that has a known value. */
static bool is_hidden_place(const Build *build, Pair pair) {
    const Schema *schema = build->input->schema;
    const PathStep *first = &pair.path.steps[0];
    if (!build->input->peer || !schema || first->is_index)
        return false;
    const Attribute *attribute = schema_find_attribute(schema, first->name);
    return attribute && !attribute->nested && attribute->type->kind == KIND_DYNAMIC;
}

static Str note_at(const Build *build, Path path) {
    for (size_t i = 0; i < build->input->note_count; i++) {
        if (path_equal(build->input->notes[i].path, path))
            return build->input->notes[i].text;
    }
    return STR_EMPTY;
}

static RenderDiff *new_diff(const Build *build, RenderDiffKind kind, Pair pair) {
    RenderDiff *diff = arena_new(build->arena, RenderDiff);
    diff->kind = kind;
    diff->action = whole_action(pair);
    if (build->tracks_paths && pair.path.count) {
        bool is_whole = kind == DIFF_UNKNOWN || kind == DIFF_SENSITIVE;
        bool is_hidden = !is_whole && is_hidden_place(build, pair);
        diff->forces_replacement = !is_hidden && build->input->replace_paths &&
                                   paths_has(build->input->replace_paths, pair.path);
        diff->note = note_at(build, pair.path);
    }
    return diff;
}

static void reserve_items(const Build *build, RenderDiff *diff, size_t count) {
    diff->items = arena_new_array(build->arena, const RenderDiff *, count);
}

static void render_diff_add_item(RenderDiff *diff, const RenderDiff *item) {
    diff->items[diff->count++] = item;
    diff->action = join_actions(diff->action, item->action);
}

static Path attribute_path(const Build *build, Path base, Str name) {
    return build->tracks_paths ? path_attribute(base, name, build->arena) : base;
}

static Path key_path(const Build *build, Path base, Str key) {
    return build->tracks_paths ? path_index(base, value_from_str(key), build->arena) : base;
}

static Path index_path(const Build *build, Path base, size_t index) {
    return build->tracks_paths ? path_index(base, value_int((int64_t)index), build->arena) : base;
}

static bool same_simple(const Value *a, const Value *b) {
    bool a_null = !a || value_is_null(*a);
    bool b_null = !b || value_is_null(*b);
    if (a_null || b_null)
        return a_null == b_null && !a == !b;
    return value_equal(*a, *b);
}

static RenderDiff *diff_leaf(const Build *build, Pair pair) {
    RenderDiff *diff = new_diff(build, DIFF_LEAF, pair);
    diff->before = implicit(pair.before) ? *pair.before : value_null(pair.type);
    diff->after = implicit(pair.after) ? *pair.after : value_null(pair.type);
    if (diff->action == ACTION_NO_OP && !same_simple(pair.before, pair.after))
        diff->action = ACTION_UPDATE;
    return diff;
}

static Pair render_diff_without(Pair pair, bool before) {
    if (before)
        pair.before = NULL;
    else
        pair.after = NULL;
    return pair;
}

static RenderDiff *diff_unknown(const Build *build, Pair pair) {
    pair.before = implicit(pair.before); /* a null element of a collection becomes something */
    RenderDiff *diff = new_diff(build, DIFF_UNKNOWN, pair);
    if (!pair.before)
        return diff;
    reserve_items(build, diff, 1);
    Build quiet = *build;
    quiet.tracks_paths = false;
    quiet.empties_are_null = is_for_terraform(build->input);
    bool is_typed = pair.attribute || pair.type->kind != KIND_DYNAMIC;
    if (quiet.empties_are_null && is_typed && is_empty_text(pair.before))
        pair.before = NULL;
    render_diff_add_item(diff, diff_pair(&quiet, render_diff_without(pair, false)));
    diff->action = ACTION_UPDATE;
    return diff;
}

static bool render_diff_is_sensitive(const Value *v) {
    return v && value_has_mark(*v, MARK_SENSITIVE);
}

static bool render_diff_is_secret(const Value *v) {
    return v && value_is_secret(*v);
}

static const Value *uncovered(const Build *build, const Value *v) {
    if (!v)
        return NULL;
    Value *bare = arena_new(build->arena, Value);
    *bare = value_unmark_deep(*v, build->arena);
    return bare;
}

/* Is the same text secret elsewhere in the object or in the plan? The peers show it. */
static bool repeats_secret(const Build *build, const Value *v) {
    return v && !build->input->peer &&
           (render_secret_has(&build->secrets, *v, build->arena) ||
            render_secret_has(build->input->secrets, *v, build->arena));
}

static bool hides(const Build *build, Pair pair) {
    if (build->input->show_sensitive)
        return false;
    if (repeats_secret(build, pair.before) || repeats_secret(build, pair.after))
        return true;
    if (pair.attribute && (pair.attribute->flags & SENSITIVE))
        return pair.before || pair.after;
    return render_diff_is_secret(pair.before) || render_diff_is_secret(pair.after);
}

static RenderDiff *diff_sensitive(const Build *build, Pair pair) {
    RenderDiff *diff = new_diff(build, DIFF_SENSITIVE, pair);
    bool declared = pair.attribute && (pair.attribute->flags & SENSITIVE);
    diff->was_sensitive = (declared && build->had_object) || render_diff_is_sensitive(pair.before);
    diff->is_sensitive = (declared && build->has_object) || render_diff_is_sensitive(pair.after);
    RenderDiffInput bare = *build->input;
    bare.show_sensitive = true;
    Build inner = {
        .input = &bare,
        .empties_are_null = is_for_terraform(&bare),
        .arena = build->arena,
    };
    pair.before = uncovered(build, unless_emptied(&inner, pair.before, pair.type));
    pair.after = uncovered(build, unless_emptied(&inner, pair.after, pair.type));
    pair.attribute = NULL;
    reserve_items(build, diff, 1);
    const RenderDiff *behind = diff_pair(&inner, pair);
    diff->items[diff->count++] = behind;
    diff->action = behind->action;
    if (diff->action == ACTION_NO_OP && diff->was_sensitive != diff->is_sensitive)
        diff->action = ACTION_UPDATE;
    return diff;
}

/* Equal elements get equal numbers. They are compared as JSON, so that a tuple equals a list with
 * the same content. An unknown value equals nothing, for OpenTofu it equals null. */
static uint32_t *render_diff_identify(const Build *build, const Value *v, Map *seen) {
    size_t count = part_count(v);
    uint32_t *ids = arena_new_array(build->arena, uint32_t, count);
    for (size_t i = 0; i < count; i++) {
        const Value *part = part_at(v, i);
        StrBuf text = strbuf_new(build->arena);
        JsonWriter writer;
        json_writer_init(&writer, &text, 0);
        bool is_null = is_for_opentofu(build->input) && !value_is_known(*part);
        json_write_value(&writer, is_null ? value_null(&TYPE_DYNAMIC) : *part);
        if (!is_null && !value_is_wholly_known(*part))
            strbuf_add_format(&text, " unknown %zu", seen->count);
        uintptr_t known = (uintptr_t)map_find(seen, strbuf_str(&text));
        if (!known) {
            known = seen->count + 1;
            map_set(seen, strbuf_str(&text), (void *)known);
        }
        ids[i] = (uint32_t)known;
    }
    return ids;
}

/* Two sequences side by side. */
typedef struct Walk {
    Build build; /* of the elements */
    RenderDiff *diff;
    Pair pair;
    const Type *element;
    const NestedObject *nested; /* NULL: the elements are plain values */
    size_t before_count;
    size_t after_count;
} Walk;

static void walk_pair(const Walk *walk, size_t before, size_t after) {
    bool has_before = before < walk->before_count;
    bool has_after = after < walk->after_count;
    const Value *old = has_before ? part_at(walk->pair.before, before) : NULL;
    const Value *new = has_after ? part_at(walk->pair.after, after) : NULL;
    Pair part = {
        .before = emptied(&walk->build, old, walk->element),
        .after = emptied(&walk->build, new, walk->element),
        .type = walk->element,
        .path = index_path(&walk->build, walk->pair.path, has_after ? after : before),
    };
    render_diff_add_item(walk->diff, walk->nested
                                         ? diff_nested_part(&walk->build, part, walk->nested)
                                         : diff_pair(&walk->build, part));
}

static Build build_of_elements(const Build *build) {
    Build own = *build;
    own.empties_are_null = is_for_terraform(build->input);
    return own;
}

static Walk walk_new(const Build *build, Pair pair, RenderDiffKind kind, const Type *element) {
    Walk walk = {
        .build = build_of_elements(build),
        .diff = new_diff(build, kind, pair),
        .pair = pair,
        .element = element,
        .before_count = part_count(pair.before),
        .after_count = part_count(pair.after),
    };
    reserve_items(build, walk.diff, walk.before_count + walk.after_count);
    return walk;
}

static bool are_alike_parts(const void *self, size_t before, size_t after) {
    const Walk *walk = self;
    const Build *build = &walk->build;
    const Value *old = part_at(walk->pair.before, before), *new = part_at(walk->pair.after, after);
    if (shape_of(old, &TYPE_DYNAMIC) == SHAPE_OBJECT &&
        shape_of(new, &TYPE_DYNAMIC) == SHAPE_OBJECT)
        return true;
    return is_for_opentofu(build->input) && render_parts_share_line(old, new, build->arena);
}

static RenderDiff *diff_list(const Build *build, Pair pair, const Type *element) {
    Walk walk = walk_new(build, pair, DIFF_LIST, element);
    Map seen = map_new(build->arena);
    RenderAlignSide before = {render_diff_identify(build, pair.before, &seen), walk.before_count};
    RenderAlignSide after = {render_diff_identify(build, pair.after, &seen), walk.after_count};
    RenderAlignRule rule = {is_for_opentofu(build->input), are_alike_parts, &walk};
    RenderAlignPairs pairs = {0};
    render_align(before, after, rule, &pairs, build->arena);
    vec_each(&pairs, item) {
        walk_pair(&walk, item->before, item->after);
    }
    return walk.diff;
}

/* The elements of a tuple have their own types. */
static RenderDiff *diff_tuple(const Build *build, Pair pair) {
    Walk walk = walk_new(build, pair, DIFF_LIST, NULL);
    for (size_t i = 0; i < pair.type->count; i++) {
        walk.element = type_at(pair.type, i);
        walk_pair(&walk, i, i);
    }
    return walk.diff;
}

/* Pairs equal elements; all others are deleted or created, since an element of a set has no
 * identity beyond its value. */
static RenderDiff *diff_set(const Build *build, Pair pair, const Type *element,
                            const NestedObject *nested) {
    Walk walk = walk_new(build, pair, DIFF_SET, element);
    walk.nested = nested;
    Map seen = map_new(build->arena);
    uint32_t *before = render_diff_identify(build, pair.before, &seen);
    uint32_t *after = render_diff_identify(build, pair.after, &seen);
    uint32_t *place = arena_new_array(build->arena, uint32_t, seen.count + 1);
    for (size_t i = 0; i < walk.after_count; i++)
        place[after[i]] = (uint32_t)i + 1;
    for (size_t i = 0; i < walk.before_count; i++) {
        uint32_t other = place[before[i]];
        walk_pair(&walk, i, other ? other - 1 : walk.after_count);
        if (other)
            after[other - 1] = 0;
    }
    for (size_t i = 0; i < walk.after_count; i++) {
        if (after[i])
            walk_pair(&walk, walk.before_count, i);
    }
    return walk.diff;
}

static const Type *element_type(const Type *type) {
    switch (type->kind) {
    case KIND_LIST:
    case KIND_SET:
    case KIND_MAP: return type->element;
    case KIND_TUPLE:
    case KIND_DYNAMIC:
    case KIND_BOOL:
    case KIND_NUMBER:
    case KIND_STRING:
    case KIND_OBJECT: return &TYPE_DYNAMIC;
    }
    return &TYPE_DYNAMIC;
}

static const Type *render_diff_attribute_type(const Type *type, Str name) {
    size_t i;
    if (type->kind == KIND_OBJECT && type_find_attribute(type, name, &i))
        return type_at(type, i);
    return &TYPE_DYNAMIC;
}

static RenderDiff *diff_object(const Build *build, Pair pair) {
    RenderDiff *diff = new_diff(build, DIFF_OBJECT, pair);
    StrVec names = render_parts_names(pair.before, pair.after, build->arena);
    bool as_json = pair.type->kind == KIND_DYNAMIC;
    diff->names = names.items;
    reserve_items(build, diff, names.count);
    vec_each(&names, name) {
        const Value *before = render_diff_find_part(build, pair.before, *name);
        const Value *after = render_diff_find_part(build, pair.after, *name);
        Pair part = {
            .before = as_json ? before : implicit(before),
            .after = as_json ? after : implicit(after),
            .type = render_diff_attribute_type(pair.type, *name),
            .path = attribute_path(build, pair.path, *name),
        };
        if (!part.before && !part.after)
            continue;
        part.before = unless_emptied(build, part.before, part.type);
        part.after = unless_emptied(build, part.after, part.type);
        names.items[diff->count] = *name;
        render_diff_add_item(diff, diff_pair(build, part));
    }
    return diff;
}

static Build build_of_attributes(const Build *build, Pair pair) {
    Build own = *build;
    own.had_object = pair.before != NULL;
    own.has_object = pair.after != NULL;
    return own;
}

/* An attribute that is absent on both sides is neither shown nor counted. */
static void diff_attributes(const Build *build, RenderDiff *diff, Pair pair, const Schema *schema) {
    size_t count = schema->attribute_count;
    const Attribute **order = schema_sorted_attributes(schema, build->arena);
    Str *names = arena_new_array(build->arena, Str, count);
    diff->names = names;
    reserve_items(build, diff, count);
    for (size_t i = 0; i < count; i++) {
        if (build->input->hide_parts && (order[i]->flags & HAS_PARTS))
            continue;
        Str name = str_from_cstr(order[i]->name);
        Pair part = {
            .before = implicit(render_diff_find_part(build, pair.before, name)),
            .after = implicit(render_diff_find_part(build, pair.after, name)),
            .type = order[i]->nested ? &TYPE_DYNAMIC : order[i]->type,
            .attribute = order[i],
            .path = attribute_path(build, pair.path, name),
        };
        if (order[i]->flags & WRITE_ONLY) { /* objects never hold it */
            part.before = pair.before;
            part.after = pair.after;
        }
        if (build->empties_are_absent && is_empty_text(part.before))
            part.before = NULL;
        if (build->empties_are_absent && is_empty_text(part.after))
            part.after = NULL;
        if (!part.before && !part.after)
            continue;
        part.before = unless_emptied(build, part.before, part.type);
        part.after = unless_emptied(build, part.after, part.type);
        names[diff->count] = name;
        render_diff_add_item(diff, diff_pair(build, part));
    }
}

/* Sets the actions of write-only attributes after that of their object is known. */
static void settle_write_only(const Build *build, RenderDiff *diff) {
    bool shows_updates = is_for_opentofu(build->input);
    for (size_t i = 0; i < diff->count; i++) {
        if (diff->items[i]->kind != DIFF_WRITE_ONLY)
            continue;
        RenderDiff *item = arena_new(build->arena, RenderDiff);
        *item = *diff->items[i];
        item->action =
            diff->action == ACTION_UPDATE && !shows_updates ? ACTION_NO_OP : diff->action;
        diff->items[i] = item;
    }
}

static RenderDiff *diff_nested_object(const Build *build, Pair pair, const NestedObject *nested) {
    RenderDiff *diff = new_diff(build, DIFF_OBJECT, pair);
    Build own = build_of_attributes(build, pair);
    own.empties_are_absent = false;
    diff->is_nested = true;
    diff_attributes(&own, diff, pair, &nested->schema);
    settle_write_only(build, diff);
    return diff;
}

/* One element of a nested attribute: an object with the attributes of `nested`. */
static RenderDiff *diff_nested_part(const Build *build, Pair pair, const NestedObject *nested) {
    bool is_unknown = pair.after && !value_is_known(*pair.after);
    if (hides(build, pair))
        return diff_sensitive(build, pair);
    if (is_unknown)
        return diff_unknown(build, pair);
    return diff_nested_object(build, pair, nested);
}

static RenderDiff *diff_nested_list(const Build *build, Pair pair, const NestedObject *nested) {
    Walk walk = walk_new(build, pair, DIFF_NESTED_LIST, &TYPE_DYNAMIC);
    walk.nested = nested;
    for (size_t i = 0; i < walk.before_count || i < walk.after_count; i++)
        walk_pair(&walk, i, i);
    return walk.diff;
}

/* `nested`: of the elements; NULL: none. Of nested objects, the changed entries force the
 * replacement, not the map. */
static RenderDiff *diff_map(const Build *build, Pair pair, const Type *element,
                            const NestedObject *nested) {
    RenderDiff *diff = new_diff(build, DIFF_MAP, pair);
    bool forces = nested && diff->forces_replacement;
    diff->is_nested = nested != NULL;
    diff->forces_replacement = diff->forces_replacement && !nested;
    StrVec names = render_parts_names(pair.before, pair.after, build->arena);
    diff->names = names.items;
    reserve_items(build, diff, names.count);
    vec_each(&names, name) {
        Pair part = {
            .before = emptied(build, render_diff_find_part(build, pair.before, *name), element),
            .after = emptied(build, render_diff_find_part(build, pair.after, *name), element),
            .type = element,
            .path = key_path(build, pair.path, *name),
        };
        RenderDiff *item = nested ? diff_nested_part(build, part, nested) : diff_pair(build, part);
        if (forces && item->action != ACTION_NO_OP)
            item->forces_replacement = true;
        render_diff_add_item(diff, item);
    }
    return diff;
}

static RenderDiff *diff_nested(const Build *build, Pair pair, const NestedObject *nested) {
    switch (nested->nesting) {
    case NEST_SINGLE: return diff_nested_object(build, pair, nested);
    case NEST_LIST: return diff_nested_list(build, pair, nested);
    case NEST_SET: return diff_set(build, pair, &TYPE_DYNAMIC, nested);
    case NEST_MAP: return diff_map(build, pair, &TYPE_DYNAMIC, nested);
    }
    return diff_nested_object(build, pair, nested);
}

static RenderDiff *diff_shape(const Build *build, Pair pair, Shape shape) {
    switch (shape) {
    case SHAPE_NULL:
    case SHAPE_SIMPLE: break;
    case SHAPE_LIST:
        if (pair.type->kind == KIND_TUPLE)
            return diff_tuple(build, pair);
        return diff_list(build, pair, element_type(pair.type));
    case SHAPE_SET: return diff_set(build, pair, element_type(pair.type), NULL);
    case SHAPE_MAP: return diff_map(build, pair, element_type(pair.type), NULL);
    case SHAPE_OBJECT: return diff_object(build, pair);
    }
    return diff_leaf(build, pair);
}

static bool same_shape(const Value *a, Shape a_shape, const Value *b, Shape b_shape) {
    if (a_shape != b_shape)
        return false;
    return a_shape != SHAPE_SIMPLE || a->type->kind == b->type->kind;
}

static RenderDiff *diff_type_change(const Build *build, Pair pair, Shape before, Shape after) {
    RenderDiff *diff = new_diff(build, DIFF_TYPE_CHANGE, pair);
    Build quiet = *build;
    quiet.tracks_paths = false;
    reserve_items(build, diff, 2);
    diff->items[diff->count++] = diff_shape(&quiet, render_diff_without(pair, false), before);
    diff->items[diff->count++] = diff_shape(&quiet, render_diff_without(pair, true), after);
    diff->action = ACTION_UPDATE;
    return diff;
}

static RenderDiff *diff_pair(const Build *build, Pair pair) {
    if (pair.attribute && (pair.attribute->flags & WRITE_ONLY))
        return new_diff(build, DIFF_WRITE_ONLY, pair);
    if (hides(build, pair))
        return diff_sensitive(build, pair);
    if (pair.after && !value_is_known(*pair.after))
        return diff_unknown(build, pair);
    if (pair.attribute && pair.attribute->nested && (pair.before || pair.after))
        return diff_nested(build, pair, pair.attribute->nested);
    if (type_is_primitive(pair.type)) /* also to or from null */
        return diff_leaf(build, pair);
    Shape before = shape_of(pair.before, pair.type);
    Shape after = shape_of(pair.after, pair.type);
    if (!pair.before)
        return diff_shape(build, pair, after);
    if (!pair.after || same_shape(pair.before, before, pair.after, after))
        return diff_shape(build, pair, before);
    return diff_type_change(build, pair, before, after);
}

static RenderDiff *diff_body(const Build *build, Pair pair, const Schema *schema);

static void render_diff_add_block(const Build *build, RenderDiff *diff, const Block *block,
                                  Str label, Pair pair) {
    RenderDiffBlock entry = {.name = str_from_cstr(block->name), .label = label};
    if (hides(build, pair)) {
        entry.body = diff_sensitive(build, pair);
    } else if (pair.after && !value_is_known(*pair.after)) {
        entry.body = diff_unknown(build, pair);
    } else {
        entry.body = diff_body(build, pair, &block->schema);
    }
    vec_push(build->arena, &diff->blocks, entry);
    diff->action = join_actions(diff->action, entry.body->action);
}

static void diff_block_list(const Build *build, RenderDiff *diff, Pair pair, const Block *block) {
    Build own = build_of_elements(build);
    size_t before_count = part_count(pair.before);
    size_t after_count = part_count(pair.after);
    for (size_t i = 0; i < before_count || i < after_count; i++) {
        Pair part = {
            .before = i < before_count ? part_at(pair.before, i) : NULL,
            .after = i < after_count ? part_at(pair.after, i) : NULL,
            .type = &TYPE_DYNAMIC,
            .path = index_path(build, pair.path, i),
        };
        render_diff_add_block(&own, diff, block, (Str){0}, part);
    }
}

static void diff_block_set(const Build *build, RenderDiff *diff, Pair pair, const Block *block) {
    Build own = build_of_elements(build);
    Map seen = map_new(build->arena);
    uint32_t *before = render_diff_identify(build, pair.before, &seen);
    uint32_t *after = render_diff_identify(build, pair.after, &seen);
    const Value **twins = arena_new_array(build->arena, const Value *, seen.count + 1);
    bool *taken = arena_new_array(build->arena, bool, seen.count + 1);
    for (size_t i = 0; i < part_count(pair.after); i++)
        twins[after[i]] = part_at(pair.after, i);
    for (size_t i = 0; i < part_count(pair.before); i++) {
        Pair part = {.before = part_at(pair.before, i), .type = &TYPE_DYNAMIC, .path = pair.path};
        part.after = twins[before[i]];
        taken[before[i]] = true;
        render_diff_add_block(&own, diff, block, (Str){0}, part);
    }
    for (size_t i = 0; i < part_count(pair.after); i++) {
        Pair part = {.after = part_at(pair.after, i), .type = &TYPE_DYNAMIC, .path = pair.path};
        if (!taken[after[i]])
            render_diff_add_block(&own, diff, block, (Str){0}, part);
    }
}

static void diff_block_map(const Build *build, RenderDiff *diff, Pair pair, const Block *block) {
    StrVec names = render_parts_names(pair.before, pair.after, build->arena);
    vec_each(&names, name) {
        Pair part = {
            .before = render_diff_find_part(build, pair.before, *name),
            .after = render_diff_find_part(build, pair.after, *name),
            .type = &TYPE_DYNAMIC,
            .path = key_path(build, pair.path, *name),
        };
        render_diff_add_block(build, diff, block, *name, part);
    }
}

static void diff_block(const Build *build, RenderDiff *diff, Pair whole, const Block *block) {
    Str name = str_from_cstr(block->name);
    Pair pair = {
        .before = implicit(render_diff_find_part(build, whole.before, name)),
        .after = implicit(render_diff_find_part(build, whole.after, name)),
        .type = &TYPE_DYNAMIC,
        .path = attribute_path(build, whole.path, name),
    };
    if (!pair.before && !pair.after)
        return;
    bool is_whole = hides(build, pair) || (pair.after && !value_is_known(*pair.after));
    if (is_whole || block->nesting == NEST_SINGLE) {
        render_diff_add_block(build, diff, block, (Str){0}, pair);
        return;
    }
    switch (block->nesting) {
    case NEST_SINGLE: break;
    case NEST_LIST: diff_block_list(build, diff, pair, block); break;
    case NEST_SET: diff_block_set(build, diff, pair, block); break;
    case NEST_MAP: diff_block_map(build, diff, pair, block); break;
    }
}

static int render_diff_compare_blocks(const void *a, const void *b) {
    return strcmp((*(const Block *const *)a)->name, (*(const Block *const *)b)->name);
}

static RenderDiff *diff_body(const Build *build, Pair pair, const Schema *schema) {
    Build own = build_of_attributes(build, pair);
    own.empties_are_null = build->empties_are_null && render_legacy_schema(schema);
    own.empties_are_absent = is_for_opentofu(build->input);
    RenderDiff *diff = new_diff(build, DIFF_BODY, pair);
    diff_attributes(&own, diff, pair, schema);
    const Block **order = arena_new_array(build->arena, const Block *, schema->block_count);
    for (size_t i = 0; i < schema->block_count; i++)
        order[i] = &schema->blocks[i];
    if (schema->block_count > 1)
        qsort(order, schema->block_count, sizeof(*order), render_diff_compare_blocks);
    for (size_t i = 0; i < schema->block_count; i++)
        diff_block(&own, diff, pair, order[i]);
    settle_write_only(build, diff);
    return diff;
}

/* Without a schema: the object's own attributes. */
static RenderDiff *diff_bare_body(const Build *build, Pair pair) {
    RenderDiff *diff = new_diff(build, DIFF_BODY, pair);
    StrVec names = render_parts_names(pair.before, pair.after, build->arena);
    Str *kept = arena_new_array(build->arena, Str, names.count);
    diff->names = kept;
    reserve_items(build, diff, names.count);
    vec_each(&names, name) {
        Pair part = {
            .before = implicit(render_diff_find_part(build, pair.before, *name)),
            .after = implicit(render_diff_find_part(build, pair.after, *name)),
            .type = &TYPE_DYNAMIC,
            .path = attribute_path(build, pair.path, *name),
        };
        if (!part.before && !part.after)
            continue;
        kept[diff->count] = *name;
        render_diff_add_item(diff, diff_pair(build, part));
    }
    return diff;
}

const RenderDiff *render_diff_body(const RenderDiffInput *input, Arena *arena) {
    Build build = {
        .input = input,
        .empties_are_null = is_for_terraform(input),
        .arena = arena,
    };
    build.tracks_paths = input->note_count || (input->replace_paths && input->replace_paths->count);
    build.secrets = map_new(arena);
    render_secret_collect(input->before, &build.secrets);
    render_secret_collect(input->after, &build.secrets);
    Pair pair = {
        .before = implicit(&input->before),
        .after = implicit(&input->after),
        .type = &TYPE_DYNAMIC,
    };
    return input->schema ? diff_body(&build, pair, input->schema) : diff_bare_body(&build, pair);
}

static const RenderDiff *diff_bare(Pair pair, RenderStyle style, Arena *arena) {
    RenderDiffInput input = {
        .show_sensitive = style.show_sensitive,
        .secrets = style.secrets,
        .peer = style.peer,
    };
    Build build = {
        .input = &input,
        .empties_are_null = is_for_terraform(&input),
        .arena = arena,
    };
    pair.before = emptied(&build, pair.before, pair.type);
    pair.after = emptied(&build, pair.after, pair.type);
    return diff_pair(&build, pair);
}

const RenderDiff *render_diff_value(const Value *before, const Value *after, RenderStyle style,
                                    Arena *arena) {
    Pair pair = {.before = before, .after = after, .type = &TYPE_DYNAMIC};
    return diff_bare(pair, style, arena);
}

const RenderDiff *render_diff_typed(const Value *value, RenderStyle style, Arena *arena) {
    Pair pair = {.before = value, .after = value, .type = value->type};
    return diff_bare(pair, style, arena);
}
