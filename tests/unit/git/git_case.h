/* git_case: a bare repository on this disk, and clones of it with the real git. */
#pragma once

#include "git_repository.h"
#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>

typedef struct GitCase {
    char directory[32];
    Arena *arena;
    Io io;
    Process process;
    GitRemote remote;
} GitCase;

static inline const char *git_case_environment(void *self, const char *name) {
    const GitCase *c = self;
    return strcmp(name, "XDG_CACHE_HOME") == 0 ? c->directory : NULL;
}

static inline int git_case_spawn(void *self, const ProcessRequest *request, ProcessResult *out,
                                 Arena *arena) {
    (void)self;
    return process_real.run(process_real.self, request, out, arena);
}

static inline Str git_case_path(GitCase *c, const char *name) {
    return disk_join(str_from_cstr(c->directory), str_from_cstr(name), c->arena);
}

/* Runs git in the directory of the case; returns its output. */
static inline Str git_case_git(GitCase *c, const char *const *words) {
    GitProgram program = {.io = &c->io,
                          .directory = str_from_cstr(c->directory),
                          .is_isolated = true,
                          .arena = c->arena};
    GitRun run;
    if (!git_program_run(&program, words, STR_EMPTY, &run))
        fail_msg("git %s: %.*s", words[0], STR_ARG(run.err));
    return str_trim(run.out);
}
#define GIT(c, ...) git_case_git((c), (const char *const[]){__VA_ARGS__, NULL})

static inline void git_case_start(GitCase *c) {
    *c = (GitCase){.directory = "/tmp/loam-git-XXXXXX", .arena = arena_open("case")};
    assert_non_null(mkdtemp(c->directory));
    c->process = (Process){c, git_case_spawn, git_case_environment};
    c->io = (Io){.disk = &disk_real, .clock = &clock_real, .process = &c->process};
    GIT(c, "init", "-q", "--bare", "origin.git");
    c->remote = (GitRemote){
        .url = str_concat(STR("file://"), git_case_path(c, "origin.git"), c->arena),
        .branch = STR("main"),
    };
}

static inline void git_case_end(GitCase *c) {
    assert_int_equal(disk_remove_tree(&disk_real, str_from_cstr(c->directory)), 0);
    arena_close(c->arena);
}

static inline void git_case_open(GitCase *c, GitRepository *repository) {
    GitOpen request = {.io = &c->io,
                       .remote = &c->remote,
                       .author_name = STR("Flux"),
                       .author_email = STR_EMPTY,
                       .arena = c->arena};
    if (!git_repository_open(&request, repository))
        fail_msg("%.*s", STR_ARG(repository->problem));
}

/* Pushes one file with a clone of its own. */
typedef struct GitCaseFile {
    const char *path;
    const char *text; /* NULL: removed */
} GitCaseFile;

static inline bool git_case_prepare(void *payload, GitRepository *repository) {
    const GitCaseFile *file = payload;
    GitChange change = {.path = str_from_cstr(file->path),
                        .bytes = str_from_cstr(file->text),
                        .is_removal = !file->text};
    return git_repository_commit(repository, &change, 1,
                                 str_format(repository->program.arena, "Change %s", file->path));
}

static inline void git_case_push(GitCase *c, const char *path, const char *text) {
    GitRepository repository;
    GitCaseFile file = {path, text};
    git_case_open(c, &repository);
    if (!git_repository_push(&repository, git_case_prepare, &file))
        fail_msg("%.*s", STR_ARG(repository.problem));
    git_repository_close(&repository);
}

/* Writes a hook of the server. */
static inline void git_case_hook(GitCase *c, const char *name, const char *script) {
    Str path = str_format(c->arena, "%s/origin.git/hooks/%s", c->directory, name);
    Str hooks = disk_directory_of(path);
    assert_int_equal(disk_real.make_directories(NULL, hooks, 0755), 0);
    assert_int_equal(disk_real.write_file(NULL, path, str_from_cstr(script), 0755), 0);
}
