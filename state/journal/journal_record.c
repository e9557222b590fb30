/* journal_record: all kinds share one set of members; a row names the kinds that write it. Unknown
 * members, of a newer release, are skipped. */
#include "journal_record.h"
#include "base64.h"
#include "crc32c.h"
#include "digest.h"
#include "log.h"
#include "state_object_json.h"

#define CHECKSUM_DIGITS 8
#define RESERVED_FROM   ((size_t)64 << 10) /* bytes of an object */

static const char *record_kind_name(unsigned kind) {
    static const char *const names[] = {
        [RECORD_START] = "start",       [RECORD_INTENT] = "intent",
        [RECORD_OUTCOME] = "outcome",   [RECORD_END] = "end",
        [RECORD_DEPOSE] = "depose",     [RECORD_RESTORE] = "restore",
        [RECORD_FOLD] = "fold",         [RECORD_PART_BEGIN] = "part-begin",
        [RECORD_PART_END] = "part-end",
    };
    static_assert(ARRAY_COUNT(names) == RECORD_PART_END + 1, "every kind has a name");
    return names[kind];
}

static bool journal_address_read(RecordReader *reading, const RecordRow *, JsonToken token,
                                 void *member) {
    SCOPED(ArenaRef) scratch = arena_open("journal address");
    Diags reasons = diags_new(scratch);
    return token == JSON_STRING &&
           address_parse_resource(record_keep(reading, reading->reader->text), member,
                                  reading->arena, &reasons);
}

static void journal_address_write(RecordWriter *writing, const RecordRow *, const void *member) {
    json_write_string(writing->writer,
                      resource_addr_to_str(*(const ResourceAddr *)member, writing->scratch));
}

static bool journal_address_is_absent(const void *member) {
    return ((const ResourceAddr *)member)->type.len == 0;
}

static const RecordCodec address_codec = {journal_address_read, journal_address_write,
                                          journal_address_is_absent, NULL};

static bool journal_provider_read(RecordReader *reading, const RecordRow *, JsonToken token,
                                  void *member) {
    return token == JSON_STRING &&
           provider_config_addr_parse(record_keep(reading, reading->reader->text), member,
                                      reading->arena);
}

static void journal_provider_write(RecordWriter *writing, const RecordRow *, const void *member) {
    json_write_string(writing->writer, provider_config_addr_to_str(
                                           *(const ProviderConfigAddr *)member, writing->scratch));
}

static bool journal_provider_is_absent(const void *member) {
    return ((const ProviderConfigAddr *)member)->provider.len == 0;
}

static const RecordCodec provider_codec = {journal_provider_read, journal_provider_write,
                                           journal_provider_is_absent, NULL};

/* The kind of a response, and its bytes. An unknown kind, of a newer release, leaves the outcome
 * unknown. */

typedef const StateResponse *StateResponseRef;

static const char *response_name(unsigned kind) {
    static const char *const names[] = {
        [STATE_RESPONSE_UNSENT] = "unsent",
        [STATE_RESPONSE_FAILED] = "failed",
        [STATE_RESPONSE_DONE] = "done",
    };
    return names[kind];
}

static bool response_read(RecordReader *reading, const RecordRow *row, JsonToken token,
                          void *member) {
    StateResponseKind kind;
    if (token != JSON_STRING)
        return false;
    if (!record_name.read(reading, row, token, &kind))
        return true;
    StateResponse *response = arena_new(reading->arena, StateResponse);
    response->kind = kind;
    *(StateResponseRef *)member = response;
    return true;
}

static void response_write(RecordWriter *writing, const RecordRow *row, const void *member) {
    record_name.write(writing, row, &(*(const StateResponseRef *)member)->kind);
}

static bool response_is_none(const void *member) {
    return !*(const StateResponseRef *)member;
}

static const RecordCodec response_codec = {response_read, response_write, response_is_none, NULL};

static bool response_bytes_read(RecordReader *reading, const RecordRow *row, JsonToken token,
                                void *member) {
    const StateResponse *response = *(const StateResponseRef *)member;
    Str skipped;
    return response ? record_base64.read(reading, row, token, (Str *)&response->bytes)
                    : json_skip(reading->reader, token, &skipped);
}

static void response_bytes_write(RecordWriter *writing, const RecordRow *, const void *member) {
    json_base64(writing->writer, (*(const StateResponseRef *)member)->bytes);
}

static const RecordCodec response_bytes_codec = {response_bytes_read, response_bytes_write,
                                                 response_is_none, NULL};

typedef const StateObject *StateObjectRef;

static bool journal_object_read(RecordReader *reading, const RecordRow *, JsonToken token,
                                void *member) {
    JsonReader *reader = reading->reader;
    StateObjectReader object = {.reader = reader, .arena = reading->arena};
    const char *error;
    if (token == JSON_NULL)
        return true;
    if (token != JSON_OBJECT_START)
        return false;
    state_object_json_begin(&object);
    while ((token = json_next(reader)) == JSON_KEY) {
        Str key = reader->text;
        if (!state_object_json_member(&object, key, json_next(reader), &error))
            return false;
    }
    *(StateObjectRef *)member = state_object_json_finish(&object);
    return token == JSON_OBJECT_END;
}

static void journal_object_write(RecordWriter *writing, const RecordRow *, const void *member) {
    StateObjectRef object = *(const StateObjectRef *)member;
    if (!object) {
        json_write_null(writing->writer);
        return;
    }
    json_object_start(writing->writer);
    state_object_json_write(writing->writer, object);
    json_object_end(writing->writer);
}

static const RecordCodec object_codec = {journal_object_read, journal_object_write, NULL, NULL};

static const char *program_name(unsigned) {
    return "loam";
}

#define IN(kind)  (1U << RECORD_##kind)
#define IN_SLOTS  (IN(INTENT) | IN(OUTCOME) | IN(DEPOSE) | IN(RESTORE))
#define IN_PLACES (IN_SLOTS | IN(END))
#define IN_PARTS  (IN(PART_BEGIN) | IN(PART_END))
#define ROW_COUNT(name, member, kinds)                                                             \
    ROW_UINT64(JournalRecord, name, member, .limit = STATE_COUNT_MAX, .variants = (kinds))
#define ROW_SOME(ROW_TYPE, name, member, kinds)                                                    \
    ROW_TYPE(JournalRecord, name, member, .flags = ROW_OPTIONAL, .variants = (kinds))

/* An unknown action of a later version counts as an update: the object may exist in its old or new
 * form. Parts alone may have no action. */
#define ROW_PENDING(key, optional, kinds)                                                          \
    ROW_NAME(JournalRecord, key, pending.action, PendingAction, pending_action_name,               \
             PENDING_DELETE + 1, .otherwise = PENDING_UPDATE, .flags = (optional),                 \
             .variants = (kinds))

static const RecordRow rows[] = {
    ROW_NAME(JournalRecord, "kind", kind, RecordKind, record_kind_name, RECORD_PART_END + 1),
    ROW_COUNT("record", number, 0),
    ROW_COUNT("sequence", sequence, IN(INTENT) | IN(OUTCOME) | IN(END) | IN_PARTS),
    ROW_TEXT(JournalRecord, "lineage", lineage, .variants = IN(START)),
    ROW_COUNT("serial", serial, IN(START) | IN(FOLD)),
    ROW_WHOLE(JournalRecord, "program", record_constant, .name = program_name,
              .variants = IN(START)),
    ROW_TEXT(JournalRecord, "time", time, .variants = IN(START)),
    ROW_SOME(ROW_TEXT, "plan", plan, IN(START)),
    ROW(JournalRecord, "address", address, ResourceAddr, address_codec, .flags = ROW_OPTIONAL,
        .variants = IN_PLACES),
    ROW(JournalRecord, "provider", provider_config, ProviderConfigAddr, provider_codec,
        .flags = ROW_OPTIONAL, .variants = IN_SLOTS),
    ROW_SOME(ROW_TEXT, "deposed", deposed, IN_SLOTS),
    ROW_TEXT(JournalRecord, "digest", digest, .variants = IN(DEPOSE) | IN(FOLD)),
    ROW_TEXT(JournalRecord, "part", part, .variants = IN_PARTS),
    ROW_PENDING("action", 0, IN(INTENT)),
    ROW_PENDING("action", ROW_OPTIONAL, IN_PARTS),
    ROW_COUNT("generation", pending.generation, IN(INTENT)),
    ROW_SOME(ROW_TEXT, "identity", pending.marker, IN(INTENT) | IN_PARTS),
    ROW_SOME(ROW_BASE64, "private", pending.private_data, IN(INTENT) | IN_PARTS),
    ROW_COUNT("schema_version", pending.schema_version, IN(INTENT)),
    ROW_SOME(ROW_FLAG, "provisioned", pending.is_provisioned, IN(INTENT)),
    ROW_SOME(ROW_RAW, "planned", pending.planned, IN(INTENT)),
    ROW_SOME(ROW_RAW, "sensitive", pending.sensitive, IN(INTENT)),
    ROW_ARRAY(JournalRecord, "dependencies", pending.dependencies, pending.dependency_count,
              .flags = ROW_OPTIONAL | ROW_NULLABLE, .variants = IN(INTENT)),
    ROW(JournalRecord, "response", pending.response, StateResponseRef, response_codec,
        .flags = ROW_OPTIONAL, .variants = IN(INTENT), .name = response_name,
        .limit = STATE_RESPONSE_DONE + 1),
    ROW(JournalRecord, "response_bytes", pending.response, StateResponseRef, response_bytes_codec,
        .flags = ROW_OPTIONAL, .variants = IN(INTENT)),
    ROW(JournalRecord, "object", object, StateObjectRef, object_codec, .variants = IN(OUTCOME)),
};

static unsigned record_kind_bit(const void *record) {
    return 1U << ((const JournalRecord *)record)->kind;
}

const Record journal_record_rows = RECORD(JournalRecord, rows, .variant = record_kind_bit);

Str journal_record_digest(const StateObject *object, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_raw(&writer, object->attributes.len > 0 ? object->attributes : STR("{}"));
    return digest_hex(DIGEST_SHA256, strbuf_str(&text), arena);
}

static void record_log_object(const StateObject *object) {
    log_debug("journal object", log_number("tainted", object->status == OBJECT_TAINTED),
              log_number("attribute_bytes", (int64_t)object->attributes.len),
              log_number("sensitive_bytes", (int64_t)object->sensitive_attributes.len),
              log_number("private_bytes", (int64_t)object->private_data.len),
              log_number("dependencies", (int64_t)object->dependency_count),
              log_number("create_before_destroy", object->create_before_destroy),
              log_number("skip_destroy", object->skip_destroy));
}

void journal_record_log(const JournalRecord *record) {
    if (!log_enabled(LOG_DEBUG))
        return;
    SCOPED(ArenaRef) scratch = arena_open("journal log");
    bool has_address = record->address.type.len > 0;
    Str address = has_address ? resource_addr_to_str(record->address, scratch) : STR_EMPTY;
    log_debug("journal record", log_text("kind", str_from_cstr(record_kind_name(record->kind))),
              log_number("number", (int64_t)record->number),
              log_number("sequence", (int64_t)record->sequence), log_text("of", address),
              log_text("deposed", record->deposed),
              log_cstr("action", pending_action_name(record->pending.action)),
              log_text("part", record->part));
    if (record->object)
        record_log_object(record->object);
}

/* Reserves the line of a large object: doubling would leave copies of up to a megabyte. */
static void reserve(const JournalRecord *record, StrBuf *out) {
    const StatePending *pending = &record->pending;
    size_t plain = pending->planned.len + pending->sensitive.len;
    size_t encoded = pending->private_data.len;
    if (record->object) {
        plain += record->object->attributes.len + record->object->sensitive_attributes.len +
                 record->object->identity.len;
        encoded += record->object->private_data.len;
    }
    size_t size = plain + encoded / 3 * 4;
    if (size >= RESERVED_FROM)
        strbuf_reserve(out, size + size / 16);
}

void journal_record_write(const JournalRecord *record, StrBuf *out) {
    /* A separate arena, so that `out` can grow in place. */
    SCOPED(ArenaRef) pieces = arena_open("journal record");
    size_t start = out->len;
    reserve(record, out);
    strbuf_add_repeat(out, '0', CHECKSUM_DIGITS);
    strbuf_add_char(out, ' ');
    JsonWriter writer;
    json_writer_init(&writer, out, 0);
    record_encode(&(RecordWriter){&writer, pieces}, &journal_record_rows, record);
    char digits[CHECKSUM_DIGITS + 1];
    Str text = str_after(strbuf_str(out), start + CHECKSUM_DIGITS + 1);
    snprintf(digits, sizeof digits, "%08x", crc32c(text));
    memcpy(out->ptr + start, digits, CHECKSUM_DIGITS);
    strbuf_add_char(out, '\n');
}

static bool has_checksum(Str line, Str *text) {
    if (line.len <= CHECKSUM_DIGITS || line.ptr[CHECKSUM_DIGITS] != ' ')
        return false;
    *text = str_after(line, CHECKSUM_DIGITS + 1);
    char digits[CHECKSUM_DIGITS + 1];
    snprintf(digits, sizeof digits, "%08x", crc32c(*text));
    return memcmp(digits, line.ptr, CHECKSUM_DIGITS) == 0;
}

/* A line may have a valid checksum and lack the members that its kind needs. */
static bool is_complete(const JournalRecord *record) {
    bool has_address = record->address.type.len > 0;
    bool has_provider = record->provider_config.provider.len > 0;
    switch (record->kind) {
    case RECORD_INTENT: return has_address && has_provider;
    case RECORD_OUTCOME: return has_address && (has_provider || !record->object);
    case RECORD_DEPOSE:
    case RECORD_RESTORE: return has_address && record->deposed.len > 0;
    case RECORD_START:
    case RECORD_END:
    case RECORD_FOLD:
    case RECORD_PART_BEGIN:
    case RECORD_PART_END: return true;
    }
    return true;
}

bool journal_record_parse(Str line, JournalRecord *out, Arena *arena) {
    Str text;
    if (!has_checksum(line, &text))
        return false;
    *out = (JournalRecord){0};
    JsonReader reader = json_reader_new(text, arena);
    RecordReader reading = {.reader = &reader, .arena = arena};
    return record_decode(&reading, &journal_record_rows, json_next(&reader), out) &&
           is_complete(out);
}

bool journal_record_next_line(Str bytes, JournalLine *line) {
    size_t at = line->number == 0 ? 0 : line->offset + line->text.len + line->is_whole;
    if (at >= bytes.len)
        return false;
    size_t end = str_find_char(bytes, '\n', at);
    line->is_whole = end != SIZE_MAX;
    line->text = str_slice(bytes, at, line->is_whole ? end : bytes.len);
    line->offset = at;
    line->number++;
    return true;
}
