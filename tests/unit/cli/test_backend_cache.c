/* The record that init writes of a backend: written, read, and hashed as Terraform hashes it. */
#include "unit.h"

#include "backend_cache.h"
#include "backends.h"
#include "faulty_disk.h"
#include "json.h"

static Cli cli_new(Disk *disk, Arena *arena) {
    *disk = faulty_disk_as_disk(faulty_disk_new(arena));
    return (Cli){.io = {.disk = disk}, .arena = arena, .data_directory = STR(".loam")};
}

static Value local_config(const char *path, Arena *arena) {
    const BackendType *type = backends_find(STR("local"));
    Value config = schema_empty_value(&type->schema, arena);
    if (!path)
        return config;
    Path place = path_attribute((Path){0}, STR("path"), arena);
    return path_set(config, place, value_string(str_from_cstr(path), arena), arena);
}

/* Hashes recorded from Terraform 1.11. */
static void hashes(void **unused) {
    (void)unused;
    SCOPED(ArenaRef) arena = arena_open("test");
    const BackendType *type = backends_find(STR("local"));
    assert_int_equal(backend_cache_hash(type, local_config("a.tfstate", arena)), 2985648108);
    assert_int_equal(backend_cache_hash(type, local_config("b.tfstate", arena)), 2554194718);
    assert_int_not_equal(backend_cache_hash(type, local_config("a\nb", arena)),
                         backend_cache_hash(type, local_config("a\\nb", arena)));
}

static void there_and_back(void **unused) {
    (void)unused;
    SCOPED(ArenaRef) arena = arena_open("test");
    Disk disk;
    Cli cli = cli_new(&disk, arena);
    Diags diags = diags_new(arena);
    const BackendType *type = backends_find(STR("local"));
    Value config = local_config("x \"y\".tfstate", arena), read;
    BackendCache cache = {STR("local"), json_text(config, arena), 4000000000};
    BackendCache found;
    assert_true(backend_cache_read(&cli, &found, &diags));
    check_str(found.type, "");
    assert_true(backend_cache_write(&cli, &cache, &diags));
    assert_true(backend_cache_read(&cli, &found, &diags));
    check_str(found.type, "local");
    assert_int_equal(found.hash, 4000000000);
    assert_true(backend_cache_decode(&found, type, &read, arena));
    assert_true(value_equal(read, config));
    cache = (BackendCache){0};
    assert_true(backend_cache_write(&cli, &cache, &diags));
    assert_true(backend_cache_read(&cli, &found, &diags));
    check_str(found.type, "");
}

typedef struct Row {
    const char *text;
    const char *type; /* NULL: rejected */
} Row;

static const Row rows[] = {
    {"",                                                          ""  },
    {"{\"version\":3}",                                           ""  },
    {"{\"version\":3,\"backend\":null}",                          ""  },
    {"{\"version\":3,\"serial\":1,\"lineage\":\"x\",\"backend\":{\"type\":\"s3\",\"config\":{\"a\":"
     "[1]},\"hash\":7}}",                                    "s3"},
    {"{\"version\":3,\"backend\":{\"type\":\"s3\",\"hash\":-1}}", NULL},
    {"{\"version\":3,\"backend\":[]}",                            NULL},
    {"{\"version\":3,",                                           NULL},
    {"[]",                                                        NULL},
};

static void records_of_other_programs(void **unused) {
    (void)unused;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Disk disk;
        Cli cli = cli_new(&disk, arena);
        Diags diags = diags_new(arena);
        BackendCache found;
        Str text = str_from_cstr(rows[i].text);
        assert_int_equal(disk.write_file(disk.self, STR(".loam/terraform.tfstate"), text, 0600), 0);
        assert_int_equal(backend_cache_read(&cli, &found, &diags), rows[i].type != NULL);
        assert_int_equal(diags.error_count, rows[i].type ? 0 : 1);
        if (rows[i].type)
            check_str(found.type, rows[i].type);
    }
}

/* The record holds arguments that this version's backend does not have. */
static void another_schema(void **unused) {
    (void)unused;
    SCOPED(ArenaRef) arena = arena_open("test");
    BackendCache cache = {STR("local"), STR("{\"nope\":1}"), 0};
    Value ignored;
    assert_false(backend_cache_decode(&cache, backends_find(STR("local")), &ignored, arena));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes),
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(records_of_other_programs),
        cmocka_unit_test(another_schema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
