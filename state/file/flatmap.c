/* flatmap: sorts the attributes by name, so that nested ones are adjacent; each level parses one
 * segment of the names. */
#include "flatmap.h"
#include "json_writer.h"
#include "vec.h"

typedef struct Leaf {
    Str name;
    Str value;
} Leaf;

/* Leaves whose names begin with the same `offset` bytes. */
typedef struct Range {
    const Leaf *items;
    size_t count;
    size_t offset;
} Range;

static int compare_leaves(const void *a, const void *b) {
    return str_compare(((const Leaf *)a)->name, ((const Leaf *)b)->name);
}

static Str segment_of(const Leaf *leaf, size_t offset) {
    size_t dot = str_find_char(leaf->name, '.', offset);
    return str_slice(leaf->name, offset, dot == SIZE_MAX ? leaf->name.len : dot);
}

/* Removes the leaves of the first segment from `rest` and returns them. */
static Range next_group(Range *rest, Str *segment) {
    *segment = segment_of(&rest->items[0], rest->offset);
    size_t count = 1;
    while (count < rest->count &&
           str_equal(segment_of(&rest->items[count], rest->offset), *segment)) {
        count++;
    }
    Range group = {rest->items, count, rest->offset + segment->len + 1};
    rest->items += count;
    rest->count -= count;
    return group;
}

static bool is_leaf(Range group) {
    return group.items[0].name.len < group.offset;
}

static bool has_count(Range group, const char *mark) {
    for (size_t i = 0; i < group.count; i++) {
        if (str_equal_cstr(str_after(group.items[i].name, group.offset), mark))
            return true;
    }
    return false;
}

static void write_group(JsonWriter *writer, Range group, Arena *scratch);

static void write_object(JsonWriter *writer, Range range, Arena *scratch) {
    json_object_start(writer);
    while (range.count > 0) {
        Str segment;
        Range group = next_group(&range, &segment);
        json_key(writer, segment);
        write_group(writer, group, scratch);
    }
    json_object_end(writer);
}

/* Keys may contain dots, so the whole rest of the name is one key. */
static void write_map(JsonWriter *writer, Range range) {
    json_object_start(writer);
    for (size_t i = 0; i < range.count; i++) {
        Str key = str_after(range.items[i].name, range.offset);
        if (str_equal(key, STR("%")))
            continue;
        json_key(writer, key);
        json_write_string(writer, range.items[i].value);
    }
    json_object_end(writer);
}

typedef struct Element {
    uint64_t index; /* in a set: a hash */
    Range group;
} Element;

static int compare_elements(const void *a, const void *b) {
    uint64_t left = ((const Element *)a)->index;
    uint64_t right = ((const Element *)b)->index;
    return left < right ? -1 : left > right;
}

static void write_list(JsonWriter *writer, Range range, Arena *scratch) {
    VEC(Element) elements = {0};
    while (range.count > 0) {
        Str segment;
        Element element = {.group = next_group(&range, &segment)};
        if (str_to_uint64(segment, &element.index))
            vec_push(scratch, &elements, element);
    }
    if (elements.count > 1)
        qsort(elements.items, elements.count, sizeof *elements.items, compare_elements);
    json_array_start(writer);
    vec_each(&elements, element) {
        write_group(writer, element->group, scratch);
    }
    json_array_end(writer);
}

static void write_group(JsonWriter *writer, Range group, Arena *scratch) {
    if (is_leaf(group)) {
        json_write_string(writer, group.items[0].value);
    } else if (has_count(group, "#")) {
        write_list(writer, group, scratch);
    } else if (has_count(group, "%")) {
        write_map(writer, group);
    } else {
        write_object(writer, group, scratch);
    }
}

Str flatmap_to_json(const Map *flat, Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("flatmap");
    VEC(Leaf) leaves = {0};
    map_each(flat, entry) {
        Leaf leaf = {entry->key, *(const Str *)entry->value};
        vec_push(scratch, &leaves, leaf);
    }
    if (leaves.count > 1)
        qsort(leaves.items, leaves.count, sizeof *leaves.items, compare_leaves);
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    write_object(&writer, (Range){leaves.items, leaves.count, 0}, scratch);
    return strbuf_str(&text);
}
