/* Any bytes as a kubeconfig: it names a server, or is rejected with an error. No file that it names
 * exists, and no program runs. */
#include "io.h"
#include "kubeconfig.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int read_nothing(void *self, Str path, Str *out, Arena *arena) {
    (void)self, (void)path, (void)out, (void)arena;
    return -ENOENT;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(ArenaRef) arena = arena_open("fuzz");
    Diags diags = diags_new(arena);
    Disk disk = {.read_file = read_nothing};
    Io io = io_real();
    KubeTarget target = {0};
    KubeChoice choice = {.content = {(const char *)data, size}};
    io.disk = &disk;
    bool ok = kubeconfig_read(&io, &choice, &target, arena, &diags);
    CHECK(ok == !diags_has_errors(&diags));
    return 0;
}
