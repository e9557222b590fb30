/* project_git: runs git without a shell. Paths and names follow "--" or an option's "=", so that
 * git reads none of them as an option. */
#include "project_git.h"

#define TIMEOUT_MS 60000

/* Runs git with these words and files. Returns false if git could not be run or failed; *out is its
 * output, or the reason. */
static bool run_git(const Cli *cli, const StrVec *words, const StrVec *files, Str *out) {
    Arena *arena = cli->arena;
    size_t file_count = files ? files->count : 0;
    const char **argv = arena_new_array(arena, const char *, words->count + file_count + 3);
    size_t count = 0;
    argv[count++] = "git";
    vec_each(words, word) {
        argv[count++] = str_to_cstr(*word, arena);
    }
    if (files)
        argv[count++] = "--";
    for (size_t i = 0; i < file_count; i++)
        argv[count++] = str_to_cstr(files->items[i], arena);
    argv[count] = NULL;
    ProcessRequest request = {.argv = argv, .timeout_ms = TIMEOUT_MS, .cancel = cli->cancel};
    ProcessResult result = {0};
    const Process *process = cli->io.process;
    int status = process->run(process->self, &request, &result, arena);
    bool ok = status == 0 && !result.timed_out && result.exit_status == 0;
    *out = status < 0         ? str_from_cstr(process_error(status))
           : result.timed_out ? STR("git did not end within a minute")
                              : str_trim(ok || result.err.len == 0 ? result.out : result.err);
    return ok;
}

static StrVec git_words_of(const char *const *words, size_t count, Arena *arena) {
    StrVec out = {0};
    for (size_t i = 0; i < count; i++)
        vec_push(arena, &out, str_from_cstr(words[i]));
    return out;
}

#define WORDS(arena, ...)                                                                          \
    git_words_of((const char *const[]){__VA_ARGS__}, ARRAY_COUNT(((const char *[]){__VA_ARGS__})), \
                 arena)

static bool git_has_changes(const Cli *cli, const StrVec *files) {
    StrVec words = WORDS(cli->arena, "status", "--porcelain", "--untracked-files=no");
    Str changed;
    return run_git(cli, &words, files, &changed) && changed.len > 0;
}

Str project_git_commit(const Cli *cli) {
    StrVec words = WORDS(cli->arena, "rev-parse", "--verify", "--quiet", "HEAD");
    StrVec here = {0};
    Str commit;
    vec_push(cli->arena, &here, STR("."));
    if (!run_git(cli, &words, NULL, &commit))
        return STR_EMPTY;
    return git_has_changes(cli, &here) ? str_concat(commit, STR("+changes"), cli->arena) : commit;
}

static bool git_report(Str what, Str why, Diags *diags) {
    return diags_fail(diags, NO_RANGE, "git failed", "%.*s: %.*s", STR_ARG(what), STR_ARG(why));
}

bool project_git_start_branch(const Cli *cli, Str branch, const StrVec *files, Diags *diags) {
    Arena *arena = cli->arena;
    Str why;
    StrVec check = WORDS(arena, "check-ref-format", "--branch");
    vec_push(arena, &check, branch);
    Str what = str_format(arena, "The branch \"%.*s\" was not created", STR_ARG(branch));
    if (branch.len == 0 || branch.ptr[0] == '-' || !run_git(cli, &check, NULL, &why))
        return git_report(what, STR("this is no name of a branch, or git is not installed"), diags);
    if (git_has_changes(cli, files))
        return git_report(
            what,
            str_format(arena, "%.*s has changes that are not committed",
                       STR_ARG(str_join(files->items, files->count, STR(", "), arena))),
            diags);
    StrVec create = WORDS(arena, "switch", "--quiet", "--no-track", "--create");
    vec_push(arena, &create, branch);
    return run_git(cli, &create, NULL, &why) || git_report(what, why, diags);
}

bool project_git_save(const Cli *cli, Str message, const StrVec *files, Diags *diags) {
    Str why;
    StrVec words = WORDS(cli->arena, "commit", "--quiet", "--only");
    vec_push(cli->arena, &words, str_concat(STR("--message="), message, cli->arena));
    return run_git(cli, &words, files, &why) ||
           git_report(STR("The files are changed, but not committed"), why, diags);
}
