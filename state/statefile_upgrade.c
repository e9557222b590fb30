#include "statefile_upgrade.h"
bool statefile_upgrade(
    const Source *source, uint64_t version, State **out, Arena *arena, Diags *diags) {
    (void)out;
    (void)arena;
    diags_error(diags, (SourceRange){source, 0, 0}, "Unsupported state file format", "version %llu",
                (unsigned long long)version);
    return false;
}
