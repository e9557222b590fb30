/* Reads and writes the lock file, a YAML list of mappings with quoted strings, which gives small
 * diffs. */
#include "module_lock.h"

#include "body.h"
#include "json.h"
#include "version_constraint.h"

#include <errno.h>

typedef struct LockField {
    const char *name;
    size_t offset;
} LockField;

static const LockField fields[] = {
    {"source", offsetof(LockEntry, source)}, {"version", offsetof(LockEntry, version)},
    {"commit", offsetof(LockEntry, commit)}, {"digest", offsetof(LockEntry, digest)},
    {"subdir", offsetof(LockEntry, subdir)},
};

static Str *lock_field_of(LockEntry *entry, const LockField *field) {
    return (Str *)((char *)entry + field->offset);
}

static bool lock_refuse(Str path, SourceRange range, const char *why, Diags *diags) {
    return diags_fail(
        diags, range, "Failed to read the module lock",
        "%.*s: %s. Correct the file, or restore it from version control. Without the file, "
        "\"loam init\" selects new revisions.",
        STR_ARG(path), why);
}

static bool lock_read_entry(Value object, LockEntry *out) {
    Value value;
    if (!value_is_present(object) || object.type->kind != KIND_OBJECT)
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(fields); i++) {
        if (!value_find(object, str_from_cstr(fields[i].name), &value))
            continue;
        if (!value_is_present(value) || value.type != &TYPE_STRING)
            return false;
        *lock_field_of(out, &fields[i]) = value_text(value);
    }
    return out->source.len > 0;
}

static bool lock_read_entries(Value list, ModuleLock *out, Arena *arena) {
    if (!value_is_present(list) || list.type->kind != KIND_TUPLE)
        return false;
    for (size_t i = 0; i < list.count; i++) {
        LockEntry entry = {0};
        if (!lock_read_entry(value_at(list, i), &entry))
            return false;
        module_lock_add(out, &entry, arena);
    }
    return true;
}

static bool lock_parse(Str path, Str bytes, ModuleLock *out, Arena *arena, Diags *diags) {
    const SourceText *source = source_text_new(path, bytes, arena);
    const FunctionTable *functions = function_table_new(NULL, 0, arena);
    const Body *body;
    BodyContent content;
    Value list;
    if (!body_yaml_parse(source, functions, &body, arena, diags) ||
        !body_attributes(body, BODY_LITERAL, &content, arena, diags))
        return false;
    const BodyAttribute *modules = body_content_find(&content, "modules");
    if (!modules)
        return lock_refuse(path, NO_RANGE, "it has no \"modules\"", diags);
    CHECK(expr_as_literal(modules->expr, &list, arena));
    return lock_read_entries(list, out, arena) ||
           lock_refuse(path, modules->range, "\"modules\" must be a list of sources and revisions",
                       diags);
}

bool module_lock_read(const Io *io, Str directory, ModuleLock *out, Arena *arena, Diags *diags) {
    Str path = disk_clean(disk_join(directory, STR(MODULE_LOCK_NAME), arena), arena);
    ModuleLock lock = {0};
    Str bytes;
    int status = io->disk->read_file(io->disk->self, path, &bytes, arena);
    if (status < 0 && status != -ENOENT)
        return lock_refuse(path, NO_RANGE, strerror(-status), diags);
    if (status == 0 && !lock_parse(path, bytes, &lock, arena, diags))
        return false;
    *out = lock;
    return true;
}

static int lock_compare_entries(const void *a, const void *b) {
    const LockEntry *x = a;
    const LockEntry *y = b;
    int order = str_compare(x->source, y->source);
    return order ? order : version_constraint_compare(x->version, y->version);
}

static void lock_write_entry(LockEntry *entry, StrBuf *out) {
    JsonWriter writer;
    for (size_t i = 0; i < ARRAY_COUNT(fields); i++) {
        Str text = *lock_field_of(entry, &fields[i]);
        if (!text.len)
            continue;
        strbuf_add_format(out, "%s%s: ", i == 0 ? "  - " : "    ", fields[i].name);
        json_writer_init(&writer, out, 0);
        json_write_string(&writer, text);
        strbuf_add_char(out, '\n');
    }
}

static Str to_text(const ModuleLock *lock, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    LockEntry *sorted = arena_new_array(arena, LockEntry, lock->entries.count);
    if (lock->entries.count) {
        memcpy(sorted, lock->entries.items, lock->entries.count * sizeof *sorted);
        qsort(sorted, lock->entries.count, sizeof *sorted, lock_compare_entries);
    }
    strbuf_add_cstr(
        &text, "# Revisions of the modules that this configuration calls. \"loam init\" writes and "
               "follows this file;\n"
               "# \"loam init -upgrade\" selects newer revisions. Keep it in version control.\n"
               "modules:\n");
    for (size_t i = 0; i < lock->entries.count; i++)
        lock_write_entry(&sorted[i], &text);
    return strbuf_str(&text);
}

/* Adds an error if the content of the lock file differs from `lock`. */
static bool check_unchanged(const Io *io, Str directory, const ModuleLock *lock, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("module lock");
    const Disk *disk = io->disk;
    Str path = disk_clean(disk_join(directory, STR(MODULE_LOCK_NAME), scratch), scratch);
    Str before = STR_EMPTY;
    (void)disk->read_file(disk->self, path, &before, scratch);
    if (str_equal(before, lock->entries.count ? to_text(lock, scratch) : STR_EMPTY))
        return true;
    return diags_fail(
        diags, NO_RANGE, "Module lock file not up to date",
        "%.*s does not lock the revisions of all modules, and -lockfile=readonly forbids changing "
        "it. Run \"loam init\" without that option, and keep the file in version control.",
        STR_ARG(path));
}

bool module_lock_write(const Io *io, Str directory, const ModuleLock *lock, Diags *diags) {
    if (lock->is_readonly)
        return check_unchanged(io, directory, lock, diags);
    SCOPED(ArenaRef) scratch = arena_open("module lock");
    const Disk *disk = io->disk;
    Str path = disk_clean(disk_join(directory, STR(MODULE_LOCK_NAME), scratch), scratch);
    Str text = to_text(lock, scratch);
    Str before;
    int status = disk->read_file(disk->self, path, &before, scratch);
    bool is_there = status == 0;
    if (is_there && lock->entries.count && str_equal(before, text))
        return true;
    if (lock->entries.count)
        status = disk->write_file(disk->self, path, text, 0666);
    else
        status = is_there ? disk->remove(disk->self, path) : 0;
    if (status >= 0)
        return true;
    return diags_fail(
        diags, NO_RANGE, "Failed to write the module lock", "\"%.*s\" could not be written: %s. %s",
        STR_ARG(path), strerror(-status),
        disk_hint(status, "Check the permissions of the directory, then run \"loam init\" again."));
}

const LockEntry *module_lock_find(const ModuleLock *lock, Str source, Str constraint) {
    const LockEntry *newest = NULL;
    vec_each(&lock->entries, entry) {
        bool is_allowed = true;
        if (!str_equal(entry->source, source))
            continue;
        if (constraint.len &&
            (!version_constraint_check(constraint, entry->version, &is_allowed) || !is_allowed))
            continue;
        if (!newest || version_constraint_compare(entry->version, newest->version) > 0)
            newest = entry;
    }
    return newest;
}

void module_lock_add(ModuleLock *lock, const LockEntry *entry, Arena *arena) {
    vec_each(&lock->entries, there) {
        if (str_equal(there->source, entry->source) && str_equal(there->version, entry->version))
            return;
    }
    vec_push(arena, &lock->entries, *entry);
}
