/* backend: the one place where a state's text is opened and sealed. */
#include "backend.h"

static Str what_of(const Backend *backend, Arena *arena) {
    return str_format(arena, "The state \"%.*s\"", STR_ARG(backend->path));
}

bool backend_read(Backend *backend, Str *out, Arena *arena, Diags *diags) {
    Str bytes;
    if (!backend->read(backend, &bytes, arena, diags) ||
        !cipher_open(backend->cipher, what_of(backend, arena), bytes, out, &backend->is_outdated,
                     arena, diags))
        return false;
    return true;
}

/* A backup is sealed by today's method, too, whatever the state was written with. */
static bool seal_backup(Backend *backend, Arena *scratch, Diags *diags) {
    Str plain;
    if (!backend->is_outdated || backend->backup_path.len == 0)
        return true;
    return backend_read(backend, &plain, scratch, diags) &&
           cipher_seal(backend->cipher, envelope_read_head(plain, scratch), plain,
                       &backend->backup_bytes, scratch, diags);
}

bool backend_write(Backend *backend, Str text, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("sealed state");
    Str bytes = text;
    bool ok = text.len == 0 || cipher_is_plain(backend->cipher) ||
              cipher_seal(backend->cipher, envelope_read_head(text, scratch), text, &bytes, scratch,
                          diags);
    ok = ok && seal_backup(backend, scratch, diags) && backend->write(backend, bytes, diags);
    backend->backup_bytes = (Str){0};
    if (ok)
        backend->is_outdated = false;
    return ok;
}
