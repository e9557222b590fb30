/* Any bytes as an address: an accepted address is printed, and parses again as the same. */
#include "address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(ArenaRef) arena = arena_open("fuzz");
    Diags diags = diags_new(arena);
    ResourceAddr address, again;
    if (!address_parse_resource((Str){(const char *)data, size}, &address, arena, &diags)) {
        CHECK(diags_has_errors(&diags));
        return 0;
    }
    Str text = resource_addr_to_str(address, arena);
    CHECK(address_parse_resource(text, &again, arena, &diags));
    CHECK(resource_addr_equal(address, again));
    return 0;
}
