/* bundle_pack: copies files of a bundle while bundle_source reads them. */
#include "bundle_reader.h"

#include "bundle_source.h"
#include "digest.h"
#include "tar.h"

#define PIECE_SIZE ((size_t)1 << 20)

typedef struct Packing {
    const BundleRequest *request;
    const StrVec *paths;
    Bundle *bundle;
    TarWriter *writer;
    size_t count;
    char *piece;
    Arena *arena;
} Packing;

static bool bundle_pack_copy(Packing *packing, const BundleEntry *entry, const BundleFile *file,
                             Str *problem) {
    bool is_program = !str_starts_with(file->path, STR("images/"));
    Digest *digest = digest_open(DIGEST_SHA256);
    size_t got = 0;
    bool is_good =
        tar_writer_start(packing->writer, file->path, file->size, is_program ? 0755 : 0644);
    do {
        is_good = is_good && cancel_level(packing->request->cancel) < CANCEL_STOP &&
                  bundle_source_read(entry, packing->piece, PIECE_SIZE, &got, problem);
        if (!is_good)
            break;
        digest_update(digest, (Str){packing->piece, got});
        is_good = !got || tar_writer_add(packing->writer, (Str){packing->piece, got});
    } while (got);
    Str sha256 = digest_finish(digest, packing->arena);
    if (is_good && str_equal(sha256, file->sha256))
        return true;
    if (is_good)
        *problem = str_format(packing->arena, "its file \"%.*s\" has another digest than its list",
                              STR_ARG(file->path));
    else if (!problem->len)
        *problem = STR("it was not copied");
    return false;
}

static BundleNext bundle_pack_visit(const BundleEntry *entry, void *payload, Str *problem) {
    Packing *packing = payload;
    const BundleFile *file = map_find(&packing->bundle->by_path, entry->path);
    if (!file || !str_is_among(entry->path, packing->paths->items, packing->paths->count))
        return BUNDLE_CONTINUE;
    if (file->size != entry->size) {
        *problem = str_format(packing->arena, "its file \"%.*s\" has another size than its list",
                              STR_ARG(file->path));
        return BUNDLE_FAILED;
    }
    if (!bundle_pack_copy(packing, entry, file, problem))
        return BUNDLE_FAILED;
    packing->count++;
    return packing->count == packing->paths->count ? BUNDLE_STOP : BUNDLE_CONTINUE;
}

bool bundle_pack(const BundleRequest *request, const StrVec *paths, Str out, Arena *arena,
                 Diags *diags) {
    Bundle bundle = {0};
    Str problem = STR_EMPTY;
    if (!bundle_reader_open(request, &bundle, arena, diags))
        return false;
    Packing packing = {.request = request,
                       .paths = paths,
                       .bundle = &bundle,
                       .piece = arena_alloc(arena, PIECE_SIZE),
                       .arena = arena};
    packing.writer = tar_writer_open(request->disk, out, false, &problem, arena);
    bool is_good =
        packing.writer && bundle_source_each(request->disk, request->path, bundle_pack_visit,
                                             &packing, &problem, arena);
    is_good = tar_writer_close(packing.writer, &problem) && is_good;
    if (is_good && packing.count < paths->count) {
        is_good = false;
        problem = STR("it lacks a file of its list");
    }
    if (is_good)
        return true;
    (void)request->disk->remove(request->disk->self, out);
    return diags_fail(diags, NO_RANGE, "Bundle not usable",
                      "The bundle \"%.*s\" cannot be used: %.*s.", STR_ARG(request->path),
                      STR_ARG(problem));
}
