/* Long secrets are sorted, and those with a shorter secret as prefix are dropped. Then at most one
 * secret can begin at a place of a text: the last one that sorts before the rest of the text. A
 * hash table of the first bytes skips most places. */
#include "secret_index.h"

#define PREFIX_BYTES sizeof(uint32_t)
static_assert(PREFIX_BYTES <= SECRET_SHORT_MAX + 1, "every long secret has a whole prefix");

static uint32_t prefix_at(const char *bytes) {
    uint32_t prefix;
    memcpy(&prefix, bytes, PREFIX_BYTES);
    return prefix;
}

/* Returns the range of the prefix, or the empty slot for it. */
static SecretRange *find_range(const SecretIndex *index, uint32_t prefix) {
    size_t slot = (prefix * UINT32_C(2654435761) >> 8) & index->range_mask;
    while (index->ranges[slot].end > 0 && index->ranges[slot].prefix != prefix)
        slot = (slot + 1) & index->range_mask;
    return &index->ranges[slot];
}

/* Sorts the texts, and drops duplicates or, with `drops_extensions`, each one that has an earlier
 * one as prefix. */
static void index_sort(StrVec *texts, bool drops_extensions) {
    size_t kept = 0;
    str_sort(texts->items, texts->count);
    for (size_t i = 0; i < texts->count; i++) {
        Str last = kept > 0 ? texts->items[kept - 1] : (Str){0};
        if (kept == 0 || !(drops_extensions ? str_starts_with(texts->items[i], last)
                                            : str_equal(texts->items[i], last)))
            texts->items[kept++] = texts->items[i];
    }
    texts->count = kept;
}

static void add_ranges(SecretIndex *index, Arena *arena) {
    size_t size = 1;
    while (size < index->longs.count * 2)
        size *= 2;
    index->ranges = arena_new_array(arena, SecretRange, size);
    index->range_mask = size - 1;
    for (uint32_t i = 0; i < index->longs.count; i++) {
        uint32_t prefix = prefix_at(index->longs.items[i].ptr);
        SecretRange *range = find_range(index, prefix);
        if (range->end == 0)
            *range = (SecretRange){.prefix = prefix, .start = i};
        range->end = i + 1;
    }
}

SecretIndex secret_index_new(const StrVec *secrets, Arena *arena) {
    SecretIndex index = {.secrets = *secrets};
    CHECK(secrets->count < UINT32_MAX);
    vec_each(secrets, secret) {
        StrVec *group = secret->len > SECRET_SHORT_MAX ? &index.longs : &index.shorts;
        if (secret->len > 0)
            vec_push(arena, group, *secret);
    }
    index_sort(&index.shorts, false);
    index_sort(&index.longs, true);
    if (index.longs.count > 0)
        add_ranges(&index, arena);
    return index;
}

/* Returns the number of texts among `count` sorted ones that sort up to `text`. */
static size_t count_up_to(const Str *texts, size_t count, Str text) {
    size_t low = 0;
    while (low < count) {
        size_t middle = low + (count - low) / 2;
        if (str_compare(texts[middle], text) <= 0)
            low = middle + 1;
        else
            count = middle;
    }
    return low;
}

static bool has_short(const SecretIndex *index, Str text) {
    size_t before = count_up_to(index->shorts.items, index->shorts.count, text);
    return before > 0 && str_equal(index->shorts.items[before - 1], text);
}

static bool has_long(const SecretIndex *index, Str text) {
    if (index->longs.count == 0)
        return false;
    for (size_t at = 0; at + PREFIX_BYTES <= text.len; at++) {
        const SecretRange *range = find_range(index, prefix_at(text.ptr + at));
        Str rest = str_after(text, at);
        const Str *longs = index->longs.items + range->start;
        size_t before = count_up_to(longs, range->end - range->start, rest);
        if (before > 0 && str_starts_with(rest, longs[before - 1]))
            return true;
    }
    return false;
}

bool secret_index_holds(const SecretIndex *index, Str text) {
    return has_long(index, text) || (text.len <= SECRET_SHORT_MAX && has_short(index, text));
}

static bool quotes_short(const SecretIndex *index, Str text) {
    if (index->shorts.count == 0)
        return false;
    for (size_t at = 0; at < text.len; at++) {
        if (text.ptr[at] != '"')
            continue;
        for (size_t end = at + 2; end < text.len && end <= at + 1 + SECRET_SHORT_MAX; end++) {
            if (text.ptr[end] == '"' && has_short(index, str_slice(text, at + 1, end)))
                return true;
        }
    }
    return false;
}

bool secret_index_quotes(const SecretIndex *index, Str text) {
    return has_long(index, text) || quotes_short(index, text);
}
