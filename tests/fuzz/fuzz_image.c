/* The manifests of an archive of container images: index.json, a NUL, and manifest.json. The names
 * of its images are found, or the archive is rejected with a reason. */
#include "image_archive.h"
#include "tar.h"

#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A sync would take far longer than the rest of a run. */
static int skip_sync(void *, DiskFile) {
    return 0;
}

static void add(TarWriter *writer, Str name, Str text) {
    CHECK(tar_writer_start(writer, name, text.len, 0644) && tar_writer_add(writer, text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(ArenaRef) arena = arena_open("fuzz");
    Str docker = {(const char *)data, size}, oci = STR_EMPTY, problem = STR_EMPTY;
    StrVec names = {0};
    Disk disk = disk_real;
    disk.sync = skip_sync;
    Str path = str_format(arena, "/tmp/loam-fuzz-image-%d", (int)getpid());
    (void)str_next_field(&docker, '\0', &oci);
    TarWriter *writer = tar_writer_open(&disk, path, false, &problem, arena);
    CHECK(writer);
    if (oci.len > 0)
        add(writer, STR("index.json"), oci);
    if (docker.len > 0)
        add(writer, STR("manifest.json"), docker);
    CHECK(tar_writer_close(writer, &problem));
    if (image_archive_names(&disk, path, &names, &problem, arena))
        CHECK(names.count > 0);
    else
        CHECK(problem.len > 0);
    CHECK(unlink(str_to_cstr(path, arena)) == 0);
    return 0;
}
