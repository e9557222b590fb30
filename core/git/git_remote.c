#include "git_remote.h"

#include "base64.h"
#include "git_address.h"
#include "url.h"

Str git_remote_scheme(const GitRemote *remote) {
    return str_slice(remote->url, 0, str_find_char(remote->url, ':', 0));
}

bool git_remote_is_ssh(const GitRemote *remote) {
    return str_equal(git_remote_scheme(remote), STR("ssh"));
}

static const char *ssh_problem(const GitRemote *remote, const char **argument) {
    if (!remote->private_key.len) {
        *argument = "private_key";
        return "Access by ssh requires a private key.";
    }
    if (!str_trim(remote->known_hosts).len) {
        *argument = "known_hosts";
        return "Access by ssh requires the host keys of the server, as lines of a known_hosts "
               "file. loam does not ask the server for them, because then any server would be "
               "trusted.";
    }
    return NULL;
}

static const char *http_problem(const GitRemote *remote, const Url *url, const char **argument) {
    if (url->userinfo.len) {
        *argument = "url";
        return "The URL contains a user or password. Set \"username\" and \"password\" instead.";
    }
    if (str_equal(url->scheme, STR("http")) && !remote->can_use_http) {
        *argument = "url";
        return "With http, every computer on the way can read the password and change the files. "
               "Use https, or set \"allow_insecure_http\".";
    }
    if (str_find_char(remote->bearer_token, '\n', 0) != SIZE_MAX ||
        str_find_char(remote->bearer_token, '\r', 0) != SIZE_MAX) {
        *argument = "bearer_token";
        return "A token is one line.";
    }
    return NULL;
}

Str git_remote_problem(const GitRemote *remote, const char **argument, Arena *arena) {
    Url url;
    const char *problem = NULL;
    *argument = "url";
    if (!git_address_is_url(remote->url) || !url_parse(remote->url, &url))
        return STR("A repository is a URL such as \"ssh://git@host/path.git\" or "
                   "\"https://host/path.git\".");
    if (git_remote_is_ssh(remote))
        problem = ssh_problem(remote, argument);
    else if (str_equal(url.scheme, STR("https")) || str_equal(url.scheme, STR("http")))
        problem = http_problem(remote, &url, argument);
    else if (!str_equal(url.scheme, STR("file")))
        problem = "The scheme of the URL must be ssh, https or http.";
    if (problem)
        return str_from_cstr(problem);
    *argument = "branch";
    return git_address_is_ref(remote->branch)
               ? STR_EMPTY
               : str_format(arena, "\"%.*s\" is no name of a branch.", STR_ARG(remote->branch));
}

Str git_remote_authorization(const GitRemote *remote, Arena *arena) {
    if (remote->bearer_token.len)
        return str_concat(STR("Bearer "), remote->bearer_token, arena);
    if (!remote->password.len && !remote->username.len)
        return STR_EMPTY;
    Str pair = str_format(arena, "%.*s:%.*s", STR_ARG(remote->username), STR_ARG(remote->password));
    return str_concat(STR("Basic "), base64_encode(pair, arena), arena);
}

StrVec git_remote_secrets(const GitRemote *remote, Arena *arena) {
    Str authorization = git_remote_authorization(remote, arena);
    const Str all[] = {remote->private_key, remote->password, remote->bearer_token, authorization,
                       str_after(authorization, strlen("Basic "))};
    StrVec secrets = {0};
    for (size_t i = 0; i < ARRAY_COUNT(all); i++) {
        if (all[i].len)
            vec_push(arena, &secrets, all[i]);
    }
    return secrets;
}
