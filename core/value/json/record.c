/* record: reads and writes a struct by its rows, and the codecs of common types. Members are copied
 * as bytes, for the compiler assumes that a pointer of another type does not lead to them. */
#include "record.h"

#include "base64.h"

bool record_reject(RecordReader *reading, const char *error) {
    if (!reading->error && !reading->reader->error)
        reading->error = error;
    return false;
}

Str record_keep(const RecordReader *reading, Str text) {
    const JsonReader *reader = reading->reader;
    const char *start = reader->bytes.ptr;
    bool is_view = text.ptr >= start && text.ptr + text.len <= start + reader->bytes.len;
    return is_view || reader->arena == reading->arena ? text : str_clone(text, reading->arena);
}

const RecordRow *record_find(const Record *record, Str key, size_t *hint) {
    const RecordRow *row = record->rows + *hint, *end = record->rows + record->count;
    for (size_t i = 0; i < record->count; i++, row++) {
        if (row >= end)
            row = record->rows;
        if (str_equal(row->key, key)) {
            *hint = (size_t)(row - record->rows) + 1;
            return row;
        }
    }
    return NULL;
}

bool record_read_member(RecordReader *reading, const RecordRow *row, JsonToken token, void *out) {
    if (token == JSON_NULL && row->flags & ROW_NULLABLE)
        return true;
    return row->codec->read(reading, row, token, (char *)out + row->offset) ||
           record_reject(reading, row->error ? row->error : row->codec->error);
}

/* Reads the value of the newest key. */
static bool record_read_value(RecordReader *reading, const Record *record, size_t *hint,
                              void *out) {
    Str skipped;
    const RecordRow *row = record_find(record, reading->reader->text, hint);
    if (row)
        return record_read_member(reading, row, json_next(reading->reader), out);
    if (record->unknown)
        return record_reject(reading, record->unknown);
    return json_skip(reading->reader, json_next(reading->reader), &skipped);
}

bool record_decode(RecordReader *reading, const Record *record, JsonToken token, void *out) {
    size_t hint = 0;
    if (token != JSON_OBJECT_START)
        return record_reject(reading, "an object was expected");
    for (size_t i = 0; i < record->count; i++) {
        const RecordRow *row = &record->rows[i];
        if (row->codec->reset)
            row->codec->reset((char *)out + row->offset);
    }
    if (record->begin)
        record->begin(out);
    while ((token = json_next(reading->reader)) == JSON_KEY) {
        if (!record_read_value(reading, record, &hint, out))
            return false;
    }
    if (token != JSON_OBJECT_END)
        return false;
    if (record->end)
        record->end(out);
    return true;
}

static bool record_is_absent(const RecordRow *row, const void *member) {
    if (row->codec != &record_object)
        return row->codec->is_absent && row->codec->is_absent(member);
    for (size_t i = 0; i < row->record->count; i++) {
        const RecordRow *inner = &row->record->rows[i];
        if (!record_is_absent(inner, (const char *)member + inner->offset))
            return false;
    }
    return true;
}

void record_write_members(RecordWriter *writing, const Record *record, const void *from) {
    unsigned variant = record->variant ? record->variant(from) : 0;
    for (size_t i = 0; i < record->count; i++) {
        const RecordRow *row = &record->rows[i];
        const void *member = (const char *)from + row->offset;
        if ((row->variants && !(row->variants & variant)) ||
            ((writing->is_sparse || row->flags & ROW_OPTIONAL) && record_is_absent(row, member)))
            continue;
        json_key(writing->writer, row->key);
        row->codec->write(writing, row, member);
    }
}

void record_encode(RecordWriter *writing, const Record *record, const void *from) {
    json_object_start(writing->writer);
    record_write_members(writing, record, from);
    json_object_end(writing->writer);
}

Str record_to_json(const Record *record, const void *from, uint8_t indent, Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("record"); /* so that `text` grows in place */
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, indent);
    record_encode(&(RecordWriter){&writer, scratch}, record, from);
    return strbuf_str(&text);
}

Str record_to_sparse_json(const Record *record, const void *from, Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("record");
    StrBuf text = strbuf_new(scratch);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    record_encode(&(RecordWriter){&writer, scratch, .is_sparse = true}, record, from);
    return str_clone(strbuf_str(&text), arena);
}

static Str record_member_json(const RecordRow *row, const void *of, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    row->codec->write(&(RecordWriter){&writer, arena}, row, (const char *)of + row->offset);
    return strbuf_str(&text);
}

Str record_merge_patch(const Record *record, const void *before, const void *after, Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("merge patch");
    StrBuf text = strbuf_new(scratch);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    for (size_t i = 0; i < record->count; i++) {
        const RecordRow *row = &record->rows[i];
        Str member = record_member_json(row, after, scratch);
        if (str_equal(record_member_json(row, before, scratch), member))
            continue;
        json_key(&writer, row->key);
        if (record_is_absent(row, (const char *)after + row->offset))
            json_write_null(&writer);
        else
            json_raw(&writer, member);
    }
    json_object_end(&writer);
    return str_clone(strbuf_str(&text), arena);
}

bool record_from_json(Str bytes, const Record *record, void *out, const char **error,
                      Arena *arena) {
    JsonReader reader = json_reader_new(bytes, arena);
    RecordReader reading = {.reader = &reader, .arena = arena};
    bool ok =
        record_decode(&reading, record, json_next(&reader), out) && json_next(&reader) == JSON_END;
    *error = reader.error ? reader.error : reading.error;
    return ok;
}

/* Texts. */

static Str member_text(const void *member) {
    Str text;
    memcpy(&text, member, sizeof text);
    return text;
}

static bool text_is_absent(const void *member) {
    return member_text(member).len == 0;
}

static bool text_read(RecordReader *reading, const RecordRow *row, JsonToken token, void *member) {
    Str text;
    if (token != JSON_STRING)
        return row->flags & ROW_LENIENT && json_skip(reading->reader, token, &text);
    text = record_keep(reading, reading->reader->text);
    memcpy(member, &text, sizeof text);
    return true;
}

static void text_write(RecordWriter *writing, const RecordRow *, const void *member) {
    json_write_string(writing->writer, member_text(member));
}

const RecordCodec record_text = {text_read, text_write, text_is_absent, "a string was expected"};

void record_clone_texts(const Record *record, void *of, Arena *arena) {
    for (size_t i = 0; i < record->count; i++) {
        char *member = (char *)of + record->rows[i].offset;
        Str text;
        if (record->rows[i].codec == &record_object)
            record_clone_texts(record->rows[i].record, member, arena);
        if (record->rows[i].codec != &record_text)
            continue;
        text = str_clone(member_text(member), arena);
        memcpy(member, &text, sizeof text);
    }
}

static bool base64_read(RecordReader *reading, const RecordRow *, JsonToken token, void *member) {
    Str bytes;
    if (token != JSON_STRING)
        return record_reject(reading, record_text.error);
    if (!base64_decode(reading->reader->text, &bytes, reading->arena))
        return false;
    memcpy(member, &bytes, sizeof bytes);
    return true;
}

static void base64_write(RecordWriter *writing, const RecordRow *, const void *member) {
    json_base64(writing->writer, member_text(member));
}

const RecordCodec record_base64 = {base64_read, base64_write, text_is_absent,
                                   "private data is invalid"};

static bool raw_read(RecordReader *reading, const RecordRow *row, JsonToken token, void *member) {
    Str text;
    bool is_other = (row->limit == '{' && token != JSON_OBJECT_START) ||
                    (row->limit == '[' && token != JSON_ARRAY_START);
    if (is_other || !json_skip(reading->reader, token, &text))
        return false;
    memcpy(member, &text, sizeof text);
    return true;
}

static void raw_write(RecordWriter *writing, const RecordRow *row, const void *member) {
    Str text = member_text(member);
    json_raw(writing->writer, text.len > 0 ? text : row->limit == '{' ? STR("{}") : STR("[]"));
}

const RecordCodec record_raw = {raw_read, raw_write, text_is_absent,
                                "an object or an array was expected"};

/* Flags, numbers, enums. */

static bool flag_is_absent(const void *member) {
    return !*(const bool *)member;
}

static bool flag_read(RecordReader *reading, const RecordRow *row, JsonToken token, void *member) {
    Str skipped;
    *(bool *)member = token == JSON_TRUE;
    return token == JSON_TRUE || token == JSON_FALSE ||
           (row->flags & ROW_LENIENT && json_skip(reading->reader, token, &skipped));
}

static void flag_write(RecordWriter *writing, const RecordRow *, const void *member) {
    json_bool(writing->writer, *(const bool *)member);
}

const RecordCodec record_flag = {flag_read, flag_write, flag_is_absent,
                                 "true or false was expected"};

static bool uint64_is_absent(const void *member) {
    return *(const uint64_t *)member == 0;
}

static bool uint64_read(RecordReader *reading, const RecordRow *row, JsonToken token,
                        void *member) {
    uint64_t *number = member;
    return token == JSON_NUMBER && str_to_uint64(reading->reader->text, number) &&
           (row->limit == 0 || *number <= row->limit);
}

static void uint64_write(RecordWriter *writing, const RecordRow *, const void *member) {
    json_uint(writing->writer, *(const uint64_t *)member);
}

const RecordCodec record_uint64 = {uint64_read, uint64_write, uint64_is_absent,
                                   "a number was expected"};

static bool uint32_is_absent(const void *member) {
    return *(const uint32_t *)member == 0;
}

static bool uint32_read(RecordReader *reading, const RecordRow *, JsonToken token, void *member) {
    uint64_t number;
    if (token != JSON_NUMBER || !str_to_uint64(reading->reader->text, &number) ||
        number > UINT32_MAX)
        return false;
    *(uint32_t *)member = (uint32_t)number;
    return true;
}

static void uint32_write(RecordWriter *writing, const RecordRow *, const void *member) {
    json_uint(writing->writer, *(const uint32_t *)member);
}

const RecordCodec record_uint32 = {uint32_read, uint32_write, uint32_is_absent,
                                   "a number was expected"};

static bool int64_read(RecordReader *reading, const RecordRow *, JsonToken token, void *member) {
    return token == JSON_NUMBER && str_to_int64(reading->reader->text, member);
}

static void int64_write(RecordWriter *writing, const RecordRow *, const void *member) {
    json_int(writing->writer, *(const int64_t *)member);
}

const RecordCodec record_int64 = {int64_read, int64_write, uint64_is_absent,
                                  "a number was expected"};

static void constant_write(RecordWriter *writing, const RecordRow *row, const void *) {
    if (row->name)
        json_write_string(writing->writer, str_from_cstr(row->name((unsigned)row->limit)));
    else
        json_uint(writing->writer, row->limit);
}

static bool constant_read(RecordReader *reading, const RecordRow *, JsonToken token, void *) {
    Str skipped;
    return json_skip(reading->reader, token, &skipped);
}

const RecordCodec record_constant = {constant_read, constant_write, NULL, NULL};

static_assert(sizeof(JsonToken) == sizeof(unsigned), "an enum is stored as an unsigned number");

static unsigned member_enum(const void *member) {
    unsigned value;
    memcpy(&value, member, sizeof value);
    return value;
}

static bool name_is_absent(const void *member) {
    return member_enum(member) == 0;
}

static bool name_read(RecordReader *reading, const RecordRow *row, JsonToken token, void *member) {
    Str text = reading->reader->text;
    if (token != JSON_STRING)
        return record_reject(reading, record_text.error);
    if (text.len == 0 && row->flags & ROW_NAMED)
        return false;
    for (unsigned i = 0; i < row->limit; i++) {
        if (str_equal_cstr(text, row->name(i))) {
            memcpy(member, &i, sizeof i);
            return true;
        }
    }
    memcpy(member, &row->otherwise, sizeof row->otherwise);
    return row->otherwise != 0;
}

static void name_write(RecordWriter *writing, const RecordRow *row, const void *member) {
    json_write_string(writing->writer, str_from_cstr(row->name(member_enum(member))));
}

const RecordCodec record_name = {name_read, name_write, name_is_absent, "a name is unknown"};

/* Lists. */

static bool texts_read(RecordReader *reading, const RecordRow *, JsonToken token, void *member) {
    StrVec texts;
    if (token != JSON_ARRAY_START)
        return record_reject(reading, "an array was expected");
    memcpy(&texts, member, sizeof texts);
    while ((token = json_next(reading->reader)) == JSON_STRING)
        vec_push(reading->arena, &texts, record_keep(reading, reading->reader->text));
    memcpy(member, &texts, sizeof texts);
    return token == JSON_ARRAY_END;
}

/* The first members of a StrVec and of a list that ROW_ARRAY names. */
typedef struct TextArray {
    const Str *items;
    size_t count;
} TextArray;

static bool array_is_absent(const void *member) {
    TextArray array;
    memcpy(&array, member, sizeof array);
    return array.count == 0;
}

static void array_write(RecordWriter *writing, const RecordRow *, const void *member) {
    TextArray array;
    memcpy(&array, member, sizeof array);
    json_array_start(writing->writer);
    for (size_t i = 0; i < array.count; i++)
        json_write_string(writing->writer, array.items[i]);
    json_array_end(writing->writer);
}

const RecordCodec record_texts = {texts_read, array_write, array_is_absent,
                                  "a string was expected"};

static bool array_read(RecordReader *reading, const RecordRow *row, JsonToken token, void *member) {
    StrVec texts = {0};
    if (!texts_read(reading, row, token, &texts))
        return false;
    memcpy(member, &(TextArray){texts.items, texts.count}, sizeof(TextArray));
    return true;
}

const RecordCodec record_array = {array_read, array_write, array_is_absent,
                                  "a string was expected"};

/* A VEC of any type. */
typedef struct List {
    char *items;
    size_t count;
    size_t capacity;
} List;
static_assert(sizeof(List) == sizeof(StrVec), "a list is a vector");

static void *list_add(List *list, size_t size, Arena *arena) {
    if (list->count == list->capacity) {
        size_t least_capacity = size < 64 ? 64 / size : 1;
        size_t capacity = list->capacity ? list->capacity * 2 : least_capacity;
        list->items = arena_grow(arena, list->items, list->capacity * size, capacity * size);
        list->capacity = capacity;
    }
    return memset(list->items + list->count++ * size, 0, size);
}

static bool list_read(RecordReader *reading, const RecordRow *row, JsonToken token, void *member) {
    size_t size = row->record->size;
    SCOPED(ArenaRef) growing = row->flags & ROW_MANY ? arena_open("list") : NULL;
    List list;
    if (token != JSON_ARRAY_START)
        return false;
    memcpy(&list, member, sizeof list);
    while ((token = json_next(reading->reader)) != JSON_ARRAY_END) {
        void *item = list_add(&list, size, growing ? growing : reading->arena);
        if (!record_decode(reading, row->record, token, item))
            return false;
    }
    if (growing) {
        char *items = arena_alloc_array(reading->arena, list.count, size);
        if (list.count > 0)
            memcpy(items, list.items, list.count * size);
        list = (List){items, list.count, list.count};
    }
    memcpy(member, &list, sizeof list);
    return true;
}

static void list_write(RecordWriter *writing, const RecordRow *row, const void *member) {
    List list;
    memcpy(&list, member, sizeof list);
    json_array_start(writing->writer);
    for (size_t i = 0; i < list.count; i++)
        record_encode(writing, row->record, list.items + i * row->record->size);
    json_array_end(writing->writer);
}

const RecordCodec record_list = {list_read, list_write, array_is_absent, "an array was expected"};

static bool object_read(RecordReader *reading, const RecordRow *row, JsonToken token,
                        void *member) {
    return record_decode(reading, row->record, token, member);
}

static void object_write(RecordWriter *writing, const RecordRow *row, const void *member) {
    record_encode(writing, row->record, member);
}

const RecordCodec record_object = {object_read, object_write, NULL, "an object was expected"};
