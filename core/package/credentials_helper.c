#include "credentials_helper.h"

#include "json.h"
#include "problem.h"

#define HELPER_TIMEOUT_MS 60000

/* Returns the path of the credentials helper in a directory for plugins of the user. */
static Str helper_path(const PackageSources *sources, Arena *arena) {
    Str home = process_variable(sources->io->process, "HOME");
    Str name = str_format(arena, "terraform-credentials-%.*s", STR_ARG(sources->config->helper));
    Str path = disk_join(disk_join(home, STR(".terraform.d/plugins"), arena), name, arena);
    return str_starts_with(path, STR("/")) ? path : STR_EMPTY;
}

bool credentials_helper_run(const PackageQuery *query, const char *verb, Str host, Str input,
                            Str *out) {
    const PackageSources *sources = query->sources;
    Arena *arena = query->arena;
    const CliConfig *config = sources->config;
    const Process *process = sources->io->process;
    ProcessResult result = {0};
    Str path = config->helper.len ? helper_path(sources, arena) : STR_EMPTY;
    if (path.len == 0 || !disk_exists(sources->io->disk, path))
        return problem_set(query->problem, arena, "the program \"%.*s\" does not exist",
                           STR_ARG(path));
    VEC(const char *) argv = {0};
    vec_push(arena, &argv, str_to_cstr(path, arena));
    vec_each(&config->helper_arguments, argument) {
        vec_push(arena, &argv, str_to_cstr(*argument, arena));
    }
    vec_push(arena, &argv, verb);
    vec_push(arena, &argv, str_to_cstr(host, arena));
    vec_push(arena, &argv, NULL);
    ProcessRequest request = {.argv = argv.items,
                              .input = input,
                              .timeout_ms = HELPER_TIMEOUT_MS,
                              .cancel = sources->cancel};
    int error = process->run(process->self, &request, &result, arena);
    *out = result.out;
    if (error == 0 && result.exit_status == 0)
        return true;
    return error ? problem_set(query->problem, arena, "\"%.*s\": %s", STR_ARG(path),
                               process_error(error))
                 : problem_set(query->problem, arena, "\"%.*s\" ended with status %d",
                               STR_ARG(path), result.exit_status);
}

Str credentials_helper_token(const PackageSources *sources, Str host, Arena *arena) {
    Value answer;
    Str out, ignored;
    PackageQuery query = {sources, &ignored, arena};
    bool ok = sources->config->helper.len &&
              credentials_helper_run(&query, "get", host, STR_EMPTY, &out) &&
              json_parse_object(out, &answer, arena);
    return ok ? value_text_at(answer, STR("token")) : STR_EMPTY;
}
