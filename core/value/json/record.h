/* record: the JSON members of a struct, one row each. The same rows write and read a document, so
 * that neither side can lack a member.
 *
 *    static const RecordRow rows[] = {
 *        ROW_TEXT(Note, "text", text),
 *        ROW_FLAG(Note, "is_new", is_new, .flags = ROW_OPTIONAL),
 *    };
 *    const Record note_record = RECORD(Note, rows);
 *
 * Members are written in the order of the rows, and read in any order. A row does not compile if
 * its member has another type than its codec. Texts that are read are views of the reader's bytes,
 * or lie in the arena. */
#pragma once

#include "json_reader.h"
#include "json_writer.h"
#include "vec.h"

typedef struct Record Record;
typedef struct RecordRow RecordRow;

typedef struct RecordReader {
    JsonReader *reader;
    Arena *arena;  /* receives lists, and texts that are not views of the reader's bytes */
    void *context; /* for the codecs of a caller */
    const char
        *error; /* why a value is rejected; NULL: `reader` has the reason, or none is known */
} RecordReader;

typedef struct RecordWriter {
    JsonWriter *writer;
    Arena *scratch;
    bool is_sparse; /* members that are absent are not written, also without ROW_OPTIONAL */
} RecordWriter;

/* The form of one member in JSON. */
typedef struct RecordCodec {
    /* Reads the value that begins with `token`. False: rejected. */
    bool (*read)(RecordReader *reading, const RecordRow *row, JsonToken token, void *member);
    void (*write)(RecordWriter *writing, const RecordRow *row, const void *member);
    bool (*is_absent)(const void *member); /* for ROW_OPTIONAL */
    const char *error;                     /* why `read` rejects a value, if it gives no reason */
    void (*reset)(void *member);           /* sets an absent member, if that is not zero */
} RecordCodec;

typedef enum RowFlags {
    ROW_OPTIONAL = 1, /* not written if absent */
    ROW_NULLABLE = 2, /* null is read as absent */
    ROW_LENIENT = 4,  /* a text, a flag: values of other types are skipped */
    ROW_NAMED = 8,    /* an enum: the empty name is rejected */
    ROW_MANY = 16,    /* a list that grows in an arena of its own, and then has its exact size */
} RowFlags;

struct RecordRow {
    Str key;
    const RecordCodec *codec;
    size_t offset;
    size_t size; /* of the member; 0: the codec reads and writes the whole struct */
    unsigned flags;
    unsigned variants;             /* bits of Record.variant that have the member; 0: all */
    uint64_t limit;                /* largest number, 0: any; number of names; first character */
    const char *(*name)(unsigned); /* of an enum; its argument is the enum */
    unsigned otherwise;            /* value of unknown names of an enum; 0: they are rejected */
    const Record *record;          /* of the elements of a list */
    const char *error;             /* instead of that of the codec */
};

struct Record {
    const RecordRow *rows;
    size_t count;
    size_t size;                 /* of the struct */
    const char *unknown;         /* why a member without a row is rejected; NULL: it is skipped */
    void (*begin)(void *record); /* sets what the codecs do not reset */
    void (*end)(void *record);   /* completes a record that was read */
    unsigned (*variant)(const void *record);
};

#define RECORD(T, of, ...)                                                                         \
    { .rows = (of), .count = ARRAY_COUNT(of), .size = sizeof(T), __VA_ARGS__ }

/* Offset and size of a member that must be of type M. */
#define ROW_AT(T, member, M)                                                                       \
    .offset = offsetof(T, member) + 0 * sizeof(_Generic(((T *)NULL)->member, M : 0)),              \
    .size = sizeof(M)
#define ROW(T, name, member, M, of, ...)                                                           \
    { .key = STR_CONST(name), .codec = &(of), ROW_AT(T, member, M), __VA_ARGS__ }
/* A member whose codec reads and writes the whole struct. */
#define ROW_WHOLE(T, name, of, ...)                                                                \
    { .key = STR_CONST(name), .codec = &(of), .offset = 0 * sizeof(T), __VA_ARGS__ }

#define ROW_TEXT(T, name, member, ...)   ROW(T, name, member, Str, record_text, __VA_ARGS__)
#define ROW_BASE64(T, name, member, ...) ROW(T, name, member, Str, record_base64, __VA_ARGS__)
/* JSON text of one value; of an object, {} if empty; of a list, [] if empty. */
#define ROW_RAW(T, name, member, ...) ROW(T, name, member, Str, record_raw, __VA_ARGS__)
#define ROW_RAW_OBJECT(T, name, member, ...)                                                       \
    ROW(T, name, member, Str, record_raw, .limit = '{', __VA_ARGS__)
#define ROW_RAW_LIST(T, name, member, ...)                                                         \
    ROW(T, name, member, Str, record_raw, .limit = '[', __VA_ARGS__)
#define ROW_FLAG(T, name, member, ...)   ROW(T, name, member, bool, record_flag, __VA_ARGS__)
#define ROW_UINT32(T, name, member, ...) ROW(T, name, member, uint32_t, record_uint32, __VA_ARGS__)
#define ROW_UINT64(T, name, member, ...) ROW(T, name, member, uint64_t, record_uint64, __VA_ARGS__)
#define ROW_INT64(T, name, member, ...)  ROW(T, name, member, int64_t, record_int64, __VA_ARGS__)
/* An enum E with `count` names, which `of` returns. */
#define ROW_NAME(T, key, member, E, of, count, ...)                                                \
    ROW(T, key, member, E, record_name, .name = (of), .limit = (count), __VA_ARGS__)
#define ROW_TEXTS(T, name, member, ...) ROW(T, name, member, StrVec, record_texts, __VA_ARGS__)
/* The members `items` and `count` of a list of texts, which must be adjacent. */
#define ROW_ARRAY(T, name, items, count, ...)                                                      \
    {                                                                                              \
        .key = STR_CONST(name), .codec = &record_array,                                            \
        .offset = offsetof(T, items) + 0 * sizeof(_Generic(((T *)NULL)->items, const Str * : 0)),  \
        .size =                                                                                    \
            sizeof(Str *) + sizeof(size_t) +                                                       \
            0 * sizeof(char[offsetof(T, count) == offsetof(T, items) + sizeof(Str *) ? 1 : -1]),   \
        __VA_ARGS__                                                                                \
    }
/* A vector of E, each an object with the rows of the record `of`. */
#define ROW_LIST(T, name, member, E, of, ...)                                                      \
    {                                                                                              \
        .key = STR_CONST(name), .codec = &record_list,                                             \
        .offset = offsetof(T, member) + 0 * sizeof(_Generic(((T *)NULL)->member.items, E * : 0)),  \
        .size = sizeof(((T *)NULL)->member), .record = &(of), __VA_ARGS__                          \
    }

/* A struct E inside T, an object with the rows of the record `of`. Optional: left out if each of
 * its members is absent. */
#define ROW_OBJECT(T, name, member, E, of, ...)                                                    \
    ROW(T, name, member, E, record_object, .record = &(of), __VA_ARGS__)

extern const RecordCodec record_text;
extern const RecordCodec record_base64;
extern const RecordCodec record_raw;
extern const RecordCodec record_flag;
extern const RecordCodec record_uint32;
extern const RecordCodec record_uint64;
extern const RecordCodec record_int64;
extern const RecordCodec record_name;
extern const RecordCodec record_texts;
extern const RecordCodec record_array;
extern const RecordCodec record_list;
extern const RecordCodec record_object;
/* The same in all documents: the number row.limit, or its name. Documents may hold others. */
extern const RecordCodec record_constant;

/* Sets the reason, unless there is one. Returns false. */
bool record_reject(RecordReader *reading, const char *error);
/* Returns a text that outlives the reader: a view of its bytes, or else a copy. */
Str record_keep(const RecordReader *reading, Str text);
/* Returns the row of the key, or NULL. *hint is where the search begins; sets it to the next row.
 */
const RecordRow *record_find(const Record *record, Str key, size_t *hint);
MUST_USE bool record_read_member(RecordReader *reading, const RecordRow *row, JsonToken token,
                                 void *out);
/* Reads the object that begins with `token` into *out, which is zero or has its defaults. */
MUST_USE bool record_decode(RecordReader *reading, const Record *record, JsonToken token,
                            void *out);
void record_write_members(RecordWriter *writing, const Record *record, const void *from);
void record_encode(RecordWriter *writing, const Record *record, const void *from);

/* Copies the texts of a struct, and of the structs inside it, into `arena`. */
void record_clone_texts(const Record *record, void *of, Arena *arena);

/* Whole documents. */

Str record_to_json(const Record *record, const void *from, uint8_t indent, Arena *arena);
/* A JSON merge patch (RFC 7396) from one struct to another: members that differ, whole; null for
 * one that becomes absent. {} if they are equal. A document without its absent members stays so. */
Str record_merge_patch(const Record *record, const void *before, const void *after, Arena *arena);
/* Without members that are absent, of exact size; for readers with the same rows. */
Str record_to_sparse_json(const Record *record, const void *from, Arena *arena);
/* On failure *error is the reason, or NULL. */
MUST_USE bool record_from_json(Str bytes, const Record *record, void *out, const char **error,
                               Arena *arena);
