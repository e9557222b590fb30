/* Fetches git repositories with the program git.
 *
 * git gets the address in its environment, so git cannot read it as an option. Credentials of the
 * address are neither there nor in an argument: git reads them from a configuration file that is
 * an open descriptor, by a credential helper. git never prompts on the terminal and runs no hooks
 * or templates. It fetches a single commit, with history only if the server or `depth` requires it.
 */
#include "fetch.h"
#include "git_address.h"
#include "git_program.h"
#include "url.h"

typedef struct GitFetch {
    const SourceRequest *request;
    GitAddress address;
    Str url; /* of the address, without credentials */
    StrVec environment;
    Str secret; /* a configuration file with the credentials; empty: none */
    Str shown;
    Arena *arena;
    Diags *diags;
} GitFetch;

static bool git_claims(Str address, Str *package, Arena *arena) {
    return git_address_claims(address, package, arena);
}

static const char *git_environment_of(const GitFetch *run, const char *name) {
    const Process *process = run->request->io->process;
    return process->environment(process->self, name);
}

static void git_set(GitFetch *run, const char *name, Str value) {
    Str begin = str_format(run->arena, "%s=", name);
    Str whole = str_concat(begin, value, run->arena);
    vec_each(&run->environment, there) {
        if (!str_starts_with(*there, begin))
            continue;
        *there = whole;
        return;
    }
    vec_push(run->arena, &run->environment, whole);
}

static void set_default(GitFetch *run, const char *name, const char *value) {
    const char *there = git_environment_of(run, name);
    if (!there || !there[0])
        git_set(run, name, str_from_cstr(value));
}

/* Appends settings to those of the user's GIT_CONFIG_COUNT environment variables. */
static void git_configure(GitFetch *run) {
    const struct {
        const char *name;
        Str value;
    } settings[] = {
        {"remote.origin.url", run->url},       {"core.hooksPath", STR("/dev/null")},
        {"advice.detachedHead", STR("false")}, {"gc.auto", STR("0")},
        {"http.lowSpeedLimit", STR("1")},      {"http.lowSpeedTime", STR("60")},
        {"submodule.recurse", STR("false")},   {"include.path", STR(PROCESS_SECRET)},
    };
    size_t used = ARRAY_COUNT(settings) - (run->secret.len == 0);
    const char *text = git_environment_of(run, "GIT_CONFIG_COUNT");
    uint64_t count = 0;
    if (!text || !str_to_uint64(str_from_cstr(text), &count) || count > 10000)
        count = 0;
    for (size_t i = 0; i < used; i++, count++) {
        Str key = str_format(run->arena, "GIT_CONFIG_KEY_%d", (int)count);
        Str value = str_format(run->arena, "GIT_CONFIG_VALUE_%d", (int)count);
        git_set(run, str_to_cstr(key, run->arena), str_from_cstr(settings[i].name));
        git_set(run, str_to_cstr(value, run->arena), settings[i].value);
    }
    git_set(run, "GIT_CONFIG_COUNT", str_format(run->arena, "%d", (int)count));
}

static bool is_line(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] < ' ')
            return false;
    }
    return true;
}

/* The helper prints the credentials with the shell's own command, so no argument has them. */
#define HELPER                                                                                     \
    "!f() { test \"$1\" != get || for n in username password; do "                                 \
    "echo \"$n=$(git config --file " PROCESS_SECRET " loam.$n)\"; done; }; f"

/* Moves the credentials of an address with http or https into a configuration file. Helpers of the
 * user are asked only for a missing password. */
static bool git_cut_credentials(GitFetch *run) {
    Url url;
    Str user, password;
    run->url = run->address.url;
    if (!url_parse(run->url, &url) || !url.userinfo.len ||
        !str_starts_with(url.scheme, STR("http")))
        return true;
    size_t colon = str_find_char(url.userinfo, ':', 0);
    Str last = colon == SIZE_MAX ? STR_EMPTY : str_after(url.userinfo, colon + 1);
    if (!url_decode(str_slice(url.userinfo, 0, colon), &user, run->arena) ||
        !url_decode(last, &password, run->arena) || !is_line(user) || !is_line(password))
        return false;
    StrBuf file = strbuf_new(run->arena);
    strbuf_add_cstr(&file, "[loam]\n");
    git_program_add_setting(&file, "username", user);
    git_program_add_setting(&file, "password", password);
    strbuf_add_format(&file, "[credential \"%.*s://%.*s\"]\n", STR_ARG(url.scheme),
                      STR_ARG(url.host));
    git_program_add_setting(&file, "username", user);
    if (colon != SIZE_MAX) {
        strbuf_add_cstr(&file, "\thelper =\n");
        git_program_add_setting(&file, "helper", STR(HELPER));
    }
    run->secret = strbuf_str(&file);
    url.userinfo = STR_EMPTY;
    run->url = url_to_str(&url, run->arena);
    return true;
}

static void git_set_up(GitFetch *run) {
    git_configure(run);
    git_set(run, "GIT_TERMINAL_PROMPT", STR("0"));
    git_set(run, "GIT_TEMPLATE_DIR", STR_EMPTY);
    git_set(run, "LC_ALL", STR("C"));
    git_set(run, "SSH_ASKPASS_REQUIRE", STR("force")); /* ssh does not prompt either: it fails */
    set_default(run, "SSH_ASKPASS", "/bin/false");
    set_default(run, "GIT_ALLOW_PROTOCOL", "https:ssh:http:git:file");
}

static bool git_is_file(const GitAddress *address) {
    return str_starts_with(address->url, STR("/")) || str_starts_with(address->url, STR("file:"));
}

/* Forbids the file protocol, so that submodules cannot read directories of this machine; not if the
 * address itself is local, or if the user sets GIT_ALLOW_PROTOCOL. */
static void forbid_files(GitFetch *run) {
    if (!git_is_file(&run->address))
        set_default(run, "GIT_ALLOW_PROTOCOL", "https:ssh:http:git");
}

static GitProgram git_program_of(const GitFetch *run) {
    return (GitProgram){
        .io = run->request->io,
        .cancel = run->request->cancel,
        .directory = run->request->directory,
        .environment = &run->environment,
        .secret = run->secret,
        .arena = run->arena,
    };
}

static bool try_git(GitFetch *run, const char *const *words, GitRun *out) {
    GitProgram program = git_program_of(run);
    return git_program_run(&program, words, STR_EMPTY, out);
}

static bool git_refuse(GitFetch *run, const char *format, Str detail) PRINTF_LIKE(2, 0);
static bool git_refuse(GitFetch *run, const char *format, Str detail) {
    Str why = str_format(run->arena, format, STR_ARG(detail));
    return diags_fail(diags_as(diag_class_of(why, DIAG_OTHER), run->diags), run->request->range,
                      "Failed to fetch a module", "\"%.*s\": %.*s", STR_ARG(run->shown),
                      STR_ARG(why));
}

static bool report_run(GitFetch *run, const GitRun *result) {
    GitProgram program = git_program_of(run);
    Str problem = git_program_problem(&program, result);
    if (problem.len)
        return git_refuse(run, "%.*s.", problem);
    Str tail = git_program_tail(result->err, run->arena);
    return git_refuse(run, "git reports:%.*s", url_scrub(tail, run->address.url, run->arena));
}

static bool fetch_git_run(GitFetch *run, const char *const *words, GitRun *result) {
    return try_git(run, words, result) || report_run(run, result);
}

static bool git_is_hex(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (!isxdigit((unsigned char)text.ptr[i]))
            return false;
    }
    return text.len >= 4;
}

static bool says(const GitRun *result, const char *words) {
    return str_find(result->err, str_from_cstr(words), 0) != SIZE_MAX;
}

/* Returns whether to fetch all refs, because the server does not serve this commit or shallow
 * fetches. */
static bool needs_everything(const GitRun *result, Str want) {
    return git_is_hex(want) || says(result, "shallow");
}

static bool report_ref(GitFetch *run, Str want) {
    if (run->request->commit.len)
        return git_refuse(
            run,
            "the locked commit %.*s no longer exists. To select another one, run \"loam "
            "init -upgrade\".",
            want);
    return git_refuse(run, "it has no branch, tag or commit \"%.*s\".", want);
}

/* Fetches one ref or commit; FETCH_HEAD is then the commit. On failure *needs_all is true if
 * fetching all refs may find it. */
static bool fetch_one(GitFetch *run, Str want, bool *needs_all) {
    const char *depth = run->address.depth.len ? str_to_cstr(run->address.depth, run->arena) : "1";
    const char *ref = str_to_cstr(want, run->arena);
    const char *const words[] = {"fetch", "-q",     "--no-tags", "--depth", depth,
                                 "--",    "origin", ref,         NULL};
    GitRun result;
    bool fine = try_git(run, words, &result);
    *needs_all =
        !fine && result.exit_status && !result.timed_out && needs_everything(&result, want);
    if (fine || *needs_all)
        return fine;
    return says(&result, "find remote ref") ? report_ref(run, want) : report_run(run, &result);
}

static bool fetch_all(GitFetch *run) {
    static const char *const words[] = {"fetch",
                                        "-q",
                                        "--",
                                        "origin",
                                        "+refs/heads/*:refs/remotes/origin/*",
                                        "+refs/tags/*:refs/tags/*",
                                        NULL};
    GitRun result;
    return fetch_git_run(run, words, &result);
}

/* The server's HEAD may be on no branch, or name one that does not exist, which is no error. */
static bool fetch_head(GitFetch *run) {
    static const char *const words[] = {
        "fetch", "-q", "--", "origin", "+HEAD:refs/remotes/origin/HEAD", NULL};
    GitRun result;
    return try_git(run, words, &result) || says(&result, "find remote ref") ||
           report_run(run, &result);
}

/* Resolves a name to a commit. Returns false, without a diagnostic, if there is none. */
static bool find_commit(GitFetch *run, const char *form, Str name, Str *out) {
    Str text = str_format(run->arena, "%s%.*s^{commit}", form, STR_ARG(name));
    const char *const words[] = {
        "rev-parse", "-q", "--verify", "--end-of-options", str_to_cstr(text, run->arena), NULL};
    GitRun result;
    if (!try_git(run, words, &result))
        return false;
    *out = str_clone(str_trim(result.out), run->arena);
    return out->len >= 40 && git_is_hex(*out);
}

static bool find_in_all(GitFetch *run, Str want, Str *out) {
    static const char *const forms[] = {"refs/tags/", "refs/remotes/origin/", ""};
    for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
        if (find_commit(run, forms[i], want, out))
            return true;
    }
    return false;
}

static bool fetch_commit(GitFetch *run, Str *commit) {
    Str want = run->request->commit;
    bool needs_all = false;
    if (!want.len)
        want = run->address.ref.len ? run->address.ref : STR("HEAD");
    if (fetch_one(run, want, &needs_all))
        return find_commit(run, "", STR("FETCH_HEAD"), commit) || report_ref(run, want);
    return needs_all && fetch_all(run) &&
           (find_in_all(run, want, commit) ||
            (fetch_head(run) && (find_in_all(run, want, commit) || report_ref(run, want))));
}

static bool git_check_out(GitFetch *run, Str commit) {
    const char *const words[] = {"checkout", "-q", "--detach", str_to_cstr(commit, run->arena),
                                 "--",       NULL};
    static const char *const submodules[] = {"submodule", "-q",          "update",
                                             "--init",    "--recursive", NULL};
    GitRun result;
    if (!fetch_git_run(run, words, &result))
        return false;
    Str list = disk_join(run->request->directory, STR(".gitmodules"), run->arena);
    if (!disk_exists(run->request->io->disk, list))
        return true;
    forbid_files(run);
    return fetch_git_run(run, submodules, &result);
}

static bool git_fetch(const SourceRequest *request, SourceFound *out, Arena *arena, Diags *diags) {
    static const char *const begin[] = {"init", "-q", NULL};
    GitFetch run = {.request = request, .arena = arena, .diags = diags};
    const char *problem;
    GitRun result;
    run.shown = url_redact(request->package, arena);
    if (!git_address_parse(request->package, &run.address, &problem, arena))
        return git_refuse(&run, "%.*s", str_from_cstr(problem));
    if (request->is_foreign && git_is_file(&run.address))
        return git_refuse(&run, "it is a local address, which a server cannot give.%.*s",
                          STR_EMPTY);
    if (!git_cut_credentials(&run))
        return git_refuse(
            &run, "%.*s",
            STR("its user or password is not valid: a percent sign needs two hexadecimal "
                "digits, and control characters are not allowed."));
    git_set_up(&run);
    return fetch_git_run(&run, begin, &result) && fetch_commit(&run, &out->commit) &&
           git_check_out(&run, out->commit);
}

const ModuleSource fetch_git = {
    .name = "git",
    .forms = "git::URL, git@HOST:PATH, ssh://…, https://….git, github.com/OWNER/NAME, ?ref=…",
    .claims = git_claims,
    .fetch = git_fetch,
};
