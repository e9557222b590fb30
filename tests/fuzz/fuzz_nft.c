/* The output of nft: JSON, a NUL, and rules as text. An accepted table gives the same record each
 * time, and an object of the type, which a second look at the same table leaves as it is. */
#include "nftables_provider.h"
#include "table_listing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(ArenaRef) arena = arena_open("fuzz");
    Str all = {(const char *)data, size}, json;
    TableListing listing = {0}, again = {0};
    (void)str_next_field(&all, '\0', &json);
    if (!table_listing_parse(json, all, &listing, arena))
        return 0;
    CHECK(table_listing_parse(json, all, &again, arena));
    Str record = table_listing_record(&listing, arena);
    CHECK(str_equal(record, table_listing_record(&again, arena)));
    Value read = table_listing_read_record(record, arena);
    CHECK(!value_is_null(read));
    ObjectBuilder builder = object_builder_empty(&nftables_table.schema, arena);
    Value state = table_listing_apply(&listing, STR_EMPTY, object_builder_value(&builder), arena);
    CHECK(value_equal(state, table_listing_apply(&listing, record, state, arena)));
    CHECK(type_equal(state.type, table_listing_keep(&read, 1, state, state, arena).type));
    return 0;
}
