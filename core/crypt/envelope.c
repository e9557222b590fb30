/* envelope: writes envelopes, and reads them with a reader that accepts only the known members. */
#include "envelope.h"
#include "base64.h"
#include "json.h"

#define ENVELOPE_VERSION "v0"

bool envelope_is_sealed(Str bytes) {
    SCOPED(ArenaRef) scratch = arena_open("envelope");
    JsonReader reader = json_reader_new(bytes, scratch);
    if (json_next(&reader) != JSON_OBJECT_START)
        return false;
    /* A plain state begins with "version", so its first key is enough. */
    while (json_next(&reader) == JSON_KEY) {
        if (str_equal(reader.text, STR("encrypted_data")) ||
            str_equal(reader.text, STR("encryption_version")))
            return true;
        if (str_equal(reader.text, STR("version")))
            return false;
        Str skipped;
        if (!json_skip(&reader, json_next(&reader), &skipped))
            return false;
    }
    return false;
}

/* The unused bits of the last base64 character must be as an encoder writes them; else several
 * texts would have the same content. */
bool envelope_from_base64(Str text, Str *out, Arena *arena) {
    Str bytes;
    if (!base64_decode(text, &bytes, arena))
        return false;
    size_t left = bytes.len % 3;
    Str tail = left ? base64_encode(str_after(bytes, bytes.len - left), arena) : STR_EMPTY;
    if (!str_ends_with(text, tail))
        return false;
    *out = bytes;
    return true;
}

typedef struct Reading {
    JsonReader reader;
    Arena *arena;
    Envelope *out;
    unsigned seen; /* one bit per member */
} Reading;

static bool envelope_read_serial(Reading *reading) {
    return json_next(&reading->reader) == JSON_NUMBER &&
           str_to_uint64(reading->reader.text, &reading->out->head.serial);
}

static bool read_lineage(Reading *reading) {
    if (json_next(&reading->reader) != JSON_STRING)
        return false;
    reading->out->head.lineage = reading->reader.text;
    return true;
}

static bool read_metas(Reading *reading) {
    JsonReader *reader = &reading->reader;
    JsonToken token = json_next(reader);
    if (token == JSON_NULL) /* null: a method without keys */
        return true;
    if (token != JSON_OBJECT_START)
        return false;
    while ((token = json_next(reader)) == JSON_KEY) {
        EnvelopeMeta meta = {.key = reader->text};
        if (json_next(reader) != JSON_STRING ||
            !envelope_from_base64(reader->text, &meta.json, reading->arena))
            return false;
        vec_push(reading->arena, &reading->out->metas, meta);
    }
    return token == JSON_OBJECT_END;
}

static bool envelope_read_data(Reading *reading) {
    return json_next(&reading->reader) == JSON_STRING &&
           envelope_from_base64(reading->reader.text, &reading->out->data, reading->arena);
}

static bool envelope_read_version(Reading *reading) {
    return json_next(&reading->reader) == JSON_STRING &&
           str_equal_cstr(reading->reader.text, ENVELOPE_VERSION);
}

static const struct {
    const char *key;
    bool (*read)(Reading *reading);
    const char *error;
} members[] = {
    {"serial", envelope_read_serial, "Its serial is not a number."},
    {"lineage", read_lineage, "Its lineage is not a string."},
    {"meta", read_metas, "Its key metadata is damaged."},
    {"encrypted_data", envelope_read_data, "Its encrypted content is damaged."},
    {"encryption_version", envelope_read_version, "Its format version is not supported."},
};

enum { HEAD_MEMBERS = 3, OTHER_MEMBERS = 28 }; /* bits of members[] */

static bool envelope_read_member(Reading *reading, const char **error) {
    for (size_t i = 0; i < ARRAY_COUNT(members); i++) {
        if (!str_equal_cstr(reading->reader.text, members[i].key))
            continue;
        *error = members[i].error;
        if (reading->seen & 1U << i)
            return false;
        reading->seen |= 1U << i;
        return members[i].read(reading);
    }
    *error = "It has an unknown member.";
    return false;
}

bool envelope_decode(Str bytes, Envelope *out, const char **error, Arena *arena) {
    Envelope envelope = {0};
    Reading reading = {json_reader_new(bytes, arena), arena, &envelope, 0};
    JsonToken token = json_next(&reading.reader);
    if (token == JSON_OBJECT_START) {
        while ((token = json_next(&reading.reader)) == JSON_KEY) {
            if (!envelope_read_member(&reading, error))
                return false;
        }
    }
    *error = "It is not valid JSON.";
    if (token != JSON_OBJECT_END || json_next(&reading.reader) != JSON_END)
        return false;
    *error = "A member is missing.";
    envelope.head.is_given = (reading.seen & HEAD_MEMBERS) != 0;
    if ((reading.seen & OTHER_MEMBERS) != OTHER_MEMBERS ||
        (envelope.head.is_given && (reading.seen & HEAD_MEMBERS) != HEAD_MEMBERS))
        return false;
    *out = envelope;
    return true;
}

EnvelopeHead envelope_read_head(Str state, Arena *arena) {
    EnvelopeHead head = {.lineage = STR_EMPTY};
    bool has_serial = false, has_lineage = false;
    JsonReader reader = json_reader_new(state, arena);
    if (json_next(&reader) != JSON_OBJECT_START)
        return head;
    while (!(has_serial && has_lineage) && json_next(&reader) == JSON_KEY) {
        Str key = reader.text;
        JsonToken token = json_next(&reader);
        Str skipped;
        if (token == JSON_NUMBER && str_equal(key, STR("serial")))
            has_serial = str_to_uint64(reader.text, &head.serial);
        if (token == JSON_STRING && str_equal(key, STR("lineage"))) {
            head.lineage = reader.text;
            has_lineage = true;
        }
        if (!json_skip(&reader, token, &skipped))
            break;
    }
    if (!has_serial || !has_lineage)
        return (EnvelopeHead){.lineage = STR_EMPTY};
    head.is_given = true;
    return head;
}

static void write_metas(JsonWriter *writer, const Envelope *envelope, Arena *scratch) {
    json_key_object(writer, "meta");
    vec_each(&envelope->metas, meta) {
        json_key(writer, meta->key);
        json_write_string(writer, base64_encode(meta->json, scratch));
    }
    json_object_end(writer);
}

Str envelope_encode(const Envelope *envelope, Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("envelope");
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    if (envelope->head.is_given) {
        CHECK(envelope->head.serial <= INT64_MAX);
        json_key_int(&writer, "serial", (int64_t)envelope->head.serial);
        json_key_string(&writer, "lineage", envelope->head.lineage);
    }
    write_metas(&writer, envelope, scratch);
    json_key_string(&writer, "encrypted_data", base64_encode(envelope->data, scratch));
    json_key_string(&writer, "encryption_version", STR(ENVELOPE_VERSION));
    json_object_end(&writer);
    return strbuf_str(&text);
}
