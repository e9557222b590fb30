/* record_case: checks every row of a record: a sample of its member is read, changes the struct,
 * and is written again; and every byte of the struct belongs to a row, or to a member that the test
 * names. So a member that was forgotten fails the test. */
#pragma once

#include "unit.h"

#include "record.h"

/* The sample of the member with this key, for codecs that are not of record.h. */
typedef struct RecordSample {
    const char *key;
    const char *json;
    bool is_first; /* also for a codec of record.h; alone it may leave the member zero */
} RecordSample;

typedef struct RecordSpan {
    size_t offset;
    size_t size; /* 0: the end of an array */
} RecordSpan;

/* A member that is not saved, or that the row of a whole struct saves. */
#define RECORD_SPAN(T, member)                                                                     \
    { offsetof(T, member), sizeof(((T *)NULL)->member) }

typedef struct RecordCase {
    const Record *record;
    unsigned variant;
    const RecordSample *samples; /* ends with a NULL key */
    Arena *arena;
} RecordCase;

static Str record_case_object(const RecordCase *it, const Record *record, unsigned variant);

static inline const RecordSample *record_case_find(const RecordCase *it, Str key) {
    const RecordSample *sample = it->samples;
    while (sample && sample->key && !str_equal_cstr(key, sample->key))
        sample++;
    return sample && sample->key ? sample : NULL;
}

static inline Str record_case_sample(const RecordCase *it, const RecordRow *row) {
    const RecordCodec *codec = row->codec;
    const RecordSample *sample = record_case_find(it, row->key);
    if (sample && sample->is_first)
        return str_from_cstr(sample->json);
    if (codec == &record_text)
        return str_format(it->arena, "\"text of %.*s\"", STR_ARG(row->key));
    if (codec == &record_base64)
        return STR("\"AP8=\"");
    if (codec == &record_raw)
        return str_format(it->arena, row->limit == '[' ? "[\"%.*s\"]" : "{\"%.*s\":[1]}",
                          STR_ARG(row->key));
    if (codec == &record_flag)
        return STR("true");
    if (codec == &record_uint32 || codec == &record_uint64 || codec == &record_int64)
        return STR("16909060");
    if (codec == &record_constant && !row->name)
        return str_format(it->arena, "%llu", (unsigned long long)row->limit);
    if (codec == &record_constant)
        return str_format(it->arena, "\"%s\"", row->name((unsigned)row->limit));
    if (codec == &record_name)
        return str_format(it->arena, "\"%s\"", row->name((unsigned)row->limit - 1));
    if (codec == &record_texts || codec == &record_array)
        return str_format(it->arena, "[\"a\",\"%.*s\"]", STR_ARG(row->key));
    if (codec == &record_list)
        return str_format(it->arena, "[%.*s]",
                          STR_ARG(record_case_object(it, row->record, it->variant)));
    if (codec == &record_object)
        return record_case_object(it, row->record, it->variant);
    if (!sample)
        fail_msg("no sample of \"%.*s\"", STR_ARG(row->key));
    return str_from_cstr(sample->json);
}

/* Returns an object of all members that the variant has. */
static inline Str record_case_object(const RecordCase *it, const Record *record, unsigned variant) {
    StrBuf text = strbuf_new(it->arena);
    for (size_t i = 0; i < record->count; i++) {
        const RecordRow *row = &record->rows[i];
        if (row->variants && !(row->variants & variant))
            continue;
        strbuf_add_format(&text, "%s\"%.*s\":%.*s", text.len ? "," : "{", STR_ARG(row->key),
                          STR_ARG(record_case_sample(it, row)));
    }
    strbuf_add_char(&text, '}');
    return strbuf_str(&text);
}

static inline void *record_case_read(const RecordCase *it, Str text, void *context) {
    JsonReader *reader = arena_new(it->arena, JsonReader);
    *reader = json_reader_new(text, it->arena);
    RecordReader reading = {.reader = reader, .arena = it->arena, .context = context};
    void *out = arena_alloc(it->arena, it->record->size);
    if (!record_decode(&reading, it->record, json_next(reader), out))
        fail_msg("%s: %.*s", reading.error ? reading.error : "rejected", STR_ARG(text));
    return out;
}

/* Checks the rows of the variant. `context` is that of the codecs. */
static inline void record_case_rows(const RecordCase *it, void *context) {
    const void *empty = record_case_read(it, STR("{}"), context);
    for (size_t i = 0; i < it->record->count; i++) {
        const RecordRow *row = &it->record->rows[i];
        if (row->variants && !(row->variants & it->variant))
            continue;
        Str text = str_format(it->arena, "{\"%.*s\":%.*s}", STR_ARG(row->key),
                              STR_ARG(record_case_sample(it, row)));
        const char *one = record_case_read(it, text, context);
        const RecordSample *sample = record_case_find(it, row->key);
        bool may_be_zero = row->size == 0 || (sample && sample->is_first);
        if (!may_be_zero &&
            memcmp(one + row->offset, (const char *)empty + row->offset, row->size) == 0)
            fail_msg("reading changes nothing: %.*s", STR_ARG(text));
    }
    Str text = record_case_object(it, it->record, it->variant);
    const void *all = record_case_read(it, text, context);
    check_str_equal(record_to_json(it->record, all, 0, it->arena), text);
}

static inline void record_case_bytes(const Record *record, unsigned char *bytes,
                                     const RecordSpan *others) {
    for (size_t i = 0; i < record->count; i++)
        memset(bytes + record->rows[i].offset, 0, record->rows[i].size);
    for (; others && others->size; others++)
        memset(bytes + others->offset, 0, others->size);
    for (size_t i = 0; i < record->size; i++) {
        if (bytes[i])
            fail_msg("the member at byte %zu has no row", i);
    }
}

#if defined(__has_builtin) && __has_builtin(__builtin_clear_padding)
#define record_case_clear_padding(it) __builtin_clear_padding(it)
#else
#define record_case_clear_padding(it) memset(it, 0, sizeof *(it)) /* for tools that only read */
#endif

/* Checks that each member of T has a row, or is one of `others`, an array that ends with size 0. */
#define record_case_members(T, of, others)                                                         \
    do {                                                                                           \
        T bytes_of;                                                                                \
        memset(&bytes_of, 0xff, sizeof bytes_of);                                                  \
        record_case_clear_padding(&bytes_of);                                                      \
        assert_int_equal((of)->size, sizeof(T));                                                   \
        record_case_bytes((of), (unsigned char *)&bytes_of, (others));                             \
    } while (0)
