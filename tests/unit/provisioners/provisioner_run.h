/* provisioner_run: one run of a provisioner on the real machine. Configurations are JSON text;
 * omitted arguments are null. */
#pragma once

#include "json.h"
#include "provisioners.h"
#include "unit.h"

typedef struct ProvisionerRun {
    Arena *arena;
    Io io;
    CancelToken *cancel;
    Value connection;
    StrBuf heard[2]; /* stdout, stderr */
    Diags diags;
} ProvisionerRun;

static inline ProvisionerRun *run_open(void) {
    Arena *arena = arena_open("run");
    ProvisionerRun *run = arena_new(arena, ProvisionerRun);
    *run = (ProvisionerRun){
        .arena = arena,
        .io = io_real(),
        .cancel = cancel_open(),
        .connection = value_null(schema_implied_type(&provisioner_connection)),
        .heard = {strbuf_new(arena), strbuf_new(arena)},
    };
    return run;
}

static inline void run_close(ProvisionerRun *run) {
    cancel_close(run->cancel);
    arena_close(run->arena);
}

static inline Value run_value(ProvisionerRun *run, const Schema *schema, const char *json) {
    JsonReader reader = json_reader_new(str_from_cstr(json), run->arena);
    const char *error = "";
    Value value;
    if (!json_read_typed(&reader, json_next(&reader), schema_implied_type(schema), &value, &error,
                         run->arena)) {
        fail_msg("configuration: %s in %s", error, json);
    }
    return value;
}

static inline void run_hear(void *payload, Str piece, bool is_error) {
    ProvisionerRun *run = payload;
    strbuf_add(&run->heard[is_error], piece);
}

static inline bool run_do(ProvisionerRun *run, const ProvisionerType *type, const char *json) {
    ProvisionCall call = {
        .call = {.io = &run->io, .cancel = run->cancel, .arena = run->arena, .address = STR("x.y")},
        .connection = run->connection,
        .payload = run,
        .output = run_hear,
    };
    run->heard[0].len = run->heard[1].len = 0;
    run->diags = diags_new(run->arena);
    bool ok = type->run(&call, run_value(run, &type->schema, json), &run->diags);
    assert_int_equal(ok, run->diags.error_count == 0);
    return ok;
}

static inline void run_must(ProvisionerRun *run, bool ok) {
    if (!ok)
        print_error("%.*s: %.*s\n", STR_ARG(run->diags.items[0].summary),
                    STR_ARG(run->diags.items[0].detail));
    assert_true(ok);
}

static inline void run_check_said(const ProvisionerRun *run, const char *part) {
    assert_true(run->diags.count > 0);
    const Diag *diag = &run->diags.items[run->diags.count - 1];
    if (str_find(diag->summary, str_from_cstr(part), 0) != SIZE_MAX ||
        str_find(diag->detail, str_from_cstr(part), 0) != SIZE_MAX)
        return;
    fail_msg("said: %.*s: %.*s\nwanted: %s", STR_ARG(diag->summary), STR_ARG(diag->detail), part);
}

#define check_heard(run, wanted) check_str(strbuf_str(&(run)->heard[0]), wanted)
