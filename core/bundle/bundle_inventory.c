/* bundle_inventory: reads the YAML strictly; an unknown key is an error. */
#include "bundle_inventory.h"
#include "str_quote.h"
#include "yaml_value.h"

#define ELEMENTS_MAX ((size_t)200000)

typedef struct InventoryReading {
    Str path;
    BundleInventory *out;
    Arena *arena;
    Diags *diags;
} InventoryReading;

static bool PRINTF_LIKE(2, 3) inventory_fail(InventoryReading *reading, const char *format, ...) {
    va_list args;
    va_start(args, format);
    Str why = str_vformat(reading->arena, format, args);
    va_end(args);
    return diags_fail(reading->diags, NO_RANGE, "Invalid inventory", "\"%.*s\": %.*s.",
                      STR_ARG(reading->path), STR_ARG(why));
}

static bool inventory_spend(void *payload, size_t elements) {
    size_t *left = payload;
    bool is_enough = elements <= *left;
    *left -= is_enough ? elements : 0;
    return is_enough;
}

typedef struct Member {
    Str key;
    Str *out; /* NULL: read by the caller */
} Member;

/* Reads the texts of an object. A number, such as a version without quotes, is an error: YAML would
 * read 1.30 as 1.3. */
static bool inventory_read_texts(InventoryReading *reading, Value object, Str what,
                                 const Member *members, size_t count) {
    if (object.type->kind != KIND_OBJECT || !value_is_present(object))
        return inventory_fail(reading, "%.*s must be a mapping", STR_ARG(what));
    for (size_t i = 0; i < object.count; i++) {
        Str key = value_key_at(object, i);
        size_t k = 0;
        while (k < count && !str_equal(members[k].key, key))
            k++;
        if (k == count)
            return inventory_fail(reading, "%.*s has the unknown key %.*s", STR_ARG(what),
                                  STR_ARG(str_quote(key, reading->arena)));
        Value v = value_at(object, i);
        if (members[k].out && (v.type->kind != KIND_STRING || !value_is_present(v)))
            return inventory_fail(reading, "\"%.*s\" of %.*s must be a string, in quotes",
                                  STR_ARG(key), STR_ARG(what));
        if (members[k].out)
            *members[k].out = value_text(v);
    }
    return true;
}

static Str name_of_path(Str path) {
    Str name = str_after(path, str_rfind_char(path, '/') + 1);
    size_t dot = str_rfind_char(name, '.');
    bool is_image =
        str_starts_with(path, STR("images/")) || str_starts_with(path, STR("manifests/"));
    return is_image && dot != SIZE_MAX ? str_slice(name, 0, dot) : name;
}

/* Splits "host/name:tag@sha256:HEX". */
static bool split_image(InventoryReading *reading, InventoryFile *file) {
    size_t at = str_rfind_char(file->image, '@');
    Str hex;
    if (at == SIZE_MAX || !str_starts_with(str_after(file->image, at + 1), STR("sha256:")) ||
        !bundle_read_digest(str_after(file->image, at + 1), &hex, reading->arena))
        return inventory_fail(reading,
                              "the image of \"%.*s\" needs a digest: \"NAME:TAG@sha256:HEX\"",
                              STR_ARG(file->path));
    file->image_hash = str_concat(STR("sha256:"), hex, reading->arena);
    file->image = str_slice(file->image, 0, at);
    return true;
}

static bool inventory_check_file(InventoryReading *reading, InventoryFile *file) {
    if (!bundle_path_is_valid(file->path))
        return inventory_fail(reading,
                              "the path %.*s is invalid: it must begin with bin/, images/, cni/ or "
                              "manifests/, and may contain letters, digits and . _ + @ ~ -",
                              STR_ARG(str_quote(file->path, reading->arena)));
    if ((file->source.len > 0) == (file->image.len > 0))
        return inventory_fail(reading, "\"%.*s\" needs either a source or an image",
                              STR_ARG(file->path));
    if (file->image.len && !str_starts_with(file->path, STR("images/")))
        return inventory_fail(reading, "\"%.*s\" is an image and must be in images/",
                              STR_ARG(file->path));
    file->is_url = str_find(file->source, STR("://"), 0) != SIZE_MAX;
    if (file->is_url && !file->sha256.len)
        return inventory_fail(reading, "\"%.*s\" comes from a URL and needs sha256",
                              STR_ARG(file->path));
    if (file->sha256.len && !bundle_read_digest(file->sha256, &file->sha256, reading->arena))
        return inventory_fail(reading, "sha256 of \"%.*s\" is not 64 hexadecimal digits",
                              STR_ARG(file->path));
    if (!file->name.len)
        file->name = name_of_path(file->path);
    return !file->image.len || split_image(reading, file);
}

static bool inventory_read_file(InventoryReading *reading, Value object) {
    InventoryFile file = {.path = STR_EMPTY};
    const Member members[] = {
        {STR("path"), &file.path},       {STR("name"), &file.name},
        {STR("version"), &file.version}, {STR("source"), &file.source},
        {STR("sha256"), &file.sha256},   {STR("member"), &file.member},
        {STR("image"), &file.image},
    };
    if (!inventory_read_texts(reading, object, STR("a file"), members, ARRAY_COUNT(members)) ||
        !inventory_check_file(reading, &file))
        return false;
    vec_each(&reading->out->files, other) {
        if (str_equal(other->path, file.path))
            return inventory_fail(reading, "\"%.*s\" occurs twice", STR_ARG(file.path));
    }
    vec_push(reading->arena, &reading->out->files, file);
    return true;
}

bool bundle_inventory_read(Str path, Str text, BundleInventory *out, Arena *arena, Diags *diags) {
    InventoryReading reading = {path, out, arena, diags};
    YamlFailure failure = {0};
    size_t left = ELEMENTS_MAX;
    Value root, files;
    *out = (BundleInventory){.kubernetes_version = STR_EMPTY};
    if (!yaml_value_read(text, (YamlBudget){inventory_spend, &left}, &root, &failure, arena))
        return inventory_fail(&reading, "line %zu: %.*s", failure.line,
                              STR_ARG(failure.what.len ? failure.what : STR("too many elements")));
    const Member members[] = {
        {STR("kubernetes_version"), &out->kubernetes_version},
        {STR("architecture"), &out->architecture},
        {STR("files"), NULL},
    };
    if (!inventory_read_texts(&reading, root, STR("the inventory"), members, ARRAY_COUNT(members)))
        return false;
    if (!out->kubernetes_version.len || !value_find_tuple(root, STR("files"), &files))
        return inventory_fail(&reading,
                              "it needs kubernetes_version, architecture and a list of files");
    if (!str_equal(out->architecture, STR("amd64")) && !str_equal(out->architecture, STR("arm64")))
        return inventory_fail(&reading, "the architecture must be \"amd64\" or \"arm64\"");
    for (size_t i = 0; i < files.count; i++) {
        if (!inventory_read_file(&reading, value_at(files, i)))
            return false;
    }
    return true;
}
