/* Implements views and the text buffer. A zero Str (NULL, 0) is the empty string everywhere. */
#include "str.h"

#include <errno.h>

Str str_from_cstr(const char *text) {
    return text ? (Str){text, strlen(text)} : STR_EMPTY;
}

Str str_from_range(const char *start, const char *end) {
    return (Str){start, (size_t)(end - start)};
}

const char *str_to_cstr(Str s, Arena *arena) {
    char *text = arena_alloc(arena, s.len + 1);
    if (s.len)
        memcpy(text, s.ptr, s.len);
    return text;
}

Str str_clone(Str s, Arena *arena) {
    return s.len ? (Str){str_to_cstr(s, arena), s.len} : STR_EMPTY;
}

/* Most texts fit into the first buffer and are formatted only once. */
Str str_vformat(Arena *arena, const char *format, va_list args) {
    char first[256];
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(first, sizeof first, format, again);
    va_end(again);
    CHECK(len >= 0);
    size_t size = (size_t)len + 1;
    char *text = arena_alloc(arena, size);
    if (size <= sizeof first)
        memcpy(text, first, size);
    else
        vsnprintf(text, size, format, args);
    return (Str){text, (size_t)len};
}

Str str_format(Arena *arena, const char *format, ...) {
    va_list args;
    va_start(args, format);
    Str text = str_vformat(arena, format, args);
    va_end(args);
    return text;
}

Str str_join(const Str *parts, size_t count, Str separator, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    for (size_t i = 0; i < count; i++) {
        if (i)
            strbuf_add(&buf, separator);
        strbuf_add(&buf, parts[i]);
    }
    return strbuf_str(&buf);
}

Str str_concat(Str a, Str b, Arena *arena) {
    char *text = arena_alloc(arena, a.len + b.len + 1);
    if (a.len)
        memcpy(text, a.ptr, a.len);
    if (b.len)
        memcpy(text + a.len, b.ptr, b.len);
    return (Str){text, a.len + b.len};
}

bool str_equal(Str a, Str b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool str_has_only(Str s, const char *signs) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_word && (!c || !strchr(signs, c)))
            return false;
    }
    return true;
}

bool str_is_dns_label(Str s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool is_inner = c == '-' && i > 0 && i + 1 < s.len;
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || is_inner))
            return false;
    }
    return s.len > 0 && s.len <= STR_DNS_LABEL_MAX;
}

bool str_equal_cstr(Str a, const char *b) {
    return str_equal(a, str_from_cstr(b));
}

int str_compare(Str a, Str b) {
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter ? memcmp(a.ptr, b.ptr, shorter) : 0;
    if (order)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

static int str_compare_items(const void *a, const void *b) {
    return str_compare(*(const Str *)a, *(const Str *)b);
}

void str_sort(Str *items, size_t count) {
    if (count > 1)
        qsort(items, count, sizeof *items, str_compare_items);
}

bool str_is_strictly_sorted(const Str *items, size_t count) {
    for (size_t i = 1; i < count; i++) {
        if (str_compare(items[i - 1], items[i]) >= 0)
            return false;
    }
    return true;
}

bool str_is_among(Str s, const Str *items, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (str_equal(items[i], s))
            return true;
    }
    return false;
}

bool str_starts_with(Str s, Str prefix) {
    return s.len >= prefix.len && str_equal((Str){s.ptr, prefix.len}, prefix);
}

bool str_ends_with(Str s, Str suffix) {
    return s.len >= suffix.len && str_equal(str_after(s, s.len - suffix.len), suffix);
}

size_t str_find(Str s, Str needle, size_t from) {
    if (from > s.len || needle.len > s.len - from)
        return SIZE_MAX;
    if (needle.len == 0)
        return from;
    const char *found = memmem(s.ptr + from, s.len - from, needle.ptr, needle.len);
    return found ? (size_t)(found - s.ptr) : SIZE_MAX;
}

size_t str_find_char(Str s, char c, size_t from) {
    if (from >= s.len)
        return SIZE_MAX;
    const char *found = memchr(s.ptr + from, c, s.len - from);
    return found ? (size_t)(found - s.ptr) : SIZE_MAX;
}

size_t str_rfind_char(Str s, char c) {
    const char *found = s.len ? memrchr(s.ptr, c, s.len) : NULL;
    return found ? (size_t)(found - s.ptr) : SIZE_MAX;
}

Str str_slice(Str s, size_t start, size_t end) {
    if (end > s.len)
        end = s.len;
    if (start >= end)
        return STR_EMPTY;
    return (Str){s.ptr + start, end - start};
}

Str str_after(Str s, size_t start) {
    return str_slice(s, start, s.len);
}

static bool str_is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

Str str_trim(Str s) {
    size_t start = 0;
    size_t end = s.len;
    while (start < end && str_is_blank(s.ptr[start]))
        start++;
    while (end > start && str_is_blank(s.ptr[end - 1]))
        end--;
    return str_slice(s, start, end);
}

/* A NULL pointer in `*rest` marks the end, so that an empty last field ("a,") is still returned. */
bool str_next_field(Str *rest, char separator, Str *field) {
    if (!rest->ptr)
        return false;
    size_t cut = str_find_char(*rest, separator, 0);
    if (cut == SIZE_MAX) {
        *field = *rest;
        *rest = (Str){NULL, 0};
        return true;
    }
    *field = (Str){rest->ptr, cut};
    *rest = (Str){rest->ptr + cut + 1, rest->len - cut - 1};
    return true;
}

static uint64_t str_hash_mix(uint64_t h) {
    h ^= h >> 32;
    h *= UINT64_C(0xd6e8feb86659fd93);
    h ^= h >> 32;
    return h;
}

uint64_t str_hash(Str s) {
    uint64_t h = UINT64_C(0x9e3779b97f4a7c15) ^ s.len;
    size_t i = 0;
    for (; i + 8 <= s.len; i += 8) {
        uint64_t word;
        memcpy(&word, s.ptr + i, 8);
        h = str_hash_mix(h ^ word) * UINT64_C(0x9fb21c651e98df25);
    }
    uint64_t tail = 0;
    if (i < s.len)
        memcpy(&tail, s.ptr + i, s.len - i);
    return str_hash_mix(str_hash_mix(h ^ tail));
}

bool str_to_uint64(Str s, uint64_t *out) {
    uint64_t number = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(s.ptr[i] - '0');
        if (__builtin_mul_overflow(number, UINT64_C(10), &number))
            return false;
        if (__builtin_add_overflow(number, digit, &number))
            return false;
    }
    if (s.len == 0)
        return false;
    *out = number;
    return true;
}

bool str_to_int64(Str s, int64_t *out) {
    bool negative = s.len && s.ptr[0] == '-';
    uint64_t magnitude;
    if (!str_to_uint64(negative ? str_after(s, 1) : s, &magnitude))
        return false;
    if (magnitude > (uint64_t)INT64_MAX + negative)
        return false;
    *out = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return true;
}

bool str_octal_to_uint32(Str s, uint32_t *out) {
    uint32_t number = 0;
    if (s.len == 0 || s.len > 10)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '7')
            return false;
        number = number * 8 + (uint32_t)(s.ptr[i] - '0');
    }
    *out = number;
    return true;
}

size_t str_skip_digits(Str s, size_t at) {
    while (at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9')
        at++;
    return at;
}

static size_t min_size(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Computes one row of the distance table from the two before it; a swap of neighbours costs one. */
static size_t distance_row(Str a, Str b, size_t i, size_t *const rows[3]) {
    const size_t *before = rows[(i + 1) % 3];
    const size_t *above = rows[(i + 2) % 3];
    size_t *row = rows[i % 3];
    size_t least = row[0] = i;
    for (size_t j = 1; j <= b.len; j++) {
        size_t best = above[j - 1] + (a.ptr[i - 1] != b.ptr[j - 1]);
        best = min_size(best, min_size(above[j], row[j - 1]) + 1);
        bool swapped =
            i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1];
        if (swapped)
            best = min_size(best, before[j - 2] + 1);
        row[j] = best;
        least = min_size(least, best);
    }
    return least;
}

size_t str_distance(Str a, Str b, size_t limit) {
    size_t apart = a.len > b.len ? a.len - b.len : b.len - a.len;
    if (apart >= limit)
        return limit;
    SCOPED(ArenaRef) scratch = arena_open("distance");
    size_t *rows[3];
    for (size_t i = 0; i < 3; i++)
        rows[i] = arena_new_array(scratch, size_t, b.len + 1);
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        if (distance_row(a, b, i, rows) >= limit)
            return limit;
    }
    return min_size(rows[a.len % 3][b.len], limit);
}

Str str_suggest(Str word, const Str *candidates, size_t count) {
    size_t limit = word.len / 3 > 1 ? word.len / 3 + 1 : 2;
    Str nearest = STR_EMPTY;
    for (size_t i = 0; i < count; i++) {
        size_t distance = str_distance(word, candidates[i], limit);
        /* A replacement of the whole word is not a typing error. */
        if (distance >= limit || distance >= word.len)
            continue;
        limit = distance;
        nearest = candidates[i];
    }
    return nearest;
}

Str str_did_you_mean(Str word, const Str *candidates, size_t count, Arena *arena) {
    Str nearest = str_suggest(word, candidates, count);
    return nearest.len ? str_format(arena, " Did you mean \"%.*s\"?", STR_ARG(nearest)) : STR_EMPTY;
}

StrBuf strbuf_new(Arena *arena) {
    return (StrBuf){.arena = arena};
}

/* Adds one byte for a NUL, which vsnprintf writes. */
void strbuf_reserve(StrBuf *buf, size_t more) {
    size_t wanted = buf->len + more + 1;
    if (wanted <= buf->capacity)
        return;
    size_t capacity = buf->capacity ? buf->capacity * 2 : 64;
    if (capacity < wanted)
        capacity = wanted;
    buf->ptr = arena_grow(buf->arena, buf->ptr, buf->capacity, capacity);
    buf->capacity = capacity;
}

void strbuf_add(StrBuf *buf, Str s) {
    if (s.len == 0)
        return;
    strbuf_reserve(buf, s.len);
    memcpy(buf->ptr + buf->len, s.ptr, s.len);
    buf->len += s.len;
}

void strbuf_add_cstr(StrBuf *buf, const char *text) {
    strbuf_add(buf, str_from_cstr(text));
}

void strbuf_add_char(StrBuf *buf, char c) {
    strbuf_reserve(buf, 1);
    buf->ptr[buf->len++] = c;
}

void strbuf_add_repeat(StrBuf *buf, char c, size_t count) {
    strbuf_reserve(buf, count);
    memset(buf->ptr + buf->len, c, count);
    buf->len += count;
}

void strbuf_add_format(StrBuf *buf, const char *format, ...) {
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    size_t room = buf->capacity - buf->len;
    int len = vsnprintf(room > 0 ? buf->ptr + buf->len : NULL, room, format, again);
    va_end(again);
    CHECK(len >= 0);
    if ((size_t)len >= room) {
        strbuf_reserve(buf, (size_t)len);
        vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format, args);
    }
    va_end(args);
    buf->len += (size_t)len;
}

Str strbuf_str(const StrBuf *buf) {
    return buf->len ? (Str){buf->ptr, buf->len} : STR_EMPTY;
}
