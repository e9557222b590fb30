/* Parses the output of nft, and compares it with a record. */
#include "table_listing.h"

#include "digest.h"
#include "json.h"
#include "map.h"
#include "nested_list.h"

#define DIGEST_LENGTH ((size_t)16)
#define CHANGES_MAX   ((size_t)2000)

/* The normal form. */

static bool is_passing(Str name) {
    static const Str names[] = {STR_CONST("handle"), STR_CONST("packets"), STR_CONST("bytes"),
                                STR_CONST("used"),   STR_CONST("index"),   STR_CONST("used_unit"),
                                STR_CONST("expires")};
    return str_is_among(name, names, ARRAY_COUNT(names));
}

/* Omits the members that packets and time change. */
static Value drop_counters(Value v, void *, Arena *arena) {
    bool has_any = false;
    if (!value_is_present(v) || v.type->kind != KIND_OBJECT)
        return v;
    for (size_t i = 0; i < v.count; i++)
        has_any |= is_passing(value_key_at(v, i));
    if (!has_any)
        return v;
    ObjectBuilder builder = object_builder_new(arena);
    for (size_t i = 0; i < v.count; i++) {
        if (!is_passing(value_key_at(v, i)))
            object_builder_put(&builder, value_key_at(v, i), value_at(v, i));
    }
    return object_builder_value(&builder);
}

static Str table_listing_digest_of_text(Str text, Arena *arena) {
    return str_slice(digest_hex(DIGEST_SHA256, text, arena), 0, DIGEST_LENGTH);
}

static Str table_listing_digest_of(Value v, Arena *arena) {
    return table_listing_digest_of_text(
        json_text(value_transform(v, drop_counters, NULL, arena), arena), arena);
}

static Value table_listing_without(Value object, Str name, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    for (size_t i = 0; i < object.count; i++) {
        if (!str_equal(value_key_at(object, i), name))
            object_builder_put(&builder, value_key_at(object, i), value_at(object, i));
    }
    return object_builder_value(&builder);
}

/* Elements as nft writes them. */

static Str table_listing_joined(Value list, Str separator, Str (*write)(Value v, Arena *arena),
                                Arena *arena) {
    StrVec parts = {0};
    for (size_t i = 0; i < list.count; i++)
        vec_push(arena, &parts, write(value_at(list, i), arena));
    return str_join(parts.items, parts.count, separator, arena);
}

static bool table_listing_is_list(Value v) {
    return value_is_present(v) && v.type->kind == KIND_TUPLE;
}

static Str table_listing_scalar_text(Value v, Arena *arena) {
    if (v.type == &TYPE_STRING && value_is_present(v))
        return value_text(v);
    return v.type == &TYPE_NUMBER && value_is_present(v) ? value_number_text(v, arena)
                                                         : json_text(v, arena);
}

static Str timed_text(Value element, Arena *arena);

/* Returns the text of an element's value, or of a verdict. */
static Str value_text_of(Value v, Arena *arena) {
    Value inner, length;
    if (!value_is_present(v) || v.type->kind != KIND_OBJECT || v.count != 1)
        return table_listing_scalar_text(v, arena);
    Str name = value_key_at(v, 0);
    inner = value_at(v, 0);
    if (value_is_null(inner))
        return name; /* accept */
    if (str_equal(name, STR("prefix")) && value_find(inner, STR("len"), &length))
        return str_format(arena, "%.*s/%.*s", STR_ARG(value_text_at(inner, STR("addr"))),
                          STR_ARG(table_listing_scalar_text(length, arena)));
    if (str_equal(name, STR("range")) && table_listing_is_list(inner))
        return table_listing_joined(inner, STR("-"), value_text_of, arena);
    if (str_equal(name, STR("concat")) && table_listing_is_list(inner))
        return table_listing_joined(inner, STR(" . "), value_text_of, arena);
    if (str_equal(name, STR("elem")))
        return timed_text(inner, arena);
    Str target;
    if (value_find_text(inner, STR("target"), &target))
        return str_format(arena, "%.*s %.*s", STR_ARG(name), STR_ARG(target)); /* jump web */
    return json_text(v, arena);
}

static Str timed_text(Value element, Arena *arena) {
    Value value, timeout;
    Str comment;
    if (!value_find(element, STR("val"), &value))
        return json_text(element, arena);
    Str text = value_text_of(value, arena);
    if (value_find_present(element, STR("timeout"), &timeout))
        text = str_format(arena, "%.*s timeout %.*ss", STR_ARG(text),
                          STR_ARG(table_listing_scalar_text(timeout, arena)));
    if (value_find_text(element, STR("comment"), &comment))
        text = str_format(arena, "%.*s comment \"%.*s\"", STR_ARG(text), STR_ARG(comment));
    return text;
}

static Str element_text(Value v, Arena *arena) {
    if (table_listing_is_list(v) && v.count == 2)
        return str_format(arena, "%.*s : %.*s", STR_ARG(value_text_of(value_at(v, 0), arena)),
                          STR_ARG(value_text_of(value_at(v, 1), arena)));
    return value_text_of(v, arena);
}

/* Returns whether the element expires. Expiring elements are not compared with the configuration.
 */
static bool expires(Value element) {
    Value inner, time;
    return value_find(element, STR("elem"), &inner) &&
           value_find_present(inner, STR("expires"), &time);
}

/* Parts of a listing. */

/* Returns the text of the rule with this handle. */
static Str rule_text(Str text, Value handle, Arena *arena) {
    Str mark =
        str_format(arena, " # handle %.*s\n", STR_ARG(table_listing_scalar_text(handle, arena)));
    size_t from = 0;
    for (;;) {
        size_t end = str_find(text, mark, from);
        if (end == SIZE_MAX)
            return STR_EMPTY;
        size_t start = str_rfind_char(str_slice(text, 0, end), '\n');
        Str line = str_trim(str_slice(text, start == SIZE_MAX ? 0 : start, end));
        /* Other lines with a handle start a block; handles of rules and of blocks overlap. */
        if (!str_ends_with(line, STR("{")))
            return line;
        from = end + mark.len;
    }
}

static void add_texts(Value object, Str name, StrVec *out, Arena *arena) {
    Value found;
    if (!value_find_present(object, name, &found))
        return;
    if (!table_listing_is_list(found)) {
        vec_push(arena, out, table_listing_scalar_text(found, arena));
        return;
    }
    for (size_t i = 0; i < found.count; i++)
        vec_push(arena, out, table_listing_scalar_text(value_at(found, i), arena));
}

static Str table_listing_text_of(Value object, Str name, Arena *arena) {
    Value found;
    return value_find_present(object, name, &found) ? table_listing_scalar_text(found, arena)
                                                    : STR_EMPTY;
}

static void table_listing_parse_chain(Value object, TableListing *out, Arena *arena) {
    ListedChain chain = {
        .name = value_text_at(object, STR("name")),
        .digest = table_listing_digest_of(object, arena),
        .type = value_text_at(object, STR("type")),
        .hook = value_text_at(object, STR("hook")),
        .priority = table_listing_text_of(object, STR("prio"), arena),
        .policy = value_text_at(object, STR("policy")),
    };
    add_texts(object, STR("dev"), &chain.devices, arena);
    vec_push(arena, &out->chains, chain);
}

static void parse_elements(Value object, ListedSet *set, Arena *arena) {
    ValueVec lasting = {0};
    Value elements = value_tuple_at(object, STR("elem"));
    for (size_t i = 0; i < elements.count; i++) {
        if (expires(value_at(elements, i)))
            continue;
        vec_push(arena, &lasting, value_at(elements, i));
        vec_push(arena, &set->elements, element_text(value_at(elements, i), arena));
    }
    str_sort(set->elements.items, set->elements.count);
    set->elements_digest = table_listing_digest_of_text(
        str_join(set->elements.items, set->elements.count, STR("\n"), arena), arena);
}

static void parse_set(Value object, bool is_map, TableListing *out, Arena *arena) {
    StrVec types = {0}, values = {0};
    Value found;
    ListedSet set = {
        .name = value_text_at(object, STR("name")),
        .is_map = is_map,
        .digest = table_listing_digest_of(table_listing_without(object, STR("elem"), arena), arena),
        .auto_merge = value_find(object, STR("auto-merge"), &found) && value_is_true(found),
    };
    add_texts(object, STR("type"), &types, arena);
    add_texts(object, STR("map"), &values, arena);
    add_texts(object, STR("flags"), &set.flags, arena);
    set.type = str_join(types.items, types.count, STR(" . "), arena);
    if (is_map)
        set.type = str_format(arena, "%.*s : %.*s", STR_ARG(set.type),
                              STR_ARG(str_join(values.items, values.count, STR(" . "), arena)));
    if (value_find_present(object, STR("timeout"), &found))
        set.timeout = str_format(arena, "%.*ss", STR_ARG(table_listing_scalar_text(found, arena)));
    (void)value_find_int(object, STR("size"), &set.size);
    parse_elements(object, &set, arena);
    vec_push(arena, &out->sets, set);
}

static void parse_rule(Value object, Str text, TableListing *out, Arena *arena) {
    Str name = value_text_at(object, STR("chain"));
    Value handle;
    ListedRule rule = {.digest = table_listing_digest_of(object, arena)};
    if (value_find_present(object, STR("handle"), &handle))
        rule.text = rule_text(text, handle, arena);
    vec_each(&out->chains, chain) {
        if (str_equal(chain->name, name))
            vec_push(arena, &chain->rules, rule);
    }
}

static bool parse_part(Value part, Str text, TableListing *out, Arena *arena) {
    if (!value_is_present(part) || part.type->kind != KIND_OBJECT || part.count != 1)
        return false;
    Str kind = value_key_at(part, 0);
    Value object = value_at(part, 0);
    if (!value_is_present(object) || object.type->kind != KIND_OBJECT)
        return false;
    if (str_equal(kind, STR("chain")))
        table_listing_parse_chain(object, out, arena);
    else if (str_equal(kind, STR("set")) || str_equal(kind, STR("map")))
        parse_set(object, str_equal(kind, STR("map")), out, arena);
    else if (str_equal(kind, STR("rule")))
        parse_rule(object, text, out, arena);
    else if (!str_equal(kind, STR("table")) && !str_equal(kind, STR("metainfo")))
        vec_push(arena, &out->others,
                 str_format(arena, "%.*s %.*s", STR_ARG(kind),
                            STR_ARG(value_text_at(object, STR("name")))));
    return true;
}

/* Names are keys of the record. */
static bool has_unique_names(const TableListing *listing, Arena *arena) {
    Map chains = {0}, sets = {0};
    vec_each(&listing->chains, chain)
        (void)map_put(arena, &chains, chain->name, chain);
    vec_each(&listing->sets, set)
        (void)map_put(arena, &sets, set->name, set);
    return chains.count == listing->chains.count && sets.count == listing->sets.count;
}

bool table_listing_parse(Str json, Str text, TableListing *out, Arena *arena) {
    Value root;
    *out = (TableListing){0};
    if (!json_parse_object(json, &root, arena))
        return false;
    Value parts = value_tuple_at(root, STR("nftables"));
    /* nft lists the chains before the rules. */
    for (size_t i = 0; i < parts.count; i++) {
        if (!parse_part(value_at(parts, i), text, out, arena))
            return false;
    }
    return parts.count > 0 && has_unique_names(out, arena);
}

/* The record. */

static void write_chain_record(JsonWriter *writer, const ListedChain *chain) {
    json_key(writer, chain->name);
    json_object_start(writer);
    json_key_string(writer, "digest", chain->digest);
    json_key_array(writer, "rules");
    vec_each(&chain->rules, rule)
        json_write_string(writer, rule->digest);
    json_array_end(writer);
    json_object_end(writer);
}

static void write_set_records(JsonWriter *writer, const char *name, const TableListing *listing) {
    json_key_object(writer, name);
    vec_each(&listing->sets, set) {
        if (set->is_map != (strcmp(name, "maps") == 0))
            continue;
        json_key(writer, set->name);
        json_object_start(writer);
        json_key_string(writer, "digest", set->digest);
        json_key_string(writer, "elements", set->elements_digest);
        json_object_end(writer);
    }
    json_object_end(writer);
}

Str table_listing_record(const TableListing *listing, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    json_key_object(&writer, "chains");
    vec_each(&listing->chains, chain)
        write_chain_record(&writer, chain);
    json_object_end(&writer);
    write_set_records(&writer, "sets", listing);
    write_set_records(&writer, "maps", listing);
    json_object_end(&writer);
    return strbuf_str(&text);
}

Value table_listing_read_record(Str record, Arena *arena) {
    Value value;
    return json_parse_any(record, &value, NULL, NULL, arena) ? value : value_null(&TYPE_DYNAMIC);
}

/* Differences. */

/* The rules of a record and of the live chain, without equal rules at the start and the end. */
typedef struct Pairs {
    Value old; /* tuple of digests */
    const ListedChain *live;
    size_t head; /* number of equal rules before them */
    size_t old_count;
    size_t live_count;
    uint32_t
        *lengths; /* (old_count + 1) × (live_count + 1): of the common subsequence of the rest */
} Pairs;

static bool is_pair(const Pairs *pairs, size_t old, size_t live) {
    return str_equal(value_text(value_at(pairs->old, pairs->head + old)),
                     pairs->live->rules.items[pairs->head + live].digest);
}

static uint32_t *length_at(const Pairs *pairs, size_t old, size_t live) {
    return &pairs->lengths[old * (pairs->live_count + 1) + live];
}

static void fill_common_lengths(Pairs *pairs, Arena *arena) {
    size_t count = (pairs->old_count + 1) * (pairs->live_count + 1);
    pairs->lengths = arena_new_array(arena, uint32_t, count);
    memset(pairs->lengths, 0, sizeof(uint32_t) * count);
    for (size_t old = pairs->old_count; old-- > 0;) {
        for (size_t live = pairs->live_count; live-- > 0;) {
            uint32_t skip_old = *length_at(pairs, old + 1, live);
            uint32_t skip_live = *length_at(pairs, old, live + 1);
            *length_at(pairs, old, live) = is_pair(pairs, old, live)
                                               ? *length_at(pairs, old + 1, live + 1) + 1
                                           : skip_old > skip_live ? skip_old
                                                                  : skip_live;
        }
    }
}

static Pairs table_listing_pair_rules(Value old, const ListedChain *live, Arena *arena) {
    Pairs pairs = {.old = old, .live = live};
    size_t old_count = old.count, live_count = live->rules.count;
    while (old_count > pairs.head && live_count > pairs.head && is_pair(&pairs, 0, 0))
        pairs.head++;
    while (old_count > pairs.head && live_count > pairs.head &&
           is_pair(&pairs, old_count - pairs.head - 1, live_count - pairs.head - 1))
        old_count--, live_count--;
    pairs.old_count = old_count - pairs.head;
    pairs.live_count = live_count - pairs.head;
    /* The table of lengths would be too large: all of these rules get the text of nft. */
    if (pairs.old_count > CHANGES_MAX || pairs.live_count > CHANGES_MAX)
        pairs.old_count = 0;
    fill_common_lengths(&pairs, arena);
    return pairs;
}

/* Returns the texts of the live rules; those that the record contains keep their text in `stored`.
 */
static Value merge_rules(const ListedChain *live, Value old, Value stored, Arena *arena) {
    StrVec texts = {0};
    if (old.count != nested_list_count(stored, "rules"))
        old = value_tuple(NULL, 0, arena);
    Pairs pairs = table_listing_pair_rules(old, live, arena);
    size_t tail = pairs.head + pairs.live_count, at = 0;
    size_t shift = old.count - live->rules.count; /* of the equal rules at the end; may wrap */
    for (size_t i = 0; i < live->rules.count; i++) {
        size_t from = SIZE_MAX;
        if (i < pairs.head) {
            from = i;
        } else if (i >= tail) {
            from = i + shift;
        } else {
            size_t middle = i - pairs.head;
            while (at < pairs.old_count && !is_pair(&pairs, at, middle) &&
                   *length_at(&pairs, at + 1, middle) >= *length_at(&pairs, at, middle + 1))
                at++;
            if (at < pairs.old_count && is_pair(&pairs, at, middle))
                from = pairs.head + at++;
        }
        vec_push(arena, &texts,
                 from == SIZE_MAX ? live->rules.items[i].text
                                  : value_text(nested_list_at(stored, "rules", from)));
    }
    return texts.count || value_is_present(object_attribute(stored, "rules"))
               ? nested_list_of_texts(&texts, arena)
               : value_null(&TYPE_LIST_OF_STRING);
}

static Value texts_or_null(const StrVec *texts, Arena *arena) {
    return texts->count ? nested_list_of_texts(texts, arena) : value_null(&TYPE_LIST_OF_STRING);
}

static Value live_chain(const ListedChain *chain, Value old, Value stored, const Type *type,
                        Arena *arena) {
    bool is_kept =
        value_is_present(stored) && str_equal(value_text_at(old, STR("digest")), chain->digest);
    ObjectBuilder builder =
        is_kept ? object_builder_of(stored, arena) : object_builder_null(type, arena);
    if (!is_kept) {
        object_builder_set_optional(&builder, "type", chain->type, arena);
        object_builder_set_optional(&builder, "hook", chain->hook, arena);
        object_builder_set_optional(&builder, "priority", chain->priority, arena);
        object_builder_set_optional(&builder, "policy", chain->policy, arena);
        object_builder_set(&builder, "devices", texts_or_null(&chain->devices, arena));
    }
    ObjectBuilder none = object_builder_null(type, arena);
    Value before = value_is_present(stored) ? stored : object_builder_value(&none);
    object_builder_set(&builder, "rules",
                       merge_rules(chain, value_tuple_at(old, STR("rules")), before, arena));
    return object_builder_value(&builder);
}

static bool table_listing_has_flag(Value set, Str flag) {
    for (size_t i = 0; i < nested_list_count(set, "flags"); i++) {
        Value item = nested_list_at(set, "flags", i);
        if (value_is_present(item) && str_equal(value_text(item), flag))
            return true;
    }
    return false;
}

static Value set_of_texts(const StrVec *texts, Arena *arena) {
    Value *items = arena_new_array(arena, Value, texts->count);
    for (size_t i = 0; i < texts->count; i++)
        items[i] = value_string(texts->items[i], arena);
    return value_set(&TYPE_STRING, items, texts->count, arena);
}

static Value live_set(const ListedSet *set, Value old, Value stored, const Type *type,
                      Arena *arena) {
    bool is_stored = value_is_present(stored);
    bool is_kept = is_stored && str_equal(value_text_at(old, STR("digest")), set->digest);
    ObjectBuilder builder =
        is_kept ? object_builder_of(stored, arena) : object_builder_null(type, arena);
    if (!is_kept) {
        object_builder_set_text(&builder, "type", set->type, arena);
        object_builder_set(&builder, "flags", texts_or_null(&set->flags, arena));
        object_builder_set_optional(&builder, "timeout", set->timeout, arena);
        if (set->size > 0)
            object_builder_set(&builder, "size", value_int(set->size));
        if (set->auto_merge)
            object_builder_set(&builder, "auto_merge", value_bool(true));
    }
    bool has_same = str_equal(value_text_at(old, STR("elements")), set->elements_digest);
    /* Packets change the elements of a dynamic set. */
    if (is_stored && (has_same || table_listing_has_flag(stored, STR("dynamic"))))
        object_builder_set(&builder, "elements", object_attribute(stored, "elements"));
    else
        object_builder_set(&builder, "elements",
                           set->elements.count || is_stored ? set_of_texts(&set->elements, arena)
                                                            : value_null(&TYPE_SET_OF_STRING));
    return object_builder_value(&builder);
}

static Value table_listing_member(Value map, Str name) {
    Value found;
    return value_find(map, name, &found) ? found : value_null(&TYPE_DYNAMIC);
}

/* Items of a map attribute under construction. */
typedef struct Items {
    const char *name;
    const Type *element;
    Value stored;
    Value old;
    ObjectBuilder made;
} Items;

static Items start_items(const char *name, Value record, Value state, Arena *arena) {
    return (Items){
        .name = name,
        .element = object_attribute_type(state.type, name)->element,
        .stored = object_attribute(state, name),
        .old = table_listing_member(record, str_from_cstr(name)),
        .made = object_builder_new(arena),
    };
}

static Value finish_items(Items *items) {
    if (items->made.names.count == 0 && value_is_null(items->stored))
        return items->stored;
    return object_builder_map(&items->made, items->element);
}

static Value live_chains(const TableListing *live, Value record, Value state, Arena *arena) {
    Items items = start_items("chains", record, state, arena);
    vec_each(&live->chains, chain) {
        Value stored = table_listing_member(items.stored, chain->name),
              old = table_listing_member(items.old, chain->name);
        object_builder_put(&items.made, chain->name,
                           live_chain(chain, old, stored, items.element, arena));
    }
    return finish_items(&items);
}

static Value live_sets(const TableListing *live, const char *name, Value record, Value state,
                       Arena *arena) {
    Items items = start_items(name, record, state, arena);
    vec_each(&live->sets, set) {
        if (set->is_map != (strcmp(name, "maps") == 0))
            continue;
        Value stored = table_listing_member(items.stored, set->name),
              old = table_listing_member(items.old, set->name);
        object_builder_put(&items.made, set->name,
                           live_set(set, old, stored, items.element, arena));
    }
    return finish_items(&items);
}

/* Returns whether all views have this item, and it is the same in all. */
static bool table_listing_is_same_item(const Value *views, size_t count, const char *name,
                                       Str key) {
    Value first = table_listing_member(table_listing_member(views[0], str_from_cstr(name)), key);
    bool is_same = value_is_present(first);
    for (size_t i = 1; is_same && i < count; i++)
        is_same = value_equal(
            first, table_listing_member(table_listing_member(views[i], str_from_cstr(name)), key));
    return is_same;
}

Value table_listing_keep(const Value *views, size_t count, Value prior, Value planned,
                         Arena *arena) {
    static const char *const names[] = {"chains", "sets", "maps"};
    ObjectBuilder builder = object_builder_of(planned, arena);
    for (size_t k = 0; k < ARRAY_COUNT(names); k++) {
        Value items = object_attribute(planned, names[k]);
        ObjectBuilder made = object_builder_new(arena);
        for (size_t i = 0; value_is_present(items) && i < items.count; i++) {
            Str key = value_key_at(items, i);
            Value old = table_listing_member(object_attribute(prior, names[k]), key);
            bool is_kept =
                value_is_present(old) && table_listing_is_same_item(views, count, names[k], key);
            object_builder_put(&made, key, is_kept ? old : value_at(items, i));
        }
        if (made.names.count > 0)
            object_builder_set(&builder, names[k], object_builder_map(&made, items.type->element));
    }
    return object_builder_value(&builder);
}

Value table_listing_apply(const TableListing *live, Str record, Value state, Arena *arena) {
    if (str_equal(record, table_listing_record(live, arena)))
        return state;
    Value old = table_listing_read_record(record, arena);
    ObjectBuilder builder = object_builder_of(state, arena);
    object_builder_set(&builder, "chains", live_chains(live, old, state, arena));
    object_builder_set(&builder, "sets", live_sets(live, "sets", old, state, arena));
    object_builder_set(&builder, "maps", live_sets(live, "maps", old, state, arena));
    return object_builder_value(&builder);
}
