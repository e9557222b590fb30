/* image_archive: reads index.json of an OCI layout, else manifest.json of docker. */
#include "image_archive.h"
#include "json.h"
#include "problem.h"
#include "tar.h"

#define INDEX_MAX        ((size_t)4 << 20)
#define IMAGE_PIECE_SIZE ((size_t)1 << 20)

#define NAME_KEY STR("io.containerd.image.name")
#define REF_KEY  STR("org.opencontainers.image.ref.name")

typedef struct Indexes {
    Str oci;
    Str docker;
    Arena *arena;
} Indexes;

/* Reads the whole content, at most `limit` bytes. */
static bool archive_read_text(const TarEntry *entry, size_t limit, Str *out, Str *problem,
                              Arena *arena) {
    if (entry->size > limit)
        return problem_set(problem, arena, "its entry \"%.*s\" is too large", STR_ARG(entry->path));
    char *bytes = arena_alloc(arena, entry->size + 1);
    size_t at = 0, got;
    do {
        if (!tar_entry_read(entry, bytes + at, entry->size - at, &got, problem))
            return false;
        at += got;
    } while (got && at < entry->size);
    *out = (Str){bytes, at};
    return true;
}

static TarNext keep_index(const TarEntry *entry, void *payload, Str *problem) {
    Indexes *indexes = payload;
    Str *out = str_equal(entry->path, STR("index.json"))      ? &indexes->oci
               : str_equal(entry->path, STR("manifest.json")) ? &indexes->docker
                                                              : NULL;
    if (out && !archive_read_text(entry, INDEX_MAX, out, problem, indexes->arena))
        return TAR_FAILED;
    return TAR_CONTINUE;
}

static bool archive_parse(Str text, Value *out, Str *problem, Arena *arena) {
    return json_parse_any(text, out, NULL, NULL, arena) ||
           problem_text(problem, "the index of its images is not JSON");
}

/* "app:1" is a reference within a layout, "host/app:1" the name of an image. */
static Str archive_name_of(Value manifest) {
    Value annotations;
    if (!value_find_present(manifest, STR("annotations"), &annotations))
        return STR_EMPTY;
    Str name = value_text_at(annotations, NAME_KEY);
    Str reference = value_text_at(annotations, REF_KEY);
    if (name.len)
        return name;
    return str_find_char(reference, '/', 0) != SIZE_MAX ? reference : STR_EMPTY;
}

static bool add_oci_names(Str text, StrVec *names, Str *problem, Arena *arena) {
    Value root;
    if (!archive_parse(text, &root, problem, arena))
        return false;
    Value manifests = value_tuple_at(root, STR("manifests"));
    for (size_t i = 0; i < manifests.count; i++) {
        Str name = archive_name_of(value_at(manifests, i));
        if (!name.len)
            return problem_text(problem, "an image in it has no name");
        vec_push(arena, names, name);
    }
    return manifests.count > 0 || problem_text(problem, "it contains no image");
}

static bool add_docker_names(Str text, StrVec *names, Str *problem, Arena *arena) {
    Value root;
    size_t count = names->count;
    if (!archive_parse(text, &root, problem, arena))
        return false;
    for (size_t i = 0; root.type->kind == KIND_TUPLE && i < root.count; i++) {
        StrVec tags = value_texts_of(value_tuple_at(value_at(root, i), STR("RepoTags")), arena);
        vec_each(&tags, tag)
            vec_push(arena, names, *tag);
    }
    return names->count > count || problem_text(problem, "no image in it has a name");
}

bool image_archive_names(const Disk *disk, Str path, StrVec *names, Str *problem, Arena *arena) {
    Indexes indexes = {.arena = arena};
    if (!tar_each(disk, path, keep_index, &indexes, problem, arena))
        return false;
    if (indexes.oci.len)
        return add_oci_names(indexes.oci, names, problem, arena);
    if (indexes.docker.len)
        return add_docker_names(indexes.docker, names, problem, arena);
    return problem_text(problem, "it contains no images");
}

/* Renaming. */

typedef struct Renaming {
    TarWriter *writer;
    Str name;
    char *piece;
    Arena *arena;
} Renaming;

static bool renamed_index(Str text, Str name, Str *out, Str *problem, Arena *arena) {
    Value root;
    int64_t size;
    if (!archive_parse(text, &root, problem, arena))
        return false;
    Value manifests = value_tuple_at(root, STR("manifests"));
    if (manifests.count != 1)
        return problem_text(problem, "it does not contain exactly one image");
    Value manifest = value_at(manifests, 0);
    if (!value_find_int(manifest, STR("size"), &size))
        return problem_text(problem, "the index of its images is damaged");
    StrBuf text_out = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text_out, 0);
    json_object_start(&writer);
    json_key_int(&writer, "schemaVersion", 2);
    json_key_array(&writer, "manifests");
    json_object_start(&writer);
    json_key_string(&writer, "mediaType", value_text_at(manifest, STR("mediaType")));
    json_key_string(&writer, "digest", value_text_at(manifest, STR("digest")));
    json_key_int(&writer, "size", size);
    json_key_object(&writer, "annotations");
    json_key(&writer, NAME_KEY);
    json_write_string(&writer, name);
    json_object_end(&writer);
    json_object_end(&writer);
    json_array_end(&writer);
    json_object_end(&writer);
    *out = strbuf_str(&text_out);
    return true;
}

static TarNext copy_entry(const TarEntry *entry, void *payload, Str *problem) {
    Renaming *renaming = payload;
    bool is_index = str_equal(entry->path, STR("index.json"));
    Str text = STR_EMPTY;
    if (is_index && !(archive_read_text(entry, INDEX_MAX, &text, problem, renaming->arena) &&
                      renamed_index(text, renaming->name, &text, problem, renaming->arena)))
        return TAR_FAILED;
    size_t got = 0;
    bool is_good =
        tar_writer_start(renaming->writer, entry->path, is_index ? text.len : entry->size, 0644) &&
        tar_writer_add(renaming->writer, text);
    while (is_good && !is_index) {
        if (!tar_entry_read(entry, renaming->piece, IMAGE_PIECE_SIZE, &got, problem))
            return TAR_FAILED;
        if (!got)
            break;
        is_good = tar_writer_add(renaming->writer, (Str){renaming->piece, got});
    }
    return is_good ? TAR_CONTINUE : TAR_STOP; /* closing reports the error of the writer */
}

bool image_archive_rename(const Disk *disk, Str from, Str name, Str to, Str *problem,
                          Arena *arena) {
    Renaming renaming = {
        .name = name, .piece = arena_alloc(arena, IMAGE_PIECE_SIZE), .arena = arena};
    renaming.writer = tar_writer_open(disk, to, false, problem, arena);
    bool is_copied = renaming.writer && tar_each(disk, from, copy_entry, &renaming, problem, arena);
    Str ignored;
    bool is_closed = tar_writer_close(renaming.writer, is_copied ? problem : &ignored);
    return is_copied && is_closed;
}
