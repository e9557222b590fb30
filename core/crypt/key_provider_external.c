/* Implements key_provider "external": a program of the user provides keys. To encrypt, the program
 * reads null and returns a key with metadata. To decrypt, it reads these metadata. */
#include "crypt_command.h"
#include "envelope.h"
#include "json.h"
#include "key_provider.h"
#include "secret.h"

static const Attribute external_provider_attributes[] = {
    {.name = "command",
     .type = &TYPE_LIST_OF_STRING,
     .flags = REQUIRED | STARTS_PROGRAM,
     .description = "Program and its arguments.",
     .check = crypt_command_check},
};

typedef struct Answer {
    Str sealing;       /* "encryption_key", in base64 */
    Str opening;       /* "decryption_key", in base64 */
    Str external_data; /* JSON object; empty: none */
} Answer;

/* Calls `member` for each key of the next object; null counts as an empty object. */
static bool external_read_object(JsonReader *reader,
                                 bool (*member)(JsonReader *reader, Str key, Answer *out),
                                 Answer *out) {
    JsonToken token = json_next(reader);
    if (token == JSON_NULL)
        return true;
    if (token != JSON_OBJECT_START)
        return false;
    while ((token = json_next(reader)) == JSON_KEY) {
        if (!member(reader, reader->text, out))
            return false;
    }
    return token == JSON_OBJECT_END;
}

static bool external_read_key(JsonReader *reader, Str key, Answer *out) {
    bool is_sealing = str_equal_cstr(key, "encryption_key");
    if (!is_sealing && !str_equal_cstr(key, "decryption_key"))
        return false;
    JsonToken token = json_next(reader);
    if (token == JSON_STRING)
        *(is_sealing ? &out->sealing : &out->opening) = reader->text;
    return token == JSON_STRING || token == JSON_NULL;
}

static bool read_meta(JsonReader *reader, Str key, Answer *out) {
    JsonToken token = json_next(reader);
    if (!str_equal_cstr(key, "external_data"))
        return false;
    if (token == JSON_NULL)
        return true;
    return token == JSON_OBJECT_START && json_skip(reader, token, &out->external_data);
}

static bool external_read_member(JsonReader *reader, Str key, Answer *out) {
    if (str_equal_cstr(key, "keys"))
        return external_read_object(reader, external_read_key, out);
    return str_equal_cstr(key, "meta") && external_read_object(reader, read_meta, out);
}

static bool external_read_answer(Str text, Answer *out, Arena *arena) {
    JsonReader *reader = arena_new(arena, JsonReader);
    *reader = json_reader_new(text, arena);
    return json_peek(reader) == JSON_OBJECT_START &&
           external_read_object(reader, external_read_member, out) && json_next(reader) == JSON_END;
}

static Str metadata_of(const Answer *answer, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    json_key(&writer, STR("external_data"));
    json_raw(&writer, answer->external_data.len ? answer->external_data : STR("null"));
    json_object_end(&writer);
    return strbuf_str(&text);
}

static bool accept_key(const CryptCommand *command, Str text, bool is_sealing, KeyResult *out,
                       Arena *arena, Diags *diags) {
    Answer answer = {0};
    if (!external_read_answer(text, &answer, arena))
        return crypt_command_report(command, "its response cannot be read", diags);
    Str key = is_sealing ? answer.sealing : answer.opening;
    if (key.len == 0)
        return crypt_command_report(
            command,
            is_sealing ? "its response has no \"encryption_key\""
                       : "its response has no \"decryption_key\" for the stored metadata",
            diags);
    if (!envelope_from_base64(key, &out->key, arena))
        return crypt_command_report(command, "its key is not base64", diags);
    out->metadata = metadata_of(&answer, arena);
    return true;
}

static bool external_provide(const KeyRequest *request, KeyResult *out, Arena *arena,
                             Diags *diags) {
    CryptCommand command = {
        .io = request->io,
        .cancel = request->cancel,
        .name = request->name,
        .argv = value_attribute(request->config, STR("command")),
        .magic = "OpenTofu-External-Key-Provider",
        .range = request->range,
    };
    Str text, question = request->stored ? *request->stored : STR("null");
    if (str_equal(question, STR("{\"external_data\":null}")))
        question = STR("null"); /* to decrypt, too */
    if (!crypt_command_run(&command, question, &text, arena, diags))
        return false;
    bool ok = accept_key(&command, text, !request->stored, out, arena, diags);
    secret_wipe(text);
    return ok;
}

const KeyProviderType key_provider_external = {
    .name = "external",
    .schema = {SCHEMA_ATTRIBUTES(external_provider_attributes),
               .description = "An external program that provides keys."},
    .provide = external_provide,
};
