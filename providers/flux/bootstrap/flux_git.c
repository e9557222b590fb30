#include "flux_git.h"

#include "cluster.h"
#include "git_address.h"
#include "object_builder.h"
#include "path_error.h"
#include "ssh_key_text.h"

#define USER "git" /* of git servers by default */

/* clang-format off */
static const Attribute ssh_attributes[] = {
    {"username",    &TYPE_STRING, OPTIONAL,             "User of an ssh URL that names none (default git)."},
    {"private_key", &TYPE_STRING, REQUIRED | SENSITIVE, "Private key in PEM or the format of OpenSSH, without a passphrase. loam pushes with it, and Flux gets it to fetch."},
    {"known_hosts", &TYPE_STRING, REQUIRED,             "Host keys of the server, as lines of a known_hosts file. loam never asks the server for them."},
};
static const Attribute http_attributes[] = {
    {"username",              &TYPE_STRING, OPTIONAL,             "User of basic authentication (default git)."},
    {"password",              &TYPE_STRING, OPTIONAL | SENSITIVE, "Password or token of basic authentication."},
    {"bearer_token",          &TYPE_STRING, OPTIONAL | SENSITIVE, "Bearer token, instead of user and password."},
    {"certificate_authority", &TYPE_STRING, OPTIONAL,             "Certificates of the server's certificate authorities, as PEM text (default: those of the system)."},
    {"allow_insecure_http",   &TYPE_BOOL,   OPTIONAL,             "Whether the URL may have the scheme http (default false)."},
};
static const ArgumentRule http_rules[] = {
    {RULE_CONFLICTS, {"password", "bearer_token"}},
    {RULE_CONFLICTS, {"username", "bearer_token"}},
};
const Attribute flux_git_attributes[FLUX_GIT_COUNT] = {
    {"url",                     &TYPE_STRING, REQUIRED, "URL of the repository, with ssh or https; without a password."},
    {"branch",                  &TYPE_STRING, OPTIONAL, "Branch that Flux follows (default main)."},
    {"review_branch",           &TYPE_STRING, OPTIONAL, "Branch that commits are pushed to instead, for a merge request. The apply ends with an error until people have merged it into branch; the next one goes on (default: commits go to branch)."},
    {"author_name",             &TYPE_STRING, OPTIONAL, "Author of the commits (default Flux)."},
    {"author_email",            &TYPE_STRING, OPTIONAL, "Address of the author (default: empty)."},
    {"commit_message_appendix", &TYPE_STRING, OPTIONAL, "End of each commit message, such as \"[ci skip]\"."},
};
const Block flux_git_blocks[FLUX_GIT_BLOCKS] = {
    {"ssh",  NEST_SINGLE, {SCHEMA_ATTRIBUTES(ssh_attributes), .description = "Access by ssh."}},
    {"http", NEST_SINGLE, {SCHEMA_ATTRIBUTES(http_attributes), SCHEMA_RULES(http_rules), .description = "Access by https."}},
};
/* clang-format on */

/* Adds the user to an ssh URL without one. */
static Str url_with_user(Str url, Str user, Arena *arena) {
    Str scheme = STR("ssh://");
    Str host = str_after(url, scheme.len);
    size_t end = str_find_char(host, '/', 0);
    return str_starts_with(url, scheme) &&
                   str_find_char(str_slice(host, 0, end), '@', 0) == SIZE_MAX
               ? str_format(arena, "ssh://%.*s@%.*s", STR_ARG(user), STR_ARG(host))
               : url;
}

/* Returns why Flux cannot use the key, in sentences; empty if it can. */
static Str flux_git_key_problem(Str private_key, Arena *arena) {
    Str problem;
    const SshKeyText *keys = ssh_key_text(&problem, arena);
    if (!keys)
        return str_concat(problem, STR("."), arena);
    if (keys->check_private(private_key, STR_EMPTY, arena) == SSH_DONE)
        return STR_EMPTY;
    return STR("The text is no private key, or the key has a passphrase, which Flux could not type "
               "in. Give a key of its own for this purpose.");
}

static bool git_check(const Call *call, const FluxGit *git, Diags *diags) {
    const char *argument;
    Str problem = git_remote_problem(&git->remote, &argument, call->arena);
    bool is_top = strcmp(argument, "url") == 0 || strcmp(argument, "branch") == 0;
    Path path = is_top ? PATH_AT(call, {"git"}, {argument})
                       : PATH_AT(call, {"git"}, {git_remote_is_ssh(&git->remote) ? "ssh" : "http"},
                                 {argument});
    if (!problem.len && git_remote_is_ssh(&git->remote)) {
        path = PATH_AT(call, {"git"}, {"ssh"}, {"private_key"});
        problem = flux_git_key_problem(git->remote.private_key, call->arena);
    }
    Str review = git->review_branch;
    if (!problem.len && review.len &&
        (!git_address_is_ref(review) || str_equal(review, git->remote.branch))) {
        path = PATH_AT(call, {"git"}, {"review_branch"});
        problem =
            str_format(call->arena, "\"%.*s\" must be the name of another branch than \"%.*s\".",
                       STR_ARG(review), STR_ARG(git->remote.branch));
    }
    return !problem.len ||
           path_error(call, path, diags, "Repository of Flux not usable", "%.*s", STR_ARG(problem));
}

bool flux_git_read(const Call *call, Value config, const FluxGit **out, Arena *arena,
                   Diags *diags) {
    Value block = object_nested(config, "git", arena);
    Value ssh = object_nested(block, "ssh", arena), http = object_nested(block, "http", arena);
    FluxGit *git = arena_new(arena, FluxGit);
    *out = NULL;
    if (!object_has(block, "url"))
        return true;
    Str password = object_text(http, "password", STR_EMPTY);
    *git = (FluxGit){
        .remote = {.url = object_text(block, "url", STR_EMPTY),
                   .branch = object_text(block, "branch", STR("main")),
                   .private_key = object_text(ssh, "private_key", STR_EMPTY),
                   .known_hosts = object_text(ssh, "known_hosts", STR_EMPTY),
                   .username = object_text(http, "username", password.len ? STR(USER) : STR_EMPTY),
                   .password = password,
                   .bearer_token = object_text(http, "bearer_token", STR_EMPTY),
                   .certificate_authority = object_text(http, "certificate_authority", STR_EMPTY),
                   .can_use_http = object_bool(http, "allow_insecure_http", false)},
        .author_name = object_text(block, "author_name", STR("Flux")),
        .author_email = object_text(block, "author_email", STR_EMPTY),
        .appendix = object_text(block, "commit_message_appendix", STR_EMPTY),
        .review_branch = object_text(block, "review_branch", STR_EMPTY),
    };
    git->remote.url =
        url_with_user(git->remote.url, object_text(ssh, "username", STR(USER)), arena);
    *out = git;
    return git_check(call, git, diags);
}

const FluxGit *flux_git_of(const Call *call, Diags *diags) {
    const FluxGit *git = cluster_extension(call->client);
    if (!git)
        path_error(call, NO_PATH, diags, "No repository",
                   "flux_bootstrap_git requires the block \"git\" of the provider \"flux\", with "
                   "the URL of the repository.");
    return git;
}

bool flux_git_fail(const Call *call, const GitRepository *repository, const char *action,
                   Diags *diags) {
    return path_error(call, NO_PATH, diags, action, "Repository \"%.*s\": %.*s",
                      STR_ARG(repository->remote->url), STR_ARG(repository->problem));
}

bool flux_git_fetch(const Call *call, const FluxGit *git, GitRepository *out, Diags *diags) {
    GitOpen request = {
        .io = call->io,
        .cancel = call->cancel,
        .deadline_ms = call->deadline_ms,
        .remote = &git->remote,
        .author_name = git->author_name,
        .author_email = git->author_email,
        .arena = call->arena,
    };
    call_progress(call, 0, 0, "fetching the repository");
    return (git_repository_open(&request, out) && git_repository_fetch(out)) ||
           flux_git_fail(call, out, "Repository not fetched", diags);
}

bool flux_git_push(const Call *call, GitRepository *repository, GitPrepare *prepare, void *payload,
                   const char *action, Diags *diags) {
    const FluxGit *git = cluster_extension(call->client);
    Str commit;
    if (!git->review_branch.len)
        return git_repository_push(repository, prepare, payload) ||
               flux_git_fail(call, repository, action, diags);
    if (!git_repository_propose(repository, git->review_branch, prepare, payload, &commit))
        return flux_git_fail(call, repository, action, diags);
    return !commit.len ||
           path_error(call, NO_PATH, diags, "Manifests of Flux wait for a review",
                      "The branch \"%.*s\" of the repository \"%.*s\" has them, in the commit "
                      "%.*s. Merge it into \"%.*s\", then run this again.",
                      STR_ARG(git->review_branch), STR_ARG(git->remote.url), STR_ARG(commit),
                      STR_ARG(git->remote.branch));
}

Map flux_git_secret(const FluxGit *git, Arena *arena) {
    const GitRemote *remote = &git->remote;
    struct {
        const char *name;
        Str text;
    } members[] = {
        {"identity", STR_EMPTY},
        {"identity.pub", STR_EMPTY},
        {"known_hosts", STR_EMPTY},
        {"username", remote->username},
        {"password", remote->password},
        {"bearerToken", remote->bearer_token},
        {"ca.crt", remote->certificate_authority},
    };
    Map out = map_new(arena);
    if (git_remote_is_ssh(remote)) {
        members[0].text = remote->private_key;
        Str problem;
        const SshKeyText *keys = ssh_key_text(&problem, arena);
        members[1].text = keys ? keys->public_of(remote->private_key, arena) : STR_EMPTY;
        members[2].text = remote->known_hosts;
        members[3].text = members[4].text = members[5].text = members[6].text = STR_EMPTY;
    }
    for (size_t i = 0; i < ARRAY_COUNT(members); i++) {
        Str *text = arena_new(arena, Str);
        *text = members[i].text;
        if (text->len)
            map_set(&out, str_from_cstr(members[i].name), text);
    }
    return out;
}
