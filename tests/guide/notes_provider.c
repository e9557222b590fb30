/* notes: text files in a directory. The example of docs/write-a-provider.md. */
#include <errno.h>

#include "object_builder.h"
#include "object_id.h"
#include "path_error.h"
#include "provider.h"
#include "timeouts.h"
#include "wait_until.h"

/* The client that notes_configure makes is the directory. */
static Str note_path(const Call *call, Str id, const char *suffix) {
    const Str *directory = call->client;
    return disk_join(*directory, str_concat(id, str_from_cstr(suffix), call->arena), call->arena);
}

static bool failed(const Call *call, const char *summary, Str path, int error, Diags *diags) {
    return path_error(call, NO_PATH, diags, summary, "\"%.*s\": %s. %s", STR_ARG(path),
                      strerror(-error), disk_hint(error, "Check the provider's \"directory\"."));
}

/* Reads the note `id` into an object like `base`; sets null if there is no such note. */
static bool find_note(const Call *call, Str id, Value base, Value *out, Diags *diags) {
    const Disk *disk = call->io->disk;
    Str path = note_path(call, id, ".txt"), text, title;
    int error = disk->read_file(disk->self, path, &text, call->arena);
    *out = value_null(base.type);
    if (error != 0)
        return error == -ENOENT || failed(call, "Note not read", path, error, diags);
    ObjectBuilder builder = object_builder_of(base, call->arena);
    (void)str_next_field(&text, '\n', &title);
    object_builder_set_text(&builder, "id", id, call->arena);
    object_builder_set_text(&builder, "title", title, call->arena);
    object_builder_set_text(&builder, "text", text, call->arena);
    *out = object_builder_value(&builder);
    return true;
}

/* Writes the whole file or nothing, so a failure leaves no object and no doubt. */
static bool write_note(const Call *call, Value note, Str id, Diags *diags) {
    Str path = note_path(call, id, ".txt");
    const Str lines[] = {object_text(note, "title", STR_EMPTY),
                         object_text(note, "text", STR_EMPTY)};
    Str bytes = str_join(lines, ARRAY_COUNT(lines), STR("\n"), call->arena);
    int error = call->io->disk->write_file(call->io->disk->self, path, bytes, 0644);
    return error == 0 || failed(call, "Note not written", path, error, diags);
}

static WaitLook look_for_receipt(void *payload, Wait *wait) {
    return disk_exists(wait->call->io->disk, *(Str *)payload) ? WAIT_LOOK_DONE : WAIT_LOOK_AGAIN;
}

static bool note_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    Str title = object_text(request->config, "title", STR_EMPTY); /* empty while unknown */
    return str_find_char(title, '\n', 0) == SIZE_MAX ||
           path_error(call, PATH_AT(call, {"title"}), diags, "Title of several lines",
                      "A title is one line. Move the rest to \"text\".");
}

/* Creates and updates: both write the file. */
static bool note_apply(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                       Diags *diags) {
    bool is_new = value_is_null(request->prior);
    Str id = is_new ? request->marker : object_text(request->prior, "id", STR_EMPTY);
    if (!write_note(call, request->planned, id, diags))
        return false;
    response->state = object_with_text(request->planned, "id", id, call->arena);
    if (!object_bool(request->planned, "wait_for_receipt", false))
        return true;
    Str receipt = note_path(call, id, ".read");
    WaitUntil until = {.what = "a receipt", .look = look_for_receipt, .payload = &receipt};
    return wait_until_done(call, &until, diags); /* on failure the new object is tainted */
}

static bool note_delete(const Call *call, const DeleteRequest *request, DeleteResponse *,
                        Diags *diags) {
    Str path = note_path(call, object_text(request->prior, "id", STR_EMPTY), ".txt");
    int error = call->io->disk->remove(call->io->disk->self, path);
    return error == 0 || error == -ENOENT || failed(call, "Note not deleted", path, error, diags);
}

static bool note_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                      Diags *diags) {
    Str id = object_text(request->state, "id", STR_EMPTY);
    return find_note(call, id, request->state, &response->state, diags);
}

static bool note_recover(const Call *call, const RecoverRequest *request, RecoverResponse *response,
                         Diags *diags) {
    if (!find_note(call, request->marker, request->planned, &response->state, diags))
        return false;
    response->outcome = value_is_null(response->state) ? RECOVER_ABSENT : RECOVER_COMPLETE;
    return true;
}

static const Attribute note_attributes[] = {
    {"id", &TYPE_STRING, COMPUTED, "UUID of the note, the name of its file."},
    {"text", &TYPE_STRING, REQUIRED, "Text below the title."},
    {"title", &TYPE_STRING, REQUIRED, "First line of the note."},
    {"wait_for_receipt", &TYPE_BOOL, OPTIONAL, "Wait for the file \"ID.read\"."},
};
static const Block note_blocks[] = {TIMEOUTS_BLOCK};

static const ResourceType notes_note = {
    .name = "notes_note",
    .schema = {SCHEMA_ATTRIBUTES(note_attributes), SCHEMA_BLOCKS(note_blocks),
               .description = "A note."},
    .recovery = RECOVERY_FINDS,
    .validate = note_validate,
    .marker = object_id_marker,
    .create = note_apply,
    .update = note_apply,
    .delete = note_delete,
    .read = note_read,
    .import = object_id_import,
    .import_id = "id of the note",
    .recover = note_recover,
};

static bool notes_configure(const Call *call, const ConfigureRequest *request,
                            ConfigureResponse *response, Diags *diags) {
    (void)call, (void)diags;
    Str *directory = response->client = arena_new(request->run, Str);
    *directory = str_clone(object_text(request->config, "directory", STR_EMPTY), request->run);
    return true;
}

static const Attribute attributes[] = {
    {"directory", &TYPE_STRING, REQUIRED, "Where the notes are."},
};
static const ObjectType *const types[] = {&notes_note.type};
const Provider notes_provider = {
    .name = "notes",
    .address = "loam.internal/example/notes",
    .description = "Notes in files.",
    .schema = {SCHEMA_ATTRIBUTES(attributes)},
    .configure = notes_configure,
    PROVIDER_TYPES(types),
};
