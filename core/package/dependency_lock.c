/* Reads the lock file with the parser of native syntax; writes its canonical text. */
#include "dependency_lock.h"

#include "address.h"
#include "native.h"
#include "provider_address.h"
#include "version_constraint.h"

#include <errno.h>

#define HEAD_START "# This file is maintained automatically by \""
#define HEAD_END   " init\"."

typedef struct LockReader {
    DependencyLock *lock;
    Arena *arena;
    Diags *diags;
} LockReader;

static bool dependency_lock_refuse(LockReader *reader, SourceRange range, const char *detail) {
    return diags_fail(
        reader->diags, range, "Invalid dependency lock file",
        "%s \"loam init\" maintains this file: correct it, or restore it from version control.",
        detail);
}

static bool lock_read_text(LockReader *reader, const NativeAttribute *attribute, Str *out) {
    Value value;
    if (!expr_as_literal(attribute->expr, &value, reader->arena) || !value_is_present(value) ||
        value.type != &TYPE_STRING)
        return dependency_lock_refuse(reader, attribute->range,
                                      "This argument must be a literal string.");
    *out = value_text(value);
    return true;
}

static bool read_hashes(LockReader *reader, const NativeAttribute *attribute, StrVec *out) {
    Value list;
    bool is_list = expr_as_literal(attribute->expr, &list, reader->arena) &&
                   value_is_present(list) && list.type->kind == KIND_TUPLE;
    for (size_t i = 0; is_list && i < list.count; i++) {
        Value item = value_at(list, i);
        is_list = value_is_present(item) && item.type == &TYPE_STRING &&
                  str_find_char(value_text(item), ':', 0) != SIZE_MAX;
        if (is_list)
            vec_push(reader->arena, out, value_text(item));
    }
    return is_list ||
           dependency_lock_refuse(reader, attribute->range,
                                  "\"hashes\" must be a list of strings such as \"h1:…\".");
}

static bool lock_read_arguments(LockReader *reader, const NativeBody *body,
                                DependencyEntry *entry) {
    map_each(&body->attributes, item) {
        const NativeAttribute *attribute = item->value;
        bool ok = true;
        if (str_equal_cstr(attribute->name, "version"))
            ok = lock_read_text(reader, attribute, &entry->version);
        else if (str_equal_cstr(attribute->name, "constraints"))
            ok = lock_read_text(reader, attribute, &entry->constraints);
        else if (str_equal_cstr(attribute->name, "hashes"))
            ok = read_hashes(reader, attribute, &entry->hashes);
        else
            ok = dependency_lock_refuse(reader, attribute->name_range,
                                        "This argument is not known here.");
        if (!ok)
            return false;
    }
    return true;
}

static bool lock_read_provider(LockReader *reader, const NativeBlock *block) {
    DependencyEntry entry = {0};
    bool is_fine;
    if (block->labels.count != 1)
        return dependency_lock_refuse(
            reader, block->type_range,
            "A provider block has one label, the address of the provider.");
    SourceRange place = block->labels.items[0].range;
    entry.address = block->labels.items[0].text;
    if (!provider_address_is_complete(entry.address))
        return dependency_lock_refuse(reader, place,
                                      "The address of a provider must have the form "
                                      "\"host/namespace/type\".");
    if (dependency_lock_find(reader->lock, entry.address))
        return dependency_lock_refuse(reader, place, "An earlier block has the same provider.");
    if (!lock_read_arguments(reader, block->body, &entry))
        return false;
    if (!version_constraint_is_version(entry.version))
        return dependency_lock_refuse(reader, block->type_range,
                                      "The block needs \"version\", a version such as \"1.2.3\".");
    if (entry.constraints.len &&
        !version_constraint_check(entry.constraints, STR("1.0.0"), &is_fine))
        return dependency_lock_refuse(reader, block->type_range,
                                      "\"constraints\" is not a version constraint.");
    dependency_lock_set(reader->lock, entry, reader->arena);
    return true;
}

/* Reads the name of the program that maintains the file from its first line. */
static Str lock_program_of(Str text) {
    Str line;
    if (!str_next_field(&text, '\n', &line) || !str_starts_with(line, STR(HEAD_START)) ||
        !str_ends_with(line, STR(HEAD_END)))
        return STR_EMPTY;
    return str_slice(line, sizeof HEAD_START - 1, line.len - (sizeof HEAD_END - 1));
}

static bool lock_read_body(LockReader *reader, const NativeBody *body) {
    map_each(&body->attributes, item) {
        const NativeAttribute *attribute = item->value;
        return dependency_lock_refuse(reader, attribute->name_range,
                                      "The file has only provider blocks.");
    }
    vec_each(&body->blocks, block) {
        bool is_provider = str_equal_cstr((*block)->type, "provider");
        if (is_provider && !lock_read_provider(reader, *block))
            return false;
        if (!is_provider && !str_equal_cstr((*block)->type, "module"))
            return dependency_lock_refuse(reader, (*block)->type_range,
                                          "The file has only provider blocks.");
        if (!is_provider)
            diags_warning(reader->diags, (*block)->type_range, "Unsupported dependency lock",
                          "The lock file has a block for modules, which this version ignores.");
    }
    return true;
}

bool dependency_lock_parse(Str path, Str text, DependencyLock *out, Arena *arena, Diags *diags) {
    const SourceText *source = source_text_new(path, text, arena);
    const FunctionTable *functions = function_table_new(NULL, 0, arena);
    const NativeBody *body;
    DependencyLock lock = {.text = text, .program = lock_program_of(text)};
    LockReader reader = {&lock, arena, diags};
    if (!native_parse(source, functions, &body, arena, diags) || !lock_read_body(&reader, body))
        return false;
    *out = lock;
    return true;
}

bool dependency_lock_read(const Io *io, Str directory, DependencyLock *out, Arena *arena,
                          Diags *diags) {
    Str path = disk_clean(disk_join(directory, STR(DEPENDENCY_LOCK_NAME), arena), arena);
    Str text;
    int status = io->disk->read_file(io->disk->self, path, &text, arena);
    if (status == -ENOENT) {
        *out = (DependencyLock){0};
        return true;
    }
    if (status == 0)
        return dependency_lock_parse(path, text, out, arena, diags);
    return diags_fail(diags, NO_RANGE, "Failed to read the dependency lock file", "\"%.*s\": %s.",
                      STR_ARG(path), strerror(-status));
}

static void lock_add_entry(const DependencyEntry *entry, StrBuf *out) {
    const char *space = entry->constraints.len ? "    " : "";
    strbuf_add_format(out, "\nprovider \"%.*s\" {\n  version %s= \"%.*s\"\n",
                      STR_ARG(entry->address), space, STR_ARG(entry->version));
    if (entry->constraints.len)
        strbuf_add_format(out, "  constraints = \"%.*s\"\n", STR_ARG(entry->constraints));
    if (entry->hashes.count)
        strbuf_add_cstr(out, "  hashes = [\n");
    vec_each(&entry->hashes, hash) {
        strbuf_add_format(out, "    \"%.*s\",\n", STR_ARG(*hash));
    }
    strbuf_add_cstr(out, entry->hashes.count ? "  ]\n}\n" : "}\n");
}

Str dependency_lock_text(const DependencyLock *lock, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    Str program = lock->program.len ? lock->program : STR("terraform");
    strbuf_add_format(&text, HEAD_START "%.*s" HEAD_END "\n", STR_ARG(program));
    strbuf_add_cstr(&text, "# Manual edits may be lost in future updates.\n");
    vec_each(&lock->entries, entry) {
        lock_add_entry(entry, &text);
    }
    return strbuf_str(&text);
}

bool dependency_lock_write(const Io *io, Str directory, const DependencyLock *lock, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("dependency lock");
    const Disk *disk = io->disk;
    Str path = disk_clean(disk_join(directory, STR(DEPENDENCY_LOCK_NAME), scratch), scratch);
    Str text = dependency_lock_text(lock, scratch);
    if (lock->text.ptr && str_equal(lock->text, text))
        return true;
    int status = disk->write_file(disk->self, path, text, 0666);
    if (status == 0)
        return true;
    return diags_fail(
        diags, NO_RANGE, "Failed to write the dependency lock file",
        "\"%.*s\" could not be written: %s. %s", STR_ARG(path), strerror(-status),
        disk_hint(status, "Check the permissions of the directory, then run \"loam init\" again."));
}

DependencyEntry *dependency_lock_find(const DependencyLock *lock, Str address) {
    vec_each(&lock->entries, entry) {
        if (str_equal(entry->address, address))
            return entry;
    }
    return NULL;
}

DependencyLock dependency_lock_clone(const DependencyLock *lock, Arena *arena) {
    DependencyLock copy = *lock;
    copy.entries.items = NULL;
    copy.entries.count = copy.entries.capacity = 0;
    vec_each(&lock->entries, entry) {
        vec_push(arena, &copy.entries, *entry);
    }
    return copy;
}

const DependencyEntry *dependency_lock_move(DependencyLock *lock, Str address, Arena *arena) {
    Str path = address_without_public_host(address);
    if (path.len == address.len || !str_starts_with(path, STR("hashicorp/")) ||
        dependency_lock_find(lock, address))
        return NULL;
    for (size_t i = 0; i < lock->entries.count; i++) {
        DependencyEntry entry = lock->entries.items[i];
        if (!str_equal(path, address_without_public_host(entry.address)))
            continue;
        entry.address = address;
        entry.hashes = (StrVec){0};
        entry.is_moved = true;
        dependency_lock_set(lock, entry, arena);
        return dependency_lock_find(lock, address);
    }
    return NULL;
}

static StrVec lock_sorted(const StrVec *hashes, Arena *arena) {
    StrVec all = {0};
    StrVec unique = {0};
    vec_each(hashes, hash) {
        vec_push(arena, &all, *hash);
    }
    str_sort(all.items, all.count);
    vec_each(&all, hash) {
        if (!unique.count || !str_equal(vec_last(&unique), *hash))
            vec_push(arena, &unique, *hash);
    }
    return unique;
}

void dependency_lock_set(DependencyLock *lock, DependencyEntry entry, Arena *arena) {
    DependencyEntry *known = dependency_lock_find(lock, entry.address);
    entry.hashes = lock_sorted(&entry.hashes, arena);
    if (known) {
        *known = entry;
        return;
    }
    vec_push(arena, &lock->entries, entry);
    for (size_t i = lock->entries.count - 1; i > 0; i--) {
        DependencyEntry *items = lock->entries.items;
        if (str_compare(items[i - 1].address, items[i].address) <= 0)
            break;
        DependencyEntry moved = items[i];
        items[i] = items[i - 1];
        items[i - 1] = moved;
    }
}
