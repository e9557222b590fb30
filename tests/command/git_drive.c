/* Pushes with core/git, for tests with real servers. Reads one JSON object from standard input:
 *
 *   url, branch, private_key, known_hosts, username, password, bearer_token, certificate_authority
 *   files     path → text, or null for a removal
 *   timeout   of all runs of git, in ms; 0: none
 *
 * Prints the commit, or the number of the failure and the problem with exit status 1. */
#include "git_repository.h"
#include "json.h"

#include <stdio.h>

static bool prepare(void *payload, GitRepository *repository) {
    const Value *files = payload;
    for (size_t i = 0; i < files->count; i++) {
        Value text = value_at(*files, i);
        GitChange change = {.path = value_key_at(*files, i), .is_removal = value_is_null(text)};
        if (!change.is_removal)
            change.bytes = value_text(text);
        if (!git_repository_commit(repository, &change, 1, STR("Change a file\n")))
            return false;
    }
    return true;
}

static bool drive(Value input, Arena *arena, GitRepository *repository) {
    Io io = io_real();
    Value files = value_null(&TYPE_DYNAMIC), timeout = files;
    int64_t timeout_ms = 0;
    const char *argument;
    GitRemote *remote = arena_new(arena, GitRemote);
    *remote = (GitRemote){
        .url = value_text_at(input, STR("url")),
        .branch = value_text_at(input, STR("branch")),
        .private_key = value_text_at(input, STR("private_key")),
        .known_hosts = value_text_at(input, STR("known_hosts")),
        .username = value_text_at(input, STR("username")),
        .password = value_text_at(input, STR("password")),
        .bearer_token = value_text_at(input, STR("bearer_token")),
        .certificate_authority = value_text_at(input, STR("certificate_authority")),
    };
    repository->problem = git_remote_problem(remote, &argument, arena);
    if (repository->problem.len || !value_find_present(input, STR("files"), &files))
        return false;
    if (value_find_present(input, STR("timeout"), &timeout) && value_to_int(timeout, &timeout_ms))
        timeout_ms = timeout_ms ? timeout_ms + io.clock->monotonic_ms(io.clock->self) : 0;
    GitOpen request = {.io = &io,
                       .deadline_ms = timeout_ms,
                       .remote = remote,
                       .author_name = STR("Flux"),
                       .author_email = STR_EMPTY,
                       .arena = arena};
    return git_repository_open(&request, repository) &&
           git_repository_push(repository, prepare, &files);
}

int main(void) {
    SCOPED(ArenaRef) arena = arena_open("drive");
    GitRepository repository = {.problem = STR("no input")};
    const char *error;
    size_t offset;
    Str text;
    Value input;
    if (disk_real.read_file(disk_real.self, STR("/dev/stdin"), &text, arena) != 0 ||
        !json_parse_any(text, &input, &error, &offset, arena))
        return 2;
    bool is_good = drive(input, arena, &repository);
    git_repository_close(&repository);
    if (is_good)
        printf("%.*s\n", STR_ARG(repository.head));
    else
        printf("%d %.*s\n", (int)repository.failure, STR_ARG(repository.problem));
    return !is_good;
}
