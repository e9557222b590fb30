/* config_case: a configuration written into a temporary directory, its model and its diagnostics.
 */
#pragma once

#include "config_load.h"
#include "unit.h"

#include <unistd.h>

typedef struct CaseFile {
    const char *path;
    const char *text;
} CaseFile;

typedef struct ConfigCase {
    char *directory;
    Arena *arena;
    Io io;
    Diags diags;
    const FunctionTable *functions;
    bool loads_queries;
    Config *config;
    bool ok;
} ConfigCase;

static inline ConfigCase config_case_open(void) {
    ConfigCase made = {
        .directory = strdup("/tmp/loam-config-XXXXXX"),
        .arena = arena_open("case"),
        .io = {.disk = &disk_real, .process = &process_real},
    };
    made.diags = diags_new(made.arena);
    made.functions = function_table_new(NULL, 0, made.arena);
    assert_non_null(mkdtemp(made.directory));
    assert_int_equal(chdir(made.directory), 0);
    return made;
}

static inline void config_case_close(ConfigCase *c) {
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(disk_remove_tree(&disk_real, str_from_cstr(c->directory)), 0);
    arena_close(c->arena);
    free(c->directory);
    *c = (ConfigCase){0};
}

static inline void config_case_write(ConfigCase *c, const char *path, const char *text) {
    Str name = str_from_cstr(path);
    const Disk *disk = c->io.disk;
    assert_int_equal(disk->make_directories(disk->self, disk_directory_of(name), 0777), 0);
    assert_int_equal(disk->write_file(disk->self, name, str_from_cstr(text), 0666), 0);
}

static inline void config_case_load_with(ConfigCase *c, bool install, const char *encryption) {
    ConfigRequest request = {
        .encryption = str_from_cstr(encryption),
        .encryption_name = STR("TF_ENCRYPTION"),
        .io = &c->io,
        .directory = STR("."),
        .data_directory = STR(".loam"),
        .functions = c->functions,
        .install = install,
        .loads_queries = c->loads_queries,
    };
    c->diags = diags_new(c->arena);
    c->ok = config_load(&request, &c->config, c->arena, &c->diags);
    assert_int_equal(c->ok, c->diags.error_count == 0);
}

static inline void config_case_load(ConfigCase *c, bool install) {
    config_case_load_with(c, install, NULL);
}

/* One line per diagnostic, "main.loam.yaml:3:5 Missing required argument"; warnings begin with "W
 * ". */
static inline Str config_case_text(const Diags *diags, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    vec_each(diags, diag) {
        SourceRange range = source_range_resolve(diag->range);
        strbuf_add_cstr(&buf, diag->severity == DIAG_WARNING ? "W " : "");
        if (range.source) {
            SourcePos at = source_text_position(range.source, range.start);
            strbuf_add_format(&buf, "%.*s:%u:%u ", STR_ARG(range.source->path), at.line, at.column);
        }
        strbuf_add_format(&buf, "%.*s\n", STR_ARG(diag->summary));
    }
    return strbuf_str(&buf);
}

/* All details, one per line. */
static inline Str config_case_details(const Diags *diags, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    vec_each(diags, diag) {
        strbuf_add_format(&buf, "%.*s\n", STR_ARG(diag->detail));
    }
    return strbuf_str(&buf);
}
