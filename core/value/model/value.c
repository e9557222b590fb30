/* value: creates and inspects values. */
#include "value.h"

#include "utf8.h"

enum { FLAGS_INHERITED = FLAG_UNKNOWN_INSIDE | FLAG_MARKS_INSIDE };

static uint32_t to_count(size_t count) {
    CHECK(count <= UINT32_MAX);
    return (uint32_t)count;
}

/* Returns the flags of a value that contains these items. */
static uint8_t value_flags_of(const Value *items, size_t count) {
    unsigned flags = 0;
    for (size_t i = 0; i < count; i++)
        flags |= items[i].flags;
    return (uint8_t)(flags & FLAGS_INHERITED);
}

static Value with_items(const Type *type, const Value *items, size_t count) {
    return (Value){.type = type,
                   .as.items = items,
                   .count = to_count(count),
                   .state = VALUE_KNOWN,
                   .flags = value_flags_of(items, count)};
}

Value value_null(const Type *type) {
    return (Value){.type = type, .state = VALUE_NULL};
}

Value value_unknown(const Type *type) {
    return (Value){.type = type, .state = VALUE_UNKNOWN, .flags = FLAG_UNKNOWN_INSIDE};
}

Value value_unknown_refined(const Type *type, Refinement refinement, Arena *arena) {
    Value v = value_unknown(type);
    Refinement *kept = arena_new(arena, Refinement);
    *kept = refinement;
    v.as.refinement = kept;
    return v;
}

Value value_bool(bool boolean) {
    return (Value){.type = &TYPE_BOOL, .as.boolean = boolean, .state = VALUE_KNOWN};
}

Value value_int(int64_t integer) {
    return value_int_of(integer, NUMBER_PRECISION_TEXT);
}

Value value_int_of(int64_t integer, uint32_t precision) {
    return (Value){
        .type = &TYPE_NUMBER, .as.integer = integer, .count = precision, .state = VALUE_KNOWN};
}

Value value_from_number(const Number *number) {
    int64_t integer = 0;
    if (number_to_int(number, &integer) && !number_is_negative_zero(number))
        return value_int_of(integer, number_precision(number));
    return (Value){.type = &TYPE_NUMBER,
                   .as.number = number,
                   .count = number_precision(number),
                   .state = VALUE_KNOWN,
                   .flags = FLAG_BIG};
}

bool value_from_number_text(Str text, Value *out, Arena *arena) {
    int64_t integer;
    const Number *number;
    if (str_to_int64(text, &integer)) {
        *out = value_int(integer);
        return true;
    }
    if (!number_from_text(text, &number, arena))
        return false;
    *out = value_from_number(number);
    return true;
}

Value value_from_str(Str text) {
    return (Value){.type = &TYPE_STRING,
                   .as.text = text.ptr,
                   .count = to_count(text.len),
                   .state = VALUE_KNOWN};
}

Value value_from_cstr(const char *text) {
    return value_from_str(str_from_cstr(text));
}

static Str replace_invalid(Str text, Arena *arena) {
    StrBuf valid = strbuf_new(arena);
    for (size_t at = 0; at < text.len;) {
        size_t width = 1;
        utf8_add(&valid, utf8_decode(text, at, &width));
        at += width;
    }
    return strbuf_str(&valid);
}

static bool value_is_ascii(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] & 0x80)
            return false;
    }
    return true;
}

Value value_string(Str text, Arena *arena) {
    if (value_is_ascii(text))
        return value_from_str(text);
    if (utf8_valid_prefix(text) != text.len)
        text = replace_invalid(text, arena);
    return value_from_str(utf8_nfc(text, arena));
}

Value value_list(const Type *element, const Value *items, size_t count, Arena *arena) {
    return with_items(type_list(element, arena), items, count);
}

Value value_tuple(const Value *items, size_t count, Arena *arena) {
    bool shared = true;
    for (size_t i = 1; shared && i < count; i++)
        shared = type_equal(items[0].type, items[i].type);
    if (shared && count > 0) {
        return with_items(type_tuple_of(items[0].type, count, arena), items, count);
    }
    const Type **types = arena_new_array(arena, const Type *, count);
    for (size_t i = 0; i < count; i++)
        types[i] = items[i].type;
    return with_items(type_tuple(types, count, arena), items, count);
}

Value value_object_of(const Type *type, const Value *items) {
    CHECK(type->kind == KIND_OBJECT);
    return with_items(type, items, type->count);
}

/* As in cty, a value that contains unknowns is no duplicate, because it may become any value. */
static bool is_duplicate(Value a, Value b) {
    return value_is_wholly_known(a) && value_is_wholly_known(b) && value_compare(a, b) == 0;
}

static size_t value_drop_duplicates(Value *items, size_t count) {
    if (count == 0)
        return 0;
    size_t kept = 1;
    for (size_t i = 1; i < count; i++) {
        if (!is_duplicate(items[kept - 1], items[i]))
            items[kept++] = items[i];
    }
    return kept;
}

Value value_set(const Type *element, Value *items, size_t count, Arena *arena) {
    uint8_t marks = 0;
    for (size_t i = 0; i < count; i++) {
        if (!value_has_marks_anywhere(items[i]))
            continue;
        marks |= value_marks_deep(items[i]);
        items[i] = value_unmark_deep(items[i], arena);
    }
    value_sort_members(items, count, arena);
    Value set = with_items(type_set(element, arena), items, value_drop_duplicates(items, count));
    return value_with_marks(set, marks);
}

/* A key with its item and its original position, for sorting. */
typedef struct Entry {
    Str key;
    Value item;
    size_t place;
} Entry;

static int value_compare_entries(const void *a, const void *b) {
    const Entry *left = a, *right = b;
    int order = str_compare(left->key, right->key);
    if (order != 0)
        return order;
    return left->place < right->place ? -1 : left->place > right->place;
}

/* Sorts keys and items by key in place and returns the new count. Of equal keys the last wins. */
static size_t sort_by_key(Str *keys, Value *items, size_t count, Arena *arena) {
    if (str_is_strictly_sorted(keys, count))
        return count;
    Entry *entries = arena_new_array(arena, Entry, count);
    for (size_t i = 0; i < count; i++)
        entries[i] = (Entry){keys[i], items[i], i};
    qsort(entries, count, sizeof(*entries), value_compare_entries);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (i + 1 < count && str_equal(entries[i].key, entries[i + 1].key))
            continue;
        keys[kept] = entries[i].key;
        items[kept++] = entries[i].item;
    }
    return kept;
}

Value value_map(const Type *element, Str *keys, Value *items, size_t count, Arena *arena) {
    count = sort_by_key(keys, items, count, arena);
    Value v = with_items(type_map(element, arena), items, count);
    ValueMap *map = arena_new(arena, ValueMap);
    *map = (ValueMap){keys, items};
    v.as.map = map;
    return v;
}

Value value_object(Str *names, Value *items, size_t count, Arena *arena) {
    count = sort_by_key(names, items, count, arena);
    const Type **types = arena_new_array(arena, const Type *, count);
    for (size_t i = 0; i < count; i++)
        types[i] = items[i].type;
    return with_items(type_object(names, types, NULL, count, arena), items, count);
}

static const Type *value_part_type(const Type *type, size_t i) {
    return type_is_collection(type) ? type->element : type_at(type, i);
}

static const Type *type_of_items(Value v, const Value *items, Arena *arena) {
    size_t same = 0;
    while (same < v.count && items[same].type == value_part_type(v.type, same))
        same++;
    if (same == v.count)
        return v.type;
    const Type **types = arena_new_array(arena, const Type *, v.count);
    for (size_t i = 0; i < v.count; i++)
        types[i] = items[i].type;
    return type_with_elements(v.type, types, v.count, arena);
}

Value value_with_items(Value v, Value *items, Arena *arena) {
    CHECK(value_is_present(v) && v.type->kind >= KIND_LIST);
    const Type *type = type_of_items(v, items, arena);
    Value made;
    if (v.type->kind == KIND_SET) {
        made = value_set(type->element, items, v.count, arena);
    } else {
        made = with_items(type, items, v.count);
    }
    if (v.type->kind == KIND_MAP) {
        ValueMap *map = arena_new(arena, ValueMap);
        *map = (ValueMap){v.as.map->keys, items};
        made.as.map = map;
    }
    return value_with_marks(made, v.marks);
}

static bool adopts_type(Value item) {
    return value_is_null(item) || item.type->kind == KIND_DYNAMIC;
}

const Type *value_unify_items(const Type *element, Value *items, size_t count) {
    const Type *unified = NULL;
    if (!element->has_dynamic)
        return element;
    for (size_t i = 0; i < count; i++) {
        if (adopts_type(items[i]))
            continue;
        if (unified && !type_equal(unified, items[i].type))
            return NULL;
        unified = items[i].type;
    }
    if (!unified)
        return element;
    for (size_t i = 0; i < count; i++) {
        if (adopts_type(items[i]))
            items[i].type = unified;
    }
    return unified;
}

Value *value_copy_items(Value v, Arena *arena) {
    Value *items = arena_new_array(arena, Value, v.count);
    for (size_t i = 0; i < v.count; i++)
        items[i] = value_at(v, i);
    return items;
}

Str value_text(Value string) {
    CHECK(string.type->kind == KIND_STRING && value_is_present(string));
    return (Str){string.as.text, string.count};
}

bool value_to_int(Value number, int64_t *out) {
    CHECK(number.type->kind == KIND_NUMBER && value_is_present(number));
    if (number.flags & FLAG_BIG)
        return number_to_int(number.as.number, out);
    *out = number.as.integer;
    return true;
}

double value_to_double(Value number) {
    CHECK(number.type->kind == KIND_NUMBER && value_is_present(number));
    if (number.flags & FLAG_BIG)
        return number_to_double(number.as.number);
    return (double)number.as.integer;
}

const Number *value_to_number(Value number, Arena *arena) {
    CHECK(number.type->kind == KIND_NUMBER && value_is_present(number));
    if (number.flags & FLAG_BIG)
        return number.as.number;
    return number_from_int(number.as.integer, number.count, arena);
}

Str value_number_text(Value number, Arena *arena) {
    CHECK(number.type->kind == KIND_NUMBER && value_is_present(number));
    const int64_t exact = INT64_C(1) << NUMBER_PRECISION_DOUBLE;
    bool is_exact = number.count >= NUMBER_PRECISION_INT ||
                    (number.as.integer <= exact && number.as.integer >= -exact);
    if (number.flags & FLAG_BIG || !is_exact)
        return number_to_text(value_to_number(number, arena), arena);
    return str_format(arena, "%lld", (long long)number.as.integer);
}

bool value_is_true(Value boolean) {
    return boolean.type->kind == KIND_BOOL && value_is_present(boolean) && boolean.as.boolean;
}

Value value_at(Value v, size_t i) {
    CHECK(value_is_present(v) && v.type->kind >= KIND_LIST && i < v.count);
    return v.type->kind == KIND_MAP ? v.as.map->items[i] : v.as.items[i];
}

Str value_key_at(Value map_or_object, size_t i) {
    const Type *type = map_or_object.type;
    if (type->kind == KIND_OBJECT) {
        CHECK(i < type->count);
        return type->names[i];
    }
    CHECK(type->kind == KIND_MAP && value_is_present(map_or_object) && i < map_or_object.count);
    return map_or_object.as.map->keys[i];
}

Value value_attribute(Value object, Str name) {
    size_t i = 0;
    CHECK(object.type->kind == KIND_OBJECT && value_is_present(object));
    bool found = type_find_attribute(object.type, name, &i);
    CHECK(found);
    return object.as.items[i];
}

static bool value_find_key(const ValueMap *map, size_t count, Str name, size_t *index) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(map->keys[middle], name);
        if (order == 0) {
            *index = middle;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

bool value_find(Value v, Str name, Value *out) {
    size_t i = 0;
    if (!value_is_present(v))
        return false;
    if (v.type->kind == KIND_OBJECT) {
        if (!type_find_attribute(v.type, name, &i))
            return false;
    } else if (v.type->kind != KIND_MAP || !value_find_key(v.as.map, v.count, name, &i)) {
        return false;
    }
    *out = value_at(v, i);
    return true;
}

bool value_find_present(Value v, Str name, Value *out) {
    Value found;
    if (!value_find(v, name, &found) || !value_is_present(found))
        return false;
    *out = found;
    return true;
}

bool value_find_text(Value v, Str name, Str *out) {
    Value found;
    if (!value_find_present(v, name, &found) || found.type->kind != KIND_STRING)
        return false;
    *out = value_text(found);
    return true;
}

bool value_find_int(Value v, Str name, int64_t *out) {
    Value found;
    int64_t number;
    if (!value_find_present(v, name, &found) || found.type->kind != KIND_NUMBER ||
        !value_to_int(found, &number))
        return false;
    *out = number;
    return true;
}

bool value_find_tuple(Value v, Str name, Value *out) {
    Value found;
    if (!value_find_present(v, name, &found) || found.type->kind != KIND_TUPLE)
        return false;
    *out = found;
    return true;
}

Str value_text_at(Value v, Str name) {
    Str text = STR_EMPTY;
    (void)value_find_text(v, name, &text);
    return text;
}

Value value_tuple_at(Value v, Str name) {
    Value tuple = {.type = &TYPE_EMPTY_TUPLE, .state = VALUE_KNOWN};
    (void)value_find_tuple(v, name, &tuple);
    return tuple;
}

StrVec value_texts_of(Value array, Arena *arena) {
    StrVec texts = {0};
    bool is_array = value_is_present(array) && array.type->kind == KIND_TUPLE;
    for (size_t i = 0; is_array && i < array.count; i++) {
        Value one = value_at(array, i);
        if (value_is_present(one) && one.type->kind == KIND_STRING)
            vec_push(arena, &texts, value_text(one));
    }
    return texts;
}

size_t value_element_count(Value v, size_t limit) {
    size_t count = 1;
    if (!value_is_present(v) || v.type->kind < KIND_LIST)
        return count;
    for (size_t i = 0; i < v.count && count <= limit; i++) {
        count += value_element_count(value_at(v, i), limit - count);
    }
    return count;
}

bool value_fits(Value v, int64_t *elements, int64_t *bytes) {
    *elements -= 1;
    if (!value_is_present(v))
        return *elements >= 0;
    if (v.type->kind == KIND_STRING)
        *bytes -= v.count;
    if (v.type->kind < KIND_LIST)
        return *elements >= 0 && *bytes >= 0;
    bool has_plain_items = (v.type->kind == KIND_LIST || v.type->kind == KIND_SET) &&
                           v.type->element->kind < KIND_STRING;
    if (has_plain_items) {
        *elements -= v.count;
        return *elements >= 0;
    }
    for (size_t i = 0; i < v.count; i++)
        if (!value_fits(value_at(v, i), elements, bytes))
            return false;
    return *elements >= 0;
}
