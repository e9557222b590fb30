/* seed_files: seeds as files and as images, by libarchive. */
#include "seed_files.h"

#include <archive.h>
#include <archive_entry.h>

#include "digest.h"

void seed_files_add(SeedFiles *files, Str name, Str content, Arena *arena) {
    SeedFile file = {.name = name, .content = content};
    vec_push(arena, files, file);
    for (size_t i = files->count - 1; i > 0; i--) {
        if (str_compare(files->items[i - 1].name, files->items[i].name) <= 0)
            break;
        SeedFile swap = files->items[i - 1];
        files->items[i - 1] = files->items[i];
        files->items[i] = swap;
    }
}

bool seed_files_find(const SeedFiles *files, Str name, Str *content) {
    vec_each(files, file) {
        if (!str_equal(file->name, name))
            continue;
        *content = file->content;
        return true;
    }
    return false;
}

Str seed_files_digest(const SeedFiles *files, Arena *arena) {
    Digest *digest = digest_open(DIGEST_SHA256);
    vec_each(files, file) {
        digest_update(digest,
                      str_format(arena, "%.*s %zu\n", STR_ARG(file->name), file->content.len));
        digest_update(digest, file->content);
    }
    return digest_finish(digest, arena);
}

static la_ssize_t files_append_bytes(struct archive *, void *payload, const void *bytes,
                                     size_t count) {
    strbuf_add(payload, (Str){bytes, count});
    return (la_ssize_t)count;
}

static bool files_write_file(struct archive *archive, const SeedFile *file, Arena *arena) {
    struct archive_entry *entry = archive_entry_new();
    if (!entry)
        return false;
    archive_entry_set_pathname(entry, str_to_cstr(file->name, arena));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0600);
    archive_entry_set_size(entry, (la_int64_t)file->content.len);
    archive_entry_set_mtime(entry, 0, 0);
    archive_entry_set_atime(entry, 0, 0);
    archive_entry_set_ctime(entry, 0, 0);
    bool is_written = archive_write_header(archive, entry) == ARCHIVE_OK &&
                      archive_write_data(archive, file->content.ptr, file->content.len) >= 0;
    archive_entry_free(entry);
    return is_written;
}

static bool write_image(struct archive *archive, const SeedFiles *files, StrBuf *out,
                        Arena *arena) {
    if (archive_write_set_format_iso9660(archive) != ARCHIVE_OK ||
        archive_write_set_options(archive, "volume-id=cidata,joliet,rockridge=useful,pad=0") !=
            ARCHIVE_OK ||
        archive_write_set_bytes_in_last_block(archive, 1) != ARCHIVE_OK ||
        archive_write_open(archive, out, NULL, files_append_bytes, NULL) != ARCHIVE_OK)
        return false;
    vec_each(files, file)
        if (!files_write_file(archive, file, arena))
            return false;
    return archive_write_close(archive) == ARCHIVE_OK;
}

bool seed_files_to_iso(const SeedFiles *files, Str *image, Arena *arena, Diags *diags) {
    struct archive *archive = archive_write_new();
    StrBuf bytes = strbuf_new(arena);
    bool is_written = archive && write_image(archive, files, &bytes, arena);
    if (!is_written)
        diags_error(diags, NO_RANGE, "Cannot create the seed's image", "libarchive reports: %s",
                    archive && archive_error_string(archive) ? archive_error_string(archive)
                                                             : "no reason was given");
    if (archive)
        archive_write_free(archive);
    *image = strbuf_str(&bytes);
    return is_written;
}

static bool files_read_content(struct archive *archive, Str *out, Arena *arena) {
    StrBuf bytes = strbuf_new(arena);
    char buffer[4096];
    la_ssize_t got = 1;
    while (got > 0) {
        got = archive_read_data(archive, buffer, sizeof(buffer));
        if (got > 0)
            strbuf_add(&bytes, (Str){buffer, (size_t)got});
    }
    *out = strbuf_str(&bytes);
    return got == 0;
}

static bool files_read_files(struct archive *archive, SeedFiles *files, Arena *arena) {
    struct archive_entry *entry = NULL;
    int result = archive_read_next_header(archive, &entry);
    while (result == ARCHIVE_OK) {
        Str name = str_clone(str_from_cstr(archive_entry_pathname(entry)), arena);
        Str content = STR_EMPTY;
        if (archive_entry_filetype(entry) == AE_IFREG) {
            if (!files_read_content(archive, &content, arena))
                return false;
            seed_files_add(files, name, content, arena);
        }
        result = archive_read_next_header(archive, &entry);
    }
    return result == ARCHIVE_EOF;
}

bool seed_files_from_iso(Str image, SeedFiles *files, Arena *arena) {
    struct archive *archive = archive_read_new();
    if (!archive)
        return false;
    bool is_read = archive_read_support_format_iso9660(archive) == ARCHIVE_OK &&
                   archive_read_open_memory(archive, image.ptr, image.len) == ARCHIVE_OK &&
                   files_read_files(archive, files, arena);
    archive_read_free(archive);
    return is_read;
}
