/* Reads, merges and replaces the file of tokens, or calls the helper. */
#include "credentials_store.h"

#include "cli_config_load.h"
#include "credentials_helper.h"
#include "json.h"
#include "package_store.h"

#include <errno.h>

static bool credentials_store_fail(Str path, const char *why, Diags *diags) {
    return diags_fail(diags, NO_RANGE, "Credentials not stored", "\"%.*s\": %s.", STR_ARG(path),
                      why);
}

/* Returns a copy of the object with another member `name`; without it if `item` is NULL. */
static Value credentials_store_with_member(Value object, Str name, const Value *item,
                                           Arena *arena) {
    Str *names = arena_new_array(arena, Str, object.count + 1);
    Value *items = arena_new_array(arena, Value, object.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < object.count; i++) {
        if (str_equal(value_key_at(object, i), name))
            continue;
        names[count] = value_key_at(object, i);
        items[count++] = value_at(object, i);
    }
    if (item) {
        names[count] = name;
        items[count++] = *item;
    }
    return value_object(names, items, count, arena);
}

/* Reads the file; a missing one is empty. *hosts is its member `credentials`. */
static bool credentials_store_read_file(const Io *io, Str path, Value *document, Value *hosts,
                                        Arena *arena, Diags *diags) {
    Str text;
    Value empty = value_object(NULL, NULL, 0, arena);
    *document = *hosts = empty;
    int status = io->disk->read_file(io->disk->self, path, &text, arena);
    if (status == -ENOENT || status == -ENOTDIR)
        return true;
    if (status != 0)
        return credentials_store_fail(path, strerror(-status), diags);
    if (!json_parse_object(text, document, arena))
        return credentials_store_fail(path, "the file is not a JSON object", diags);
    return !value_find_present(*document, STR("credentials"), hosts) ||
           hosts->type->kind == KIND_OBJECT ||
           credentials_store_fail(path, "\"credentials\" is not a JSON object", diags);
}

bool credentials_store_find(const PackageSources *sources, Str host, CredentialsPlace *out,
                            Arena *arena, Diags *diags) {
    const CliHost *known = cli_config_find_host(sources->config, host);
    Str path = cli_config_credentials_path(sources->io, arena);
    Value document, hosts, item;
    if (path.len == 0)
        return diags_fail(diags, NO_RANGE, "No home directory",
                          "The environment variable HOME is not set. Set it to the directory that "
                          "contains \".terraform.d\", the place of the credentials.");
    if (!credentials_store_read_file(sources->io, path, &document, &hosts, arena, diags))
        return false;
    *out = known && known->is_configured            ? CREDENTIALS_IN_SETTINGS
           : value_find_present(hosts, host, &item) ? CREDENTIALS_IN_FILE
           : sources->config->helper.len            ? CREDENTIALS_IN_HELPER
                                                    : CREDENTIALS_NOWHERE;
    return true;
}

Str credentials_store_name(const PackageSources *sources, CredentialsPlace found, Arena *arena) {
    if (found == CREDENTIALS_IN_HELPER)
        return str_format(arena, "the credentials helper \"%.*s\"",
                          STR_ARG(sources->config->helper));
    Str path = cli_config_credentials_path(sources->io, arena);
    return str_format(arena, "the file \"%.*s\"", STR_ARG(path));
}

static Str token_object(Str token, Arena *arena) {
    Str name = STR("token");
    Value item = value_string(token, arena);
    return json_text(value_object(&name, &item, 1, arena), arena);
}

static bool credentials_store_call_helper(const PackageSources *sources, Str host, Str token,
                                          Arena *arena, Diags *diags) {
    Str out, problem;
    PackageQuery query = {sources, &problem, arena};
    bool is_removal = token.len == 0;
    if (credentials_helper_run(&query, is_removal ? "forget" : "store", host,
                               is_removal ? STR_EMPTY : token_object(token, arena), &out))
        return true;
    return diags_fail(
        diags, NO_RANGE, "Credentials helper failed",
        "The credentials helper \"%.*s\" of the CLI configuration did not %s the token: %.*s.",
        STR_ARG(sources->config->helper), is_removal ? "remove" : "store", STR_ARG(problem));
}

static Str credentials_store_text_of(Value document, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 2);
    writer.escape_html = true;
    json_write_value(&writer, document);
    return strbuf_str(&text);
}

/* The caller holds the lock. */
static bool change_file(const Io *io, Str path, Str host, Str token, Arena *arena, Diags *diags) {
    Value document, hosts;
    Str name = STR("token");
    Str real = path;
    Value text = value_string(token, arena);
    Value item = value_object(&name, &text, 1, arena);
    if (!credentials_store_read_file(io, path, &document, &hosts, arena, diags))
        return false;
    hosts = credentials_store_with_member(hosts, host, token.len ? &item : NULL, arena);
    document = credentials_store_with_member(document, STR("credentials"), &hosts, arena);
    (void)io->disk->real_path(io->disk->self, path, &real, arena); /* keeps a symbolic link */
    int error = io->disk->write_file(io->disk->self, real,
                                     credentials_store_text_of(document, arena), 0600);
    return error == 0 || credentials_store_fail(path, strerror(-error), diags);
}

bool credentials_store_put(const PackageSources *sources, CredentialsPlace place, Str host,
                           Str token, Arena *arena, Diags *diags) {
    const Io *io = sources->io;
    Str path = cli_config_credentials_path(io, arena);
    Str directory = disk_directory_of(path);
    DiskFile lock;
    if (place == CREDENTIALS_IN_HELPER)
        return credentials_store_call_helper(sources, host, token, arena, diags);
    int error = io->disk->make_directories(io->disk->self, directory, 0700);
    if (error == 0)
        error = package_store_lock(io, directory, sources->cancel, &lock, arena);
    if (error != 0)
        return credentials_store_fail(path, strerror(-error), diags);
    bool ok = change_file(io, path, host, token, arena, diags);
    io->disk->close(io->disk->self, lock);
    return ok;
}
