/* Implements method "external": programs of the user encrypt and decrypt. */
#include "base64.h"
#include "crypt_command.h"
#include "crypt_method.h"
#include "envelope.h"
#include "json.h"
#include "secret.h"

static const Attribute external_method_attributes[] = {
    {.name = "encrypt_command",
     .type = &TYPE_LIST_OF_STRING,
     .flags = REQUIRED | STARTS_PROGRAM,
     .description = "Program to encrypt, with its arguments.",
     .check = crypt_command_check},
    {.name = "decrypt_command",
     .type = &TYPE_LIST_OF_STRING,
     .flags = REQUIRED | STARTS_PROGRAM,
     .description = "Program to decrypt, with its arguments.",
     .check = crypt_command_check},
};

static Str external_question_of(Str key, Str payload, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    SCOPED(ArenaRef) scratch = arena_open("encryption program");
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    if (key.len > 0)
        json_key_string(&writer, "key", base64_encode(key, scratch));
    json_key_string(&writer, "payload", base64_encode(payload, scratch));
    json_object_end(&writer);
    return strbuf_str(&text);
}

static bool read_payload(Str answer, Str *out, Arena *arena) {
    JsonReader reader = json_reader_new(answer, arena);
    return json_next(&reader) == JSON_OBJECT_START && json_next(&reader) == JSON_KEY &&
           str_equal_cstr(reader.text, "payload") && json_next(&reader) == JSON_STRING &&
           envelope_from_base64(reader.text, out, arena) && json_next(&reader) == JSON_OBJECT_END &&
           json_next(&reader) == JSON_END;
}

static bool external_run(const MethodRequest *request, const char *argv_name, Str payload, Str *out,
                         Arena *arena, Diags *diags) {
    CryptCommand command = {
        .io = request->io,
        .cancel = request->cancel,
        .name = request->name,
        .argv = value_attribute(request->config, str_from_cstr(argv_name)),
        .magic = "OpenTofu-External-Encryption-Method",
        .range = request->range,
    };
    Str question = external_question_of(request->key, payload, arena), answer;
    bool ok = crypt_command_run(&command, question, &answer, arena, diags);
    secret_wipe(question);
    if (!ok)
        return false;
    ok = read_payload(answer, out, arena) ||
         crypt_command_report(&command, "its response cannot be read", diags);
    secret_wipe(answer);
    return ok;
}

static bool external_seal(const MethodRequest *request, Str plain, Str *out, Arena *arena,
                          Diags *diags) {
    return external_run(request, "encrypt_command", plain, out, arena, diags);
}

static bool external_open(const MethodRequest *request, Str sealed, Str *out, Arena *arena,
                          Diags *diags) {
    return external_run(request, "decrypt_command", sealed, out, arena, diags);
}

const CryptMethodType crypt_method_external = {
    .name = "external",
    .schema = {SCHEMA_ATTRIBUTES(external_method_attributes),
               .description = "External programs that encrypt and decrypt."},
    .keys = METHOD_MAY_HAVE_KEYS,
    .seal = external_seal,
    .open = external_open,
};
