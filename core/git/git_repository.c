#include "git_repository.h"

#include "log.h"
#include "url.h"
#include "utf8.h"

#include <errno.h>

#define REF             "refs/remotes/origin/branch"
#define TIP             REF "^{commit}"
#define REVIEW_REF      "refs/remotes/origin/review"
#define ALL_COMMITS     "2147483647" /* a depth that stands for the whole history */
#define RACES_MAX       40 /* pushes of others between our fetch and push, before we give up */
#define CONNECTIONS_MAX 3
#define PAUSE_FIRST_MS  100
#define PAUSE_LAST_MS   3000
#define SSH_CONFIG      "ssh_config"
#define PATH_LENGTH_MAX 4000

static bool repository_fail(GitRepository *repository, Str problem) {
    Arena *arena = repository->program.arena;
    Str text = log_scrub(problem, &repository->secrets, arena);
    text = url_scrub(log_scrub_known(text, arena), repository->remote->url, arena);
    repository->problem = text;
    return false;
}

/* Sets `failure` and `problem` of a run. */
static bool fail_run(GitRepository *repository, const GitRun *run) {
    Arena *arena = repository->program.arena;
    Str problem = git_program_problem(&repository->program, run);
    repository->failure = GIT_FAILURE_OTHER;
    if (problem.len)
        return repository_fail(repository, str_concat(problem, STR("."), arena));
    repository->failure =
        git_failure_of(str_format(arena, "%.*s\n%.*s", STR_ARG(run->err), STR_ARG(run->out)));
    const char *reason = git_failure_reason(repository->failure);
    Str tail = git_program_tail(run->err.len ? run->err : run->out, arena);
    return repository_fail(repository,
                           str_format(arena, "%s%s%s%sgit reports:%.*s", reason,
                                      *reason ? ". " : "", git_failure_hint(repository->failure),
                                      *reason ? " " : "", STR_ARG(tail)));
}

static bool repository_git(GitRepository *repository, const char *const *words, Str input,
                           GitRun *run) {
    return git_program_run(&repository->program, words, input, run) || fail_run(repository, run);
}

/* The files of the directory. */

static bool write_private(GitRepository *repository, const char *name, Str text) {
    const Disk *disk = repository->program.io->disk;
    Arena *arena = repository->program.arena;
    Str path = disk_join(repository->directory.path, str_from_cstr(name), arena);
    int error = disk->write_file(disk->self, path, text, 0600);
    return !error ||
           repository_fail(repository,
                           str_format(arena, "\"%.*s\" cannot be written: %s. %s", STR_ARG(path),
                                      strerror(-error), disk_hint(error, "Check the directory.")));
}

/* Redirects are off: git would send the header to the new address. */
static Str config_text(GitRepository *repository) {
    static const char begin[] = "[core]\n"
                                "\trepositoryFormatVersion = 0\n"
                                "\tbare = true\n"
                                "\thooksPath = /dev/null\n"
                                "\tattributesFile = /dev/null\n"
                                "\tsymlinks = false\n"
                                "[credential]\n"
                                "\thelper =\n"
                                "[submodule]\n"
                                "\trecurse = false\n"
                                "[fetch]\n"
                                "\trecurseSubmodules = false\n"
                                "[push]\n"
                                "\trecurseSubmodules = no\n"
                                "\tgpgSign = false\n"
                                "[gc]\n"
                                "\tauto = 0\n"
                                "[maintenance]\n"
                                "\tauto = false\n"
                                "[http]\n"
                                "\tfollowRedirects = false\n"
                                "\tlowSpeedLimit = 1\n"
                                "\tlowSpeedTime = 60\n";
    Arena *arena = repository->program.arena;
    Str header = git_remote_authorization(repository->remote, arena);
    StrBuf out = strbuf_new(arena);
    strbuf_add_cstr(&out, begin);
    if (header.len && !git_remote_is_ssh(repository->remote))
        git_program_add_setting(&out, "extraHeader",
                                str_concat(STR("Authorization: "), header, arena));
    if (repository->remote->certificate_authority.len)
        git_program_add_setting(&out, "sslCAInfo",
                                disk_join(repository->directory.path, STR("ca.pem"), arena));
    strbuf_add_cstr(&out, "[remote \"origin\"]\n");
    git_program_add_setting(&out, "url", repository->remote->url);
    return strbuf_str(&out);
}

/* Paths stand in double quotes, where ssh expands "%" and "${…}". */
static bool is_plain_for_ssh(Str path) {
    static const char special[] = "\"%$\\\n";
    for (size_t i = 0; special[i]; i++) {
        if (str_find_char(path, special[i], 0) != SIZE_MAX)
            return false;
    }
    return true;
}

static Str ssh_config_text(GitRepository *repository) {
    Str path = repository->directory.path;
    return str_format(repository->program.arena,
                      "Host *\n"
                      "IdentityFile \"%.*s/identity\"\n"
                      "IdentitiesOnly yes\n"
                      "IdentityAgent none\n"
                      "UserKnownHostsFile \"%.*s/known_hosts\"\n"
                      "GlobalKnownHostsFile /dev/null\n"
                      "StrictHostKeyChecking yes\n"
                      "UpdateHostKeys no\n"
                      "VerifyHostKeyDNS no\n"
                      "CheckHostIP no\n"
                      "BatchMode yes\n"
                      "PreferredAuthentications publickey\n"
                      "ClearAllForwardings yes\n"
                      "ForwardAgent no\n"
                      "ForwardX11 no\n"
                      "ControlMaster no\n"
                      "ControlPath none\n"
                      "PermitLocalCommand no\n"
                      "ConnectTimeout 30\n"
                      "ServerAliveInterval 15\n"
                      "ServerAliveCountMax 4\n",
                      STR_ARG(path), STR_ARG(path));
}

/* ssh does not load a key whose last line does not end. */
static Str with_line_end(Str text, Arena *arena) {
    return str_ends_with(text, STR("\n")) ? text : str_concat(text, STR("\n"), arena);
}

static bool write_credentials(GitRepository *repository) {
    const GitRemote *remote = repository->remote;
    Arena *arena = repository->program.arena;
    if (!write_private(repository, "config", config_text(repository)))
        return false;
    if (!git_remote_is_ssh(remote))
        return !remote->certificate_authority.len ||
               write_private(repository, "ca.pem", remote->certificate_authority);
    if (!is_plain_for_ssh(repository->directory.path))
        return repository_fail(
            repository,
            STR("The path of the directory for clones has a character that ssh does not "
                "accept. Set XDG_CACHE_HOME to another directory."));
    return write_private(repository, "identity", with_line_end(remote->private_key, arena)) &&
           write_private(repository, "known_hosts", with_line_end(remote->known_hosts, arena)) &&
           write_private(repository, SSH_CONFIG, ssh_config_text(repository));
}

static void repository_set(GitRepository *repository, const char *name, Str value) {
    Arena *arena = repository->program.arena;
    vec_push(arena, &repository->environment, str_format(arena, "%s=%.*s", name, STR_ARG(value)));
}

/* git starts ssh by a command line; this one is constant, and its only variable is quoted. */
static void repository_set_environment(GitRepository *repository, const GitOpen *open) {
    Str path = repository->directory.path;
    Arena *arena = repository->program.arena;
    repository_set(repository, "GIT_DIR", path);
    repository_set(repository, "GIT_INDEX_FILE", disk_join(path, STR("index"), arena));
    repository_set(repository, "GIT_CONFIG_NOSYSTEM", STR("1"));
    repository_set(repository, "GIT_CONFIG_SYSTEM", STR("/dev/null"));
    repository_set(repository, "GIT_CONFIG_GLOBAL", STR("/dev/null"));
    repository_set(repository, "GIT_ATTR_NOSYSTEM", STR("1"));
    repository_set(repository, "GIT_NO_REPLACE_OBJECTS", STR("1"));
    repository_set(repository, "GIT_LITERAL_PATHSPECS", STR("1"));
    repository_set(repository, "GIT_TERMINAL_PROMPT", STR("0"));
    repository_set(repository, "GIT_TEMPLATE_DIR", STR_EMPTY);
    repository_set(repository, "GIT_ALLOW_PROTOCOL", git_remote_scheme(repository->remote));
    repository_set(repository, "GIT_SSH_COMMAND", STR("exec ssh -F \"$LOAM_GIT_SSH_CONFIG\""));
    repository_set(repository, "GIT_SSH_VARIANT", STR("ssh"));
    repository_set(repository, "LOAM_GIT_SSH_CONFIG", disk_join(path, STR(SSH_CONFIG), arena));
    repository_set(repository, "SSH_ASKPASS_REQUIRE", STR("never"));
    repository_set(repository, "GIT_AUTHOR_NAME", open->author_name);
    repository_set(repository, "GIT_AUTHOR_EMAIL", open->author_email);
    repository_set(repository, "GIT_COMMITTER_NAME", open->author_name);
    repository_set(repository, "GIT_COMMITTER_EMAIL", open->author_email);
    repository_set(repository, "HOME", path); /* no .netrc, no settings */
    repository_set(repository, "LC_ALL", STR("C"));
}

bool git_repository_open(const GitOpen *open, GitRepository *out) {
    static const char *const init[] = {"init", "-q", "--bare", NULL};
    GitRun run;
    Str problem;
    *out = (GitRepository){
        .remote = open->remote,
        .author_name = open->author_name,
        .author_email = open->author_email,
        .secrets = git_remote_secrets(open->remote, open->arena),
        .program = {.io = open->io,
                    .cancel = open->cancel,
                    .deadline_ms = open->deadline_ms,
                    .is_isolated = true,
                    .arena = open->arena},
    };
    if (!git_directory_open(open->io, &out->directory, &problem, open->arena))
        return repository_fail(out, problem);
    repository_set_environment(out, open);
    out->program.directory = out->directory.path;
    out->program.environment = &out->environment;
    return repository_git(out, init, STR_EMPTY, &run) && write_credentials(out);
}

void git_repository_close(GitRepository *repository) {
    git_directory_close(&repository->directory);
}

/* Reading. */

/* Returns the commit of a fetched branch. */
static bool read_commit(GitRepository *repository, const char *name, Str *out) {
    const char *const words[] = {"rev-parse", "-q", "--verify", name, NULL};
    GitRun run;
    if (!repository_git(repository, words, STR_EMPTY, &run))
        return false;
    *out = str_trim(run.out);
    return true;
}

/* An empty repository has no refs at all. Sets `is_there` if the branch has appeared meanwhile. */
static bool repository_accept_empty(GitRepository *repository, bool *is_there) {
    static const char *const words[] = {"ls-remote", "-q", "origin", NULL};
    Arena *arena = repository->program.arena;
    Str problem = repository->problem;
    Str line = str_format(arena, "\trefs/heads/%.*s\n", STR_ARG(repository->remote->branch));
    GitRun run;
    if (!repository_git(repository, words, STR_EMPTY, &run))
        return false;
    repository->problem = problem;
    repository->tip = repository->head = STR_EMPTY;
    *is_there = str_find(run.out, line, 0) != SIZE_MAX;
    return str_trim(run.out).len == 0;
}

bool git_repository_fetch(GitRepository *repository) {
    Str refspec = str_format(repository->program.arena, "+refs/heads/%.*s:" REF,
                             STR_ARG(repository->remote->branch));
    const char *ref = str_to_cstr(refspec, repository->program.arena);
    const char *const first[] = {"fetch", "-q",     "--no-tags", "--depth", "1",
                                 "--",    "origin", ref,         NULL};
    const char *const later[] = {"fetch", "-q", "--no-tags", "--", "origin", ref, NULL};
    GitRun run;
    for (int left = CONNECTIONS_MAX;
         !repository_git(repository, repository->tip.len ? later : first, STR_EMPTY, &run);
         left--) {
        bool is_there = false;
        if (repository->failure == GIT_FAILURE_NO_BRANCH &&
            repository_accept_empty(repository, &is_there))
            return true;
        if (!is_there || left == 1)
            return false;
    }
    if (!read_commit(repository, TIP, &repository->tip))
        return false;
    repository->head = repository->tip;
    return true;
}

static bool repository_is_reserved(Str part) {
    char lower[5] = {0};
    for (size_t i = 0; i < part.len && i < 4; i++)
        lower[i] = (char)tolower((unsigned char)part.ptr[i]);
    bool is_git = strcmp(lower, ".git") == 0 && part.len >= 4;
    return !part.len || str_equal(part, STR(".")) || str_equal(part, STR("..")) ||
           (is_git && (part.len == 4 || !isalnum((unsigned char)part.ptr[4])));
}

Str git_repository_path_problem(Str path, Arena *arena) {
    Str rest = path;
    bool is_bad = !path.len || path.len > PATH_LENGTH_MAX || str_ends_with(path, STR("/")) ||
                  utf8_valid_prefix(path) != path.len;
    for (size_t i = 0; i < path.len; i++)
        is_bad |= (unsigned char)path.ptr[i] < ' ' || path.ptr[i] == '\\' || path.ptr[i] == 0x7f;
    for (Str part; str_next_field(&rest, '/', &part);)
        is_bad |= repository_is_reserved(part);
    return is_bad ? str_format(arena,
                               "\"%.*s\" is no path within a repository: it must be relative, "
                               "without \".\", \"..\", \".git\" and control characters.",
                               STR_ARG(utf8_strip_controls(path, arena)))
                  : STR_EMPTY;
}

/* Finds the entry of this path in `head`: "MODE TYPE OBJECT"; empty if there is none. */
static bool repository_find_entry(GitRepository *repository, Str path, Str *mode, Str *object) {
    const char *const words[] = {
        "ls-tree",     "-z",
        "--full-tree", str_to_cstr(repository->head, repository->program.arena),
        "--",          str_to_cstr(path, repository->program.arena),
        NULL};
    GitRun run;
    *mode = *object = STR_EMPTY;
    if (!repository->head.len)
        return true;
    if (!repository_git(repository, words, STR_EMPTY, &run))
        return false;
    Str facts = str_slice(run.out, 0, str_find_char(run.out, '\t', 0));
    Str type;
    return !facts.len || (str_next_field(&facts, ' ', mode) && str_next_field(&facts, ' ', &type) &&
                          str_next_field(&facts, ' ', object));
}

/* Finds a file, and checks that directories alone lead to it. */
static bool find_file(GitRepository *repository, Str path, Str *object) {
    Arena *arena = repository->program.arena;
    Str problem = git_repository_path_problem(path, arena);
    *object = STR_EMPTY;
    if (problem.len)
        return repository_fail(repository, problem);
    Str mode;
    if (!repository_find_entry(repository, path, &mode, object))
        return false;
    if (str_starts_with(mode, STR("100"))) /* so all its parents are directories */
        return true;
    for (size_t end = 0; end < path.len;) {
        size_t slash = str_find_char(path, '/', end);
        Str part = str_slice(path, 0, slash);
        bool is_last = slash == SIZE_MAX;
        if (!repository_find_entry(repository, part, &mode, object))
            return false;
        if (!mode.len)
            return true;
        bool is_right =
            is_last ? str_starts_with(mode, STR("100")) : str_equal(mode, STR("040000"));
        if (!is_right)
            return repository_fail(repository,
                                   str_format(arena, "\"%.*s\" in the repository is %s, not a %s.",
                                              STR_ARG(part),
                                              str_equal(mode, STR("120000"))   ? "a symbolic link"
                                              : str_equal(mode, STR("160000")) ? "a submodule"
                                              : str_equal(mode, STR("040000")) ? "a directory"
                                                                               : "a file",
                                              is_last ? "file" : "directory"));
        end = is_last ? path.len : slash + 1;
    }
    return true;
}

bool git_repository_read(GitRepository *repository, Str path, Str *out, bool *exists) {
    Str object;
    GitRun run;
    *exists = false;
    *out = STR_EMPTY;
    if (!find_file(repository, path, &object))
        return false;
    if (!object.len)
        return true;
    const char *const words[] = {"cat-file", "blob", str_to_cstr(object, repository->program.arena),
                                 NULL};
    if (!repository_git(repository, words, STR_EMPTY, &run))
        return false;
    *out = run.out;
    *exists = true;
    return true;
}

/* Writing. */

static bool write_blob(GitRepository *repository, Str bytes, Str *object) {
    static const char *const words[] = {"hash-object", "-w", "--no-filters", "--stdin", NULL};
    GitRun run;
    if (!repository_git(repository, words, bytes, &run))
        return false;
    *object = str_trim(run.out);
    return true;
}

/* Adds the line of a change to the input of update-index; none if it changes nothing. */
static bool repository_add_line(GitRepository *repository, const GitChange *change, StrBuf *lines) {
    Str object;
    Str old;
    if (!find_file(repository, change->path, &old))
        return false;
    if (change->is_removal) {
        if (old.len)
            strbuf_add_format(lines, "0 0000000000000000000000000000000000000000\t%.*s",
                              STR_ARG(change->path));
    } else {
        if (!write_blob(repository, change->bytes, &object))
            return false;
        if (!str_equal(old, object))
            strbuf_add_format(lines, "100644 %.*s\t%.*s", STR_ARG(object), STR_ARG(change->path));
    }
    if (lines->len && lines->ptr[lines->len - 1] != '\0')
        strbuf_add_char(lines, '\0');
    return true;
}

static bool write_tree(GitRepository *repository, Str lines, Str *tree) {
    Str head = repository->head;
    const char *const read[] = {
        "read-tree", head.len ? str_to_cstr(head, repository->program.arena) : "--empty", NULL};
    static const char *const update[] = {"update-index", "-z", "--index-info", NULL};
    static const char *const write[] = {"write-tree", NULL};
    GitRun run;
    if (!repository_git(repository, read, STR_EMPTY, &run) ||
        !repository_git(repository, update, lines, &run) ||
        !repository_git(repository, write, STR_EMPTY, &run))
        return false;
    *tree = str_trim(run.out);
    return true;
}

bool git_repository_commit(GitRepository *repository, const GitChange *changes, size_t count,
                           Str message) {
    Arena *arena = repository->program.arena;
    StrBuf lines = strbuf_new(arena);
    Str tree;
    GitRun run;
    for (size_t i = 0; i < count; i++) {
        if (!repository_add_line(repository, &changes[i], &lines))
            return false;
    }
    if (!lines.len)
        return true;
    if (!write_tree(repository, strbuf_str(&lines), &tree))
        return false;
    const char *name = str_to_cstr(tree, arena);
    const char *const first[] = {"commit-tree", name, "-F", "-", NULL};
    const char *const later[] = {"commit-tree", name, "-p", str_to_cstr(repository->head, arena),
                                 "-F",          "-",  NULL};
    if (!repository_git(repository, repository->head.len ? later : first, message, &run))
        return false;
    repository->head = str_trim(run.out);
    return true;
}

typedef struct Push {
    GitPrepare *prepare;
    void *payload;
    Str review;     /* empty: the commits go to the branch itself */
    Str proposed;   /* tip of the review branch; empty: the branch needs no commit */
    bool is_remote; /* the server or the way to it failed, not `prepare` */
} Push;

static bool push_head(GitRepository *repository, Str branch) {
    Str refspec = str_format(repository->program.arena, "%.*s:refs/heads/%.*s",
                             STR_ARG(repository->head), STR_ARG(branch));
    const char *const words[] = {"push",
                                 "--porcelain",
                                 "--no-verify",
                                 "--no-signed",
                                 "--no-follow-tags",
                                 "--",
                                 "origin",
                                 str_to_cstr(refspec, repository->program.arena),
                                 NULL};
    GitRun run;
    return repository_git(repository, words, STR_EMPTY, &run);
}

static bool is_ancestor_of(GitRepository *repository, Str older, Str newer) {
    Arena *arena = repository->program.arena;
    const char *const words[] = {"merge-base", "--is-ancestor", str_to_cstr(older, arena),
                                 str_to_cstr(newer, arena), NULL};
    GitRun run;
    return str_equal(older, newer) || git_program_run(&repository->program, words, STR_EMPTY, &run);
}

/* Fetches the review branch, with all commits on the way to the branch; *tip is empty if it does
 * not exist. */
static bool fetch_review(GitRepository *repository, Str review, Str *tip) {
    Arena *arena = repository->program.arena;
    Str branch = str_format(arena, "+refs/heads/%.*s:" REF, STR_ARG(repository->remote->branch));
    Str refspec = str_format(arena, "+refs/heads/%.*s:" REVIEW_REF, STR_ARG(review));
    const char *const words[] = {"fetch",
                                 "-q",
                                 "--no-tags",
                                 "--depth",
                                 ALL_COMMITS,
                                 "--",
                                 "origin",
                                 str_to_cstr(refspec, arena),
                                 repository->tip.len ? str_to_cstr(branch, arena) : NULL,
                                 NULL};
    GitRun run;
    *tip = STR_EMPTY;
    if (repository_git(repository, words, STR_EMPTY, &run))
        return read_commit(repository, REVIEW_REF "^{commit}", tip);
    return repository->failure == GIT_FAILURE_NO_BRANCH;
}

/* Makes the commits on the review branch if it has commits that are not merged. */
static bool prepare_review(GitRepository *repository, Push *push, bool *is_there) {
    Str tip;
    *is_there = false;
    if (!fetch_review(repository, push->review, &tip))
        return false;
    if (!tip.len || (repository->tip.len && is_ancestor_of(repository, tip, repository->tip)))
        return true;
    repository->head = tip;
    push->is_remote = false;
    bool is_good = push->prepare(push->payload, repository);
    push->is_remote = true;
    *is_there = is_good && str_equal(repository->head, tip);
    return is_good;
}

static bool push_commits(GitRepository *repository, Push *push) {
    bool is_there = false;
    if (!push->review.len) {
        if (!push_head(repository, repository->remote->branch))
            return false;
        repository->tip = repository->head;
        return true;
    }
    if (!prepare_review(repository, push, &is_there) ||
        (!is_there && !push_head(repository, push->review)))
        return false;
    push->proposed = repository->head;
    repository->head = repository->tip;
    return true;
}

/* Fetches, prepares and pushes once. */
static bool push_once(GitRepository *repository, Push *push) {
    push->is_remote = true;
    if (!git_repository_fetch(repository))
        return false;
    push->is_remote = false;
    if (!push->prepare(push->payload, repository))
        return false;
    push->is_remote = true;
    return str_equal(repository->head, repository->tip) || push_commits(repository, push);
}

/* Pauses get longer, and differ between programs that push at the same time. */
static bool repository_pause_before(const GitRepository *repository, int attempt) {
    const GitProgram *program = &repository->program;
    const Clock *clock = program->io->clock;
    int64_t limit = (int64_t)PAUSE_FIRST_MS << (attempt < 5 ? attempt : 5);
    uint64_t draw = str_hash(repository->directory.path) + str_hash(repository->head);
    int64_t pause = 1 + (int64_t)(draw % (uint64_t)(limit < PAUSE_LAST_MS ? limit : PAUSE_LAST_MS));
    if (program->deadline_ms && clock->monotonic_ms(clock->self) + pause >= program->deadline_ms)
        return false;
    return !clock->sleep_ms(clock->self, pause, program->cancel);
}

static bool push_until_done(GitRepository *repository, Push *push) {
    for (int races = 0, connections = 0;; repository->failure = GIT_FAILURE_OTHER) {
        if (push_once(repository, push))
            return true;
        bool is_race = repository->failure == GIT_FAILURE_RACE;
        bool may_pass = is_race ? ++races <= RACES_MAX
                                : repository->failure == GIT_FAILURE_CONNECTION &&
                                      ++connections <= CONNECTIONS_MAX;
        if (!push->is_remote || !may_pass ||
            !repository_pause_before(repository, is_race ? races : connections + 2))
            return false;
        log_debug("git push repeated", log_number("races", races),
                  log_number("connections", connections));
    }
}

bool git_repository_push(GitRepository *repository, GitPrepare *prepare, void *payload) {
    Push push = {.prepare = prepare, .payload = payload};
    return push_until_done(repository, &push);
}

bool git_repository_propose(GitRepository *repository, Str review, GitPrepare *prepare,
                            void *payload, Str *commit) {
    Push push = {.prepare = prepare, .payload = payload, .review = review};
    bool is_good = push_until_done(repository, &push);
    *commit = push.proposed;
    return is_good;
}

bool git_repository_has_ancestor(GitRepository *repository, Str older, Str newer,
                                 bool *is_ancestor) {
    *is_ancestor = str_equal(older, newer);
    if (*is_ancestor)
        return true;
    if (!git_repository_fetch(repository))
        return false;
    *is_ancestor = is_ancestor_of(repository, older, newer);
    return true;
}
