/* The code of docs/values.md: each block of the page stands here. */
#include "values.h"

#include "disk.h"
#include "object_builder.h"
#include "path_error.h"
#include "unit.h"

void values_have_three_states(void **) {
    Value size = value_int(20);
    Value image = value_from_cstr("debian-12");
    Value comment = value_null(&TYPE_STRING);    /* the user left it out */
    Value address = value_unknown(&TYPE_STRING); /* known after the apply */

    assert_true(value_is_present(size) && value_is_present(image));
    assert_true(value_is_null(comment) && !value_is_known(address));

    int64_t gib;
    if (value_is_present(size) && value_to_int(size, &gib))
        assert_int_equal(gib, 20);
    if (value_is_present(image))
        assert_true(str_equal(value_text(image), STR("debian-12")));

    Value password = value_with_marks(value_from_cstr("s3cret"), MARK_SENSITIVE);
    assert_true(value_is_secret(password));
}

void values_have_types(void **) {
    SCOPED(ArenaRef) arena = arena_open("values");
    const Type *ports = type_list(&TYPE_NUMBER, arena);
    assert_true(type_equal(ports, &TYPE_LIST_OF_NUMBER));
    assert_true(str_equal(type_to_constraint(ports, arena), STR("list(number)")));
}

static const Attribute disk_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of the disk."},
    {"size", &TYPE_NUMBER, OPTIONAL, "Size in GiB."},
    {"id", &TYPE_STRING, COMPUTED, "Identifier of the disk."},
};
static const Schema disk_schema = {SCHEMA_ATTRIBUTES(disk_attributes)};

static Value small_disk(Arena *arena) {
    ObjectBuilder builder = object_builder_empty(&disk_schema, arena);
    object_builder_set_text(&builder, "name", STR("root"), arena);
    object_builder_set(&builder, "id", value_unknown(&TYPE_STRING));
    return object_builder_value(&builder);
}

void attributes_have_fallbacks(void **) {
    SCOPED(ArenaRef) arena = arena_open("values");
    Value disk = small_disk(arena);
    Str name = object_text(disk, "name", STR_EMPTY);
    int64_t gib = object_int(disk, "size", 10); /* null: 10 */
    Str id = object_text(disk, "id", STR("?")); /* unknown: "?" */
    bool has_size = object_has(disk, "size");   /* neither null nor unknown */

    assert_true(str_equal(name, STR("root")) && str_equal(id, STR("?")));
    assert_true(gib == 10 && !has_size);
}

void objects_are_built(void **) {
    SCOPED(ArenaRef) arena = arena_open("values");
    Value planned = small_disk(arena);
    ObjectBuilder builder = object_builder_of(planned, arena);
    object_builder_set_text(&builder, "id", STR("disk-7"), arena);
    object_builder_set(&builder, "size", value_int(10));
    Value created = object_builder_value(&builder);

    Value renamed = object_with_text(created, "name", STR("data"), arena);
    assert_true(object_differs(created, renamed, "name"));
    assert_false(object_differs(created, renamed, "size"));
    assert_false(object_has(planned, "id")); /* `planned` did not change */
}

void lists_are_read_and_made(void **) {
    SCOPED(ArenaRef) arena = arena_open("values");
    Value *items = arena_new_array(arena, Value, 2);
    items[0] = value_from_cstr("10.0.0.1");
    items[1] = value_string(STR("10.0.0.2"), arena);
    Value addresses = value_list(&TYPE_STRING, items, 2, arena);

    for (size_t i = 0; i < addresses.count; i++) {
        Str address = value_text(value_at(addresses, i));
        assert_true(str_starts_with(address, STR("10.0.0.")));
    }
}

void paths_name_places(void **) {
    SCOPED(ArenaRef) arena = arena_open("values");
    Value disk = small_disk(arena);
    Path path = path_attribute((Path){0}, STR("name"), arena);
    Value name;
    if (path_get(disk, path, &name))
        assert_true(str_equal(value_text(name), STR("root")));
    assert_true(str_equal(path_to_str(path, arena), STR(".name")));
}

/* Returns false exactly if it added an error. */
static bool check_size(const Call *call, Value disk, Diags *diags) {
    int64_t gib = object_int(disk, "size", 10);
    if (gib > 1024)
        path_warning(call, PATH_AT(call, {"size"}), diags, "Large disk",
                     "Backups of disks above 1024 GiB take hours.");
    return gib > 0 || path_error(call, PATH_AT(call, {"size"}), diags, "Disk without space",
                                 "The size is %lld GiB. Give \"size\" at least 1.", (long long)gib);
}

void diagnostics_are_data(void **) {
    SCOPED(ArenaRef) arena = arena_open("values");
    Call call = {.arena = arena, .address = STR("notes_disk.root")};
    Diags diags = diags_new(arena);
    ObjectBuilder builder = object_builder_empty(&disk_schema, arena);
    object_builder_set(&builder, "size", value_int(2048));
    assert_true(check_size(&call, object_builder_value(&builder), &diags));
    assert_int_equal(diags.warning_count, 1);
    builder = object_builder_empty(&disk_schema, arena);
    object_builder_set(&builder, "size", value_int(0));
    assert_false(check_size(&call, object_builder_value(&builder), &diags));
    check_str(diags.items[1].path, ".size");
}

static Str source(const char *name, Arena *arena) {
    Str path = str_format(arena, "%s/%s", LOAM_SOURCE_DIR, name), text;
    assert_int_equal(disk_real.read_file(disk_real.self, path, &text, arena), 0);
    return text;
}

/* Returns the lines without their indentation, which the page does not have. */
static Str unindented(Str text, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    Str line;
    while (str_next_field(&text, '\n', &line)) {
        strbuf_add(&out, str_trim(line));
        strbuf_add_char(&out, '\n');
    }
    return strbuf_str(&out);
}

void the_page_of_values_shows_this_source(void **) {
    SCOPED(ArenaRef) arena = arena_open("values");
    Str code = unindented(source("tests/guide/values.c", arena), arena);
    Str page = source("docs/values.md", arena);
    size_t count = 0, at = 0, end;
    while ((at = str_find(page, STR("```c\n"), at)) != SIZE_MAX) {
        at += strlen("```c\n");
        end = str_find(page, STR("```\n"), at);
        Str block = unindented(str_slice(page, at, end - 1), arena);
        if (str_find(code, block, 0) == SIZE_MAX)
            fail_msg("docs/values.md has a block that tests/guide/values.c does not have:\n%.*s",
                     STR_ARG(block));
        count++;
        at = end + strlen("```\n");
    }
    assert_true(count >= 7);
}
