/* Any bytes as what a provider's program prints: the line with its address, and its error output.
 */
#include "foreign_handshake.h"
#include "foreign_output.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static ForeignOutput output;
    SCOPED(ArenaRef) arena = arena_open("fuzz");
    Str bytes = {(const char *)data, size};
    ForeignHandshake handshake;
    Str problem = STR_EMPTY;
    if (foreign_handshake_parse(bytes, &handshake, &problem, arena))
        CHECK(handshake.protocol == 5 || handshake.protocol == 6);
    else
        CHECK(problem.len > 0);
    output = (ForeignOutput){.name = STR("fuzz")};
    foreign_output_add(&output, bytes);
    foreign_output_add(&output, STR("\n"));
    CHECK(foreign_output_text(&output).len <= FOREIGN_CRASH_MAX);
    return 0;
}
