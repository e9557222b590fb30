#include "git_failure.h"

/* The first row that occurs decides: special texts stand before those that follow every failure. */
static const struct {
    const char *text;
    GitFailure failure;
} rows[] = {
    {"Host key verification failed", GIT_FAILURE_HOST_KEY},
    {"REMOTE HOST IDENTIFICATION HAS CHANGED", GIT_FAILURE_HOST_KEY},
    {"SSL certificate problem", GIT_FAILURE_CERTIFICATE},
    {"certificate verification failed", GIT_FAILURE_CERTIFICATE},
    {"protected branch", GIT_FAILURE_PROTECTED},
    {"Protected branch", GIT_FAILURE_PROTECTED},
    {"GH006", GIT_FAILURE_PROTECTED},
    {"GH013", GIT_FAILURE_PROTECTED},
    {"hook declined", GIT_FAILURE_HOOK},
    {"(fetch first)", GIT_FAILURE_RACE},
    {"(non-fast-forward)", GIT_FAILURE_RACE},
    {"(stale info)", GIT_FAILURE_RACE},
    {"(failed to update ref)", GIT_FAILURE_RACE},
    {"cannot lock ref", GIT_FAILURE_RACE},
    {"incorrect old value", GIT_FAILURE_RACE},
    {"reference already exists", GIT_FAILURE_RACE},
    {"Permission denied (publickey", GIT_FAILURE_AUTHENTICATION},
    {"Load key", GIT_FAILURE_AUTHENTICATION},
    {"could not read Username", GIT_FAILURE_AUTHENTICATION},
    {"could not read Password", GIT_FAILURE_AUTHENTICATION},
    {"Authentication failed", GIT_FAILURE_AUTHENTICATION},
    {"returned error: 401", GIT_FAILURE_AUTHENTICATION},
    {"returned error: 403", GIT_FAILURE_PERMISSION},
    {"read only", GIT_FAILURE_PERMISSION},
    {"read-only", GIT_FAILURE_PERMISSION},
    {"denied to", GIT_FAILURE_PERMISSION},
    {"does not appear to be a git repository", GIT_FAILURE_NO_REPOSITORY},
    {"epository not found", GIT_FAILURE_NO_REPOSITORY},
    {"repository '", GIT_FAILURE_NO_REPOSITORY},
    {"returned error: 404", GIT_FAILURE_NO_REPOSITORY},
    {"couldn't find remote ref", GIT_FAILURE_NO_BRANCH},
    {"Could not resolve host", GIT_FAILURE_CONNECTION},
    {"Connection refused", GIT_FAILURE_CONNECTION},
    {"Connection reset", GIT_FAILURE_CONNECTION},
    {"Connection timed out", GIT_FAILURE_CONNECTION},
    {"Connection closed", GIT_FAILURE_CONNECTION},
    {"Failed to connect", GIT_FAILURE_CONNECTION},
    {"Network is unreachable", GIT_FAILURE_CONNECTION},
    {"No route to host", GIT_FAILURE_CONNECTION},
    {"the remote end hung up", GIT_FAILURE_CONNECTION},
    {"Empty reply from server", GIT_FAILURE_CONNECTION},
    {"returned error: 50", GIT_FAILURE_CONNECTION},
};

static const struct {
    const char *reason;
    const char *hint;
} texts[] = {
    [GIT_FAILURE_OTHER] = {"", ""},
    [GIT_FAILURE_RACE] = {"the branch was changed by other pushes each time",
                          "Run loam again when fewer programs push to it."},
    [GIT_FAILURE_HOST_KEY] = {"the key of the server is not in known_hosts",
                              "Compare the key with that of the server's administrator, then "
                              "correct \"known_hosts\"."},
    [GIT_FAILURE_CERTIFICATE] = {"the certificate of the server is not trusted",
                                 "Set \"certificate_authority\" to the authority that signed it."},
    [GIT_FAILURE_AUTHENTICATION] = {"the server does not accept the credentials",
                                    "Check that the key or token is valid and not expired."},
    [GIT_FAILURE_PERMISSION] = {"the credentials do not permit the access",
                                "Give the key or token the right to write to the repository."},
    [GIT_FAILURE_PROTECTED] = {"the branch is protected",
                               "Permit this account to push to the branch, or use another branch."},
    [GIT_FAILURE_HOOK] = {"a hook of the server declined the push",
                          "The lines below are those of the hook."},
    [GIT_FAILURE_NO_REPOSITORY] = {"there is no such repository, or it is hidden from this account",
                                   "Check the URL, and the rights of the key or token."},
    [GIT_FAILURE_NO_BRANCH] = {"the repository has no such branch",
                               "Create the branch, or name another one."},
    [GIT_FAILURE_CONNECTION] = {"the server cannot be reached",
                                "Check the URL, the server and the network."},
};

GitFailure git_failure_of(Str output) {
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        if (str_find(output, str_from_cstr(rows[i].text), 0) != SIZE_MAX)
            return rows[i].failure;
    }
    return GIT_FAILURE_OTHER;
}

const char *git_failure_reason(GitFailure failure) {
    return texts[failure].reason;
}

const char *git_failure_hint(GitFailure failure) {
    return texts[failure].hint;
}
