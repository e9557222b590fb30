/* GitFailure: the reason of a failed fetch or push, recognised by the texts of git, ssh and common
 * git servers. */
#pragma once

#include "str.h"

typedef enum GitFailure {
    GIT_FAILURE_OTHER,
    GIT_FAILURE_RACE, /* the branch has moved: fetch, and push again */
    GIT_FAILURE_HOST_KEY,
    GIT_FAILURE_CERTIFICATE,
    GIT_FAILURE_AUTHENTICATION,
    GIT_FAILURE_PERMISSION, /* the key or token may read, but not write */
    GIT_FAILURE_PROTECTED,
    GIT_FAILURE_HOOK,
    GIT_FAILURE_NO_REPOSITORY,
    GIT_FAILURE_NO_BRANCH,
    GIT_FAILURE_CONNECTION, /* it may pass */
} GitFailure;

/* `output` holds both outputs of git. */
GitFailure git_failure_of(Str output);
/* Returns the reason as a phrase, and what to do as a sentence; both are empty for OTHER. */
const char *git_failure_reason(GitFailure failure);
const char *git_failure_hint(GitFailure failure);
