/* state_case: state files beside these tests, and states made of text. */
#pragma once

#include "unit.h"

#include "diag.h"
#include "disk.h"
#include "statefile.h"

static inline Str state_case_read(const char *name, Arena *arena) {
    Str path = str_format(arena, LOAM_SOURCE_DIR "/tests/unit/state/states/%s", name);
    Str bytes;
    assert_int_equal(disk_real.read_file(NULL, path, &bytes, arena), 0);
    return bytes;
}

static inline State *state_case_decode(Str bytes, Arena *arena) {
    Diags diags = diags_new(arena);
    State *state = NULL;
    bool ok = statefile_decode(STR("terraform.tfstate"), bytes, &state, arena, &diags);
    if (!ok)
        print_error("%.*s\n", STR_ARG(diags.items[0].detail));
    assert_true(ok);
    return state;
}

static inline State *state_case_load(const char *name, Arena *arena) {
    return state_case_decode(state_case_read(name, arena), arena);
}

static inline ResourceAddr state_case_address(const char *text, Arena *arena) {
    Diags diags = diags_new(arena);
    ResourceAddr address = {0};
    assert_true(address_parse_resource(str_from_cstr(text), &address, arena, &diags));
    return address;
}

/* An object of one attribute. */
static inline StateObject *state_case_object(const char *id, Arena *arena) {
    StateObject *object = arena_new(arena, StateObject);
    object->attributes = str_format(arena, "{\"id\":\"%s\"}", id);
    object->sensitive_attributes = STR("[]");
    return object;
}

/* The text of the current object at an address; "-" for none. */
static inline Str state_case_attributes(const State *state, const char *address, Arena *arena) {
    const StateInstance *instance = state_find_instance(state, state_case_address(address, arena));
    return instance && instance->current ? instance->current->attributes : STR("-");
}
