/* inmem_backend: a state that ends with the command, for tests of configurations.
 *
 *    read    returns the text of the last write in this run; at first there is no state
 *    lock    succeeds: no other process sees the state
 *
 * Workspaces have names, but no content. */
#include "backends.h"

typedef struct Inmem {
    Backend backend;
    Arena *arena;
    Str text;
} Inmem;

static bool inmem_read(Backend *backend, Str *out, Arena *arena, Diags *diags) {
    const Inmem *inmem = backend->self;
    (void)diags;
    *out = str_clone(inmem->text, arena);
    return true;
}

static bool inmem_write(Backend *backend, Str bytes, Diags *diags) {
    Inmem *inmem = backend->self;
    (void)diags;
    inmem->text = str_clone(bytes, inmem->arena);
    return true;
}

static bool inmem_remove(Backend *backend, Diags *diags) {
    return inmem_write(backend, STR_EMPTY, diags);
}

static bool inmem_open(
    const Io *io, Value config, Str workspace, Backend **out, Arena *arena, Diags *diags) {
    (void)io;
    (void)config;
    (void)workspace;
    (void)diags;
    Inmem *inmem = arena_new(arena, Inmem);
    *inmem = (Inmem){
        .backend =
            {
                      .type = &inmem_backend,
                      .self = inmem,
                      .path = STR("memory"),
                      .read = inmem_read,
                      .write = inmem_write,
                      .remove = inmem_remove,
                      },
        .arena = arena,
    };
    *out = &inmem->backend;
    return true;
}

static bool inmem_list(const Io *io, Value config, StrVec *out, Arena *arena, Diags *diags) {
    (void)io;
    (void)config;
    (void)out;
    (void)arena;
    (void)diags;
    return true;
}

static bool inmem_make(const Io *io, Value config, Str workspace, Diags *diags) {
    (void)io;
    (void)config;
    (void)workspace;
    (void)diags;
    return true;
}

static const Attribute inmem_attributes[] = {
    {"lock_id", &TYPE_STRING, OPTIONAL, "Accepted and without effect, as in Terraform."},
};

const BackendType inmem_backend = {
    .name = "inmem",
    .about = "Nothing is stored: each command starts without a state, so objects that an apply "
             "creates are unknown to the next command. Terraform has this backend for tests.",
    .schema = {SCHEMA_ATTRIBUTES(inmem_attributes),
               .description = "Keeps the state in the memory of the command."},
    .open = inmem_open,
    .list = inmem_list,
    .make = inmem_make,
};
