/* engine_death: a child process that dies within a call of an apply; the next run finds its journal
 * beside the case's files. */
#pragma once

#include "engine_case.h"
#include "journal_store.h"

#include <sys/wait.h>
#include <unistd.h>

static inline JournalStore *engine_death_journal(EngineCase *c) {
    Str path = disk_join(str_from_cstr(c->directory), STR("journal"), c->arena);
    return journal_file_new(c->world.io.disk, path, c->arena);
}

/* Plans, and applies until `call` ("create b"), in which the process dies. */
static inline void engine_death_within(EngineCase *c, const char *call) {
    engine_case_must(c, engine_case_plan(c));
    pid_t child = fork();
    if (child == 0) {
        Diags diags = diags_new(c->arena);
        c->world.dies_at = str_from_cstr(call);
        if (!journal_open(engine_death_journal(c), c->world.io.clock, c->refreshed, &c->journal,
                          c->arena, &diags)) {
            _exit(1);
        }
        (void)engine_case_apply_plan(c);
        fprintf(stderr, "it lives: %.*s", STR_ARG(engine_case_said(c)));
        _exit(2);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 9);
}

/* Puts an object that the dead process created into the fake world. */
static inline void engine_death_made(EngineCase *c, const char *name) {
    FakeObject *object = arena_new(c->arena, FakeObject);
    object->name = str_from_cstr(name);
    object->id = str_format(c->arena, "%s-1", name);
    vec_push(c->arena, &c->world.objects, object);
}

/* Returns false if there is no journal. */
static inline bool engine_death_replay(EngineCase *c) {
    bool found = false;
    c->diags = diags_new(c->arena);
    engine_case_must(
        c, journal_replay(engine_death_journal(c), NULL, c->state, &found, c->arena, &c->diags));
    return found;
}
