/* view_listing: texts of a provider are shown without control characters. */
#include "view_listing.h"
#include "json.h"
#include "utf8.h"
#include "view_json_line.h"

static Str view_listing_identity_of(const ListingEntry *entry, Arena *arena) {
    return utf8_strip_controls(import_source_identity_text(entry->identity, arena), arena);
}

/* Returns the text on one line. */
static Str view_listing_name_of(const ListingEntry *entry, Arena *arena) {
    Str name = utf8_strip_controls(entry->display_name, arena);
    StrBuf line = strbuf_new(arena);
    for (size_t i = 0; i < name.len; i++)
        strbuf_add_char(&line, name.ptr[i] == '\n' ? ' ' : name.ptr[i]);
    return strbuf_str(&line);
}

size_t view_listing_width(const Listing *listing, Arena *arena) {
    size_t width = 0;
    vec_each(&listing->entries, entry) {
        size_t own = utf8_display_width(view_listing_identity_of(entry, arena));
        width = own > width ? own : width;
    }
    return width;
}

void view_listing_add_row(StrBuf *out, const Listing *listing, size_t i, size_t width,
                          Arena *arena) {
    const ListingEntry *entry = &listing->entries.items[i];
    Str identity = view_listing_identity_of(entry, arena);
    size_t own = utf8_display_width(identity);
    strbuf_add(out, resource_addr_to_str(listing->address, arena));
    strbuf_add_cstr(out, "   ");
    strbuf_add(out, identity);
    strbuf_add_repeat(out, ' ', own < width ? width - own : 0);
    strbuf_add_cstr(out, "   ");
    strbuf_add(out, view_listing_name_of(entry, arena));
    strbuf_add_char(out, '\n');
}

/* Each object gets the name of the list and its number; a repeated list adds its own number. */
static Str resource_name(const Listing *listing, size_t i, Arena *arena) {
    Str name = listing->address.name;
    return listing->address.key.kind == KEY_NONE
               ? str_format(arena, "%.*s_%zu", STR_ARG(name), i)
               : str_format(arena, "%.*s_%zu_%zu", STR_ARG(name), listing->position, i);
}

ResourceText view_listing_resource(const Listing *listing, size_t i, bool is_other, Arena *arena) {
    const ListingEntry *entry = &listing->entries.items[i];
    return (ResourceText){
        .type = listing->address.type,
        .name = resource_name(listing, i, arena),
        .id = is_other ? STR_EMPTY : resource_addr_to_str(listing->address, arena),
        .provider = listing->provider,
        .schema = &listing->type->schema,
        .object = entry->config,
        .omits_null = !is_other,
        .omits_computed_null = true,
        .identity_schema = listing->type->identity,
        .identity = entry->identity,
        .is_continued = i > 0,
    };
}

static void write_subject(JsonWriter *writer, const Listing *listing, Arena *scratch) {
    json_key_string(writer, "address", resource_addr_to_str(listing->address, scratch));
    json_key_string(writer, "resource_type", listing->address.type);
}

/* Writes the sorted paths of sensitive arguments: those with marks, and those of the schema. */
static void write_sensitive(JsonWriter *writer, const Listing *listing, Arena *scratch) {
    Paths paths = {0};
    StrVec texts = {0};
    path_find_marks(listing->config, MARK_SENSITIVE, &paths, scratch);
    schema_sensitive_paths(listing->schema, value_unmark_deep(listing->config, scratch), &paths,
                           scratch);
    vec_each(&paths, path) {
        vec_push(scratch, &texts, path_to_str(*path, scratch));
    }
    if (texts.count == 0)
        return;
    str_sort(texts.items, texts.count);
    json_key_array(writer, "sensitive_attribute_paths");
    for (size_t i = 0; i < texts.count; i++) {
        if (i == 0 || !str_equal(texts.items[i], texts.items[i - 1]))
            json_write_string(writer, texts.items[i]);
    }
    json_array_end(writer);
}

static void write_start(const Cli *cli, const Listing *listing) {
    SCOPED(ViewJsonLine) line = view_json_line_open(cli);
    Arena *scratch = line.scratch;
    Str address = resource_addr_to_str(listing->address, scratch);
    view_json_line_begin(&line, "list_start", "info", "%.*s: Starting query...", STR_ARG(address));
    json_key_object(&line.writer, "list_start");
    write_subject(&line.writer, listing, scratch);
    if (listing->config.count > 0) {
        json_key(&line.writer, STR("input_config"));
        json_write_value(&line.writer, value_unmark_deep(listing->config, scratch));
    }
    write_sensitive(&line.writer, listing, scratch);
    json_object_end(&line.writer);
}

static void write_found(const Cli *cli, const Listing *listing, size_t i) {
    SCOPED(ViewJsonLine) line = view_json_line_open(cli);
    Arena *scratch = line.scratch;
    const ListingEntry *entry = &listing->entries.items[i];
    Str address = resource_addr_to_str(listing->address, scratch);
    view_json_line_begin(&line, "list_resource_found", "info", "%.*s: Result found",
                         STR_ARG(address));
    json_key_object(&line.writer, "list_resource_found");
    json_key_string(&line.writer, "address", address);
    json_key_string(&line.writer, "display_name", entry->display_name);
    json_key(&line.writer, STR("identity"));
    json_write_value(&line.writer, entry->identity);
    json_key_int(&line.writer, "identity_version", listing->type->identity->version);
    json_key_string(&line.writer, "resource_type", listing->address.type);
    if (!value_is_null(entry->object)) {
        json_key(&line.writer, STR("resource_object"));
        json_write_value(&line.writer, entry->object);
    }
    if (entry->config.type) {
        ResourceText text = view_listing_resource(listing, i, true, scratch);
        json_key_string(&line.writer, "config", resource_text_block(&text, scratch));
        json_key_string(&line.writer, "import_config", resource_text_import(&text, scratch));
    }
    json_object_end(&line.writer);
}

static void write_complete(const Cli *cli, const Listing *listing) {
    SCOPED(ViewJsonLine) line = view_json_line_open(cli);
    Arena *scratch = line.scratch;
    Str address = resource_addr_to_str(listing->address, scratch);
    view_json_line_begin(&line, "list_complete", "info", "%.*s: List complete", STR_ARG(address));
    json_key_object(&line.writer, "list_complete");
    write_subject(&line.writer, listing, scratch);
    json_key_int(&line.writer, "total", (int64_t)listing->entries.count);
    json_object_end(&line.writer);
}

void view_listing_json_event(const Cli *cli, const WalkEvent *event) {
    const Listing *listing = event->listing;
    if (event->kind == EVENT_LIST_START)
        write_start(cli, listing);
    if (event->kind != EVENT_LIST_END)
        return;
    for (size_t i = 0; i < listing->entries.count; i++)
        write_found(cli, listing, i);
    write_complete(cli, listing);
}
