/* Any bytes as a plan file: a plan is read, or the file is rejected with an error. */
#include "planfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int read_input(void *self, Str path, Str *out, Arena *arena) {
    (void)path, (void)arena;
    *out = *(const Str *)self;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(ArenaRef) arena = arena_open("fuzz");
    Diags diags = diags_new(arena);
    Str input = {(const char *)data, size};
    Disk disk = {.self = &input, .read_file = read_input};
    Io io = io_real();
    io.disk = &disk;
    PlanFilePlace place = {.io = &io, .path = STR("tfplan")};
    Plan *plan = NULL;
    PlanFileSources configuration = {0};
    bool ok = planfile_read(&place, &plan, &configuration, arena, &diags);
    CHECK(ok == !diags_has_errors(&diags));
    CHECK(!ok || plan);
    return 0;
}
