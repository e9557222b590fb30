/* The source of a Run: its bytes are checked before anything is unpacked. */
#include "archive_unpack.h"
#include "fetch.h"
#include "file_digest.h"
#include "git_program.h"
#include "http_send.h"
#include "module_tree.h"
#include "runner.h"
#include "runner_message.h"
#include "url.h"

#define ARTIFACT_MAX ((uint64_t)64 << 20)
#define LIMITS       ((UnpackLimits){100000, (uint64_t)1 << 30})
#define TIMEOUT_MS   60000
#define PAUSE_MAX_MS 15000

/* How long a pod waits for a server that may come back: source-controller of a lost node is started
 * on another one after five minutes, and must fetch its artifacts again. The Job tries four pods.
 */
#define AWAY_MS ((int64_t)300 * 1000)
#define LOST_MS ((int64_t)60 * 1000) /* for an artifact that the server does not have */

static Str credential(const Runner *runner, const char *key) {
    const Disk *disk = runner->io->disk;
    Str path = disk_join(STR(POD_GIT), str_from_cstr(key), runner->arena), text;
    return disk->read_file(disk->self, path, &text, runner->arena) == 0 ? str_trim(text)
                                                                        : STR_EMPTY;
}

/* Artifacts. */

static int take_artifact(Runner *runner, Str file) {
    const Artifact *artifact = &runner->order.artifact;
    Str hex, problem;
    int error = file_digest(runner->io->disk, file, DIGEST_SHA256, &hex, runner->arena);
    if (error)
        return runner_message_fail(runner, 1, STR("The artifact cannot be read"),
                                   str_from_cstr(strerror(-error)));
    if (!str_equal(artifact->digest, str_concat(STR("sha256:"), hex, runner->arena)))
        return runner_message_fail(runner, RUNNER_MISMATCH, STR("The artifact has another digest"),
                                   str_format(runner->arena, "wanted %.*s, got sha256:%.*s",
                                              STR_ARG(artifact->digest), STR_ARG(hex)));
    if (!archive_unpack(runner->io, file, STR(POD_STACK), LIMITS, &problem, runner->arena))
        return runner_message_fail(runner, 1, STR("The artifact cannot be unpacked"), problem);
    return 0;
}

/* 0: another attempt would not help. */
static int64_t patience_ms(HttpStatus status, int code) {
    if (status == HTTP_DONE && code == 404)
        return LOST_MS;
    return http_send_may_help(status, code) ? AWAY_MS : 0;
}

/* Sends until the response is final, or the patience for it ends. */
static HttpStatus send_patiently(const Runner *runner, const HttpRequest *request, Str file,
                                 HttpResponse *response, Str *problem) {
    const Clock *clock = runner->io->clock;
    int64_t began_ms = clock->monotonic_ms(clock->self), pause_ms = 1000;
    for (;;) {
        HttpStatus status =
            http_send_to_file(runner->io, request, file, response, problem, runner->arena);
        int64_t waited_ms = clock->monotonic_ms(clock->self) - began_ms;
        if (status != HTTP_DONE)
            response->code = 0;
        if (waited_ms + pause_ms >= patience_ms(status, response->code))
            return status;
        http_pause(request, pause_ms, clock);
        if (http_is_cancelled(request)) {
            *problem = STR("interrupted");
            return HTTP_CANCELLED;
        }
        pause_ms = pause_ms * 2 < PAUSE_MAX_MS ? pause_ms * 2 : PAUSE_MAX_MS;
    }
}

static int fetch_artifact(Runner *runner) {
    Str file = disk_join(STR(POD_WORK), STR("artifact"), runner->arena), problem = STR_EMPTY;
    HttpRequest request = {
        .url = runner->order.artifact.url,
        .timeout_ms = TIMEOUT_MS,
        .redirect_limit = -1, /* source-controller serves it itself */
        .body_limit = ARTIFACT_MAX,
        .cancel = runner->cancel,
    };
    HttpResponse response = {0};
    HttpStatus status = send_patiently(runner, &request, file, &response, &problem);
    if (status == HTTP_TOO_LARGE)
        return runner_message_fail(runner, 1, STR("The artifact is too large"),
                                   STR("an artifact has at most 64 MiB"));
    if (status != HTTP_DONE || response.code != 200)
        return runner_message_fail(
            runner, RUNNER_UNREACHABLE, STR("The artifact cannot be fetched"),
            status != HTTP_DONE ? problem
                                : str_format(runner->arena, "HTTP status %d", response.code));
    return take_artifact(runner, file);
}

/* Commits. */

static bool write_private(Runner *runner, const char *name, Str text) {
    const Disk *disk = runner->io->disk;
    Str path = disk_join(STR(POD_WORK), str_from_cstr(name), runner->arena);
    return disk->write_file(disk->self, path, text, 0600) == 0;
}

/* ssh trusts only the hosts of the Secret. */
static bool set_up_ssh(Runner *runner, StrBuf *settings) {
    Str work = STR(POD_WORK), identity = credential(runner, "identity");
    Str config = str_format(runner->arena,
                            "Host *\nIdentityFile \"%.*s/identity\"\nIdentitiesOnly yes\n"
                            "IdentityAgent none\nUserKnownHostsFile \"%.*s/known_hosts\"\n"
                            "GlobalKnownHostsFile none\nStrictHostKeyChecking yes\nBatchMode yes\n",
                            STR_ARG(work), STR_ARG(work));
    strbuf_add_cstr(settings, "[core]\n");
    git_program_add_setting(settings, "sshCommand",
                            str_format(runner->arena, "ssh -F '%.*s/ssh_config'", STR_ARG(work)));
    return write_private(runner, "identity", str_concat(identity, STR("\n"), runner->arena)) &&
           write_private(runner, "known_hosts",
                         str_concat(credential(runner, "known_hosts"), STR("\n"), runner->arena)) &&
           write_private(runner, "ssh_config", config);
}

/* git finds the settings in its home, the directory in memory, so no argument and no variable has a
 * secret. */
static bool set_credentials(Runner *runner) {
    Str token = credential(runner, "bearerToken");
    StrBuf settings = strbuf_new(runner->arena);
    strbuf_add_cstr(&settings, "[safe]\n"); /* the kubelet made the directory, as root */
    git_program_add_setting(&settings, "directory", STR(POD_STACK));
    if (str_starts_with(runner->order.source.git.url, STR("ssh:")) &&
        !set_up_ssh(runner, &settings))
        return false;
    if (token.len > 0) {
        strbuf_add_format(&settings, "[http]\n\tfollowRedirects = false\n");
        git_program_add_setting(&settings, "extraHeader",
                                str_concat(STR("Authorization: Bearer "), token, runner->arena));
    }
    return write_private(runner, ".gitconfig", strbuf_str(&settings));
}

/* The URL with user and password, which fetch_git takes out of it again. */
static Str url_with_user(const Runner *runner) {
    Str url = runner->order.source.git.url, user = credential(runner, "username"), text;
    size_t scheme = str_find(url, STR("://"), 0);
    if (user.len == 0 || scheme == SIZE_MAX || !str_starts_with(url, STR("http")))
        return url;
    text = credential(runner, "password");
    return str_format(runner->arena, "%.*s://%.*s:%.*s@%.*s", STR_ARG(str_slice(url, 0, scheme)),
                      STR_ARG(url_encode(user, false, runner->arena)),
                      STR_ARG(url_encode(text, false, runner->arena)),
                      STR_ARG(str_after(url, scheme + 3)));
}

static int fetch_commit(Runner *runner) {
    Diags diags = diags_new(runner->arena);
    SourceFound found = {0};
    Str url = url_with_user(runner), commit = runner->order.source.git.commit;
    SourceRequest request = {
        .io = runner->io,
        .cancel = runner->cancel,
        .package = str_format(runner->arena, "git::%.*s?ref=%.*s", STR_ARG(url), STR_ARG(commit)),
        .commit = commit,
        .directory = STR(POD_STACK),
        .work = disk_join(STR(POD_WORK), STR("git"), runner->arena),
        .is_foreign = true,
    };
    if (!set_credentials(runner))
        return runner_message_fail(runner, 1, STR("The credentials cannot be set"),
                                   STR("the directory in memory cannot be written"));
    if (fetch_git.fetch(&request, &found, runner->arena, &diags) && str_equal(found.commit, commit))
        return 0;
    return runner_message_fail(runner, RUNNER_UNREACHABLE, STR("The commit cannot be fetched"),
                               diags.count > 0 ? diags.items[0].detail
                                               : STR("the server gave another one"));
}

/* A link out of the source would show files of the pod, such as its keys, to the configuration. */
static int check_links(Runner *runner) {
    Diags diags = diags_new(runner->arena);
    if (module_tree_check(runner->io, STR(POD_STACK), TREE_MODULE, runner->order.revision, NO_RANGE,
                          &diags))
        return 0;
    return runner_message_fail(runner, 1, STR("The source cannot be used"), diags.items[0].detail);
}

int runner_source(Runner *runner) {
    int status =
        runner->order.source.ref.kind.len > 0 ? fetch_artifact(runner) : fetch_commit(runner);
    return status == 0 ? check_links(runner) : status;
}
