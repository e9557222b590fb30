/* flux_git_repository: a git repository as a source. */
#include "flux_provider.h"

#include "flux_fields.h"
#include "flux_gitops.h"

static const Attribute git_repository_verify[] = {
    {"mode", &TYPE_STRING, OPTIONAL, "Which object must be signed (default \"HEAD\").",
     .one_of = "head HEAD Tag TagAndHEAD"},
    {"secret_ref", NULL, REQUIRED, "Secret with the public keys.",
     .nested = NESTED(NEST_SINGLE, flux_name_ref)},
};
static const Attribute include[] = {
    {"repository", NULL, REQUIRED, "The GitRepository.",
     .nested = NESTED(NEST_SINGLE, flux_name_ref)},
    {"from_path", &TYPE_STRING, OPTIONAL, "Path in that repository (default: all of it)."},
    {"to_path", &TYPE_STRING, OPTIONAL,
     "Path in this repository (default: the name of the other)."},
};
static const Attribute git_repository_spec[] = {
    {"url", &TYPE_STRING, REQUIRED, "URL of the repository: https, http or ssh."},
    {"interval", &TYPE_STRING, REQUIRED, "How often the repository is fetched, such as \"1m0s\".",
     .check = duration_check},
    {"ref", NULL, OPTIONAL, "Revision to fetch (default: the branch \"master\").",
     .nested = NESTED(NEST_SINGLE, flux_git_ref)},
    {"secret_ref", NULL, OPTIONAL,
     "Secret with the credential: identity and known_hosts for ssh; username and password, or "
     "bearerToken, for https.",
     .nested = NESTED(NEST_SINGLE, flux_name_ref)},
    {"provider", &TYPE_STRING, OPTIONAL,
     "How the credential is obtained: \"generic\" (default), \"aws\", \"azure\" or \"github\"."},
    {"service_account_name", &TYPE_STRING, OPTIONAL,
     "Service account for the credential of the provider."},
    {"verify", NULL, OPTIONAL, "Verification of signatures.",
     .nested = NESTED(NEST_SINGLE, git_repository_verify)},
    {"proxy_secret_ref", NULL, OPTIONAL, "Secret with the address and the credential of a proxy.",
     .nested = NESTED(NEST_SINGLE, flux_name_ref)},
    {"ignore", &TYPE_STRING, OPTIONAL, "Files to leave out, in the syntax of .gitignore."},
    {"sparse_checkout", &TYPE_LIST_OF_STRING, OPTIONAL, "Directories to check out (default: all)."},
    {"recurse_submodules", &TYPE_BOOL, OPTIONAL,
     "Whether submodules are fetched, too (default false)."},
    {"include", NULL, OPTIONAL, "Other repositories whose files are added.",
     .nested = NESTED(NEST_LIST, include)},
    {"timeout", &TYPE_STRING, OPTIONAL, "Time limit of git operations (default \"60s\").",
     .check = duration_check},
    {"suspend", &TYPE_BOOL, OPTIONAL, "Whether Flux leaves the repository alone (default false)."},
};

const ResourceType flux_git_repository = {
    .name = "flux_git_repository",
    .schema = {SPEC_SCHEMA(git_repository_spec, SPEC_REVISION_ATTRIBUTES, TYPED_ATTRIBUTES),
               .description =
                   "A GitRepository: a git repository whose newest revision Flux fetches."},
    .payload = &(const SpecObject){SPEC_TYPED("source.toolkit.fluxcd.io/v1", "GitRepository"),
                                   .status = &flux_status_artifact},
    TYPED_SLOTS,
    .gitops = flux_gitops,
};
